"""Proving that the journal is whole: nothing altered, removed, added or put in another order since it was sealed."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import chain
from dcc.audit.keys import key_named
from dcc.audit.models import Entry, Segment
from dcc.audit.sealing import ROW_FIELDS, Head

SEALED_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Breach:
    """Something wrong in the journal, in French; ``segment`` and ``entry`` are numbers, when they are known."""

    message: str
    segment: int | None = None
    entry: int | None = None


def verify(*, expected_head: Head | None = None) -> Sequence[Breach]:
    """Everything that is wrong; nothing means that the journal is whole.

    ``expected_head`` is a head kept elsewhere (log, safe): without it, a cut of the very last segments together with their rows,
    by somebody who could lift the triggers, would not show.
    """
    breaches: list[Breach] = []
    former, met = Head(-1, ""), expected_head is None
    for segment in Segment.objects.order_by("number").iterator():
        breaches += segment_breaches(segment, former)
        former = Head(segment.number, segment.digest)
        met = met or former == expected_head
    if expected_head and not met:
        breaches.append(
            Breach(_("Le journal ne contient plus la tête attendue : sa fin a été coupée ou refaite"), expected_head.number)
        )
    return [*breaches, *unsealed_breaches()]


def segment_breaches(segment: Segment, former: Head) -> list[Breach]:
    """What is wrong with one segment, after ``former``."""
    inside = _purge_breaches(segment) if segment.purged_at else _row_breaches(segment)
    return [*_chain_breaches(segment, former), *inside]


def _chain_breaches(segment: Segment, former: Head) -> Iterator[Breach]:
    if segment.number != former.number + 1:
        yield Breach(_("Segment manquant avant celui-ci"), segment.number)
    elif segment.previous != former.digest:
        yield Breach(_("Le segment n'est pas chaîné au précédent"), segment.number)
    key = key_named(segment.key_id)
    if key is None:
        yield Breach(_("Clé de signature inconnue : remettre l'ancienne clé dans DCC_AUDIT_FORMER_KEYS"), segment.number)
    elif not hmac.compare_digest(segment.signature, chain.sign(key, sealed_part(segment), segment.digest)):
        yield Breach(_("Signature du segment incorrecte"), segment.number)


def _purge_breaches(segment: Segment) -> Iterator[Breach]:
    key = key_named(segment.purge_key_id)
    proof = chain.sign_purge(key, segment.number, segment.digest, segment.purged_at) if key and segment.purged_at else ""
    if not proof or not hmac.compare_digest(segment.purge_signature, proof):
        yield Breach(_("Traces supprimées sans purge signée"), segment.number)
    if Entry.objects.filter(segment_id=segment.number).exists():
        yield Breach(_("Segment purgé qui contient encore des traces"), segment.number)


def _row_breaches(segment: Segment) -> Iterator[Breach]:
    if segment.number == 0:
        if segment.digest != chain.ORIGIN or Entry.objects.filter(segment_id=0).exists():
            yield Breach(_("L'origine du journal a été modifiée"), 0)
        return
    digests: list[str] = []
    instants: list[datetime] = []
    columns = ("position", "digest", *ROW_FIELDS)
    rows = Entry.objects.filter(segment_id=segment.number).order_by("position").values_list(*columns).iterator(chunk_size=2_000)
    for expected, (position, stored, *values) in enumerate(rows, start=1):
        row = chain.Row(*values)
        digests.append(chain.row_digest(row))
        instants.append(row.at)
        if position != expected:
            yield Breach(_("Trace manquante ou déplacée avant celle-ci"), segment.number, row.id)
            break
        if stored != digests[-1]:
            yield Breach(_("Trace modifiée après son scellement"), segment.number, row.id)
        if row.kind != segment.kind:
            yield Breach(_("Trace d'une autre nature que son segment"), segment.number, row.id)
    yield from _whole_breaches(segment, digests, instants)


def _whole_breaches(segment: Segment, digests: list[str], instants: list[datetime]) -> Iterator[Breach]:
    if len(digests) < segment.count:
        yield Breach(_("Traces manquantes : %(count)s scellées") % {"count": segment.count}, segment.number)
    elif instants and (segment.first_at, segment.last_at) != (min(instants), max(instants)):
        yield Breach(_("Les dates du segment ne sont pas celles de ses traces"), segment.number)
    if segment.digest != chain.segment_digest(sealed_part(segment), digests):
        yield Breach(_("L'empreinte du segment ne correspond pas à ses traces"), segment.number)


def sealed_part(segment: Segment) -> chain.Sealed:
    """What the digest and the signature of a segment cover."""
    return chain.Sealed(**{field.name: getattr(segment, field.name) for field in fields(chain.Sealed)})


def unsealed_breaches() -> list[Breach]:
    """Rows that should have been sealed long since."""
    late = Entry.objects.filter(segment__isnull=True, at__lt=timezone.now() - SEALED_WITHIN).order_by("id").first()
    words = _("Traces non scellées depuis plus d'un quart d'heure : le scellement est arrêté")
    return [Breach(words, None, late.pk)] if late else []
