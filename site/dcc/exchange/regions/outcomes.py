"""What becomes of a document that another system sends: one table, facts -> outcome. Pure; every cell is tested.

The first rule that fits decides. An outcome says what is answered to the sender (HL7 table 0533 as MSSanté uses it,
mss_hl7.md §5), whether somebody must look, and what people read. Source: CDC §2.1.4, R-082...R-090; decisions 0300 to 0304.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

Reading = Literal["lu", "illisible", "sans_n3", "version"]
Sender = Literal["connu", "inconnu"]
Identity = Literal["complete", "absente", "incomplete", "contredite"]
Kind = Literal["a_completer", "valide", "autre"]
Held = Literal["rien", "confiee", "reprise", "ici", "en_travail", "recue"]
Content = Literal["nouveau", "meme", "autre", "ancien"]
Patient = Literal["le_meme", "autre", "inconnu", "question"]
Rcp = Literal["ici", "ailleurs"]
Origin = Literal["attendue", "autre"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a received document when it is decided upon.

    ``identity``: the INS of the header against that of the envelope. ``kind``: an FRCP to complete, a validated document, or
    one that is not exchanged. ``held``: what is here under its reference: nothing; entrusted by us; taken back by us; written or
    validated here; being completed here for another; received. ``content`` against the version of the same number.
    ``origin``: whether an entrusted one comes from the system that it was entrusted to.
    ``patient``: whether it is that of what is held (held nothing: ``le_meme`` when he is known or can be created).
    """

    reading: Reading = "lu"
    sender: Sender = "connu"
    identity: Identity = "complete"
    kind: Kind = "valide"
    held: Held = "rien"
    content: Content = "nouveau"
    patient: Patient = "le_meme"
    rcp: Rcp = "ici"
    origin: Origin = "attendue"


AXES: Mapping[str, Sequence[str]] = {
    "reading": get_args(Reading),
    "sender": get_args(Sender),
    "identity": get_args(Identity),
    "kind": get_args(Kind),
    "held": get_args(Held),
    "content": get_args(Content),
    "patient": get_args(Patient),
    "rcp": get_args(Rcp),
    "origin": get_args(Origin),
}


class Outcome(StrEnum):
    """What becomes of it."""

    TO_COMPLETE = "a_completer"
    RECEIVED = "recu"
    NEW_VERSION = "nouvelle_version"
    RETURNED = "retour"
    DUPLICATE = "doublon"
    LATE = "retour_tardif"
    OTHER_SENDER = "autre_emetteur"
    UNASKED = "retour_sans_envoi"
    DIVERGENT = "divergent"
    OLDER = "version_ancienne"
    NOT_VALIDATED = "retour_non_valide"
    UNKNOWN_SENDER = "emetteur_inconnu"
    UNREADABLE = "illisible"
    NO_N3 = "sans_n3"
    VOLET = "volet_inconnu"
    NO_INS = "sans_ins"
    INCOMPLETE_INS = "ins_incomplete"
    OTHER_INS = "ins_differente"
    OTHER_PATIENT = "autre_patient"
    UNKNOWN_PATIENT = "patient_inconnu"
    QUESTION = "identite_a_regler"
    NOT_EXCHANGED = "statut_non_echange"
    OTHER_RCP = "rcp_inconnue"


@dataclass(frozen=True, slots=True)
class Meaning:
    """``error``: what the sender is answered, empty for « integrated »; ``kept_aside``: the file waits for a person.

    ``answered``: an answer goes to the sender now (an unknown one gets none before somebody looked). ``taken``: it became a
    document, or a version of one.
    """

    words: str
    error: str = ""
    taken: bool = False
    kept_aside: bool = False
    answered: bool = True


MEANINGS: Mapping[Outcome, Meaning] = {
    Outcome.TO_COMPLETE: Meaning("Fiche à compléter et à valider ici", taken=True),
    Outcome.RECEIVED: Meaning("Document reçu", taken=True),
    Outcome.NEW_VERSION: Meaning("Nouvelle version d'un document reçu", taken=True),
    Outcome.RETURNED: Meaning("Fiche rendue, validée : elle remplace l'exemplaire confié", taken=True),
    Outcome.DUPLICATE: Meaning("Déjà reçu : rien de nouveau"),
    Outcome.LATE: Meaning("Fiche rendue après avoir été reprise ici : à décider", kept_aside=True),
    Outcome.OTHER_SENDER: Meaning(
        "Fiche rendue par un autre système que celui à qui elle a été confiée : gardée à part, rien n'est remplacé",
        "901",
        kept_aside=True,
    ),
    Outcome.UNASKED: Meaning(
        "Nouvelle version d'une fiche qui n'a pas été confiée : gardée à part, rien n'est remplacé", "906", kept_aside=True
    ),
    Outcome.DIVERGENT: Meaning(
        "Cette référence (lot et version) désigne ici un autre contenu : gardé à part, rien n'est fusionné ni remplacé",
        "906",
        kept_aside=True,
    ),
    Outcome.OLDER: Meaning("Version plus ancienne que celle qui est ici : gardée à part, rien n'est remplacé", "906"),
    Outcome.NOT_VALIDATED: Meaning("La fiche confiée revient sans être validée : rien n'est remplacé", "906", kept_aside=True),
    Outcome.UNKNOWN_SENDER: Meaning(
        "L'émetteur n'est pas dans l'annuaire des RCP et des régions", kept_aside=True, answered=False
    ),
    Outcome.UNREADABLE: Meaning("Document illisible", "906"),
    Outcome.NO_N3: Meaning("Aucun CDA de niveau 3 : la fiche ne peut pas être reprise sans ressaisie", "906"),
    Outcome.VOLET: Meaning("Volet qui n'est pas lu ici", "900"),
    Outcome.NO_INS: Meaning("Aucun INS dans le document", "903"),
    Outcome.INCOMPLETE_INS: Meaning("INS incomplète : matricule, clé ou traits manquants ou faux", "905"),
    Outcome.OTHER_INS: Meaning("L'INS de l'enveloppe n'est pas celle du document", "904"),
    Outcome.OTHER_PATIENT: Meaning(
        "Refusé : venu sous la référence d'un document d'ici, mais au nom d'un autre patient ; rien n'est remplacé", "904"
    ),
    Outcome.UNKNOWN_PATIENT: Meaning(
        "Refusé : venu sous la référence d'un document d'ici, mais au nom d'un patient inconnu ; rien n'est remplacé", "902"
    ),
    Outcome.QUESTION: Meaning("L'identité reçue contredit une identité connue : à rapprocher avant tout nouvel envoi", "904"),
    Outcome.NOT_EXCHANGED: Meaning("Seuls une FRCP complétée et un document validé s'échangent entre systèmes DCC", "906"),
    Outcome.OTHER_RCP: Meaning("La RCP à laquelle la fiche est adressée n'est pas de cette région", "906"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """An outcome, and the values of the axes it asks for; an axis that is not named is whatever it is."""

    outcome: Outcome
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, facts: Facts) -> bool:
        """Whether all the axes named have one of the values."""
        return all(getattr(facts, axis) in values for axis, values in self.when.items())


RULES: tuple[Rule, ...] = (
    Rule(Outcome.UNKNOWN_SENDER, {"sender": ("inconnu",)}),
    Rule(Outcome.UNREADABLE, {"reading": ("illisible",)}),
    Rule(Outcome.NO_N3, {"reading": ("sans_n3",)}),
    Rule(Outcome.VOLET, {"reading": ("version",)}),
    Rule(Outcome.OTHER_INS, {"identity": ("contredite",)}),
    Rule(Outcome.INCOMPLETE_INS, {"identity": ("incomplete",)}),
    Rule(Outcome.QUESTION, {"patient": ("question",)}),
    Rule(Outcome.OTHER_PATIENT, {"held": ("confiee", "reprise", "ici", "en_travail", "recue"), "patient": ("autre",)}),
    Rule(Outcome.UNKNOWN_PATIENT, {"held": ("confiee", "reprise", "ici", "en_travail", "recue"), "patient": ("inconnu",)}),
    Rule(Outcome.DUPLICATE, {"held": ("confiee", "reprise", "ici", "en_travail", "recue"), "content": ("meme",)}),
    Rule(Outcome.NOT_EXCHANGED, {"kind": ("autre",)}),
    Rule(Outcome.OTHER_RCP, {"kind": ("a_completer",), "held": ("rien",), "rcp": ("ailleurs",)}),
    Rule(Outcome.TO_COMPLETE, {"kind": ("a_completer",), "held": ("rien",)}),
    Rule(Outcome.OLDER, {"held": ("confiee", "reprise", "ici", "en_travail", "recue"), "content": ("ancien",)}),
    Rule(Outcome.LATE, {"kind": ("valide",), "held": ("reprise",)}),
    Rule(Outcome.DIVERGENT, {"held": ("confiee", "reprise", "ici", "en_travail", "recue"), "content": ("autre",)}),
    Rule(Outcome.DIVERGENT, {"held": ("en_travail",)}),
    Rule(Outcome.NOT_VALIDATED, {"kind": ("a_completer",), "held": ("confiee", "reprise")}),
    Rule(Outcome.OTHER_SENDER, {"kind": ("valide",), "held": ("confiee",), "origin": ("autre",)}),
    Rule(Outcome.RETURNED, {"kind": ("valide",), "held": ("confiee",)}),
    Rule(Outcome.UNASKED, {"held": ("ici",)}),
    Rule(Outcome.DIVERGENT, {"kind": ("a_completer",), "held": ("recue",)}),
    Rule(Outcome.NO_INS, {"identity": ("absente",)}),
    Rule(Outcome.NEW_VERSION, {"kind": ("valide",), "held": ("recue",)}),
    Rule(Outcome.RECEIVED, {"kind": ("valide",), "held": ("rien",)}),
)
"""In order. An FRCP to complete and a return need no INS: figure 10 sends both for the continuity of care (decision 0302)."""


AGAIN = frozenset({Outcome.UNKNOWN_SENDER, Outcome.OTHER_SENDER})
"""Outcomes that the directory may change: the same file that comes again is decided upon anew."""


def outcome_of(facts: Facts) -> Outcome:
    """The outcome of the first rule that fits; the table leaves no cell out."""
    return next(rule.outcome for rule in RULES if rule.fits(facts))
