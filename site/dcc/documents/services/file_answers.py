"""A question answered by a file: the file is joined to the document, and the answer names it (decision 0163)."""

from __future__ import annotations

import uuid

from django.db import transaction

from dcc.accounts.api import User
from dcc.documents import access
from dcc.documents.services.attachments import check_content, files_follow_the_transaction, join, require_open
from dcc.documents.services.locking import lock_current
from dcc.documents.services.saving import save_answers
from dcc.documents.services.session import Change, SaveResult, question_at
from forms_config import api as forms


class _NotKept(Exception):
    def __init__(self, result: SaveResult) -> None:
        self.result = result


def answer_with_file(
    *, actor: User, document_id: uuid.UUID, path: str, filename: str, content: bytes, base: int, editor: str = ""
) -> SaveResult:
    """Join a file and make it the answer at ``path``, both or neither; the file that was there before leaves the document.

    Raises :class:`AttachmentRefused` (type, size, virus), and as :func:`save_answers`.
    """
    check_content(content)
    try:
        with files_follow_the_transaction(), transaction.atomic():
            version = lock_current(document_id)
            access.require(actor, "document.edit", version)
            require_open(version)
            question = question_at(forms.schema_of(version.form_version_id), path)
            title = question.label if question else filename
            attachment = join(actor, version, title, filename, content)
            value = {"file": str(attachment.pk), "name": attachment.filename}
            result = save_answers(actor=actor, document_id=document_id, changes=[Change(path, value, base)], editor=editor)
            if result.refused or result.conflicts:
                raise _NotKept(result)
    except _NotKept as undone:
        return undone.result
    return result
