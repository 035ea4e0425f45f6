"""What stands beside a field: where the value comes from, what is wrong with it, who else changed it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dcc.web import words
from dcc.web.formpage.pieces import escape
from dcc.web.templatetags.onco import icon


@lru_cache(maxsize=1000)
def _badge(origin: str, day: str, source: str) -> str:
    sign = words.ORIGIN.get(origin, words.UNKNOWN)
    at = parse_date(day)
    told = _("repris de : %(source)s") % {"source": source} if source else str(sign.help)
    told = f"{told} ({at:%d/%m/%Y})" if at else told
    # The word is for screen readers and on hover: beside a long label it would take a line of its own.
    return str(
        format_html(
            '<span class="origin"><span class="badge {}" title="{}\u00a0: {}">{}'
            '<span class="visually-hidden">{}</span></span></span>',
            sign.tone,
            sign.label,
            told,
            icon(sign.icon),
            f" {sign.label}",
        )
    )


def origin_badge(mark: Mapping[str, Any]) -> str:
    """The badge of a value that nobody typed; the document it was taken over from and its date are said on hover."""
    return _badge(str(mark.get("origin", "")), str(mark.get("at", ""))[:10], str(mark.get("words", "")))


def problem_line(message: str) -> str:
    """A refusal, at the field."""
    return f'<p class="problem">{icon("warning")} {escape(message)}</p>'


def conflict_block(path: str, mine: str, theirs: str, by: str, at: datetime) -> str:
    """Both values, who put the other one there and when, and the choice."""
    local = timezone.localtime(at)
    return str(
        format_html(
            '<div class="conflict" role="group" aria-label="{title}" data-conflict="{path}"><strong>{icon} {title}</strong>'
            '<dl><dt>{mine_term}</dt><dd>{mine}</dd><dt>{theirs_term}</dt><dd>{theirs}</dd></dl><div class="buttons">'
            '<button class="button small" name="do" value="mine:{path}">{keep}</button>'
            '<button class="button small" name="do" value="theirs:{path}">{take}</button></div></div>',
            title=_("Modifié aussi par %(who)s") % {"who": by},
            path=path,
            icon=icon("people"),
            mine_term=_("Votre valeur"),
            mine=mine or _("(vide)"),
            theirs_term=_("Enregistré le %(day)s à %(time)s") % {"day": f"{local:%d/%m/%Y}", "time": f"{local:%H:%M}"},
            theirs=theirs or _("(vide)"),
            keep=_("Garder la mienne"),
            take=_("Prendre la sienne"),
        )
    )
