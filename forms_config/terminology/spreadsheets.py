"""Lists of codes as spreadsheets read and write them: CSV with documented columns. Pure.

Columns, in any order: ``code`` and ``libelle`` (mandatory), ``systeme`` (OID of the coding system; without it, the region coded
the list), ``synonymes`` (parted by « | »), ``valide_du`` and ``valide_au`` (``2026-01-31`` or ``31/01/2026``). The names of the
official CSV files and of those that ship are understood too. Parted by ``;``, ``,`` or tabulations; UTF-8, else Windows-1252.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from forms_config.schema.choices import REGIONAL_SYSTEM
from forms_config.schema.texts import clean_string
from forms_config.terminology.concept import Concept, ValueSetError
from forms_config.terminology.svs import MAX_BYTES, MAX_CONCEPTS

COLUMNS = ("code", "libelle", "systeme", "synonymes", "valide_du", "valide_au")
_NAMES: Mapping[str, str] = {
    **{name: name for name in COLUMNS},
    **{"label": "libelle", "libellé": "libelle", "display": "libelle", "displayname": "libelle"},
    **{"system": "systeme", "système": "systeme", "codesystem": "systeme"},
    **{"valid_from": "valide_du", "valid_to": "valide_au", "datevalid": "valide_du", "datefin": "valide_au"},
    "synonyms": "synonymes",
}
CODE_LIMIT = 60
SYSTEM_LIMIT = 120
SYNONYMS_LIMIT = 20
_DELIMITERS = ";,\t"
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d")


def read_csv(content: bytes, name: str) -> tuple[Concept, ...]:
    """The concepts of a CSV file called ``name``; raises :class:`ValueSetError`, in French, with the line."""
    if len(content) > MAX_BYTES:
        raise ValueSetError(f"{name} : plus de {MAX_BYTES // 1024 // 1024} Mo")
    text = _decoded(content, name)
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    concepts: list[Concept] = []
    number = 1
    try:
        columns = _columns(next(lines, []), name)
        for row in lines:
            number = lines.line_num
            if any(cell.strip() for cell in row):
                concepts.append(_concept(dict(zip(columns, row, strict=False))))
            if len(concepts) > MAX_CONCEPTS:
                raise ValueError(f"plus de {MAX_CONCEPTS} codes")
    except ValueSetError:
        raise
    except (ValueError, csv.Error) as error:
        raise ValueSetError(f"{name}, ligne {number} : {error}") from None
    return tuple(concepts)


def write_csv(concepts: Iterable[Concept]) -> str:
    """Concepts as a CSV that :func:`read_csv` reads back and a French spreadsheet opens; the first character says UTF-8."""
    stream = io.StringIO(newline="")
    stream.write("\ufeff")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for concept in concepts:
        days = (day.isoformat() if day else "" for day in (concept.valid_from, concept.valid_to))
        writer.writerow([concept.code, concept.label, concept.system, "|".join(concept.synonyms), *days])
    return stream.getvalue()


def _decoded(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueSetError(f"{name} : encodage inconnu, enregistrer le fichier en CSV UTF-8")


def _columns(head: list[str], name: str) -> list[str]:
    columns = [_NAMES.get(cell.strip().lower(), "") for cell in head]
    for wanted in ("code", "libelle"):
        if columns.count(wanted) != 1:
            expected = ", ".join(COLUMNS)
            raise ValueSetError(
                f"{name} : la première ligne doit nommer les colonnes, dont « {wanted} » (colonnes admises : {expected})"
            )
    return columns


def _concept(cells: Mapping[str, str]) -> Concept:
    return checked(
        Concept(
            code=cells.get("code", ""),
            system=cells.get("systeme", "") or REGIONAL_SYSTEM,
            label=cells.get("libelle", ""),
            valid_from=_day(cells.get("valide_du", "")),
            valid_to=_day(cells.get("valide_au", "")),
            synonyms=tuple(cells.get("synonymes", "").split("|")),
        )
    )


def checked(concept: Concept) -> Concept:
    """A concept in its normal form, fit for every output; raises ``ValueError`` in French."""
    code, system, label = clean_string(concept.code), clean_string(concept.system), clean_string(concept.label)
    synonyms = tuple(dict.fromkeys(_filled(concept.synonyms)))
    if not code or not label:
        raise ValueError(f"code ou libellé absent (« {code or label} »)")
    if len(code) > CODE_LIMIT or len(system) > SYSTEM_LIMIT or len(synonyms) > SYNONYMS_LIMIT:
        raise ValueError(
            f"« {code[:CODE_LIMIT]} » : {CODE_LIMIT} caractères au plus pour un code, {SYSTEM_LIMIT} pour un système, "
            f"{SYNONYMS_LIMIT} synonymes"
        )
    if "|" in code or "|" in system:
        raise ValueError(f"« {code} » : « | » ne s'écrit ni dans un code ni dans un système")
    if concept.valid_from and concept.valid_to and concept.valid_to < concept.valid_from:
        raise ValueError(f"« {code} » : la fin de validité précède son début")
    return Concept(code, system, label, concept.valid_from, concept.valid_to, synonyms)


def _filled(texts: Iterable[str]) -> Iterator[str]:
    return (text for text in map(clean_string, texts) if text)


def _day(text: str) -> date | None:
    text = text.strip()
    for shape in _DATES if text and text != "-" else ():
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    if text and text != "-":
        raise ValueError(f"date illisible, « {text[:20]} »")
    return None
