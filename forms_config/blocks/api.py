"""Door of the shared blocks.

A section of a form's draft that shows a block says which version: ``{"key": …, "block": "bloc_1f0c…@3", …}``. What is published
is always the content of that version (:func:`whole`), and the trace stays in the canonical schema::

    reference = create_block(actor=edith, document_type="frcp", section=draft["sections"][3])
    draft = placed(draft, "sites", reference, content(reference))
    newer = change_block(actor=edith, key=reference.key, section=changed)      # forms keep showing the former version
    draft = placed(draft, "sites", newer, content(newer))                       # until their editor asks

:func:`uses` answers which forms show a block.
"""

from forms_config.blocks.content import Reference, UnknownBlock, detached, placed, reference_of, references, referring
from forms_config.blocks.queries import BlockSummary, Use, content, latest, published_blocks, question_keys, uses, whole
from forms_config.blocks.services import change_block, create_block, receive_block

__all__ = [
    "BlockSummary",
    "Reference",
    "UnknownBlock",
    "Use",
    "change_block",
    "content",
    "create_block",
    "detached",
    "latest",
    "placed",
    "published_blocks",
    "question_keys",
    "receive_block",
    "reference_of",
    "references",
    "referring",
    "uses",
    "whole",
]
