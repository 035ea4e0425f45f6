"""No table that names a patient is forgotten by a merge: a room holds it, or it is written here why it stays."""

from __future__ import annotations

from dcc.patients.merging.holding import holders
from tests.merging.files import naming_patients

STAYS = {
    "audit.entry": "the journal stays as it was written; whoever searches it asks for the absorbed ids too",
    "patients.revision": "the history of an identity is its own",
    "patients.nameword": "the index is made anew from the names",
    "patients.merge": "the merges themselves",
    "patients.link": "read with the identities that were absorbed since (merging.links.linked)",
    "patients.duplicatealert": "read with the identities that were absorbed since (merging.duplicates)",
    "patients.patient": "the absorbed row points to the kept one",
}


def test_every_table_that_names_a_patient_moves_or_says_why() -> None:
    named = {model._meta.label_lower for model, _fields in naming_patients()}
    held = {holder.model._meta.label_lower for holder in holders()}
    assert named - held == set(STAYS), "hold it (dcc.patients.merging.holding), or say here why it stays"
    assert held <= named


def test_keys_are_said_once() -> None:
    keys = [holder.key for holder in holders()]
    assert len(keys) == len(set(keys))
    assert all(str(holder.title) for holder in holders())
