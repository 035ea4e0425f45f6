"""An FRCP between two DCC, as the region that sends it and as the one that completes it (R-078...R-089)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Attachment, DocumentVersion
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Entrustment, Transmission
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.tests.regions import OURS, THEIRS, THERE, Source, complete
from dcc.patients import api as patients


def test_once_sent_it_is_read_only(source: Source, alice: User, bob: User, sonia: User, charlie: User) -> None:
    """R-085: neither services nor the database let it change; whoever could read it still can."""
    source.send()
    drain()
    [package] = source.stage.mss.to(THERE)
    assert (package.snapshot.status, package.snapshot.version_number) == ("complete", 1)
    assert sorted(package.artifacts) == ["cda-n1", "cda-n3", "pdf-a1"]
    for person in (alice, bob, sonia):
        view = documents.open_document(person, source.document_id)
        assert (view.held_elsewhere, view.editable, dict(view.actions)) == ("Sarcomes", False, {})
    asked: dict[str, Callable[[], Any]] = {
        "save": lambda: documents.save_answers(actor=alice, document_id=source.document_id, changes=[]),
        "reopen": lambda: documents.reopen_document(actor=alice, document_id=source.document_id),
        "validate": lambda: documents.validate_document(
            actor=bob, document_id=source.document_id, expected_revision=view.revision
        ),
        "cancel": lambda: documents.cancel_document(actor=bob, document_id=source.document_id),
        "attach": lambda: documents.add_attachment(
            actor=alice, document_id=source.document_id, title="x", filename="x.pdf", content=b"%PDF-1.4"
        ),
        "send again": source.send,
    }
    for call in asked.values():
        with pytest.raises(documents.HeldElsewhere, match="Sarcomes"):
            call()
    with pytest.raises(documents.DocumentNotFound):
        documents.reopen_document(actor=charlie, document_id=source.document_id)
    version = DocumentVersion.objects.get(document_id=source.document_id)
    changes: list[dict[str, Any]] = [{"answers": {}}, {"status": "en_cours"}, {"title": "x", "held_elsewhere": ""}]
    for changed in changes:
        with pytest.raises(DatabaseError, match="lecture seule"), transaction.atomic():
            DocumentVersion.objects.filter(pk=version.pk).update(**changed)
    with pytest.raises(DatabaseError, match="lecture seule"), transaction.atomic():
        Attachment.objects.create(version=version, title="x", size=1, added_at=timezone.now())


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"attested": False}, exchange.SendingRefused, "Attester"),
        ({"rcp": "inconnue"}, exchange.SendingRefused, "annuaire"),
        ({"rcp": OURS}, exchange.SendingRefused, "de cette région"),
        ({"continuity_reason": ""}, exchange.ContinuityNeeded, "continuité"),
        ({"expected_revision": 0}, documents.Stale, "modifié"),
    ],
)
def test_what_sending_refuses_leaves_the_document_here(
    source: Source, alice: User, asked: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        source.send(**asked)
    assert documents.open_document(alice, source.document_id).held_elsewhere == ""
    assert not Entrustment.objects.exists()
    assert not Transmission.objects.exists()


def test_who_may_entrust(source: Source, sonia: User, lea: User, charlie: User, edith: User, adrien: User) -> None:
    """The physician who answers for the content (R-081), nobody else."""
    for person, error in (
        (sonia, documents.ActionForbidden),
        (lea, documents.ActionForbidden),
        (charlie, documents.DocumentNotFound),
        (edith, documents.DocumentNotFound),
        (adrien, documents.DocumentNotFound),
    ):
        with pytest.raises(error):
            source.send(actor=person, expected_revision=documents.open_document(source.alice, source.document_id).revision)


def test_a_document_addressed_elsewhere_is_not_sent_there(source: Source, alice: User) -> None:
    documents.reopen_document(actor=alice, document_id=source.document_id)
    complete(alice, source.document_id, OURS)
    with pytest.raises(exchange.SendingRefused, match="adressée à la RCP « Sénologie »"):
        source.send()


def test_the_validated_return_replaces_the_copy(source: Source, alice: User, lea: User) -> None:
    """R-088, R-089: both versions stay, the other region keeps the validated one, the lock is over."""
    source.send()
    source.told("lue")
    assert source.state == "recue"
    told = source.comes_back()
    assert (told.outcome, told.error, told.document_id) == (Outcome.RETURNED, "", source.document_id)
    view = documents.open_document(lea, source.document_id)
    assert (view.line.version, view.line.status, view.versions, view.held_elsewhere) == (2, "valide", [1, 2], "")
    assert view.answers["frcp.patient.commentaire"] == "validé là-bas"
    assert view.received["custodian"]["name"] == "Centre Hospitalier d'Angers"
    assert "modifiée" not in str(view.received["findings"]), "nothing was written here since it left"
    former = documents.open_version(alice, source.document_id, 1)
    assert (former.line.status, former.held_elsewhere) == ("complete", "Sarcomes")
    assert source.state == "rendue"
    again = source.comes_back()
    assert (again.outcome, again.document_id) == (Outcome.RETURNED, source.document_id), "the same bytes, the same answer"
    assert again.words.startswith("Déjà reçu"), "in words for people, it is nothing new"
    copy = source.comes_back(b"READ the same rendered anew")
    assert (copy.outcome, copy.error) == (Outcome.DUPLICATE, "")
    assert documents.open_document(lea, source.document_id).versions == [1, 2]


def test_a_return_that_nobody_announced_still_replaces(source: Source) -> None:
    """The answer to our message is lost, the return is not."""
    source.send()
    assert source.comes_back().outcome == Outcome.RETURNED


@pytest.mark.parametrize(
    ("change", "outcome", "error"),
    [
        ({"number": 1}, Outcome.DIVERGENT, "906"),
        ({"status": "complete"}, Outcome.NOT_VALIDATED, "906"),
        ({"status": "en_cours"}, Outcome.NOT_EXCHANGED, "906"),
    ],
)
def test_what_comes_back_otherwise_replaces_nothing(
    source: Source, alice: User, charlie: User, change: dict[str, Any], outcome: Outcome, error: str
) -> None:
    """R-087: a divergent copy is flagged and kept, seen by whoever may open the document, by nobody else."""
    source.send()
    told = source.comes_back(**change)
    assert (told.outcome, told.error, told.document_id) == (outcome, error, source.document_id)
    view = documents.open_document(alice, source.document_id)
    assert (view.versions, view.held_elsewhere) == ([1], "Sarcomes")
    [line] = exchange.between_regions(alice, source.document_id).aside
    assert (line.outcome, line.sender, line.to_decide) == (outcome, THERE, False)
    assert line.words
    with pytest.raises(documents.DocumentNotFound):
        exchange.between_regions(charlie, source.document_id)


def test_a_return_for_another_patient_is_refused(source: Source, alice: User, facility: Facility) -> None:
    source.send()
    ours = patients.patient_snapshot(documents.open_document(alice, source.document_id).line.patient_id)
    zoe = replace(ours.traits, birth_name="ADRUN", first_given_name="ZOE", given_names="ZOE", birth_date="1975-12-31")
    other = replace(ours, traits=zoe)
    told = source.comes_back(patient=other)
    assert (told.outcome, told.error) == (Outcome.UNKNOWN_PATIENT, "902")
    patients.create_patient(actor=alice, facility_id=facility.pk, traits=other.traits)
    told = source.comes_back(b"READ other", patient=other)
    assert (told.outcome, told.error) == (Outcome.OTHER_PATIENT, "904")
    assert source.state == "partie"


def test_what_was_refused_is_taken_back_and_sent_again(source: Source, alice: User) -> None:
    """« Reprendre la main »: surely not received, it is written here again; what waited does not leave any more."""
    source.send()
    source.told("echec", "patient_unknown")
    assert source.state == "non_recue"
    [line] = exchange.between_regions(alice, source.document_id).entrustments
    assert (line.may_take_back, line.may_force, line.abroad) == (True, False, True)
    exchange.take_back(actor=alice, document_id=source.document_id, expected_state="non_recue", reason="Adressée ailleurs")
    assert documents.open_document(alice, source.document_id).held_elsewhere == ""
    [sent] = Transmission.objects.all()
    assert (sent.state, sent.cause) == ("remplacee", "taken_back")
    with pytest.raises(exchange.SendingRefused):
        exchange.retry(actor=alice, transmission_id=sent.pk, expected_state="remplacee")
    source.send()
    assert [row.state for row in Entrustment.objects.order_by("opened_at")] == ["reprise", "partie"]


def test_what_never_left_is_taken_back(source: Source, alice: User) -> None:
    source.send()
    exchange.take_back(actor=alice, document_id=source.document_id, expected_state="partie", reason="Erreur de RCP")
    drain()
    assert source.stage.mss.sent == []
    assert source.state == "reprise"


def test_a_forced_recall_keeps_the_late_return_aside_until_a_physician_decides(source: Source, alice: User, sonia: User) -> None:
    source.send()
    source.told("lue")
    with pytest.raises(exchange.SendingRefused, match="peut avoir reçu"):
        exchange.take_back(actor=alice, document_id=source.document_id, expected_state="recue", reason="Sans nouvelles")
    exchange.take_back(actor=alice, document_id=source.document_id, expected_state="recue", reason="Sans nouvelles", force=True)
    assert exchange.between_regions(alice, source.document_id).entrustments[0].doubt
    told = source.comes_back()
    assert (told.outcome, told.error, told.kept_aside) == (Outcome.LATE, "", True)
    view = documents.open_document(alice, source.document_id)
    assert (view.versions, view.line.status) == ([1], "complete")
    [late] = exchange.between_regions(alice, source.document_id).aside
    assert late.to_decide
    with pytest.raises(documents.ActionForbidden):
        exchange.adopt_return(actor=sonia, document_id=source.document_id, intake_id=late.intake_id, reason="x")
    exchange.adopt_return(actor=alice, document_id=source.document_id, intake_id=late.intake_id, reason="La RCP s'est tenue")
    view = documents.open_document(alice, source.document_id)
    assert (view.versions, view.line.status, source.state) == ([1, 2], "valide", "rendue")
    with pytest.raises(exchange.Moved):
        exchange.set_return_aside(actor=alice, document_id=source.document_id, intake_id=late.intake_id, reason="x")


def test_a_late_return_set_aside_changes_nothing(source: Source, alice: User, bob: User) -> None:
    source.send()
    source.told("lue")
    exchange.take_back(actor=alice, document_id=source.document_id, expected_state="recue", reason="Sans nouvelles", force=True)
    revision = documents.open_document(bob, source.document_id).revision
    documents.validate_document(actor=bob, document_id=source.document_id, expected_revision=revision)
    source.comes_back()
    [late] = exchange.between_regions(alice, source.document_id).aside
    exchange.set_return_aside(actor=bob, document_id=source.document_id, intake_id=late.intake_id, reason="Validée ici")
    view = documents.open_document(alice, source.document_id)
    assert (view.versions, view.line.status, source.state) == ([1], "valide", "retour_ecarte")
    [aside] = exchange.between_regions(alice, source.document_id).aside
    assert (aside.to_decide, aside.decision, aside.decision_reason) == (False, "Retour écarté", "Validée ici")


def test_a_return_of_what_was_never_sent_replaces_nothing(source: Source, alice: User) -> None:
    told = source.comes_back()
    assert (told.outcome, told.error) == (Outcome.UNASKED, "906")
    assert documents.open_document(alice, source.document_id).versions == [1]


def test_a_received_frcp_is_completed_validated_and_given_back(source: Source, alice: User, bob: User) -> None:
    """R-083, R-084, R-086, R-089: version + 1 under the same reference, kept by us, in place of what came, back to its sender."""
    post = source.post
    post.reads(status="complete", version_number=3)
    document_id = post.brings().document_id
    assert document_id is not None
    documents.reopen_document(actor=alice, document_id=document_id)
    complete(alice, document_id, OURS)
    revision = documents.open_document(bob, document_id).revision
    with pytest.raises(exchange.SendingRefused, match="vient d'une autre région"):
        exchange.send_to_rcp(actor=alice, document_id=document_id, expected_revision=revision, rcp=THEIRS, attested=True)
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    drain()
    [package] = source.stage.mss.to(THERE)
    snapshot = package.snapshot
    assert (snapshot.version_number, snapshot.status, snapshot.set_id) == (4, "valide", InstanceId("1.2.3"))
    assert snapshot.replaces["cda-n3"] == InstanceId("1.2.3.1")
    assert snapshot.custodian["name"] == "Centre hospitalier de Démonstration"
    assert [author.professional["family"] for author in snapshot.authors] == ["MULLER", "MARTIN"]
    row = Entrustment.objects.get(document=document_id)
    assert row.state == "retour_envoye"
    assert row.transmission is not None
    assert row.transmission.continuity_reason.startswith("Retour de la FRCP"), "the identity is not qualified here"
    source.told("echec", "unknown_box")
    row.refresh_from_db()
    assert row.state == "retour_en_echec"
    exchange.retry(actor=bob, transmission_id=row.transmission.pk, expected_state="echec")
    source.told("lue")
    row.refresh_from_db()
    assert row.state == "retour_recu"
    assert post.brings(b"READ the same rendered anew").outcome == Outcome.DUPLICATE
    post.reads(status="complete", version_number=3, comment="autre contenu")
    assert post.brings(b"READ divergent").outcome == Outcome.DIVERGENT


def test_while_it_is_worked_on_another_content_is_kept_aside(source: Source, alice: User) -> None:
    post = source.post
    post.reads(status="complete")
    document_id = post.brings().document_id
    assert document_id is not None
    for content, number, outcome in ((b"READ a", 1, Outcome.DIVERGENT), (b"READ b", 3, Outcome.DIVERGENT)):
        post.reads(status="complete", version_number=number, comment="autre")
        assert post.brings(content).outcome == outcome
    view = documents.open_document(alice, document_id)
    assert (view.versions, view.answers["frcp.patient.commentaire"]) == ([1, 2], "lu")
    assert len(exchange.between_regions(alice, document_id).aside) == 2
