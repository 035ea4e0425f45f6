"""The acts of a PPS, read from its answers: six kinds with the same columns (volet CANCER-PPS, cda.md §2.2). Pure.

An act is a row of a group. Its confirmed dates are ``start`` and ``end``, its forecast ones ``forecast_start`` and
``forecast_end``: partial dates, see :mod:`.days`. What answers do not say is empty; nothing raises on strange answers, since a
draft may hold them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dcc.contracts.care.days import partial
from dcc.contracts.care.sentences import sentence

Synthesis = Literal["treatments", "support", ""]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of act: its code in the volet, its group of rows, its name, the synthesis that tells it once done."""

    code: str
    group: str
    title: str
    synthesis: Synthesis


KINDS = (
    Kind("MED-568", "pps.traitements", "Traitement", "treatments"),
    Kind("MED-569", "pps.prevention", "Prévention des effets secondaires", "treatments"),
    Kind("MED-570", "pps.mesures", "Mesure associée", ""),
    Kind("MED-571", "pps.suivis", "Suivi", "treatments"),
    Kind("MED-572", "pps.soins", "Soin de support", "support"),
    Kind("MED-573", "pps.accompagnements", "Accompagnement", "support"),
)
"""In the order of the document. A measure has no date, so that no synthesis ever tells it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``code`` and ``label`` are those of its type; ``status`` is ``cancelled``, ``aborted`` or empty.

    ``cures`` is a count, ``interval`` days between the beginnings of two of them. ``place`` and ``person`` are the answers
    (organisation, professional); :attr:`where` says both in words. ``position`` is its place among the acts of the document.
    """

    kind: Kind
    row: str
    position: int
    code: str
    label: str
    start: str | None = None
    end: str | None = None
    forecast_start: str | None = None
    forecast_end: str | None = None
    status: Literal["", "cancelled", "aborted"] = ""
    detail: str = ""
    mode: str = ""
    rhythm: str = ""
    cures: int | None = None
    interval: int | None = None
    at_home: bool = False
    place: Mapping[str, Any] | None = None
    person: Mapping[str, Any] | None = None
    effects: str = ""
    comment: str = ""
    notable: bool = True

    @property
    def title(self) -> str:
        """The type in words, with its precision and whether it was broken off: « Consultation (oncologue, soin interrompu) »."""
        text = self.label or self.kind.title
        more = ", ".join(part for part in (self.detail, "soin interrompu" if self.status == "aborted" else "") if part)
        return f"{sentence(text)} ({more})" if more else sentence(text)

    @property
    def where(self) -> str:
        """Who does it and where: « Dr Anne MARTIN, CHU de Rennes, à domicile »."""
        person = " ".join(str(self.person[k]) for k in ("suffix", "given", "family") if self.person.get(k)) if self.person else ""
        home = "à domicile" if self.at_home else ""
        return ", ".join(part for part in (person, str((self.place or {}).get("name", "")), home) if part)

    @property
    def recurs(self) -> bool:
        """Whether it happens several times, as far as its answers say."""
        return self.cures != 1 if self.cures else bool(self.interval or self.rhythm)

    @property
    def pace(self) -> str:
        """How often: « 3 fois, tous les 21 jours, IV en 1 h »."""
        count = f"{self.cures} fois" if self.cures and self.cures > 1 else "une seule fois" if self.cures else ""
        every = "" if not self.interval else "tous les jours" if self.interval == 1 else f"tous les {self.interval} jours"
        return ", ".join(part for part in (count, every, self.rhythm) if part)

    def column(self, name: str) -> str:
        """The key of one of its columns: ``pps.traitements.debut`` for ``debut``."""
        return f"{self.kind.group}.{name}"


def acts_of(answers: Mapping[str, Any]) -> tuple[Act, ...]:
    """The acts of a document, in its order; rows without a type or any other answer are left out."""
    rows = ((kind, row) for kind in KINDS for row in _rows(answers, kind.group))
    return tuple(_act(kind, row, position) for position, (kind, row) in enumerate(rows))


def _rows(answers: Mapping[str, Any], group: str) -> Iterator[Mapping[str, Any]]:
    value = answers.get(group)
    for row in value if isinstance(value, list) else ():
        if isinstance(row, Mapping) and row.get("values"):
            yield row


def _act(kind: Kind, row: Mapping[str, Any], position: int) -> Act:
    values = {key.removeprefix(f"{kind.group}."): value for key, value in row["values"].items()}
    status = _code(values.get("statut"))
    return Act(
        kind=kind,
        row=str(row.get("id", "")),
        position=position,
        code=_code(values.get("type")),
        label=_coded_words(values.get("type")),
        start=partial(values.get("debut")),
        end=partial(values.get("fin")),
        forecast_start=partial(values.get("debut_prevu")),
        forecast_end=partial(values.get("fin_prevue")),
        status="cancelled" if status == "cancelled" else "aborted" if status == "aborted" else "",
        detail=_text(values.get("complement")),
        mode=_coded_words(values.get("mode")),
        rhythm=_text(values.get("rythme")),
        cures=_count(values.get("cures")),
        interval=_count(values.get("intervalle")),
        at_home=values.get("domicile") is True,
        place=_mapping(values.get("lieu")),
        person=_mapping(values.get("intervenant")),
        effects=_text(values.get("effets")),
        comment=_text(values.get("commentaire")),
        notable=values.get("notable") is not False,
    )


def _code(value: Any) -> str:
    return str(value.get("code", "")) if isinstance(value, Mapping) else ""


def _coded_words(value: Any) -> str:
    return str(value.get("text") or value.get("label") or value.get("code", "")) if isinstance(value, Mapping) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) and "null" not in value else None
