"""CANCER-PPS 2025.01: the one tree of the volet. Sections in its order (§7.3), that in which the patient reads."""

from __future__ import annotations

from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.header import Authors, Custodian, HeaderPart, Identification, LegalAuthenticator, Replaced, preamble
from plugins.cda.codecs.patient import Patient, Relatives
from plugins.cda.codecs.tree import Body, DocumentTree, EncapsulatedPdf
from plugins.cda.volets.attached import added_documents, copy_of_document
from plugins.cda.volets.disease import discovery, phase
from plugins.cda.volets.document_facts import QUESTIONS, facts_of, state_of
from plugins.cda.volets.legal import PersonalData
from plugins.cda.volets.level_one import XDS_SD, Kept, WrittenAct
from plugins.cda.volets.people import MEMBER
from plugins.cda.volets.pps_document import PAEDIATRICS, STATUS
from plugins.cda.volets.pps_people import Contacts
from plugins.cda.volets.pps_programme import PROGRAMME, SUPPORT
from plugins.cda.volets.pps_references import References
from plugins.cda.volets.remarks import patient_comment
from plugins.cda.volets.templates import cisis
from plugins.cda.volets.tumour import tumour

CODE = Code("18776-5", "Plan personnalisé de soins")
TEMPLATE = "1.2.250.1.213.1.1.1.26"
VERSION = "2025.01"
COMMENT = patient_comment("pps", "COMMENTAIRE SUR LE PATIENT", cisis("GEN-293", "Commentaire sur le patient"))

SECTIONS = (
    STATUS,
    PROGRAMME,
    SUPPORT,
    COMMENT,
    PAEDIATRICS,
    tumour("pps", "DIAGNOSTIC"),
    discovery("pps", "MODE DE DÉCOUVERTE DU CANCER"),
    phase("pps", "PHASE CLINIQUE DE LA MALADIE", optional=True),
    References(),
    added_documents("pps"),
    PersonalData("pps"),
    copy_of_document("pps"),
)


def _header(form: str, templates: tuple[tuple[str, str], ...], *, shared_set: bool) -> tuple[HeaderPart, ...]:
    return (
        preamble(*templates),
        Identification(CODE, form, shared_set=shared_set),
        Patient(),
        Authors(MEMBER),
        Relatives(),
        Custodian(),
        LegalAuthenticator(""),
        Contacts(),
        WrittenAct(),
        Replaced(form),
        Kept(),
    )


N3 = DocumentTree(
    document_type="pps",
    volet_version=VERSION,
    code=CODE,
    template=TEMPLATE,
    header=_header("cda-n3", ((TEMPLATE, VERSION),), shared_set=True),
    body=Body(SECTIONS),
    facts=facts_of,
    fact_questions=QUESTIONS,
    status_of=state_of,
    regional_homes={"pps.contacts": COMMENT.key},
    regional_default=COMMENT.key,
)
"""The structured document, with the PDF in « Copie du document »."""

N1 = DocumentTree(
    document_type="pps",
    volet_version=VERSION,
    code=CODE,
    template=XDS_SD,
    header=_header("cda-n1", ((XDS_SD, ""),), shared_set=False),
    body=EncapsulatedPdf(),
)
"""The same header around the PDF alone (XDS-SD)."""
