"""« Mes engagements », copies, proofs; the room in the admin: forecast, four eyes, conventions and their scans, reminders."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.approval import OwnChange
from dcc.accounts.models import Facility, User
from dcc.accounts.sessions import Level
from dcc.audit import api as audit
from dcc.trust import scans
from dcc.trust.api import publish_default_terms, record_convention, renewals
from dcc.trust.checks import check_terms
from dcc.trust.due import PARIS, Reason
from dcc.trust.forecast import forecast
from dcc.trust.models import Acceptance, Amendment, Convention, TermsSet, TermsSettings, TermsVersion
from dcc.trust.renewals import thresholds
from dcc.trust.standing import asked_of
from dcc.trust.terms import accept_terms
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db

# Of the room's own pages: a physician, a stranger, an editor, an administrator, who answers for accesses.
PAGES = """
         alice charlie edith adrien rachel
mine     200   200     200   200    200
ask      200   200     200   200    200
dialog   200   200     200   200    200
version  200   200     200   200    200
copy     200   404     404   404    404
export   403   403     403   200    200
"""


def cells() -> list[tuple[str, str, int]]:
    header, *lines = (line.split() for line in PAGES.strip().splitlines())
    return [(name, who, int(cell)) for name, *row in lines for who, cell in zip(header, row, strict=True)]


def accept(user: User, version: TermsVersion) -> Acceptance:
    return accept_terms(actor=user, version_id=version.pk, sha256=version.sha256, level=Level.PSC)


@pytest.fixture
def kept(alice: User, terms: TermsVersion) -> Acceptance:
    """What alice accepted; the terms she is asked besides."""
    acceptance = accept(alice, terms)
    other = TermsSet(key="enrs", title="Portail ENRS", body="Règles du portail.", live=False)
    other.save()
    other.publish(other.save_revision(), skip_permission_checks=True)
    return acceptance


@pytest.mark.parametrize(("name", "who", "status"), cells())
def test_who_sees_what(name: str, who: str, status: int, visit: Visit, kept: Acceptance, request: pytest.FixtureRequest) -> None:
    arguments = {"version": [kept.version_id], "copy": [kept.pk]}
    response = visit(request.getfixturevalue(who)).get(reverse(f"trust:{name}", args=arguments.get(name, [])))
    assert response.status_code == status


def test_nobody_is_sent_to_sign_in(kept: Acceptance) -> None:
    for name in ("mine", "ask", "export"):
        assert Client().get(reverse(f"trust:{name}"))["Location"].startswith(reverse("accounts:login"))


def test_my_commitments(visit: Visit, alice: User, kept: Acceptance, facility: Facility) -> None:
    page = visit(alice).get(reverse("trust:mine")).content.decode()
    assert "Pro Santé Connect" in page
    assert facility.name in page
    assert "Absente" in page
    assert "Aucune convention en cours de l&#x27;établissement" in page
    facility.legal_finess = "490000999"
    facility.save()
    record_convention(actor=None, facility=facility, signed_on=timezone.localdate(), clause_version="1")
    page = visit(alice).get(reverse("trust:mine")).content.decode()
    assert "Présente" in page
    assert f"Convention signée par {facility.name}" in page


def test_the_copy_says_who_accepted_what_and_how(visit: Visit, alice: User, kept: Acceptance) -> None:
    response = visit(alice).get(reverse("trust:copy", args=[kept.pk]))
    assert response["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(response.content) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    plain = "".join(text.split())
    for words in ("DR Alice MARTIN", "810000000001", "Pro Santé Connect", kept.sha256, "Clause de confiance"):
        assert "".join(words.split()) in plain


def test_proofs_are_a_table_without_formulas(visit: Visit, rachel: User, alice: User, terms: TermsVersion) -> None:
    alice.practitioner = None
    alice.first_name, alice.last_name = "=HYPERLINK(1)", "X"
    alice.save()
    accept(alice, terms)
    response = visit(rachel).get(reverse("trust:export"))
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming response
    header, row = csv.reader(io.StringIO(content), delimiter=";")
    told = dict(zip(header, row, strict=True))
    assert told["personne"] == "'=HYPERLINK(1) X"
    assert (told["empreinte SHA-256"], told["moyen de connexion"], told["compte"]) == (terms.sha256, "psc", "alice")
    assert audit.traces(subject="terms:proofs", actor_id=rachel.pk)[0].facts == {"rows": 1}


# Before publishing ------------------------------------------------------------------------------------------------------------


def draft(body: str, actor: User | None = None, **fields: Any) -> TermsSet:
    """A draft of the terms of the platform."""
    terms = TermsSet.objects.get(key="dcc")
    latest = terms.get_latest_revision_as_object()
    latest.body = body
    for name, value in fields.items():
        setattr(latest, name, value)
    latest.save_revision(user=actor)
    return TermsSet.objects.get(key="dcc")


def test_the_forecast_says_who_is_asked_and_when(alice: User, sonia: User, rachel: User, terms: TermsVersion) -> None:
    accept(alice, terms)
    start = timezone.localdate() + timedelta(days=40)
    found = forecast(draft("Autres mots.", effective_on=start))
    midnight = datetime.combine(start, datetime.min.time(), PARIS)
    told = {line.username: (line.reason, line.since) for line in found.asked}
    assert told == {
        "alice": (Reason.VERSION, midnight),
        "sonia": (Reason.FIRST, midnight),
        "rachel": (Reason.FIRST, midnight),
    }
    assert dict(found.by_role)["Médecin"] == 1
    assert dict(found.by_place) == {"Centre hospitalier de Démonstration": 2, "région": 1}
    assert not found.same_words
    same = forecast(draft(terms.body, roles=["medecin"], effective_on=None))
    assert same.same_words
    assert [line.username for line in same.lines] == ["alice"]
    assert not same.asked


def test_the_forecast_comes_true(alice: User, sonia: User, terms: TermsVersion) -> None:
    accept(alice, terms)
    start = timezone.localdate() + timedelta(days=40)
    edited = draft("Autres mots.", effective_on=start)
    expected = forecast(edited)
    edited.publish(edited.get_latest_revision(), skip_permission_checks=True)
    before = expected.starts - timedelta(seconds=1)
    assert not asked_of(alice, at=before)
    for line in expected.asked:
        person = User.objects.get(username=line.username)
        (asked,) = asked_of(person, at=expected.starts)
        assert (asked.standing.reason, asked.version.number) == (line.reason, 2)


def test_terms_take_two_people(edith: User, emile: User, lea: User, terms: TermsVersion) -> None:
    edited = draft("Mots d'Édith.", actor=edith)
    revision = edited.get_latest_revision()
    for who, error in ((edith, OwnChange), (lea, PermissionDenied)):
        with pytest.raises(error):
            edited.publish(revision, user=who, skip_permission_checks=True)
    edited.publish(revision, user=emile, skip_permission_checks=True)
    latest = TermsVersion.objects.latest("number")
    assert (latest.body, latest.published_by) == ("Mots d'Édith.", emile)


def test_the_admin_shows_the_forecast(visit: Visit, edith: User, alice: User, terms: TermsVersion) -> None:
    url = reverse("commitments:forecast", args=[terms.terms_id])
    accept(edith, terms)
    accept(alice, terms)
    draft("Autres mots.")
    page = visit(edith).get(url).content.decode()
    assert "Personnes sollicitées : 2" in page
    assert "alice" in page
    assert visit(alice).get(url).status_code in (302, 403), "the admin is not hers"


def test_withdrawn_terms_ask_nobody(visit: Visit, alice: User, terms: TermsVersion) -> None:
    client = visit(alice)
    assert client.get(reverse("web:worklist")).status_code == 302
    live = TermsSet.objects.get(key="dcc")
    with pytest.raises(PermissionDenied):
        live.unpublish(user=alice)
    live.unpublish()
    assert client.get(reverse("web:worklist")).status_code == 200


# Conventions ------------------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TYPED = {
    "kind": "es_dsrc", "party": "CH de Démonstration", "legal_finess": "490000999", "signed_on": "2026-02-01",
    "valid_from": "2026-03-01", "has_clause": "on",
    "amendments-TOTAL_FORMS": "0", "amendments-INITIAL_FORMS": "0", "amendments-MIN_NUM_FORMS": "0",
    "amendments-MAX_NUM_FORMS": "9",
}  # fmt: skip
PROBLEMS = [
    ({"legal_finess": ""}, None, "l&#x27;entité juridique qui signe"),
    ({"kind": "dsrc_dsrc", "legal_finess": ""}, None, "l&#x27;autre DSRC"),
    ({"valid_to": "2026-02-28"}, None, "Avant le premier jour"),
    ({"legal_finess": "49"}, None, "neuf caractères"),
    ({}, b"PK\x03\x04 not a PDF", "n&#x27;est pas un PDF"),
    ({}, b"%PDF-1.7 cut", "n&#x27;est pas un PDF entier"),
]


def address(view: str, *args: Any) -> str:
    return reverse(Convention.snippet_viewset.get_url_name(view), args=args)


@pytest.fixture
def managed(visit: Visit, adrien: User) -> Client:
    """The administrator's browser, with the permissions of the groups."""
    group = Group.objects.get(name="Administrateurs")
    group.permissions.add(*Permission.objects.filter(codename__in=("view_convention", "add_convention", "change_convention")))
    return visit(adrien)


@pytest.mark.parametrize(("typed", "scan", "words"), PROBLEMS)
def test_what_is_wrong_with_a_convention_is_said(typed: dict[str, str], scan: bytes | None, words: str, managed: Client) -> None:
    files = {"scan": SimpleUploadedFile("x.pdf", scan)} if scan else {}
    page = managed.post(address("add"), {**TYPED, **typed, **files})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Convention.objects.exists()


def test_a_convention_is_recorded_with_its_scan_amended_and_journaled(
    managed: Client, adrien: User, visit: Visit, edith: User
) -> None:
    assert managed.post(address("add"), {**TYPED, "scan": SimpleUploadedFile("../../x.pdf", PDF)}).status_code == 302
    convention = Convention.objects.get()
    assert scans.read(convention) == PDF
    assert convention.scan.name.startswith("signees/")
    amended = {
        **TYPED, "amendments-TOTAL_FORMS": "1", "amendments-0-signed_on": "2026-05-01", "amendments-0-effective_on": "2026-06-01",
        "amendments-0-has_clause": "on", "amendments-0-clause_version": "2",
    }  # fmt: skip
    assert managed.post(address("edit", convention.pk), amended).status_code == 302
    assert Amendment.objects.get().clause_version == "2"
    convention.refresh_from_db()
    assert scans.read(convention) == PDF, "no new file: the scan stays"
    traces = audit.traces(subject=f"convention:{convention.pk}")
    told = [(t.action, t.actor_id, t.facts["amendments"]) for t in traces if t.action.startswith("convention.")]
    by_wagtail = [t.action for t in traces if not t.action.startswith("convention.")]
    assert by_wagtail == ["configuration.edited", "configuration.created"], "each line of its own history too"
    assert told == [("convention.changed", adrien.pk, 1), ("convention.created", adrien.pk, 0)]
    scan = reverse("commitments:scan", args=[convention.pk])
    assert managed.get(scan).content == PDF
    assert visit(edith).get(scan).status_code in (302, 403)
    convention.scan.storage.delete(convention.scan.name)
    convention.scan.storage.save(convention.scan.name, SimpleUploadedFile("x", b"%PDF- other"))
    assert managed.get(scan).status_code == 302, "other bytes are not shown"


def test_a_convention_is_never_deleted(managed: Client, facility: Facility) -> None:
    facility.legal_finess = "490000999"
    convention = record_convention(actor=None, facility=facility, signed_on=date(2026, 1, 1), clause_version="1")
    assert managed.post(address("delete", convention.pk)).status_code in (302, 403)
    assert Convention.objects.filter(pk=convention.pk).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Convention.objects.filter(pk=convention.pk)._raw_delete("default")


REMINDERS = [(91, None), (90, 1), (31, 1), (30, 2), (1, 2), (0, 3), (-1, 3), (-30, 3), (-31, None)]


@pytest.mark.parametrize(("left", "stage"), REMINDERS)
def test_reminders(left: int, stage: int | None) -> None:
    end = date(2026, 12, 31)
    told = {"kind": "es_dsrc", "party": "CH", "legal_finess": "490000999", "scan": "signees/x.pdf", "signed_on": date(2026, 1, 1)}
    convention = Convention.objects.create(**told, valid_from=date(2026, 1, 1), valid_to=end)
    today = end - timedelta(days=left)
    assert [(one.days, one.stage) for one in renewals(today)] == ([(left, stage)] if stage else [])
    Convention.objects.create(**told, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31))
    assert not renewals(today), "renewed"
    assert convention.pk


def test_reminders_are_set_by_the_region() -> None:
    assert list(thresholds("90, 30;0, x")) == [90, 30, 0]
    TermsSettings.objects.create(renewal_days="10")
    Convention.objects.create(
        party="CH", legal_finess="490000999", valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), signed_on=date(2026, 1, 1)
    )
    assert [(one.without_scan, one.days) for one in renewals(date(2026, 12, 1))] == [(True, None)]
    assert [(one.without_scan, one.days) for one in renewals(date(2026, 12, 21))] == [(True, 10)]


def test_the_system_warns_as_long_as_nothing_is_published() -> None:
    assert [message.id for message in check_terms(databases=["default"])] == ["trust.W001"]
    publish_default_terms()
    assert check_terms(databases=["default"]) == []
    assert check_terms() == []
