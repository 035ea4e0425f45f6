"""Section 1 of a FRCP: the kind of meeting and its motive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from plugins.cda.codecs.blocks import Facts, fact
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.groups import Many
from plugins.cda.codecs.leaves import Echo, Fixed, Flag
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Condition, Relation, Statement, Text
from plugins.cda.codecs.times import Moment
from plugins.cda.volets.templates import PROBLEM, cisis, comment, observation, snomed

M = "frcp.motif"
Values = Mapping[str, Any]


def _transversal(values: Values) -> bool:
    return (values.get(f"{M}.nature") or {}).get("code") == "ORG-132"


def _by_organ(values: Values) -> bool:
    return not _transversal(values)


def _flag(code: Code, key: str, anchor: str) -> Relation:
    return Relation(observation(code, anchor, Flag(key)), "REFR")


MOTIVE = observation(
    cisis("ORG-186", "Motif de la RCP"),
    "motifRCP",
    Fixed('<value xsi:type="CD" nullFlavor="NA"/>'),
    _flag(cisis("MED-235", "Avis diagnostique"), f"{M}.avis_diagnostique", "avisDiagnostic"),
    _flag(
        cisis("ORG-114", "Proposition de traitement (dont ajustement et surveillance)"),
        f"{M}.proposition_therapeutique",
        "propositionTherapeutique",
    ),
    _flag(cisis("ORG-115", "Recours"), f"{M}.recours", "recours"),
    _flag(cisis("ORG-116", "Pédiatrie"), f"{M}.pediatrie", "pediatrique"),
    Relation(
        observation(
            cisis("ORG-127", "Statut du cas présenté"), "statut-cas-presente", Coded(f"{M}.statut_cas", "statut-cas-presente")
        ),
        "REFR",
    ),
    Relation(comment(f"{M}.commentaire_motif", "Commentaire-motif-de-la-RCP"), "SUBJ"),
)


def _kind(
    code: Code, key: str, anchor: str, *, first: tuple[Relation, ...], last: tuple[Relation, ...], when: Condition
) -> Statement:
    """What the meeting is about, with what hangs under it in both kinds."""
    return observation(
        code,
        anchor,
        Coded(key, anchor),
        *first,
        _flag(cisis("ORG-184", "RCP de recours"), f"{M}.rcp_recours", "RCPrecours"),
        _flag(cisis("ORG-185", "RCP pédiatrique"), f"{M}.rcp_pediatrique", "RCPpediatrique"),
        Relation(comment(f"{M}.commentaire_type", "Commentaire-type-de-RCP"), "SUBJ"),
        *last,
        when=when,
    )


ORGANS = Many(f"{M}.organes", observation(cisis("ORG-119", "Organe"), "organe-{m}", Coded(f"{M}.organes", "organe-{m}")))
NATURE = observation(
    cisis("GEN-098", "Nature de la discussion"),
    "nature-discussion",
    Coded(f"{M}.nature", "nature-discussion"),
    Relation(
        _kind(
            cisis("ORG-118", "Appareil concerné"),
            f"{M}.appareil",
            "appareil",
            first=(Relation(ORGANS, "REFR"),),
            last=(),
            when=_by_organ,
        ),
        "SUBJ",
    ),
    Relation(
        _kind(
            cisis("ORG-138", "Traitement / Soins"),
            f"{M}.traitement_soins",
            "traitement-soins",
            first=(),
            last=(Relation(MOTIVE, "SUBJ"),),
            when=_transversal,
        ),
        "SUBJ",
    ),
    Relation(replace(MOTIVE, when=_by_organ), "SUBJ"),
)
"""The official examples diverge: the motive hangs under the nature (« Appareil ») or the treatment (« Transversale »)."""

PROBLEM_ENTRY = Statement(
    "observation",
    PROBLEM,
    snomed("55607006", "problème"),
    Text("raison"),
    negation="false",
    parts=(
        Echo(Moment("frcp.rcp.date", low=True)),
        Fixed('<value xsi:type="CD" nullFlavor="NA"><originalText><reference value="#raison"/></originalText></value>'),
    ),
)
"""Technical: the PCC template wants a problem in this section; it holds no answer."""

REASON = Section(
    key="frcp.motif",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.3.1", "1.3.6.1.4.1.19376.1.5.3.1.3.2", "1.2.250.1.213.1.1.2.128"),
    code=Code("42349-1", "Raison de la recommandation"),
    title="Type de RCP / Motif de la RCP",
    blocks=(
        Facts(
            title="Type de RCP",
            title_anchor="raison",
            rows=(
                fact("Nature de la discussion", f"{M}.nature", "nature-discussion", always=True),
                fact("Appareil", f"{M}.appareil", "appareil", always=_by_organ),
                fact("Organe", f"{M}.organes", "organe-{m}"),
                fact("Traitement / Soins", f"{M}.traitement_soins", "traitement-soins", always=_transversal),
                fact("RCP de recours", f"{M}.rcp_recours", "RCPrecours", always=True),
                fact("RCP pédiatrique", f"{M}.rcp_pediatrique", "RCPpediatrique", always=True),
                fact("Commentaire", f"{M}.commentaire_type", "Commentaire-type-de-RCP"),
            ),
        ),
        Facts(
            title="Motif de la RCP",
            title_anchor="motifRCP",
            rows=(
                fact("Avis diagnostique", f"{M}.avis_diagnostique", "avisDiagnostic", always=True),
                fact(
                    "Proposition thérapeutique (dont surveillance, ajustement du traitement)",
                    f"{M}.proposition_therapeutique",
                    "propositionTherapeutique",
                    always=True,
                ),
                fact("Recours", f"{M}.recours", "recours", always=True),
                fact("Pédiatrique", f"{M}.pediatrie", "pediatrique", always=True),
                fact("Statut du cas présenté", f"{M}.statut_cas", "statut-cas-presente", always=True),
                fact("Commentaire", f"{M}.commentaire_motif", "Commentaire-motif-de-la-RCP"),
            ),
        ),
    ),
    entries=(NATURE, PROBLEM_ENTRY),
)
