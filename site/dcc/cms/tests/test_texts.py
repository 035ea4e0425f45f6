"""Patient-rights texts in the admin: written by one person, approved by another, by every address."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from dcc.audit import api as audit
from dcc.exchange.proof.assertions import pdf_text
from forms_config.gate import GateRefused
from forms_config.legal.api import draft_text, publish_text, texts_for
from forms_config.legal.models import AdaptedText, LegalTextVersion, NationalText
from tests.fixtures import make_user, sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import Facility, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
APPROVE = {"action-workflow-action": "1", "workflow-action-name": "approve"}


@pytest.fixture
def aline() -> User:
    """A second administrator."""
    return make_user("aline", "administrateur", None, family="ALLARD", given="Aline")


def url(model: Any, view: str, *args: Any) -> str:
    return reverse(model.snippet_viewset.get_url_name(view), args=args)


def in_force(facility: Facility | None = None) -> tuple[str, str]:
    one, two = texts_for(facility.pk if facility else None, timezone.now() + timedelta(seconds=1))
    return one.body, two.body


def test_an_adapted_text_is_written_submitted_and_approved(client: Client, edith: User, emile: User, facility: Facility) -> None:
    posted = {"facility": str(facility.pk), "body": "Texte de l'établissement."}
    before = in_force(facility)
    sign_in(client, edith)
    client.post(url(AdaptedText, "add"), posted)
    text = AdaptedText.objects.get()
    edit = url(AdaptedText, "edit", text.pk)
    assert "action-publish" not in client.get(edit).content.decode()
    client.post(edit, {**posted, "action-submit": "1"})
    client.post(edit, {**posted, **APPROVE})
    assert in_force(facility) == before
    sign_in(client, emile)
    assert "Approuver" in client.get(edit).content.decode()
    client.post(edit, {**posted, **APPROVE})
    assert in_force(facility)[0] == "Texte de l'établissement."
    assert client.post(edit, {**posted, "body": " "}).status_code == 200
    client.post(url(AdaptedText, "unpublish", text.pk))
    assert in_force(facility) == before
    assert [(t.action, t.actor_id) for t in audit.traces(subject="legal_text:1") if t.actor_id] == [
        ("legal.withdrawn", emile.pk),
        ("legal.published", emile.pk),
    ]


def test_a_national_text_takes_two_administrators(client: Client, edith: User, adrien: User, aline: User) -> None:
    text = NationalText.objects.get(number=2)
    edit, posted = url(NationalText, "edit", text.pk), {"body": "Nouveau texte de l'INCa.", "source": "INCa 2027"}
    before = in_force()
    for who in (edith, adrien):
        sign_in(client, who)
        client.post(edit, {**posted, "action-publish": "1"})
        assert in_force() == before
    client.post(edit, {**posted, "action-submit": "1"})
    for who in (adrien, edith):
        sign_in(client, who)
        client.post(edit, {**posted, **APPROVE})
        assert in_force() == before
    sign_in(client, aline)
    client.post(edit, {**posted, **APPROVE})
    assert in_force()[1] == "Nouveau texte de l'INCa."
    assert "action-unpublish" not in client.get(edit).content.decode()
    assert client.post(url(NationalText, "unpublish", text.pk)).status_code in (302, 403)
    assert in_force()[1] == "Nouveau texte de l'INCa."


SCOPES = ("national", "region", "facility")
WRITES = {"edith": ("region", "facility"), "emile": ("region", "facility"), "adrien": SCOPES, "aline": SCOPES}
"""Who writes, and approves what somebody else wrote; everybody else gets nowhere."""


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("who", ["edith", "emile", "adrien", "alice", "bob", "charlie", "sonia", "lea"])
def test_who_writes_and_who_approves_by_address(
    who: str, scope: str, client: Client, edith: User, aline: User, facility: Facility, request: pytest.FixtureRequest
) -> None:
    text, author = _submitted(scope, aline if scope == "national" else edith, facility)
    model, posted = type(text), {"body": "Texte proposé.", "facility": str(facility.pk) if scope == "facility" else ""}
    posted["source"] = getattr(text, "source", "")
    user = edith if who == "edith" else request.getfixturevalue(who)
    sign_in(client, user)
    edit = url(model, "edit", text.pk)
    allowed = scope in WRITES.get(who, ())
    assert (client.get(edit).status_code == 200) is allowed
    client.post(edit, {**posted, "action-publish": "1"})
    client.post(edit, {**posted, **APPROVE})
    versions = LegalTextVersion.objects.filter(body="Texte proposé.")
    assert versions.exists() is (allowed and user != author)
    assert not versions.exclude(published_by=user).exists()


def _submitted(scope: str, author: User, facility: Facility) -> tuple[Any, User]:
    """A text that ``author`` wrote and submitted."""
    if scope == "national":
        text: Any = NationalText.objects.get(number=1)
        text.body = "Texte proposé."
        text.save_revision(user=author)
    else:
        text = draft_text(actor=author, facility_id=facility.pk if scope == "facility" else None, body="Texte proposé.")
    text.get_workflow().start(text, author)
    return text, author


def test_scheduling_is_approved_like_the_rest(client: Client, edith: User, emile: User, facility: Facility) -> None:
    posted = {
        "facility": str(facility.pk),
        "body": "Pour demain.",
        "go_live_at": (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M"),
    }
    before = in_force(facility)
    sign_in(client, edith)
    client.post(url(AdaptedText, "add"), posted)
    text = AdaptedText.objects.get()
    edit = url(AdaptedText, "edit", text.pk)
    client.post(edit, {**posted, "action-publish": "1"})
    text = AdaptedText.objects.get()
    assert text.get_latest_revision().approved_go_live_at is None
    client.post(edit, {**posted, "action-submit": "1"})
    sign_in(client, emile)
    client.post(edit, {**posted, **APPROVE})
    assert AdaptedText.objects.get().get_latest_revision().approved_go_live_at is not None
    assert in_force(facility) == before


def test_publish_by_code_needs_another_person_too(edith: User, emile: User, facility: Facility) -> None:
    draft_text(actor=edith, facility_id=facility.pk, body="Mots.")
    publish_text(actor=emile, facility_id=facility.pk)
    assert in_force(facility)[0] == "Mots."


def test_effects_of_a_draft_before_it_is_published(client: Client, edith: User, emile: User, facility: Facility) -> None:
    publish_after(edith, emile, facility, "Ancien texte de l'établissement.")
    draft_text(actor=edith, facility_id=None, body="Notre région vous informe de vos droits.")
    sign_in(client, emile)
    text = AdaptedText.objects.get(facility=None)
    assert "Voir les effets du brouillon" in client.get(url(AdaptedText, "edit", text.pk)).content.decode()
    page = client.get(reverse("texts:effects", args=["adapte", text.pk])).content.decode()
    for words in (
        "qui prennent ce texte : 0 sur 1",
        "en place : 1, dont plus anciennes que le texte national : 0",
        str(facility),
        "<del>",
        "<ins>",
        "la version national-1",
    ):
        assert words in page, words
    national = NationalText.objects.get(number=1)
    page = client.get(reverse("texts:effects", args=["national", national.pk])).content.decode()
    assert "plus ancien que le texte national" in page
    assert "Aucun : le brouillon dit la même chose." in page


def publish_after(author: User, approver: User, facility: Facility, body: str) -> None:
    draft_text(actor=author, facility_id=facility.pk, body=body)
    publish_text(actor=approver, facility_id=facility.pk)


def test_the_fictitious_document_before_and_after(client: Client, edith: User, emile: User, facility: Facility) -> None:
    draft_text(actor=edith, facility_id=facility.pk, body="Mots nouveaux de cet établissement.")
    text = AdaptedText.objects.get()
    sign_in(client, emile)
    printed = {}
    for side in ("avant", "apres"):
        response = client.get(reverse("texts:pdf", args=["adapte", text.pk, side]))
        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        printed[side] = " ".join(pdf_text(response.content).split())
    assert "Mots nouveaux de cet établissement." in printed["apres"]
    assert "Mots nouveaux" not in printed["avant"]
    assert all("Système national des données de santé" in words for words in printed.values())
    assert client.get(reverse("texts:pdf", args=["adapte", text.pk, "pendant"])).status_code == 404


@pytest.mark.parametrize("who", ["alice", "charlie", "lea", "adrien"])
def test_who_sees_the_effects(who: str, client: Client, edith: User, facility: Facility, request: pytest.FixtureRequest) -> None:
    draft_text(actor=edith, facility_id=facility.pk, body="Mots.")
    sign_in(client, request.getfixturevalue(who))
    expected = 200 if who == "adrien" else 302
    assert client.get(reverse("texts:effects", args=["adapte", AdaptedText.objects.get().pk])).status_code == expected
    assert client.get(reverse("texts:effects", args=["autre", 1])).status_code == (404 if who == "adrien" else 302)


@pytest.mark.parametrize(
    ("body", "message"),
    [(" ", "ne peut pas être vide"), ("Un sinogramme : 漢.", "texte 1 sur les droits du patient"), ("a" * 6001, "trop long")],
    ids=["empty", "glyph", "long"],
)
@pytest.mark.parametrize("path", ["publish", "approve", "schedule"])
def test_no_path_publishes_a_text_that_spoils_documents(
    path: str, body: str, message: str, edith: User, emile: User, facility: Facility, settings: Any
) -> None:
    settings.DCC_GATE_PROOF = True
    text = draft_text(actor=edith, facility_id=facility.pk, body="Texte.")
    text.body = body
    revision = text.save_revision(user=edith, clean=False)
    before = in_force(facility)
    text.get_workflow().start(text, edith)
    paths: dict[str, Any] = {
        "publish": lambda: publish_text(actor=emile, facility_id=facility.pk),
        "approve": lambda: text.current_workflow_task.on_action(text.current_workflow_task_state, emile, "approve"),
        "schedule": lambda: revision.publish(log_action="wagtail.publish.schedule"),
    }
    with pytest.raises(GateRefused, match=message):
        paths[path]()
    assert in_force(facility) == before
    assert not AdaptedText.objects.get().live


def emptied_by_button(text: Any, client: Client, posted: dict[str, str]) -> str:
    return client.post(url(type(text), "edit", text.pk), {**posted, "action-publish": "1"}).content.decode()


def emptied_by_approving_button(text: Any, client: Client, posted: dict[str, str]) -> str:
    return client.post(url(type(text), "edit", text.pk), {**posted, **APPROVE}).content.decode()


def emptied_by_approval(text: Any, client: Client, posted: dict[str, str]) -> str:
    address = url(type(text), "workflow_action", text.pk, "approve", text.current_workflow_task_state.pk)
    answer = client.post(address, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
    return client.get(answer.json()["redirect"]).content.decode()


def emptied_by_schedule(text: Any, client: Client, posted: dict[str, str]) -> str:
    revision = text.get_latest_revision()
    past = timezone.now() - timedelta(minutes=1)
    content = {**revision.content, "go_live_at": past.isoformat()}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)
    with pytest.raises(CommandError) as refusal:
        call_command("publish_scheduled")
    return str(refusal.value)


EMPTYING = {
    "button": emptied_by_button,
    "approving button": emptied_by_approving_button,
    "approval": emptied_by_approval,
    "schedule": emptied_by_schedule,
}
"""The ways to publish that texts have; there is no bulk action (below)."""


@pytest.mark.parametrize("scope", ["national", "facility"])
@pytest.mark.parametrize("path", EMPTYING)
def test_no_address_empties_text_one(
    path: str, scope: str, client: Client, edith: User, adrien: User, aline: User, facility: Facility
) -> None:
    text = emptied(scope, adrien if scope == "national" else edith, aline, facility)
    posted = {"body": " ", "source": "INCa", "facility": str(facility.pk)}
    before, live, versions = in_force(facility), text.live_revision_id, LegalTextVersion.objects.count()
    sign_in(client, aline)
    said = html.unescape(EMPTYING[path](text, client, posted))
    assert "Le texte ne peut pas être vide." in said
    assert str(text) in said, "the text at fault is named"
    kept = type(text).objects.get(pk=text.pk)
    assert (kept.live, kept.live_revision_id) == (True, live)
    assert (in_force(facility), LegalTextVersion.objects.count()) == (before, versions)


def emptied(scope: str, author: User, approver: User, facility: Facility) -> Any:
    """A text 1 that is in force, whose submitted draft ``author`` emptied behind the back of the page."""
    if scope == "national":
        text: Any = NationalText.objects.get(number=1)
    else:
        publish_after(author, approver, facility, "Texte de l'établissement.")
        text = AdaptedText.objects.get()
    text.body = " "
    text.save_revision(user=author, clean=False)
    text.get_workflow().start(text, author)
    return type(text).objects.get(pk=text.pk)


@pytest.mark.parametrize("model", [NationalText, AdaptedText])
def test_texts_have_no_bulk_action_that_publishes(
    model: Any, client: Client, edith: User, aline: User, facility: Facility
) -> None:
    text = emptied("national" if model is NationalText else "facility", edith, aline, facility)
    before = in_force(facility)
    sign_in(client, aline)
    page = client.get(url(model, "list"))
    assert page.status_code == 200
    address = reverse("wagtail_bulk_action", args=[model._meta.app_label, model._meta.model_name, "publish"])
    assert address not in page.content.decode()
    assert client.get(address, {"id": text.pk}).status_code == 404
    assert client.post(f"{address}?id={text.pk}").status_code == 404
    assert in_force(facility) == before
