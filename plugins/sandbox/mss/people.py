"""Who has a box, and what becomes of a mail that comes for it (``data/mss.yaml``). Pure, but for reading the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

FILE = Path(__file__).parents[1] / "data" / "mss.yaml"
OUTSIDE = "554 5.7.1 Domaine hors de l'espace de confiance"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a box does: ``refusal`` is SMTP's answer to RCPT (ASCII), the first ``times`` of them (0: always).

    ``delivered``: whether the mail, once taken, reaches the box; ``receipt``: what its owner answers, if anything.
    """

    refusal: str = ""
    times: int = 0
    delivered: bool = True
    receipt: Literal["", "processed", "displayed", "902"] = ""


BEHAVIOURS: Mapping[str, Behaviour] = {
    "integre": Behaviour(receipt="processed"),
    "lu": Behaviour(receipt="displayed"),
    "muet": Behaviour(),
    "refuse_902": Behaviour(receipt="902"),
    "ferme": Behaviour(delivered=False),
    "plein": Behaviour(refusal="552 5.2.2 Boite pleine"),
    "parti": Behaviour(refusal="550 5.1.1 Boite inconnue"),
    "differe": Behaviour(refusal="451 4.3.0 A reessayer plus tard", times=1),
}
"""The software integrates it; a person reads it; silence; the patient is not known; closed after SMTP took it; refused."""


@dataclass(frozen=True, slots=True)
class People:
    """The boxes: by domain, and those that are different. ``ours`` is that of the platform, ``pdc`` that of the PDC.

    ``professionals`` are those of the people of the scenes, by their names there.
    """

    ours: str
    domains: Mapping[str, str]
    boxes: Mapping[str, str]
    professionals: Mapping[str, str]
    pdc: str

    def behaviour(self, address: str) -> Behaviour:
        """What the box does; one outside of the trust space refuses."""
        domain = address.rpartition("@")[2].lower()
        if address.lower() == self.ours:
            return BEHAVIOURS["muet"]
        if domain not in self.domains:
            return Behaviour(refusal=OUTSIDE)
        return BEHAVIOURS[self.boxes.get(address.lower(), self.domains[domain])]


@lru_cache(maxsize=1)
def people() -> People:
    """What the file says."""
    return People(**yaml.safe_load(FILE.read_text(encoding="utf-8")))
