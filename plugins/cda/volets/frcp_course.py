"""Sections 11, 15 and 18 of a FRCP: treatments, synthesis and question, context of the proposal."""

from __future__ import annotations

from plugins.cda.codecs.blocks import Facts, Note, fact
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.coded import Coded, Status, Words
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.grids import Grid
from plugins.cda.codecs.groups import Rows
from plugins.cda.codecs.leaves import Flag
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Relation, Statement, Text, filled
from plugins.cda.codecs.times import Moment, Period
from plugins.cda.volets.templates import ACT_DONE, ACT_LABELS, SIMPLE, cisis, comment, observation

T = "frcp.traitements"
TREATMENTS_GRID = Grid(
    T,
    (
        Cell(f"{T}.type", "traitement-{n:02}", label="Type de traitement", kept=True),
        Cell(f"{T}.precision", "autre-traitement-{n:02}", label="Précision"),
        Cell(f"{T}.debut", "debut-traitement-{n:02}", label="Date de début"),
        Cell(f"{T}.fin", "fin-traitement-{n:02}", label="Date de fin"),
        Cell(f"{T}.statut", "statut-traitement-{n:02}", label="Statut", kept=True, unsaid=True),
        Cell(f"{T}.commentaire", "commentaire-traitement-{n:02}", label="Commentaire"),
    ),
)
TREATMENTS = Section(
    key="frcp.traitements_section",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.1.13.2.11", "1.2.250.1.213.1.1.2.118"),
    code=Code("29554-3", "Actes"),
    title="Traitements thérapeutiques passés ou en cours (réalisé ou pas)",
    blocks=(TREATMENTS_GRID,),
    entries=(
        Rows(
            T,
            Statement(
                "procedure",
                ACT_DONE,
                Coded(f"{T}.type", "traitement-{n:02}", tag="code", typed=False),
                Text("autre-traitement-{n:02}", f"{T}.precision", otherwise="traitement-{n:02}"),
                status=Status(f"{T}.statut", ACT_LABELS, "statut-traitement-{n:02}"),
                mark="EVN",
                negation="false",
                parts=(Period(f"{T}.debut", f"{T}.fin"),),
                relations=(Relation(comment(f"{T}.commentaire", "commentaire-traitement-{n:02}"), "SUBJ", "true"),),
            ),
            shown=TREATMENTS_GRID,
        ),
    ),
    when=filled(T),
)

S = "frcp.synthese"
SYNTHESIS = Section(
    key="frcp.synthese",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.3.4", "1.2.250.1.213.1.1.2.130"),
    code=Code("10164-2", "Histoire de la maladie"),
    title="Synthèse du cas présenté et question posée à la RCP - Autres données indispensables à l'avis de la RCP",
    blocks=(
        Note("Synthèse du cas présenté et question posée à la RCP", (Cell(f"{S}.question", "synthese-question"),)),
        Note("Autres données indispensables à l'avis de la RCP", (Cell(f"{S}.autres_donnees", "autres-donnees"),)),
    ),
)

R, C = "frcp.referentiels", "frcp.cadre"
GUIDELINES = Grid(
    R,
    (
        Cell(f"{R}.nom", "nom-referentiel-{n}", label="Nom et version du référentiel utilisé", kept=True),
        Cell(f"{R}.date", "date-referentiel-{n}", label="Date"),
    ),
    title="Recommandation / référentiel de pratique clinique",
)
CONTEXT = Section(
    key="frcp.cadre",
    templates=("1.2.250.1.213.1.1.2.175",),
    code=Code("35510-7", "Essais cliniques - Informations générales"),
    title="Cadre de la proposition thérapeutique",
    blocks=(
        GUIDELINES,
        Facts(
            title="Cadre de la proposition thérapeutique",
            rows=(fact("Proposition d'inclusion dans un essai clinique", f"{C}.essai_clinique", "essai-clinique"),),
            ignored=("Proposition correspondant à la recommandation / au référentiel de pratique clinique",),
        ),
        Note(
            "Commentaires / Précisions sur le cadre de la proposition thérapeutique",
            (Cell(f"{C}.commentaire", "commentaire-cadre-proposition"),),
        ),
    ),
    entries=(
        Rows(
            R,
            Statement(
                "observation",
                SIMPLE,
                cisis("MED-249", "Recommandation/référentiel de pratique clinique"),
                Text("nom-referentiel-{n}"),
                parts=(Moment(f"{R}.date"), Words(f"{R}.nom", "nom-referentiel-{n}")),
            ),
            shown=GUIDELINES,
        ),
        observation(
            cisis("MED-250", "Proposition d'inclusion dans un essai clinique"),
            "essai-clinique",
            Flag(f"{C}.essai_clinique"),
            when=filled(f"{C}.essai_clinique"),
        ),
        comment(f"{C}.commentaire", "commentaire-cadre-proposition"),
    ),
)
