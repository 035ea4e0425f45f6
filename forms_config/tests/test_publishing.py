"""From a draft to an immutable version: the gate, the hash, the event, who may."""

from __future__ import annotations

import copy
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dcc.audit import api as audit
from dcc.audit.guards import install, remove
from dcc.contracts.events import FormPublished
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import Finding
from dcc.contracts.testing import make_registry
from dcc.events import api as events
from forms_config.api import (
    GateRefused,
    PublishedForm,
    UnknownForm,
    add_gate_check,
    ensure_default_forms,
    form_version,
    publish_form,
    published_form,
    published_forms,
    remove_gate_check,
    save_draft,
    schema_of,
)
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.frozen import guards
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.canonical import sha256_of
from forms_config.schema.model import schema_to_json
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))


@pytest.fixture
def standard() -> PublishedForm:
    [form] = ensure_default_forms("frcp")
    return form


def draft(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DRAFT), **changes}


def saved(actor: User | None, content: dict[str, Any], key: str = "frcp_sein") -> FormDefinition:
    return save_draft(actor=actor, key=key, document_type="frcp", title="FRCP du sein", draft=content)


def without(key: str) -> dict[str, Any]:
    content = draft()
    for section in content["sections"]:
        section["questions"] = [q for q in section["questions"] if q["key"] != key]
    return content


def test_the_standard_form(standard: PublishedForm) -> None:
    assert (standard.key, standard.number, standard.document_type) == ("frcp_standard", 1, "frcp")
    assert (standard.volet, standard.volet_version) == ("frcp", "2025.01")
    assert published_form("frcp_standard") is standard is form_version(standard.version_id)
    assert schema_of(standard.version_id) is standard.schema
    assert published_forms("frcp") == [standard]
    assert published_forms("pps") == []
    assert sha256_of(standard.snapshot.schema) == standard.sha256 == standard.snapshot.sha256


def test_value_sets_are_pinned_and_defaults_in_full(standard: PublishedForm) -> None:
    named = {q.values for top in standard.schema.questions() for q in (top, *top.columns) if q.values}
    assert named <= standard.schema.value_sets.keys()
    assert "JDV_J01_XdsAuthorSpecialty_CISIS" in standard.schema.value_sets
    assert all(version == terminology.current_version(name) for name, version in standard.schema.value_sets.items())
    status = standard.schema.find("frcp.tumeurs.statut")
    assert status is not None
    assert status.default == {"code": "active", "system": "2.16.840.1.113883.5.14", "label": "En cours"}


def test_set_up_is_repeatable(standard: PublishedForm) -> None:
    assert ensure_default_forms("frcp") == [standard]
    terminology.load_shipped()
    assert ensure_default_forms("frcp") == [standard]
    assert FormVersion.objects.count() == 1


def test_set_up_follows_a_new_list(standard: PublishedForm, tmp_path: Any) -> None:
    (tmp_path / "jdv-phase-cancer-cisis.xml").write_text(
        '<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"><ValueSet id="1.2.250.1.213.1.1.4.2.281.13" '
        'revisionDate="2030-01-01"><ConceptList><Concept code="X" codeSystem="1.2" displayName="Autre"/></ConceptList>'
        "</ValueSet></RetrieveValueSetResponse>"
    )
    call_command("load_value_sets", tmp_path)
    [second] = ensure_default_forms("frcp")
    assert second.number == 2
    assert second.schema.value_sets["jdv-phase-cancer-cisis"] != standard.schema.value_sets["jdv-phase-cancer-cisis"]
    assert schema_of(standard.version_id) == standard.schema


def test_set_up_leaves_what_a_person_published(standard: PublishedForm, edith: User, emile: User) -> None:
    content = draft()
    content["sections"][0]["title"] = "La réunion"
    save_draft(actor=edith, key="frcp_standard", document_type="frcp", title="FRCP", draft=content)
    assert ensure_default_forms("frcp") == [standard]
    second = publish_form(actor=emile, key="frcp_standard")
    assert (second.number, second.schema.sections[0].title) == (2, "La réunion")
    assert ensure_default_forms("frcp") == [second]


def test_an_editor_publishes(edith: User, emile: User) -> None:
    seen: list[FormPublished] = []
    with use_registry(make_registry(lambda r: r.subscribe(FormPublished, lambda event, _: seen.append(event), key="test"))):
        saved(edith, draft())
        with pytest.raises(UnknownForm, match="non publié : frcp_sein"):
            published_form("frcp_sein")
        form = publish_form(actor=emile, key="frcp_sein")
        events.drain()
    assert (form.number, form.title) == (1, "FRCP du sein")
    assert FormVersion.objects.get().published_by == emile
    assert [(e.form_key, e.number, e.sha256) for e in seen] == [("frcp_sein", 1, form.sha256)]
    trace = next(iter(audit.traces(subject="form:frcp_sein")))
    assert (trace.action, trace.actor_id) == ("form.published", emile.pk)


def test_publishing_the_same_again_changes_nothing(edith: User, emile: User) -> None:
    saved(edith, draft())
    first = publish_form(actor=emile, key="frcp_sein")
    saved(edith, draft())
    assert publish_form(actor=emile, key="frcp_sein") == first


def test_going_back_is_a_new_version(edith: User, emile: User) -> None:
    for content in (draft(), without("frcp.souhaits.date"), draft()):
        saved(edith, content)
        last = publish_form(actor=emile, key="frcp_sein")
    assert last.number == 3
    assert len(set(FormVersion.objects.values_list("sha256", flat=True))) == 2


def test_a_draft_does_not_touch_what_is_live(edith: User, emile: User) -> None:
    saved(edith, draft())
    first = publish_form(actor=emile, key="frcp_sein")
    saved(edith, without("frcp.souhaits.date"))
    assert published_form("frcp_sein") == first
    assert FormDefinition.objects.get().draft == draft()


@pytest.mark.parametrize("who", ["alice", "sonia", "lea", "adrien"])
def test_only_editors_write_forms(who: str, request: pytest.FixtureRequest, edith: User) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        saved(actor, draft())
    saved(edith, draft())
    if who == "adrien":
        assert publish_form(actor=actor, key="frcp_sein").number == 1
        return
    with pytest.raises(PermissionDenied):
        publish_form(actor=actor, key="frcp_sein")
    assert not FormVersion.objects.exists()


def bad(**changes: Any) -> dict[str, Any]:
    content = draft()
    content["sections"][2]["questions"][0].update(changes)
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({}, "illisible"),
        (draft(sections="x"), "illisible"),
        (draft(volet="autre"), "Catalogue inconnu : autre_2025_01.yaml"),
        (
            without("frcp.synthese.question"),
            "« Synthèse du cas présenté et question posée à la RCP » : donnée obligatoire absente",
        ),
        (bad(formula="1"), "Attribut inconnu dans le formulaire : formula"),
        (bad(values="jdv-inconnu"), "« Nature de la discussion » : jeu de valeurs inconnu, « jdv-inconnu »"),
        (bad(default="ORG-999"), "« Nature de la discussion » : valeur par défaut"),
        (bad(required="never"), "« Nature de la discussion » : une donnée obligatoire est exigée"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_the_gate_refuses_in_the_words_of_the_editor(edith: User, emile: User, content: dict[str, Any], message: str) -> None:
    saved(edith, draft())
    live = publish_form(actor=emile, key="frcp_sein")
    saved(edith, content)
    with pytest.raises(GateRefused) as refusal:
        publish_form(actor=emile, key="frcp_sein")
    assert message in str(refusal.value)
    assert published_form("frcp_sein") == live
    assert FormDefinition.objects.get().draft == draft()


def test_codes_of_conditions_belong_to_their_list(edith: User, emile: User) -> None:
    content = draft()
    content["sections"][-1]["questions"].append(
        {
            "key": "region.avis",
            "label": "Avis",
            "datatype": "text",
            "condition": {"question": "frcp.motif.nature", "operator": "in", "value": ["ORG-117", "ORG-999"]},
        }
    )
    saved(edith, content)
    with pytest.raises(GateRefused, match="« Avis » : la condition nomme « ORG-999 », qui n'est pas une valeur de « Nature"):
        publish_form(actor=emile, key="frcp_sein")


def regional(**changes: Any) -> dict[str, Any]:
    content = draft()
    question = {"key": "regional.abcdefghijkm", "label": "Contexte", "datatype": "text", **changes}
    content["sections"][-1]["questions"].append(question)
    return content


def test_a_key_keeps_its_meaning(edith: User, emile: User) -> None:
    saved(edith, regional())
    publish_form(actor=emile, key="frcp_sein")
    saved(edith, regional(label="Contexte familial"))
    publish_form(actor=emile, key="frcp_sein")
    for key, changes in (("frcp_sein", {"datatype": "date"}), ("frcp_poumon", {"datatype": "string", "multiple": True})):
        saved(edith, regional(**changes), key=key)
        with pytest.raises(GateRefused, match="publiée pour « Contexte familial », d'un autre type"):
            publish_form(actor=emile, key=key)


def test_no_path_goes_around_the_gate(edith: User, emile: User) -> None:
    definition = saved(edith, without("frcp.synthese.question"))
    revision = definition.latest_revision
    for publish in (revision.publish, lambda: definition.publish(revision), lambda: revision.publish(user=emile)):
        with pytest.raises(GateRefused):
            publish()
    definition.go_live_at = timezone.now() + timedelta(hours=1)
    with pytest.raises(GateRefused):
        definition.save_revision(user=edith).publish(user=emile)
    assert not FormVersion.objects.exists()
    assert not FormDefinition.objects.filter(live=True).exists()


def test_a_scheduled_publication_passes_the_gate_again(edith: User, emile: User) -> None:
    definition = saved(edith, draft())
    definition.go_live_at = timezone.now() + timedelta(hours=1)
    revision = definition.save_revision(user=edith)
    revision.publish(user=emile, skip_permission_checks=True)
    assert not FormVersion.objects.exists()
    revision.refresh_from_db()
    content = {**revision.content, "go_live_at": (timezone.now() - timedelta(minutes=1)).isoformat()}
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1), content={**content, "draft": without("frcp.synthese.question")}
    )
    with pytest.raises(CommandError, match="Synthèse du cas présenté et question posée à la RCP"):
        call_command("publish_scheduled", verbosity=0)
    type(revision).objects.filter(pk=revision.pk).update(content=content)
    call_command("publish_scheduled", verbosity=0)
    assert published_form("frcp_sein").number == 1


def test_rooms_above_add_checks(edith: User, emile: User) -> None:
    saved(edith, draft())
    add_gate_check("test", lambda schema: [Finding("x", "error", f"« {schema.title} » : refusé"), Finding("y", "info", "vu")])
    try:
        with pytest.raises(ValueError, match="already there"):
            add_gate_check("test", lambda schema: [])
        with pytest.raises(GateRefused, match="« FRCP du sein » : refusé") as refusal:
            publish_form(actor=emile, key="frcp_sein")
        assert [f.code for f in refusal.value.findings] == ["x"]
    finally:
        remove_gate_check("test")
    assert publish_form(actor=emile, key="frcp_sein").number == 1


def test_an_unpublished_form_is_no_longer_offered(edith: User, emile: User) -> None:
    saved(edith, draft())
    form = publish_form(actor=emile, key="frcp_sein")
    FormDefinition.objects.get().unpublish()
    assert published_forms("frcp") == []
    with pytest.raises(UnknownForm):
        published_form("frcp_sein")
    assert schema_of(form.version_id) == form.schema


def test_several_forms_of_a_type(standard: PublishedForm, edith: User, emile: User) -> None:
    saved(edith, draft())
    publish_form(actor=emile, key="frcp_sein")
    saved(edith, without("frcp.souhaits.date"))
    publish_form(actor=emile, key="frcp_sein")
    assert [(f.key, f.number) for f in published_forms("frcp")] == [("frcp_standard", 1), ("frcp_sein", 2)]


@pytest.mark.parametrize("key", ["Sein", "frcp-sein", "é", "1frcp", "x\n", ""])
def test_keys_of_forms(edith: User, key: str) -> None:
    with pytest.raises(ValidationError):
        saved(edith, draft(), key=key)


def test_unknown_version() -> None:
    with pytest.raises(UnknownForm, match="Version de formulaire inconnue"):
        schema_of(uuid.uuid4())


STATEMENTS = [
    "UPDATE forms_config_formversion SET canonical = '{}'",
    "UPDATE forms_config_formversion SET published_at = published_at, number = 2",
    "DELETE FROM forms_config_formversion",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_to_change_a_version(standard: PublishedForm, statement: str) -> None:
    with pytest.raises(DatabaseError, match="version publiée"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert published_form("frcp_standard") == standard


def test_a_tampered_form_is_not_served(standard: PublishedForm) -> None:
    remove(guards())
    FormVersion.objects.update(canonical=standard.canonical.replace("Quorum", "Nombre"))
    install(guards())
    form_version.cache_clear()
    with pytest.raises(ValueError, match="frcp_standard v1 : le contenu ne répond plus à son empreinte"):
        published_form("frcp_standard")


def test_value_set_versions_only_close() -> None:
    terminology.load_shipped()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE terminology_valuesetversion SET effective_to = effective_from")
        assert cursor.rowcount > 50
    with pytest.raises(DatabaseError, match="version publiée"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE terminology_valuesetversion SET source = 'x'")
