"""Professionals and organisations: one line to find somebody known, and sub-fields to write or correct.

What a value holds beyond the sub-fields (a second telephone, the address lines of a received document) stays in hidden fields, so
that saving the question again changes nothing of it. A telephone is shown for reading (``02 41 00 00 00``); :func:`telecom_of`
finds again the telecom that is meant.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from dcc.web.formpage.controls import PATH, Control, main_text
from dcc.web.formpage.pieces import escape
from forms_config.rendering import Raw
from forms_config.schema.model import Question
from forms_config.terminology import api as terminology

PROFESSIONS = "JDV_J01_XdsAuthorSpecialty_CISIS"
SECTORS = "JDV_J04_XdsPracticeSettingCode_CISIS"
TITLES = "JDV_J246_Titre_CISIS"
PREFIXES = "JDV_J245_Civilite_CISIS"

_DIGITS = re.compile(r"tel:(0\d{9})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class SubField:
    """A sub-field: name of its part, label, CSS class; ``values`` names the value set that is searched."""

    part: str
    label: str
    width: str = ""
    values: str = ""
    codes: Sequence[str] = ()
    mode: str = ""


@cache
def _codes(name: str) -> tuple[str, ...]:
    return tuple(concept.code for concept in terminology.concepts(name))


def _professional_fields() -> list[SubField]:
    return [
        SubField("prefix", _("Civilité"), codes=_codes(PREFIXES)),
        SubField("suffix", _("Titre"), codes=_codes(TITLES)),
        SubField("family", _("Nom")),
        SubField("given", _("Prénom")),
        SubField("id", _("N° RPPS"), mode="numeric"),
        SubField("profession", _("Profession ou spécialité"), "wide", PROFESSIONS),
        SubField("organisation.name", _("Structure"), "wide"),
        SubField("telecoms", _("Téléphone ou courriel"), mode="tel"),
        *_address_fields(),
    ]


def _organisation_fields() -> list[SubField]:
    return [
        SubField("name", _("Nom de la structure"), "wide"),
        SubField("id", _("N° FINESS, précédé de 1"), mode="numeric"),
        SubField("sector", _("Secteur d'activité"), "wide", SECTORS),
        SubField("telecoms", _("Téléphone ou courriel"), mode="tel"),
        *_address_fields(),
    ]


def _address_fields() -> list[SubField]:
    return [
        SubField("address.house_number", _("Numéro")),
        SubField("address.street", _("Voie"), "wide"),
        SubField("address.postal_code", _("Code postal"), mode="numeric"),
        SubField("address.city", _("Commune")),
    ]


def person_control(question: Question) -> Control:
    """The control of a professional or of an organisation."""
    professional = question.datatype == "professional"
    fields = _professional_fields() if professional else _organisation_fields()
    visible = {field.part: field for field in fields}
    unstructured = {part: field for part, field in visible.items() if not part.startswith("address.")}
    unchosen = {field.part: _titles(tuple(field.codes), "") for field in fields if field.codes}

    def fill(raw: Raw) -> dict[str, str]:
        values, lines = dict(unchosen), main_text(raw, "address.lines")
        shown = unstructured if lines else visible
        placed = [_lines_field(lines)] if lines else []
        for part, texts in raw.items():
            if part in shown:
                values |= _sub_values(shown[part], raw)
            if part == "telecoms" or not _is_shown(part, shown):
                placed.append(_hidden(part, texts))
        values |= {"placed": "".join(placed), "shown": escape(name_of(raw))}
        if main_text(raw, "null"):
            values[f"null.{main_text(raw, 'null').lower()}"] = " checked"
        if lines:
            values["structured"] = " hidden"
        return values

    return Control("person", fill, {"fields": fields, "professional": professional})


def _sub_values(field: SubField, raw: Raw) -> dict[str, str]:
    if field.codes:
        return {field.part: _titles(tuple(field.codes), main_text(raw, field.part))}
    if field.values:
        typed = main_text(raw, f"{field.part}.search") or main_text(raw, f"{field.part}.text")
        return {field.part: escape(main_text(raw, field.part)), f"{field.part}.search": escape(typed)}
    if field.part == "telecoms":
        return {"telecoms": escape(shown_telecom(main_text(raw, "telecoms")))}
    return {field.part: escape(main_text(raw, field.part))}


@lru_cache(maxsize=200)
def _titles(known: tuple[str, ...], chosen: str) -> str:
    codes = known if not chosen or chosen in known else (chosen, *known)
    return "".join(f"<option{' selected' if code == chosen else ''}>{escape(code)}</option>" for code in codes)


def _is_shown(part: str, shown: Container[str]) -> bool:
    """Whether a sub-field carries the part; the code's own label is looked up again, so it need not be sent."""
    if part in ("profession.label", "sector.label"):
        return part.partition(".")[0] in shown
    if part == "null":
        return True
    return part.removesuffix(".search") in shown


def _hidden(part: str, texts: Sequence[str]) -> str:
    texts = texts[1:] if part == "telecoms" else texts
    return "".join(f'<input type="hidden" name="{PATH}:{escape(part)}" value="{escape(text)}">' for text in texts)


def _lines_field(lines: str) -> str:
    label = escape(_("Adresse"))
    return (
        f'<div class="wide"><label for="i-{PATH}-lines">{label}</label>'
        f'<textarea class="sub" id="i-{PATH}-lines" name="{PATH}:address.lines" rows="3">\n{escape(lines)}</textarea></div>'
    )


def name_of(raw: Raw) -> str:
    """« DR Michel ZENBERGER (Centre hospitalier) », or the structure's name."""
    person = " ".join(text for part in ("suffix", "given", "family") if (text := main_text(raw, part)))
    structure = main_text(raw, "organisation.name")
    return f"{person} ({structure})" if person and structure else person or main_text(raw, "name")


def shown_telecom(text: str) -> str:
    """A telecom for reading: ``tel:0241000000|WP`` as ``02 41 00 00 00``; another scheme without its name."""
    value = text.rpartition("|")[0] if "|" in text else text
    if match := _DIGITS.match(value):
        return " ".join(match[1][n : n + 2] for n in range(0, 10, 2))
    return value.removeprefix("tel:").removeprefix("mailto:")


def telecom_of(typed: str, current: Any) -> str:
    """The text of the telecom that is meant: one of ``current`` (a professional or an organisation) when it is shown so."""
    known: Sequence[Mapping[str, str]] = current.get("telecoms", ()) if isinstance(current, Mapping) else ()
    for telecom in known:
        text = (
            f"{telecom['value']}|{telecom.get('use', '')}" if telecom.get("use") or "|" in telecom["value"] else telecom["value"]
        )
        if typed.strip() in (shown_telecom(text), text):
            return text
    return typed
