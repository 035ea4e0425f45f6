"""What a region may change of the qualification (CDC: « selon la politique régionale »), with its default values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, get_args

from dcc.contracts.identity import Rung
from dcc.patients.qualification.table import Reliability

THIRD_PARTY = "TC"
"""The justificatif that comes by flow only: in no menu, refused when somebody names it, and no region changes it."""
LEVELS = ("eleve", "condition", "faible", "retire")
"""What a justificatif is worth: see :mod:`catalogue`."""

Code = str
Downgrades = Mapping[Reliability, Mapping[Code, Reliability]]
"""Status aimed at, return of INSi (``01`` none, ``02`` several), status that the identity gets."""

LOWER: Mapping[Reliability, tuple[Reliability, ...]] = MappingProxyType(
    {
        Reliability.QUAL: (Reliability.VALI, Reliability.PROV),
        Reliability.VALI: (Reliability.VALI, Reliability.PROV),
        Reliability.PROV: (Reliability.PROV,),
    }
)
"""What each status may become without an answer of INSi: never more, and never one that says « retrieved »."""

_DEFAULT: Downgrades = MappingProxyType(
    {
        Reliability.QUAL: {"01": Reliability.VALI, "02": Reliability.VALI},
        Reliability.VALI: {"01": Reliability.VALI, "02": Reliability.VALI},
        Reliability.PROV: {"01": Reliability.PROV, "02": Reliability.PROV},
    }
)


class BadPolicy(ValueError):
    """What is wrong in a policy, by field, in French."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ; ".join(errors.values()))
        self.fields = dict(errors)


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices of a region; each default follows the text of the specification (ins.md §4.7).

    ``call_before_reconciling``: ask INSi with the received traits to guide the person who reconciles.
    ``third_party_for_checked``: « tiers de confiance » also for an identity received *validée* without its proof.
    ``take_equal_traits``: strict traits and INS all equal to those of INSi enter without a question.
    ``convention_covers_flows``: the convention of an establishment is the clause of what its machines send.
    ``ask_again_hours`` and ``asks``: how long after 01 or 02 INSi is asked by itself again, and how often at most.
    ``proofs``: levels that differ from the catalogue (:mod:`catalogue`), by code.
    """

    downgrades: Downgrades = field(default_factory=lambda: _DEFAULT)
    rungs: tuple[Rung, ...] = ("each_given_name", "all_given_names", "with_place")
    call_before_reconciling: bool = False
    third_party_for_checked: bool = False
    take_equal_traits: bool = False
    convention_covers_flows: bool = True
    ask_again_hours: int = 24
    asks: int = 3
    proofs: Mapping[str, str] = field(default_factory=dict)

    def lowered(self, aimed: Reliability, code: Code) -> Reliability:
        """The status of an identity that aimed at one when INSi found none (``01``) or several (``02``)."""
        return self.downgrades[aimed][code]

    def as_data(self) -> dict[str, Any]:
        """The policy as JSON values; the inverse of :func:`read_policy`."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["downgrades"] = {a.name: {code: to.name for code, to in row.items()} for a, row in self.downgrades.items()}
        return {**data, "rungs": list(self.rungs), "proofs": dict(self.proofs)}


DEFAULT = Policy()


def read_policy(data: Mapping[str, Any]) -> Policy:
    """The policy of JSON values, those that are absent being the defaults; raises :class:`BadPolicy`."""
    errors = {name: "Réglage inconnu" for name in data if name not in {f.name for f in fields(Policy)}}
    values = {**DEFAULT.as_data(), **data}
    try:
        downgrades = _downgrades(values["downgrades"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        errors["downgrades"] = str(error) if type(error) is ValueError else "Rétrogradations illisibles"
    rungs = values["rungs"]
    if not isinstance(rungs, list | tuple) or not rungs or len(set(rungs)) != len(rungs) or not set(rungs) <= set(get_args(Rung)):
        errors["rungs"] = "Ordre des appels : une ou plusieurs étapes connues, sans répétition"
    errors |= _switches(values) | _numbers(values) | _levels(values["proofs"])
    if errors:
        raise BadPolicy(errors)
    return Policy(**{**values, "downgrades": downgrades, "rungs": tuple(rungs), "proofs": dict(values["proofs"])})


def _downgrades(data: Mapping[str, Mapping[str, str]]) -> Downgrades:
    read = {Reliability[a]: {code: Reliability[to] for code, to in row.items()} for a, row in data.items()}
    for aimed, allowed in LOWER.items():
        if set(read[aimed]) != {"01", "02"} or not set(read[aimed].values()) <= set(allowed):
            raise ValueError(f"{aimed.value} : seulement {', '.join(to.value for to in allowed)}, pour 01 et pour 02")
    if set(read) != set(LOWER):
        raise ValueError("Rétrogradations : une ligne par statut visé")
    return read


_SWITCHES = ("call_before_reconciling", "third_party_for_checked", "take_equal_traits", "convention_covers_flows")
_LIMITS = {"ask_again_hours": (1, 24 * 30), "asks": (0, 20)}


def _switches(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "Oui ou non attendu" for name in _SWITCHES if not isinstance(values[name], bool)}


def _numbers(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: f"Nombre entier de {low} à {high} attendu"
        for name, (low, high) in _LIMITS.items()
        if not isinstance(values[name], int) or isinstance(values[name], bool) or not low <= values[name] <= high
    }


def _levels(proofs: object) -> dict[str, str]:
    if not isinstance(proofs, Mapping) or any(level not in LEVELS for level in proofs.values()):
        return {"proofs": "Niveau de confiance inconnu"}
    if THIRD_PARTY in proofs:
        return {"proofs": "« Tiers de confiance » n'est pas réglable : il ne vient que d'un flux"}
    return {}
