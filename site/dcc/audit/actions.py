"""What may be written in the journal: one table, action by action, with its kind, its nature and its words. Pure.

``kind`` says how long a trace is kept (``DCC_AUDIT_RETENTION``, decision 0225); segments hold one kind each. ``nature`` says what
was done: see :class:`Nature`. An action that is not in the table is refused: add its line with the code that records it; a plugin
declares its own (:func:`declare`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a trace tells of; the value is stored and sealed."""

    CARE = "soins"
    ACCESS = "acces"
    CONFIGURATION = "configuration"
    JOURNAL = "journal"
    OPERATION = "exploitation"
    MIXED = "mixte"
    """Rows of before kinds existed; nothing is written under it any more."""


class Nature(StrEnum):
    """What was done, seen by whoever answers for accesses."""

    READ = "lit"
    WRITTEN = "ecrit"
    OUT = "sort"
    """Left the platform: a download, a file handed over, an export."""
    SESSION = "session"
    REFUSED = "refus"
    SET = "regle"
    RUN = "tache"


KIND_LABELS: Mapping[Kind, str] = {
    Kind.CARE: "Données de patients",
    Kind.ACCESS: "Connexions et refus",
    Kind.CONFIGURATION: "Configuration et droits",
    Kind.JOURNAL: "Journal lui-même",
    Kind.OPERATION: "Exploitation",
    Kind.MIXED: "Traces d'avant les natures",
}
NATURE_LABELS: Mapping[Nature, str] = {
    Nature.READ: "Lecture",
    Nature.WRITTEN: "Écriture",
    Nature.OUT: "Sortie",
    Nature.SESSION: "Session",
    Nature.REFUSED: "Refus",
    Nature.SET: "Réglage",
    Nature.RUN: "Tâche",
}

_TABLE = """
patient.opened                  soins          lit      Ouverture du dossier d'un patient
patient.searched                soins          lit      Recherche de patients
patient.candidates_shown        soins          lit      Patients ressemblants montrés avant une création
patient.created                 soins          ecrit    Création d'un patient
patient.changed                 soins          ecrit    Modification de l'identité d'un patient
patient.merged                  soins          ecrit    Fusion de deux identités
patient.unmerged                soins          ecrit    Fusion d'identités défaite
patient.linked                  soins          ecrit    Identités liées par un flux
patient.unlinked                soins          ecrit    Lien d'identités retiré par un flux
patient.duplicate_seen          soins          ecrit    Doublon possible signalé
patient.duplicate_answered      soins          ecrit    Doublon possible : deux personnes différentes
patient.duplicates_listed       soins          lit      Doublons possibles affichés
patient.merge_previewed         soins          lit      Aperçu d'une fusion d'identités
patient.followed                soins          ecrit    Patient suivi par une structure de plus
patient.team_joined             soins          ecrit    Professionnel nommé dans l'équipe de soins
patient.team_left               soins          ecrit    Professionnel retiré de l'équipe de soins
patient.masked                  soins          ecrit    Dossier masqué
patient.unmasked                soins          ecrit    Dossier démasqué
identity.advanced               soins          ecrit    Étape de la qualification d'une identité
identity.asked                  soins          ecrit    INSi interrogé
identity.insi_accepted          soins          ecrit    Traits d'INSi acceptés
identity.insi_refused           soins          ecrit    Traits d'INSi refusés
identity.duplicate_found        soins          ecrit    INS trouvé déjà porté par un autre patient
identity.proved                 soins          ecrit    Justificatif d'identité enregistré
identity.resumed                soins          ecrit    Qualification reprise d'elle-même
identity.question_kept          soins          ecrit    Identité reçue incohérente mise de côté
identity.compared               soins          lit      Identités comparées pour un rapprochement
identity.listed                 soins          lit      Liste des identités à rapprocher
identity.worklist_read          soins          lit      Liste des identités à traiter
identity.reconciled             soins          ecrit    Identité rapprochée ou créée
identity.played                 soins          ecrit    Identité qualifiée pour une démonstration
identity.policy_changed         configuration  regle    Politique de qualification modifiée
glass.broken                    soins          lit      Bris de glace
glass.refused                   acces          refus    Bris de glace sans patient trouvé
glass.reviewed                  journal        regle    Bris de glace revu
documents.listed                soins          lit      Liste de documents de patients
document.opened                 soins          lit      Ouverture d'un document
document.proposals_read         soins          lit      Lecture des propositions de reprise
document.attachment_read        soins          lit      Lecture d'une pièce jointe
document.previewed              soins          lit      Aperçu d'un document
document.created                soins          ecrit    Création d'un document
document.received               soins          ecrit    Réception d'un document
document.saved                  soins          ecrit    Enregistrement d'une saisie
document.prefilled              soins          ecrit    Reprise de données dans un document
document.rendered               soins          tache    Fichiers d'un document produits
document.complete               soins          ecrit    Fin de saisie d'un document
document.reopen                 soins          ecrit    Saisie d'un document reprise
document.validate               soins          ecrit    Validation d'un document
document.amended                soins          ecrit    Nouvelle version d'un document
document.close                  soins          ecrit    Clôture d'un document
document.cancel                 soins          ecrit    Annulation d'un document
document.attachment_added       soins          ecrit    Ajout d'une pièce jointe
document.attachment_removed     soins          ecrit    Retrait d'une pièce jointe
document.form_carried           soins          ecrit    Document porté sur une nouvelle version de son formulaire
document.form_offered           soins          ecrit    Nouvelle version de formulaire proposée à un document
document.form_kept              soins          ecrit    Document laissé sur sa version de formulaire
document.form_accepted          soins          ecrit    Nouvelle version de formulaire acceptée
document.answers_purged         soins          ecrit    Réponses effacées à l'échéance de leur conservation
document.downloaded             soins          sort     Téléchargement d'un document
document.attested               soins          ecrit    Contenu et question à la RCP vérifiés avant envoi
document.entrusted              soins          sort     Document confié à un autre système DCC
document.taken_back             soins          ecrit    Document repris à un autre système DCC
document.handed_over            soins          sort     Remise d'un document au patient
document.exported               soins          sort     Export d'un document en ligne de commande
document.sending_asked          soins          ecrit    Envoi d'un document demandé
patient.mail_opposed            soins          ecrit    Opposition du patient à la messagerie
patient.mail_accepted           soins          ecrit    Opposition du patient à la messagerie retirée
transmission.policy_changed     configuration  regle    Choix régionaux de transmission modifiés
transmission.held               soins          tache    Transmission d'un document retenue
transmission.queued             soins          tache    Transmission d'un document mise en file
transmission.sent               soins          sort     Document transmis
transmission.delivered          soins          tache    Document transmis, remis au destinataire
transmission.read               soins          tache    Document transmis, lu ou intégré par le destinataire
transmission.failed             soins          tache    Transmission d'un document en échec
transmission.superseded         soins          tache    Transmission remplacée par une plus récente avant l'envoi
transmission.abandoned          soins          ecrit    Transmission d'un document abandonnée
intake.refused                  soins          ecrit    Document reçu refusé
intake.taken                    soins          ecrit    Document reçu d'un autre système
intake.decided                  soins          ecrit    Document reçu gardé à part : décision prise
session.opened                  acces          session  Connexion
session.raised                  acces          session  Session portée à Pro Santé Connect
session.closed                  acces          session  Déconnexion
session.code_mailed             acces          session  Code envoyé par courriel
session.ended_elsewhere         acces          session  Sessions fermées à distance
session.refused                 acces          refus    Connexion par Pro Santé Connect refusée
session.password_refused        acces          refus    Mot de passe refusé
session.code_refused            acces          refus    Code refusé
call.opened                     acces          session  Session ouverte par un appel contextuel
call.received                   acces          session  Appel contextuel reçu d'un logiciel
call.served                     acces          session  Appel contextuel servi
call.refused                    acces          refus    Appel contextuel refusé
access.refused                  acces          refus    Accès refusé
access.refusals_counted         acces          refus    Refus répétés, comptés ensemble
account.factor_enrolled         acces          session  Second facteur enrôlé
account.recovery_codes_renewed  acces          session  Codes de secours renouvelés
account.password_changed        acces          session  Mot de passe changé
admission.requested             configuration  regle    Admission demandée
admission.granted               configuration  regle    Admission accordée
admission.refused               configuration  regle    Admission refusée
call.software_registered        configuration  regle    Logiciel appelant enregistré
call.software_stopped           configuration  regle    Logiciel appelant suspendu
call.software_resumed           configuration  regle    Logiciel appelant remis en service
call.key_added                  configuration  regle    Clé d'un logiciel appelant ajoutée
call.key_withdrawn              configuration  regle    Clé d'un logiciel appelant retirée
terms.published                 configuration  regle    Conditions d'utilisation publiées
terms.withdrawn                 configuration  regle    Conditions d'utilisation retirées
terms.accepted                  configuration  regle    Conditions d'utilisation acceptées
terms.refused                   configuration  regle    Conditions d'utilisation refusées
terms.proofs_exported           journal        sort     Export des preuves d'acceptation
convention.created              configuration  regle    Convention enregistrée
convention.changed              configuration  regle    Convention modifiée
secrets.resealed                configuration  regle    Secrets scellés sous une nouvelle clé
account.created                 configuration  regle    Compte créé
account.invited                 configuration  regle    Invitation remise
account.unlocked                configuration  regle    Blocage d'un compte levé
account.closed                  configuration  regle    Compte fermé
account.role_granted            configuration  regle    Rôle donné
account.role_revoked            configuration  regle    Rôle retiré
configuration.created           configuration  regle    Élément de configuration créé
configuration.edited            configuration  regle    Élément de configuration modifié
configuration.published         configuration  regle    Élément de configuration publié
configuration.unpublished       configuration  regle    Élément de configuration dépublié
configuration.deleted           configuration  regle    Élément de configuration supprimé
configuration.acted             configuration  regle    Autre acte de configuration
terminology.imported            configuration  regle    Jeu de valeurs importé
terminology.named               configuration  regle    Libellé d'un code changé
rcp.list_applied                configuration  regle    Liste nationale des RCP appliquée
rcp.member_seated               configuration  regle    Membre ajouté à une RCP
rcp.member_unseated             configuration  regle    Membre retiré d'une RCP
favourite.saved                 configuration  regle    Favori enregistré
favourite.proposed              configuration  regle    Favori proposé
favourite.changed               configuration  regle    Favori modifié
favourite.approved              configuration  regle    Favori approuvé
favourite.refused               configuration  regle    Favori refusé
favourite.withdrawn             configuration  regle    Favori retiré
sheet.saved                     configuration  regle    Fiche d'effets enregistrée
sheet.reviewed                  configuration  regle    Fiche d'effets revue
sheet.withdrawn                 configuration  regle    Fiche d'effets retirée
publisher.recognised            configuration  regle    Publicateur reconnu
publisher.dropped               configuration  regle    Publicateur écarté
form.imported                   configuration  regle    Formulaire importé
form.exported                   configuration  sort     Formulaire exporté
form.published                  configuration  regle    Formulaire publié
form.duplicated                 configuration  regle    Formulaire dupliqué
block.published                 configuration  regle    Bloc partagé publié
block.received                  configuration  regle    Bloc partagé reçu
legal.published                 configuration  regle    Texte légal publié
legal.withdrawn                 configuration  regle    Texte légal retiré
gate.ended                      configuration  tache    Contrôle avant publication terminé
journal.searched                journal        lit      Recherche dans le journal
journal.patient_identified      journal        lit      Patient identifié pour lire ses accès
journal.report_made             journal        sort     Relevé des accès d'un patient
journal.exported                journal        sort     Export du journal
journal.purged                  journal        tache    Traces échues effacées
delivery.retried                exploitation   regle    Livraison relancée
delivery.abandoned              exploitation   regle    Livraison abandonnée
artifact.checked                exploitation   tache    Fichier contrôlé de nouveau
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; ``words`` are French."""

    action: str
    kind: Kind
    nature: Nature
    words: str


class UnknownAction(LookupError):
    """The action is not in the table: a bug of the caller."""


def _parsed(table: str) -> dict[str, Line]:
    lines = (line.split(maxsplit=3) for line in table.strip().splitlines())
    return {action: Line(action, Kind(kind), Nature(nature), words) for action, kind, nature, words in lines}


_LINES = _parsed(_TABLE)


def declare(table: str) -> None:
    """Add the actions of a plugin, written as the lines of the table; twice the same is the same.

    Raises ``ValueError`` when an action exists with other words.
    """
    for action, line in _parsed(table).items():
        if _LINES.setdefault(action, line) != line:
            raise ValueError(f"Action {action} already in the table")


def line_of(action: str) -> Line:
    """The line of an action; raises :class:`UnknownAction`."""
    try:
        return _LINES[action]
    except KeyError:
        raise UnknownAction(f"{action} is not in the table of dcc.audit.actions: add its line") from None


def lines() -> Mapping[str, Line]:
    """The whole table, with what plugins declared."""
    return dict(_LINES)


def words_of(action: str) -> str:
    """French words of an action; its code when the plugin that declared it is gone."""
    return _LINES[action].words if action in _LINES else action


def natures() -> Mapping[str, Nature]:
    """Nature of each action."""
    return {action: line.nature for action, line in _LINES.items()}


def actions_of(*, kinds: Collection[Kind] = (), natures: Collection[Nature] = ()) -> frozenset[str]:
    """Actions of these kinds and natures; nothing given, nothing asked."""
    return frozenset(
        a for a, line in _LINES.items() if (not kinds or line.kind in kinds) and (not natures or line.nature in natures)
    )
