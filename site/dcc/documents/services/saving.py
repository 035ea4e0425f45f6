"""Saving answers: one value at a time, with conflicts shown value by value and nothing overwritten silently (R-025)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from dcc.accounts.api import User
from dcc.documents import access
from dcc.documents.edits import read
from dcc.documents.services.calculating import ORIGIN
from dcc.documents.services.locking import lock_current
from dcc.documents.services.session import Change, Conflict, SaveResult, Session, apply_change, put_row
from dcc.documents.states import FROZEN, after


def refresh_calculations(*, actor: User, document_id: uuid.UUID, action: str) -> None:
    """Bring calculated values to the patient's identity of today, before the step (``action``) that somebody takes.

    When one changed the revision moves on, so that who read the former one is told to read again; he does not become an author.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, action, version)
        if version.status not in FROZEN:
            Session(version, actor, "", ORIGIN, version.revision).store(SaveResult(version.revision), contributes=False)


def save_answers(
    *, actor: User, document_id: uuid.UUID, changes: Sequence[Change], editor: str = "", origin: str = "saisie"
) -> SaveResult:
    """Save values one by one; those that fit are kept whatever the others do.

    ``editor`` names the open page (any text up to 36 characters). Raises :class:`DocumentNotFound`, :class:`ActionForbidden` or
    :class:`ForbiddenTransition`; a value that does not fit its datatype comes back in ``refused``, a value somebody else changed
    since ``base`` in ``conflicts``.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        after(version.status, "save")  # type: ignore[arg-type]  # the database holds only statuses of the table
        since = min((c.base for c in changes), default=version.revision)
        session = Session(version, actor, editor, origin, since)
        result = SaveResult(version.revision)
        for change in changes:
            apply_change(session, change, result)
        session.store(result)
    return result


def add_row(
    *,
    actor: User,
    document_id: uuid.UUID,
    group_key: str,
    values: dict[str, Any] | None = None,
    editor: str = "",
    origin: str = "saisie",
    source: str = "",
) -> SaveResult:
    """Add a row at the end of a group, with the defaults of its columns and ``values``; its id is ``added_rows[group_key]``.

    ``origin`` and ``source`` (« favori », which one) are kept in the provenance of the row and of its values.
    A value that does not fit is refused by itself, as in :func:`save_answers`, whose errors are raised too; ``ValueError`` when
    the group is unknown or full.
    """
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        after(version.status, "save")  # type: ignore[arg-type]  # the database holds only statuses of the table
        session = Session(version, actor, editor, origin, version.revision, source)
        result = SaveResult(version.revision)
        result.added_rows[group_key] = put_row(session, group_key, values or {}, result)
        session.store(result)
    return result


def remove_row(*, actor: User, document_id: uuid.UUID, group_key: str, row_id: str, base: int, editor: str = "") -> SaveResult:
    """Remove a row; it comes back as a conflict when somebody else changed it since ``base``. The history keeps its values."""
    return _change_row(actor, document_id, f"{group_key}/{row_id}", base, editor, move_to=None)


def move_row(
    *, actor: User, document_id: uuid.UUID, group_key: str, row_id: str, position: int, base: int, editor: str = ""
) -> SaveResult:
    """Give a row another place among its sisters (0 is the first)."""
    return _change_row(actor, document_id, f"{group_key}/{row_id}", base, editor, move_to=max(position, 0))


def _change_row(actor: User, document_id: uuid.UUID, path: str, base: int, editor: str, *, move_to: int | None) -> SaveResult:
    with transaction.atomic():
        version = lock_current(document_id)
        access.require(actor, "document.edit", version)
        after(version.status, "save")  # type: ignore[arg-type]  # the database holds only statuses of the table
        session = Session(version, actor, editor, "saisie", base)
        result = SaveResult(version.revision)
        row = read(session.answers, path)
        theirs = session.theirs(path, base)
        if row is None:
            result.saved.append(path)
        elif theirs is not None and move_to is None:
            result.conflicts.append(Conflict(path, None, row, str(theirs.actor), theirs.at))
        else:
            session.put(path, None if move_to is None else {"values": row["values"], "position": move_to})
            result.saved.append(path)
        session.store(result)
    return result
