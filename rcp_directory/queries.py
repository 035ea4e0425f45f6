"""Finds RCP and writes them as answers of an FRCP."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dcc.accounts import api as accounts
from rcp_directory.codes import (
    BODY_SYSTEMS,
    ENCOUNTER_SYSTEM,
    ENCOUNTERS,
    NATURE_SYSTEM,
    NATURES,
    ORGANS,
    SECTOR_SYSTEM,
    SECTORS,
    Coded,
)
from rcp_directory.models import FormerCode, Rcp, RcpMember, RcpOrgan, Session

Label = Callable[[str, str], str]
"""``label(system, code)``, as ``forms_config.terminology.api.label``."""

_WORDS = re.compile(r"[0-9a-z]+")


class UnknownRcp(LookupError):
    """No such RCP, or no such session of it; the message is French."""


@dataclass(frozen=True, slots=True)
class FoundRcp:
    """An RCP as a person chooses it; ``address`` is where cases are sent for one that another system keeps (not ``is_ours``)."""

    rcp_id: int
    national_id: str
    denomination: str
    centre: str
    network: str
    speciality: str
    establishment: str
    coordinator: str
    is_open: bool
    is_ours: bool = True
    address: str = ""


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session of an RCP."""

    session_id: int
    starts_at: datetime
    identifier: str


def search_rcps(text: str, *, limit: int | None = 20, closed: bool = False) -> list[FoundRcp]:
    """The open RCP (and the ``closed`` ones, last) that hold all the words of the text, accents apart: ours first, by name."""
    rows = [row for row in matching(text) if closed or row.is_open]
    rows.sort(key=lambda row: (not row.is_open, not row.centre.network.is_ours, _words(row.denomination), row.pk))
    return [found(row) for row in rows[:limit]]


_SOUGHT = (
    "denomination", "national_id", "speciality", "body_system", "centre__acronym", "centre__name", "centre__network__acronym",
    "centre__network__name", "establishment__name", "establishment__city", "coordinator__family",
)  # fmt: skip


def matching(text: str) -> list[Rcp]:
    """Every RCP, closed ones included, that holds all the words of the text, accents apart."""
    rows = Rcp.objects.select_related("centre__network", "establishment", "coordinator")
    words = _words(text)
    return list(rows.filter(pk__in=_holding(words)) if words else rows)


def _holding(words: Sequence[str]) -> list[int]:
    """Ids of the RCP that hold all of the words; a national list has thousands, so no row is made of those that do not."""
    more: dict[int, list[str]] = defaultdict(list)
    for pk, code in FormerCode.objects.order_by().values_list("rcp_id", "code"):
        more[pk].append(code)
    for pk, code in RcpOrgan.objects.order_by().values_list("rcp_id", "code"):
        more[pk].append(ORGANS[code].label if code in ORGANS else code)
    found = []
    for pk, *texts in Rcp.objects.order_by().values_list("pk", *_SOUGHT):
        texts[3] = BODY_SYSTEMS[texts[3]].label if texts[3] in BODY_SYSTEMS else ""
        plain = _plain(" ".join(filter(None, (*texts, *more.get(pk, ())))))
        if all(f" {word}" in plain for word in words):
            found.append(pk)
    return found


def sessions_of(rcp_id: int, *, since: datetime | None = None) -> list[FoundSession]:
    """Sessions of an RCP from a moment on (now, minus one day, by default), nearest first."""
    start = since or timezone.now() - timedelta(days=1)
    rows = Session.objects.filter(rcp_id=rcp_id, starts_at__gte=start).order_by("starts_at")
    return [FoundSession(row.pk, row.starts_at, row.identifier) for row in rows]


def rcps_of(actor: accounts.User) -> QuerySet[Any, Any]:
    """National identifiers, former ones too, of the RCP, open or closed, where ``actor`` sits or that he leads, for a filter."""
    member = RcpMember.objects.filter(practitioner=actor.practitioner_id).values("rcp")
    sits = Q(coordinator=actor.practitioner_id) | Q(pk__in=member)
    rows: QuerySet[Any, Any] = Rcp.objects.filter(sits) if actor.practitioner_id else Rcp.objects.none()
    former = FormerCode.objects.filter(rcp__in=rows.values("pk")).order_by()
    return rows.order_by().values("national_id").union(former.values("code"))


def rcp_answers(rcp_id: int, session_id: int | None = None, *, label: Label | None = None) -> dict[str, Any]:
    """What the directory knows of an RCP and of a session, as answers of an FRCP (R-101, R-102): header, coordinator, kind.

    ``label`` gives the official labels of profession, sector and encounter codes. Raises :class:`UnknownRcp`.
    """
    rcp = Rcp.objects.select_related("centre__network", "establishment", "coordinator__facility").filter(pk=rcp_id).first()
    if rcp is None:
        raise UnknownRcp(f"RCP inconnue : {rcp_id}")
    answers = {
        "frcp.rcp.denomination": rcp.denomination,
        "frcp.rcp.identifiant": rcp.national_id,
        "frcp.rcp.gestionnaire_nom": str(rcp.centre),
        "frcp.rcp.gestionnaire_identifiant": rcp.centre.national_id,
        "frcp.rcp.rrc_nom": str(rcp.centre.network),
        "frcp.rcp.rrc_identifiant": rcp.centre.network.national_id,
        "frcp.rcp.identifiants_locaux": _local_identifiers(rcp),
        "frcp.rcp.type_prise_en_charge": _coded(ENCOUNTER_SYSTEM, rcp.encounter, ENCOUNTERS, label),
        **_kind(rcp),
        "frcp.motif.rcp_recours": rcp.is_recourse,
        "frcp.motif.rcp_pediatrique": rcp.is_paediatric,
        **_place(rcp, label),
        **_meeting(rcp, session_id),
    }
    if rcp.coordinator is not None:
        answers["frcp.participants.coordonnateur"] = accounts.professional_value(rcp.coordinator, label=label)
    return {key: value for key, value in answers.items() if value not in (None, "", [])}


def _kind(rcp: Rcp) -> dict[str, Any]:
    """Nature, and what a nature « Appareil - Organes » asks for (volet, GEN-098)."""
    return (
        {
            "frcp.motif.nature": _coded(NATURE_SYSTEM, rcp.nature, NATURES, None),
            "frcp.motif.appareil": _listed(rcp.body_system, BODY_SYSTEMS),
            "frcp.motif.organes": [_listed(row.code, ORGANS) for row in rcp.organs.all()],
        }
        if rcp.nature
        else {}
    )


def _listed(code: str, known: Mapping[str, Coded]) -> dict[str, str] | None:
    return {"code": code, "system": known[code].system, "label": known[code].label} if code in known else None


def _place(rcp: Rcp, label: Label | None) -> dict[str, Any]:
    if rcp.establishment is None:
        return {"frcp.rcp.secteur": _coded(SECTOR_SYSTEM, rcp.sector, SECTORS, label)}
    return {
        "frcp.rcp.etablissement": accounts.organisation_value(rcp.establishment, label=label),
        "frcp.rcp.secteur": _coded(SECTOR_SYSTEM, rcp.sector or rcp.establishment.facility_type, SECTORS, label),
    }


def _meeting(rcp: Rcp, session_id: int | None) -> dict[str, Any]:
    if session_id is None:
        return {}
    session = Session.objects.filter(pk=session_id, rcp=rcp).first()
    if session is None:
        raise UnknownRcp(f"Séance inconnue pour « {rcp} » : {session_id}")
    moment = timezone.localtime(session.starts_at).replace(second=0, microsecond=0)
    return {
        "frcp.rcp.date": moment.isoformat(timespec="minutes"),
        "frcp.rcp.session_identifiant": session.identifier,
    }


def _local_identifiers(rcp: Rcp) -> list[dict[str, Any]]:
    return [
        {
            "id": f"local-{row.pk}",
            "values": {"frcp.rcp.identifiants_locaux.racine": row.root, "frcp.rcp.identifiants_locaux.valeur": row.value},
        }
        for row in rcp.local_identifiers.all()
    ]


def _coded(system: str, code: str, known: dict[str, str], label: Label | None) -> dict[str, str] | None:
    if not code:
        return None
    return {"code": code, "system": system, "label": (label(system, code) if label else "") or known.get(code, code)}


def found(row: Rcp) -> FoundRcp:
    """A row as people choose it."""
    return FoundRcp(
        rcp_id=row.pk,
        national_id=row.national_id,
        denomination=row.denomination,
        centre=str(row.centre),
        network=str(row.centre.network),
        speciality=row.speciality,
        establishment=row.establishment.name if row.establishment else "",
        coordinator=str(row.coordinator) if row.coordinator else "",
        is_open=row.is_open,
        is_ours=row.centre.network.is_ours,
        address=row.address,
    )


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return "".join(f" {word}" for word in _words(text))


def _words(text: str) -> list[str]:
    lowered = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return _WORDS.findall("".join(c for c in lowered if not unicodedata.combining(c)))
