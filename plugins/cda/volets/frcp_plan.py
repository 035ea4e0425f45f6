"""Sections 16, 17, 19 and 20 of a FRCP: state of the file, proposal of the meeting, comments on the patient, status."""

from __future__ import annotations

import re

from forms_config.schema.model import Question
from plugins.cda.codecs.blocks import Facts, Note, fact
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.grids import Grid
from plugins.cda.codecs.groups import Rows
from plugins.cda.codecs.leaves import Flag, Sequence
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Relation, Statement, Text
from plugins.cda.codecs.times import Period
from plugins.cda.volets.document_facts import STATUS as STATUS_FACT
from plugins.cda.volets.document_facts import STATUS_TIME, status_statement
from plugins.cda.volets.remarks import patient_comment
from plugins.cda.volets.templates import ACT_MEANT, CALL_BACK, ENCOUNTER, REQUEST, cisis, comment, observation

D = "frcp.dossier"
FILE_STATUS = Section(
    key="frcp.dossier",
    templates=("1.2.250.1.213.1.1.2.33",),
    code=Code("21874-3", "Statut du dossier présenté en RCP"),
    title="Statut du dossier présenté et quorum",
    blocks=(
        Facts(
            rows=(
                fact("Dossier complet", f"{D}.complet", "dossier-complet", always=True),
                fact("Quorum", f"{D}.quorum", "quorum-atteint", always=True),
                fact("Commentaire", f"{D}.commentaire", "commentaire-dossier"),
            )
        ),
    ),
    entries=(
        Statement(
            "organizer",
            ("1.2.250.1.213.1.1.3.7",),
            cisis("GEN-099", "Information FRCP"),
            has_id=False,
            relations=(
                Relation(
                    observation(cisis("GEN-100", "Dossier complet"), "dossier-complet", Flag(f"{D}.complet")), tag="component"
                ),
                Relation(
                    observation(cisis("ORG-125", "Quorum RCP"), "quorum-atteint", Coded(f"{D}.quorum", "quorum-atteint")),
                    tag="component",
                ),
                Relation(comment(f"{D}.commentaire", "commentaire-dossier"), "COMP", tag="component"),
            ),
        ),
    ),
)

P, E, T = "frcp.proposition", "frcp.examens", "frcp.propositions"
_INTENTIONS = {1: "1 (Première intention)", 2: "2 (Alternative)"}


def _intention(_: Question, value: int) -> str:
    return _INTENTIONS.get(value, str(value))


def _after_yes(words: str) -> str:
    """What follows « OUI » in the one cell where 2022.01 and the official examples put both."""
    return re.sub(r"\Aoui\b[\s:,;.–-]*", "", words, flags=re.IGNORECASE)


EXAMINATIONS_ASKED = Grid(
    E,
    (
        Cell(f"{E}.libelle", "demande-expertise-{n:02}", label="Type", kept=True),
        Cell(f"{E}.au_plus_tot", label="Date au plus tôt souhaitée"),
        Cell(f"{E}.au_plus_tard", label="Date au plus tard (si pertinent)"),
    ),
    title="Examens / expertises complémentaires",
)
TREATMENTS_PROPOSED = Grid(
    T,
    (
        Cell(f"{T}.intention", label="Numéro d'intention", show=_intention),
        Cell(f"{T}.sequence", label="Numéro séquentiel du traitement"),
        Cell(f"{T}.type", "traitement-propose-{n:02}", label="Type de traitement", kept=True),
        Cell(f"{T}.precision", label="Précision sur le traitement"),
        Cell(f"{T}.debut", label="Début souhaité"),
        Cell(f"{T}.fin", label="Fin souhaitée"),
    ),
    title="Proposition(s) thérapeutique(s)",
)


def _encounter(code: Code, key: str, text: Text) -> Statement:
    """FR-Rencontre: there only when the answer is yes; « non » is said by the narrative."""
    return Statement(
        "encounter",
        ENCOUNTER,
        code,
        text,
        status=None,
        mood="ARQ",
        parts=(CALL_BACK,),
        when=lambda values: values.get(key) is True,
        implies=((key, True),),
    )


PLAN = Section(
    key="frcp.proposition",
    templates=("2.16.840.1.113883.10.20.1.10", "1.3.6.1.4.1.19376.1.5.3.1.3.36", "1.2.250.1.213.1.1.2.158"),
    code=Code("18776-5", "Plan de soins"),
    title="Proposition de la RCP",
    blocks=(
        Note("Passage en RCP de recours", (Cell(f"{P}.recours", "demande-RCP-recours"),)),
        EXAMINATIONS_ASKED,
        Note(
            "Surveillance", (Cell(f"{P}.surveillance", "surveillance"), Cell(f"{P}.surveillance_texte", "surveillance-precision"))
        ),
        TREATMENTS_PROPOSED,
        Note(
            "Commentaires / Précisions sur la proposition de la RCP",
            (Cell(f"{P}.commentaire", "commentaire-proposition-RCP"), Cell(f"{P}.commentaire_date")),
        ),
    ),
    entries=(
        _encounter(cisis("ORG-120", "Passage en RCP recours"), f"{P}.recours", Text("demande-RCP-recours")),
        Rows(
            E,
            Statement(
                "observation",
                REQUEST,
                cisis("ORG-064", "Demande d'examen ou de suivi"),
                Text("demande-expertise-{n:02}", f"{E}.libelle"),
                status="active",
                mood="PRP",
                parts=(Period(f"{E}.au_plus_tot", f"{E}.au_plus_tard", optional=False),),
            ),
            shown=EXAMINATIONS_ASKED,
        ),
        _encounter(
            cisis("MED-226", "Surveillance seule"),
            f"{P}.surveillance",
            Text("surveillance", f"{P}.surveillance_texte", tidy=_after_yes),
        ),
        Rows(
            T,
            Statement(
                "procedure",
                ACT_MEANT,
                Coded(f"{T}.type", "traitement-propose-{n:02}", tag="code", typed=False, words="always"),
                Text("traitement-propose-{n:02}"),
                status="active",
                mood="INT",
                mark="INT",
                negation="false",
                parts=(Period(f"{T}.debut", f"{T}.fin", optional=False), Sequence(f"{T}.sequence")),
            ),
            shown=TREATMENTS_PROPOSED,
        ),
        comment(f"{P}.commentaire", "commentaire-proposition-RCP", date=f"{P}.commentaire_date"),
    ),
)

PATIENT_COMMENT = patient_comment("frcp", "Commentaires / précisions sur le patient")

STATUS = Section(
    key="frcp.statut",
    templates=("1.2.250.1.213.1.1.2.35",),
    code=Code("33557-0", "Etat d'achèvement"),
    title="Statut du document",
    blocks=(
        Facts(
            rows=(
                fact("Statut du document", STATUS_FACT, "statut-document"),
                fact("Date du statut du document", STATUS_TIME),
                fact("Commentaire sur la fiche RCP", "frcp.statut.commentaire", "commentaire-ficheRCP"),
            )
        ),
    ),
    entries=(status_statement(Relation(comment("frcp.statut.commentaire", "commentaire-ficheRCP"), "SUBJ")),),
)
