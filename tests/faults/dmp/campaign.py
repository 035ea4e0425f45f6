"""Documents of one patient that are deposited in a DMP while things happen, and what has to be there at the end."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import QuerySet
from django.utils import timezone

from dcc.accounts.api import User
from dcc.documents import api as documents
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage
from tests.dmp.deposits.stage import INS, SandboxStage
from tests.fixtures import validate

WITHOUT_PPS = 5
"""One FRCP out of so many has no PPS yet."""
SHOWN, HIDDEN = "visible par le patient", "invisible au patient"
"""What the line of a document says."""


class Way(Protocol):
    """How the worker works, and what happens meanwhile; ``met`` counts what did."""

    met: Counter[str]

    def at_work(self, campaign: Campaign, *, follows: bool, authorised: bool) -> AbstractContextManager[None]:
        """A document is validated within; afterwards the worker works until it is where it has to be, and its FRCP too.

        ``follows``: it is a PPS; ``authorised``: its FRCP is revealed by a change of visibility.
        """


@dataclass
class Campaign:
    """The documents, deposited by ``way``."""

    stage: SandboxStage
    way: Way
    people: dict[str, User]
    patient_id: uuid.UUID
    chance: random.Random
    frcps: list[uuid.UUID] = field(default_factory=list)
    pps: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    @property
    def documents(self) -> list[uuid.UUID]:
        """All of them."""
        return [*self.frcps, *self.pps.values()]

    @property
    def newest(self) -> list[uuid.UUID]:
        """The last FRCP, and its PPS if there is one."""
        return [self.frcps[-1], *([self.pps[self.frcps[-1]]] if self.frcps[-1] in self.pps else [])]

    def run(self, number: int) -> None:
        """Go on until there are so many documents, FRCP and PPS, the patient authorising every other time."""
        while len(self.documents) < number:
            authorised = len(self.frcps) % 2 == 0
            self.stage.authorise("VALIDE" if authorised else "NON_EXISTE")
            with self.way.at_work(self, follows=False, authorised=authorised):
                self.add_frcp()
            if len(self.frcps) % WITHOUT_PPS and len(self.documents) < number:
                with self.way.at_work(self, follows=True, authorised=authorised):
                    self.add_pps()

    def add_frcp(self) -> None:
        """One more FRCP, validated."""
        alice = self.people["alice"]
        facility_id = alice.memberships.get().facility_id
        assert facility_id is not None
        made = documents.create_document(actor=alice, patient_id=self.patient_id, facility_id=facility_id, document_type="frcp")
        validate(alice, self.people["bob"], made)
        self.frcps.append(made)

    def add_pps(self) -> None:
        """The PPS of the last FRCP, validated."""
        dan = self.people["dan"]
        made = documents.create_following(actor=dan, reference_id=self.frcps[-1])
        validate(dan, dan, made)
        self.pps[self.frcps[-1]] = made

    def open(self, among: list[uuid.UUID]) -> list[tuple[str, str, str]]:
        """Lines that have not left; a document that has none yet is one."""
        rows = Transmission.objects.filter(channel="dmp", document__in=among).select_related("document")
        never = set(among) - {row.document_id for row in rows}
        left = [row for row in rows if row.state not in ("envoyee", "remplacee")]
        return [*[("", "", "") for _ in never], *[(row.document.document_type, row.state, row.cause) for row in left]]

    def is_hidden(self, frcp: uuid.UUID) -> bool:
        """Whether the line of an FRCP does not say that the patient sees it, though its PPS is there."""
        return frcp in self.pps and not self.open([self.pps[frcp]]) and _line_of(frcp).note != SHOWN

    def is_done(self) -> bool:
        """Whether nothing waits of the newest: all the others are looked at in the end (:meth:`faults`)."""
        return not self.open(self.newest) and not self.is_hidden(self.frcps[-1]) and not self._running().exists()

    def hurry(self) -> None:
        """The time passes that deliveries wait; somebody sends once more what failed, and shares again what is not seen."""
        Delivery.objects.filter(settled_at__isnull=True, state__in=("waiting", "pending")).update(due_at=timezone.now())
        alice, frcp = self.people["alice"], self.frcps[-1]
        for row in Transmission.objects.filter(channel="dmp", state="echec", document__in=self.newest):
            exchange.retry(actor=alice, transmission_id=row.pk, expected_state="echec")
        if self.is_hidden(frcp) and not self._running().exists():
            share_again(actor=alice, document_id=self.pps[frcp])

    def _running(self) -> QuerySet[Delivery]:
        """Deliveries of the plugin that are not over."""
        return Delivery.objects.filter(settled_at__isnull=True, key__startswith="dmp.")

    def faults(self) -> list[str]:
        """What the DMP holds otherwise than it has to; empty when all is well."""
        service = self.stage.running.service
        seen = {each.unique_id: each for each in service.professional_sees(INS, "810000000003")}
        by_patient = {each.unique_id for each in service.patient_sees(INS)}
        found = [f"pas parti : {line}" for line in self.open(self.documents)]
        for document_id in self.documents:
            rows = list(Deposit.objects.filter(document_id=document_id, stage=Stage.DEPOSITED, replaced_by=""))
            if len(rows) != 1 or rows[0].unique_id not in seen:
                found.append(f"{document_id} : {len(rows)} au registre local, {seen.keys()} au DMP")
                continue
            wanted = document_id in self.pps.values() or document_id in self.pps
            if (rows[0].unique_id in by_patient) != wanted:
                found.append(f"{document_id} : vu par le patient {not wanted}")
            line = _line_of(document_id)
            if (line.pk, line.state, line.note) != (rows[0].pk, "envoyee", SHOWN if wanted else HIDDEN):
                found.append(f"{document_id} : {line.state}, « {line.note} »")
            deposits = [held for held in service.store.entries("unique_id = ?", rows[0].unique_id) if held.version == 1]
            if len(deposits) != 1:
                found.append(f"{document_id} : déposé {len(deposits)} fois")
        return found if len(seen) == len(self.documents) else [*found, f"{len(seen)} au DMP pour {len(self.documents)}"]


def _line_of(document_id: uuid.UUID) -> Transmission:
    """The line of a document that counts."""
    return Transmission.objects.filter(document=document_id, channel="dmp").latest("requested_at")
