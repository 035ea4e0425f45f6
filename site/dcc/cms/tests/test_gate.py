"""No path goes around the gate: whatever publishes, what is wrong is refused by its question's name and what is live stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from wagtail.models import Revision

from dcc.accounts.api import User
from dcc.cms.groups import ensure_groups
from dcc.cms.workflows import ensure_workflows
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import Finding
from dcc.events.api import drain
from dcc.exchange.proof.tests.forms import Draft, question_in, short_draft
from dcc.exchange.proof.tests.test_proof import Remarks, registry_with
from forms_config import api as forms
from forms_config.control import services
from forms_config.control.models import GateReport, ReportState
from forms_config.control.running import prove
from forms_config.control.subjects import draft_subject
from forms_config.models import FormDefinition, FormVersion
from forms_config.publishing import compile_draft
from tests.fixtures import make_user, sign_in

pytestmark = pytest.mark.django_db
SYNTHESIS = "Synthèse du cas présenté et question posée à la RCP"
NATURE = "Nature de la discussion"
SPOKEN = Finding("schematron.x", "error", "élément absent", "frcp.motif.nature", "frcp.motif", "/x[1]", "CI-SIS_FRCP")


@pytest.fixture
def other(db: None) -> User:
    """Another editor, who approves what edith wrote."""
    return make_user("irene", "editeur", None, family="IMBERT", given="Irène")


@pytest.fixture
def definition(legal_texts: None, edith: User, other: User) -> FormDefinition:
    """A form that is live."""
    ensure_groups()
    ensure_workflows()
    drafted(edith, short_draft())
    forms.publish_form(actor=None, key="court")
    return FormDefinition.objects.get(key="court")


def without_synthesis(draft: Draft) -> None:
    for section in draft["sections"]:
        section["questions"] = [q for q in section["questions"] if q["key"] != "frcp.synthese.question"]
    draft["sections"] = [section for section in draft["sections"] if section["questions"]]


def broken_subset(draft: Draft) -> None:
    question_in(draft, "frcp.motif.nature")["choices"] = [{"code": "INCONNU"}]


def drafted(author: User, draft: Draft, key: str = "court") -> FormDefinition:
    """The draft of a form; what is live stays."""
    forms.save_draft(actor=author, key=key, document_type="frcp", title=f"FRCP {key}", draft=draft)
    return FormDefinition.objects.get(key=key)


def unprintable(draft: Draft) -> None:
    question_in(draft, "frcp.motif.nature")["help"] = "Aide\ud800"


def renamed(draft: Draft) -> None:
    draft["sections"][0]["title"] = "Un autre titre"


FAULTS: dict[str, tuple[Callable[[Draft], None], str]] = {
    "a mandatory element removed": (without_synthesis, SYNTHESIS),
    "a subset broken": (broken_subset, NATURE),
    "the official kit speaks": (renamed, NATURE),
}


def words_of(page: str) -> str:
    """What is read on a page."""
    tree: Any = html.fromstring(page)
    return str(tree.text_content())


def submit(definition: FormDefinition, author: User) -> None:
    definition.get_workflow().start(definition, author)


def by_button(definition: FormDefinition, client: Client, author: User) -> str:
    url = reverse(definition.snippet_viewset.get_url_name("edit"), args=[definition.pk])
    page: Any = html.fromstring(client.get(url).content)
    form = next(form for form in page.forms if "draft" in form.fields)
    data = {name: value for name, value in form.form_values() if not name.startswith("action-")}
    return client.post(url, {**data, "action-publish": "action-publish"}, follow=True).content.decode()


def by_approval(definition: FormDefinition, client: Client, author: User) -> str:
    submit(definition, author)
    state = definition.current_workflow_task_state
    url = reverse(definition.snippet_viewset.get_url_name("workflow_action"), args=[definition.pk, "approve", state.pk])
    answer = client.post(url, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
    return client.get(answer.json()["redirect"]).content.decode()


def by_schedule(definition: FormDefinition, client: Client, author: User) -> str:
    revision = definition.get_latest_revision()
    past = timezone.now() - timedelta(minutes=1)
    content = {**revision.content, "go_live_at": past.isoformat()}
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past, content=content)
    with pytest.raises(CommandError) as refusal:
        call_command("publish_scheduled")
    return str(refusal.value)


def by_bulk_action(definition: FormDefinition, client: Client, author: User) -> str:
    url = reverse("wagtail_bulk_action", args=["forms_config", "formdefinition", "publish"])
    assert definition.title in client.get(url, {"id": definition.pk}).content.decode()
    listing = reverse(definition.snippet_viewset.get_url_name("list"))
    return client.post(f"{url}?id={definition.pk}&next={listing}", follow=True).content.decode()


PATHS = {"approval": by_approval, "schedule": by_schedule, "bulk action": by_bulk_action, "button": by_button}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("path", PATHS)
def test_no_path_goes_around_the_gate(
    path: str, fault: str, definition: FormDefinition, edith: User, other: User, client: Client, settings: Any
) -> None:
    spoil, named = FAULTS[fault]
    draft = short_draft()
    spoil(draft)
    live = definition.live_revision_id
    definition = drafted(edith, draft)
    settings.DCC_GATE_PROOF = True
    sign_in(client, other)
    with use_registry(registry_with(Remarks(SPOKEN))):
        said = words_of(f"<p>{PATHS[path](definition, client, edith)}</p>")
    assert f"« {named} » :" in said
    definition.refresh_from_db()
    assert (definition.live, definition.live_revision_id) == (True, live)
    assert FormVersion.objects.filter(definition=definition).count() == 1
    assert GateReport.objects.filter(key="court", state=ReportState.RED).count() == 1


def test_a_text_that_no_document_can_carry_is_refused_by_name(definition: FormDefinition, edith: User) -> None:
    draft = short_draft()
    unprintable(draft)
    said = f"« {NATURE} » : un texte contient un caractère non imprimable"
    with pytest.raises(ValidationError, match=said):
        drafted(edith, draft)
    definition.draft = draft  # however it came in
    with pytest.raises(forms.GateRefused, match=said):
        compile_draft(definition)


def test_a_refused_schedule_holds_up_nothing_else(definition: FormDefinition, edith: User, settings: Any) -> None:
    draft = short_draft()
    broken_subset(draft)
    drafted(edith, draft)
    right = short_draft()
    renamed(right)
    drafted(edith, right, "autre")
    for minutes, key in ((2, "court"), (1, "autre")):
        revision = FormDefinition.objects.get(key=key).get_latest_revision()
        past = timezone.now() - timedelta(minutes=minutes)
        Revision.objects.filter(pk=revision.pk).update(
            approved_go_live_at=past, content={**revision.content, "go_live_at": past.isoformat()}
        )
    with pytest.raises(CommandError, match="FRCP court"):
        call_command("publish_scheduled")
    assert forms.published_form("autre").number == 1
    assert forms.published_form("court").number == 1


def test_a_submitted_form_is_proved_meanwhile(definition: FormDefinition, edith: User) -> None:
    draft = short_draft()
    renamed(draft)
    definition = drafted(edith, draft)
    submit(definition, edith)
    assert GateReport.objects.get(key="court").content_sha256 == draft_subject(definition).sha256


WHO = {"edith": 200, "adrien": 200, "alice": 302, "charlie": 302, "sonia": 302}


@pytest.mark.parametrize("who", WHO)
def test_the_page_is_for_those_who_see_forms(
    who: str, definition: FormDefinition, client: Client, request: pytest.FixtureRequest
) -> None:
    with use_registry(registry_with(Remarks(SPOKEN))):
        report = services.keep(prove(draft_subject(definition)))
    sign_in(client, request.getfixturevalue(who))
    kept = report.artifacts.get(document="minimal", format="cda-n3")
    pages = [
        reverse("forms_config:gate", args=[definition.pk]),
        reverse("forms_config:gate_progress", args=[report.pk]),
        reverse("forms_config:gate_file", args=[kept.pk]),
    ]
    assert [client.get(page).status_code for page in pages] == [WHO[who]] * 3
    started = client.post(reverse("forms_config:gate_start", args=[definition.pk]))
    assert started.status_code == 302
    assert GateReport.objects.filter(key="court").count() == 1 + (WHO[who] == 200)


def test_the_page_says_what_is_wrong_where_and_what_to_do(definition: FormDefinition, edith: User, client: Client) -> None:
    page = reverse("forms_config:gate", args=[definition.pk])
    sign_in(client, edith)
    assert "Lancer le contrôle sur le brouillon" in client.get(page).content.decode()
    client.post(reverse("forms_config:gate_start", args=[definition.pk]))
    assert "En attente du service de fond" in client.get(page).content.decode()
    with use_registry(registry_with(Remarks(SPOKEN), gate=True)):
        drain()
    said = words_of(client.get(page).content.decode())
    for words in (
        "Refusé.",
        "1 point bloque la publication",
        f"« {NATURE} » : élément absent",
        "La règle nationale n'est plus tenue",
    ):
        assert words in said
    report = GateReport.objects.get(key="court", state=ReportState.RED)
    assert client.get(page, {"rapport": str(report.pk)}).status_code == 200
    answer: Any = client.get(
        reverse("forms_config:gate_file", args=[report.artifacts.get(document="minimal", format="pdf-a1").pk])
    )
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.4")


def test_the_command_answers_by_its_exit_code(definition: FormDefinition, edith: User, capsys: Any, tmp_path: Any) -> None:
    with use_registry(registry_with(Remarks())):
        call_command("forms", "check", "court")
    assert "FRCP court : conforme, publiable." in capsys.readouterr().out
    draft = short_draft()
    broken_subset(draft)
    path = tmp_path / "formulaire.json"
    path.write_text(json.dumps(draft), encoding="utf-8")
    with use_registry(registry_with(Remarks())), pytest.raises(SystemExit) as ended:
        call_command("forms", "check", str(path), "--json")
    assert ended.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["publishable"], report["outputs"]) == (False, [])
    assert NATURE in report["findings"][0]["message"]
    with pytest.raises(CommandError) as misuse:
        call_command("forms", "check", "absent")
    assert misuse.value.returncode == 2
