"""What Pro Santé Connect tells of a professional, in our words. Pure: no Django, no network.

Source: dictionary of the userinfo claims (identity as registered, one exercise per profession, one activity per place). Every
value is text, absent ones are empty, lists may be empty, further claims are ignored.

:func:`professional_of` gives a :class:`Professional` whose ``situations`` are the activities, each with what the exercise around
it says: one is chosen at sign-in, and names the structure in which the person works during the session.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

PHYSICIAN = "10"
STUDENT = "E"
CIVIL_TITLES = frozenset({"M", "MME", "MLLE"})
_RPPS_NUMBER, _ADELI_NUMBER = 11, 9
_FINESS = re.compile(r"[0-9A-Z]{9}")

SITUATION_CLAIMS: Mapping[str, str] = {
    "mode": "codeModeExercice",
    "sector": "codeSecteurDactivite",
    "role": "codeRole",
    "siret": "numeroSiretSite",
    "legal_finess": "numeroFinessetablissementJuridique",
    "technical_id": "identifiantTechniqueDeLaStructure",
    "former_id": "ancienIdentifiantDeLaStructure",
    "city": "bureauCedex",
}
"""Fields of a situation that are claims of the activity as they stand."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One activity: who the person is there (exercise names, profession), and where.

    ``profession_code`` is a code of JDV_J01 (« G15_10/SM26 »), empty when the profession is not told; ``finess`` is the number
    of the site.
    """

    key: str
    family: str
    given: str
    prefix: str
    suffix: str
    profession: str
    category: str
    profession_code: str
    structure: str = ""
    finess: str = ""
    mode: str = ""
    sector: str = ""
    role: str = ""
    siret: str = ""
    legal_finess: str = ""
    technical_id: str = ""
    former_id: str = ""
    city: str = ""

    @property
    def place(self) -> str:
        """What tells the structure from others of that name: its number, its town."""
        return " · ".join(part for part in (f"FINESS {self.finess}" if self.finess else "", self.city) if part)

    @property
    def physician(self) -> bool:
        """A physician in exercise: a student of medicine is none yet."""
        return self.profession == PHYSICIAN and self.category != STUDENT

    def to_json(self) -> dict[str, Any]:
        """For the session."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Professional:
    """Who signed in, under her national identifier (type digit, then RPPS or ADELI number; other forms in test environments)."""

    national_id: str
    family: str
    given: str
    prefix: str = ""
    situations: Sequence[Situation] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """For the session."""
        return {**asdict(self), "situations": [situation.to_json() for situation in self.situations]}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a completed flow gives: the professional, and the tokens (secret)."""

    professional: Professional
    subject: str
    sid: str
    tokens: dict[str, Any] = field(repr=False)


def professional_from_json(data: Mapping[str, Any]) -> Professional:
    """What :meth:`Professional.to_json` gave."""
    return Professional(**{**data, "situations": tuple(Situation(**situation) for situation in data["situations"])})


def professional_of(claims: Mapping[str, Any]) -> Professional:
    """Read the claims of userinfo. Raises ``LookupError`` when they hold no national identifier."""
    identifier = national_id_of(claims)
    if not identifier:
        raise LookupError("SubjectNameID")
    reference = claims.get("SubjectRefPro")
    reference = reference if isinstance(reference, Mapping) else {}
    prefix = _text(reference.get("codeCivilite")).upper()
    registered = {"family": _text(claims.get("family_name")), "given": _text(claims.get("given_name")), "prefix": prefix}
    situations = [
        _situation(f"{row}-{place}", registered, exercise, activity)
        for row, exercise in enumerate(_rows(reference.get("exercices")))
        for place, activity in enumerate(_rows(exercise.get("activities")))
    ]
    return Professional(identifier, **registered, situations=tuple(situations))


def national_id_of(claims: Mapping[str, Any]) -> str:
    """PSIdNat: « 8 » and eleven digits (RPPS), « 0 » and nine (ADELI). Numbers that come without their type digit get it."""
    found = re.sub(r"\s", "", _text(claims.get("SubjectNameID")) or _text(claims.get("preferred_username"))).upper()
    origins = {_text(row.get("identifiant")): _text(row.get("origine")).upper() for row in _rows(claims.get("otherIds"))}
    if found.isdigit() and len(found) == _RPPS_NUMBER:
        return f"8{found}"
    if len(found) == _ADELI_NUMBER and origins.get(found) == "ADELI":
        return f"0{found}"
    return found if re.fullmatch(r"[0-9A-Z][0-9A-Z/_-]{3,19}", found) else ""


def profession_code_of(profession: str, speciality: str) -> str:
    """A code of JDV_J01: « G15_10/SM26 » of profession 10 and savoir-faire SM26, « G15_60 » of a nurse without any."""
    if not profession:
        return ""
    return f"G15_{profession}/{speciality}" if speciality else f"G15_{profession}"


def finess_of(activity: Mapping[str, Any]) -> str:
    """FINESS number of the site: its own claim, or hidden in the identifiers of the structure (« F » or « 1 » before it)."""
    direct = _text(activity.get("numeroFinessSite"))
    technical = _text(activity.get("identifiantTechniqueDeLaStructure"))
    former = _text(activity.get("ancienIdentifiantDeLaStructure"))
    candidates = (direct, technical[1:] if technical.startswith("F") else "", former[1:] if former.startswith("1") else "")
    return next((c for c in candidates if _FINESS.fullmatch(c)), "")


def _situation(key: str, registered: Mapping[str, str], exercise: Mapping[str, Any], activity: Mapping[str, Any]) -> Situation:
    title = _text(exercise.get("codeCiviliteDexercice")).upper()
    profession = _text(exercise.get("codeProfession"))
    return Situation(
        key=key,
        family=_text(exercise.get("nomDexercice")) or registered["family"],
        given=_text(exercise.get("prenomDexercice")) or registered["given"],
        prefix=registered["prefix"] or (title if title in CIVIL_TITLES else ""),
        suffix="" if title in CIVIL_TITLES else title,
        profession=profession,
        category=_text(exercise.get("codeCategorieProfessionnelle")).upper(),
        profession_code=profession_code_of(profession, _text(exercise.get("codeSavoirFaire"))),
        structure=_text(activity.get("raisonSocialeSite")) or _text(activity.get("enseigneCommercialeSite")),
        finess=finess_of(activity),
        **{name: _text(activity.get(claim)) for name, claim in SITUATION_CLAIMS.items()},
    )


def _text(value: object) -> str:
    """A value as text; a list stands for its first value, anything else for nothing."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _rows(value: object) -> Sequence[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
