"""The tables of deposits as the page ``docs/dmp-table.md``: written from what runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugins.dmp.deposits import gate, visibility
from plugins.dmp.deposits.visibility import Frcp, Pps, Session

HEAD = """# Table des dépôts au DMP

Écrite par `manage.py dmp_table --write` d'après les tables que la plateforme exécute ; un test refuse une page périmée.

Dans chaque table, la première ligne qui convient compte ; une case vide veut dire « quoi qu'il en soit ».
"""
ABOUT = {"frcp": "dépôt d'une FRCP", "pps": "dépôt d'un PPS", "suite": "suite d'un dépôt, pour la FRCP"}
FACTS = {
    "validated": "validé",
    "qualified": "INS qualifiée",
    "conformant": "conforme",
    "replaces": "remplace ce qui est au DMP",
    "opposed": "le patient s'oppose",
    "minor": "mineur",
    "chosen": "choix pour les représentants",
    "session": "session d'un auteur",
    "dmp": "DMP",
}


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, _gate(), _visibility(), _codes()]).rstrip() + "\n"


def _gate() -> str:
    rows = [
        [
            ", ".join(f"{FACTS[name]} : {_said(value)}" for name, value in row.when.items()) or "sinon",
            f"`{row.verdict.cause}`" if row.verdict.cause else "déposer",
            row.verdict.words,
            row.verdict.who,
            row.verdict.source,
        ]
        for row in gate.TABLE
    ]
    header = ["faits", "cause", "règle", "qui agit", "source"]
    return "\n".join(["## Peut-on déposer maintenant ?", "", *_table(header, rows), ""])


def _said(value: bool | gate.State) -> str:
    return value if isinstance(value, gate.State) else "oui" if value else "non"


def _visibility() -> str:
    rows = [
        [
            ABOUT[row.about],
            _listed(row.pps, Pps),
            _listed(row.frcp, Frcp),
            _listed(row.session, Session),
            "" if row.authorised is None else _said(row.authorised),
            "" if row.confirmed is None else _said(row.confirmed),
            row.step,
            row.source,
        ]
        for row in visibility.TABLE
    ]
    header = ["à propos", "PPS au DMP", "FRCP au DMP", "session", "autorisation VALIDE", "confirmé", "ce qui est fait", "source"]
    words = f"{sum(1 for _ in visibility.situations())} cas, chacun essayé par un test."
    return "\n".join(["## Qui voit la FRCP et le PPS", "", words, "", *_table(header, rows), ""])


def _codes() -> str:
    rows = [
        [seen, ", ".join(("N", *visibility.codes_of(seen))), ", ".join(("N", *visibility.codes_of(seen, minor=True)))]
        for seen in visibility.Seen
    ]
    words = f"Codes de confidentialité ({visibility.SCHEME} ; N : 2.16.840.1.113883.5.25), sans autre retour en arrière possible."
    return "\n".join(["## Codes", "", words, "", *_table(["qui voit", "majeur", "mineur"], rows), ""])


def _listed(values: Sequence[str], among: type[Pps | Frcp | Session]) -> str:
    return " ou ".join(values) if len(values) < len(list(among)) else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
