"""What a mail says of the documents it carries, read from the header of their CDA: of the file that leaves."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import Refused

_HL7 = "urn:hl7-org:v3"
_ROOT = f"{{{_HL7}}}ClinicalDocument"
_BODY = f"{{{_HL7}}}component"
_NAMES = {"h": _HL7}
INS_ROOTS = frozenset(f"1.2.250.1.213.1.4.{number}" for number in (8, 9, 10, 11))
"""NIR, NIA, and the two of test and demonstration (mss_hl7.md §9)."""
_MATRICULE = re.compile(r"[0-9]{6}[0-9AB][0-9]{6}[0-9]{2}\Z")


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """Of one document: its type, who it is about, the day of the act (``AAAAMMJJ``). Empty: the header does not say it."""

    code: str
    label: str
    matricule: str
    birth_name: str
    first_given_name: str
    birth_date: str
    sex: str
    act_date: str

    @property
    def identifies(self) -> bool:
        """Whether matricule, OID and the four traits are there (ECO.2.4.2)."""
        return all((self.matricule, self.birth_name, self.first_given_name, self.birth_date, self.sex))


def read_cda_header(cda: bytes) -> CdaHeader:
    """Read; the body, which may hold megabytes of PDF, is not. Raises ``Refused`` (cause ``not_conformant``)."""
    root = _root(cda)
    if root is None or root.tag != _ROOT:
        raise Refused(_("Un fichier de l'envoi n'est pas un document CDA"), cause="not_conformant")
    code = root.find("h:code", _NAMES)
    patient = "h:recordTarget/h:patientRole/h:patient"
    birth = _attribute(root, f"{patient}/h:birthTime", "value")
    sex = _attribute(root, f"{patient}/h:administrativeGenderCode", "code")
    return CdaHeader(
        code=code.get("code", "") if code is not None else "",
        label=code.get("displayName", "") if code is not None else "",
        matricule=_matricule(root),
        birth_name=_name(root, "family"),
        first_given_name=_name(root, "given"),
        birth_date=birth if re.fullmatch(r"[0-9]{8}", birth) else "",
        sex=sex if sex in {"M", "F"} else "",
        act_date=_act_date(root),
    )


def _root(cda: bytes) -> etree._Element | None:
    found = None
    parsing = etree.iterparse(
        io.BytesIO(cda), events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        for _event, element in parsing:
            if found is None:
                found = element
            elif element.tag == _BODY and element.getparent() is found:
                break
    except etree.XMLSyntaxError:
        return None
    return found


def _attribute(root: etree._Element, path: str, name: str) -> str:
    element = root.find(path, _NAMES)
    return (element.get(name) or "").strip() if element is not None else ""


def _matricule(root: etree._Element) -> str:
    for one in root.iterfind("h:recordTarget/h:patientRole/h:id", _NAMES):
        extension = one.get("extension") or ""
        if one.get("root") in INS_ROOTS and _MATRICULE.match(extension):
            return extension
    return ""


def _name(root: etree._Element, part: str) -> str:
    """The name of birth (``BR``); the only one where none is qualified."""
    found = root.findall(f"h:recordTarget/h:patientRole/h:patient/h:name/h:{part}", _NAMES)
    best = [one for one in found if one.get("qualifier") == "BR"] or [one for one in found if not one.get("qualifier")]
    return " ".join((best[0].text or "").split()) if best else ""


def _act_date(root: etree._Element) -> str:
    """The day the act began; that of the document where the header does not say it."""
    begun = _attribute(root, "h:documentationOf/h:serviceEvent/h:effectiveTime/h:low", "value")
    day = (begun or _attribute(root, "h:effectiveTime", "value"))[:8]
    return day if re.fullmatch(r"[0-9]{8}", day) else ""
