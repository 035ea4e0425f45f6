"""The types of documents that are looked for: data, in ``types.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of document: its LOINC code, how it is called on screen, whether it is read into answers."""

    code: str
    title: str
    read: bool


@cache
def kinds() -> Mapping[str, Kind]:
    """The types that are looked for, by code, in the order of the file."""
    lines = yaml.safe_load(Path(__file__).with_name("types.yaml").read_text(encoding="utf-8"))
    return {line["code"]: Kind(line["code"], line["title"], line["read"]) for line in lines}
