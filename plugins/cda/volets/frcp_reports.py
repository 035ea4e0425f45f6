"""Conclusions of reports taken into a FRCP: surgery, pathology, molecular genetics (§1.2-10, §7.2-12 to 14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugins.cda.codecs.blocks import Facts, Row, fact
from plugins.cda.codecs.coded import Words
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.leaves import Leaf
from plugins.cda.codecs.roles import SectionAuthor, author, participant, performer
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Condition, Statement, Text
from plugins.cda.codecs.times import Period
from plugins.cda.volets.templates import SIMPLE

_ENTRY_KEYS = ("conclusion", "debut", "fin", "auteur", "auteur_date", "chirurgien", "pathologiste", "biologiste")
_SAMPLE_KEYS = ("preleveur", "prelevement_date")
_OTHER_KEYS = ("repris_par", "repris_le", "commentaire")


def _any(prefix: str, *names: str) -> Condition:
    keys = tuple(f"{prefix}.{name}" for name in names)

    def holds(values: Mapping[str, Any]) -> bool:
        return any(values.get(key) is not None for key in keys)

    return holds


def _report(prefix: str, anchor: str, who: tuple[str, str], conclusion: str) -> Facts:
    """The examination: its date, who did it, the conclusion, who wrote it, who took it over."""
    label, key = who
    return Facts(
        title="Examen",
        title_anchor=f"{anchor}-examen",
        rows=(
            fact("Date", f"{prefix}.debut"),
            fact("Fin", f"{prefix}.fin"),
            fact(label, f"{prefix}.{key}", f"{anchor}-{key}"),
            fact(conclusion, f"{prefix}.conclusion", f"{anchor}-conclusion", always=_any(prefix, *_ENTRY_KEYS, *_SAMPLE_KEYS)),
            *_authorship(prefix, anchor),
        ),
    )


def _authorship(prefix: str, anchor: str) -> tuple[Row, ...]:
    return (
        fact("Auteur de la conclusion", f"{prefix}.auteur", f"{anchor}-auteur"),
        fact("Date de la conclusion", f"{prefix}.auteur_date"),
        fact("Auteur de la reprise", f"{prefix}.repris_par", f"{anchor}-repris"),
        fact("Date de la reprise", f"{prefix}.repris_le"),
    )


def _sampling(prefix: str, anchor: str) -> Facts:
    return Facts(
        title="Prélèvement",
        title_anchor=f"{anchor}-prelevement",
        rows=(
            fact("Date", f"{prefix}.prelevement_date"),
            fact("Préleveur", f"{prefix}.preleveur", f"{anchor}-preleveur"),
        ),
    )


def _conclusion(prefix: str, anchor: str, code: Code, *people: Leaf) -> Statement:
    return Statement(
        "observation",
        SIMPLE,
        code,
        Text(f"{anchor}-conclusion", f"{prefix}.conclusion"),
        parts=(
            Period(f"{prefix}.debut", f"{prefix}.fin", optional=False),
            Words(f"{prefix}.conclusion", f"{anchor}-conclusion"),
            *people,
        ),
        when=_any(prefix, *_ENTRY_KEYS, *_SAMPLE_KEYS),
    )


O = "frcp.cro"  # noqa: E741  (one letter for the prefix of each group, as in the other modules of the volet)
SURGERY = Section(
    key=O,
    templates=("1.2.250.1.213.1.1.2.26",),
    code=Code("10218-6", "Note postopératoire"),
    title="Compte-rendu opératoire (CRO)",
    blocks=(
        Facts(
            title="Conclusion du CRO",
            rows=(
                fact("Date de l'opération", f"{O}.debut"),
                fact("Fin de l'opération", f"{O}.fin"),
                fact("Chirurgien", f"{O}.chirurgien", "CRO-chirurgien"),
                fact("Conclusion", f"{O}.conclusion", "CRO-conclusion", always=_any(O, *_ENTRY_KEYS)),
                *_authorship(O, "CRO"),
            ),
        ),
    ),
    author=SectionAuthor(f"{O}.repris_par", f"{O}.repris_le", "CRO-repris"),
    entries=(
        _conclusion(
            O,
            "CRO",
            Code("10218-6", "Note postopératoire"),
            performer(f"{O}.chirurgien", "CRO-chirurgien"),
            author(f"{O}.auteur", f"{O}.auteur_date", "CRO-auteur"),
        ),
    ),
    comment=f"{O}.commentaire",
    when=_any(O, *_ENTRY_KEYS, *_OTHER_KEYS),
)

A = "frcp.acp"
DIAGNOSIS_CONCLUSION = Code("22637-3", "Conclusion - Diagnostic")
PATHOLOGY = Section(
    key=A,
    templates=("1.2.250.1.213.1.1.2.34",),
    code=Code("30954-2", "Résultats d’examens"),
    title="Compte-rendu anatomocytopathologique (CR-ACP)",
    blocks=(_sampling(A, "CR-ACP"), _report(A, "CR-ACP", ("Anatomopathologiste", "pathologiste"), "Conclusion")),
    author=SectionAuthor(f"{A}.repris_par", f"{A}.repris_le", "CR-ACP-repris"),
    entries=(
        _conclusion(
            A,
            "CR-ACP",
            DIAGNOSIS_CONCLUSION,
            performer(f"{A}.pathologiste", "CR-ACP-pathologiste"),
            author(f"{A}.auteur", f"{A}.auteur_date", "CR-ACP-auteur"),
            participant(f"{A}.preleveur", f"{A}.prelevement_date", "CR-ACP-preleveur"),
        ),
    ),
    comment=f"{A}.commentaire",
    when=_any(A, *_ENTRY_KEYS, *_SAMPLE_KEYS, *_OTHER_KEYS),
)

B = "frcp.crgm"
GENETICS = Section(
    key="frcp.genetique",
    group=B,
    templates=("1.2.250.1.213.1.1.2.67",),
    code=Code("50397-9", "Génétique moléculaire - Interprétation"),
    title="Compte-rendu de génétique moléculaire (CR-GM)",
    blocks=(
        _sampling(B, "CR-GM-{n}"),
        _report(B, "CR-GM-{n}", ("Biologie moléculaire", "biologiste"), "Titre de l'examen et Conclusion"),
    ),
    author=SectionAuthor(f"{B}.repris_par", f"{B}.repris_le", "CR-GM-{n}-repris"),
    entries=(
        _conclusion(
            B,
            "CR-GM-{n}",
            DIAGNOSIS_CONCLUSION,
            performer(f"{B}.biologiste", "CR-GM-{n}-biologiste", timed=False),
            performer(f"{B}.preleveur", "CR-GM-{n}-preleveur", time_key=f"{B}.prelevement_date", timed=True),
            author(f"{B}.auteur", f"{B}.auteur_date", "CR-GM-{n}-auteur"),
        ),
    ),
    comment=f"{B}.commentaire",
)
