"""What the platform shows by itself of those who wait: an entry of the menu, a line of the daily digest."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dcc.accounts.policies import Action
from dcc.contracts.capabilities import DigestLine, DigestSection, MenuEntry
from dcc.contracts.registry import Registry

KEY = "accounts.admissions"


def announce(registry: Registry) -> None:
    """Add both."""
    title: str = _("Admissions")  # type: ignore[assignment]  # a lazy text is a text, said in the reader's language
    registry.add(MenuEntry, KEY, MenuEntry(title, "accounts:admissions", Action.ADMIT_PEOPLE.value, "people"))
    registry.add(DigestSection, KEY, DigestSection(KEY, title, (Action.ADMIT_PEOPLE.value,), _lines))


def _lines(person: UUID) -> Sequence[DigestLine]:
    from dcc.accounts.models import User
    from dcc.accounts.psc.admission import State, requests_for

    count = requests_for(User.objects.get(pk=person)).filter(state=State.WAITING).count()
    if not count:
        return []
    words = ngettext("%(n)s personne attend d'être admise", "%(n)s personnes attendent d'être admises", count) % {"n": count}
    return [DigestLine(words, reverse("accounts:admissions"))]
