"""Patient-rights texts: which holds where and when, who may change what, what the database refuses."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dcc.accounts.approval import OwnChange
from dcc.audit import api as audit
from forms_config.gate import GateRefused
from forms_config.legal import services
from forms_config.legal.api import (
    LINK,
    TITLE,
    NoLegalText,
    adapt_text,
    draft_text,
    ensure_national_texts,
    past_review,
    publish_text,
    reach,
    texts_for,
)
from forms_config.legal.models import AdaptedText, LegalTextVersion, NationalText, Scope
from forms_config.legal.services import CONTENTS
from forms_config.legal.wording import changes
from forms_config.rights import RIGHTS, Deed
from tests.fixtures import make_user, reference_dir

if TYPE_CHECKING:
    from uuid import UUID

    from dcc.accounts.models import Facility, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def national() -> None:
    ensure_national_texts()


def now() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def versions(facility: Facility | None, at: datetime | None = None) -> tuple[str, str]:
    one, two = texts_for(facility.pk if facility else None, at or now())
    assert (one.number, two.number) == (1, 2)
    return one.version, two.version


def adapted(*, actor: User, facility_id: UUID | None, body: str) -> None:
    """A text that ``actor`` wrote and the platform published."""
    draft_text(actor=actor, facility_id=facility_id, body=body)
    publish_text(actor=None, facility_id=facility_id)


def test_without_set_up_there_is_no_text() -> None:
    with pytest.raises(NoLegalText, match="setup_configuration"):
        texts_for(None, now())


def test_title_and_link() -> None:
    assert TITLE == "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
    assert LINK == "http://lesdonnees.e-cancer.fr"


@pytest.mark.reference
def test_national_texts_are_those_of_the_specification_word_for_word(national: None) -> None:
    specification = (reference_dir() / "cahier-des-charges-2025.txt").read_text(encoding="utf-8")
    plain = specification.replace("*", "").replace(f"<{LINK}>", LINK)
    for text in texts_for(None, now()):
        for paragraph in text.body.split("\n\n"):
            assert f"\n{paragraph}\n" in plain
        assert text.sha256 == hashlib.sha256(text.body.encode()).hexdigest()


def test_shape_of_the_national_texts(national: None) -> None:
    one, two = texts_for(None, now())
    assert len(one.body.split("\n\n")) == 1
    assert len(two.body.split("\n\n")) == 3
    assert LINK in two.body
    assert (one.version, two.version) == ("national-1", "national-1")


def test_set_up_is_repeatable(national: None) -> None:
    ensure_national_texts()
    assert LegalTextVersion.objects.count() == 2
    assert NationalText.objects.filter(live=True).count() == 2
    assert {v.effective_from.date() for v in LegalTextVersion.objects.all()} == {datetime(2025, 5, 1, tzinfo=UTC).date()}


def test_a_document_dated_before_the_first_wording_has_it_too(national: None, facility: Facility) -> None:
    assert versions(facility, datetime(2020, 1, 1, tzinfo=UTC)) == ("national-1", "national-1")


def test_the_nearest_text_one_holds(national: None, facility: Facility, other_facility: Facility, edith: User) -> None:
    adapted(actor=edith, facility_id=None, body="Texte de la région.")
    assert versions(facility) == versions(None) == ("region-1", "national-1")
    adapted(actor=edith, facility_id=facility.pk, body="Texte de l'établissement.\r\n\r\n\r\nDeuxième paragraphe.  ")
    assert versions(facility) == ("etablissement-490000031-1", "national-1")
    assert versions(other_facility) == versions(None) == ("region-1", "national-1")
    assert texts_for(facility.pk, now())[0].body == "Texte de l'établissement.\n\nDeuxième paragraphe."


def test_a_document_keeps_the_text_of_its_day(national: None, facility: Facility, edith: User) -> None:
    before = timezone.now()
    adapted(actor=edith, facility_id=facility.pk, body="Première rédaction.")
    between = timezone.now()
    adapted(actor=edith, facility_id=facility.pk, body="Deuxième rédaction.")
    assert versions(facility, before)[0] == "national-1"
    assert versions(facility, between)[0] == "etablissement-490000031-1"
    assert versions(facility)[0] == "etablissement-490000031-2"


def test_publishing_the_same_words_again_is_no_new_edition(national: None, facility: Facility, edith: User) -> None:
    for _ in range(2):
        adapted(actor=edith, facility_id=facility.pk, body="Mêmes mots.")
    assert versions(facility)[0] == "etablissement-490000031-1"


def test_withdrawing_gives_way_to_the_wider_text(national: None, facility: Facility, edith: User) -> None:
    adapted(actor=edith, facility_id=None, body="Région.")
    adapted(actor=edith, facility_id=facility.pk, body="Établissement.")
    while_it_held = timezone.now()
    AdaptedText.objects.get(facility=facility).unpublish()
    assert versions(facility)[0] == "region-1"
    assert versions(facility, while_it_held)[0] == "etablissement-490000031-1"
    adapted(actor=edith, facility_id=facility.pk, body="De nouveau.")
    assert versions(facility)[0] == "etablissement-490000031-3"


def test_a_national_text_cannot_be_withdrawn(national: None) -> None:
    with pytest.raises(ValidationError, match="ne peut pas être retiré"):
        NationalText.objects.get(number=2).unpublish()
    assert versions(None) == ("national-1", "national-1")


def test_drafts_do_not_show(national: None, facility: Facility, edith: User) -> None:
    text = AdaptedText(facility=facility, body="Brouillon.", live=False)
    text.save()
    text.save_revision(user=edith)
    assert versions(facility)[0] == "national-1"


@pytest.mark.parametrize("body", ["", "  \n\n ", "a\x00b", "a" * 6001])
def test_unfit_texts_do_not_go_live(national: None, facility: Facility, edith: User, body: str) -> None:
    with pytest.raises(ValidationError):
        draft_text(actor=edith, facility_id=facility.pk, body=body)
    text = AdaptedText.objects.create(facility=facility, body=body.replace("\x00", ""), live=False)
    if not body.replace("\x00", "").strip() or len(body) > 6000:
        with pytest.raises(GateRefused, match="Texte 1 : Centre hospitalier"):
            text.save_revision(clean=False).publish()
    assert versions(facility)[0] == "national-1"


PEOPLE = {
    "alice": "medecin",
    "charlie": "medecin",
    "sonia": "assistant",
    "lea": "lecteur",
    "edith": "editeur",
    "adrien": "administrateur",
}


@pytest.fixture
def aline() -> User:
    """A second administrator."""
    return make_user("aline", "administrateur", None, family="ALLARD", given="Aline")


CELLS = [
    (scope, deed, who, RIGHTS[CONTENTS[scope], deed, role])
    for scope in Scope
    for deed in (Deed.EDIT, Deed.PUBLISH)
    for who, role in PEOPLE.items()
]


@pytest.mark.parametrize(("scope", "deed", "who", "allowed"), CELLS)
def test_every_cell_of_the_table(
    national: None, facility: Facility, request: pytest.FixtureRequest, scope: Scope, deed: Deed, who: str, allowed: bool
) -> None:
    """Somebody else wrote the draft; ``who`` writes another one, or publishes it."""
    user: User = request.getfixturevalue(who)
    text: Any = NationalText.objects.get(number=2)
    if scope != Scope.NATIONAL:
        text = AdaptedText.objects.create(facility=facility if scope == Scope.FACILITY else None, body="Ancien.", live=False)
    text.body = "Nouvelle rédaction."
    revision = text.save_revision()
    with nullcontext() if allowed else pytest.raises(PermissionDenied):
        if deed == Deed.PUBLISH:
            revision.publish(user=user, skip_permission_checks=True)
        elif scope == Scope.NATIONAL:
            services.check_rights(user, scope, deed)
        else:
            draft_text(actor=user, facility_id=text.facility_id, body="Encore une autre.")
    found = {text.body for text in texts_for(facility.pk, now())}
    assert ("Nouvelle rédaction." in found) is (allowed and deed == Deed.PUBLISH)


def test_nobody_publishes_what_they_wrote(national: None, facility: Facility, edith: User, emile: User, adrien: User) -> None:
    draft_text(actor=edith, facility_id=facility.pk, body="Par Édith.")
    with pytest.raises(OwnChange):
        publish_text(actor=edith, facility_id=facility.pk)
    with pytest.raises(OwnChange):
        adapt_text(actor=adrien, facility_id=None, body="Par Adrien.")
    assert versions(facility)[0] == "national-1"
    publish_text(actor=emile, facility_id=facility.pk)
    assert texts_for(facility.pk, now())[0].body == "Par Édith."


def test_a_national_text_takes_two_administrators(national: None, adrien: User, edith: User, aline: User) -> None:
    text = NationalText.objects.get(number=2)
    text.body = "Nouveau texte de l'INCa."
    revision = text.save_revision(user=adrien)
    for user in (adrien, edith):
        with pytest.raises(PermissionDenied):
            revision.publish(user=user, skip_permission_checks=True)
    revision.publish(user=aline, skip_permission_checks=True)
    assert versions(None) == ("national-1", "national-2")


def test_a_scheduled_text_holds_from_its_moment(national: None, facility: Facility, edith: User, emile: User) -> None:
    text = AdaptedText.objects.create(facility=facility, body="Demain.", live=False)
    text.go_live_at = timezone.now() + timedelta(hours=1)
    revision = text.save_revision(user=edith)
    revision.publish(user=emile, skip_permission_checks=True)
    assert versions(facility)[0] == "national-1"
    revision.refresh_from_db()
    past = timezone.now() - timedelta(minutes=1)
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=past, content={**revision.content, "go_live_at": past.isoformat()}
    )
    call_command("publish_scheduled", verbosity=0)
    assert versions(facility)[0] == "etablissement-490000031-1"


def test_what_a_person_published_is_not_replaced_by_set_up(national: None, adrien: User, aline: User) -> None:
    text = NationalText.objects.get(number=2)
    text.body = "Texte plus récent de l'INCa."
    text.save_revision(user=adrien).publish(user=aline, skip_permission_checks=True)
    ensure_national_texts()
    assert texts_for(None, now())[1].body == "Texte plus récent de l'INCa."
    assert versions(None) == ("national-1", "national-2")


def test_a_newer_shipped_wording_is_a_new_edition(national: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tmp_path / "national_texts.yaml"
    newer.write_text(
        services.NATIONAL_TEXTS.read_text(encoding="utf-8").replace("registres des cancers", "registres"), encoding="utf-8"
    )
    monkeypatch.setattr(services, "NATIONAL_TEXTS", newer)
    ensure_national_texts()
    assert versions(None) == ("national-1", "national-2")
    assert versions(None, timezone.now() - timedelta(hours=1)) == ("national-1", "national-1")


def test_publishing_is_journaled(national: None, facility: Facility, edith: User, emile: User) -> None:
    draft_text(actor=emile, facility_id=facility.pk, body="Mots.")
    publish_text(actor=edith, facility_id=facility.pk)
    trace = next(iter(audit.traces(subject="legal_text:1")))
    assert (trace.action, trace.actor_id) == ("legal.published", edith.pk)


@pytest.mark.parametrize("statement", ["UPDATE legal_legaltextversion SET body = 'x'", "DELETE FROM legal_legaltextversion"])
def test_the_database_refuses_to_change_a_version(national: None, statement: str) -> None:
    with pytest.raises(DatabaseError, match="version publiée"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"number": 2, "scope": Scope.REGION},
        {"number": 3, "scope": Scope.NATIONAL},
        {"number": 1, "scope": Scope.FACILITY},
        {"number": 1, "scope": Scope.NATIONAL, "withdrawn": True},
        {"number": 1, "scope": Scope.NATIONAL, "edition": 1},
    ],
    ids=repr,
)
def test_the_database_keeps_the_rules(national: None, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalTextVersion.objects.create(**{"edition": 9, "body": "x", "sha256": "x", "effective_from": now(), **values})


def test_one_text_per_place(national: None, facility: Facility) -> None:
    for place in (facility, None):
        AdaptedText.objects.create(facility=place, body="Un.", live=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            AdaptedText.objects.create(facility=place, body="Deux.", live=False)
    with pytest.raises(ValidationError, match="existe déjà"):
        AdaptedText(facility=None, body="Trois.").full_clean()


def test_reach_of_each_text(national: None, facility: Facility, other_facility: Facility, edith: User) -> None:
    one, two = NationalText.objects.order_by("number")
    assert (reach(one).facilities, reach(one).inherits, reach(one).keeps) == (2, 2, ())
    adapted(actor=edith, facility_id=facility.pk, body="Établissement.")
    assert (reach(one).inherits, [(kept.place, kept.older) for kept in reach(one).keeps]) == (1, [(str(facility), True)])
    adapted(actor=edith, facility_id=None, body="Région.")
    assert (reach(one).inherits, reach(one).older, [kept.place for kept in reach(one).keeps]) == (0, 2, ["Région", str(facility)])
    region = AdaptedText.objects.get(facility=None)
    assert (reach(region).inherits, [(kept.place, kept.older) for kept in reach(region).keeps]) == (1, [(str(facility), False)])
    one.body = "National, nouvelle rédaction."
    one.save_revision().publish()
    assert [kept.older for kept in reach(region).keeps] == [True]
    assert (reach(AdaptedText.objects.get(facility=facility)).inherits, reach(two).inherits) == (1, 2)
    AdaptedText.objects.get(facility=facility).unpublish()
    assert (reach(region).inherits, reach(region).keeps) == (2, ())


def test_texts_past_their_review(national: None, facility: Facility, edith: User) -> None:
    today = timezone.localdate()
    assert past_review() == []
    text = draft_text(actor=edith, facility_id=facility.pk, body="Mots.")
    for day in (today - timedelta(days=1), today):
        text.review_on = day
        text.save_revision(user=edith)
        if day == today:
            assert [(one.pk, one.review_on) for one in past_review()] == [(text.pk, today - timedelta(days=1))]
        publish_text(actor=None, facility_id=facility.pk)
    assert past_review() == []
    assert [one.model for one in past_review(today + timedelta(days=1))] == [AdaptedText]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_of_words_holds_both_wordings(former: str, newer: str) -> None:
    runs = changes(former, newer)
    assert "".join(run.text for run in runs if run.kind != "added") == former
    assert "".join(run.text for run in runs if run.kind != "removed") == newer


def test_a_difference_of_words_is_word_by_word() -> None:
    runs = changes("Vos données sont lues, ici.", "Vos données sont protégées, ici.")
    assert [(run.kind, run.text) for run in runs] == [
        ("same", "Vos données sont "),
        ("removed", "lues"),
        ("added", "protégées"),
        ("same", ", ici."),
    ]
