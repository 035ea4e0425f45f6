"""Favourites kept, proposed, decided, changed and broken; nothing of a patient in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from forms_config import api as forms
from forms_config.favourites import content as contents
from forms_config.favourites.api import (
    Content,
    FavouriteRefused,
    Place,
    Scope,
    TextsToConfirm,
    broken,
    decide_favourite,
    edit_favourite,
    offers,
    proposals,
    propose_favourite,
    save_favourite,
    take_favourite,
    withdraw_favourite,
)
from forms_config.favourites.models import Favourite, FavouriteEdition, Status
from forms_config.schema.model import FormSchema
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User
    from forms_config.api import PublishedForm

pytestmark = pytest.mark.django_db
GROUP = "frcp.propositions"
PRECISION = "FEC 100 puis docétaxel"


@pytest.fixture
def schema(frcp_form: PublishedForm) -> FormSchema:
    """The standard FRCP form."""
    return frcp_form.schema


def row(number: int = 0) -> dict[str, Any]:
    """A row with everything, the dates of a patient included."""
    return {
        "frcp.propositions.intention": 1,
        "frcp.propositions.sequence": 1,
        "frcp.propositions.type": terminology.concepts("jdv-type-traitement-frcp-cisis")[number].value,
        "frcp.propositions.precision": PRECISION,
        "frcp.propositions.debut": "2026-11-02",
    }


def kept(actor: User, schema: FormSchema, name: str = "FEC", place: Place | None = None, **changed: Any) -> UUID:
    """A favourite of one row, its text confirmed."""
    content = replace(Content(name, "frcp", GROUP, [row()]), **changed)
    return save_favourite(actor=actor, content=content, schema=schema, place=place, confirmed=[PRECISION])


def take(actor: User, favourite_id: UUID, schema: FormSchema) -> Any:
    """The rows that somebody inserts."""
    return take_favourite(actor=actor, favourite_id=favourite_id, schema=schema, group_key=GROUP).rows


def names(actor: User, schema: FormSchema, text: str = "") -> list[str]:
    """What is offered to somebody."""
    return [offer.name for offer in offers(actor, schema=schema, group_key=GROUP, text=text)]


def test_the_proposals_of_the_national_form_admit_favourites(schema: FormSchema) -> None:
    assert [q.key for q in schema.questions() if q.favourites] == [GROUP]


def test_an_editor_may_switch_favourites_off(schema: FormSchema) -> None:
    from forms_config.catalogue.loader import load_catalogue
    from forms_config.structure import problems

    sections = tuple(replace(s, questions=tuple(replace(q, favourites=False) for q in s.questions)) for s in schema.sections)
    assert problems(replace(schema, sections=sections), load_catalogue("frcp", "2025.01")) == []


def test_dates_are_never_kept(alice: User, schema: FormSchema) -> None:
    favourite = Favourite.objects.get(pk=kept(alice, schema))
    assert favourite.status == Status.APPROVED
    assert favourite.rows == [{k: v for k, v in row().items() if k != "frcp.propositions.debut"}]


def test_typed_texts_are_shown_back_first(alice: User, schema: FormSchema) -> None:
    with pytest.raises(TextsToConfirm) as asked:
        save_favourite(actor=alice, content=Content("FEC", "frcp", GROUP, [row()]), schema=schema)
    assert asked.value.texts == (PRECISION,)
    assert not Favourite.objects.exists()


def test_words_beside_a_code_are_typed_too(alice: User, schema: FormSchema) -> None:
    worded = {"frcp.propositions.type": {**row()["frcp.propositions.type"], "text": "chimio de Mme X"}}
    with pytest.raises(TextsToConfirm) as asked:
        save_favourite(actor=alice, content=Content("FEC", "frcp", GROUP, [worded]), schema=schema)
    assert asked.value.texts == ("chimio de Mme X",)


@pytest.mark.parametrize(
    ("group", "rows", "said"),
    [
        ("frcp.tumeurs", [{}], "n'admet pas de favoris"),
        ("frcp.inconnu", [{}], "n'admet pas de favoris"),
        (GROUP, [], "de 1 à 20 lignes"),
        (GROUP, [{"frcp.propositions.debut": "2026"}], "de 1 à 20 lignes"),
        (GROUP, [{"frcp.propositions.intention": 1}] * 21, "de 1 à 20 lignes"),
        (GROUP, [{"frcp.propositions.intention": "un"}], "nombre entier"),
        (GROUP, [{"frcp.propositions.type": {"code": "X", "system": "1.2", "label": "X"}}], "ne fait pas partie de la liste"),
    ],
)
def test_what_does_not_fit_the_form_is_refused(alice: User, schema: FormSchema, group: str, rows: Any, said: str) -> None:
    with pytest.raises(FavouriteRefused, match=said):
        save_favourite(actor=alice, content=Content("FEC", "frcp", group, rows), schema=schema)


def test_a_name_is_needed(alice: User, schema: FormSchema) -> None:
    with pytest.raises(FavouriteRefused, match="a un nom"):
        kept(alice, schema, name="  ")


def test_a_reader_keeps_none(lea: User, schema: FormSchema) -> None:
    with pytest.raises(PermissionDenied):
        kept(lea, schema)


def test_a_personal_one_is_offered_to_its_owner_alone(alice: User, bob: User, schema: FormSchema) -> None:
    favourite_id = kept(alice, schema)
    assert names(alice, schema) == ["FEC"]
    assert names(bob, schema) == []
    assert take(alice, favourite_id, schema)[0]["frcp.propositions.precision"] == PRECISION
    with pytest.raises(LookupError):
        take(bob, favourite_id, schema)


def test_the_last_used_come_first_then_the_nearest(alice: User, edith: User, schema: FormSchema) -> None:
    region = kept(edith, schema, "Région", Place(Scope.REGION))
    kept(alice, schema, "Mien")
    assert names(alice, schema) == ["Mien", "Région"]
    take(alice, region, schema)
    assert names(alice, schema) == ["Région", "Mien"]


@pytest.mark.parametrize(
    ("text", "found"), [("fec", True), ("doc puis", True), ("curat", True), ("DOCÉ", True), ("xeloda", False)]
)
def test_found_by_beginnings_of_words(alice: User, schema: FormSchema, text: str, found: bool) -> None:
    kept(alice, schema, "Adjuvant FEC", protocol="Curatif")
    assert bool(names(alice, schema, text=text)) is found


def test_upward_from_oneself_to_the_service_then_to_the_region(
    alice: User, bob: User, edith: User, charlie: User, facility: Facility, schema: FormSchema
) -> None:
    mine = kept(alice, schema)
    service = propose_favourite(actor=alice, favourite_id=mine, place=Place(Scope.SERVICE, facility.pk, "Oncologie"))
    assert names(bob, schema) == []
    assert proposals(alice) == []
    assert [p.pk for p in proposals(bob)] == [service]
    with pytest.raises(PermissionDenied, match="Une autre personne"):
        decide_favourite(actor=alice, favourite_id=service, approve=True)
    decide_favourite(actor=bob, favourite_id=service, approve=True)
    assert names(bob, schema) == ["FEC"]
    region = propose_favourite(actor=bob, favourite_id=service, place=Place(Scope.REGION))
    with pytest.raises(PermissionDenied):
        decide_favourite(actor=alice, favourite_id=region, approve=True)
    decide_favourite(actor=edith, favourite_id=region, approve=True)
    assert names(charlie, schema) == ["FEC"]
    assert names(alice, schema) == ["FEC", "FEC", "FEC"]


def test_a_favourite_only_goes_up(alice: User, edith: User, facility: Facility, schema: FormSchema) -> None:
    region = kept(edith, schema, place=Place(Scope.REGION))
    with pytest.raises(FavouriteRefused, match="plus large"):
        propose_favourite(actor=alice, favourite_id=region, place=Place(Scope.SERVICE, facility.pk, "Oncologie"))


def test_nobody_proposes_to_an_establishment_of_others(alice: User, other_facility: Facility, schema: FormSchema) -> None:
    mine = kept(alice, schema)
    with pytest.raises(PermissionDenied):
        propose_favourite(actor=alice, favourite_id=mine, place=Place(Scope.FACILITY, other_facility.pk))


def test_a_refusal_says_why(alice: User, edith: User, schema: FormSchema) -> None:
    proposal = propose_favourite(actor=alice, favourite_id=kept(alice, schema), place=Place(Scope.REGION))
    with pytest.raises(FavouriteRefused, match="pourquoi"):
        decide_favourite(actor=edith, favourite_id=proposal, approve=False)
    decide_favourite(actor=edith, favourite_id=proposal, approve=False, note="Existe déjà")
    assert Favourite.objects.get(pk=proposal).status == Status.REFUSED
    with pytest.raises(LookupError, match="déjà été traité"):
        decide_favourite(actor=edith, favourite_id=proposal, approve=True)


def test_a_change_of_a_shared_one_is_proposed_and_its_history_kept(alice: User, edith: User, schema: FormSchema) -> None:
    region = kept(edith, schema, place=Place(Scope.REGION))
    content = Content("FEC 75", "frcp", GROUP, [row(1)])
    proposal = edit_favourite(actor=alice, favourite_id=region, content=content, schema=schema, confirmed=[PRECISION])
    assert proposal != region
    assert names(alice, schema) == ["FEC"]
    decide_favourite(actor=edith, favourite_id=proposal, approve=True)
    assert names(alice, schema) == ["FEC 75"]
    editions = FavouriteEdition.objects.filter(favourite_id=region).order_by("number")
    assert [(e.number, e.content["name"], e.actor) for e in editions] == [(1, "FEC", edith), (2, "FEC 75", edith)]


def test_a_proposal_is_taken_back_by_its_author_alone(alice: User, bob: User, edith: User, schema: FormSchema) -> None:
    proposal = propose_favourite(actor=alice, favourite_id=kept(alice, schema), place=Place(Scope.REGION))
    with pytest.raises(PermissionDenied):
        withdraw_favourite(actor=bob, favourite_id=proposal)
    withdraw_favourite(actor=alice, favourite_id=proposal)
    with pytest.raises(LookupError):
        decide_favourite(actor=edith, favourite_id=proposal, approve=True)


def test_a_change_does_not_write_over_another(edith: User, alice: User, schema: FormSchema) -> None:
    region = kept(edith, schema, place=Place(Scope.REGION))
    content = Content("FEC 75", "frcp", GROUP, [row(1)])
    edit_favourite(actor=edith, favourite_id=region, content=content, schema=schema, edition=1)
    for actor in (edith, alice):
        with pytest.raises(FavouriteRefused, match="vient de modifier"):
            edit_favourite(actor=actor, favourite_id=region, content=content, schema=schema, edition=1)


def test_every_step_is_in_the_journal(alice: User, edith: User, schema: FormSchema) -> None:
    from dcc.audit.models import Entry

    proposal = propose_favourite(actor=alice, favourite_id=kept(alice, schema), place=Place(Scope.REGION))
    decide_favourite(actor=edith, favourite_id=proposal, approve=True)
    withdraw_favourite(actor=edith, favourite_id=proposal)
    actions = Entry.objects.filter(action__startswith="favourite.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["favourite.saved", "favourite.proposed", "favourite.approved", "favourite.withdrawn"]
    assert names(edith, schema) == names(alice, schema)[1:] == []


class TestBroken:
    """A code was retired."""

    @pytest.fixture
    def retired(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(contents.Retired, "holds", lambda self, column, value: True)

    def test_it_is_not_offered_and_listed_to_its_owner(
        self, alice: User, bob: User, edith: User, schema: FormSchema, request: pytest.FixtureRequest
    ) -> None:
        mine = kept(alice, schema)
        kept(edith, schema, "Région", Place(Scope.REGION))
        assert broken(alice) == broken(edith) == []
        request.getfixturevalue("retired")
        assert names(alice, schema) == []
        assert [(b.favourite_id, b.name) for b in broken(alice)] == [(mine, "FEC")]
        assert "n'est plus en vigueur" in broken(alice)[0].problems[0]
        assert [b.name for b in broken(edith)] == ["Région"]
        assert broken(bob) == []
        with pytest.raises(FavouriteRefused, match="plus en vigueur"):
            take(alice, mine, schema)

    def test_it_cannot_be_approved(self, alice: User, edith: User, schema: FormSchema, request: pytest.FixtureRequest) -> None:
        proposal = propose_favourite(actor=alice, favourite_id=kept(alice, schema), place=Place(Scope.REGION))
        request.getfixturevalue("retired")
        with pytest.raises(FavouriteRefused, match="plus en vigueur"):
            decide_favourite(actor=edith, favourite_id=proposal, approve=True)


def test_a_question_that_went_breaks_it(alice: User, schema: FormSchema) -> None:
    rows = [{"frcp.propositions.disparue": 1}]
    assert contents.problems(schema, GROUP, rows) == ["Une question du favori n'est plus dans le formulaire"]
    assert forms.published_forms("frcp")


def test_the_database_keeps_the_places(alice: User, facility: Facility) -> None:
    common = {"owner": alice, "name": "x", "document_type": "frcp", "group_key": GROUP}
    for wrong in ({"scope": "service"}, {"scope": "region", "facility": facility}, {"scope": "rcp"},
                  {"scope": "personnel", "status": "propose"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Favourite.objects.create(**common, **wrong)
