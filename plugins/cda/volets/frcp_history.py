"""Sections 4 to 9 of a FRCP: history, evaluations, pregnancies, wishes, examinations."""

from __future__ import annotations

from plugins.cda.codecs.blocks import Facts, Line, Note, fact
from plugins.cda.codecs.cells import Cell, Said, shown_only
from plugins.cda.codecs.coded import Coded, NamedCode, ScoreOrResult
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.grids import Grid
from plugins.cda.codecs.groups import Joined, Rows
from plugins.cda.codecs.leaves import TIME_NOT_APPLICABLE, Flag, Leaf, Number
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Statement, Text, filled
from plugins.cda.codecs.times import Moment
from plugins.cda.volets.templates import EVALUATION, PREGNANCY, cisis, comment


def _dated_list(key: str, group: str, anchor: str, template: str, code: Code, title: str, label: str, former: str) -> Section:
    """A narrative-only section: dates and words."""
    return Section(
        key=key,
        templates=(template,),
        code=code,
        title=title,
        blocks=(
            Grid(
                group,
                (Cell(f"{group}.date", label="Date"), Cell(f"{group}.libelle", anchor, label=label)),
                former_title=former,
            ),
        ),
        when=filled(group),
    )


HISTORY = _dated_list(
    "frcp.antecedents_medicaux",
    "frcp.antecedents",
    "antecedent_{n:03}",
    "1.2.250.1.213.1.1.2.2",
    Code("11348-0", "Antécédents médicaux"),
    "Antécédents médicaux",
    "Antécédent médical",
    "Antécédents médicaux (ceux notables pour l'avis)",
)
PROBLEMS = _dated_list(
    "frcp.comorbidites_section",
    "frcp.comorbidites",
    "comorbidite_{n:03}",
    "1.2.250.1.213.1.1.2.176",
    Code("11450-4", "Liste des problèmes actifs"),
    "Comorbidités",
    "Comorbidité",
    "Comorbidités",
)

ECOG, GERIATRIC = "frcp.ecog", "frcp.geriatrie"
ECOG_CODE = Code("89262-0", "Indice de performance ECOG OMS")
GERIATRIC_CODE = Code("84121-3", "Evaluation et dépistage gériatriques")
GERIATRIC_SCORE = Code("48544-1", "Score de la dépression gériatrique")


def _evaluation(group: str, code: Leaf, mark: str, anchor: str, value: Leaf) -> Statement:
    return Statement(
        "observation",
        EVALUATION,
        code,
        Text(anchor),
        mark=mark,
        negation="false",
        parts=(Moment(f"{group}.date"), value),
    )


ECOG_GRID = Grid(
    ECOG,
    (
        Cell(f"{ECOG}.date", "evaluation-{n:02}", label="Date", kept=True),
        Said("Évaluation fonctionnelle selon l'échelle de performance OMS", "evaluation-type-{n:02}", "Evaluation"),
        Cell(f"{ECOG}.indice", "evaluation-resultat-{n:02}", label="Résultat"),
    ),
    title="Indice de performance ECOG / OMS",
    told=False,
)
GERIATRIC_GRID = Grid(
    GERIATRIC,
    (
        Cell(f"{GERIATRIC}.date", "geriatrie-{n:02}", label="Date", kept=True),
        Cell(f"{GERIATRIC}.outil", "geriatrie-type-{n:02}", label="Evaluation"),
        Cell(f"{GERIATRIC}.score", label="Score", read=shown_only),
        Cell(f"{GERIATRIC}.resultat", "geriatrie-resultat-{n:02}", label="Résultat", read=shown_only),
    ),
    title="Évaluations gériatriques",
    told=False,
)

EVALUATIONS = Section(
    key="frcp.evaluations",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.1.12.2.5", "1.2.250.1.213.1.1.2.115"),
    code=Code("46006-3", "Problèmes physiques fonctionnels et structurels"),
    title="Évaluations fonctionnelles",
    blocks=(ECOG_GRID, GERIATRIC_GRID),
    entries=(
        Rows(
            ECOG,
            _evaluation(
                ECOG,
                NamedCode(ECOG_CODE, "evaluation-type-{n:02}"),
                ECOG_CODE.code,
                "evaluation-{n:02}",
                Coded(f"{ECOG}.indice", "evaluation-resultat-{n:02}", words="always"),
            ),
            shown=ECOG_GRID,
        ),
        Rows(
            GERIATRIC,
            _evaluation(
                GERIATRIC,
                NamedCode(
                    GERIATRIC_CODE,
                    "geriatrie-type-{n:02}",
                    f"{GERIATRIC}.outil",
                    translation=GERIATRIC_SCORE,
                    when=f"{GERIATRIC}.score",
                ),
                GERIATRIC_CODE.code,
                "geriatrie-{n:02}",
                ScoreOrResult(f"{GERIATRIC}.score", f"{GERIATRIC}.resultat", "geriatrie-resultat-{n:02}"),
            ),
            shown=GERIATRIC_GRID,
        ),
    ),
    when=filled(ECOG, GERIATRIC),
)

G = "frcp.grossesses"


def _pregnancy(code: Code, key: str, anchor: str, value: Leaf) -> Statement:
    return Statement("observation", PREGNANCY, code, Text(anchor), parts=(TIME_NOT_APPLICABLE, value), when=filled(key))


PREGNANCIES = Section(
    key="frcp.grossesses",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.1.5.3.4", "1.2.250.1.213.1.1.2.77"),
    code=Code("10162-6", "Historique des grossesses"),
    title="Historique des grossesses",
    blocks=(
        Facts(
            rows=(
                fact("Nombre de grossesses", f"{G}.nombre", "nb-grossesses"),
                fact("Nombre d'accouchements", f"{G}.accouchements", "nb-accouchements"),
                fact("Projet parental", f"{G}.projet_parental", "projet-parental"),
            )
        ),
    ),
    entries=(
        _pregnancy(
            Code("11996-6", "Gestité (nombre total de grossesses y compris actuelle)"),
            f"{G}.nombre",
            "nb-grossesses",
            Number(f"{G}.nombre"),
        ),
        _pregnancy(
            Code("11977-6", "Parité (nombre total d'accouchements y compris actuel)"),
            f"{G}.accouchements",
            "nb-accouchements",
            Number(f"{G}.accouchements"),
        ),
        _pregnancy(
            cisis("ORG-173", "Projet de grossesse"), f"{G}.projet_parental", "projet-parental", Flag(f"{G}.projet_parental")
        ),
    ),
    when=filled(f"{G}.nombre", f"{G}.accouchements", f"{G}.projet_parental"),
)

W = "frcp.souhaits"
WISHES = Section(
    key="frcp.souhaits",
    templates=("1.2.250.1.213.1.1.2.252",),
    code=Code("75320-2", "Souhaits du patient"),
    title="Souhaits du patient pour sa qualité de vie",
    blocks=(Line((Cell(f"{W}.date", label="Date"), Cell(f"{W}.texte", "souhait-patient-01", label="Souhait du patient"))),),
    entries=(Joined(comment(f"{W}.texte", "souhait-patient-01", date=f"{W}.date"), f"{W}.texte", f"{W}.date"),),
    when=filled(f"{W}.texte", f"{W}.date"),
)

X = "frcp.paraclinique"
EXAMINATIONS = Section(
    key="frcp.paraclinique_section",
    templates=("1.3.6.1.4.1.19376.1.5.3.1.3.27", "1.2.250.1.213.1.1.2.150"),
    code=Code("30954-2", "Résultats d'examens"),
    title="Eléments paracliniques (résultats d'examens)",
    blocks=(
        Grid(
            X,
            (
                Cell(f"{X}.date", label="Date"),
                Cell(f"{X}.examen", "examen-{n:03}", label="Examen"),
                Cell(f"{X}.resultat", "resultat-{n:03}", label="Résultat"),
            ),
            former_title="Eléments paracliniques",
        ),
        Note(
            "Commentaires / Précisions sur les éléments cliniques",
            (Cell(f"{X}.commentaire", "commentaire-elements-cliniques"),),
        ),
    ),
    when=filled(X, f"{X}.commentaire"),
)
