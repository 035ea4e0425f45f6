"""The workshop in the admin: gestures posted to the server, the draft saved as a revision, who may."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from forms_config.api import PublishedForm, duplicate_form, forms_for, publish_form, published_form, save_draft
from forms_config.blocks import api as blocks
from forms_config.models import FormDefinition, FormVersion
from rcp_directory import api as directory
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.contrib.auth.models import Group
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
REASON = "frcp.motif.commentaire_motif"


@pytest.fixture
def form(frcp_form: PublishedForm, editors: Group) -> FormDefinition:
    return FormDefinition.objects.get(key=frcp_form.key)


@pytest.fixture
def editors(db: None, edith: User, emile: User) -> Group:
    """The permissions that the table of the admin gives editors (dcc.cms), without that room."""
    from django.contrib.auth.models import Group, Permission

    group = Group.objects.get(user=edith)
    wanted = [f"{action}_formdefinition" for action in ("view", "change", "publish", "lock", "unlock")]
    group.permissions.add(*Permission.objects.filter(codename__in=wanted))
    return group


@pytest.fixture
def rcp(db: None) -> str:
    """The national identifier of an RCP of the directory."""
    network, centre = directory.Named("5201", "ONCOPL", "Onco Pays de la Loire"), directory.Named("520114", "3C49", "3C 49")
    directory.record_rcp(national_id="27011113", denomination="Sénologie", network=network, centre=centre)
    return "27011113"


def edit_url(form: FormDefinition) -> str:
    return reverse(FormDefinition.snippet_viewset.get_url_name("edit"), args=[form.pk])


def gesture(client: Client, draft: Any, operation: str = "", view: Any = None, **arguments: Any) -> Any:
    body = {"draft": draft, "operation": operation, "arguments": arguments, "view": view or {}}
    return client.post(reverse("workshop:operate"), json.dumps(body), content_type="application/json")


def save(client: Client, form: FormDefinition, draft: Any, **posted: Any) -> Any:
    return client.post(edit_url(form), {"title": form.title, "organ": "", "draft": json.dumps(draft), **posted})


def draft_now(form: FormDefinition) -> dict[str, Any]:
    form.refresh_from_db()
    return dict(form.get_latest_revision_as_object().draft)


def test_the_page_shows_the_form(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    page = client.get(edit_url(form)).content.decode()
    assert page.count('data-drag="section"') == len(form.draft["sections"])
    assert "Rien : la structure répond au volet national" in page
    assert 'href="/admin/formulaires/' in page, "comparer"


def test_a_gesture_gives_the_draft_back_with_its_page(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    view = {"selected": f"question:{REASON}"}
    answer = gesture(client, form.draft, "question.give", view, question=REASON, name="label", value="Pourquoi").json()
    assert answer["said"] == "Question modifiée"
    assert "Pourquoi" in answer["html"]["outline"]
    assert "Libellé national" in answer["html"]["inspector"]
    found = [q for s in answer["draft"]["sections"] for q in s["questions"] if q["key"] == REASON]
    assert found[0]["label"] == "Pourquoi"
    assert FormDefinition.objects.get(pk=form.pk).latest_revision_id == form.latest_revision_id, "nothing is stored"


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (
            {"selected": "question:frcp.motif.nature"},
            ["Nature de la discussion", "contrôlée par les schématrons", "Valeurs proposées"],
        ),
        ({"selected": "question:frcp.tumeurs"}, ["tableau", "Ajouter une colonne"]),
        ({"selected": "question:frcp.tumeurs.topographie"}, ["chercher la première", 'data-suggest="jdv-tumeur-cisis"']),
        ({"selected": "question:frcp.motif.organes"}, ["Condition du volet", "Nature de la discussion", "Organe"]),
        ({"selected": f"question:{REASON}", "asked": "frcp.motif.nature"}, ["est parmi", 'value="ORG-117"']),
        ({"selected": f"question:{REASON}", "asked": "frcp.motif.recours"}, ['<option value="true">oui']),
        ({"picking": "frcp.motif"}, ["Question de la région", "déjà placée", "Calcul : Âge", "obligatoire"]),
        ({"picking": "frcp.tumeurs"}, ["colonne de « Tumeur »", "Latéralité"]),
        ({"selected": "section:frcp.motif"}, ["Rubrique nationale", "Aide de la rubrique"]),
        ({"selected": "question:absente"}, ["Rubrique nationale"]),
        ([], ["Rubrique nationale"]),
    ],
)
def test_what_the_inspector_shows(form: FormDefinition, client: Client, edith: User, view: Any, words: list[str]) -> None:
    sign_in(client, edith)
    shown = gesture(client, form.draft, view=view).json()["html"]["inspector"]
    assert [word for word in words if word not in shown] == []


def test_a_calculated_question_shows_its_function(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    answer = gesture(client, form.draft, "question.regional", kind="calculated:age", label="Âge", section="frcp.motif").json()
    assert "Date de naissance du patient" in answer["html"]["inspector"]
    assert "Réponse exigée" not in answer["html"]["inspector"]


def test_a_choice_of_the_region_may_use_a_list(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    made = gesture(client, form.draft, "question.regional", kind="choice", label="Phase", section="frcp.motif").json()
    assert '<option value="jdv-phase-cancer-cisis"' in made["html"]["inspector"]
    assert "une question codée a un jeu de valeurs ou des choix" in made["html"]["remarks"]
    key = made["view"]["selected"].removeprefix("question:")
    listed = gesture(client, made["draft"], "choices.list", made["view"], question=key, values="jdv-phase-cancer-cisis").json()
    assert "Valeur par défaut" in listed["html"]["inspector"]
    assert "Rien : la structure répond" in listed["html"]["remarks"]


def test_the_remarks_say_what_is_missing(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    answer = gesture(client, form.draft, "question.remove", question="frcp.motif.nature").json()
    assert "« Nature de la discussion » : donnée obligatoire absente" in answer["html"]["remarks"]
    assert '"element": "frcp.motif.nature"' in answer["html"]["remarks"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("x", 400, "illisible"),
        ('{"draft": []}', 400, "illisible"),
        ('{"draft": {"sections": "x"}}', 400, "illisible"),
        ('{"draft": {"sections": [{"key": "a", "block": "b@1"}]}}', 400, "illisible"),
    ],
)
def test_what_is_no_draft(form: FormDefinition, client: Client, edith: User, body: str, status: int, words: str) -> None:
    sign_in(client, edith)
    answer = client.post(reverse("workshop:operate"), body, content_type="application/json")
    assert (answer.status_code, words in answer.json()["error"]) == (status, True)


def test_a_refused_gesture_says_why(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    answer = gesture(client, form.draft, "question.element", element="frcp.motif.nature")
    assert (answer.status_code, answer.json()) == (422, {"error": "Cette donnée est déjà dans le formulaire"})


@pytest.mark.parametrize("who", ["alice", "lea", "charlie"])
def test_only_editors_work_here(form: FormDefinition, client: Client, who: str, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    for answer in (gesture(client, form.draft), client.get(reverse("workshop:codes")), client.get(edit_url(form))):
        assert answer.status_code in (302, 403)


def test_codes_are_searched(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    found = client.get(reverse("workshop:codes"), {"values": "jdv-tumeur-cisis", "q": "sein"}).json()["options"]
    assert found
    assert all(" · " in option for option in found)
    assert client.get(reverse("workshop:codes"), {"values": "inconnue"}).status_code == 404


def test_saving_makes_a_draft_and_leaves_what_is_live(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    draft = gesture(client, form.draft, "section.move", section="frcp.motif", by=-1).json()["draft"]
    live = published_form(form.key)
    assert save(client, form, draft).status_code == 302
    assert draft_now(form) == draft
    assert published_form(form.key) == live
    assert form.revisions.filter(user=edith).count() == 1


def test_autosave_keeps_the_draft(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    draft = gesture(client, form.draft, "section.move", section="frcp.motif", by=-1).json()["draft"]
    data = {"title": form.title, "organ": "", "draft": json.dumps(draft)}
    answer = client.post(edit_url(form), data, headers={"Accept": "application/json"})
    assert answer.json()["success"]
    again = {**data, "overwrite_revision_id": answer.json()["revision_id"], "organ": "Sein"}
    assert client.post(edit_url(form), again, headers={"Accept": "application/json"}).json()["success"]
    assert form.revisions.filter(user=edith).count() == 1


def broken(form: FormDefinition, **changes: Any) -> dict[str, Any]:
    draft = json.loads(json.dumps(form.draft))
    draft["sections"][0]["questions"][0].update(changes)
    return dict(draft)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "mon.libelle", "element": ""}, "clé inattendue"),
        ({"formula": "1"}, "Attribut inconnu"),
        ({"label": ""}, "un texte est attendu"),
    ],
)
def test_a_page_cannot_invent_keys_or_attributes(
    form: FormDefinition, client: Client, edith: User, changes: Any, words: str
) -> None:
    sign_in(client, edith)
    answer = save(client, form, broken(form, **changes))
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors["draft"])
    assert not form.revisions.filter(user=edith).exists()


def test_the_volet_stays(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    answer = save(client, form, {**form.draft, "volet_version": "2030.01"})
    assert "le volet d'un formulaire ne change pas" in str(answer.context["form"].errors["draft"]).replace("&#x27;", "'")


def test_a_refused_publication_keeps_the_draft_and_says_why(
    form: FormDefinition, client: Client, edith: User, emile: User
) -> None:
    sign_in(client, edith)
    draft = gesture(client, form.draft, "question.remove", question="frcp.motif.nature").json()["draft"]
    answer = client.post(
        edit_url(form),
        {"title": form.title, "organ": "", "draft": json.dumps(draft), "action-publish": "1"},
        follow=True,
    )
    assert "une autre personne doit l" in answer.content.decode()
    sign_in(client, emile)
    answer = client.post(
        edit_url(form), {"title": form.title, "organ": "", "draft": json.dumps(draft), "action-publish": "1"}, follow=True
    )
    assert "« Nature de la discussion » : donnée obligatoire absente" in answer.content.decode()
    assert draft_now(form) == draft
    assert FormVersion.objects.filter(definition=form).count() == 1


def test_blocks_are_not_changed_here(form: FormDefinition, client: Client, edith: User) -> None:
    reference = blocks.create_block(actor=edith, document_type="frcp", section=form.draft["sections"][3])
    key = form.draft["sections"][3]["key"]
    draft = blocks.placed(form.draft, key, reference, blocks.content(reference))
    save_draft(actor=edith, key=form.key, document_type="frcp", title=form.title, draft=draft)
    sign_in(client, edith)
    answer = gesture(client, draft, "question.remove", question="frcp.decouverte.date")
    assert "bloc partagé" in answer.json()["error"]
    moved = gesture(client, draft, "section.move", section=key, by=-1)
    assert moved.json()["draft"]["sections"][2]["block"] == str(reference)


def test_an_editor_duplicates_a_form_for_another_rcp(form: FormDefinition, client: Client, edith: User, rcp: str) -> None:
    sign_in(client, edith)
    url = reverse("workshop:duplicate", args=[form.pk])
    page = client.get(url).content.decode()
    assert "Sénologie (3C49, 27011113)" in page
    client.post(url, {"title": "FRCP du sein", "organ": "Sein", "rcps": [rcp]})
    made = FormDefinition.objects.get(title="FRCP du sein")
    assert (made.rcps, made.organ, made.live, made.document_type) == (["27011113"], "Sein", False, "frcp")
    assert re.fullmatch(r"frcp_[0-9a-f]{12}", made.key)
    assert made.draft["sections"] == form.draft["sections"]
    assert client.get(edit_url(made)).status_code == 200
    assert made.key not in [offered.key for offered in forms_for("frcp", rcp)]
    assert "Sénologie" in client.get(reverse(FormDefinition.snippet_viewset.get_url_name("list"))).content.decode()


@pytest.mark.parametrize("who", ["alice", "adrien"])
def test_only_editors_duplicate(form: FormDefinition, client: Client, who: str, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    assert client.post(reverse("workshop:duplicate", args=[form.pk]), {"title": "Autre"}).status_code in (302, 403)
    assert not FormDefinition.objects.filter(title="Autre").exists()


def test_the_rcp_of_a_form_count_once_published(form: FormDefinition, client: Client, edith: User, emile: User, rcp: str) -> None:
    sign_in(client, edith)
    made = duplicate_form(actor=edith, key=form.key, title="FRCP du sein")
    publish_form(actor=emile, key=made.key)
    assert [f.key for f in forms_for("frcp", rcp)] == [made.key, form.key]
    client.post(edit_url(made), {"title": made.title, "organ": "", "draft": json.dumps(made.draft), "rcps": [rcp, "999"]})
    assert [f.key for f in forms_for("frcp", rcp)] == [made.key, form.key], "a draft"
    assert draft_now(made) == made.draft
    assert made.get_latest_revision_as_object().rcps == [], "an RCP that is not in the directory is refused"
    client.post(edit_url(made), {"title": made.title, "organ": "", "draft": json.dumps(made.draft), "rcps": [rcp]})
    publish_form(actor=emile, key=made.key)
    assert [f.key for f in forms_for("frcp", rcp)] == [made.key]
    assert [f.key for f in forms_for("frcp", "autre")] == [form.key]
    assert [f.key for f in forms_for("frcp")] == [form.key]


def test_the_first_form_step_by_step(form: FormDefinition, client: Client, edith: User, adrien: User) -> None:
    sign_in(client, edith)
    assert reverse("workshop:guide") in client.get(reverse(FormDefinition.snippet_viewset.get_url_name("list"))).content.decode()
    page = client.get(reverse("workshop:guide")).content.decode()
    assert reverse("workshop:duplicate", args=[form.pk]) in page
    sign_in(client, adrien)
    assert client.get(reverse("workshop:guide")).status_code in (302, 403)
