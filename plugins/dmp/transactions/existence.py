"""TD0.2: whether a patient has a DMP, its status, what he lets the caller do (PRPA_IN201307UV02, answer …201308UV02). Pure.

Source: dmp_psc.md §1.4 and its samples. Values that are new do not break the reader (CNDA 0.2-020).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast, get_args

from lxml import etree

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.snapshots import InstanceId
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.envelope import HL7, Malformed, default_namespace
from plugins.dmp.transactions.types import Authorisation, Existence

DMP = "1.2.250.1.213.4.1.1.1"
INTERACTION = "PRPA_IN201307UV02"
ANSWER = f"{{{HL7}}}PRPA_IN201308UV02"
REAL = ("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9")
"""NIR and NIA; the others are numbers of test and of demonstration."""
_NS = {"h": HL7}
_REASON = {"code": "TEST_EXST", "codeSystem": "1.2.250.1.213.1.1.4.11", "displayName": "Test d'existence de dossier"}
_AUTHORISATIONS = tuple(word for word in get_args(Authorisation) if word)


def request(ins: InstanceId, settings: DmpSettings, *, key: str, query_key: str, at: datetime) -> etree._Element:
    """The question about one patient, by his INS of 15 characters; ``key`` and ``query_key`` are UUIDs."""
    own = settings.software_id or settings.source_id
    root = etree.Element(f"{{{HL7}}}{INTERACTION}", ITSVersion="XML_1.0", nsmap=default_namespace(HL7))
    _add(root, "id", root=own, extension=key)
    _add(root, "creationTime", value=f"{at.astimezone(UTC):%Y%m%d%H%M%S}")
    _add(root, "interactionId", root="2.16.840.1.113883.1.6", extension=INTERACTION)
    _add(root, "processingCode", code="P" if ins.root in REAL else "D")
    _add(root, "processingModeCode", code="T")
    _add(root, "acceptAckCode", code="AL")
    _device(_add(root, "receiver", typeCode="RCV"), DMP, "DMP")
    _device(_add(root, "sender", typeCode="SND"), own, settings.software)
    act = _add(root, "controlActProcess", classCode="CACT", moodCode="EVN")
    _add(act, "reasonCode", **_REASON)
    query = _add(act, "queryByParameter")
    _add(query, "queryId", root=own, extension=query_key)
    _add(query, "statusCode", code="new")
    parameter = _add(_add(query, "parameterList"), "patientIdentifier")
    _add(parameter, "value", root=ins.root, extension=ins.extension or "")
    _add(parameter, "semanticsText").text = "Patient.id"
    return root


def read(payload: etree._Element, ins: InstanceId) -> Existence:
    """What the answer says of that patient. Raises :class:`Malformed`."""
    if payload.tag != ANSWER:
        raise Malformed("ce n'est pas la réponse à un test d'existence")
    response = _value(payload, "h:controlActProcess/h:queryAck/h:queryResponseCode", "code")
    if response == "NF":
        return Existence(exists=False)
    patient = payload.find("h:controlActProcess/h:subject/h:registrationEvent/h:subject1/h:patient", _NS)
    if response != "OK" or patient is None:
        raise Malformed("elle ne dit pas si le patient a un DMP")
    answered = [(e.get("root", ""), e.get("extension", "")) for e in patient.iterfind("h:id", _NS)]
    if any(root in INS_NATURES for root, _number in answered) and (ins.root, ins.extension or "") not in answered:
        raise Malformed("elle porte sur un autre patient")
    said = {_value(line, "h:keyWordText", "code"): line for line in payload.iterfind("h:attentionLine", _NS)}
    authorisation = _value(said.get("AUTORISATION"), "h:value", "code")
    return Existence(
        exists=True,
        active=_value(patient, "h:statusCode", "code") == "active",
        authorisation=cast("Authorisation", authorisation if authorisation in _AUTHORISATIONS else ""),
        treating_physician=_value(said.get("STATUT_MT"), "h:value", "value") == "true",
        closed_reason=_closed(patient),
    )


def _closed(patient: etree._Element) -> str:
    """Why the DMP is closed, in the words of the answer; empty when it does not tell."""
    for act in patient.iterfind("h:subjectOf/h:administrativeObservation", _NS):
        value = act.find("h:value", _NS)
        if "MOTIF" in _value(act, "h:code", "code") and value is not None:
            return (value.get("displayName") or value.get("code") or value.text or "").strip()[:200]
    return ""


def _value(element: etree._Element | None, path: str, attribute: str) -> str:
    found = element.find(path, _NS) if element is not None else None
    return found.get(attribute, "") if found is not None else ""


def _device(parent: etree._Element, root: str, name: str) -> None:
    device = _add(parent, "device", classCode="DEV", determinerCode="INSTANCE")
    _add(device, "id", root=root)
    _add(device, "softwareName").text = name


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{HL7}}}{name}", dict(attributes))
