"""The door of the exchange room.

When a document is validated its artifacts are made by the worker; a page shows them with :func:`renditions_of` and hands one
over with :func:`download`. A preview of any document, validated or not, is :func:`render_unsaved` on its snapshot; a form that
no document is written on yet has the snapshot of a :func:`fictitious` document, marked as a trial on every output::

    snapshot = exchange.fictitious(compile_draft(definition), answers)
    pdf = exchange.render_unsaved(snapshot, "pdf-a1", as_of=snapshot.effective_time).content

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
from dcc.exchange.rendering import CorruptArtifact, check, get_or_render, render_unsaved
from dcc.exchange.renditions import freeze_rendition
from dcc.exchange.transmissions.follow_up import CAUSES, ERROR_CODES, STATES, State, Unblock
from dcc.exchange.transmissions.planning import plan
from dcc.exchange.transmissions.queries import StepLine, TransmissionLine, transmissions_of
from dcc.exchange.transmissions.reporting import UnknownTransmission, report

__all__ = [
    "CAUSES",
    "ERROR_CODES",
    "FICTITIOUS_ESTABLISHMENT",
    "FICTITIOUS_PATIENT",
    "FICTITIOUS_PHYSICIAN",
    "STATES",
    "ArtifactLine",
    "CorruptArtifact",
    "IntakeLine",
    "RenditionLine",
    "State",
    "StepLine",
    "TransmissionLine",
    "Unblock",
    "UnknownTransmission",
    "check",
    "download",
    "fictitious",
    "freeze_rendition",
    "get_or_render",
    "import_file",
    "intakes",
    "is_made",
    "plan",
    "read_file",
    "received_file",
    "render_unsaved",
    "renditions_of",
    "report",
    "transmissions_of",
]
