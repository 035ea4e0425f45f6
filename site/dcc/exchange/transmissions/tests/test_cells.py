"""The 160 cells of figure 10, generated from the table and driven through the real pipeline: asked for, and by itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from django.db import transaction

from dcc.accounts.api import User
from dcc.contracts.capabilities import Transport
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Package
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.events.api import drain
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.exchange.transmissions.planning import plan
from dcc.exchange.transmissions.policy import (
    DOCUMENT_STATUSES,
    IDENTITY_STATUSES,
    PDF,
    RECIPIENT_KINDS,
    cell_of,
    refusal,
)
from dcc.exchange.transmissions.requesting import RecipientChoice, request
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.patients.models import Patient
from forms_config.api import ensure_default_forms
from rcp_directory.models import NationalBox
from tests.fixtures import fill_document

REASON = "Le patient est hospitalisé demain dans un autre établissement"
INS = {"ins_oid": "1.2.250.1.213.1.4.10", "ins_matricule": "279035121518989"}
ALLOWED = {"frcp": 18, "pps": 19}
"""Of the 37."""
ADDRESSES = {"ps": "ps@ps.mssante.fr", "dcc": "rcp@autre.mssante.fr"}


@dataclass
class Walk:
    """A document walked through its statuses, and what each recipient got at each step."""

    stage: Stage
    actor: User
    document_id: uuid.UUID

    def identify(self, status: str) -> None:
        """Give the patient an identity of this status."""
        ins = INS if status in ("recuperee", "qualifiee") else dict.fromkeys(INS, "")
        Patient.objects.filter(pk=Document.objects.get(pk=self.document_id).patient_id).update(status=status, **ins)

    def ask(self, kind: str) -> list[Package]:
        """Ask for a sending, by the way of all that is asked; what reached that kind of recipient."""
        choice = RecipientChoice(kind=kind, address=ADDRESSES.get(kind, ""))  # type: ignore[arg-type]  # a kind of the axis
        before = len(self.stage.mss.sent), len(self.stage.dmp.sent)
        with transaction.atomic():
            held = documents.hold(actor=self.actor, action="document.send", document_id=self.document_id, expected_revision=None)
            request(actor=self.actor, held=held, recipients=[choice], continuity_reason=REASON)
        drain()
        new = [*self.stage.mss.sent[before[0] :], *self.stage.dmp.sent[before[1] :]]
        assert {to.kind for _, to, _ in new} <= {kind}
        return [package for _, _, package in new]

    def at(self, status: str) -> None:
        """Bring the document to a status."""
        act = {"complete": self._complete, "valide": self._validate, "cloture": self._close}.get(status)
        if act:
            act(documents.open_document(self.actor, self.document_id).revision)

    def _complete(self, revision: int) -> None:
        fill_document(self.actor, self.document_id)
        revision = documents.open_document(self.actor, self.document_id).revision
        documents.complete_document(actor=self.actor, document_id=self.document_id, expected_revision=revision)

    def _validate(self, revision: int) -> None:
        documents.validate_document(actor=self.actor, document_id=self.document_id, expected_revision=revision)
        drain()

    def _close(self, revision: int) -> None:
        documents.close_document(actor=self.actor, document_id=self.document_id)


@pytest.fixture
def walks(stage: Stage, alice: User, frcp_id: uuid.UUID) -> dict[str, Walk]:
    """An FRCP, and a PPS that follows it as soon as it is validated."""
    stage.registry.add(Transport, "dmp", stage.dmp)
    ensure_default_forms("pps")
    NationalBox.objects.create(use="pdc", address="pdc@test.mssante.fr")
    return {"frcp": Walk(stage, alice, frcp_id)}


def steps(walks: dict[str, Walk], document: str) -> Iterator[tuple[str, Walk]]:
    """The statuses of a document, one after the other."""
    if document == "pps":
        for status, _ in steps(walks, "frcp"):
            if status == "valide":
                break
        walks["pps"] = Walk(
            walks["frcp"].stage,
            walks["frcp"].actor,
            documents.create_following(actor=walks["frcp"].actor, reference_id=walks["frcp"].document_id),
        )
    for status in DOCUMENT_STATUSES:
        walks[document].at(status)
        yield status, walks[document]


@pytest.mark.parametrize("document", ["frcp", "pps"])
@pytest.mark.parametrize(
    "identities", [("validee", "qualifiee"), pytest.param(IDENTITY_STATUSES, marks=pytest.mark.prove)], ids=["some", "all"]
)
def test_every_cell_lets_out_what_it_says_and_nothing_else(
    walks: dict[str, Walk], document: str, identities: Sequence[str]
) -> None:
    seen: dict[bool, int] = {True: 0, False: 0}
    for status, walk in steps(walks, document):
        for identity in identities:
            walk.identify(identity)
            for kind in RECIPIENT_KINDS:
                cell = cell_of(document, status, identity, kind)
                seen[cell is not None] += 1
                if cell is None:
                    with pytest.raises((SendingRefused, Refused)) as refused:
                        walk.ask(kind)
                    assert str(refused.value) == refusal(document, status, identity, kind) or "ne sort pas" in str(refused.value)
                    continue
                [package] = walk.ask(kind)
                beside = {PDF} if cell.channel == "mss" else set()
                assert set(package.artifacts) == {*cell.formats, *beside}, (status, identity, kind)
                assert (package.snapshot.status, package.snapshot.patient.status) == (status, identity)
    assert sum(seen.values()) == 20 * len(identities)
    if len(identities) == len(IDENTITY_STATUSES):
        assert seen[True] == ALLOWED[document]


@pytest.mark.parametrize("document", ["frcp", "pps"])
def test_by_itself_leaves_what_the_table_says_and_nothing_that_it_refuses(walks: dict[str, Walk], document: str) -> None:
    for status, walk in steps(walks, document):
        if status not in ("valide", "cloture"):
            continue
        for identity in IDENTITY_STATUSES:
            walk.identify(identity)
            rendition = Rendition.objects.filter(version__document_id=walk.document_id).latest("created_at")
            picture = {**rendition.snapshot, "status": status}
            ins = {"root": INS["ins_oid"], "extension": INS["ins_matricule"]} if identity == "qualifiee" else None
            picture["patient"] = {**picture["patient"], "status": identity, "ins": ins}
            again = Rendition.objects.create(
                version=rendition.version,
                number=rendition.number + 1,
                reason="statut",
                as_of=rendition.as_of,
                snapshot=picture,
                snapshot_sha256=rendition.snapshot_sha256,
            )
            plan(again.pk)
            queued = Transmission.objects.filter(rendition=again, state="en_file")
            for kind in RECIPIENT_KINDS:
                cell = cell_of(document, status, identity, kind)
                automatic = bool(cell and cell.automatic)
                assert queued.filter(recipient_kind=kind).exists() == (automatic and kind != "ps"), (status, identity, kind)
            held = Transmission.objects.filter(rendition=again, recipient_kind="ps")
            assert set(held.values_list("cause", flat=True)) <= {"no_address", "identity"}
