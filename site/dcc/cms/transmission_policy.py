"""The policy of sending in the admin, read only: figure 10 as the specification prints it, and its 160 cells one by one.

Nothing of it can be changed here: it is the specification's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.viewing import AdminPage
from dcc.cms.identity_policy import STATUS as IDENTITY
from dcc.documents import api as documents
from dcc.exchange import api as exchange


@dataclass(frozen=True, slots=True)
class Square:
    """One of the 160 cells: what is sent, or nothing; ``asked`` when somebody has to ask, ``reason`` when he must say why."""

    formats: str
    asked: bool = False
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """All the cells of one document in one status: a row per status of identity, a column per recipient."""

    title: str
    rows: Sequence[tuple[Any, Sequence[Square | None]]]


def grids() -> Sequence[Grid]:
    """The 160 cells."""
    found: dict[tuple[str, str], dict[str, list[Square | None]]] = {}
    for (document, status, identity, _recipient), cell in exchange.all_cells():
        square = Square(exchange.format_words(cell.formats), not cell.automatic, cell.continuity) if cell else None
        found.setdefault((document, status), {}).setdefault(identity, []).append(square)
    return [
        Grid(
            f"{_type_words(document)} – {documents.STATUS_LABELS[status]}",  # type: ignore[index]  # the axes of figure 10 are statuses
            [(IDENTITY[identity], squares) for identity, squares in rows.items()],
        )
        for (document, status), rows in found.items()
    ]


def printed() -> Sequence[Sequence[str]]:
    """The lines of figure 10, each as the texts of its columns."""
    return [_printed(line) for line in exchange.figure_lines()]


def _printed(line: exchange.FigureLine) -> Sequence[str]:
    identities = ", ".join(str(IDENTITY[one]) for one in line.identities if one not in line.continuity)
    if line.continuity:
        exceptions = ", ".join(str(IDENTITY[one]) for one in line.continuity)
        identities = _("%(usual)s ; exceptionnellement, pour la continuité des soins : %(others)s") % {
            "usual": identities,
            "others": exceptions,
        }
    return (
        _type_words(line.document),
        ", ".join(documents.STATUS_LABELS[status] for status in line.statuses),
        identities,
        ", ".join(line.recipient_words),
        line.format_words,
        line.channel_words,
        ", ".join(line.automatic_words) or _("à la demande"),
        ", ".join(line.sources),
    )


def _type_words(document: str) -> str:
    kind = documents.type_of(document)
    return (kind.short_title or kind.title) if kind else document.upper()


class TransmissionPolicyPage(AdminPage):
    """Figure 10, then its cells."""

    template_name = "cms/transmission_policy.html"
    page_title = gettext_lazy("Politique d'envoi")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recipients = list(exchange.RECIPIENT_LABELS.values())
        return {**super().get_context_data(**kwargs), "lines": printed(), "grids": grids(), "recipients": recipients}


def may_see(actor: accounts.User) -> bool:
    """Who configures the forms of the region, or administers it."""
    return any(accounts.may(actor, action) for action in (Action.CONFIGURE_FORMS, Action.ADMINISTER))
