"""TD0.2 (existence, state, authorisation) and TD0.3 (add or remove the authorisation of the caller): dmp_psc.md §1.4, §1.5."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from lxml import etree

from plugins.sandbox.dmp.names import DMP, HABILITATIONS, HL7
from plugins.sandbox.dmp.people import Patient
from plugins.sandbox.dmp.problems import Fault
from plugins.sandbox.dmp.vihf import Vihf

XSI = "http://www.w3.org/2001/XMLSchema-instance"
REASON = {"code": "TEST_EXST", "codeSystem": "1.2.250.1.213.1.1.4.11"}
VALID, FORBIDDEN, NONE = "VALIDE", "INTERDIT", "NON_EXISTE"
CHANGES = {"AJOUT": VALID, "SUPPRESSION": NONE}


def check_existence(question: etree._Element, vihf: Vihf) -> None:
    """A question of existence. Raises :class:`Fault`."""
    receiver = question.find(f"{{{HL7}}}receiver/{{{HL7}}}device/{{{HL7}}}id")
    if receiver is None or receiver.get("root") != DMP:
        raise Fault("Le destinataire du message n'est pas le DMP")
    act = f"{{{HL7}}}controlActProcess"
    reason = question.find(f"{act}/{{{HL7}}}reasonCode")
    if reason is None or any(reason.get(name) != value for name, value in REASON.items()):
        raise Fault("Le motif du message n'est pas le test d'existence")
    parameters = f"{act}/{{{HL7}}}queryByParameter/{{{HL7}}}parameterList/{{{HL7}}}patientIdentifier/{{{HL7}}}value"
    values = question.findall(parameters)
    asked = [f"{value.get('extension')}^^^&{value.get('root')}&ISO^NH" for value in values]
    if asked != [vihf.patient]:
        raise Fault("Le champ Resource_id est incorrect")


def existence(question: etree._Element, patient: Patient | None, authorisation: str, *, treating: bool) -> etree._Element:
    """``PRPA_IN201308UV02``: NF when the patient has no DMP."""
    root = etree.Element(f"{{{HL7}}}PRPA_IN201308UV02", nsmap={None: HL7, "xsi": XSI})  # type: ignore[dict-item]  # lxml-stubs forget None, the default namespace
    root.set("ITSVersion", "XML_1.0")
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    _add(root, "id", root=str(uuid4()))
    _add(root, "creationTime", value=now)
    _add(root, "interactionId", root="2.16.840.1.113883.1.6", extension="PRPA_IN201308UV02")
    for name, code in (("processingCode", "P"), ("processingModeCode", "T"), ("acceptAckCode", "NE")):
        _add(root, name, code=code)
    sender = question.find(f"{{{HL7}}}sender/{{{HL7}}}device/{{{HL7}}}id")
    _device(root, "receiver", "RCV", sender.get("root", "") if sender is not None else "")
    _device(root, "sender", "SND", DMP)
    is_there = patient is not None and patient.state != "none"
    if is_there:
        _line(root, "AUTORISATION", "1.2.250.1.213.4.1.2.6.1", {"code": authorisation, "codeSystem": "1.2.250.1.213.4.1.2.6.2"})
        _line(root, "STATUT_MT", "1.2.250.1.213.4.1.2.6.3", {"value": str(treating).lower()})
    target = _add(_add(root, "acknowledgement", typeCode="AA"), "targetMessage")
    _copy(target, "id", question.find(f"{{{HL7}}}id"))
    act = _add(root, "controlActProcess", classCode="CACT", moodCode="EVN")
    _add(act, "reasonCode", **REASON)
    if patient is not None and is_there:
        _patient(act, patient)
    answered = _add(act, "queryAck")
    _copy(answered, "queryId", question.find(f"{{{HL7}}}controlActProcess/{{{HL7}}}queryByParameter/{{{HL7}}}queryId"))
    _add(answered, "queryResponseCode", code="OK" if is_there else "NF")
    return root


def asked_change(question: etree._Element) -> str:
    """The authorisation that TD0.3 asks for. Raises :class:`Fault`."""
    action = (question.findtext("{*}action") or "").strip()
    if action not in CHANGES:
        raise Fault(f"Action inconnue : {action}")
    return CHANGES[action]


def changed(code: str = "DMPOk", words: str = "") -> etree._Element:
    """The answer of TD0.3."""
    root = etree.Element(f"{{{HABILITATIONS}}}setAuthorizationResponse", nsmap={None: HABILITATIONS})  # type: ignore[dict-item]  # as above
    status = etree.SubElement(root, f"{{{HABILITATIONS}}}status", code=code)
    if words:
        etree.SubElement(status, f"{{{HABILITATIONS}}}detail").text = words
    return root


def _patient(act: etree._Element, known: Patient) -> None:
    event = _add(
        _add(act, "subject", typeCode="SUBJ", contextConductionInd="false"), "registrationEvent", classCode="REG", moodCode="EVN"
    )
    _add(event, "statusCode", code="completed")
    patient = _add(_add(event, "subject1", typeCode="SBJ"), "patient", classCode="PAT")
    _add(patient, "id", root=known.oid, extension=known.ins)
    _add(patient, "statusCode", code="active" if known.state == "active" else "closed")
    person = _add(patient, "patientPerson", classCode="PSN", determinerCode="INSTANCE")
    name = _add(person, "name")
    _add(name, "given").text = known.given.split()[0]
    _add(name, "family", qualifier="BR").text = known.name
    _add(person, "administrativeGenderCode", code=known.sex)
    _add(person, "birthTime", value=known.born.replace("-", ""))
    observed = [
        ("RATTACHEMENT_ENS", "1.2.250.1.213.4.1.2.3", "true"),
        ("COMPTE_INTERNET_OUVERT", "1.2.250.1.213.4.1.2.9", "false"),
    ]
    for code, system, value in observed:
        held = _add(_add(patient, "subjectOf", typeCode="SBJ"), "administrativeObservation", classCode="OBS", moodCode="EVN")
        _add(held, "code", code=code, codeSystem=system)
        _add(held, "value", value=value).set(f"{{{XSI}}}type", "BL")
    custodian = _add(_add(event, "custodian", typeCode="CST"), "assignedEntity", classCode="ASSIGNED")
    _add(custodian, "id", root=DMP)


def _line(root: etree._Element, code: str, system: str, value: dict[str, str]) -> None:
    line = _add(root, "attentionLine")
    _add(line, "keyWordText", code=code, codeSystem=system)
    _add(line, "value", **value).set(f"{{{XSI}}}type", "CV" if "code" in value else "BL")


def _device(root: etree._Element, tag: str, kind: str, oid: str) -> None:
    device = _add(_add(root, tag, typeCode=kind), "device", classCode="DEV", determinerCode="INSTANCE")
    _add(device, "id", root=oid)


def _copy(parent: etree._Element, tag: str, asked: etree._Element | None) -> None:
    known = {} if asked is None else {str(name): str(value) for name, value in asked.attrib.items()}
    _add(parent, tag, **known)


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{HL7}}}{name}", attributes)
