"""One line per service of a door: what the table is asked, and how the service is called.

What is asked: ``<action> <document>`` (one who may not even open it must not learn that it exists), ``<action> patient``,
``<action> here`` (in alice's facility), ``<action> somewhere`` (anybody who holds it in a facility), ``<action> region``.
``seen by <action> <document>`` is a list in which the document is found or not, ``answers <action> patient`` a yes or a no.
``left open`` is decided elsewhere, and says where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from dcc.accounts.models import User
from dcc.accounts.policies import Action
from dcc.contracts.snapshots import InstanceId, ReadResult, ReceivedHeader
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from tests.permissions.world import NOW, OTHER, TRAITS, World

Call = Callable[[World, User], Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a service is tried: what the table is asked, and the call. ``seen`` answers whether a list shows the document."""

    asks: str
    call: Call
    why: str = ""


def _on(asks: str, call: Callable[[User, UUID, World], Any]) -> Recipe:
    """A service on a document, whose key ends what is asked."""
    key = asks.split()[-1]
    return Recipe(asks, lambda world, user: call(user, world.documents[key].id, world))


def _revision(world: World, document_id: UUID) -> int:
    return documents.open_document(world.people["alice"], document_id).revision


def _shows(lines: list[documents.DocumentLine], document_id: UUID) -> bool:
    return any(line.document_id == document_id for line in lines)


def _view(world: World) -> documents.DocumentView:
    """A view that somebody else read: the services that take one ask again who wants it."""
    return documents.open_document(world.people["alice"], world.draft)


def _read(world: World) -> ReadResult:
    """What a reader made of a received FRCP."""
    header = ReceivedHeader(
        "frcp", "2025.01", InstanceId("2.25.1", "1"), InstanceId("2.25.1", "2"), 1, "FRCP reçue", NOW, "en_cours"
    )
    return ReadResult(header, None, {})


def _header(world: World) -> Any:
    return replace(patients.patient_snapshot(world.patient_id), patient_id=None)


def _qualifying(world: World, user: User) -> dict[str, Any]:
    """What every step of a qualification takes, in the name of a place of the person."""
    place = user.memberships.exclude(facility=None).values_list("facility_id", flat=True).first() or world.here.pk
    return {"actor": user, "facility_id": place, "patient_id": world.patient_id, "expected_revision": 1}


_RECONCILING = "by the facility that received and the patients it may be: site/dcc/patients/tests/test_reconciling.py"
_VIEW = "takes what the actor could only get by opening the document"

_LINE = "of the document of the line (transmissions.watch): site/dcc/exchange/transmissions/tests/test_operations.py"

DOCUMENTS: Mapping[str, Recipe] = {
    "accept_form": _on(
        "document.follow_form draft",
        lambda u, d, w: documents.accept_form(actor=u, document_id=d, form_version_id=uuid4(), expected_revision=_revision(w, d)),
    ),
    "add_attachment": _on(
        "document.edit draft",
        lambda u, d, w: documents.add_attachment(
            actor=u, document_id=d, title="Autre", filename="autre.pdf", content=b"%PDF-1.4 autre"
        ),
    ),
    "add_row": _on("document.edit draft", lambda u, d, w: documents.add_row(actor=u, document_id=d, group_key="frcp.tumeurs")),
    "adjudicate": _on(
        "document.edit plan", lambda u, d, w: documents.adjudicate(actor=u, document_id=d, decisions=[], base=_revision(w, d))
    ),
    "amend_document": _on("document.edit plan", lambda u, d, w: documents.amend_document(actor=u, document_id=d)),
    "answer_with_file": _on(
        "document.edit draft",
        lambda u, d, w: documents.answer_with_file(
            actor=u, document_id=d, path="frcp.sans", filename="a.pdf", content=b"%PDF-1.4", base=_revision(w, d)
        ),
    ),
    "attachment_content": _on("document.open draft", lambda u, d, w: documents.attachment_content(u, d, w.attachment_id)),
    "cancel_document": _on("document.cancel draft", lambda u, d, w: documents.cancel_document(actor=u, document_id=d)),
    "candidates": _on("document.edit plan", lambda u, d, w: documents.candidates(u, d)),
    "changed_by_others": _on("document.edit draft", lambda u, d, w: documents.changed_by_others(u, d, since=0, editor="e")),
    "close_document": _on("document.validate done", lambda u, d, w: documents.close_document(actor=u, document_id=d)),
    "complete_document": _on(
        "document.complete draft",
        lambda u, d, w: documents.complete_document(actor=u, document_id=d, expected_revision=_revision(w, d)),
    ),
    "create_document": Recipe(
        "document.create here",
        lambda w, u: documents.create_document(actor=u, patient_id=w.patient_id, facility_id=w.here.pk, document_type="frcp"),
    ),
    "create_following": Recipe("document.create done", lambda w, u: documents.create_following(actor=u, reference_id=w.fresh)),
    "create_received": Recipe(
        "document.create here",
        lambda w, u: documents.create_received(
            actor=u, patient_id=w.patient_id, facility_id=w.here.pk, received=documents.Received(uuid4(), _read(w))
        ),
    ),
    "document_history": _on("document.open draft", lambda u, d, w: documents.document_history(u, d)),
    "documents_among": _on("seen by document.open draft", lambda u, d, w: _shows(documents.documents_among(u, [d]), d)),
    "documents_of": _on("seen by document.open draft", lambda u, d, w: _shows(documents.documents_of(u, w.patient_id), d)),
    "draft": _on("document.open draft", lambda u, d, w: documents.draft(u, d)),
    "entrust": _on(
        "document.validate draft",
        lambda u, d, w: documents.entrust(actor=u, document_id=d, expected_revision=_revision(w, d), holder="Là-bas"),
    ),
    "form_news": Recipe("left open", lambda w, u: documents.form_news(u, _view(w)), _VIEW),
    "form_offer": _on("document.open draft", lambda u, d, w: documents.form_offer(u, d)),
    "hand_over_state": _on("document.open plan", lambda u, d, w: documents.hand_over_state(u, d)),
    "hold": _on(
        "document.send done",
        lambda u, d, w: documents.hold(actor=u, action="document.send", document_id=d, expected_revision=None),
    ),
    "hidden_answers": _on("document.open draft", lambda u, d, w: documents.hidden_answers(u, d)),
    "kin_of": Recipe("left open", lambda w, u: documents.kin_of(u, _view(w)), _VIEW),
    "leave": Recipe(
        "left open", lambda w, u: documents.leave(actor=u, document_id=w.draft), "forgets that the actor himself is there"
    ),
    "move_row": _on(
        "document.edit draft",
        lambda u, d, w: documents.move_row(actor=u, document_id=d, group_key="frcp.tumeurs", row_id="x", position=0, base=0),
    ),
    "next_steps": Recipe("left open", lambda w, u: documents.next_steps(u, [_view(w).line]), _VIEW),
    "note_form_seen": _on("document.open draft", lambda u, d, w: documents.note_form_seen(actor=u, document_id=d)),
    "note_presence": _on("document.edit draft", lambda u, d, w: documents.note_presence(actor=u, document_id=d)),
    "open_document": _on("document.open draft", lambda u, d, w: documents.open_document(u, d)),
    "open_version": _on("document.open done", lambda u, d, w: documents.open_version(u, d, 1)),
    "preview_snapshot": _on("document.open draft", lambda u, d, w: documents.preview_snapshot(u, d, as_of=NOW)),
    "record_hand_over": _on(
        "document.edit plan", lambda u, d, w: documents.record_hand_over(actor=u, document_id=d, on=date(2026, 10, 5), by="x")
    ),
    "reference": _on("document.download done", lambda u, d, w: documents.reference(u, "document.download", d)),
    "remove_attachment": _on(
        "document.edit draft",
        lambda u, d, w: documents.remove_attachment(actor=u, document_id=d, attachment_id=w.attachment_id),
    ),
    "remove_row": _on(
        "document.edit draft",
        lambda u, d, w: documents.remove_row(actor=u, document_id=d, group_key="frcp.tumeurs", row_id="x", base=0),
    ),
    "reopen_document": _on("document.edit draft", lambda u, d, w: documents.reopen_document(actor=u, document_id=d)),
    "save_answers": _on("document.edit draft", lambda u, d, w: documents.save_answers(actor=u, document_id=d, changes=[])),
    "openable": Recipe("seen by document.open draft", lambda w, u: any(row["pk"] == w.draft for row in documents.openable(u))),
    "take_back": _on("document.validate draft", lambda u, d, w: documents.take_back(actor=u, document_id=d)),
    "tie_to_patient": Recipe("left open", lambda w, u: None, "says of the actor himself whether he wrote"),
    "unfollowed": _on("seen by document.open fresh", lambda u, d, w: _shows(documents.unfollowed(u), d)),
    "unfollowed_count": _on("seen by document.open fresh", lambda u, d, w: documents.unfollowed_count(u) > 0),
    "validate_document": _on(
        "document.validate draft",
        lambda u, d, w: documents.validate_document(actor=u, document_id=d, expected_revision=_revision(w, d)),
    ),
    "validation_findings": _on("document.open draft", lambda u, d, w: documents.validation_findings(u, d)),
    "worklist": _on("seen by document.open draft", lambda u, d, w: _shows(documents.worklist(u), d)),
}

PATIENTS: Mapping[str, Recipe] = {
    "add_local_identifier": Recipe(
        "patient.update here",
        lambda w, u: patients.add_local_identifier(
            actor=u, patient_id=w.patient_id, expected_revision=1, facility_id=w.here.pk, number="IPP1"
        ),
    ),
    "adopt_patient": Recipe(
        "patient.create here",
        lambda w, u: patients.adopt_patient(actor=u, facility_id=w.here.pk, patient_id=w.patient_id, traits=TRAITS),
    ),
    "cares_for": Recipe("left open", lambda w, u: None, "says of the actor himself whether he does more than read"),
    "candidates": Recipe("patient.create here", lambda w, u: patients.candidates(actor=u, facility_id=w.here.pk, traits=TRAITS)),
    "create_patient": Recipe(
        "patient.create here", lambda w, u: patients.create_patient(actor=u, facility_id=w.here.pk, traits=OTHER)
    ),
    "history": Recipe("patient.open patient", lambda w, u: patients.history(actor=u, patient_id=w.patient_id)),
    "break_glass": Recipe(
        "patient.break_glass here", lambda w, u: patients.break_glass(actor=u, reason="avis", words="Avis", traits=TRAITS)
    ),
    "identify": Recipe("journal.read region", lambda w, u: patients.identify(actor=u, traits=TRAITS)),
    "is_tied": Recipe("left open", lambda w, u: None, "a fact the policies are asked with"),
    "join_team": Recipe(
        "patient.team patient",
        lambda w, u: patients.join_team(actor=u, patient_id=w.patient_id, user_id=w.people["charlie"].pk),
    ),
    "leave_team": Recipe(
        "patient.team patient", lambda w, u: patients.leave_team(actor=u, patient_id=w.patient_id, user_id=w.people["tom"].pk)
    ),
    "mask_patient": Recipe(
        "patient.mask patient", lambda w, u: patients.mask_patient(actor=u, patient_id=w.patient_id, words="Proche")
    ),
    "may_with": Recipe("answers patient.open patient", lambda w, u: patients.may_with(u, Action.OPEN_PATIENT, w.patient_id)),
    "open_glasses": Recipe("left open", lambda w, u: None, "the actor's own"),
    "open_patient": Recipe("patient.open patient", lambda w, u: patients.open_patient(actor=u, patient_id=w.patient_id)),
    "accept_insi": Recipe("patient.qualify patient", lambda w, u: patients.accept_insi(**_qualifying(w, u), proposal_id=uuid4())),
    "answer_reconciliation": Recipe("left open", lambda w, u: None, _RECONCILING),
    "ask_insi": Recipe("patient.qualify patient", lambda w, u: patients.ask_insi(**_qualifying(w, u))),
    "change_policy": Recipe(
        "identity.configure region",
        lambda w, u: patients.change_policy(actor=u, expected_number=0, data={}, reason="Essai"),
    ),
    "count_to_do": Recipe("left open", lambda w, u: None, "a number of what her rights reach"),
    "guide_reconciliation": Recipe("left open", lambda w, u: None, _RECONCILING),
    "play_qualified": Recipe(
        "patient.create here",
        lambda w, u: patients.play_qualified(
            actor=u, facility_id=w.here.pk, patient_id=w.patient_id, ins=InstanceId("1.2.250.1.213.1.4.10", "1")
        ),
    ),
    "foreseen": Recipe("left open", lambda w, u: None, "takes a question that was shown to her"),
    "reconciliation": Recipe("left open", lambda w, u: None, _RECONCILING),
    "reconciliations": Recipe("left open", lambda w, u: None, _RECONCILING),
    "record_proof": Recipe(
        "patient.qualify patient", lambda w, u: patients.record_proof(**_qualifying(w, u), kind="CN", knows_patient=True)
    ),
    "refuse_insi": Recipe("patient.qualify patient", lambda w, u: patients.refuse_insi(**_qualifying(w, u), proposal_id=uuid4())),
    "standing": Recipe("patient.open patient", lambda w, u: patients.standing(actor=u, patient_id=w.patient_id)),
    "to_do": Recipe("left open", lambda w, u: None, "a list of what her rights reach"),
    "register_from_header": Recipe(
        "patient.create here",
        lambda w, u: patients.register_from_header(actor=u, facility_id=w.here.pk, header=_header(w)),
    ),
    "review_glass": Recipe(
        "access.review region", lambda w, u: patients.review_glass(actor=u, glass_id=uuid4(), verdict="justifie", words="x")
    ),
    "search": Recipe(
        "seen by patient.search patient", lambda w, u: bool(patients.search(actor=u, text="PAT-TROIS 28/03/1979").lines)
    ),
    "set_attributes": Recipe(
        "patient.update patient",
        lambda w, u: patients.set_attributes(actor=u, patient_id=w.patient_id, expected_revision=1, homonym=True),
    ),
    "tied_patients": Recipe("left open", lambda w, u: None, "a filter the policies are asked with"),
    "to_review": Recipe("access.review region", lambda w, u: patients.to_review(u)),
    "unmask_patient": Recipe("patient.mask patient", lambda w, u: patients.unmask_patient(actor=u, patient_id=w.patient_id)),
    "update_contact_details": Recipe(
        "patient.update patient",
        lambda w, u: patients.update_contact_details(
            actor=u, patient_id=w.patient_id, expected_revision=1, address=None, telecoms=[], contacts=[]
        ),
    ),
    "update_identity": Recipe(
        "patient.update patient",
        lambda w, u: patients.update_identity(actor=u, patient_id=w.patient_id, expected_revision=1, traits=OTHER),
    ),
}

EXCHANGE: Mapping[str, Recipe] = {
    "adopt_return": _on(
        "document.validate draft",
        lambda u, d, w: exchange.adopt_return(actor=u, document_id=d, intake_id=uuid4(), reason="x"),
    ),
    "between_regions": _on("document.open draft", lambda u, d, w: exchange.between_regions(u, d)),
    "download": _on("document.download done", lambda u, d, w: exchange.download(u, d, "pdf-a1")),
    "import_file": Recipe(
        "document.import here",
        lambda w, u: exchange.import_file(actor=u, facility_id=w.here.pk, filename="a.xml", content=b"<a/>"),
    ),
    "intakes": Recipe(
        "left open", lambda w, u: exchange.intakes(u, {w.here.pk}), "a list of what came in, of which nothing has in this world"
    ),
    "is_made": _on("document.open done", lambda u, d, w: exchange.is_made(u, d, "pdf-a1")),
    "received_file": _on("document.download done", lambda u, d, w: exchange.received_file(u, d)),
    "renditions_of": _on("document.open done", lambda u, d, w: exchange.renditions_of(u, d)),
    "abandon": Recipe("left open", lambda w, u: exchange.queue(u), _LINE),
    "change_choices": Recipe(
        "transmissions.configure region",
        lambda w, u: exchange.change_choices(actor=u, expected_number=-1, values={}, reason="x"),
    ),
    "oppose": Recipe(
        "patient.update patient",
        lambda w, u: exchange.oppose(actor=u, patient_id=w.patient_id, words="Le patient préfère le papier"),
    ),
    "opposition_of": Recipe("patient.open patient", lambda w, u: exchange.opposition_of(u, w.patient_id)),
    "queue": Recipe("platform.administer region", lambda w, u: exchange.queue(u)),
    "recipients_of": _on("document.open draft", lambda u, d, w: exchange.recipients_of(u, d)),
    "redirect": Recipe("left open", lambda w, u: exchange.queue(u), _LINE),
    "retry": Recipe("left open", lambda w, u: exchange.queue(u), _LINE),
    "aside_answers": _on("document.download done", lambda u, d, w: exchange.aside_answers(u, d, uuid4())),
    "preview_sending": _on("document.send done", lambda u, d, w: exchange.preview_sending(u, d, [])),
    "send_document": _on(
        "document.send done",
        lambda u, d, w: exchange.send_document(actor=u, document_id=d, expected_revision=_revision(w, d), recipients=[]),
    ),
    "set_return_aside": _on(
        "document.validate draft",
        lambda u, d, w: exchange.set_return_aside(actor=u, document_id=d, intake_id=uuid4(), reason="x"),
    ),
    "send_to_rcp": _on(
        "document.validate draft",
        lambda u, d, w: exchange.send_to_rcp(
            actor=u, document_id=d, expected_revision=_revision(w, d), rcp="inconnue", attested=True
        ),
    ),
    "take_back": _on(
        "document.validate draft",
        lambda u, d, w: exchange.take_back(actor=u, document_id=d, expected_state="partie", reason="x"),
    ),
    "withdraw_opposition": Recipe(
        "patient.update patient", lambda w, u: exchange.withdraw_opposition(actor=u, patient_id=w.patient_id)
    ),
    "waiting_for_session": Recipe(
        "left open",
        lambda w, u: exchange.waiting_for_session(u, practitioners=["810000000001"]),
        "by documents.openable, person by person: tests/dmp/test_waiting.py",
    ),
    "transmissions_of": _on("document.open done", lambda u, d, w: exchange.transmissions_of(u, d)),
}


NO_ACTOR: Mapping[str, Mapping[str, str]] = {
    "dcc.documents.api": {
        "amends_validated": "a yes or a no about a version, for the exchange room",
        "attachment_bytes": "the exchange room's renditions, of a document already frozen",
        "by_section": "arranges proposals already given",
        "content_key": "of answers already given",
        "current_picture": "the exchange room, by the event of a validated document",
        "differences": "compares answers already given",
        "with_rows_named": "names rows of answers already given",
        "files_follow_the_transaction": "of no document",
        "follow_form": "the worker, when a form is published",
        "followed_id": "an id from an id, for a channel that carries both documents",
        "form_use": "counts, without any document",
        "former_identifier": "an identifier, for the exchange room",
        "held_document": "the exchange room, of a document that its caller holds",
        "held_under": "the exchange room, of a document that a machine received under the same reference",
        "identify_with": "composition at the start",
        "patient_of": "an id from an id, for the exchange room's journal",
        "picture": "the exchange room, by the event of a validated document",
        "starting_types": "of no document",
        "title_of": "of answers already given",
        "type_of": "of no document",
        "unfollowed_between": "counts, without any document",
        "unmade_reference": "a yes or a no, for the exchange room",
        "with_answer": "of answers already given",
    },
    "dcc.patients.api": {
        "answered_questions": "ids from ids, for a flow that waits; names nobody",
        "care_team": "of a patient whose file was opened",
        "glasses_of": "of a patient whose file was opened",
        "is_masked": "a fact the policies are asked with",
        "masked_patients": "a filter the policies are asked with",
        "check_authority": "of nobody",
        "current_id": "an id from an id, for what is to point to a patient",
        "check_header": "of a header already given",
        "check_matricule": "of digits already given",
        "key_fits": "of digits already given",
        "keep_conflict": "of a refusal already given",
        "policy": "of no patient",
        "policy_edition": "of no patient",
        "policy_history": "of no patient",
        "followed_by": "ids of facilities, for whoever asks the policies with them",
        "brief_next": "a code, for the banner of a file that was opened",
        "conflicts": "of two identities already shown",
        "ins_history": "the page of an identity, opened before",
        "insi_answers": "the page of an identity, opened before",
        "changes_of": "the page of an identity, opened before",
        "patient_snapshot": "a document whose access was decided by the documents room",
        "recognise": "an id for the call of an establishment, which opens the patient by his rights afterwards",
        "snapshots": "lists whose access was decided by the documents room",
    },
    "dcc.patients.merging.api": {
        "absorbed_by": "of a patient whose file was opened",
        "change_identifier": "a flow of the facility whose number it is",
        "holder_of": "a flow of the facility asks whom its number names",
        "hold": "composition at the start",
        "kept_id": "an id from an id, for old links",
        "link_patients": "a flow; it shows and moves nothing",
        "linked": "of a patient whose file was opened",
        "merge_from_flow": "a flow of a facility, of patients that it follows alone; else people decide",
        "merges_of": "of a patient whose file was opened",
        "unlink_patients": "a flow; it shows and moves nothing",
    },
    "dcc.exchange.api": {
        "all_cells": "figure 10, of nobody",
        "awaited_names": "words, of lines already shown",
        "brief_between": "where a document that was opened stands",
        "channel_words": "words",
        "check": "of an artifact already given",
        "choices": "of no document",
        "choices_history": "of no document",
        "export": "the operator's commands; the journal keeps it",
        "fictitious": "of nobody",
        "figure_lines": "a table, of nobody",
        "follow_up_of": "the operator's commands, without anything of the patient",
        "format_words": "words",
        "sent_format_words": "words",
        "freeze_rendition": "the worker, by the event of a validated document",
        "get_or_render": "the worker, by the event of a validated document",
        "read_file": "of bytes already given",
        "receive_document": "a channel, of what another system sends to a box of the platform",
        "render_unsaved": "of a picture already given",
        "plan": "the worker, by the event of files that are ready",
        "refusal": "figure 10, of nobody",
        "annotate": "a channel, of what it carried",
        "release_held": "a channel, when what held it is otherwise",
        "try_again": "a channel, when what made it fail may be over",
        "renew_to_show": "a channel, once what the patient is to see with it is there",
        "report": "a channel, of what it carried",
        "summaries": "counts, of documents already shown",
    },
}
"""Functions of the rooms that hold patients which ask nobody who acts, and why they may."""
