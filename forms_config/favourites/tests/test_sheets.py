"""Side-effect sheets: versions, languages, reviews; what is no readable PDF; who may write them."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pikepdf
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from forms_config.favourites.api import (
    SheetContent,
    SheetRefused,
    review_sheet,
    save_sheet,
    sheet_file,
    sheets,
    sheets_past_review,
    withdraw_sheet,
)
from forms_config.favourites.models import SideEffectSheet

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
LATER = date(2030, 1, 1)


@pytest.fixture(autouse=True)
def _in_memory(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


def store(actor: User, pdf: bytes, **changed: Any) -> UUID:
    """A sheet on FOLFOX in French."""
    given = {"subject": "FOLFOX", "language": "fr", "version": "1", "review_on": LATER, "title": "FOLFOX et vous",
             "filename": "folfox.pdf", "content": pdf}  # fmt: skip
    return save_sheet(actor=actor, sheet=SheetContent(**{**given, **changed}))


def test_a_new_version_takes_the_place_of_the_former(edith: User, pdf: bytes) -> None:
    first = store(edith, pdf)
    english = store(edith, pdf, language="en")
    second = store(edith, pdf, version="2 bis, mars")
    assert [(s.sheet_id, s.version) for s in sheets(subject="FOLFOX")] == [(english, "1"), (second, "2 bis, mars")]
    with pytest.raises(LookupError):
        sheet_file(first)
    sheet, name, content = sheet_file(second)
    assert sheet.label == "FOLFOX et vous (français, version 2 bis, mars)"
    assert name.endswith(".pdf")
    assert content == pdf


def test_a_version_exists_once_and_its_file_never_changes(edith: User, pdf: bytes) -> None:
    kept = store(edith, pdf)
    with pytest.raises(SheetRefused, match="existe déjà"):
        store(edith, pdf)
    assert [s.sheet_id for s in sheets()] == [kept], "the version in force is still there"


def locked(pdf: bytes) -> bytes:
    """The same behind a password."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(written, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return written.getvalue()


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda pdf: b"", "PDF lisible"),
        (lambda pdf: b"GIF89a", "PDF lisible"),
        (lambda pdf: b"%PDF-1.7 rien", "PDF lisible"),
        (lambda pdf: b"MZ" + pdf, "PDF lisible"),
        (locked, "PDF lisible sans mot de passe"),
        (lambda pdf: pdf + b" " * settings.DCC_ATTACHMENT_LIMIT, "trop lourd"),
    ],
)
def test_what_is_no_readable_pdf_is_refused(edith: User, pdf: bytes, made: Any, said: str) -> None:
    with pytest.raises(SheetRefused, match=said):
        store(edith, pdf, content=made(pdf))
    assert not SideEffectSheet.objects.exists()


@pytest.mark.parametrize("wrong", [{"subject": " "}, {"version": ""}, {"language": "xx"}])
def test_its_words_are_asked(edith: User, pdf: bytes, wrong: dict[str, str]) -> None:
    with pytest.raises(SheetRefused, match="un sujet, une langue et une version"):
        store(edith, pdf, **wrong)


def test_those_past_their_review_are_told(edith: User, pdf: bytes) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    late = store(edith, pdf, review_on=yesterday)
    store(edith, pdf, subject="FEC")
    assert [(s.sheet_id, s.past_review) for s in sheets_past_review()] == [(late, True)]
    review_sheet(actor=edith, sheet_id=late, review_on=LATER)
    assert sheets_past_review() == []
    assert len(sheets_past_review(LATER + timedelta(days=1))) == 2
    withdraw_sheet(actor=edith, sheet_id=late)
    assert [s.subject for s in sheets()] == ["FEC"]
    with pytest.raises(LookupError):
        review_sheet(actor=edith, sheet_id=late, review_on=LATER)


def test_every_step_is_in_the_journal(edith: User, pdf: bytes) -> None:
    from dcc.audit.models import Entry

    kept = store(edith, pdf)
    review_sheet(actor=edith, sheet_id=kept, review_on=LATER)
    withdraw_sheet(actor=edith, sheet_id=kept)
    actions = Entry.objects.filter(action__startswith="sheet.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["sheet.saved", "sheet.reviewed", "sheet.withdrawn"]


def test_only_editors_write_them(people: dict[str, User], pdf: bytes) -> None:
    kept = store(people["edith"], pdf)
    for name in ("alice", "bob", "sonia", "lea", "charlie", "adrien"):
        for act in (
            lambda user: store(user, pdf, version="9"),
            lambda user: review_sheet(actor=user, sheet_id=kept, review_on=LATER),
            lambda user: withdraw_sheet(actor=user, sheet_id=kept),
        ):
            with pytest.raises(PermissionDenied):
                act(people[name])
