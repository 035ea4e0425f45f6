"""Side-effect sheets (R-094, R-095): PDF given to patients, by subject and language, each version kept as it was.

A sheet is a Wagtail document by its base (storage, hash, collection) but not the document model of Wagtail's own screens, which
replace a file in place: here a new file is a new version, and the former one is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from uuid import UUID

import pypdfium2
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Collection

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.pdfium import opened
from forms_config.favourites.models import Favourite, SheetLanguage, SideEffectSheet
from forms_config.schema.texts import clean_string


class SheetRefused(ValueError):
    """A sheet cannot be kept so; the message is French."""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """A sheet as it comes in."""

    subject: str
    language: str
    version: str
    review_on: date
    title: str
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it is proposed; ``past_review`` when nobody looked at it again in time."""

    sheet_id: UUID
    subject: str
    title: str
    language: str
    version: str
    review_on: date
    past_review: bool

    @property
    def label(self) -> str:
        """« FEC 100 (français, version 2026-03) »."""
        return _("%(title)s (%(language)s, version %(version)s)") % {
            "title": self.title, "language": self.language, "version": self.version,
        }  # fmt: skip


@transaction.atomic
def save_sheet(*, actor: accounts.User, sheet: SheetContent) -> UUID:
    """Keep a sheet; the version in force of the same subject and language is withdrawn. Answers its id.

    Raises ``PermissionDenied`` and :class:`SheetRefused` (type, size, missing words, a version that exists).
    """
    _require(actor)
    check_pdf(sheet.content)
    try:
        subject, version, title = (clean_string(text) or "" for text in (sheet.subject, sheet.version, sheet.title))
    except ValueError as error:
        raise SheetRefused(str(error)) from None
    if not subject or not version or sheet.language not in SheetLanguage.values:
        raise SheetRefused(_("Une fiche a un sujet, une langue et une version"))
    kept = SideEffectSheet(
        subject=subject[:120],
        language=sheet.language,
        version=version[:30],
        review_on=sheet.review_on,
        title=(title or subject)[:200],
        uploaded_by_user=actor,
        file_size=len(sheet.content),
        collection=Collection.get_first_root_node() or Collection.add_root(name="Root"),
    )
    former = SideEffectSheet.objects.select_for_update().filter(subject=kept.subject, language=kept.language, withdrawn_at=None)
    former.update(withdrawn_at=timezone.now())
    name = PurePath(sheet.filename.replace("\\", "/")).name[:100] or "fiche.pdf"
    kept.file.save(name, ContentFile(sheet.content), save=False)
    kept._set_file_hash()
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except IntegrityError:
        kept.file.storage.delete(kept.file.name)
        raise SheetRefused(_("Cette version de la fiche existe déjà : donner un autre numéro de version")) from None
    audit.record(actor=actor, action="sheet.saved", subject=f"sheet:{kept.pk}", digest=kept.file_hash)
    sheet_id: UUID = kept.pk
    return sheet_id


def check_pdf(content: bytes) -> None:
    """Raise :class:`SheetRefused` unless the content is a PDF that opens, without password, of the size of an attachment."""
    limit = settings.DCC_ATTACHMENT_LIMIT
    if len(content) > limit:
        raise SheetRefused(_("Fichier trop lourd : %(n)d Mo au plus") % {"n": limit // 1_000_000})
    try:
        if not content.startswith(b"%PDF-"):
            raise ValueError
        with opened(content) as document:
            pages = len(document)
        if not pages:
            raise ValueError
    except (ValueError, pypdfium2.PdfiumError):
        raise SheetRefused(_("Ce fichier n'est pas un PDF lisible sans mot de passe")) from None


@transaction.atomic
def review_sheet(*, actor: accounts.User, sheet_id: UUID, review_on: date) -> None:
    """Say that a sheet was read again, and when it is to be read next. Raises ``PermissionDenied``, ``LookupError``."""
    _require(actor)
    kept = _locked(sheet_id)
    kept.review_on = review_on
    kept.save(update_fields=["review_on"])
    audit.record(actor=actor, action="sheet.reviewed", subject=f"sheet:{kept.pk}", review_on=review_on.isoformat())


@transaction.atomic
def withdraw_sheet(*, actor: accounts.User, sheet_id: UUID) -> None:
    """Propose a sheet no more; documents that it was joined to keep it. Raises ``PermissionDenied``, ``LookupError``."""
    _require(actor)
    kept = _locked(sheet_id)
    kept.withdrawn_at = timezone.now()
    kept.save(update_fields=["withdrawn_at"])
    audit.record(actor=actor, action="sheet.withdrawn", subject=f"sheet:{kept.pk}")


def sheets(*, subject: str = "", text: str = "") -> list[Sheet]:
    """Sheets in force: of a subject, or whose subject or title holds every word of the text."""
    rows = SideEffectSheet.objects.filter(withdrawn_at=None).order_by("subject", "language")
    if subject:
        rows = rows.filter(subject=subject)
    words = text.casefold().split()
    return [shown(row) for row in rows if all(word in f"{row.subject} {row.title}".casefold() for word in words)]


def sheets_of_favourites(favourite_ids: Iterable[UUID]) -> list[Sheet]:
    """Sheets in force on what some favourites are about, for documents that those were inserted in."""
    subjects = set(Favourite.objects.filter(pk__in=list(favourite_ids)).exclude(sheet="").values_list("sheet", flat=True))
    rows = SideEffectSheet.objects.filter(withdrawn_at=None, subject__in=subjects).order_by("subject", "language")
    return [shown(row) for row in rows]


def sheet_subjects() -> list[str]:
    """Subjects that have a sheet in force."""
    return sorted(set(SideEffectSheet.objects.filter(withdrawn_at=None).values_list("subject", flat=True)))


def sheet_file(sheet_id: UUID) -> tuple[Sheet, str, bytes]:
    """A sheet in force, the name of its file and its bytes; raises ``LookupError``."""
    row = SideEffectSheet.objects.filter(pk=sheet_id, withdrawn_at=None).first()
    if row is None:
        raise LookupError(_("Cette fiche n'est plus proposée"))
    with row.open_file() as file:
        content: bytes = file.read()
    return shown(row), PurePath(row.file.name).name, content


def sheets_past_review(at: date | None = None) -> Sequence[Sheet]:
    """Sheets in force that nobody read again in time, oldest first (for the daily digest)."""
    day = at or timezone.localdate()
    return [shown(row) for row in SideEffectSheet.objects.filter(withdrawn_at=None, review_on__lt=day).order_by("review_on")]


def shown(row: SideEffectSheet) -> Sheet:
    """A row as others see it."""
    past = row.review_on < timezone.localdate()
    return Sheet(row.pk, row.subject, row.title, str(row.get_language_display()), row.version, row.review_on, past)


def _require(actor: accounts.User) -> None:
    if not accounts.may(actor, accounts.Action.CONFIGURE_FORMS):
        raise PermissionDenied(_("Seul un éditeur DSRC change les fiches d'effets secondaires"))


def _locked(sheet_id: UUID) -> SideEffectSheet:
    kept: SideEffectSheet | None = SideEffectSheet.objects.select_for_update().filter(pk=sheet_id, withdrawn_at=None).first()
    if kept is None:
        raise LookupError(_("Cette fiche n'est plus proposée"))
    return kept
