"""Rows of groups: added, removed, moved, from a plain form or from a script."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from dcc.accounts.api import User
from dcc.documents import api as documents

ORDERS = ("add", "remove", "up", "down")


def obey(actor: User, document_id: uuid.UUID, order: str, target: str, *, base: int, editor: str = "") -> tuple[str, str]:
    """Do one order on ``group`` or ``group/row``; answers the path to look at and a French problem, or nothing.

    Raises the refusals of the documents room.
    """
    group_key, _sep, row_id = target.partition("/")
    if order == "add":
        try:
            result = documents.add_row(actor=actor, document_id=document_id, group_key=group_key, editor=editor)
        except ValueError as error:
            return group_key, str(error)
        return f"{group_key}/{result.added_rows[group_key]}", ""
    if order == "remove":
        result = documents.remove_row(
            actor=actor, document_id=document_id, group_key=group_key, row_id=row_id, base=base, editor=editor
        )
        return (target, _conflict(result)) if result.conflicts else (group_key, "")
    position = _position(actor, document_id, group_key, row_id) + (-1 if order == "up" else 1)
    documents.move_row(
        actor=actor, document_id=document_id, group_key=group_key, row_id=row_id, position=position, base=base, editor=editor
    )
    return target, ""


def _position(actor: User, document_id: uuid.UUID, group_key: str, row_id: str) -> int:
    rows = documents.draft(actor, document_id).answers.get(group_key) or ()
    return next((n for n, row in enumerate(rows) if row["id"] == row_id), 0)


def _conflict(result: documents.SaveResult) -> str:
    who = result.conflicts[0].by
    return _("Cette ligne vient d'être modifiée par %(who)s : relisez-la avant de la retirer") % {"who": who}
