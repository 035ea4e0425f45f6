"""Patients: search, creation with the look-alikes first, the file in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.documents.api import DocumentLine
from dcc.patients import api as patients
from dcc.web.facts import day_of, events_of
from dcc.web.identity import grouped
from dcc.web.tests.browsing import texts_of, tree_of
from dcc.web.timeline import LEFT, RIGHT, WIDTH, timeline_of
from forms_config.api import duplicate_form, publish_form
from rcp_directory.models import CoordinationCentre, Rcp, RegionalNetwork, Session
from tests.fixtures import Visit

TYPED = {
    "birth_name": "Pat-Trois",
    "first_given_name": "Dominique",
    "given_names": "Dominique Marie-Louise",
    "sex": "F",
    "birth_date": "28/03/1979",
    "birth_place_code": "51215",
    "birth_place_name": "Domprémy",
}


@pytest.mark.django_db
class TestSearch:
    """The search page, whole and as a fragment."""

    def test_a_patient_is_found_by_name_or_birth_date(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        client = visit(alice)
        for text in ("pat trois", "28/03/1979", "dominique 1979"):
            page = client.post(reverse("web:patients"), {"q": text}, follow=True).content
            assert reverse("web:patient", args=[patient_id]) in page.decode()

    def test_the_fragment_holds_the_results_only(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        response = visit(alice).post(reverse("web:patients"), {"q": "pat"}, headers={"HX-Request": "true"})
        page = response.content.decode()
        assert "PAT-TROIS" in page
        assert "<html" not in page

    def test_a_stranger_finds_nobody_and_may_create(self, visit: Visit, charlie: User, patient_id: UUID) -> None:
        page = visit(charlie).post(reverse("web:patients"), {"q": "pat trois"}, follow=True).content.decode()
        assert "PAT-TROIS" not in page
        assert "Créer ce patient" in page

    def test_a_reader_is_not_offered_to_create(self, visit: Visit, lea: User) -> None:
        assert "Créer" not in visit(lea).post(reverse("web:patients"), {"q": "nobody"}, follow=True).content.decode()

    def test_what_was_searched_begins_the_creation(self, visit: Visit, alice: User) -> None:
        client = visit(alice)
        page = client.post(reverse("web:patients"), {"q": "dupont marie 1960"}, follow=True).content.decode()
        (link,) = [a.get("href") for a in tree_of(page).iter("a") if "Créer ce patient" in a.text_content()]
        tree = tree_of(client.get(link).content.decode())
        assert tree.get_element_by_id("i-birth_name").get("value") == "dupont"
        assert tree.get_element_by_id("i-first_given_name").get("value") == "marie"


@pytest.mark.django_db
class TestAddressOfASearch:
    """The address brings the search back, and tells nobody whom it was about."""

    def test_back_shows_the_search_again(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        client = visit(alice)
        live = client.post(reverse("web:patients"), {"q": "pat trois"}, headers={"HX-Request": "true"})["HX-Replace-Url"]
        sent = client.post(reverse("web:patients"), {"q": "pat trois"})["Location"]
        for address in (live, sent):
            assert "pat" not in address.partition("?")[2]
            page = client.get(address).content.decode()
            assert tree_of(page).get_element_by_id("q").get("value") == "pat trois"
            assert "PAT-TROIS" in page

    @pytest.mark.parametrize("spoil", [lambda a: a[:-3], lambda a: a + "AAAA", lambda a: a.partition("=")[0] + "=x"])
    def test_an_altered_address_finds_nothing(self, visit: Visit, alice: User, patient_id: UUID, spoil: Any) -> None:
        client = visit(alice)
        page = client.get(spoil(client.post(reverse("web:patients"), {"q": "pat"})["Location"])).content.decode()
        assert tree_of(page).get_element_by_id("q").get("value") == ""

    def test_it_opens_for_nobody_else_nor_another_day(
        self, visit: Visit, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        address = visit(alice).post(reverse("web:patients"), {"q": "zorglub"})["Location"]
        assert "zorglub" not in visit(bob).get(address).content.decode()
        monkeypatch.setattr("dcc.web.searches.KEPT_SECONDS", 0)
        assert "zorglub" not in visit(alice).get(address).content.decode()

    def test_a_name_in_an_address_is_not_read(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        assert "PAT-TROIS" not in visit(alice).get(reverse("web:patients"), {"q": "pat"}).content.decode()

    def test_nothing_searched_keeps_nothing(self, visit: Visit, alice: User) -> None:
        assert visit(alice).post(reverse("web:patients"), {"q": " "})["Location"] == reverse("web:patients")


@pytest.mark.django_db
class TestCreation:
    """A provisional identity, unless the person exists."""

    def test_created_as_provisional(self, visit: Visit, alice: User) -> None:
        response = visit(alice).post(reverse("web:patient_create"), TYPED, follow=True)
        page = response.content.decode()
        assert "Identité provisoire" in page
        assert [" ".join(t.split()) for t in texts_of(response.content, ".who")] == ["PAT-TROIS DOMINIQUE"]
        assert "Domprémy (51215)" in page

    def test_errors_stand_at_the_fields_and_nothing_typed_is_lost(self, visit: Visit, alice: User) -> None:
        response = visit(alice).post(reverse("web:patient_create"), {**TYPED, "birth_date": "31/02/1979", "sex": ""})
        assert response.status_code == 422
        tree = tree_of(response.content.decode())
        field = tree.get_element_by_id("i-birth_date")
        assert (field.get("value"), field.get("aria-invalid"), field.get("aria-describedby")) == (
            "31/02/1979",
            "true",
            "e-birth_date",
        )
        assert tree.get_element_by_id("i-birth_name").get("value") == "Pat-Trois"
        assert {a.get("href") for a in tree.get_element_by_id("resume").iter("a")} == {"#i-birth_date", "#i-sex"}

    def test_look_alikes_are_shown_first_and_nothing_is_created(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        response = visit(alice).post(reverse("web:patient_create"), TYPED)
        assert response.status_code == 409
        page = response.content.decode()
        assert "Ce patient existe peut-être déjà" in page
        assert reverse("web:patient", args=[patient_id]) in page
        assert len(patients.search(actor=alice, text="pat trois").lines) == 1

    def test_one_may_create_in_spite_of_them(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        client = visit(alice)
        response = client.post(reverse("web:patient_create"), {**TYPED, "despite": str(patient_id)}, follow=True)
        assert "Homonyme" in response.content.decode()
        assert len(patients.search(actor=alice, text="pat trois").lines) == 2

    def test_a_patient_of_elsewhere_is_adopted_by_who_knows_the_traits(
        self, visit: Visit, charlie: User, patient_id: UUID
    ) -> None:
        client = visit(charlie)
        proposed = client.post(reverse("web:patient_create"), TYPED)
        assert "suivi dans une autre structure" in proposed.content.decode()
        assert client.get(reverse("web:patient", args=[patient_id])).status_code == 404
        adopted = client.post(reverse("web:patient_create"), {**TYPED, "adopt": str(patient_id)})
        assert adopted["Location"] == reverse("web:patient", args=[patient_id])
        assert client.get(adopted["Location"]).status_code == 200

    def test_nobody_is_adopted_by_guessing(self, visit: Visit, charlie: User, patient_id: UUID) -> None:
        typed = {**TYPED, "birth_date": "29/03/1979", "adopt": str(patient_id)}
        assert visit(charlie).post(reverse("web:patient_create"), typed).status_code == 403
        assert visit(charlie).post(reverse("web:patient_create"), {**TYPED, "adopt": "x"}).status_code == 404

    def test_nobody_creates_in_a_facility_of_others(self, visit: Visit, alice: User, other_facility: Facility) -> None:
        typed = {**TYPED, "facility": str(other_facility.pk)}
        assert visit(alice).post(reverse("web:patient_create"), typed).status_code == 403


@pytest.mark.django_db
class TestFile:
    """The file of a patient."""

    def test_documents_newest_first_with_their_status(self, visit: Visit, alice: User, patient_id: UUID, frcp_id: UUID) -> None:
        page = visit(alice).get(reverse("web:patient", args=[patient_id])).content
        assert reverse("web:document", args=[frcp_id]) in page.decode()
        assert "En cours" in page.decode()
        assert tree_of(page.decode()).xpath("//*[local-name()='svg'][@class='years']")

    def test_a_patient_without_document(self, visit: Visit, alice: User, patient_id: UUID) -> None:
        page = visit(alice).get(reverse("web:patient", args=[patient_id])).content.decode()
        assert "Aucun document pour ce patient" in page
        assert "Nouvelle fiche RCP" in page

    def test_a_reader_may_not_start_a_document(self, visit: Visit, lea: User, patient_id: UUID) -> None:
        assert "Nouvelle fiche RCP" not in visit(lea).get(reverse("web:patient", args=[patient_id])).content.decode()


@pytest.mark.django_db
class TestNewDocument:
    """The RCP chosen in the directory fills the header."""

    @pytest.fixture
    def rcp(self, alice: User, facility: Facility) -> Rcp:
        """A meeting of the directory, with one session to come."""
        network = RegionalNetwork.objects.create(national_id="5201", acronym="ONCOPL", name="Onco Pays de la Loire")
        centre = CoordinationCentre.objects.create(national_id="520114", acronym="3C49", name="3C", network=network)
        made: Rcp = Rcp.objects.create(
            national_id="27011113",
            denomination="Sénologie",
            centre=centre,
            nature="ORG-117",
            coordinator=alice.practitioner,
            establishment=facility,
        )
        Session.objects.create(rcp=made, starts_at=timezone.now() + timedelta(days=3), identifier="S-12")
        return made

    def test_the_rcp_and_its_session_fill_the_header(
        self, visit: Visit, alice: User, patient_id: UUID, rcp: Rcp, configuration: None
    ) -> None:
        client, url = visit(alice), reverse("web:frcp_create", args=[patient_id])
        page = client.get(url, {"q": "seno"}).content.decode()
        choices = tree_of(page).xpath("//input[@name='rcp']/@value")
        assert choices[0] == str(rcp.pk)
        assert choices[1].startswith(f"{rcp.pk}:")
        client.post(url, {"rcp": choices[1]})
        (line,) = documents.documents_of(alice, patient_id)
        view = documents.open_document(alice, line.document_id)
        assert line.title == "FRCP ONCOPL / 3C49 / Sénologie"
        assert view.answers["frcp.rcp.session_identifiant"] == "S-12"
        assert view.answers["frcp.participants.coordonnateur"]["family"] == "MARTIN"
        assert view.provenance["frcp.rcp.rrc_nom"]["origin"] == "annuaire"
        assert "annuaire" in client.get(reverse("web:document", args=[line.document_id])).content.decode()

    def test_without_rcp(self, visit: Visit, alice: User, patient_id: UUID, configuration: None) -> None:
        response = visit(alice).post(reverse("web:frcp_create", args=[patient_id]), {"rcp": ""})
        assert response.status_code == 302
        assert len(documents.documents_of(alice, patient_id)) == 1

    def test_the_form_of_the_rcp_is_taken(
        self, visit: Visit, alice: User, edith: User, emile: User, patient_id: UUID, rcp: Rcp, configuration: None
    ) -> None:
        made = duplicate_form(actor=edith, key="frcp_standard", title="FRCP du sein", rcps=[rcp.national_id])
        client, url = visit(alice), reverse("web:frcp_create", args=[patient_id])
        client.post(url, {"rcp": str(rcp.pk)})
        publish_form(actor=emile, key=made.key)
        client.post(url, {"rcp": str(rcp.pk)})
        client.post(url, {"rcp": ""})
        keys = [documents.open_document(alice, line.document_id).schema.key for line in documents.documents_of(alice, patient_id)]
        assert sorted(keys) == sorted([made.key, "frcp_standard", "frcp_standard"])

    def test_several_forms_are_offered(
        self, visit: Visit, alice: User, edith: User, emile: User, patient_id: UUID, rcp: Rcp, configuration: None
    ) -> None:
        for title, organ in (("FRCP du sein", "Sein"), ("FRCP de gynécologie", "")):
            made = duplicate_form(actor=edith, key="frcp_standard", title=title, organ=organ, rcps=[rcp.national_id])
            publish_form(actor=emile, key=made.key)
        client, url = visit(alice), reverse("web:frcp_create", args=[patient_id])
        page = client.post(url, {"rcp": str(rcp.pk)}).content
        assert documents.documents_of(alice, patient_id) == []
        assert [text.replace("Sein", "").strip() for text in texts_of(page, "strong")][-2:] == [
            "FRCP de gynécologie",
            "FRCP du sein",
        ]
        assert tree_of(page).xpath("//input[@name='rcp']/@value") == [str(rcp.pk)]
        client.post(url, {"rcp": str(rcp.pk), "form": made.key})
        (line,) = documents.documents_of(alice, patient_id)
        assert documents.open_document(alice, line.document_id).schema.title == "FRCP de gynécologie"

    def test_a_form_that_does_not_apply_is_not_taken(
        self, visit: Visit, alice: User, edith: User, emile: User, patient_id: UUID, rcp: Rcp, configuration: None
    ) -> None:
        made = duplicate_form(actor=edith, key="frcp_standard", title="Urologie", rcps=["999"])
        publish_form(actor=emile, key=made.key)
        visit(alice).post(reverse("web:frcp_create", args=[patient_id]), {"rcp": str(rcp.pk), "form": made.key})
        (line,) = documents.documents_of(alice, patient_id)
        assert documents.open_document(alice, line.document_id).schema.key == "frcp_standard"

    def test_an_rcp_that_left_the_directory(self, visit: Visit, alice: User, patient_id: UUID, configuration: None) -> None:
        response = visit(alice).post(reverse("web:frcp_create", args=[patient_id]), {"rcp": "999"})
        assert response.status_code == 422
        assert "Cette RCP n&#x27;est plus dans l&#x27;annuaire" in response.content.decode()
        assert documents.documents_of(alice, patient_id) == []


def a_line(day: date, status: Any = "valide") -> DocumentLine:
    """A document of a day."""
    at = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Paris"))
    return DocumentLine(uuid4(), uuid4(), "frcp", "FRCP", status, "Validé", 1, at, at, "CH")


class TestTimeline:
    """The picture: everything is on it, in its lane, nothing touches its neighbour."""

    def test_nothing_without_documents(self) -> None:
        assert timeline_of([], [], today=date(2026, 11, 3)) is None

    def test_places_follow_time_and_stay_inside(self) -> None:
        days = [date(2024, 1, 1), date(2024, 6, 1), date(2026, 1, 1)]
        picture = timeline_of([a_line(d) for d in days], [], today=date(2030, 1, 1))
        assert picture is not None
        places = [mark.x for mark in picture.lanes[0].marks]
        assert places == sorted(places)
        assert places[0] > LEFT
        assert places[-1] < WIDTH - RIGHT
        assert picture.today is None

    def test_documents_of_one_day_stand_one_above_the_other(self) -> None:
        picture = timeline_of([a_line(date(2026, 1, 1)) for _ in range(3)], [], today=date(2026, 1, 2))
        assert picture is not None
        assert len({(m.x, m.y) for m in picture.lanes[0].marks}) == 3

    def test_events_have_their_lanes(self) -> None:
        answers = {
            "frcp.tumeurs": [
                {"id": "r", "values": {"frcp.tumeurs.date": "2025-03", "frcp.tumeurs.topographie": {"text": "Sein"}}}
            ],
            "frcp.traitements": [
                {
                    "id": "r",
                    "values": {
                        "frcp.traitements.debut": "2025-04-01",
                        "frcp.traitements.fin": "2025-09-01",
                        "frcp.traitements.type": {"text": "Chimiothérapie"},
                    },
                },
                {"id": "s", "values": {"frcp.traitements.debut": {"null": "UNK"}}},
            ],
        }
        events = events_of(answers)
        assert [(e.lane, e.label, e.start, e.end) for e in events] == [
            ("maladie", "Sein", date(2025, 3, 1), None),
            ("traitements", "Chimiothérapie", date(2025, 4, 1), date(2025, 9, 1)),
        ]
        picture = timeline_of([a_line(date(2025, 5, 1))], events, today=date(2025, 5, 2))
        assert picture is not None
        assert [str(lane.title) for lane in picture.lanes] == ["Documents", "Maladie", "Traitements"]
        assert picture.lanes[2].marks[0].width > 100
        assert picture.today is not None

    @pytest.mark.parametrize(
        ("value", "day"),
        [
            ("2025", date(2025, 1, 1)),
            ("2025-03", date(2025, 3, 1)),
            ("2025-03-09T10:00+01:00", date(2025, 3, 9)),
            ({"null": "UNK"}, None),
            (None, None),
        ],
    )
    def test_days(self, value: Any, day: date | None) -> None:
        assert day_of(value) == day


def test_a_matricule_is_read_in_groups() -> None:
    assert grouped("279035121518989") == "2\u00a079\u00a003\u00a051\u00a0215\u00a0189\u00a089"
