"""The identity banner: what must be read before anything is written in a patient's document (RNIV, EXI PP 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dcc.contracts.datamatrix import payload_of
from dcc.contracts.snapshots import PatientSnapshot
from dcc.patients import api as patients
from dcc.web.words import Sign
from forms_config.schema.dates import french

SEXES = {"M": gettext_lazy("Masculin"), "F": gettext_lazy("Féminin"), "I": gettext_lazy("Indéterminé")}
FLAGS = {
    "homonym": Sign(gettext_lazy("Homonyme"), "people", "warn", gettext_lazy("Un autre patient porte les mêmes traits")),
    "doubtful": Sign(gettext_lazy("Identité douteuse"), "warning", "bad", gettext_lazy("Un doute pèse sur cette identité")),
    "masked": Sign(gettext_lazy("Dossier masqué"), "lock", "warn", gettext_lazy("Visible de son équipe de soins seulement")),
    "fictitious": Sign(gettext_lazy("Identité fictive"), "info", "info", gettext_lazy("Patient de test ou de formation")),
}
_MATRICULE = (1, 2, 2, 2, 3, 3, 2)


@dataclass(frozen=True, slots=True)
class Missing:
    """What an identity lacks to be qualified: in a word for the banner, in a sentence for the path, and the gesture."""

    word: Any
    sentence: Any
    gesture: Any


MISSING: Mapping[str, Missing] = {
    "clause": Missing(
        gettext_lazy("clause de confiance absente"),
        gettext_lazy("La qualification est suspendue ; elle reprend d'elle-même dès que la clause de confiance est présente."),
        gettext_lazy("Voir ce qui manque"),
    ),
    "insi": Missing(
        gettext_lazy("INSi à interroger"),
        gettext_lazy("INSi cherche l'INS d'après les traits ; rien n'est repris sans vous."),
        gettext_lazy("Interroger INSi"),
    ),
    "confirmation": Missing(
        gettext_lazy("traits d'INSi à confirmer"),
        gettext_lazy("INSi a trouvé une identité : comparez-la, puis décidez."),
        gettext_lazy("Comparer, confirmer"),
    ),
    "justificatif": Missing(
        gettext_lazy("justificatif à contrôler"),
        gettext_lazy("Les traits se valident sur une pièce d'identité."),
        gettext_lazy("Choisir le justificatif"),
    ),
    "correction": Missing(
        gettext_lazy("INSi ne trouve pas"),
        gettext_lazy("Aucune identité, ou plusieurs, pour ces traits : vérifiez-les sur pièce."),
        gettext_lazy("Revoir les traits"),
    ),
    "doublon": Missing(
        gettext_lazy("INS d'un autre dossier"),
        gettext_lazy("Cet INS est déjà celui d'un autre dossier : comparez les deux."),
        gettext_lazy("Comparer les dossiers"),
    ),
    "doute": Missing(
        gettext_lazy("doute à lever"),
        gettext_lazy("Tant que l'identité est douteuse ou fictive, INSi n'est pas interrogé."),
        gettext_lazy("Voir les attributs"),
    ),
}
"""What the codes of ``Standing.next`` mean."""


@dataclass(frozen=True, slots=True)
class Banner:
    """An identity in words."""

    patient_id: UUID | None
    name: str
    given: str
    used: str
    sex: Any
    birth: str
    birth_note: str
    age: str
    status: str
    matricule: str
    flags: Sequence[Sign] = ()
    missing: Missing | None = None
    """What is missing to qualify it, for who may see the path."""
    payload: str = ""
    """What its datamatrix says where the page is printed; only a qualified identity has one."""
    glass_until: datetime | None = None
    """Until when the reader has it open by « bris de glace » only."""


def banner_of(file: patients.PatientFile) -> Banner:
    """The banner of an open patient file."""
    flags = [sign for name, sign in FLAGS.items() if getattr(file, name)]
    years = file.age(timezone.localdate())
    words = identity_words(file.snapshot, years=years, birth_note=BIRTH_NOTES.get(file.birth_date_unknown, ""), flags=flags)
    return replace(words, glass_until=file.glass_until, missing=missing_of(file))


def missing_of(file: patients.PatientFile) -> Missing | None:
    """What the identity of a file lacks, by the next step that the patients room tells."""
    if file.snapshot.patient_id is None:
        return None
    doubtful = file.doubtful or file.fictitious
    return MISSING.get(patients.brief_next(file.snapshot.patient_id, file.snapshot.status, doubtful=doubtful))


def identity_words(
    snapshot: PatientSnapshot, *, years: int | None = None, birth_note: Any = "", flags: Sequence[Sign] = ()
) -> Banner:
    """An identity in words, for the banner and for lists."""
    traits = snapshot.traits
    used = " ".join(part for part in (snapshot.used_name, snapshot.used_given_name) if part)
    return Banner(
        patient_id=snapshot.patient_id,
        name=traits.birth_name,
        given=traits.first_given_name,
        used=used if used.casefold() != f"{traits.birth_name} {traits.first_given_name}".casefold() else "",
        sex=SEXES.get(traits.sex, traits.sex),
        birth=french(traits.birth_date),
        birth_note=str(birth_note),
        age=ngettext("%(n)d an", "%(n)d ans", years) % {"n": years} if years is not None else "",
        status=snapshot.status,
        matricule=grouped(snapshot.ins.extension or "") if snapshot.ins else "",
        flags=flags,
        payload=payload_of(snapshot)[0],
    )


BIRTH_NOTES = {
    "jour": gettext_lazy("jour inconnu"),
    "mois": gettext_lazy("mois inconnu"),
    "jour_mois": gettext_lazy("jour et mois inconnus"),
    "annee": gettext_lazy("année estimée"),
}


def facts_of(file: patients.PatientFile) -> list[tuple[Any, Any]]:
    """The identity in full, term by term; what is not known is left out."""
    snapshot, labels = file.snapshot, patients.FIELD_LABELS
    traits = snapshot.traits
    place = " ".join(part for part in (traits.birth_place_name, f"({traits.birth_place_code})") if part.strip("()"))
    known: list[tuple[Any, Any]] = [
        (labels["birth_name"], traits.birth_name),
        (labels["first_given_name"], traits.first_given_name),
        (labels["given_names"], traits.given_names),
        (labels["used_name"], snapshot.used_name),
        (labels["used_given_name"], snapshot.used_given_name),
        (labels["sex"], SEXES.get(traits.sex, traits.sex)),
        (labels["birth_date"], french(traits.birth_date)),
        (labels["birth_place_name"], place),
        (labels["ins"], grouped(snapshot.ins.extension or "") if snapshot.ins else ""),
    ]
    known += [(_("Numéro local"), identifier.extension) for identifier in snapshot.identifiers]
    return [(term, value) for term, value in known if value]


def grouped(matricule: str) -> str:
    """A matricule as people read it: ``2 60 05 49 007 123 45``, joined by no-break spaces."""
    parts, start = [], 0
    for length in _MATRICULE:
        parts.append(matricule[start : start + length])
        start += length
    return "\u00a0".join(part for part in parts if part)


def name_of(snapshot: PatientSnapshot) -> str:
    """« MARTIN Jeanne », for titles and lists."""
    return _("%(name)s %(given)s") % {"name": snapshot.traits.birth_name, "given": snapshot.traits.first_given_name}
