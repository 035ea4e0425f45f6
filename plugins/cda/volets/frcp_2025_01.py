"""CANCER-FRCP 2025.01: the one tree of the volet. Sections in its order (§7.2); each is written and read by the same object."""

from __future__ import annotations

from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.header import Authors, Custodian, HeaderPart, Identification, LegalAuthenticator, Replaced, preamble
from plugins.cda.codecs.patient import Patient, Relatives
from plugins.cda.codecs.tree import Body, DocumentTree, EncapsulatedPdf
from plugins.cda.volets.attached import added_documents, copy_of_document
from plugins.cda.volets.disease import discovery, phase
from plugins.cda.volets.document_facts import QUESTIONS, facts_of, state_of
from plugins.cda.volets.frcp_course import CONTEXT, SYNTHESIS, TREATMENTS
from plugins.cda.volets.frcp_encounter import Encounter, Events, check_topographies
from plugins.cda.volets.frcp_history import EVALUATIONS, EXAMINATIONS, HISTORY, PREGNANCIES, PROBLEMS, WISHES
from plugins.cda.volets.frcp_people import Inscription, Participants
from plugins.cda.volets.frcp_plan import FILE_STATUS, PATIENT_COMMENT, PLAN, STATUS
from plugins.cda.volets.frcp_reason import REASON
from plugins.cda.volets.frcp_reports import GENETICS, PATHOLOGY, SURGERY
from plugins.cda.volets.legal import PersonalData
from plugins.cda.volets.level_one import XDS_SD
from plugins.cda.volets.people import MEMBER
from plugins.cda.volets.tumour import tumour

CODE = Code("34794-8", "CR de réunion de concertation pluridisciplinaire")
TEMPLATE = "1.2.250.1.213.1.1.1.8"
VERSION = "2025.01"

SECTIONS = (
    REASON,
    discovery("frcp", "Mode découverte du cancer"),
    tumour("frcp", "Tumeur"),
    HISTORY,
    PROBLEMS,
    EVALUATIONS,
    PREGNANCIES,
    WISHES,
    EXAMINATIONS,
    phase("frcp", "Phase et progression du cancer", optional=False),
    TREATMENTS,
    SURGERY,
    PATHOLOGY,
    GENETICS,
    SYNTHESIS,
    FILE_STATUS,
    PLAN,
    CONTEXT,
    PATIENT_COMMENT,
    STATUS,
    added_documents("frcp"),
    PersonalData("frcp"),
    copy_of_document("frcp"),
)

REGIONAL_HOMES = {"frcp.rcp": REASON.key, "frcp.participants": REASON.key}
"""Where the answers to regional questions of header sections are shown."""


def _header(form: str, templates: tuple[tuple[str, str], ...], *, shared_set: bool) -> tuple[HeaderPart, ...]:
    return (
        preamble(*templates),
        Identification(CODE, form, shared_set=shared_set),
        Patient(),
        Authors(MEMBER),
        Relatives(),
        Custodian(),
        LegalAuthenticator("frcp.participants.coordonnateur"),
        Participants(),
        Inscription(),
        Events(),
        Replaced(form),
        Encounter(),
    )


N3 = DocumentTree(
    document_type="frcp",
    volet_version=VERSION,
    code=CODE,
    template=TEMPLATE,
    header=_header("cda-n3", ((TEMPLATE, VERSION),), shared_set=True),
    body=Body(SECTIONS),
    facts=facts_of,
    fact_questions=QUESTIONS,
    status_of=state_of,
    finish=check_topographies,
    regional_homes=REGIONAL_HOMES,
    regional_default=PATIENT_COMMENT.key,
)
"""The structured document, with the PDF in « Copie du document »."""

N1 = DocumentTree(
    document_type="frcp",
    volet_version=VERSION,
    code=CODE,
    template=XDS_SD,
    header=_header("cda-n1", ((XDS_SD, ""),), shared_set=False),
    body=EncapsulatedPdf(),
)
"""The same header around the PDF alone (XDS-SD)."""
