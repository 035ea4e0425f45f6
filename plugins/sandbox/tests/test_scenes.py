"""The demonstration: its data fits the forms, its scenes are made once, its people may do what they do in them."""

from __future__ import annotations

import socket
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility, user_named
from dcc.contracts.care.chronology import chronology
from dcc.contracts.mailbox import MailboxSource
from dcc.contracts.registry import current
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.trust import api as trust
from forms_config import api as forms
from forms_config.favourites import api as bank
from plugins.sandbox.answers import Cards, WrongDemoData, whole_answers
from plugins.sandbox.management.commands.demo import check_port
from plugins.sandbox.mss.people import people
from plugins.sandbox.scenes import demo_data, play
from rcp_directory import api as directory


@pytest.fixture
def stage(configuration: None, settings: Settings) -> Facility:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    settings.DCC_DEMO = True
    forms.ensure_default_forms()
    call_command("demo_accounts", verbosity=0)
    return Facility.objects.get(finess="490000031")


def test_the_scenes_are_made_once(stage: Facility) -> None:
    list(play(stage))
    lines = documents.worklist(user_named("alice"))
    assert {"valide", "complete", "en_cours"} <= {line.status for line in lines}
    list(play(stage))
    assert len(documents.worklist(user_named("alice"))) == len(lines)


def test_who_is_at_work_is_covered_by_the_trust_clause(stage: Facility) -> None:
    list(play(stage))
    stage.refresh_from_db()
    now = timezone.now()
    assert {name: trust.clause_status(user_named(name), stage, now).present for name in ("alice", "bob", "sonia")} == {
        "alice": True,
        "bob": True,
        "sonia": False,
    }


def test_its_people_have_boxes(stage: Facility) -> None:
    list(play(stage))
    assert {board.address.partition("@")[2] for board in directory.addressees()} == {"region-voisine.mssante.fr"}
    boxes = {box.address for source in current().all(MailboxSource) for box in source.mailboxes(practitioner="810000000009")}
    assert boxes == {people().professionals["durand"]}
    pdc = directory.national_mailbox("pdc")
    assert pdc is not None
    assert pdc.is_test


def test_identities_wait_for_a_person(stage: Facility) -> None:
    list(play(stage))
    alice = user_named("alice")
    assert [line.kind for line in patients.to_do(alice)] == ["rapprocher"]
    assert [pair.why for pair in merging.duplicates(alice)] == ["creation"]


def test_the_bank_shows_each_state(stage: Facility) -> None:
    list(play(stage))
    shelf = bank.shelf(user_named("alice"))
    assert [len(shelf.mine), len(shelf.shared), len(shelf.proposed), len(shelf.to_decide)] == [2, 5, 1, 1]
    assert [sheet.subject for sheet in bank.sheets()] == ["FOLFOX"]


def test_a_protocol_draws_all_its_sittings_once_its_first_day_is_given(stage: Facility) -> None:
    """« FEC 100, 3 cures tous les 21 jours »: inserted, dated, and the calendar has three days."""
    list(play(stage))
    form = forms.published_form("pps_standard")
    offer = next(o for o in bank.offers(user_named("alice"), schema=form.schema, group_key="pps.traitements", text="fec"))
    taken = bank.take_favourite(
        actor=user_named("alice"), favourite_id=offer.favourite_id, schema=form.schema, group_key="pps.traitements"
    )
    (values,) = taken.rows
    row = {"id": "r", "values": {**values, "pps.traitements.debut_prevu": "2026-03-16"}}
    found = chronology({"pps.traitements": [row]}, date(2026, 3, 1))
    assert [(event.title, event.when) for event in found.events] == [
        ("Chimiothérapie – 1 sur 3", "le 16/03/2026"),
        ("Chimiothérapie – 2 sur 3", "le 06/04/2026"),
        ("Chimiothérapie – 3 sur 3", "le 27/04/2026"),
    ]


def test_the_validated_documents_are_about_qualified_identities(stage: Facility) -> None:
    list(play(stage))
    validated = documents.worklist(user_named("bob"), status="valide")
    assert sorted(line.document_type for line in validated) == ["frcp", "frcp", "frcp", "frcp", "pps"]
    for line in validated:
        patient = patients.patient_snapshot(line.patient_id)
        assert patient.status == "qualifiee"
        assert patient.ins is not None
        assert patient.ins.root in ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.10")


def test_accesses_to_look_at(stage: Facility) -> None:
    """Rachel has a « bris de glace » to review; a masked patient shows nothing to who only works there."""
    list(play(stage))
    (glass,) = patients.to_review(user_named("rachel"))
    assert (glass.who, glass.places, glass.was_masked) == ("DR Denis DUMAS", "Clinique d'ailleurs", False)
    assert {name: bool(patients.search(actor=user_named(name), text="ADRTROIS").lines) for name in ("bob", "alice")} == {
        "bob": True,
        "alice": False,
    }


def test_a_day_is_said_from_today(stage: Facility) -> None:
    schema = forms.published_form("pps_standard").schema
    cards = Cards(demo_data()["people"], demo_data()["places"], date(2026, 3, 1))
    answers = whole_answers(schema, {"pps.statut.annonce": "J-1", "pps.contacts.rrc": "reseau"}, cards)
    assert answers["pps.statut.annonce"] == "2026-02-28"
    assert answers["pps.contacts.rrc"]["telecoms"][1] == {"value": "https://reseau.example", "use": "WP"}


@pytest.mark.parametrize(
    ("short", "words"),
    [
        ({"frcp.nulle_part": 1}, "Question inconnue"),
        ({"frcp.motif.nature": "ORG-999"}, "n'est pas dans"),
        ({"frcp.cro.chirurgien": "personne"}, "inconnu de la démonstration, personne"),
        ({"frcp.antecedents": [{"inconnu": 1}]}, "colonne inconnue"),
    ],
)
def test_wrong_data_is_named(stage: Facility, short: dict[str, object], words: str) -> None:
    schema = forms.published_form("frcp_standard").schema
    with pytest.raises(WrongDemoData, match=words):
        whole_answers(schema, short, Cards(demo_data()["people"], demo_data()["places"], date(2026, 3, 1)))


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Le port {port} est déjà pris"):
            check_port(port)
    check_port(port)


def test_what_patients_say_of_their_dmp_is_noted_once(stage: Facility) -> None:
    data = demo_data()
    list(play(stage))
    (said,) = data["dmp_oppositions"]
    for _ in range(2):
        call_command("demo_dmp", data["patients"][said["patient"]]["ins"], by=said["by"], words=said["words"], verbosity=0)
    with pytest.raises(CommandError, match="Aucun patient"):
        call_command("demo_dmp", "299999999999999", by="alice", words="Rien")
