"""What the database itself refuses: changing or removing anything of a validated version, and rewriting history."""

from __future__ import annotations

from dcc.audit.api import Guard, same

MESSAGE = "document validé : contenu immuable"
HISTORY = "historique : ajout seulement"
HELD = "fiche confiée à un autre système DCC : lecture seule"
_FROZEN_COLUMNS = (
    "id", "document_id", "number", "form_version_id", "title", "rcp", "revision", "answers", "provenance", "created_at",
    "received", "set_aside", "validated_at", "validated_by_id", "legal_texts", "content_sha256",
)  # fmt: skip
_OF_A_CHANGE = ("id", "version_id", "revision", "path", "origin", "editor", "actor_id", "at")
REFERENCE = "document de référence : validé, du même patient, et toujours le même"
_MAY_FOLLOW = (
    "EXISTS (SELECT 1 FROM documents_document r JOIN documents_documentversion v ON v.document_id = r.id "
    "WHERE r.id = NEW.reference_id AND v.validated_at IS NOT NULL AND r.patient_id = NEW.patient_id "
    "AND (NEW.document_type <> 'pps' OR r.document_type = 'frcp'))"
)
PATIENT = "patient d'un document : change par une fusion d'identités seulement"
_MERGED = (
    "EXISTS (SELECT 1 FROM patients_merge m WHERE m.kept_id = NEW.patient_id AND m.absorbed_id = OLD.patient_id "
    "AND m.undone_at IS NULL) OR EXISTS (SELECT 1 FROM patients_merge m WHERE m.kept_id = OLD.patient_id "
    "AND m.absorbed_id = NEW.patient_id AND m.undone_at IS NOT NULL)"
)
_WAS_VALIDATED = "EXISTS (SELECT 1 FROM documents_documentversion v WHERE v.document_id = NEW.id AND v.validated_at IS NOT NULL)"
_OF_VALIDATED = "EXISTS (SELECT 1 FROM documents_documentversion v WHERE v.id = {row}.version_id AND v.validated_at IS NOT NULL)"
_OF_HELD = "EXISTS (SELECT 1 FROM documents_documentversion v WHERE v.id = {row}.version_id AND v.held_elsewhere <> '')"

GUARDS = (
    Guard(
        "documents_reference_insert",
        "documents_document",
        "INSERT",
        REFERENCE,
        lambda _: f"NEW.reference_id IS NOT NULL AND NOT {_MAY_FOLLOW}",
    ),
    # Both documents move in a merge of patients, row by row: the patient is compared when the reference is set. A received
    # document names what it follows; once that is here too, the reference is set, for good.
    Guard(
        "documents_reference_update",
        "documents_document",
        "UPDATE",
        REFERENCE,
        lambda equal: (
            f"NOT ({same(('document_type', 'reference_root', 'reference_extension'), equal)}) "
            f"OR (NOT ({same(('reference_id',), equal)}) "
            f"AND (OLD.reference_id IS NOT NULL OR OLD.reference_root = '' OR NOT {_MAY_FOLLOW})) "
            f"OR (NOT ({same(('abandoned',), equal)}) AND (OLD.abandoned OR {_WAS_VALIDATED}))"
        ),
    ),
    Guard(
        "documents_patient_update",
        "documents_document",
        "UPDATE",
        PATIENT,
        lambda equal: f"NOT ({same(('patient_id',), equal)}) AND NOT ({_MERGED})",
    ),
    Guard(
        "documents_patient_insert",
        "documents_document",
        "INSERT",
        PATIENT,
        lambda _: "EXISTS (SELECT 1 FROM patients_patient p WHERE p.id = NEW.patient_id AND p.merged_into_id IS NOT NULL)",
    ),
    Guard(
        "documents_version_update",
        "documents_documentversion",
        "UPDATE",
        MESSAGE,
        lambda equal: (
            f"OLD.validated_at IS NOT NULL AND NOT ({same(_FROZEN_COLUMNS, equal)} AND NEW.status IN ('valide', 'cloture'))"
        ),
    ),
    Guard("documents_version_delete", "documents_documentversion", "DELETE", MESSAGE, lambda _: "OLD.validated_at IS NOT NULL"),
    # What another DCC has changes no more; it is given back, or taken back, by a change of that column alone.
    Guard(
        "documents_held_update",
        "documents_documentversion",
        "UPDATE",
        HELD,
        lambda equal: f"OLD.held_elsewhere <> '' AND NOT ({same((*_FROZEN_COLUMNS, 'status'), equal)})",
    ),
    Guard("documents_held_delete", "documents_documentversion", "DELETE", HELD, lambda _: "OLD.held_elsewhere <> ''"),
    Guard("documents_held_attachment_insert", "documents_attachment", "INSERT", HELD, lambda _: _OF_HELD.format(row="NEW")),
    Guard("documents_held_attachment_update", "documents_attachment", "UPDATE", HELD, lambda _: _OF_HELD.format(row="OLD")),
    Guard("documents_held_attachment_delete", "documents_attachment", "DELETE", HELD, lambda _: _OF_HELD.format(row="OLD")),
    Guard(
        "documents_attachment_insert",
        "documents_attachment",
        "INSERT",
        MESSAGE,
        lambda _: _OF_VALIDATED.format(row="NEW"),
    ),
    Guard(
        "documents_attachment_update",
        "documents_attachment",
        "UPDATE",
        MESSAGE,
        lambda _: _OF_VALIDATED.format(row="OLD"),
    ),
    Guard(
        "documents_attachment_delete",
        "documents_attachment",
        "DELETE",
        MESSAGE,
        lambda _: _OF_VALIDATED.format(row="OLD"),
    ),
    # The one change that history admits: its values erased, in a version that nobody validated (retention).
    Guard(
        "documents_change_update",
        "documents_answerchange",
        "UPDATE",
        HISTORY,
        lambda equal: (
            f'NOT ({same(_OF_A_CHANGE, equal)} AND NEW."before" IS NULL AND NEW."after" IS NULL) '
            f"OR {_OF_VALIDATED.format(row='OLD')}"
        ),
    ),
    Guard("documents_change_delete", "documents_answerchange", "DELETE", HISTORY),
    Guard("documents_hand_over_update", "documents_handover", "UPDATE", HISTORY),
    Guard("documents_hand_over_delete", "documents_handover", "DELETE", HISTORY),
    Guard("documents_step_update", "documents_statuschange", "UPDATE", HISTORY),
    Guard("documents_step_delete", "documents_statuschange", "DELETE", HISTORY),
)
