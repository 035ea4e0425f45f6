"""What a region chooses about transmissions, where the specification leaves room: a table and its versions (decision 0282)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.exchange.models import PolicyChoice
from dcc.exchange.transmissions.errors import Moved, SendingRefused

REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Option:
    """A choice: what it is, what it does, what is done unless the region says otherwise, and why there is room."""

    title: str
    words: str
    default: bool
    source: str


OPTIONS: Mapping[str, Option] = {
    "care_team": Option(
        "Équipe de soins du patient",
        "Les membres de l'équipe de soins notée sur la plateforme reçoivent les documents validés, même non nommés dedans.",
        True,
        "R-033 parle de l'équipe de soins, R-196 des professionnels identifiés dans le document",
    ),
    "outside_quorum": Option(
        "Participants hors quorum",
        "Les personnes présentes à la RCP hors quorum reçoivent la FRCP validée.",
        True,
        "R-196 : professionnels identifiés ; un participant hors quorum n'est pas toujours un soignant du patient",
    ),
    "authors": Option(
        "Copie aux auteurs",
        "Les professionnels qui ont rédigé le document en reçoivent copie, même non nommés parmi les participants.",
        False,
        "Le CDC ne dit rien des auteurs, qui lisent le document sur la plateforme",
    ),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """A version of the region's choices, every option with its value; what ships is number 0."""

    number: int
    values: Mapping[str, bool]
    at: datetime | None = None
    actor_id: UUID | None = None
    reason: str = ""


def choices() -> Choices:
    """The choices in force."""
    last = PolicyChoice.objects.last()
    return _version(last) if last else Choices(0, {key: option.default for key, option in OPTIONS.items()})


def choices_history() -> Sequence[Choices]:
    """All versions, newest first."""
    return [_version(row) for row in PolicyChoice.objects.order_by("-number")]


def change_choices(*, actor: User, expected_number: int, values: Mapping[str, bool], reason: str) -> Choices:
    """Put choices in force for what is planned from now on.

    Raises ``PermissionDenied``, :class:`SendingRefused` for an unknown option or without a reason, :class:`Moved` when somebody
    changed them since they were shown.
    """
    if not accounts.may(actor, Action.CONFIGURE_TRANSMISSIONS):
        raise PermissionDenied
    if unknown := sorted(values.keys() - OPTIONS.keys()):
        raise SendingRefused(f"Choix inconnu : {', '.join(unknown)}")
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise SendingRefused(f"Motif à renseigner, {REASON_LENGTH} caractères au plus")
    former = choices()
    if former.number != expected_number:
        raise Moved
    kept = {key: bool(values.get(key, former.values[key])) for key in OPTIONS}
    with transaction.atomic():
        row = _next(former.number + 1, kept, actor, reason)
        changed = sorted(key for key in kept if kept[key] != former.values[key])
        audit.record(
            actor=actor, action="transmission.policy_changed", subject="policy:transmission", number=row.number, changed=changed
        )
    return _version(row)


def _next(number: int, kept: Mapping[str, bool], actor: User, reason: str) -> PolicyChoice:
    try:
        with transaction.atomic():
            return PolicyChoice.objects.create(number=number, choices=dict(kept), actor=actor, reason=reason.strip())
    except IntegrityError as error:
        raise Moved from error


def _version(row: PolicyChoice) -> Choices:
    values = {key: bool(row.choices.get(key, option.default)) for key, option in OPTIONS.items()}
    return Choices(row.number, values, row.at, row.actor_id, row.reason)
