"""What is read and what is not: newest first and bounded, hostile files harmless, what is here or replaced left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.contracts.capabilities import Reader
from dcc.contracts.registry import current
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.exchange.tests.received import IDENTITY
from dcc.patients import api as patients
from plugins.dmp.consultation import cache, fetching, reading, searching
from plugins.dmp.consultation.fetching import plan
from plugins.dmp.consultation.kinds import kinds
from plugins.dmp.consultation.notices import may_search
from plugins.dmp.consultation.tests.conftest import connect, searched_by, seen_by, words
from plugins.dmp.consultation.tests.dossier import COMMENT, Dossier, cda
from plugins.dmp.consultation.told import Told
from plugins.dmp.models import FoundDocument, KeptDocument, Search
from tests.fixtures import reference_dir, validate

pytestmark = pytest.mark.django_db


def held_by(user: User, patient_id: UUID) -> dict[str, Told]:
    """What somebody can read now."""
    return {told.unique_id: told for _row, told in cache.held(patient_id, user.pk)}


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"A" * 1000 + b'">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><ClinicalDocument xmlns="urn:hl7-org:v3">&b;</ClinicalDocument>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><ClinicalDocument>&a;</ClinicalDocument>'
HOSTILE = {
    "bomb": BOMB,
    "outside": OUTSIDE,
    "deep": b"<a>" * 100_000,
    "cut": b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">',
    "zip": b"PK\x03\x04" + bytes(2000),
    "empty": b" ",
    "script": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_a_sentence(name: str) -> None:
    found = Dossier().put("1.2.3", content=HOSTILE[name])
    assert current().all(Reader), "the platform's own readers"
    told = reading.read(reading.described(found), found, HOSTILE[name], IDENTITY)
    assert told.problem
    assert not told.is_read
    assert told.source() is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"PANNE", "Ce document ne peut pas être lu"),
        (cda("1.2.3", ins="1790328512151", name="AUTRE"), "Ce document désigne un autre patient : il n'est pas proposé"),
        (cda("1.2.3", ins="279035121519088", given="CLAUDE"), "Ce document désigne un autre patient : il n'est pas proposé"),
        (cda("1.2.3", status="en_cours"), "Ce document n'est pas validé : il n'est pas proposé"),
    ],
)
def test_what_is_not_proposed_says_why(
    alice: User, qualified: UUID, dossier: Dossier, content: bytes, problem: str, caplog: pytest.LogCaptureFixture
) -> None:
    connect(alice)
    dossier.put("1.2.3", content=content)
    searched_by(alice, qualified)
    (told,) = held_by(alice, qualified).values()
    assert (told.problem, told.is_read, FoundDocument.objects.get().file) == (problem, False, "")
    assert "DUPONT" not in caplog.text


def test_an_ins_that_changed_is_still_the_patient(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3", content=cda("1.2.3", ins="1790328512151"))
    searched_by(alice, qualified)
    assert held_by(alice, qualified)["1.2.3"].is_read


def test_a_file_that_is_not_the_one_announced_is_not_read(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    dossier.contents["1.2.3"] = cda("1.2.3", comment="autre")
    dossier.put("1.2.4")
    del dossier.contents["1.2.4"]
    searched_by(alice, qualified)
    problems = {name: told.problem for name, told in held_by(alice, qualified).items()}
    assert problems == {
        "1.2.3": "Le fichier reçu n'est pas celui que le DMP annonce",
        "1.2.4": "Le DMP n'a pas rendu ce document",
    }


def test_only_what_can_be_read_is_fetched_some_at_once(
    alice: User, qualified: UUID, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(alice)
    for n in range(25):
        dossier.put(f"1.2.{n}", "pps" if n % 2 else "frcp", creation_time=f"202601{n + 1:02}120000")
    for n in range(25, 35):
        dossier.put(f"1.2.{n}", "cracp")
    monkeypatch.setattr(fetching, "MOST", 22)
    searched_by(alice, qualified)
    assert [n for call, n in dossier.calls if call == "retrieve"] == [5, 5, 5, 5, 2], "one answer of the service at a time"
    told = held_by(alice, qualified)
    assert len(told) == 35
    assert {name for name, one in told.items() if one.problem} == {"1.2.0", "1.2.1", "1.2.2"}, "the oldest"


def test_calls_are_bounded_in_bytes(dossier: Dossier) -> None:
    light = [dossier.put(f"1.{n}", size=9_000_000) for n in range(8)]
    heavy = dossier.put("2.1", size=10**12)
    unknown = dossier.put("2.2", size=None, creation_time="19990101000000")
    made = plan([*light, heavy, unknown])
    assert [len(call) for call in made.calls] == [2, 2, 2]
    assert set(made.left) == {"2.1", "2.2", "1.6", "1.7"}


def test_announced_sizes_are_not_believed(
    alice: User, qualified: UUID, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(alice)
    for n in range(12):
        dossier.put(f"1.2.{n}", size=1, creation_time=f"202601{n + 1:02}120000", content=cda(f"1.2.{n}", comment="x" * 10_000))
    assert [len(call) for call in plan([dossier.put(f"9.{n}", size=0) for n in range(7)]).calls] == [5, 2]
    for n in range(7):
        del dossier.entries[f"9.{n}"]
    monkeypatch.setattr(searching, "HEAVIEST_SEARCH", 60_000)
    searched_by(alice, qualified)
    assert [n for call, n in dossier.calls if call == "retrieve"] == [5, 5], "two answers, and it is too much"
    told = held_by(alice, qualified)
    assert {name for name, one in told.items() if one.problem} == {"1.2.0", "1.2.1"}
    assert Search.objects.get().left == 2


def test_what_is_read_again_keeps_its_content(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    searched_by(alice, qualified)
    dossier.changed = ["1.2.3"]
    connect(alice, minutes=300)
    searched_by(alice, qualified)
    assert [call for call, _n in dossier.calls].count("retrieve") == 1
    assert held_by(alice, qualified)["1.2.3"].answers[COMMENT] == "Vit chez sa fille"


def test_what_was_replaced_leaves_for_what_replaces_it(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3", content=cda("1.2.3", set_id="9.9"))
    searched_by(alice, qualified)
    dossier.become("1.2.3", status="Deprecated", replaced_by="1.2.4")
    dossier.put("1.2.4", content=cda("1.2.4", set_id="9.9", number=2, comment="Vit seule"))
    dossier.changed = ["1.2.3", "1.2.4"]
    connect(alice, minutes=300)
    searched_by(alice, qualified)
    assert {name: told.version_number for name, told in held_by(alice, qualified).items()} == {"1.2.4": 2}


def test_what_is_here_is_not_found(alice: User, bob: User, qualified: UUID, dossier: Dossier, pps_id: UUID) -> None:
    document = Document.objects.get(pk=pps_id)
    set_id = document.set_id_root
    document.versions.update(received={"identifier": ["1.2.3", None]})
    validate(alice, bob, pps_id)
    connect(alice)
    dossier.put("1.2.3")
    dossier.put("1.2.4", content=cda("1.2.4", set_id=set_id, number=1))
    Document.objects.filter(pk=pps_id).update(set_id_extension="")
    assert searched_by(alice, qualified) == ["DMP consulté : rien de nouveau."]
    assert [call for call, _n in dossier.calls] == ["existence", "find", "retrieve"]
    assert not FoundDocument.objects.exists()


class TestWriting:
    """On the page of a document that is being written."""

    def test_a_newer_pps_is_said_with_the_way_to_take_it_up(
        self, alice: User, bob: User, qualified: UUID, dossier: Dossier, pps_id: UUID
    ) -> None:
        validate(alice, bob, pps_id)
        documents.amend_document(actor=alice, document_id=pps_id)
        connect(alice)
        dossier.put("1.2.3", content=cda("1.2.3", days=1))
        dossier.put("1.2.4", content=cda("1.2.4", days=-9))
        told = searched_by(alice, qualified, pps_id)
        day = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%d/%m/%Y")
        assert told[0] == f"1 PPS plus récent que le vôtre dans le DMP\N{NO-BREAK SPACE}: du {day}, par Charles MULLER"
        assert told[1] == "DMP : 1 autre document."
        line = seen_by(alice, qualified, pps_id).lines[0]
        assert (line.action, line.url.endswith("/reprise/")) == ("Voir la reprise", True)

    def test_who_only_reads_starts_nothing(
        self, alice: User, bob: User, lea: User, charlie: User, qualified: UUID, dossier: Dossier, pps_id: UUID
    ) -> None:
        for user in (lea, charlie):
            connect(user)
            assert not seen_by(user, qualified, pps_id).lines
        validate(alice, bob, pps_id)
        connect(alice)
        assert not seen_by(alice, qualified, pps_id).lines, "a validated document is not worked on"
        assert dossier.calls == []


def test_a_document_of_ones_own_opens_no_other_patients_dmp(
    charlie: User, other_facility: Facility, qualified: UUID, dossier: Dossier, configuration: None
) -> None:
    traits = IdentityTraits("PAT-DEUX", "CLAUDE", "CLAUDE", "M", "1961-04-02", "51215", "DOMPREMY")
    own = patients.create_patient(actor=charlie, facility_id=other_facility.pk, traits=traits)
    frcp = documents.create_document(actor=charlie, patient_id=own, facility_id=other_facility.pk, document_type="frcp")
    patients.break_glass(actor=charlie, traits=IDENTITY.traits, reason="urgence", words="Garde de nuit")
    connect(charlie)
    assert may_search(charlie, own, frcp)
    assert not may_search(charlie, qualified, frcp)
    assert not may_search(charlie, qualified, None)
    assert not seen_by(charlie, qualified, frcp).lines
    assert not Search.objects.exists()


def test_a_region_may_let_them_be_kept_by_themselves(
    alice: User, qualified: UUID, dossier: Dossier, rules: Callable[..., None], frcp_form: object, pps_form: object
) -> None:
    rules(retention="automatique")
    connect(alice)
    dossier.put("1.2.3")
    dossier.put("1.2.4", "frcp")
    dossier.put("1.2.5", "vsm")
    searched_by(alice, qualified)
    assert set(KeptDocument.objects.values_list("unique_id", flat=True)) == {"1.2.3", "1.2.4"}
    assert sorted(Document.objects.values_list("document_type", flat=True)) == ["frcp", "pps"]
    assert set(held_by(alice, qualified)) == {"1.2.5"}


def test_who_may_create_no_patient_keeps_nothing_and_the_search_ends_well(
    alice: User, qualified: UUID, dossier: Dossier, rules: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(**_what: object) -> UUID:
        raise PermissionDenied

    monkeypatch.setattr("plugins.dmp.consultation.keeping.exchange.import_file", forbidden)
    rules(retention="automatique")
    connect(alice)
    dossier.put("1.2.3")
    searched_by(alice, qualified)
    assert Search.objects.get().state == Search.State.DONE
    assert not KeptDocument.objects.exists()


def test_none_is_kept_by_itself_otherwise(alice: User, qualified: UUID, dossier: Dossier) -> None:
    connect(alice)
    dossier.put("1.2.3")
    assert len(searched_by(alice, qualified)) == 1
    assert words(seen_by(alice, qualified))[0].startswith("1 PPS dans le DMP, aucun ici")
    assert not Document.objects.exists()


@pytest.mark.reference
def test_the_list_names_types_of_the_national_value_set() -> None:
    lines = (reference_dir() / "jdv/JDV_J07_XdsTypeCode_CISIS.csv").read_text(encoding="utf-8").splitlines()
    assert set(kinds()) <= {line.split(",", 1)[0] for line in lines}
    assert {kind.code for kind in kinds().values() if kind.read} == {"34794-8", "18776-5"}
