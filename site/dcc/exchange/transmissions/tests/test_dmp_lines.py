"""What the core does for the channel of the DMP: lines that are held, words beside a state, a rendition for the DMP alone."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.errors import NeedsSession, Refused, RetryLater
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.documents.models import Document
from dcc.events.api import drain, hasten, session_opened
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition, Transmission
from dcc.exchange.renditions import IDENTITY, freeze_rendition
from dcc.exchange.transmissions.sending import MOST_ATTEMPTS
from dcc.exchange.transmissions.steps import SUBSCRIPTION
from dcc.exchange.transmissions.tests.stage import Noting, Stage

INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")


def line(document_id: uuid.UUID) -> Transmission:
    return Transmission.objects.filter(document=document_id, channel="dmp").latest("requested_at")


def test_a_line_refused_for_a_passing_cause_is_held_and_leaves_when_the_channel_says_so(
    dmp: Noting, alice: User, frcp: uuid.UUID
) -> None:
    dmp.errors.append(Refused("Aucun DMP", cause="no_dmp"))
    drain()
    row = line(frcp)
    assert (row.state, row.cause) == ("retenue", "no_dmp")
    assert not Delivery.objects.filter(key=SUBSCRIPTION, settled_at__isnull=True, subject=f"line:{row.line}").exists()
    patient_id = Document.objects.get(pk=frcp).patient_id
    assert exchange.release_held(patient_id=patient_id, causes=("dmp_opposition",)) == 0
    assert exchange.release_held(patient_id=patient_id, causes=("no_dmp",)) == 1
    drain()
    [shown] = [found for found in exchange.transmissions_of(alice, frcp) if found.channel == "dmp"]
    assert (shown.state, shown.state_label, shown.note) == ("envoyee", "Déposée au DMP", "invisible au patient")
    assert exchange.summaries([frcp])[frcp].arrived == 1


def test_a_transport_that_looks_first_doubles_nothing(dmp: Noting, alice: User, adrien: User, frcp: uuid.UUID) -> None:
    dmp.errors += [RetryLater("Réponse perdue", cause="unknown_outcome"), NeedsSession("psc", ["810000000001", "899999999999"])]
    drain()
    row = line(frcp)
    assert (row.state, row.cause, row.attempting_since is None) == ("en_file", "unknown_outcome", False)
    hasten(key=SUBSCRIPTION, subject=f"line:{row.line}")
    drain()
    row.refresh_from_db()
    assert (row.state, row.cause, row.maybe_doubled) == ("retenue", "session", False)
    [shown] = [found for found in exchange.transmissions_of(alice, frcp) if found.channel == "dmp"]
    assert shown.awaits == (exchange.Awaited("810000000001", "DR Alice MARTIN"), exchange.Awaited("899999999999", "899999999999"))
    [queued] = [found for found in exchange.queue(adrien).lines if found.channel == "dmp"]
    assert queued.awaits == shown.awaits
    session_opened(kind="psc", practitioner="810000000001")
    drain()
    row.refresh_from_db()
    assert (row.state, row.maybe_doubled, len(dmp.sent)) == ("envoyee", False, 1)
    shared = exchange.summaries([frcp])[frcp].shared
    assert shared is not None
    assert (shared.state, shared.note) == ("envoyee", "invisible au patient")


def test_what_waits_over_and_over_has_not_tried(dmp: Noting, frcp: uuid.UUID) -> None:
    dmp.errors += [NeedsSession("psc", ["810000000001"])] * (MOST_ATTEMPTS + 1)
    dmp.errors.append(RetryLater("Occupé", cause="dmp_busy"))
    drain()
    for _ in range(MOST_ATTEMPTS + 1):
        row = line(frcp)
        assert (row.state, row.cause, row.attempts, row.attempting_since) == ("retenue", "session", 0, None)
        session_opened(kind="psc", practitioner="810000000001")
        drain()
    row = line(frcp)
    assert (row.state, row.cause, row.attempts) == ("en_file", "dmp_busy", 1)
    hasten(key=SUBSCRIPTION, subject=f"line:{row.line}")
    drain()
    assert (line(frcp).state, len(dmp.sent)) == ("envoyee", 1)


def test_a_channel_that_goes_leaves_the_outcome_of_its_last_call_unknown(stage: Stage, dmp: Noting, frcp: uuid.UUID) -> None:
    dmp.errors.append(RetryLater("Réponse perdue", cause="unknown_outcome"))
    drain()
    row = line(frcp)
    with use_registry(Stage().registry):
        hasten(key=SUBSCRIPTION, subject=f"line:{row.line}")
        drain()
    gone = line(frcp)
    assert (gone.cause, gone.attempting_since) == ("channel_off", row.attempting_since)


def test_a_word_changes_beside_a_state_that_stays(dmp: Noting, alice: User, frcp: uuid.UUID) -> None:
    drain()
    row = line(frcp)
    assert exchange.annotate(key=row.pk, note="visible", at=timezone.now())
    assert not exchange.annotate(key=row.pk, note="visible", at=timezone.now())
    [shown] = [found for found in exchange.transmissions_of(alice, frcp) if found.channel == "dmp"]
    assert (shown.state, shown.note) == ("envoyee", "visible")
    assert [step.detail for step in shown.steps if step.state == "envoyee"] == ["invisible au patient", "visible"]
    with pytest.raises(exchange.UnknownTransmission):
        exchange.annotate(key=uuid.uuid4(), note="visible", at=timezone.now())


def test_the_same_content_for_the_dmp_alone(stage: Stage, dmp: Noting, frcp: uuid.UUID) -> None:
    dmp.errors.append(Refused("Aucun DMP", cause="no_dmp"))
    drain()
    assert not exchange.renew_to_show(frcp), "what is still to go there will be seen"
    exchange.release_held(patient_id=Document.objects.get(pk=frcp).patient_id, causes=("no_dmp",))
    drain()
    mails = len(stage.mss.sent)
    waiting = set(Transmission.objects.filter(document=frcp, state="retenue").values_list("pk", flat=True))
    assert waiting, "the regional platform has no address"
    assert exchange.renew_to_show(frcp)
    drain()
    assert not exchange.renew_to_show(frcp) or Rendition.objects.filter(version__document=frcp).count() == 2
    drain()
    first, second = Rendition.objects.filter(version__document=frcp).order_by("number")
    assert (second.reason, second.state) == ("visibilite", "prete")
    assert second.snapshot["version_number"] == first.snapshot["version_number"] + 1
    assert second.snapshot["answers"] == first.snapshot["answers"]
    assert [row.channel for row in second.transmissions.all()] == ["dmp"]
    assert [package.action for _, _, package in dmp.sent] == ["new", "replace"]
    assert len(stage.mss.sent) == mails
    assert set(Transmission.objects.filter(document=frcp, state="retenue").values_list("pk", flat=True)) == waiting


def test_a_line_that_gave_way_to_another_hides_nothing_for_ever(dmp: Noting, frcp: uuid.UUID) -> None:
    drain()
    sent = line(frcp)
    Transmission.objects.filter(pk=sent.pk).update(ordinal=sent.ordinal + 1)
    sent.pk, sent.state, sent.cause, sent.sent_at = uuid.uuid4(), "remplacee", "again", None
    sent.save(force_insert=True)
    assert exchange.renew_to_show(frcp)


def test_what_has_not_gone_yet_is_not_overtaken(dmp: Noting, frcp: uuid.UUID) -> None:
    drain()
    first = Rendition.objects.get(version__document=frcp)
    freeze_rendition(first.version_id, frcp, reason=IDENTITY)
    assert not exchange.renew_to_show(frcp), "its files are being made, and its line is still to be written"
    assert Rendition.objects.filter(version__document=frcp).count() == 2
