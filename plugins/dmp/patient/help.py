"""« Ce qui va dans le DMP »: the rules of deposits, for whoever wants to know, from the tables that run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dcc.web.words import Sign
from plugins.dmp.deposits.printing import Printed, tables
from plugins.dmp.deposits.visibility import Frcp, Pps, Seen, Situation, seen_after, step_of
from plugins.dmp.patient.words import AUTHORISATIONS, FILES, consent_words

SEEN: Mapping[Seen, Sign] = {
    Seen.INVISIBLE: Sign(_("Invisible au patient"), "lock", "warn"),
    Seen.GUARDIANS: Sign(_("Invisible aux représentants légaux"), "lock", "warn"),
    Seen.VISIBLE: Sign(_("Visible par le patient"), "eye", "good"),
}
"""Who sees a document, in a word."""
ASKED: Sequence[tuple[object, Situation]] = (
    (_("Une FRCP est validée, son PPS n’est pas encore au DMP"), Situation("frcp")),
    (_("Un PPS est validé"), Situation("pps")),
    (_("Une FRCP est validée, son PPS est déjà au DMP"), Situation("frcp", pps=Pps.PRESENT)),
    (_("Une nouvelle version d’une FRCP que le patient a déjà vue"), Situation("frcp", frcp=Frcp.VISIBLE)),
)
"""What people ask first; the answers are those of the table."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What happens, and what the patient sees of it."""

    asked: object
    step: str
    seen: Sign


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in short, then the tables whole."""
    steps = [(asked, step_of(situation)) for asked, situation in ASKED]
    context = {
        "answers": [Answer(asked, step, SEEN[seen_after(step)]) for asked, step in steps],
        "tables": [plain(table) for table in tables()],
        "files": FILES.values(),
        "authorisations": AUTHORISATIONS.values(),
        "consent": consent_words(),
    }
    return render(request, "dmp/rules.html", context)


def plain(table: Printed) -> Printed:
    """Without the marks of Markdown."""
    return Printed(table.title, table.words, table.header, [[cell.replace("`", "") for cell in row] for row in table.rows])
