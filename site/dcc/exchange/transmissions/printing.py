"""The table of figure 10, the causes and the states, as the page ``docs/transmission-table.md``: written from what runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcc.exchange.transmissions.follow_up import CAUSES, STATES
from dcc.exchange.transmissions.options import OPTIONS
from dcc.exchange.transmissions.policy import (
    DOCUMENT_LABELS,
    DOCUMENT_STATUSES,
    DOCUMENT_TYPES,
    IDENTITY_LABELS,
    IDENTITY_STATUSES,
    RECIPIENT_KINDS,
    RECIPIENT_LABELS,
    STATUS_LABELS,
    Cell,
    all_cells,
    cell_of,
)
from dcc.exchange.transmissions.recipients import NAMED

HEAD = """# Table des transmissions

Écrite par `manage.py transmission_table --write` d'après les tables que la plateforme exécute ; un test refuse une page périmée.

Un document ne va qu'où la figure 10 du cahier des charges (§2.3.3) le permet : {allowed} cases sur {cells}. Les formats sont
le moins qu'une enveloppe contient ; tout message MSSanté porte en plus un PDF/A-1 à côté de l'archive. « Auto » : part de
soi-même dès que les fichiers sont prêts. « Continuité » : seulement si un médecin donne le motif « continuité des soins ».
Le reste part sur demande.
"""


def page() -> str:
    """The whole page, in Markdown."""
    cells = [cell for _key, cell in all_cells()]
    parts = [HEAD.format(allowed=sum(cell is not None for cell in cells), cells=len(cells))]
    parts += [_section(document) for document in DOCUMENT_TYPES]
    parts += [_named(), _options(), _states(), _causes()]
    return "\n".join(parts).rstrip() + "\n"


def _section(document: str) -> str:
    header = ["statut du document", "identité", *(RECIPIENT_LABELS[kind] for kind in RECIPIENT_KINDS)]
    rows = [
        [
            STATUS_LABELS[status],
            IDENTITY_LABELS[identity],
            *(_words(cell_of(document, status, identity, kind)) for kind in RECIPIENT_KINDS),
        ]
        for status in DOCUMENT_STATUSES
        for identity in IDENTITY_STATUSES
    ]
    return "\n".join([f"## {DOCUMENT_LABELS[document]}", "", *_table(header, rows), ""])


def _words(cell: Cell | None) -> str:
    if cell is None:
        return "refusé"
    way = "auto" if cell.automatic else "continuité" if cell.continuity else "sur demande"
    return f"{way} : {', '.join(cell.formats)} par {cell.channel.upper()} ({cell.source})"


def _named() -> str:
    rows = [[DOCUMENT_LABELS[key], f"`{path}`", role] for key, paths in NAMED.items() for path, role in paths.items()]
    return "\n".join(["## Professionnels nommés par un document", "", *_table(["document", "réponse", "rôle"], rows), ""])


def _options() -> str:
    rows = [[o.title, o.words, "oui" if o.default else "non", o.source] for o in OPTIONS.values()]
    header = ["choix", "effet", "sans choix de la région", "pourquoi il y a un choix"]
    return "\n".join(["## Ce que la région choisit", "", *_table(header, rows), ""])


def _states() -> str:
    rows = [
        [standing.label, ", ".join(sorted(STATES[after].label for after in standing.follows)) or "rien"]
        for standing in STATES.values()
    ]
    return "\n".join(["## États d'une transmission", "", *_table(["état", "peut devenir"], rows), ""])


def _causes() -> str:
    rows = [[f"`{code}`", cause.words, cause.unblock.value.replace("_", " ")] for code, cause in CAUSES.items() if code]
    return "\n".join(["## Causes, et ce qui débloque", "", *_table(["code", "cause", "ce qui débloque"], rows), ""])


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
