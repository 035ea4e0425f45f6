"""What a PPS says of itself: its status, its update and its hand-over; children's care (§2.2, §7.3)."""

from __future__ import annotations

from plugins.cda.codecs.blocks import Facts, Paragraphs, fact
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.leaves import Fixed, Flag
from plugins.cda.codecs.roles import performer
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Relation, Statement, Text, filled
from plugins.cda.codecs.times import EventTime, Moment
from plugins.cda.volets.document_facts import STATUS as STATUS_FACT
from plugins.cda.volets.document_facts import STATUS_TIME, status_statement
from plugins.cda.volets.templates import PROBLEM, SIMPLE, cisis, comment, observation, snomed

S = "pps.statut"
STATUS = Section(
    key=S,
    templates=("1.2.250.1.213.1.1.2.35",),
    code=Code("33557-0", "Etat d'achèvement"),
    title="Statut du document",
    blocks=(
        Facts(
            rows=(
                fact("Statut du document", STATUS_FACT, "statut-document"),
                fact("Date du statut du document", STATUS_TIME),
                fact("Commentaire sur le document", f"{S}.commentaire", "commentaire-document"),
                fact("Motif de mise à jour", f"{S}.motif", "motif-maj"),
                fact("Précision sur le motif de mise à jour", f"{S}.motif_precision", "motif-maj-précision"),
                fact("Date de la RCP", f"{S}.date_rcp", "date-RCP", always=True),
                fact("Date de la consultation d'annonce", f"{S}.annonce", always=True),
                fact("Date de remise du document au patient", f"{S}.remise", "remis-patient", always=True),
                fact("Document remis par", f"{S}.remis_par", "remis-par"),
            )
        ),
    ),
    entries=(
        status_statement(Relation(comment(f"{S}.commentaire", "commentaire-document"), "SUBJ", "true")),
        observation(
            cisis("GEN-037", "Motif de mise à jour"),
            "motif-maj",
            Coded(f"{S}.motif", "motif-maj"),
            Relation(comment(f"{S}.motif_precision", "motif-maj-précision"), "SUBJ", "true"),
            time=Moment(STATUS_TIME),
            when=filled(f"{S}.motif"),
        ),
        observation(cisis("ORG-189", "Date de la RCP"), "date-RCP", EventTime(f"{S}.date_rcp"), time=Moment(f"{S}.date_rcp")),
        Statement(
            "observation",
            SIMPLE,
            cisis("GEN-178", "Date de remise du document au patient"),
            Text("remis-patient"),
            parts=(Moment(f"{S}.remise"), EventTime(f"{S}.annonce"), performer(f"{S}.remis_par", "remis-par")),
        ),
    ),
)

P = "pps.pediatrie"
_REASON = Code("42349-1", "Raison de la recommandation")
_POINTER = '<originalText><reference value="#pediatrie"/></originalText>'
_TECHNICAL = Fixed(_REASON.as_xml("value", _POINTER).replace("<value", '<value xsi:type="CD"'))
PAEDIATRICS = Section(
    key=P,
    templates=("1.3.6.1.4.1.19376.1.5.3.1.3.1", "1.3.6.1.4.1.19376.1.5.3.1.3.2", "1.2.250.1.213.1.1.2.128"),
    code=_REASON,
    title="PÉDIATRIE",
    blocks=(
        Paragraphs(
            (
                Cell(f"{P}.pediatrie", "pediatrie", kept=True, label="Pédiatrie"),
                Cell(f"{P}.commentaire", "commentaire-pediatrie", label="Commentaire"),
            )
        ),
    ),
    entries=(
        observation(
            cisis("ORG-116", "Pédiatrie"),
            "pediatrie",
            Flag(f"{P}.pediatrie"),
            Relation(comment(f"{P}.commentaire", "commentaire-pediatrie"), "SUBJ", "true"),
        ),
        Statement(
            "observation",
            PROBLEM,
            snomed("55607006", "problème"),
            Text("pediatrie"),
            negation="false",
            parts=(
                Fixed('<effectiveTime><low nullFlavor="UNK"/></effectiveTime>'),
                _TECHNICAL,
            ),
        ),
    ),
    when=filled(f"{P}.pediatrie", f"{P}.commentaire"),
)
"""The problem is technical: the PCC template wants one in this section; it holds no answer."""
