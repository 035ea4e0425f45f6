"""What one platform exports, another one has after the import: the same content, the same hash, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dcc.contracts.snapshots import Finding
from forms_config.api import (
    add_gate_check,
    duplicate_form,
    form_version,
    publish_form,
    published_form,
    remove_gate_check,
    save_draft,
)
from forms_config.blocks import api as blocks
from forms_config.bundle import contents, readable
from forms_config.bundle.api import (
    BundleRefused,
    ConfirmationNeeded,
    Consent,
    State,
    export_form,
    import_bundle,
    look_at,
    origin_of,
    publish_imported,
    read,
)
from forms_config.bundle.models import TrustedPublisher
from forms_config.bundle.tests.samples import ELSEWHERE, THERE, counts, exported, full_draft, platform, publish
from forms_config.models import FormDefinition, FormVersion
from forms_config.schema.tests.strategies import STRINGS, TEXTS
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db


class Undo(Exception):
    """Takes back what a platform did."""


@pytest.fixture
def bundle(legal_texts: None) -> bytes:
    """A form with a block and a regional list, exported by another platform, of which nothing is here."""
    made = b""
    try:
        with transaction.atomic():
            publish(full_draft())
            made = exported()
            raise Undo
    except Undo:
        form_version.cache_clear()
    return made


def trusting(content: bytes, **more: Any) -> Consent:
    return Consent(read(content).publisher.fingerprint, **more)


def states(report: Any) -> dict[str, str]:
    return {line.kind: line.state.value for line in report.lines}


def test_the_same_hash_on_the_other_side(bundle: bytes) -> None:
    report = publish_imported(import_bundle(actor=None, content=bundle, consent=trusting(bundle)))
    assert report.same_hash
    assert report.published == 1
    assert not report.problems
    form = published_form("frcp_sein")
    assert form.sha256 == read(bundle).bundle.form["sha256"]
    assert next(s.block for s in form.schema.sections if s.key == "recherche").startswith("bloc_")
    assert [c.label for c in terminology.concepts("liste-essais")] == ["Essai n° 0", "Essai n° 1", "Essai n° 2"]
    assert states(report) == {"Formulaire": "nouveau", "Liste régionale": "nouveau", "Bloc partagé": "nouveau"}


def test_importing_twice_changes_nothing(bundle: bytes) -> None:
    publish_imported(import_bundle(actor=None, content=bundle, consent=trusting(bundle)))
    before = counts()
    report = publish_imported(import_bundle(actor=None, content=bundle, consent=trusting(bundle)))
    assert not report.changes
    assert set(states(report).values()) == {"identique"}
    assert report.published == 1
    assert counts() == before


def test_looking_stores_nothing(bundle: bytes) -> None:
    before = counts()
    report = look_at(actor=None, content=bundle)
    assert report.changes
    assert not report.known
    assert counts() == before


def test_the_same_content_gives_the_same_bytes(bundle: bytes) -> None:
    import_bundle(actor=None, content=bundle, consent=trusting(bundle))
    publish_form(actor=None, key="frcp_sein")
    assert exported() == exported() == bundle
    with platform(ELSEWHERE):
        other = read(export_form(actor=None, key="frcp_sein"))
    assert other.content == read(bundle).content
    assert other.publisher.fingerprint != read(bundle).publisher.fingerprint


def test_an_unknown_publisher_is_confirmed_by_its_fingerprint(bundle: bytes) -> None:
    before = counts()
    for consent in (Consent(), Consent("0" * 64)):
        with pytest.raises(ConfirmationNeeded, match="Publicateur inconnu, « Région de démonstration » : vérifier"):
            import_bundle(actor=None, content=bundle, consent=consent)
    assert counts() == before
    TrustedPublisher.objects.create(name="Là-bas", key=read(bundle).publisher.key)
    assert import_bundle(actor=None, content=bundle).known


def test_what_a_person_imports_waits_for_another_one(bundle: bytes, edith: User, emile: User) -> None:
    report = import_bundle(actor=edith, content=bundle, consent=trusting(bundle))
    assert report.published is None
    assert not FormVersion.objects.exists()
    with pytest.raises(PermissionDenied):
        publish_form(actor=edith, key="frcp_sein")
    assert publish_form(actor=emile, key="frcp_sein").sha256 == read(bundle).bundle.form["sha256"]


@pytest.mark.parametrize("who", ["alice", "sonia", "lea", "adrien"])
def test_only_editors_import_and_export(who: str, bundle: bytes, request: pytest.FixtureRequest) -> None:
    actor = request.getfixturevalue(who)
    import_bundle(actor=None, content=bundle, consent=trusting(bundle))
    publish_form(actor=None, key="frcp_sein")
    for act in (
        lambda: look_at(actor=actor, content=bundle),
        lambda: import_bundle(actor=actor, content=bundle, consent=trusting(bundle)),
        lambda: export_form(actor=actor, key="frcp_sein"),
    ):
        with pytest.raises(PermissionDenied):
            act()


def later(former: bytes, *, by: str = THERE) -> bytes:
    """The next version of the form, as its own platform publishes it, exported and taken back here."""
    content = b""
    try:
        with transaction.atomic(), platform(by):
            if not FormVersion.objects.exists():
                import_bundle(actor=None, content=former)
                publish_form(actor=None, key="frcp_sein")
            draft = blocks.whole(read(former).bundle.draft)
            draft["sections"][0]["title"] = "La réunion"
            publish(draft)
            content = exported(by=by)
            raise Undo
    except Undo:
        form_version.cache_clear()
    return content


def test_a_form_follows_its_publisher(bundle: bytes) -> None:
    newer = later(bundle)
    publish_imported(import_bundle(actor=None, content=bundle, consent=trusting(bundle)))
    report = publish_imported(import_bundle(actor=None, content=newer, consent=trusting(newer)))
    line = report.lines[0]
    assert line.state is State.CHANGED
    assert any("La réunion" in words for words in line.details)
    assert (report.published, report.same_hash) == (2, True)
    with pytest.raises(ConfirmationNeeded, match="serait remplacé"):
        import_bundle(actor=None, content=bundle, consent=trusting(bundle))
    assert look_at(actor=None, content=bundle).lines[0].state is State.NEWER_HERE
    report = import_bundle(actor=None, content=bundle, consent=trusting(bundle, replace=True))
    assert publish_imported(report).published == 3


def test_ours_comes_back_to_us_unless_something_changed_here_since(bundle: bytes, edith: User) -> None:
    with platform(THERE):
        newer = later(bundle)
        import_bundle(actor=None, content=bundle)
        publish_form(actor=None, key="frcp_sein")
        definition = FormDefinition.objects.get()
        assert origin_of(definition.pk) is None
        assert look_at(actor=None, content=newer).lines[0].state is State.CHANGED
        draft = blocks.whole(read(bundle).bundle.draft)
        draft["sections"][1]["title"] = "Notre titre"
        save_draft(actor=edith, key="frcp_sein", document_type="frcp", title="FRCP du sein", draft=draft)
        assert look_at(actor=None, content=newer).lines[0].state is State.NEWER_HERE
        with pytest.raises(ConfirmationNeeded):
            import_bundle(actor=None, content=newer)
        import_bundle(actor=None, content=newer, consent=Consent(replace=True))
        assert definition.revisions.count() == 3


def test_a_key_that_is_taken_is_left_to_whoever_has_it(bundle: bytes) -> None:
    newer = later(bundle)
    publish(full_draft())
    before = counts()
    with pytest.raises(BundleRefused, match="cette région porte cette clé : l'importer sous une autre"):
        import_bundle(actor=None, content=newer, consent=trusting(newer, replace=True))
    assert counts() == before


def test_a_form_of_another_region_is_only_what_that_region_signed(bundle: bytes, edith: User, emile: User) -> None:
    import_bundle(actor=edith, content=bundle, consent=trusting(bundle))
    publish_form(actor=emile, key="frcp_sein")
    origin = origin_of(FormDefinition.objects.get().pk)
    assert origin is not None
    assert (origin.region, origin.source_key) == ("Région de démonstration", "frcp_sein")
    draft = blocks.whole(read(bundle).bundle.draft)
    draft["sections"][0]["title"] = "Autre titre"
    for actor in (edith, emile, None):
        with pytest.raises(PermissionDenied, match="appartient à « Région de démonstration »"):
            save_draft(actor=actor, key="frcp_sein", document_type="frcp", title="FRCP du sein", draft=draft)
    copy = duplicate_form(actor=edith, key="frcp_sein", title="Le nôtre")
    save_draft(actor=edith, key=copy.key, document_type="frcp", title="Le nôtre", draft=draft)
    assert publish_form(actor=emile, key=copy.key).schema.sections[0].title == "Autre titre"
    assert origin_of(copy.pk) is None


def test_a_block_of_another_region_is_changed_there(bundle: bytes, edith: User) -> None:
    import_bundle(actor=edith, content=bundle, consent=trusting(bundle))
    [name] = read(bundle).bundle.blocks
    with pytest.raises(PermissionDenied, match="détacher"):
        blocks.change_block(actor=edith, key=blocks.reference_of(name).key, section={"title": "X"})


def test_under_another_key(bundle: bytes) -> None:
    publish(full_draft())
    consent = trusting(bundle, key="frcp_la_bas")
    report = publish_imported(import_bundle(actor=None, content=bundle, consent=consent))
    assert (report.form_key, report.published, report.same_hash) == ("frcp_la_bas", 1, False)
    assert not import_bundle(actor=None, content=bundle, consent=consent).changes

    with pytest.raises(BundleRefused, match="Minuscules sans accent"):
        import_bundle(actor=None, content=bundle, consent=trusting(bundle, key="Pas une clé"))


def test_a_red_gate_leaves_a_draft(bundle: bytes) -> None:
    add_gate_check("test.red", lambda schema: [Finding("test.red", "error", "Le document d'essai ne passe pas", source="test")])
    try:
        report = publish_imported(import_bundle(actor=None, content=bundle, consent=trusting(bundle)))
    finally:
        remove_gate_check("test.red")
    assert (report.published, report.problems) == (None, ("Le document d'essai ne passe pas",))
    assert not FormVersion.objects.exists()
    assert FormDefinition.objects.get().latest_revision is not None


JSON_LEAVES = st.one_of(STRINGS, TEXTS, st.booleans(), st.integers(-(10**9), 10**9), st.none())
JSON = st.recursive(
    JSON_LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(STRINGS, inner, max_size=4), max_leaves=20
)


@given(data=JSON)
@settings(max_examples=60, derandomize=True)
def test_any_data_survives_yaml(data: Any) -> None:
    written = readable.dump(data)
    assert readable.load(written, "x") == data
    assert readable.dump(readable.load(written, "x")) == written


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """Drafts with sections in any order, any words, regional questions of any type."""
    sections = [
        {
            "key": f"s{n}",
            "title": draw(STRINGS.filter(str.strip)),
            "help": draw(TEXTS),
            "questions": [
                {
                    "key": f"regional.q{n}_{m}",
                    "label": draw(STRINGS.filter(str.strip)),
                    "datatype": draw(st.sampled_from(["string", "text", "boolean", "integer", "date"])),
                    "placeholder": draw(STRINGS),
                    "width": draw(st.sampled_from(["half", "third"])),
                }
                for m in range(draw(st.integers(1, 3)))
            ],
        }
        for n in range(draw(st.integers(1, 4)))
    ]
    return {"volet": "frcp", "volet_version": "2025.01", "sections": sections}


@given(draft=drafts(), text=TEXTS)
@settings(max_examples=30, derandomize=True)
def test_any_draft_survives_a_bundle(draft: dict[str, Any], text: str) -> None:
    facts = dict.fromkeys(("key", "title", "document_type", "volet", "volet_version"), "x")
    facts |= dict.fromkeys(("sha256", "content"), "0" * 64)
    bundle = contents.Bundle(facts, draft, text=text, former=("a",), national={"jdv": "1"})
    written = contents.write(bundle, region="Ici", product="1")
    assert contents.read(written).bundle == bundle
    assert contents.write(bundle, region="Ici", product="1") == written
