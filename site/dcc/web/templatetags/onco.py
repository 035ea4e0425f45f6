"""Tags of every page: ``{% icon "check" %}``, ``{% badge STATUS status %}``, ``{{ at|recent }}``."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dcc.contracts.datamatrix import INS_NATURES, decode_payload
from dcc.contracts.symbol import symbol_of
from dcc.patients.api import FIELD_LABELS
from dcc.web import words
from dcc.web.accesses import details
from dcc.web.identity import FLAGS
from dcc.web.words import Sign
from forms_config.schema.dates import french

register = template.Library()

SIGNS = {
    "status": words.STATUS,
    "identity": words.IDENTITY,
    "origin": words.ORIGIN,
    "choice": words.CHOICE,
    "conformance": words.CONFORMANCE,
}


@cache
def _icon(name: str, extra: str) -> SafeString:
    classes = f"icon {extra}" if extra else "icon"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, static("icons.svg"), name)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, silent for screen readers: a word always stands beside it."""
    return _icon(name, extra)


@register.simple_tag
@cache
def fixed(template_name: str) -> SafeString:
    """A template that looks at nothing of the page, such as the links of style sheets: rendered once per process."""
    return render_to_string(template_name)


@register.inclusion_tag("web/ins_code.html")
def ins_code(payload: str) -> dict[str, object]:
    """The datamatrix of a qualified identity and what it says in clear, on paper only (R-146); nothing for an empty payload."""
    if not payload:
        return {}
    read = decode_payload(payload)
    facts = {
        "given_names": read.given_names,
        "birth_place_code": read.birth_place_code,
        "ins": INS_NATURES[read.ins.root],
    }
    return {"symbol": symbol_of(payload), "facts": [(FIELD_LABELS[name], text) for name, text in facts.items() if text]}


@register.simple_tag
def sign_badge(sign: Sign) -> SafeString:
    """The badge of a sign."""
    return format_html(
        '<span class="badge {}" title="{}">{}{}</span>', sign.tone, sign.help, _icon(sign.icon, ""), f" {sign.label}"
    )


@register.simple_tag
def badge(family: str, code: str) -> SafeString:
    """The badge of a code of ``status``, ``identity``, ``origin``, ``choice`` or ``conformance``."""
    return sign_badge(SIGNS[family].get(code, words.UNKNOWN))


@register.simple_tag
def flag_badge(name: str) -> SafeString:
    """The badge of an attribute of an identity: ``homonym``, ``doubtful``, ``fictitious``."""
    return sign_badge(FLAGS[name])


@register.simple_tag
def status_icon(status: str) -> SafeString:
    """The icon of a document status."""
    return _icon(words.STATUS.get(status, words.UNKNOWN).icon, "")


@register.filter
def status_tone(status: str) -> str:
    """The tone of a document status."""
    return words.STATUS.get(status, words.UNKNOWN).tone


@register.filter
def identity_label(name: str) -> str:
    """The French name of a field of an identity."""
    return FIELD_LABELS.get(name, name)


@register.filter
def french_date(value: str) -> str:
    """An ISO date, full or not, the French way."""
    return french(value) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """``29/01/2019``, in Paris."""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{value:%d/%m/%Y}" if value else ""


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """``29/01/2019 à 09:30``, in Paris, as a ``time`` element."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    shown = _("%(day)s à %(time)s") % {"day": f"{local:%d/%m/%Y}", "time": f"{local:%H:%M}"}
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), shown)


@register.filter
def recent(value: datetime | None) -> SafeString | str:
    """The same, shorter when it is near: ``aujourd'hui 09:30``, ``hier 17:05``, else the day alone."""
    if value is None:
        return ""
    local, now = timezone.localtime(value), timezone.localtime()
    days = (now.date() - local.date()).days
    if days == 0:
        shown = _("aujourd'hui %(time)s") % {"time": f"{local:%H:%M}"}
    elif days == 1:
        shown = _("hier %(time)s") % {"time": f"{local:%H:%M}"}
    else:
        shown = f"{local:%d/%m/%Y}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%d/%m/%Y %H:%M}", shown)


@register.filter
def weight(size: int) -> str:
    """A size in bytes for people: ``36 ko``, ``1,4 Mo``."""
    if size < 1_000:
        return _("%(n)s octets") % {"n": size}
    if size < 1_000_000:
        return _("%(n)s ko") % {"n": round(size / 1_000)}
    return _("%(n)s Mo") % {"n": f"{size / 1_000_000:.1f}".replace(".", ",")}


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """``mapping[key]``, or nothing."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def attribute(name: str, on: Any) -> SafeString:
    """``name`` when ``on`` is true: ``<input {% attribute "checked" theme %}>``."""
    return mark_safe(f" {name}") if on else SafeString("")  # noqa: S308  (a literal of our templates)


@register.filter
def facts(value: dict[str, Any]) -> str:
    """The facts of a trace of the journal on one line."""
    return details(value)
