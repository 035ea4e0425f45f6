"""What is seen of a record today: by the patient in Mon espace santé, by a professional; for pages and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import Entry
from plugins.sandbox.dmp.store import Held, Store

MARKS = {
    names.INVISIBLE: "non visible par le patient",
    names.MASKED: "masqué aux professionnels",
    names.SECRET: "non visible par les représentants légaux",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A document as somebody sees it; ``codes`` are those of its visibility, ``version`` that of its metadata."""

    unique_id: str
    title: str
    type_code: str
    type_label: str
    created: str
    authors: Sequence[str]
    codes: frozenset[str]
    version: int
    status: str
    entry_uuid: str

    @property
    def marks(self) -> Sequence[str]:
        """What is said of its visibility, in French."""
        return [words for code, words in MARKS.items() if code in self.codes]


def of_patient(store: Store, patient: str) -> Sequence[Seen]:
    """What the patient sees: active documents that are not hidden from him; signatures of lots are no documents to read."""
    return [seen for seen in _active(store, patient) if names.INVISIBLE not in seen.codes]


def of_representatives(store: Store, patient: str) -> Sequence[Seen]:
    """What the legal representatives of a minor see: what he sees, but for what is kept from them (connexion secrète)."""
    return [seen for seen in of_patient(store, patient) if names.SECRET not in seen.codes]


def of_professional(store: Store, patient: str, professional: str) -> Sequence[Seen]:
    """What an authorised professional sees: active documents, masked ones when he is one of their authors."""
    own = {held.uuid for held in store.of_patient(patient) if professional in held.entry().signers()}
    return [seen for seen in _active(store, patient) if names.MASKED not in seen.codes or seen.entry_uuid in own]


def history(store: Store, patient: str) -> Sequence[Seen]:
    """All that the registry holds of a patient, former versions too, in the order it came."""
    return [_seen(held, held.entry()) for held in store.entries("patient = ?", patient)]


def _active(store: Store, patient: str) -> Sequence[Seen]:
    held = [(each, each.entry()) for each in store.of_patient(patient) if each.status == names.APPROVED]
    seen = [_seen(each, entry) for each, entry in held]
    return [each for each in seen if each.type_code != names.SIGNATURE_TYPE]


def _seen(held: Held, entry: Entry) -> Seen:
    kinds = entry.coded(names.SINGLE["typeCode"])
    people = [author.first("authorPerson").split("^") for author in entry.classified(names.AUTHOR)]
    return Seen(
        unique_id=held.unique_id,
        title=entry.label(),
        type_code=kinds[0].code if kinds else "",
        type_label=kinds[0].label if kinds else "",
        created=entry.first("creationTime"),
        authors=[" ".join(person[1:3]) for person in people],
        codes=entry.codes() & set(MARKS),
        version=held.version,
        status=held.status.rsplit(":", 1)[-1],
        entry_uuid=held.uuid,
    )
