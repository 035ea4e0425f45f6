"""The comment on the patient, which the cancer volets share."""

from __future__ import annotations

from plugins.cda.codecs.blocks import Plain
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.sections import COMMENT_CODE, COMMENT_TEMPLATES, Section
from plugins.cda.codecs.statements import filled


def patient_comment(prefix: str, title: str, told_apart: Code | None = None) -> Section:
    """A section that is one text."""
    key = f"{prefix}.patient.commentaire"
    return Section(
        key=f"{prefix}.patient",
        templates=COMMENT_TEMPLATES,
        code=COMMENT_CODE,
        title=title,
        blocks=(Plain(key),),
        told_apart=told_apart,
        has_id=False,
        when=filled(key),
    )
