"""Codes and UUIDs of XDS metadata, as tables.

Sources: mss_hl7.md §6, dmp_psc.md §2, mss/codes/XDM_formatCode.csv, JDV_J57, JDV_J60.
"""

from __future__ import annotations

from collections.abc import Mapping

from dcc.contracts.xds.entry import Code

LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"
DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
LOT = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
ACTION = "urn:action:extraMetadataSlot"

LOT_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
LOT_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
LOT_IDENTIFIERS: Mapping[str, tuple[str, str]] = {
    "patient_id": ("urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId"),
    "source_id": ("urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId"),
    "unique_id": ("urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId"),
}

AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
PATIENT_ID = ("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId")
UNIQUE_ID = ("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId")
EVENTS = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
SINGLE_CODES: Mapping[str, str] = {
    "class_code": "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a",
    "format_code": "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d",
    "facility_type": "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
    "practice_setting": "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead",
    "type_code": "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983",
}
"""Classification scheme of each attribute that has one code, in the order of the official samples."""

_CLASSES = "1.2.250.1.213.1.1.4.1"
_FORMATS = "1.2.250.1.213.1.1.4.2.282"
_REPORT = Code("10", _CLASSES, "Compte rendu")
_SUMMARY = Code("11", _CLASSES, "Synthèse")
_CARE_PLAN = Code("44", _CLASSES, "Plan de soins, protocole de soins")

CLASS_BY_TYPE: Mapping[str, Code] = {
    "34794-8": _REPORT,  # FRCP
    "18776-5": _CARE_PLAN,  # PPS
    "51969-4": _REPORT,  # CR-GM
    "60568-3": _REPORT,  # CR-ACP
    "11502-2": _REPORT,  # CR d'examens biologiques (official N1 sample)
    "34133-9": _SUMMARY,  # synthèse d'épisode de soins; class deduced from its name (decision 0289)
    "SYNTH": _SUMMARY,  # VSM; by its name, decision 0289
    "60591-5": _SUMMARY,
}
"""Class of a document by its type (ASS_X04, ASS_X16)."""

FORMAT_BY_TEMPLATE: Mapping[str, Code] = {
    "1.2.250.1.213.1.1.1.8": Code("urn:asip:ci-sis:frcp:2011", _FORMATS, "Fiche de réunion de concertation pluridisciplinaire"),
    "1.2.250.1.213.1.1.1.26": Code("urn:asip:ci-sis:pps-cancer:2017", _FORMATS, "Programme Personnalisé de Soins - Cancer"),
    "1.2.250.1.213.1.1.1.32": Code("urn:asip:ci-sis:crgm:2018", _FORMATS, "Compte rendu de génétique moléculaire"),
    "1.2.250.1.213.1.1.1.13": Code("urn:asip:ci-sis:vsm:2012", _FORMATS, "Synthèse médicale"),
    "1.3.6.1.4.1.19376.1.2.20": Code(
        "urn:ihe:iti:xds-sd:pdf:2008", "1.2.250.1.213.1.1.4.12", "Document à corps non structuré en Pdf/A-1"
    ),
}
"""Format of a document by the template that says what its body is (ASS_A11); a CDA of level 1 has that of XDS-SD."""

CONFIDENTIALITY_LABELS: Mapping[str, str] = {"N": "Normal", "R": "Restreint", "V": "Très restreint"}
