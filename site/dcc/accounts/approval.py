"""Four eyes: whoever wrote a draft neither approves nor publishes it. For forms, and for any other text that is edited as drafts.

The rule sits in ``publish()`` of the models (:func:`check_other_person`), where every path ends. It holds for superusers too. The
platform itself (no user) publishes what it ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState

if TYPE_CHECKING:
    from uuid import UUID

    from dcc.accounts.models import User

BOOKKEEPING = frozenset(
    {
        "pk", "id", "live", "has_unpublished_changes", "first_published_at", "last_published_at", "live_revision",
        "latest_revision", "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by",
    }
)  # fmt: skip
"""What Wagtail keeps of the life of an object beside its content; changing it makes nobody an author."""


class OwnChange(PermissionDenied):
    """Who asks is an author of the draft; the message is French."""


def authors(revision: Revision) -> frozenset[UUID]:
    """Ids of the people whose changes are in a revision and not in what is live.

    A revision that says the same as the one before it (pressing « enregistrer » to approve) makes nobody an author.
    """
    live = revision.content_object.live_revision
    rows = Revision.objects.filter(base_content_type_id=revision.base_content_type_id, object_id=revision.object_id)
    rows = rows.filter(created_at__lte=revision.created_at).order_by("created_at", "pk")
    if live is not None:
        rows = rows.filter(created_at__gt=live.created_at)
    before = _authored(live.content) if live is not None else None
    found = set()
    for row in rows:
        after = _authored(row.content)
        if after != before and row.user_id is not None:
            found.add(row.user_id)
        before = after
    return frozenset(found)


def _authored(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in BOOKKEEPING}


def is_author(user: User, subject: Any) -> bool:
    """Whether a person has changes in the latest draft of an object with revisions."""
    latest = subject.get_latest_revision()
    return latest is not None and user.pk in authors(latest)


def check_other_person(revision: Revision, user: User | None) -> None:
    """Raises :class:`OwnChange` when ``user`` is an author of the revision about to be published."""
    if user is not None and user.pk in authors(revision):
        raise OwnChange(_("Ce brouillon contient vos modifications : une autre personne doit l'approuver"))


class KeptRevisions:
    """A model with drafts whose revisions stay as they were once published, scheduled or submitted.

    Wagtail's automatic saving writes over the reviser's last revision; over one that somebody approved it would slip a change
    past them. Comes before Wagtail's mixins.
    """

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **options: Any) -> Revision:
        """As Wagtail's, on a new revision when the one to be written over is no longer only its author's."""
        if overwrite_revision is not None and self._is_kept(overwrite_revision):
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **options)  # type: ignore[misc]  # Wagtail's

    def _is_kept(self, revision: Revision) -> bool:
        live_id: int | None = getattr(self, "live_revision_id", None)
        scheduled = revision.approved_go_live_at is not None
        return revision.pk == live_id or scheduled or TaskState.objects.filter(revision_id=revision.pk).exists()
