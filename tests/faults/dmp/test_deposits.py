"""Every document ends in the DMP exactly once, seen by whom it has to be, whatever fails (issue 8, « Shown by » 4)."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Transmission
from forms_config.api import PublishedForm
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.sharing import share_again
from plugins.dmp.deposits.visibility import Frcp, Pps
from plugins.dmp.models import Deposit
from tests.dmp.deposits.stage import INS, SandboxStage
from tests.faults.dmp.faulty import HERE, THERE, FaultyDmp, Killed
from tests.fixtures import validate
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
FAULTS = (*THERE, *HERE)
SEED, DOCUMENTS, REDUCED = 20261128, 300, 6
WITHOUT_PPS = 5
"""One FRCP out of so many has no PPS yet."""
MOST_TURNS = 60


@dataclass
class Campaign:
    """Documents of one patient, deposited while everything fails."""

    stage: SandboxStage
    dmp: FaultyDmp
    alice: User
    bob: User
    dan: User
    facility: Facility
    patient_id: uuid.UUID
    chance: random.Random
    frcps: list[uuid.UUID] = field(default_factory=list)
    pps: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    @property
    def documents(self) -> list[uuid.UUID]:
        """All of them."""
        return [*self.frcps, *self.pps.values()]

    def add_frcp(self) -> uuid.UUID:
        """One more, validated, its deposit met by a fault."""
        made = documents.create_document(
            actor=self.alice, patient_id=self.patient_id, facility_id=self.facility.pk, document_type="frcp"
        )
        validate(self.alice, self.bob, made)
        self.frcps.append(made)
        self.work(self.chance.sample(FAULTS, 1))
        return made

    def add_pps(self, frcp: uuid.UUID) -> None:
        """Its PPS, whose deposit and the change of visibility after it are met by faults."""
        made = documents.create_following(actor=self.dan, reference_id=frcp)
        validate(self.dan, self.dan, made)
        self.pps[frcp] = made
        self.work(self.chance.sample(FAULTS, 2))

    def work(self, faults: list[str]) -> None:
        """The worker works, dies, works again, and people do what they are asked to, until all is where it has to be."""
        self.dmp.coming = faults
        for _ in range(MOST_TURNS):
            try:
                drain()
            except Killed:
                continue
            if self.is_done():
                return
            self.hurry()
        raise AssertionError(f"not done after {faults}: {self.open()}")

    def open(self) -> list[tuple[str, str, str]]:
        """Lines that have not left."""
        rows = Transmission.objects.filter(channel="dmp").exclude(state__in=["envoyee", "remplacee"])
        return [(row.document.document_type, row.state, row.cause) for row in rows.select_related("document")]

    def hidden(self) -> list[uuid.UUID]:
        """FRCPs that the patient does not see though their PPS is there."""
        return [
            one
            for one in self.frcps
            if ledger.pps_of(one) == Pps.PRESENT and ledger.frcp_of(one) in (Frcp.INVISIBLE, Frcp.UNKNOWN)
        ]

    def is_done(self) -> bool:
        """Whether nothing waits."""
        return not self.open() and not self.hidden()

    def hurry(self) -> None:
        """The time passes that deliveries wait; somebody sends once more what failed, and shares again what is not seen."""
        Delivery.objects.filter(settled_at__isnull=True, state="waiting").update(due_at=timezone.now())
        for row in Transmission.objects.filter(channel="dmp", state="echec"):
            exchange.retry(actor=self.alice, transmission_id=row.pk, expected_state="echec")
        waiting = Delivery.objects.filter(settled_at__isnull=True, key__startswith="dmp.").exists()
        for frcp in [] if waiting else self.hidden():
            share_again(actor=self.alice, document_id=self.pps[frcp])

    def faults(self) -> list[str]:
        """What the DMP holds otherwise than it has to; empty when all is well."""
        service = self.stage.running.service
        seen = {each.unique_id: each for each in service.professional_sees(INS, "810000000003")}
        by_patient = {each.unique_id for each in service.patient_sees(INS)}
        found = []
        for document_id in self.documents:
            rows = list(ledger.there(document_id))
            if len(rows) != 1 or rows[0].unique_id not in seen:
                found.append(f"{document_id} : {len(rows)} au registre local, {seen.keys()} au DMP")
                continue
            wanted = document_id in self.pps.values() or document_id in self.pps
            if (rows[0].unique_id in by_patient) != wanted:
                found.append(f"{document_id} : vu par le patient {not wanted}")
            deposits = [held for held in service.store.entries("unique_id = ?", rows[0].unique_id) if held.version == 1]
            if len(deposits) != 1:
                found.append(f"{document_id} : déposé {len(deposits)} fois")
        return found if len(seen) == len(self.documents) else [*found, f"{len(seen)} au DMP pour {len(self.documents)}"]


@pytest.fixture
def campaign(
    stage: SandboxStage, alice: User, bob: User, dan: User, facility: Facility, qualified: uuid.UUID, pps_form: PublishedForm
) -> Campaign:
    """Everybody is connected; the patient authorises half of the time, below."""
    for national_id in ("810000000001", "810000000002", "810000000012"):
        stage.connect(national_id)
    return Campaign(stage, cast("FaultyDmp", stage.reached), alice, bob, dan, facility, qualified, random.Random(SEED))  # noqa: S311  (repeatable, not secret)


def run(campaign: Campaign, number: int) -> None:
    """Deposit so many documents, FRCP and PPS, the patient authorising every other time."""
    turn = 0
    while len(campaign.documents) < number:
        turn += 1
        campaign.stage.authorise("VALIDE" if turn % 2 else "NON_EXISTE")
        frcp = campaign.add_frcp()
        if turn % WITHOUT_PPS and len(campaign.documents) < number:
            campaign.add_pps(frcp)


def test_some_documents_while_everything_fails(campaign: Campaign, configuration: None) -> None:
    run(campaign, REDUCED)
    assert campaign.faults() == []
    assert campaign.dmp.met.total() >= REDUCED


@pytest.mark.prove
def test_three_hundred_documents(campaign: Campaign, configuration: None, proof: Proof) -> None:
    begun = time.monotonic()
    run(campaign, DOCUMENTS)
    assert campaign.faults() == []
    assert set(campaign.dmp.met) >= set(FAULTS)
    ways = Counter(
        "TD3.3b" if row.revealed_at else "dépôt" for row in Deposit.objects.filter(document_type="frcp", replaced_by="")
    )
    figures = {
        "graine": SEED,
        "documents": len(campaign.documents),
        "au DMP, chacun exactement une fois": len(campaign.documents),
        "FRCP invisibles, sans PPS": len(campaign.frcps) - len(campaign.pps),
        "FRCP rendues visibles par changement de métadonnées": ways["TD3.3b"],
        "FRCP remplacées par une version visible": Deposit.objects.filter(document_type="frcp").exclude(replaced_by="").count(),
        "durée": f"{time.monotonic() - begun:.0f} s",
        **{f"panne : {name}": f"{times} fois" for name, times in sorted(campaign.dmp.met.items()) if name},
    }
    proof.record(issue=8, title="300 documents déposés pendant que tout tombe en panne", figures=figures)
