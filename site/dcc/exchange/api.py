"""The door of the exchange room.

When a document is validated its artifacts are made by the worker; a page shows them with :func:`renditions_of` and hands one
over with :func:`download`. A preview of any document, validated or not, is :func:`render_unsaved` on its snapshot; a form that
no document is written on yet has the snapshot of a :func:`fictitious` document, marked as a trial on every output::

    snapshot = exchange.fictitious(compile_draft(definition), answers)
    pdf = exchange.render_unsaved(snapshot, "pdf-a1", as_of=snapshot.effective_time).content

A completed FRCP goes to an RCP of another region with :func:`send_to_rcp`, is read only here meanwhile, and comes back through
:func:`receive_document`, as all that a machine receives; :func:`between_regions` says where it is.

A received file goes through :func:`import_file`::

    document_id = exchange.import_file(actor=alice, facility_id=facility.pk, filename="frcp.xml", content=data)
    line = exchange.renditions_of(alice, document_id)[0]
    artifact = exchange.download(alice, document_id, "cda-n3")
"""

from dcc.exchange.fictitious import ESTABLISHMENT as FICTITIOUS_ESTABLISHMENT
from dcc.exchange.fictitious import PATIENT as FICTITIOUS_PATIENT
from dcc.exchange.fictitious import PHYSICIAN as FICTITIOUS_PHYSICIAN
from dcc.exchange.fictitious import fictitious
from dcc.exchange.intake import import_file, read_file
from dcc.exchange.operator import export, follow_up_of
from dcc.exchange.queries import (
    ArtifactLine,
    IntakeLine,
    RenditionLine,
    download,
    intakes,
    is_made,
    received_file,
    renditions_of,
)
from dcc.exchange.regions.briefs import Brief, brief_between
from dcc.exchange.regions.comparing import COMPARABLE, aside_answers
from dcc.exchange.regions.deciding import adopt_return, set_return_aside
from dcc.exchange.regions.outcomes import MEANINGS as OUTCOMES
from dcc.exchange.regions.queries import AsideLine, Between, EntrustmentLine, EntrustmentStepLine, between_regions
from dcc.exchange.regions.receiving import Incoming, Reception, receive_document
from dcc.exchange.regions.sending import send_to_rcp, take_back
from dcc.exchange.regions.states import State as EntrustmentState
from dcc.exchange.rendering import CorruptArtifact, check, get_or_render, render_unsaved
from dcc.exchange.renditions import freeze_rendition
from dcc.exchange.renewals import renew_to_show
from dcc.exchange.transmissions.awaiting import Awaited, AwaitingTransmission, awaited_names, waiting_for_session
from dcc.exchange.transmissions.errors import ContinuityNeeded, Moved, SendingRefused
from dcc.exchange.transmissions.figure import FigureLine, channel_words, figure_lines, format_words, sent_format_words
from dcc.exchange.transmissions.follow_up import CAUSES, ERROR_CODES, STATES, Cause, Standing, State, Unblock
from dcc.exchange.transmissions.foreseeing import RecipientLine, recipients_of
from dcc.exchange.transmissions.operations import abandon, redirect, retry
from dcc.exchange.transmissions.opposing import oppose, withdraw_opposition
from dcc.exchange.transmissions.opposition import Opposition, opposition_of
from dcc.exchange.transmissions.options import OPTIONS, Choices, Option, change_choices, choices, choices_history
from dcc.exchange.transmissions.planning import plan
from dcc.exchange.transmissions.policy import (
    DOCUMENT_LABELS,
    IDENTITY_LABELS,
    RECIPIENT_LABELS,
    STATUS_LABELS,
    Cell,
    DocumentStatus,
    IdentityStatus,
    RecipientKind,
    all_cells,
    refusal,
)
from dcc.exchange.transmissions.previewing import SendingLine, preview_sending
from dcc.exchange.transmissions.queries import (
    QueueFilters,
    QueueLine,
    QueuePage,
    StepLine,
    TransmissionLine,
    queue,
    transmissions_of,
)
from dcc.exchange.transmissions.releasing import release_held, try_again
from dcc.exchange.transmissions.reporting import UnknownTransmission, annotate, report
from dcc.exchange.transmissions.requesting import RecipientChoice, send_document
from dcc.exchange.transmissions.summaries import Shared, Summary, summaries

__all__ = [
    "CAUSES",
    "COMPARABLE",
    "DOCUMENT_LABELS",
    "ERROR_CODES",
    "FICTITIOUS_ESTABLISHMENT",
    "FICTITIOUS_PATIENT",
    "FICTITIOUS_PHYSICIAN",
    "IDENTITY_LABELS",
    "OPTIONS",
    "OUTCOMES",
    "RECIPIENT_LABELS",
    "STATES",
    "STATUS_LABELS",
    "ArtifactLine",
    "AsideLine",
    "Awaited",
    "AwaitingTransmission",
    "Between",
    "Brief",
    "Cause",
    "Cell",
    "Choices",
    "ContinuityNeeded",
    "CorruptArtifact",
    "DocumentStatus",
    "EntrustmentLine",
    "EntrustmentState",
    "EntrustmentStepLine",
    "FigureLine",
    "IdentityStatus",
    "Incoming",
    "IntakeLine",
    "Moved",
    "Opposition",
    "Option",
    "QueueFilters",
    "QueueLine",
    "QueuePage",
    "Reception",
    "RecipientChoice",
    "RecipientKind",
    "RecipientLine",
    "RenditionLine",
    "SendingLine",
    "SendingRefused",
    "Shared",
    "Standing",
    "State",
    "StepLine",
    "Summary",
    "TransmissionLine",
    "Unblock",
    "UnknownTransmission",
    "abandon",
    "adopt_return",
    "all_cells",
    "annotate",
    "aside_answers",
    "awaited_names",
    "between_regions",
    "brief_between",
    "change_choices",
    "channel_words",
    "check",
    "choices",
    "choices_history",
    "download",
    "export",
    "fictitious",
    "figure_lines",
    "follow_up_of",
    "format_words",
    "freeze_rendition",
    "get_or_render",
    "import_file",
    "intakes",
    "is_made",
    "oppose",
    "opposition_of",
    "plan",
    "preview_sending",
    "queue",
    "read_file",
    "receive_document",
    "received_file",
    "recipients_of",
    "redirect",
    "refusal",
    "release_held",
    "render_unsaved",
    "renditions_of",
    "renew_to_show",
    "report",
    "retry",
    "send_document",
    "send_to_rcp",
    "sent_format_words",
    "set_return_aside",
    "summaries",
    "take_back",
    "transmissions_of",
    "try_again",
    "waiting_for_session",
    "withdraw_opposition",
]
