"""The tables of deposits in words, for the page ``docs/dmp-table.md`` and for the help: written from what runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Printed:
    """A table in words: its title, what is said over it, its columns, its rows."""

    title: str
    words: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *(_markdown(table) for table in tables())]).rstrip() + "\n"


def tables() -> Sequence[Printed]:
    """What the page of the documentation and that of the help show."""
    return (_gate(), _visibility(), _codes())


def _gate() -> Printed:
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
    return Printed("Peut-on déposer maintenant ?", "", ["faits", "cause", "règle", "qui agit", "source"], rows)


def _said(value: bool | gate.State) -> str:
    return value if isinstance(value, gate.State) else "oui" if value else "non"


def _visibility() -> Printed:
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
    return Printed("Qui voit la FRCP et le PPS", words, header, rows)


def _codes() -> Printed:
    rows = [
        [seen, ", ".join(("N", *visibility.codes_of(seen))), ", ".join(("N", *visibility.codes_of(seen, minor=True)))]
        for seen in visibility.Seen
    ]
    words = f"Codes de confidentialité ({visibility.SCHEME} ; N : 2.16.840.1.113883.5.25), sans autre retour en arrière possible."
    return Printed("Codes", words, ["qui voit", "majeur", "mineur"], rows)


def _listed(values: Sequence[str], among: type[Pps | Frcp | Session]) -> str:
    return " ou ".join(values) if len(values) < len(list(among)) else ""


def _markdown(table: Printed) -> str:
    lines = [f"## {table.title}", "", *([table.words, ""] if table.words else [])]
    lines += [f"| {' | '.join(table.header)} |", f"|{' --- |' * len(table.header)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in table.rows), ""])
