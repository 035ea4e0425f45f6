"""How the pages say a status: a word, an icon and a tone, never a colour alone (DESIGN §8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

Tone = str
"""A class of ``components.css``: ``info``, ``good``, ``warn``, ``bad``, ``take`` or nothing."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A word with its icon and its tone; ``help`` is said on hover and to screen readers where the word is not enough."""

    label: Any
    icon: str
    tone: Tone = ""
    help: Any = ""


STATUS: Mapping[str, Sign] = {
    "en_cours": Sign(_("En cours"), "pencil", "info", _("Un contributeur saisit encore")),
    "complete": Sign(_("Complété"), "check", "take", _("La saisie est déclarée terminée, le document n'est pas validé")),
    "valide": Sign(_("Validé"), "double-check", "good", _("Contenu validé par un médecin, non modifiable")),
    "cloture": Sign(_("Clôturé"), "archive", "", _("Document clôturé")),
    "annule": Sign(_("Annulé"), "ban", "bad", _("Document abandonné, jamais transmis")),
}
"""Document statuses, by their code in the state table (R-022…R-032)."""

IDENTITY: Mapping[str, Sign] = {
    "provisoire": Sign(_("Identité provisoire"), "warning", "warn", _("Traits saisis, ni vérifiés ni rattachés à un INS")),
    "recuperee": Sign(
        _("Identité récupérée"), "download", "info", _("INS et traits reçus du téléservice, pièce d'identité non contrôlée")
    ),
    "validee": Sign(_("Identité validée"), "shield", "info", _("Traits contrôlés sur une pièce d'identité, sans INS")),
    "qualifiee": Sign(_("Identité qualifiée"), "shield-check", "good", _("INS vérifié et pièce d'identité contrôlée")),
}
"""Identity statuses of the RNIV."""

ORIGIN: Mapping[str, Sign] = {
    "reprise": Sign(_("repris"), "arrow-into", "take", _("Valeur reprise d'un document antérieur")),
    "version": Sign(_("inchangé"), "history", "", _("Valeur de la version précédente, inchangée")),
    "modifie": Sign(_("modifié"), "pencil", "info", _("Valeur reprise ou importée, puis modifiée par une personne")),
    "annuaire": Sign(_("annuaire"), "people", "", _("Valeur remplie par l'annuaire des RCP")),
    "calcul": Sign(_("calculé"), "sum", "", _("Valeur calculée d'autres réponses par la plateforme")),
    "favori": Sign(_("favori"), "star", "", _("Valeur insérée d'un favori")),
    "import": Sign(_("importé"), "upload", "take", _("Valeur lue dans un document reçu")),
}
"""Where a value that nobody typed comes from (R-047)."""

CHOICE: Mapping[str, Sign] = {
    "keep": Sign(_("gardé"), "check", "good", _("Repris tel quel dans le document")),
    "add": Sign(_("ajouté"), "plus", "good", _("Ajouté à la suite de la réponse du document")),
    "change": Sign(_("modifié"), "pencil", "info", _("Repris dans le document avec une autre valeur")),
    "ignore": Sign(_("ignoré"), "ban", "", _("Laissé de côté ; proposé de nouveau si le document d'origine change")),
}
"""What was decided of a value that another document proposed (R-045)."""

CONFORMANCE: Mapping[str, Sign] = {
    "conforme": Sign(_("Conforme"), "check", "good", _("Aucune anomalie aux contrôles de ce format")),
    "non_conforme": Sign(_("Non conforme"), "warning", "bad", _("Les contrôles de ce format signalent des anomalies")),
    "non_controle": Sign(
        _("Non contrôlé"), "question", "warn", _("Le contrôle de ce format n'est pas installé : la conformité n'est pas établie")
    ),
}

UNKNOWN = Sign(_("Inconnu"), "question")
