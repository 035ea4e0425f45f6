"""The demonstration scenes: the directory, patients and documents, made through the doors of the rooms as people would."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from forms_config.terminology import api as terminology
from plugins.sandbox.answers import Cards, whole_answers
from plugins.sandbox.commitments import keep_commitments
from plugins.sandbox.directory import keep_mailboxes, keep_neighbours
from plugins.sandbox.favourites import fill_bank
from plugins.sandbox.identities import show_identities
from plugins.sandbox.privacy import keep_privacy
from rcp_directory import api as directory


@cache
def demo_data() -> Mapping[str, Any]:
    """The demonstration data."""
    text = (resources.files("plugins.sandbox") / "data" / "demo.yaml").read_text(encoding="utf-8")
    data: Mapping[str, Any] = yaml.safe_load(text)
    return data


def play(facility: Facility) -> Iterator[str]:
    """Make the scenes once, saying each in French; what is already there is left as it is."""
    data = demo_data()
    rcps = _directory(data, facility)
    yield f"Annuaire : {len(rcps)} RCP et leurs séances"
    yield keep_neighbours(data["neighbours"])
    yield keep_mailboxes(data["people"])
    yield keep_commitments(facility)
    alice, bob = (accounts.user_named(name) for name in ("alice", "bob"))
    if documents.worklist(alice):
        yield "Documents : déjà là"
        return
    for scene in data["documents"]:
        yield _scene(data, scene, rcps, facility, alice, bob)
    yield keep_privacy(_traits(data["patients"]["nessi"]), _patient(data["patients"]["masked"], facility, bob))
    yield show_identities(facility, alice)
    yield fill_bank(data["favourites"], facility)
    yield from _official_samples(facility, alice)


def _directory(data: Mapping[str, Any], facility: Facility) -> dict[str, tuple[int, int]]:
    """RCP and their next session, by national identifier."""
    network, centre = (directory.Named(data[k]["id"], data[k]["acronym"], data[k]["name"]) for k in ("network", "centre"))
    made = {}
    for number, rcp in enumerate(data["rcps"]):
        practitioner = accounts.user_named(rcp["coordinator"]).practitioner
        attributes = {
            "nature": rcp["nature"],
            "speciality": rcp["speciality"],
            "mailbox": rcp["mailbox"],
            "timetable": rcp["timetable"],
            "coordinator": practitioner,
            "establishment": facility,
        }
        rcp_id = directory.record_rcp(
            national_id=rcp["id"], denomination=rcp["name"], network=network, centre=centre, attributes=attributes
        )
        day = timezone.localdate() + timedelta(days=2 + number)
        moment = timezone.make_aware(datetime.combine(day, time(14)))
        sessions = directory.sessions_of(rcp_id)
        session_id = (
            sessions[0].session_id
            if sessions
            else directory.record_session(rcp_id=rcp_id, starts_at=moment, identifier=f"DEMO-{rcp['id']}-{day:%Y%m%d}")
        )
        made[rcp["id"]] = (rcp_id, session_id)
    return made


def _scene(
    data: Mapping[str, Any],
    scene: Mapping[str, Any],
    rcps: Mapping[str, tuple[int, int]],
    facility: Facility,
    alice: User,
    bob: User,
) -> str:
    patient_id = _patient(data["patients"][scene["patient"]], facility, alice)
    header = directory.rcp_answers(*rcps[scene["rcp"]], label=terminology.label)
    document_id = documents.create_document(
        actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp", answers=header
    )
    told = [_led(data, scene, document_id, alice, bob)]
    if "pps" in scene:
        pps_id = documents.create_following(actor=alice, reference_id=document_id, document_type="pps")
        told.append(_led(data, scene["pps"], pps_id, alice, bob))
    return "Documents : " + " ; ".join(told)


def _led(data: Mapping[str, Any], scene: Mapping[str, Any], document_id: uuid.UUID, alice: User, bob: User) -> str:
    """Fill a document and lead it to the status of its scene; says which one it is."""
    _fill(alice, document_id, data, scene["answers"])
    revision = documents.open_document(alice, document_id).revision
    if scene["until"] != "en_cours":
        documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    if scene["until"] == "valide":
        documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    view = documents.open_document(alice, document_id)
    return f"{view.line.title}, {view.line.status_label.lower()}"


def _patient(card: Mapping[str, str], facility: Facility, alice: User) -> uuid.UUID:
    traits = _traits(card)
    if "ins" not in card:
        return patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits)
    header = PatientSnapshot(
        patient_id=None,
        traits=traits,
        status="qualifiee",
        used_name=card.get("used", ""),
        used_given_name=card.get("used_given", ""),
        ins=InstanceId(card["ins_root"], card["ins"]),
        telecoms=({"value": f"tel:{card['phone']}", "use": "MC"},),
        address={"city": card["city"], "postal_code": card["postal_code"]},
    )
    patient_id = patients.register_from_header(actor=alice, facility_id=facility.pk, header=header).patient_id
    patients.play_qualified(
        actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=InstanceId(card["ins_root"], card["ins"])
    )
    return patient_id


def _traits(card: Mapping[str, str]) -> IdentityTraits:
    return IdentityTraits(
        card["birth_name"],
        card["first"],
        card["given"],
        card["sex"],  # type: ignore[arg-type]  # M or F in the data
        card["born"],
        card["place"],
        card["place_name"],
    )


def _fill(actor: User, document_id: uuid.UUID, data: Mapping[str, Any], short: Mapping[str, Any]) -> None:
    view = documents.open_document(actor, document_id)
    answers = whole_answers(view.schema, short, Cards(data["people"], data["places"], timezone.localdate()))
    changes = [
        documents.Change(key, value, view.revision) for key, value in answers.items() if not view.schema.by_key[key].is_rows
    ]
    refused = dict(documents.save_answers(actor=actor, document_id=document_id, changes=changes).refused)
    for key, rows in answers.items():
        if view.schema.by_key[key].is_rows:
            for row in rows:
                result = documents.add_row(actor=actor, document_id=document_id, group_key=key, values=row["values"])
                refused.update(result.refused)
    if refused:
        raise ValueError(f"Données de démonstration refusées : {refused}")


def _official_samples(facility: Facility, alice: User) -> Iterator[str]:
    """Import the official FRCP samples of the kit when it is there."""
    folder = Path(settings.KIT_DIR) / "ExemplesCDA"
    for path in sorted(folder.glob("CANCER-FRCP_*.xml")):
        try:
            document_id = exchange.import_file(
                actor=alice, facility_id=facility.pk, filename=path.name, content=path.read_bytes()
            )
        except Refused as refusal:
            yield f"Exemple officiel {path.name} : {refusal}"
        else:
            yield f"Exemple officiel importé : {documents.open_document(alice, document_id).line.title}"
