"""Rows of acts for tests, in the shape of answers."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_OID, uuid5

SURGERY, CHEMOTHERAPY, HORMONES = "387713003", "C15632", "C15445"
CONSULTATION, IMAGING, DIET = "11429006", "MED-092", "ORG-036"
LABELS = {
    SURGERY: "intervention chirurgicale",
    CHEMOTHERAPY: "chimiothérapie",
    HORMONES: "hormonothérapie",
    CONSULTATION: "consultation",
    IMAGING: "Examen d'imagerie médicale",
    DIET: "Prise en charge diététique et nutritionnelle",
}


def coded(code: str) -> dict[str, str]:
    """A coded answer."""
    return {"code": code, "system": "x", "label": LABELS.get(code, code)}


def row(group: str, code: str, name: str = "1", **columns: Any) -> dict[str, Any]:
    """A row of a group of acts: ``row("pps.suivis", CONSULTATION, debut="2026-03-09")``; ``statut`` takes its code."""
    if "statut" in columns:
        columns["statut"] = coded(columns["statut"])
    values = {f"{group}.{key}": value for key, value in {"type": coded(code), **columns}.items()}
    return {"id": str(uuid5(NAMESPACE_OID, f"{group} {name}")), "values": values}


def treatment(code: str = SURGERY, name: str = "1", **columns: Any) -> dict[str, Any]:
    """A row of treatments."""
    return row("pps.traitements", code, name, **columns)
