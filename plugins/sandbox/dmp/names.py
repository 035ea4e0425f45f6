"""Names of the protocols: namespaces, actions, classification schemes, statuses (dmp_psc.md §1, §2)."""

from __future__ import annotations

from collections.abc import Mapping

SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
XOP = "http://www.w3.org/2004/08/xop/include"
HL7 = "urn:hl7-org:v3"
XDSB = "urn:ihe:iti:xds-b:2007"
RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
RS = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
HABILITATIONS = "urn:si-dmp-habilitations"

EXISTENCE = "urn:hl7-org:v3:PRPA_IN201307UV02"
AUTHORISE = "urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization"
DEPOSIT = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"
SEARCH = "urn:ihe:iti:2007:RegistryStoredQuery"
RETRIEVE = "urn:ihe:iti:2007:RetrieveDocumentSet"
UPDATE = "urn:ihe:iti:2010:UpdateDocumentSet"
ACTIONS: Mapping[str, Mapping[str, str]] = {
    "patients": {EXISTENCE: f"{{{HL7}}}PRPA_IN201307UV02"},
    "habilitations": {AUTHORISE: f"{{{HABILITATIONS}}}setAuthorization"},
    "registry": {SEARCH: f"{{{QUERY}}}AdhocQueryRequest", UPDATE: f"{{{LCM}}}SubmitObjectsRequest"},
    "repository": {
        DEPOSIT: f"{{{XDSB}}}ProvideAndRegisterDocumentSetRequest",
        RETRIEVE: f"{{{XDSB}}}RetrieveDocumentSetRequest",
    },
}
"""What each service is asked: the element of the body by the action."""
ANSWERS: Mapping[str, str] = {EXISTENCE: "urn:hl7-org:v3:PRPA_IN201308UV02"}
"""Action of an answer, where it is not that of the question and « Response »."""

DMP = "1.2.250.1.213.4.1.1.1"
REPOSITORY = "1.2.250.1.213.4.1.1.1.2"
PRACTITIONERS, STRUCTURES = "1.2.250.1.71.4.2.1", "1.2.250.1.71.4.2.2"
INS = tuple(f"1.2.250.1.213.1.4.{number}" for number in (8, 9, 10, 11))

DOCUMENT = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
LOT = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"
LOT_AUTHOR = "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"
LOT_CONTENT_TYPE = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500"
LOT_PATIENT = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446"
LOT_SOURCE = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832"
LOT_UNIQUE = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8"
AUTHOR = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
CONFIDENTIALITY = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
EVENTS = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
PATIENT = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
SINGLE: Mapping[str, str] = {
    "classCode": "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a",
    "formatCode": "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d",
    "healthcareFacilityTypeCode": "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
    "practiceSettingCode": "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead",
    "typeCode": "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983",
}
"""The attributes that have one code, by their classification scheme."""

HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
REPLACES = "urn:ihe:iti:2007:AssociationType:RPLC"
SIGNS = "urn:ihe:iti:2007:AssociationType:signs"
UPDATES_STATUS = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"

APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
DEPRECATED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated"
DELETED = "urn:asip:ci-sis:2010:StatusType:Deleted"
ARCHIVED = "urn:asip:ci-sis:2010:StatusType:Archived"
SUCCESS, FAILURE = (f"urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:{word}" for word in ("Success", "Failure"))
PARTIAL = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"
ERROR = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"

INVISIBLE, MASKED, SECRET = "INVISIBLE_PATIENT", "MASQUE_PS", "INVISIBLE_REPRESENTANTS_LEGAUX"
SIGNATURE_TYPE = "E1762"
PROFILES = ("N", "R", "V")
