"""Four eyes: nobody publishes what they wrote, whatever the path."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.approval import OwnChange, authors, is_author
from dcc.cms.api import set_up_configuration
from forms_config.api import publish_form, published_form, save_draft
from forms_config.approval import OtherPersonTask
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.model import schema_to_json
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
KEY = "frcp_sein"


def saved(actor: User, title: str) -> FormDefinition:
    content = copy.deepcopy(DRAFT)
    content["sections"][0]["title"] = title
    return save_draft(actor=actor, key=KEY, document_type="frcp", title="FRCP du sein", draft=content)


def submitted(actor: User, title: str = "La réunion") -> FormDefinition:
    definition = saved(actor, title)
    workflow = definition.get_workflow()
    assert workflow is not None
    workflow.start(definition, actor)
    return FormDefinition.objects.get(pk=definition.pk)


def approve(definition: FormDefinition, user: User) -> None:
    definition.current_workflow_task.on_action(definition.current_workflow_task_state, user, "approve")


@pytest.mark.parametrize(
    ("who", "may"), [("edith", False), ("emile", True), ("adrien", True), ("alice", False), ("charlie", False)]
)
def test_who_approves_what_edith_submitted(
    who: str, may: bool, configured: None, edith: User, request: pytest.FixtureRequest
) -> None:
    definition, user = submitted(edith), request.getfixturevalue(who)
    task = definition.current_workflow_task
    assert isinstance(task, OtherPersonTask)
    assert [name for name, _words, _modal in task.get_actions(definition, user)] == (
        ["reject", "approve", "approve"] if may else []
    )
    assert task.locked_for_user(definition, user) is not may
    if may:
        approve(definition, user)
        assert published_form(KEY).schema.sections[0].title == "La réunion"
        assert FormVersion.objects.get(definition=definition).published_by == user
    else:
        with pytest.raises(PermissionDenied):
            approve(definition, user)
        assert not FormVersion.objects.filter(definition=definition).exists()


def paths(definition: FormDefinition, user: User) -> dict[str, Any]:
    revision = definition.latest_revision
    return {
        "revision": lambda: revision.publish(user=user),
        "revision, no check": lambda: revision.publish(user=user, skip_permission_checks=True),
        "model": lambda: definition.publish(revision, user=user),
        "service": lambda: publish_form(actor=user, key=KEY),
        "task state": lambda: definition.current_workflow_task_state.approve(user=user),
    }


@pytest.mark.parametrize("path", ["revision", "revision, no check", "model", "service", "task state"])
@pytest.mark.parametrize("superuser", [False, True], ids=["editor", "superuser"])
def test_no_path_lets_an_author_through(path: str, superuser: bool, configured: None, edith: User) -> None:
    edith.is_superuser = superuser
    edith.save()
    definition = submitted(edith)
    with pytest.raises(OwnChange, match="une autre personne"):
        paths(definition, edith)[path]()
    assert not FormVersion.objects.filter(definition=definition).exists()
    assert definition.workflow_in_progress


def test_everybody_whose_changes_are_there_is_an_author(edith: User, emile: User, adrien: User) -> None:
    definition = saved(edith, "Un")
    saved(emile, "Deux")
    definition.refresh_from_db()
    assert authors(definition.latest_revision) == {edith.pk, emile.pk}
    for user in (edith, emile):
        with pytest.raises(OwnChange):
            publish_form(actor=user, key=KEY)
    publish_form(actor=adrien, key=KEY)
    saved(emile, "Trois")
    definition.refresh_from_db()
    assert authors(definition.latest_revision) == {emile.pk}, "what is live was approved already"
    assert not is_author(edith, definition)
    assert publish_form(actor=edith, key=KEY).number == 2


def test_saving_without_a_change_makes_nobody_an_author(edith: User, emile: User) -> None:
    saved(edith, "Un")
    definition = saved(emile, "Un")
    assert authors(definition.latest_revision) == {edith.pk}
    assert publish_form(actor=emile, key=KEY).number == 1


def test_automatic_saving_never_writes_over_what_was_approved(configured: None, edith: User, emile: User) -> None:
    definition = submitted(edith)
    revision = definition.latest_revision
    approve(definition, emile)
    definition.refresh_from_db()
    definition.draft["sections"][0]["title"] = "Autre chose"
    later = definition.save_revision(user=edith, overwrite_revision=revision)
    assert later.pk != revision.pk
    with pytest.raises(OwnChange):
        later.publish(user=edith)
    definition.draft["sections"][0]["title"] = "Autre chose encore"
    assert definition.save_revision(user=edith, overwrite_revision=later).pk == later.pk


def test_automatic_saving_never_writes_over_what_was_submitted(configured: None, edith: User) -> None:
    definition = submitted(edith)
    definition.draft = copy.deepcopy(DRAFT)
    assert definition.save_revision(user=edith, overwrite_revision=definition.latest_revision) != definition.latest_revision_id
    assert definition.current_workflow_task_state.revision.content["draft"]["sections"][0]["title"] == "La réunion"


def test_what_another_person_scheduled_goes_live_by_itself(edith: User, emile: User) -> None:
    definition = saved(edith, "La réunion")
    definition.go_live_at = timezone.now() + timedelta(hours=1)
    revision = definition.save_revision(user=edith)
    with pytest.raises(OwnChange):
        revision.publish(user=edith, skip_permission_checks=True)
    revision.publish(user=emile, skip_permission_checks=True)
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    revision.refresh_from_db()
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=past, content={**revision.content, "go_live_at": past}
    )
    call_command("publish_scheduled", verbosity=0)
    assert published_form(KEY).number == 1


def test_set_up_of_workflows_is_repeatable(configured: None) -> None:
    before = OtherPersonTask.objects.count()
    list(set_up_configuration())
    assert OtherPersonTask.objects.count() == before
    assert {group.name for task in OtherPersonTask.objects.all() for group in task.groups.all()} == {
        "Administrateurs",
        "Éditeurs DSRC",
    }


def url(view: str, definition: FormDefinition, *args: Any) -> str:
    return reverse(FormDefinition.snippet_viewset.get_url_name(view), args=[definition.pk, *args])


def posted(definition: FormDefinition, **more: str) -> dict[str, Any]:
    latest = definition.get_latest_revision_as_object()
    return {"title": latest.title, "organ": latest.organ, "rcps": latest.rcps, "draft": json.dumps(latest.draft), **more}


def test_an_administrator_reads_and_approves_without_writing(configured: None, client: Client, edith: User, adrien: User) -> None:
    definition = submitted(edith)
    sign_in(client, adrien)
    page = client.get(url("edit", definition)).content.decode()
    assert 'data-workflow-action-name="approve"' in page
    look = {"draft": definition.latest_revision.content["draft"], "view": {"selected": "question:frcp.motif.nature"}}
    ask = reverse("workshop:operate")
    assert client.post(ask, json.dumps(look), content_type="application/json").status_code == 200
    change = {**look, "operation": "section.move", "arguments": {"section": "frcp.motif", "by": 1}}
    assert client.post(ask, json.dumps(change), content_type="application/json").status_code in (302, 403)
    answer = client.post(url("edit", definition), posted(definition, title="Autre titre"), follow=True)
    assert "Votre rôle permet d" in answer.content.decode()
    assert definition.revisions.exclude(user=edith).count() == 0
    action = {"action-workflow-action": "true", "workflow-action-name": "approve"}
    client.post(url("edit", definition), posted(definition, **action))
    assert FormVersion.objects.get(definition=definition).published_by == adrien


def test_what_wagtail_offers_keeps_working(configured: None, client: Client, edith: User, emile: User) -> None:
    definition = saved(edith, "Un")
    first = definition.latest_revision
    saved(edith, "Deux")
    sign_in(client, emile)
    last = FormDefinition.objects.get(pk=definition.pk).latest_revision
    for view, args in (
        ("history", ()),
        ("usage", ()),
        ("inspect", ()),
        ("workflow_history", ()),
        ("revisions_compare", (first.pk, last.pk)),
        ("revisions_revert", (first.pk,)),
    ):
        assert client.get(url(view, definition, *args)).status_code == 200, view
    client.post(url("lock", definition))
    assert FormDefinition.objects.get(pk=definition.pk).locked_by == emile
    sign_in(client, edith)
    client.post(url("edit", definition), posted(definition, title="Verrouillé"))
    assert FormDefinition.objects.get(pk=definition.pk).latest_revision == last
    sign_in(client, emile)
    client.post(url("unlock", definition))
    client.post(
        url("revisions_revert", definition, first.pk), {**posted(definition), "draft": json.dumps(first.content["draft"])}
    )
    again = FormDefinition.objects.get(pk=definition.pk).latest_revision
    assert again.content["draft"]["sections"][0]["title"] == "Un"
    assert authors(again) == {edith.pk, emile.pk}


def test_a_schedule_is_approved_by_another(configured: None, client: Client, edith: User, emile: User) -> None:
    definition = submitted(edith)
    definition.current_workflow_state.cancel(user=edith)
    later = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")
    sign_in(client, edith)
    client.post(url("edit", definition), posted(definition, go_live_at=later, **{"action-submit": "1"}))
    definition = FormDefinition.objects.get(pk=definition.pk)
    assert definition.workflow_in_progress
    approve(definition, emile)
    definition = FormDefinition.objects.get(pk=definition.pk)
    assert definition.scheduled_revision is not None
    assert not FormVersion.objects.filter(definition=definition).exists()


def test_nobody_is_offered_to_publish_the_page(configured: None, client: Client, edith: User, emile: User) -> None:
    definition = saved(edith, "Un")
    for user in (edith, emile):
        sign_in(client, user)
        page = client.get(url("edit", definition)).content.decode()
        assert 'name="action-publish"' not in page
        assert 'name="action-submit"' in page
