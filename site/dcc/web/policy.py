"""The table of rights in words, as the help page shows it: the one in force, with what the region changed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Scope
from dcc.documents import api as documents
from dcc.web.words import STATUS

RELATIONS: Mapping[str, Any] = {
    "any": gettext_lazy("oui"),
    "-": gettext_lazy("non"),
    "A": gettext_lazy("auteur"),
    "T": gettext_lazy("équipe de soins"),
    "R": gettext_lazy("RCP"),
    "F": gettext_lazy("structure"),
    "G": gettext_lazy("bris de glace"),
}
MEANINGS: Sequence[tuple[Any, Any]] = (
    (RELATIONS["A"], gettext_lazy("qui a commencé le document ou y a écrit")),
    (RELATIONS["T"], gettext_lazy("qui est nommé dans l'équipe de soins du patient")),
    (RELATIONS["R"], gettext_lazy("le coordonnateur et les membres de la RCP à laquelle la fiche est adressée")),
    (RELATIONS["F"], gettext_lazy("qui tient ce rôle dans la structure du document, ou dans une structure qui suit le patient")),
    (RELATIONS["G"], gettext_lazy("un médecin sans autre lien, qui a dit pourquoi, pendant quelques heures")),
)
ACTIONS: Mapping[Action, Any] = {
    Action.SEARCH_PATIENTS: gettext_lazy("trouver un patient par la recherche"),
    Action.CREATE_PATIENT: gettext_lazy("créer un patient"),
    Action.OPEN_PATIENT: gettext_lazy("ouvrir le dossier d'un patient"),
    Action.UPDATE_PATIENT: gettext_lazy("corriger l'identité d'un patient"),
    Action.NAME_TEAM: gettext_lazy("nommer l'équipe de soins d'un patient"),
    Action.MASK_PATIENT: gettext_lazy("masquer un dossier"),
    Action.BREAK_GLASS: gettext_lazy("demander un bris de glace"),
    Action.MERGE_PATIENTS: gettext_lazy("fusionner deux identités"),
    Action.UNMERGE_PATIENTS: gettext_lazy("défaire une fusion d'identités"),
    Action.QUALIFY_IDENTITY: gettext_lazy("faire avancer la qualification d'une identité"),
    Action.RECONCILE_IDENTITY: gettext_lazy("rapprocher une identité reçue"),
    Action.CONFIGURE_IDENTITY: gettext_lazy("régler la politique de qualification"),
    Action.CREATE_DOCUMENT: gettext_lazy("commencer un document"),
    Action.OPEN_DOCUMENT: gettext_lazy("ouvrir un document"),
    Action.EDIT_DOCUMENT: gettext_lazy("remplir un document"),
    Action.COMPLETE_DOCUMENT: gettext_lazy("terminer la saisie"),
    Action.VALIDATE_DOCUMENT: gettext_lazy("valider un document, le clore"),
    Action.CANCEL_DOCUMENT: gettext_lazy("annuler un document"),
    Action.FOLLOW_FORM: gettext_lazy("accepter une nouvelle version du formulaire"),
    Action.DOWNLOAD_ARTIFACT: gettext_lazy("télécharger un document"),
    Action.IMPORT_DOCUMENT: gettext_lazy("importer un document reçu"),
    Action.SEND_DOCUMENT: gettext_lazy("envoyer un document"),
    Action.SEND_UNQUALIFIED: gettext_lazy("envoyer un document d'identité non qualifiée, pour la continuité des soins"),
    Action.WATCH_TRANSMISSIONS: gettext_lazy("suivre les transmissions"),
    Action.CONFIGURE_TRANSMISSIONS: gettext_lazy("régler la politique d'envoi"),
    Action.CONFIGURE_FORMS: gettext_lazy("configurer les formulaires"),
    Action.APPROVE_FORMS: gettext_lazy("approuver les formulaires"),
    Action.EDIT_DIRECTORY: gettext_lazy("tenir l'annuaire des RCP"),
    Action.ADMINISTER: gettext_lazy("administrer la plateforme"),
    Action.ADMIT_PEOPLE: gettext_lazy("admettre un professionnel"),
    Action.MANAGE_CONVENTIONS: gettext_lazy("tenir les conventions"),
    Action.EDIT_TERMS: gettext_lazy("écrire les conditions d'utilisation"),
    Action.APPROVE_TERMS: gettext_lazy("approuver les conditions d'utilisation"),
    Action.READ_JOURNAL: gettext_lazy("lire le journal"),
    Action.REVIEW_ACCESS: gettext_lazy("revoir les accès"),
}
"""Every action in words."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell in words; ``ours`` is what the platform's table says where the region says something else."""

    words: str
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: an action, for which documents, and its cells by role."""

    title: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The part of the table that some roles have something to do with."""

    title: str
    roles: Sequence[Any]
    lines: Sequence[Line]


OF_PATIENTS = ("patient.", "document.")
OF_CARE = (*OF_PATIENTS, "transmissions.")
"""Beginnings of the actions of the first table; transmissions are in both."""


def tables() -> list[Table]:
    """The table in force, in two: care, and the platform."""
    policy = accounts.policy_in_force()
    care = [role for role in policy.roles() if policy.cell(role, Action.OPEN_DOCUMENT) != "-"]
    of_care = [action for action in ACTIONS if action.value.startswith(OF_CARE)]
    of_platform = [action for action in ACTIONS if not action.value.startswith(OF_PATIENTS)]
    return [
        _table(_("Patients et documents"), policy, of_care, care),
        _table(_("Plateforme"), policy, of_platform, [role for role in policy.roles() if role not in care]),
    ]


def _table(title: str, policy: accounts.Policy, actions: Sequence[Action], held: Sequence[str]) -> Table:
    labels = dict(accounts.Role.choices)
    return Table(title, [labels[role] for role in held], [line for action in actions for line in _lines(policy, action, held)])


def _lines(policy: accounts.Policy, action: Action, roles: Sequence[str]) -> list[Line]:
    """The line of everything first, then those of some types and statuses that differ from it."""
    whole = [policy.cell(role, action) for role in roles]
    lines = [Line(str(ACTIONS[action]), [_cell(role, action, Scope(), cell) for role, cell in zip(roles, whole, strict=True)])]
    for scope in policy.scopes(action):
        cells = [policy.cell(role, action, scope) for role in roles]
        if cells != whole:
            title = f"{ACTIONS[action]} ({_scope(scope)})"
            lines.append(Line(title, [_cell(role, action, scope, cell) for role, cell in zip(roles, cells, strict=True)]))
    return lines


def _scope(scope: Scope) -> str:
    kind = documents.type_of(scope.document_type) if scope.document_type else None
    status = STATUS.get(scope.status)
    named = (kind.short_title or kind.title) if kind else scope.document_type
    return ", ".join(part for part in (named, str(status.label).lower() if status else scope.status) if part)


def _cell(role: str, action: Action, scope: Scope, cell: str) -> Cell:
    ours = accounts.POLICY.cell(role, action, scope)
    return Cell(_words(cell), "" if ours == cell else _words(ours))


def _words(cell: str) -> str:
    return str(RELATIONS[cell]) if cell in RELATIONS else ", ".join(str(RELATIONS[letter]) for letter in cell)
