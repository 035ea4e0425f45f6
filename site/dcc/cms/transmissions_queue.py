"""The queue of transmissions in the admin: what waits, what failed and why; retried, redirected or given up. No patient data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.accounts.viewing import AdminPage
from dcc.contracts.capabilities import DigestLine, MenuEntry
from dcc.contracts.registry import current
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.api import State, Unblock

ATTENTION = (State.HELD, State.FAILED)
AGES = ((0, gettext_lazy("de tout âge")), (1, gettext_lazy("depuis un jour")), (7, gettext_lazy("depuis une semaine")))
FOR_ADMINISTRATORS = frozenset({Unblock.CONFIGURE, Unblock.ADDRESS, Unblock.REDIRECT, Unblock.RETRY})
"""What the digest tells administrators of: the rest waits for a clinician, or for nobody."""


class FilterForm(forms.Form):
    """The filters, as links of the page and its form give them."""

    state = forms.ChoiceField(label=gettext_lazy("État"), required=False)
    cause = forms.ChoiceField(label=gettext_lazy("Cause"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Canal"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Destinataire"), required=False)
    days = forms.ChoiceField(label=gettext_lazy("Ancienneté"), required=False, choices=AGES)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        states = [(state.value, _(standing.label)) for state, standing in exchange.STATES.items()]
        causes = [(code, _(cause.words)) for code, cause in exchange.CAUSES.items() if code]
        self._choose("state", [("", _("Retenues et en échec")), ("toutes", _("Toutes")), *states])
        self._choose("cause", [("", _("Toutes")), *causes])
        channels = [("mss", exchange.channel_words("mss", "ps")), ("dmp", exchange.channel_words("dmp", "dmp"))]
        self._choose("channel", [("", _("Tous")), *channels])
        self._choose("kind", [("", _("Tous")), *exchange.RECIPIENT_LABELS.items()])

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above; this tells the type checker)
        field.choices = choices

    def filters(self) -> exchange.QueueFilters:
        """What is asked of the queue; what fits no choice is not looked at."""
        self.is_valid()
        chosen = self.cleaned_data
        state = chosen.get("state", "")
        states = [] if state == "toutes" else [state] if state else [one.value for one in ATTENTION]
        return exchange.QueueFilters(
            states, chosen.get("cause", ""), chosen.get("channel", ""), chosen.get("kind", ""), int(chosen.get("days") or 0)
        )


@dataclass(frozen=True, slots=True)
class Count:
    """How many stand so, and where the list shows them."""

    words: str
    number: int
    url: str


class QueuePage(AdminPage):
    """The list with its filters; a form over it does the same to all that is ticked."""

    template_name = "cms/transmissions_queue.html"
    page_title = gettext_lazy("Transmissions")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_see(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the button says to each line that is ticked; what is refused is told, the rest is done."""
        ticked = [_ticked(text) for text in request.POST.getlist("line")]
        chosen = [one for one in ticked if one is not None]
        act = _act(self.actor, request.POST.get("do", ""), request.POST.get("said", ""))
        if act is None or not chosen:
            messages.warning(request, _("Cochez des transmissions, puis choisissez quoi en faire"))
        else:
            _tell(request, _each(act, chosen))
        return redirect(f"{reverse('transmissions:queue')}?{request.GET.urlencode()}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FilterForm(self.request.GET)
        number = self.request.GET.get("p", "")
        page = int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1
        found = exchange.queue(self.actor, form.filters(), page=page)
        query = self.request.GET.copy()
        query.pop("p", None)
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "found": found,
            "rows": [(line, _type_words(line.document_type)) for line in found.lines],
            "may_redirect": any(line.redirectable for line in found.lines),
            "counts": _counts(found),
            "query": query.urlencode(),
            "pages_of_modules": _pages_of_modules(),
        }


def may_see(actor: accounts.User) -> bool:
    """Who administers the platform."""
    return accounts.may(actor, Action.ADMINISTER)


def _pages_of_modules() -> Sequence[tuple[str, str]]:
    """What installed modules show to administrators: a mailbox, its quarantine, flows; words and address."""
    entries = current().all(MenuEntry)
    return [(entry.title, reverse(entry.url_name)) for entry in entries if entry.permission == Action.ADMINISTER]


def _type_words(document_type: str) -> str:
    return exchange.DOCUMENT_LABELS.get(document_type) or str(getattr(documents.type_of(document_type), "title", document_type))


def _counts(found: exchange.QueuePage) -> Sequence[Count]:
    """What waits for somebody, by cause, the most frequent first."""
    waiting = [(key, number) for key, number in found.counts.items() if key[0] in ATTENTION]
    return [
        Count(_count_words(state, cause), number, f"?{urlencode({'state': state, 'cause': cause})}")
        for (state, cause), number in sorted(waiting, key=lambda one: -one[1])
    ]


def _count_words(state: str, cause: str) -> str:
    label, words = _(exchange.STATES[State(state)].label), exchange.CAUSES[cause].words
    return f"{label} : {_(words)}" if words else label


Act = Callable[[UUID, str], object]


def _act(actor: accounts.User, name: str, said: str) -> Act | None:
    """What is done to one line, in the state in which it was shown."""
    acts: dict[str, Act] = {
        "retry": lambda key, state: exchange.retry(actor=actor, transmission_id=key, expected_state=state),
        "abandon": lambda key, state: exchange.abandon(actor=actor, transmission_id=key, expected_state=state, reason=said),
        "redirect": lambda key, state: exchange.redirect(actor=actor, transmission_id=key, expected_state=state, address=said),
    }
    return acts.get(name)


def _ticked(text: str) -> tuple[UUID, str] | None:
    key, _bar, state = text.partition("|")
    try:
        return UUID(key), state
    except ValueError:
        return None


def _each(act: Act, chosen: Sequence[tuple[UUID, str]]) -> tuple[int, Sequence[str]]:
    """How many were done, and what was refused, each refusal once."""
    done, refused = 0, []
    for key, state in chosen:
        try:
            act(key, state)
        except (exchange.SendingRefused, documents.DocumentError) as error:
            refused.append(str(error) or _("Transmission introuvable"))
        else:
            done += 1
    return done, list(dict.fromkeys(refused))


def _tell(request: HttpRequest, outcome: tuple[int, Sequence[str]]) -> None:
    done, refused = outcome
    if done:
        messages.success(request, ngettext("%(n)d transmission traitée", "%(n)d transmissions traitées", done) % {"n": done})
    for words in refused:
        messages.error(request, words)


def waiting_transmissions(person_id: UUID) -> Sequence[DigestLine]:
    """The part of the digest: what waits for an administrator, by cause; recipients are not named."""
    found = exchange.queue(accounts.User.objects.get(pk=person_id))
    return [
        DigestLine(
            f"{_count_words(state, cause)} : {number}",
            f"{reverse('transmissions:queue')}?{urlencode({'state': state, 'cause': cause})}",
        )
        for (state, cause), number in sorted(found.counts.items())
        if state in ATTENTION and exchange.CAUSES[cause].unblock in FOR_ADMINISTRATORS
    ]
