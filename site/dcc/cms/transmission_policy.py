"""The policy of sending in the admin: figure 10 as printed and cell by cell, and what a region chooses beside it.

Figure 10 is read only: it is the specification's. The choices are those where it leaves room (decision 0282).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.viewing import AdminPage
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
    found: dict[tuple[str, exchange.DocumentStatus], dict[exchange.IdentityStatus, list[Square | None]]] = {}
    for (document, status, identity, _recipient), cell in exchange.all_cells():
        square = Square(exchange.format_words(cell.formats), not cell.automatic, cell.continuity) if cell else None
        found.setdefault((document, status), {}).setdefault(identity, []).append(square)
    return [
        Grid(
            f"{exchange.DOCUMENT_LABELS[document]} – {exchange.STATUS_LABELS[status]}",
            [(exchange.IDENTITY_LABELS[identity], squares) for identity, squares in rows.items()],
        )
        for (document, status), rows in found.items()
    ]


def printed() -> Sequence[Sequence[str]]:
    """The lines of figure 10, each as the texts of its columns."""
    return [_printed(line) for line in exchange.figure_lines()]


def _printed(line: exchange.FigureLine) -> Sequence[str]:
    identities = ", ".join(exchange.IDENTITY_LABELS[one] for one in line.identities if one not in line.continuity)
    if line.continuity:
        exceptions = ", ".join(exchange.IDENTITY_LABELS[one] for one in line.continuity)
        identities = _("%(usual)s ; exceptionnellement, pour la continuité des soins : %(others)s") % {
            "usual": identities,
            "others": exceptions,
        }
    return (
        exchange.DOCUMENT_LABELS[line.document],
        ", ".join(exchange.STATUS_LABELS[status] for status in line.statuses),
        identities,
        ", ".join(line.recipient_words),
        line.format_words,
        line.channel_words,
        ", ".join(line.automatic_words) or _("à la demande"),
        ", ".join(line.sources),
    )


class ChoicesForm(forms.Form):
    """What a region chooses; a field is named as the exchange room names the option."""

    number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, standing: exchange.Choices, data: Any = None) -> None:
        super().__init__(data, initial={**standing.values, "number": standing.number})
        for name, option in exchange.OPTIONS.items():
            words = f"{_(option.words)} {_(option.source)}."
            self.fields[name] = forms.BooleanField(label=_(option.title), help_text=words, required=False)
        self.fields["reason"] = forms.CharField(label=_("Motif de ce changement"), max_length=200)

    def chosen(self) -> dict[str, bool]:
        """Each option with its value."""
        return {name: self.cleaned_data[name] for name in exchange.OPTIONS}


class TransmissionPolicyPage(AdminPage):
    """Figure 10, its cells, and the region's choices, changed with a reason."""

    template_name = "cms/transmission_policy.html"
    page_title = gettext_lazy("Politique d'envoi")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put the choices in force, or show again what is refused."""
        form = ChoicesForm(exchange.choices(), request.POST)
        if form.is_valid():
            number, reason = form.cleaned_data["number"], form.cleaned_data["reason"]
            try:
                exchange.change_choices(actor=self.actor, expected_number=number, values=form.chosen(), reason=reason)
            except exchange.SendingRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Choix de la région en vigueur"))
                return redirect("transmissions:policy")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = exchange.choices_history()
        names = accounts.names({one.actor_id for one in history if one.actor_id})
        return {
            **super().get_context_data(**kwargs),
            "lines": printed(),
            "grids": grids(),
            "recipients": list(exchange.RECIPIENT_LABELS.values()),
            "form": kwargs.get("form") or ChoicesForm(exchange.choices()),
            "history": [(one, names.get(one.actor_id, "") if one.actor_id else "") for one in history],
        }


def may_see(actor: accounts.User) -> bool:
    """Who chooses for the region what it transmits."""
    return accounts.may(actor, Action.CONFIGURE_TRANSMISSIONS)
