"""Imports in the admin: what is read, the report, who may, what confirming does."""

from __future__ import annotations

import io
import zipfile
from contextlib import nullcontext
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from dcc.audit import api as audit
from forms_config.lists.impact import outdated, touched_forms
from forms_config.models import FormDefinition
from forms_config.rights import RIGHTS, Content, Deed
from forms_config.services import ensure_default_forms
from forms_config.terminology import staging
from forms_config.terminology.api import concepts, current_version, load_shipped, lookup, search
from forms_config.terminology.concept import ValueSetData, ValueSetError
from forms_config.terminology.models import StagedImport, ValueSet, ValueSetVersion
from forms_config.terminology.spreadsheets import read_csv, write_csv
from forms_config.terminology.uploads import read_upload

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
PHASE = "jdv-phase-cancer-cisis"
PHASE_OID = "1.2.250.1.213.1.1.4.2.281.13"
SYSTEM = "1.2.250.1.213.1.1.4.322"
DAY = date(2030, 1, 1)
TODAY = timezone.localdate()


def svs(*pairs: tuple[str, str], revision: str = "2030-01-01", oid: str = PHASE_OID) -> bytes:
    rows = "".join(f'<Concept code="{code}" codeSystem="{SYSTEM}" displayName="{label}"/>' for code, label in pairs)
    return (
        f'<RetrieveValueSetResponse xmlns="urn:ihe:iti:svs:2008"><ValueSet id="{oid}" displayName="x" '
        f'revisionDate="{revision}T00:00:00"><ConceptList>{rows}</ConceptList></ValueSet></RetrieveValueSetResponse>'
    ).encode()


def packed(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


NEWER = svs(("MED-268", "Phase initiale"), ("MED-900", "Phase intermédiaire"))
ORGANS = "code;libelle;synonymes\nSD;Sein droit;mamelle|sein D\nSG;Sein gauche;\n"


def only(name: str, content: bytes) -> ValueSetData:
    (found,) = read_upload(name, content, revision=DAY)
    assert isinstance(found, ValueSetData)
    return found


@pytest.mark.parametrize(
    "content",
    [
        ORGANS.encode(),
        ORGANS.encode("utf-8-sig"),
        ORGANS.replace(";", ",").encode(),
        ORGANS.replace(";", "\t").replace("\n", "\r\n").encode(),
        b"\n".join([*ORGANS.encode().splitlines(), b"", b";;"]),
        ORGANS.replace("code;libelle", "Code;Display").encode(),
    ],
    ids=["utf-8", "bom", "commas", "tabs", "blank lines", "official names"],
)
def test_spreadsheets(content: bytes) -> None:
    data = only("Organes du sein.csv", content)
    assert [(c.code, c.label, c.system, c.synonyms) for c in data.concepts] == [
        ("SD", "Sein droit", "regional", ("mamelle", "sein D")),
        ("SG", "Sein gauche", "regional", ()),
    ]
    assert (data.name, data.title, data.revision) == ("organes-du-sein", "Organes du sein", DAY)


def test_windows_spreadsheets() -> None:
    data = only("x.csv", "code;libelle;valide_du;valide_au\nA;Œsophage à l’examen;01/02/2026;2026-12-31\n".encode("cp1252"))
    assert [(c.label, c.valid_from, c.valid_to) for c in data.concepts] == [
        ("Œsophage à l’examen", date(2026, 2, 1), date(2026, 12, 31))
    ]


def test_a_spreadsheet_reads_back() -> None:
    data = only("x.csv", ORGANS.encode())
    assert read_csv(write_csv(data.concepts).encode(), "x.csv") == data.concepts


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", b"", "premi.re ligne"),
        ("x.csv", b"code;autre\nA;B\n", "« libelle »"),
        ("x.csv", b"code;code;libelle\nA;B;C\n", "« code »"),
        ("x.csv", b"code;libelle\n", "0 codes"),
        ("x.csv", b"code;libelle\nA;un\nA;deux\n", "en double .A."),
        ("x.csv", b"code;libelle\nA;un\n;deux\n", "ligne 3 : code ou libell"),
        ("x.csv", b"code;libelle\nA;u\x07n\n", "ligne 2 : Caract.re non imprimable"),
        ("x.csv", b"code;libelle;valide_au\nA;un;demain\n", "ligne 2 : date illisible"),
        ("x.csv", b"code;libelle\nA|B;un\n", "ne s'.crit"),
        ("x.csv", b"code;libelle\n" + b"A" * 61 + b";un\n", "60 caract"),
        ("x.csv", b"code;libelle\nA;" + b"u" * 501 + b"\n", "trop long"),
        ("x.csv", b'code;libelle\nA;"un\n', "ligne"),
        ("x.csv", "code;libelle\nA;un\n".encode("utf-16"), "encodage inconnu"),
        ("x.xml", b"<a/>", "pas un jeu de valeurs"),
        ("x.xml", b"<a", "mal form"),
        ("x.xml", b"<!DOCTYPE a><a/>", "DOCTYPE"),
        ("x.xml", '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "DOCTYPE"),
        ("x.zip", b"PK\x03\x04rien", "ZIP illisible"),
        ("x.zip", packed(("lisezmoi.txt", b"x"), ("_index.csv", b"x")), "aucun fichier"),
        ("x.zip", packed(*((f"{n}.csv", b"") for n in range(501))), "plus de 500"),
        ("x.zip", packed(*((f"{n}.csv", b"0" * 19_000_000) for n in range(4))), "trop grande"),
        ("x.csv", b"0" * (20 * 1024 * 1024 + 1), "plus de 20 Mo"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_files_that_are_refused(name: str, content: bytes, message: str) -> None:
    with pytest.raises(ValueSetError, match=message):
        read_upload(name, content, revision=DAY)


def test_one_bad_file_of_an_archive_does_not_hide_the_others() -> None:
    members = (("../../a.csv", ORGANS.encode()), ("b.csv", b"x"), ("c.xml", NEWER), ("__MACOSX/c.xml", b"x"))
    found = read_upload("lot.zip", packed(*members), revision=DAY)
    assert [one.name if isinstance(one, ValueSetData) else "error" for one in found] == ["a", "error", "c"]
    (refused,) = read_upload("lot.zip", packed(("a.csv", ORGANS.encode()), method=zipfile.ZIP_LZMA), revision=DAY)
    assert "compression inconnue" in str(refused)


def stage(actor: User, content: bytes, name: str = "x.xml", **options: Any) -> Any:
    found = read_upload(name, content, revision=TODAY)
    return staging.stage(actor=actor, found=found, effective_from=TODAY, **options)


def test_nothing_changes_before_it_is_confirmed(adrien: User) -> None:
    load_shipped()
    pinned = current_version(PHASE)
    staged_id = stage(adrien, NEWER)
    assert current_version(PHASE) == pinned
    (one,) = staging.staged(adrien, staged_id).lists
    assert (one.status, one.data.official) == ("updated", True)
    assert [c.code for c in one.comparison.added] == ["MED-900"]
    assert [c.code for c in one.comparison.retired] == ["MED-244"]
    assert [(a.label, b.label) for a, b in one.comparison.relabelled] == [("Phase initiale du cancer", "Phase initiale")]
    (change,) = staging.confirm(actor=adrien, staged_id=staged_id)
    assert current_version(PHASE) == change.version
    assert not StagedImport.objects.exists()
    assert ValueSetVersion.objects.get(value_set__name=PHASE, effective_to=None).imported_by == adrien
    trace = next(iter(audit.traces(subject=f"value_set:{PHASE}")))
    assert (trace.action, trace.actor_id) == ("terminology.imported", adrien.pk)


def test_a_version_to_come(adrien: User) -> None:
    load_shipped()
    found = read_upload("x.xml", NEWER, revision=TODAY)
    staged_id = staging.stage(actor=adrien, found=found, effective_from=TODAY + timedelta(days=10))
    pinned = current_version(PHASE)
    (change,) = staging.confirm(actor=adrien, staged_id=staged_id)
    assert current_version(PHASE) == pinned
    assert current_version(PHASE, at=TODAY + timedelta(days=10)) == change.version


@pytest.mark.parametrize(
    ("content", "status"),
    [(NEWER, "updated"), (svs(("MED-268", "x"), revision="2001-01-01"), "older"), (b"", "unchanged")],
    ids=["updated", "older", "unchanged"],
)
def test_status_is_what_confirming_does(adrien: User, content: bytes, status: str) -> None:
    load_shipped()
    same = svs(*((c.code, c.label) for c in concepts(PHASE)), revision="2031-01-01")
    staged_id = stage(adrien, content or same)
    (one,) = staging.staged(adrien, staged_id).lists
    assert one.status == status
    assert [c.status for c in staging.confirm(actor=adrien, staged_id=staged_id)] == ([status] if one.is_stored else [])


def test_a_list_that_changed_meanwhile_is_not_overwritten(adrien: User) -> None:
    load_shipped()
    first, second = stage(adrien, NEWER), stage(adrien, svs(("MED-1", "Un")))
    staging.confirm(actor=adrien, staged_id=first)
    with pytest.raises(ValueSetError, match="a changé depuis le rapport"):
        staging.confirm(actor=adrien, staged_id=second)
    assert lookup(PHASE, "MED-1") is None


def test_an_editor_leaves_national_lists_alone(edith: User) -> None:
    load_shipped()
    with pytest.raises(ValueSetError, match="un administrateur l'importe"):
        stage(edith, NEWER)
    with pytest.raises(ValueSetError, match="un administrateur l'importe"):
        stage(edith, b"code;libelle\nT1;T1\n", "tnm-t.csv")


def test_a_regional_list_is_created_then_changed(edith: User) -> None:
    with pytest.raises(ValueSetError, match="raison d'être"):
        stage(edith, ORGANS.encode(), "organes.csv")
    staging.confirm(actor=edith, staged_id=stage(edith, ORGANS.encode(), "organes.csv", reason="Côtés du sein, RCP de sénologie"))
    row = ValueSet.objects.get(name="organes")
    assert (row.official, row.reason, row.oid) == (False, "Côtés du sein, RCP de sénologie", "")
    assert [c.code for c in search("organes", "mamelle")] == ["SD"]
    for text in (ORGANS + "SB;Les deux seins;\n", ORGANS):  # back to what it was, the same day
        staging.confirm(actor=edith, staged_id=stage(edith, text.encode(), "organes.csv"))
    assert [c.code for c in concepts("organes")] == ["SD", "SG"]
    assert ValueSetVersion.objects.filter(value_set=row).count() == 3


def test_only_an_administrator_makes_a_national_list(edith: User, adrien: User) -> None:
    with pytest.raises(PermissionDenied):
        stage(edith, svs(("A", "Un"), oid="1.2.3"), "jdv-nouvelle.xml", national=True)
    staging.confirm(actor=adrien, staged_id=stage(adrien, svs(("A", "Un"), oid="1.2.3"), "jdv-nouvelle.xml", national=True))
    assert ValueSet.objects.get(name="jdv-nouvelle").official
    with pytest.raises(ValueSetError, match="un administrateur l'importe"):
        stage(edith, svs(("A", "Deux"), oid="1.2.3"), "autre-nom.xml")


def test_imports_are_kept_a_day_for_one_person(adrien: User, edith: User) -> None:
    staged_id = stage(adrien, NEWER)
    with pytest.raises(LookupError, match="n'attend plus"):
        staging.staged(edith, staged_id)
    with pytest.raises(LookupError):
        staging.confirm(actor=edith, staged_id=staged_id)
    staging.cancel(actor=edith, staged_id=staged_id)
    assert StagedImport.objects.count() == 1
    StagedImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    stage(edith, ORGANS.encode(), "organes.csv", reason="Essai")
    assert StagedImport.objects.count() == 1


@pytest.fixture
def published() -> None:
    load_shipped()
    ensure_default_forms("frcp")


def draft_with(**changes: Any) -> FormDefinition:
    """A draft of the standard form in which the question of the phase is changed."""
    definition = FormDefinition.objects.get()
    for section in definition.draft["sections"]:
        for question in section["questions"]:
            for one in (question, *question.get("columns", ())):
                if one.get("values") == PHASE:
                    one.update(changes)
    definition.save_revision()
    return definition


def test_forms_that_a_change_touches(published: None) -> None:
    retired = [c for c in concepts(PHASE) if c.code == "MED-244"]
    (form,) = touched_forms(PHASE, retired)
    assert (form.state, form.breaks) == ("en service, version 1", ())
    draft_with(choices=[{"code": "MED-244"}, {"code": "MED-268"}], default="MED-244")
    _live, draft = touched_forms(PHASE, retired)
    assert draft.state == "brouillon"
    assert [line.partition("»")[2] for line in draft.breaks] == [
        " propose « Rechute du cancer » (MED-244)",
        " a pour valeur par défaut « Rechute du cancer » (MED-244)",
    ]
    assert touched_forms("organes", retired) == []


def test_forms_pinned_to_former_lists_are_outdated(published: None, adrien: User) -> None:
    assert outdated() == []
    staging.confirm(actor=adrien, staged_id=stage(adrien, NEWER))
    (form,) = outdated()
    assert (form.key, form.number, [(one.name, len(one.comparison.retired), one.breaks) for one in form.lists]) == (
        "frcp_standard",
        1,
        [(PHASE, 1, ())],
    )
    call_command("setup_configuration")
    assert outdated() == []


PEOPLE = {
    "alice": "medecin",
    "bob": "medecin",
    "charlie": "medecin",
    "sonia": "assistant",
    "lea": "lecteur",
    "edith": "editeur",
    "emile": "editeur",
    "adrien": "administrateur",
}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("content", [Content.NATIONAL_LIST, Content.REGIONAL_LIST])
def test_every_cell_of_the_table(request: pytest.FixtureRequest, emile: User, who: str, content: Content) -> None:
    """Emile created the regional list: he, a colleague, a stranger and an administrator change it, or the national one."""
    load_shipped()
    staging.confirm(actor=emile, staged_id=stage(emile, ORGANS.encode(), "organes.csv", reason="Essai"))
    actor = request.getfixturevalue(who)
    name, file = (
        (PHASE, (NEWER, "x.xml")) if content is Content.NATIONAL_LIST else ("organes", (b"code;libelle\nX;Y\n", "organes.csv"))
    )
    before = current_version(name)
    allowed = RIGHTS[content, Deed.EDIT, PEOPLE[who]]
    with nullcontext() if allowed else pytest.raises((PermissionDenied, ValueSetError)):
        staging.confirm(actor=actor, staged_id=stage(actor, *file))
    assert (current_version(name) != before) is allowed
    row = ValueSet.objects.get(name=name)
    assert staging.may_edit_rows(actor, row) is (content is Content.REGIONAL_LIST and allowed)
