"""Fixtures of every test, wherever it lives: people, and the walls around the tests (no network, no mail).

The people: ``alice`` (physician, author), ``bob`` (same team), ``charlie`` (physician elsewhere, a stranger), ``sonia`` (medical
assistant of the team), ``lea`` (reader of the team), ``edith`` (DSRC editor), ``emile`` (another one, who approves), ``adrien``
(administrator), ``rachel`` (answers for accesses: RSSI, DPO).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.conf import settings

from tests import databases
from tests.layers import layer

if TYPE_CHECKING:
    from uuid import UUID

    from django.test import Client

    from dcc.accounts.models import Facility, User
    from forms_config.api import PublishedForm
    from forms_config.schema.model import Question

# A busy machine is slow, not wrong: generated tests are judged by what they assert, and benchmarks by the clock.
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("house")


def kit_dir() -> Path:
    """Folder of the official kit (schemas, schematrons, samples)."""
    return Path(settings.KIT_DIR)


def reference_dir() -> Path:
    """Folder of the reference data beside the clone (samples, vectors); only tests read it."""
    return Path(os.environ.get("DCC_REFERENCE_DIR", settings.BASE_DIR.parent / "shared" / "reference"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests get the mark ``database`` where PostgreSQL decides something; those of the full figures wait for ``make prove``."""
    for item in items:
        databases.mark(item)
        if item.get_closest_marker("prove") and "prove" not in config.getoption("markexpr"):
            item.add_marker(pytest.mark.skip(reason="chiffres complets : make prove"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "localhost", "::1"):
            raise AssertionError(f"Un test a voulu joindre {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def make_facility(name: str = "Centre hospitalier de Démonstration", finess: str = "490000031") -> Facility:
    """A fictitious establishment."""
    from dcc.accounts.models import Facility

    return Facility.objects.create(
        name=name, finess=finess, house_number="4", street="rue Larrey", postal_code="49100", city="ANGERS", phone="0241000000"
    )


def make_user(username: str, role: str, facility: Facility | None, *, family: str, given: str, national_id: str = "") -> User:
    """A user with one membership; clinicians (with ``national_id``) get their practitioner."""
    from dcc.accounts.api import sync_groups
    from dcc.accounts.models import Membership, Practitioner, User

    practitioner = None
    if national_id:
        practitioner = Practitioner.objects.create(
            national_id=national_id,
            prefix="MME",
            suffix="DR",
            family=family,
            given=given,
            profession_code="G15_10/SM36",
            phone="0241000001",
            facility=facility,
        )
    user = User.objects.create_user(
        username, password="Mot-de-passe-de-test-1", first_name=given, last_name=family, practitioner=practitioner
    )
    Membership.objects.create(user=user, role=role, facility=facility)
    sync_groups(user)
    return user


@layer()
def configuration() -> None:
    """What an installation starts with: the standard forms and the national patient-rights texts."""
    from forms_config import api as forms
    from forms_config.legal import api as legal

    forms.ensure_default_forms("frcp")
    legal.ensure_national_texts()


@layer()
def configured() -> None:
    """What an installation starts with, whole: value sets, texts, standard forms of every type, groups, workflows."""
    from dcc.cms.api import set_up_configuration

    list(set_up_configuration())


@layer()
def legal_texts() -> None:
    """The national patient-rights texts, published."""
    from forms_config.legal.api import ensure_national_texts

    ensure_national_texts()


@layer()
def frcp_form() -> PublishedForm:
    """The standard FRCP form, published."""
    from forms_config.api import ensure_default_forms

    return next(form for form in ensure_default_forms("frcp") if form.key == "frcp_standard")


@layer()
def pps_form() -> PublishedForm:
    """The standard PPS form, published."""
    from forms_config.api import ensure_default_forms

    return next(form for form in ensure_default_forms("pps") if form.key == "pps_standard")


@layer()
def facility() -> Facility:
    """The establishment of alice, bob, sonia and lea."""
    return make_facility()


@layer()
def other_facility() -> Facility:
    """The establishment of charlie."""
    return make_facility("Clinique d'Ailleurs", "440000289")


@layer()
def alice(facility: Facility) -> User:
    """Physician, author of the documents."""
    return make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")


@layer()
def bob(facility: Facility) -> User:
    """Physician of the same team."""
    return make_user("bob", "medecin", facility, family="BERNARD", given="Bob", national_id="810000000002")


@layer()
def charlie(other_facility: Facility) -> User:
    """Physician of another establishment: a stranger."""
    return make_user("charlie", "medecin", other_facility, family="CHAUVIN", given="Charlie", national_id="810000000003")


@layer()
def sonia(facility: Facility) -> User:
    """Medical assistant of the team."""
    return make_user("sonia", "assistant", facility, family="SIMON", given="Sonia")


@layer()
def lea(facility: Facility) -> User:
    """Reader of the team."""
    return make_user("lea", "lecteur", facility, family="LEROY", given="Léa")


@layer()
def edith() -> User:
    """DSRC editor: configures forms, sees no clinical data."""
    return make_user("edith", "editeur", None, family="EYMARD", given="Édith")


@layer()
def emile() -> User:
    """Another DSRC editor: approves what edith wrote, and the other way round."""
    return make_user("emile", "editeur", None, family="ESNAULT", given="Émile")


@layer()
def adrien() -> User:
    """Administrator of the region."""
    return make_user("adrien", "administrateur", None, family="AUBERT", given="Adrien")


@layer()
def rachel() -> User:
    """Answers for accesses (RSSI, DPO)."""
    return make_user("rachel", "responsable", None, family="ROUX", given="Rachel")


def sign_in(client: Client, user: User) -> None:
    """Sign a user in on a test client as the pages do: both factors given, the clocks of the session started."""
    from django_otp import DEVICE_ID_SESSION_KEY

    from dcc.accounts import sessions
    from dcc.accounts.devices import Authenticator

    device, _created = Authenticator.objects.get_or_create(user=user, confirmed=True, defaults={"name": "test"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    sessions.begin(session, sessions.Level.OTP)
    session.save()


Visit = Callable[["User"], "Client"]
"""``visit(user)``: a browser in which somebody signed in."""


@pytest.fixture
def visit(db: None) -> Visit:
    """A browser in which somebody signed in."""
    from django.test import Client

    def browser(user: User) -> Client:
        client = Client()
        sign_in(client, user)
        return client

    return browser


def make_patient(actor: User, facility: Facility) -> UUID:
    """The official test identity PAT-TROIS DOMINIQUE, typed by ``actor``: a provisional identity."""
    from dcc.contracts.snapshots import IdentityTraits
    from dcc.patients import api as patients

    traits = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")
    return patients.create_patient(actor=actor, facility_id=facility.pk, traits=traits)


def publish_with(*questions: Question) -> PublishedForm:
    """The standard FRCP form with a section of the region's own, « Région », published as its next version."""
    from forms_config import api as forms
    from forms_config.catalogue.loader import default_schema, load_catalogue
    from forms_config.schema.model import Section, schema_to_json

    standard = default_schema(load_catalogue("frcp", "2025.01"))
    whole = schema_to_json(replace(standard, sections=(*standard.sections, Section("region", "Région", questions))))
    draft = {name: part for name, part in whole.items() if name != "value_sets"}
    forms.save_draft(actor=None, key=standard.key, document_type="frcp", title=standard.title, draft=draft)
    return forms.publish_form(actor=None, key=standard.key)


def fill_document(actor: User, document_id: UUID) -> None:
    """Give every question that validation requires an answer that fits."""
    from dcc.documents import api as documents
    from forms_config.schema.answers import is_visible, visible_answers

    for _ in range(4):  # an answer may make further questions visible
        view = documents.open_document(actor, document_id)
        shown = visible_answers(view.schema, view.answers)
        changes: list[documents.Change] = []
        for question in view.schema.questions():
            if question.required == "never" or not is_visible(question, shown):
                continue
            if question.datatype != "group":
                if question.key not in view.answers:
                    changes.append(documents.Change(question.key, _fitting(question), view.revision))
                continue
            for row in view.answers.get(question.key) or [_added_row(actor, document_id, question.key)]:
                changes += [
                    documents.Change(f"{question.key}/{row['id']}/{column.key}", _fitting(column), view.revision)
                    for column in question.columns
                    if column.required != "never" and column.key not in row["values"] and is_visible(column, row["values"], shown)
                ]
        if not changes:
            return
        result = documents.save_answers(actor=actor, document_id=document_id, changes=changes)
        assert not result.refused, result.refused


def _added_row(actor: User, document_id: UUID, group_key: str) -> dict[str, Any]:
    from dcc.documents import api as documents

    result = documents.add_row(actor=actor, document_id=document_id, group_key=group_key)
    return {"id": result.added_rows[group_key], "values": {}}


def _fitting(question: Question) -> Any:
    """A value that fits a question."""
    from forms_config.terminology import api as terminology

    plain: dict[str, Any] = {
        "string": "Sein",
        "text": "Nodule du sein droit, bilan en cours.",
        "boolean": False,
        "integer": 1,
        "date": "2026-10-05",
        "datetime": "2026-11-02T14:00+01:00",
        "professional": {"family": "MULLER", "given": "Charles", "suffix": "DR"},
        "organisation": {"name": "Centre hospitalier de Démonstration", "address": {"city": "ANGERS"}},
    }
    if question.datatype != "coded":
        return plain[question.datatype]
    value = terminology.concepts(question.values)[0].value
    return [value] if question.multiple else value


@layer()
def patient_id(alice: User, facility: Facility) -> UUID:
    """A patient of alice's establishment."""
    return make_patient(alice, facility)


@layer()
def frcp_id(alice: User, facility: Facility, patient_id: UUID, configuration: None) -> UUID:
    """An FRCP that alice just started."""
    from dcc.documents import api as documents

    return documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")


def validate(author: User, physician: User, document_id: UUID) -> None:
    """Give a document what validation requires, complete it and validate it."""
    from dcc.documents import api as documents

    fill_document(author, document_id)
    revision = documents.open_document(author, document_id).revision
    documents.complete_document(actor=author, document_id=document_id, expected_revision=revision)
    documents.validate_document(actor=physician, document_id=document_id, expected_revision=revision)


@layer()
def validated_frcp_id(alice: User, bob: User, frcp_id: UUID) -> UUID:
    """An FRCP that alice wrote and bob validated."""
    validate(alice, bob, frcp_id)
    return frcp_id


@layer()
def pps_id(alice: User, validated_frcp_id: UUID, pps_form: PublishedForm) -> UUID:
    """The PPS of that FRCP, that alice just started."""
    from dcc.documents import api as documents

    return documents.create_following(actor=alice, reference_id=validated_frcp_id)
