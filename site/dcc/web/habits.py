"""Last used and favourite codes of a person: written while saving, read while typing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from dcc.accounts.api import User
from dcc.web.models import CodeHabit
from forms_config.schema.model import Question

RECENT = 8
PINNED = "favori"
USED = "recent"


def preferred(user: User, value_set: str) -> dict[str, str]:
    """Codes to propose first, with why: pinned ones, then the last used."""
    habits = CodeHabit.objects.filter(user=user, value_set=value_set).order_by("-pinned", "-used_at")[: 4 * RECENT]
    pinned = {habit.code: PINNED for habit in habits if habit.pinned}
    recent = [habit.code for habit in habits if not habit.pinned][:RECENT]
    return pinned | dict.fromkeys(recent, USED)


def remember(user: User, answers: Iterable[tuple[Question, Any]]) -> None:
    """Note the codes among saved answers."""
    used = {(question.values, code) for question, value in answers if question.values for code in _codes(value)}
    now = timezone.now()
    CodeHabit.objects.bulk_create(
        [CodeHabit(user=user, value_set=name, code=code, used_at=now) for name, code in sorted(used)],
        update_conflicts=True,
        update_fields=["used_at"],
        unique_fields=["user", "value_set", "code"],
    )


def toggle(user: User, value_set: str, code: str) -> bool:
    """Pin or unpin a code; answers whether it is pinned now."""
    habit, _created = CodeHabit.objects.get_or_create(
        user=user, value_set=value_set, code=code, defaults={"used_at": timezone.now()}
    )
    habit.pinned = not habit.pinned
    habit.save(update_fields=["pinned"])
    return habit.pinned


def _codes(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item["code"] for item in items if isinstance(item, Mapping) and item.get("code")]
