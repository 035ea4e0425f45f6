"""The door of merging: two identities of one person, seen, merged, parted; and what a room says it holds of a patient.

A pair comes from the worklist, or from two files that somebody has open::

    from dcc.patients.merging import api as merging

    for pair in merging.duplicates(user): ...                        # both identities, why, where they differ
    merging.answer_distinct(actor=user, alert_id=pair.alert_id, reason="Jumelles")

    shown = merging.preview_merge(actor=user, kept_id=a, absorbed_id=b)      # what moves, which identity is retained
    merge_id = merging.merge_patients(actor=user, kept_id=a, absorbed_id=b, expected_revisions=shown.revisions,
                                      reason="Même carte d'identité", right="gardee")
    merging.unmerge_patients(actor=user, merge_id=merge_id, expected_revision=3, reason="Deux sœurs")

``right`` says which identity is the good one (``gardee``, ``absorbee``) where both contradict each other: without it,
``MergeConflict`` names the fields. The absorbed identity stays, found by nothing; its id opens the kept file.

A flow says what it knows and decides nothing that is not its own: :func:`merge_from_flow` (HL7 A40), :func:`link_patients` (A24),
:func:`unlink_patients` (A37), :func:`change_identifier` (A47); :func:`holder_of` finds whom it means by a number. Who sees two
identities of one person calls :func:`open_alert`. A room whose table names a patient calls :func:`hold` when it starts
(:mod:`dcc.patients.merging.holding`).
"""

from dcc.patients.merging.alerts import Why, open_alert
from dcc.patients.merging.duplicates import Duplicate, answer_distinct, duplicate, duplicates
from dcc.patients.merging.errors import MergeConflict, MergeRefused
from dcc.patients.merging.holding import Holder, Rows, hold
from dcc.patients.merging.links import (
    FlowMerge,
    absorbed_by,
    change_identifier,
    holder_of,
    kept_id,
    link_patients,
    linked,
    merge_from_flow,
    unlink_patients,
)
from dcc.patients.merging.merges import merge_patients
from dcc.patients.merging.preview import Done, Moving, Preview, merges_of, preview_merge
from dcc.patients.merging.unmerging import unmerge_patients

__all__ = [
    "Done",
    "Duplicate",
    "FlowMerge",
    "Holder",
    "MergeConflict",
    "MergeRefused",
    "Moving",
    "Preview",
    "Rows",
    "Why",
    "absorbed_by",
    "answer_distinct",
    "change_identifier",
    "duplicate",
    "duplicates",
    "hold",
    "holder_of",
    "kept_id",
    "link_patients",
    "linked",
    "merge_from_flow",
    "merge_patients",
    "merges_of",
    "open_alert",
    "preview_merge",
    "unlink_patients",
    "unmerge_patients",
]
