"""TD0.3: add or withdraw the authorisation of the caller (service ``habilitations``). Pure.

Source: dmp_psc.md §1.5: the patient is the resource of the VIHF; the answer says ``DMPOk``. Its schema is not public, so the
status is looked for by its word, wherever it stands.
"""

from __future__ import annotations

import re

from lxml import etree

from plugins.dmp.transactions.envelope import Malformed, default_namespace

NAMESPACE = "urn:si-dmp-habilitations"
DONE = "DMPOk"
_CODE = re.compile(r"DMP[A-Za-z]{2,60}", re.ASCII)


def request(*, withdraw: bool) -> etree._Element:
    """``setAuthorization``."""
    root = etree.Element(f"{{{NAMESPACE}}}setAuthorization", nsmap=default_namespace(NAMESPACE))
    etree.SubElement(root, f"{{{NAMESPACE}}}action").text = "SUPPRESSION" if withdraw else "AJOUT"
    return root


def read(payload: etree._Element) -> tuple[str, str]:
    """Code of the answer, and its other words. Raises :class:`Malformed` when it has none."""
    words = [word for element in payload.iter() for word in (element.get("code", ""), (element.text or "").strip()) if word]
    code = next((word for word in words if _CODE.fullmatch(word)), "")
    if not code:
        raise Malformed("elle ne dit pas ce qui a été fait de l'autorisation")
    return code, " ".join(word for word in words if word != code)[:500]
