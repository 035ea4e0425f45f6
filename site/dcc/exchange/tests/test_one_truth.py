"""An FRCP that two DCC work on: what is asked by hand makes no second content under its reference (R-085...R-087)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused, RetryLater
from dcc.contracts.events import IdentityChanged
from dcc.documents import api as documents
from dcc.documents.models import DocumentVersion
from dcc.events import api as events
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Entrustment, Transmission
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.tests.regions import OURS, THERE, Source, complete
from dcc.patients import api as patients
from dcc.patients.models import Patient
from rcp_directory import api as directory


def forced_back(source: Source, state: str) -> None:
    """Taken back although the other region may have it."""
    exchange.take_back(
        actor=source.alice, document_id=source.document_id, expected_state=state, reason="Sans nouvelles", force=True
    )


def test_what_was_taken_back_is_not_sent_again(source: Source, alice: User) -> None:
    sent = source.send()
    source.told("lue")
    forced_back(source, "recue")
    source.told("echec", "integration")
    with pytest.raises(exchange.SendingRefused, match="reprise"):
        exchange.retry(actor=alice, transmission_id=sent, expected_state="echec")
    with pytest.raises(exchange.SendingRefused, match="reprise"):
        exchange.redirect(actor=alice, transmission_id=sent, expected_state="echec", address="x@ps.mssante.fr")
    drain()
    assert len(source.stage.mss.sent) == 1


def test_an_entrusted_frcp_is_tried_again_but_goes_nowhere_else(source: Source, alice: User) -> None:
    source.stage.mss.errors.append(Refused("550", cause="unknown_box"))
    sent = source.send()
    drain()
    with pytest.raises(exchange.SendingRefused, match="à laquelle elle est adressée"):
        exchange.redirect(actor=alice, transmission_id=sent, expected_state="echec", address="x@ps.mssante.fr")
    exchange.retry(actor=alice, transmission_id=sent, expected_state="echec")
    drain()
    assert len(source.stage.mss.to(THERE)) == 1


def test_what_is_being_sent_when_it_is_taken_back_is_still_told_of(source: Source) -> None:
    source.stage.mss.knows = False
    source.stage.mss.after.append(RetryLater("coupure"))
    sent = source.send()
    drain()
    forced_back(source, "partie")
    row = Transmission.objects.get(pk=sent)
    assert (row.state, row.cause, row.attempting_since is None) == ("abandonnee", "taken_back", False)
    source.told("lue")
    row.refresh_from_db()
    assert (row.state, len(source.stage.mss.sent), source.state) == ("lue", 1, "reprise_forcee")


def test_a_file_imported_by_hand_does_not_replace_what_is_entrusted(source: Source, alice: User, facility: Facility) -> None:
    """Only the return that its system sends does."""
    source.send()
    source.comes_back_with()
    with pytest.raises(Refused, match="confiée à « Sarcomes »"):
        exchange.import_file(actor=alice, facility_id=facility.pk, filename="frcp.xml", content=b"READ by hand")
    assert documents.open_document(alice, source.document_id).versions == [1]
    assert source.comes_back().outcome == "retour"


def test_nor_what_is_completed_here_for_another_region(source: Source, alice: User, facility: Facility) -> None:
    source.post.reads(status="complete")
    document_id = source.post.brings().document_id
    assert document_id is not None
    source.post.reads(status="valide", version_number=3, comment="autre")
    with pytest.raises(Refused, match="complétée ici pour une autre région"):
        exchange.import_file(actor=alice, facility_id=facility.pk, filename="frcp.xml", content=b"READ by hand")
    assert documents.open_document(alice, document_id).versions == [1, 2]


def test_a_return_that_waits_goes_on_with_the_identity(source: Source, alice: User, bob: User, facility: Facility) -> None:
    """Files made anew for a qualified identity take the return over: the entrustment is not left waiting for ever."""
    source.post.reads(status="complete", version_number=3)
    document_id = source.post.brings().document_id
    assert document_id is not None
    documents.reopen_document(actor=alice, document_id=document_id)
    complete(alice, document_id, OURS)
    revision = documents.open_document(bob, document_id).revision
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    source.stage.mss.errors.append(Refused("550", cause="unknown_box"))
    drain()
    row = Entrustment.objects.get(document=document_id)
    assert row.state == "retour_en_echec"
    patient_id = documents.open_document(alice, document_id).line.patient_id
    traits = patients.patient_snapshot(patient_id).traits
    Patient.objects.filter(pk=patient_id).update(birth_name=f"{traits.birth_name}-BIS")
    events.publish(IdentityChanged(patient_id=patient_id, at=row.opened_at, status=""))
    drain()
    row.refresh_from_db()
    assert row.transmission is not None
    assert row.transmission.continuity_reason.startswith("Retour de la FRCP"), "not held for the identity"
    [package] = source.stage.mss.to(THERE)
    assert (package.snapshot.patient.traits.birth_name, row.transmission.state) == (f"{traits.birth_name}-BIS", "envoyee")
    source.told("lue")
    row.refresh_from_db()
    assert row.state == "retour_recu"


THIRD = "rcp@ch-tiers.mssante.fr"


def third_region(network: directory.Named) -> None:
    """A box of an RCP elsewhere than the system that the FRCP goes to."""
    centre = directory.Named(f"{network.national_id}15", "3C T", "Centre tiers")
    directory.record_rcp(
        national_id="2801999", denomination="Tiers", network=network, centre=centre, attributes={"mailbox": THIRD}
    )


def test_a_return_from_another_region_replaces_nothing(source: Source, alice: User) -> None:
    """Known, but not the one that has the say; once the directory tells that it is the same network, it is taken in."""
    third_region(directory.Named("5203", "TIERS", "Réseau tiers", is_ours=False))
    source.send()
    source.told("lue")
    source.comes_back_with()
    told = source.post.brings(b"READ back", sender=THIRD, message_id="<retour@tiers>")
    assert (told.outcome, told.error, told.kept_aside) == (Outcome.OTHER_SENDER, "901", True)
    assert (documents.open_document(alice, source.document_id).versions, source.state) == ([1], "recue")
    [aside] = exchange.between_regions(alice, source.document_id).aside
    assert (aside.sender, aside.to_decide) == (THIRD, False)
    assert exchange.aside_answers(alice, source.document_id, aside.intake_id)
    assert source.comes_back().outcome == Outcome.RETURNED, "the same file from the one that has it"
    assert documents.open_document(alice, source.document_id).versions == [1, 2]


@pytest.mark.parametrize("sender", [THIRD, "Retours@DCC-la-bas.mssante.fr"])
def test_a_return_from_another_box_of_the_same_region_replaces(source: Source, sender: str) -> None:
    third_region(directory.Named("5202", "LABAS", "Réseau de là-bas", is_ours=False, mailbox=THERE))
    Entrustment.objects.create(  # it has written before
        document_id=source.document_id,
        version_id=DocumentVersion.objects.get(document_id=source.document_id).pk,
        direction="in",
        label="Là-bas",
        address=sender,
        state="retour_recu",
        opened_at=timezone.now(),
        changed_at=timezone.now(),
    )
    source.send()
    source.comes_back_with()
    assert source.post.brings(b"READ back", sender=sender).outcome == Outcome.RETURNED
