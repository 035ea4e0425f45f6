"""The types of documents that are looked for: data, in ``types.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of document: its code (LOINC unless ``system``), how it is called on screen, whether it is read into answers."""

    code: str
    title: str
    read: bool
    system: str = ""

    @property
    def asked(self) -> str:
        """The type as a search names it."""
        return f"{self.code}^^{self.system}" if self.system else self.code


@cache
def kinds() -> Mapping[str, Kind]:
    """The types that are looked for, by code, in the order of the file."""
    lines = yaml.safe_load(Path(__file__).with_name("types.yaml").read_text(encoding="utf-8"))
    return {line["code"]: Kind(**line) for line in lines}
