"""The door of the documents room.

A clinician starts a document, fills it value by value, declares it completed; a physician validates it::

    document_id = documents.create_document(
        actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp", answers=rcp_answers
    )
    view = documents.open_document(alice, document_id)
    result = documents.save_answers(
        actor=alice, document_id=document_id, changes=[Change("frcp.decouverte.depistage", True, base=view.revision)]
    )
    row_id = documents.add_row(actor=alice, document_id=document_id, group_key="frcp.tumeurs").added_rows["frcp.tumeurs"]
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=result.revision)
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=...)

A validated FRCP is followed by its PPS, of which versions follow each other on the same FRCP::

    pps_id = documents.create_following(actor=alice, reference_id=document_id)
    documents.amend_document(actor=alice, document_id=pps_id)  # once validated: version 2, the first one stays in force
    documents.record_hand_over(actor=alice, document_id=pps_id, on=day, by=name)

``save_answers`` never fails as a whole for one wrong value: look at ``refused`` and ``conflicts``. What the actor may not know of
raises :class:`DocumentNotFound`. What other documents propose is read with :func:`candidates` and decided with
:func:`adjudicate`. Validation freezes the content, in the database too, and tells ``DocumentValidated``; rendering and sending
follow elsewhere (:mod:`dcc.exchange.api`).
"""

from dcc.documents.access import openable
from dcc.documents.drafts import Draft, changed_by_others, draft
from dcc.documents.edits import write as with_answer
from dcc.documents.elsewhere import HeldHere
from dcc.documents.errors import (
    ActionForbidden,
    AlreadyFollowed,
    AttachmentRefused,
    DocumentError,
    DocumentNotFound,
    HeldElsewhere,
    NotReady,
    Stale,
)
from dcc.documents.following import Consequence
from dcc.documents.held import HeldDocument, HeldVersion, content_key, held_document, held_under
from dcc.documents.history import Difference, HistoryLine, differences, with_rows_named
from dcc.documents.kin import Kin, NextStep, Relative, kin_of, next_steps, unfollowed, unfollowed_between, unfollowed_count
from dcc.documents.kinds import starting_types, type_of
from dcc.documents.news import FormNews, FormOffer, FormUse, form_news, form_offer, form_use
from dcc.documents.picturing import Reference, attachment_bytes, current_picture, hold, picture, reference
from dcc.documents.prefill import Collected, Decided, Proposal, by_section
from dcc.documents.prefill_failures import Failure
from dcc.documents.proposals import candidates
from dcc.documents.queries import (
    AttachmentLine,
    DocumentLine,
    DocumentView,
    attachment_content,
    document_history,
    documents_of,
    hidden_answers,
    open_document,
    open_version,
    patient_of,
    preview_snapshot,
    tie_to_patient,
    validation_findings,
    worklist,
)
from dcc.documents.references import amends_validated, followed_id, former_identifier, identify_with, unmade_reference
from dcc.documents.selection import documents_among
from dcc.documents.services.adjudication import CHOICES, Adjudicated, Choice, ItemDecision, adjudicate
from dcc.documents.services.amending import amend_document
from dcc.documents.services.attachments import add_attachment, files_follow_the_transaction, remove_attachment
from dcc.documents.services.contributions import leave, note_presence
from dcc.documents.services.creation import create_document
from dcc.documents.services.entrusting import Entrusted, entrust, take_back
from dcc.documents.services.file_answers import answer_with_file
from dcc.documents.services.following import accept_form, follow_form, note_form_seen
from dcc.documents.services.handing_over import HandedOver, HandOverState, hand_over_state, record_hand_over
from dcc.documents.services.lifecycle import (
    cancel_document,
    close_document,
    complete_document,
    reopen_document,
    validate_document,
)
from dcc.documents.services.reception import Received, create_received
from dcc.documents.services.saving import add_row, move_row, remove_row, save_answers
from dcc.documents.services.session import Change, Conflict, SaveResult
from dcc.documents.services.succession import create_following
from dcc.documents.states import (
    ACTION_LABELS,
    STATUS_LABELS,
    STATUSES,
    TRANSITIONS,
    Action,
    ForbiddenTransition,
    Status,
)
from dcc.documents.titles import title_of

__all__ = [
    "ACTION_LABELS",
    "CHOICES",
    "STATUSES",
    "STATUS_LABELS",
    "TRANSITIONS",
    "Action",
    "ActionForbidden",
    "Adjudicated",
    "AlreadyFollowed",
    "AttachmentLine",
    "AttachmentRefused",
    "Change",
    "Choice",
    "Collected",
    "Conflict",
    "Consequence",
    "Decided",
    "Difference",
    "DocumentError",
    "DocumentLine",
    "DocumentNotFound",
    "DocumentView",
    "Draft",
    "Entrusted",
    "Failure",
    "ForbiddenTransition",
    "FormNews",
    "FormOffer",
    "FormUse",
    "HandOverState",
    "HandedOver",
    "HeldDocument",
    "HeldElsewhere",
    "HeldHere",
    "HeldVersion",
    "HistoryLine",
    "ItemDecision",
    "Kin",
    "NextStep",
    "NotReady",
    "Proposal",
    "Received",
    "Reference",
    "Relative",
    "SaveResult",
    "Stale",
    "Status",
    "accept_form",
    "add_attachment",
    "add_row",
    "adjudicate",
    "amend_document",
    "amends_validated",
    "answer_with_file",
    "attachment_bytes",
    "attachment_content",
    "by_section",
    "cancel_document",
    "candidates",
    "changed_by_others",
    "close_document",
    "complete_document",
    "content_key",
    "create_document",
    "create_following",
    "create_received",
    "current_picture",
    "differences",
    "document_history",
    "documents_among",
    "documents_of",
    "draft",
    "entrust",
    "files_follow_the_transaction",
    "follow_form",
    "followed_id",
    "form_news",
    "form_offer",
    "form_use",
    "former_identifier",
    "hand_over_state",
    "held_document",
    "held_under",
    "hidden_answers",
    "hold",
    "identify_with",
    "kin_of",
    "leave",
    "move_row",
    "next_steps",
    "note_form_seen",
    "note_presence",
    "open_document",
    "open_version",
    "openable",
    "patient_of",
    "picture",
    "preview_snapshot",
    "record_hand_over",
    "reference",
    "remove_attachment",
    "remove_row",
    "reopen_document",
    "save_answers",
    "starting_types",
    "take_back",
    "tie_to_patient",
    "title_of",
    "type_of",
    "unfollowed",
    "unfollowed_between",
    "unfollowed_count",
    "unmade_reference",
    "validate_document",
    "validation_findings",
    "with_answer",
    "with_rows_named",
    "worklist",
]
