"""Says in French what the XSD and the one schematron written in English (structurationMinimale, made by ART-DECOR) say.

The table is ``wording.yaml``. The original text stays beside the French one; messages already in French only lose their prefix,
which names a file of the kit (it is in the finding's source).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

_TABLE = Path(__file__).with_name("wording.yaml")
_PREFIX = re.compile(
    r"^(?:(?:\[(?!RIM)[\w .:/-]*\]|\([^()]*\)(?:/[\w-]+)?:|dtr[\w.-]+:)\s*:?\s*)*(?:Err?eur? de conformité[^:\[]{0,40}:\s*)?",
    re.IGNORECASE,
)
_RULE_REFERENCE = re.compile(r"\s*\(rule-reference: [^)]*\)$")
_NAMESPACE = re.compile(r"\{(?:urn:[^}]*|http[^}]*)\}:?|\bhl7:|\bcda:")
_ENGLISH = re.compile(r"\b(?:SHALL|SHOULD|MUST|shall|should|must|not allowed|is required|appears|the|of)\b")
_NAMELESS = "type sans nom"

Row = tuple[re.Pattern[str], str]


@cache
def _rows(table: str) -> list[Row]:
    tables = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return [(re.compile(pattern, re.DOTALL), french) for pattern, french in tables[table]]


def from_schematron(message: str) -> str:
    """A schematron's message in French, without its file prefix; a translated one keeps the original in brackets."""
    bare = _RULE_REFERENCE.sub("", _PREFIX.sub("", message)).strip() or message
    french = _in_french(bare, "schematron")
    if not french and (message.startswith("dtr") or len(_ENGLISH.findall(bare)) > 1):
        french = "règle du kit non respectée"
    return _with_original(french, bare) if french else bare


def from_xsd(message: str) -> str:
    """A libxml2 schema message in French with the original in brackets; one that no row knows stays as it is."""
    french = _in_french(message, "xsd")
    return _with_original(french, message) if french else message


def _in_french(message: str, table: str) -> str:
    for pattern, french in _rows(table):
        found = pattern.fullmatch(message)
        if found:
            words = {name: _NAMESPACE.sub("", _NAMELESS if value is None else value) for name, value in found.groupdict().items()}
            return french.format(**words)
    return ""


def _with_original(french: str, original: str) -> str:
    return f"{french} (texte d'origine : {original})"
