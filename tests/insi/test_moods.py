"""What goes wrong at INSi, over real TLS: an error of the contract in French, the answer kept, nobody's identity touched."""

from __future__ import annotations

import json
import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone
from pytest_django import Settings

from dcc.contracts.errors import DeliveryError, NotConfigured, Refused, RetryLater
from dcc.contracts.identity import IdentityQuery
from dcc.contracts.testing.advice import VerifierConformance
from dcc.events.models import Circuit
from plugins.ins.insi import keeping
from plugins.ins.insi.capability import in_force
from plugins.ins.insi.client import InsiClient
from plugins.ins.insi.envelope import ByCard
from plugins.ins.insi.verifier import InsiVerifier
from plugins.ins.models import InsiAnswer, InsiInstallation
from plugins.sandbox.insi.server import CONTROL
from tests.insi.conftest import Insi, traits

pytestmark = pytest.mark.django_db
ECETINSI = traits("ECETINSI", "PIERRE-ALAIN", "M", "2009-07-14")
ZOE = traits("ADRUN", "ZOE", "F", "1975-12-31")

# Mood of the service, what is raised, words of it, what is kept.
MOODS: list[tuple[dict[str, Any], type[DeliveryError], str, str]] = [
    ({"kind": "faute"}, RetryLater, "insi_102", "faute"),
    ({"kind": "panne"}, RetryLater, "injoignable", "injoignable"),
    ({"kind": "coupe"}, RetryLater, "injoignable|interrompue", ""),
    ({"kind": "page"}, RetryLater, "inattendue", "non_conforme"),
    ({"kind": "enorme"}, Refused, "octets", "non_conforme"),
    ({"kind": "entite"}, Refused, "type de document", "non_conforme"),
    ({"injection": "2.04-2-malformed"}, Refused, "« IdIndividu » manque", "non_conforme"),
]


@pytest.mark.parametrize(("mood", "error", "words", "kept"), MOODS, ids=str)
def test_a_mood(mood: dict[str, Any], error: type[DeliveryError], words: str, kept: str, insi: Insi) -> None:
    insi.feel(**mood)
    with pytest.raises(error, match=words) as raised:
        insi.verify(ECETINSI)
    assert "ECETINSI" not in raised.value.reason
    row = InsiAnswer.objects.get()
    assert kept in ("", row.outcome)
    insi.feel()
    assert insi.verify(ECETINSI).code == "00", "what went wrong is not believed afterwards"


def test_a_refused_answer_is_kept_as_it_came(insi: Insi) -> None:
    insi.feel(injection="2.04-2-malformed")
    with pytest.raises(Refused) as raised:
        insi.verify(ECETINSI)
    row = InsiAnswer.objects.get()
    assert str(row.pk) in raised.value.reason
    content = keeping.content_of(row)
    assert b"<INSHISTO><DateDeb>" in content.replace(b"res:", b"")
    assert "ECETINSI" not in row.content, "sealed"


def test_a_door_closed_during_the_handshake_is_an_outage(insi: Insi, settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def slam() -> None:
            came, _address = door.accept()
            came.recv(10)
            came.close()

        porter = threading.Thread(target=slam)
        porter.start()
        settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["endpoint"] = f"https://localhost:{door.getsockname()[1]}/lps"
        with pytest.raises(RetryLater, match="injoignable"):
            insi.verify(ZOE)
        porter.join()


def test_slowness_is_left_in_time(insi: Insi, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["timeout_seconds"] = 1
    insi.feel(seconds=60, times=1)
    with pytest.raises(RetryLater, match="délai"):
        insi.verify(ZOE)
    assert len(insi.service.received) == 1, "nothing comes later, in another test"
    settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["timeout_seconds"] = 20
    assert insi.verify(ZOE).code == "00"


def test_a_trickle_is_left_in_time(insi: Insi, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["timeout_seconds"] = 1
    insi.feel(kind="goutte")
    with pytest.raises(RetryLater, match="délai"):
        insi.verify(ZOE)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"endpoint": ""}, NotConfigured, "DCC_INSI_ENDPOINT"),
        ({"idam": ""}, NotConfigured, "DCC_INSI_IDAM"),
        ({"idam": "INCONNU"}, NotConfigured, "IDAM.*desir_550"),
        ({"certificate": "autre-nom.pem", "certificate_key": "autre-nom.key"}, NotConfigured, "CN.*desir_560"),
        ({"certificate": "absent.pem"}, NotConfigured, "n'existe pas"),
        ({"certificate": "insi-manu.key"}, NotConfigured, "PEM"),
        ({"certificate_key": "insi-auto.key"}, NotConfigured, "TLS|illisibles"),
        ({"authorities": ""}, NotConfigured, "TLS"),
        ({"authorities": "absent.pem"}, NotConfigured, "illisibles"),
        ({"endpoint": "https://localhost:1/lps"}, RetryLater, "injoignable"),
    ],
    ids=str,
)
def test_what_is_not_set_up(
    changes: dict[str, str], error: type[DeliveryError], words: str, insi: Insi, settings: Settings
) -> None:
    there = {k: str(insi.certificates.folder / v) if v.endswith((".pem", ".key")) else v for k, v in changes.items()}
    settings.DCC_PLUGIN_SETTINGS = {"ins": {"insi": insi.settings(**there)}}
    with pytest.raises(error, match=words):
        insi.verify(ZOE)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"birth_name": "ADRUN_2"}, "Nom de naissance"),
        ({"birth_name": ""}, "nécessaires"),
        ({"given_names": "", "first_given_name": ""}, "nécessaires"),
        ({"sex": "I"}, "sexe"),
        ({"birth_date": "1975-12"}, "date de naissance"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(changes: dict[str, Any], words: str, insi: Insi) -> None:
    from dataclasses import replace

    with pytest.raises(Refused, match=words):
        insi.verify(replace(ZOE, **changes))
    assert not insi.service.received


def test_what_is_typed_is_converted(insi: Insi) -> None:
    found = insi.verify(traits("d’Artagnan  de l’Hérault", "pierre‑alain", "M", "2001-06-17", "inconnu"))
    assert found.traits is not None
    assert (found.traits.birth_name, found.traits.first_given_name) == ("D'ARTAGNAN DE L'HERAULT", "PIERRE-ALAIN")


def test_a_machine_presents_the_certificate_of_machines(insi: Insi, settings: Settings) -> None:
    settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["certificate"] = str(insi.certificates.certificate("AUTRE-NOM"))
    settings.DCC_PLUGIN_SETTINGS["ins"]["insi"]["certificate_key"] = str(insi.certificates.key("AUTRE-NOM"))
    assert insi.verify(ZOE, automatic=True, again=True).code == "00"
    assert InsiAnswer.objects.get().automatic
    with pytest.raises(NotConfigured):
        insi.verify(ZOE, again=True)


def test_the_same_question_is_asked_once(insi: Insi) -> None:
    first, second = insi.verify(ZOE), insi.verify(ZOE)
    assert (first, len(insi.service.received)) == (second, 1)
    third = insi.verify(ZOE, again=True)
    assert (third.answer_id != first.answer_id, len(insi.service.received)) == (True, 2)
    InsiAnswer.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    insi.verify(ZOE)
    assert len(insi.service.received) == 3
    InsiAnswer.objects.update(content="s1.nobody.AAAA")  # the key that sealed it is gone
    insi.verify(ZOE)
    assert len(insi.service.received) == 4


def test_answers_are_kept_for_their_time(insi: Insi) -> None:
    insi.verify(ZOE)
    assert keeping.purge(days=10) == 0
    InsiAnswer.objects.update(answered_at=timezone.now() - timedelta(days=11))
    assert keeping.purge(days=10) == 1


def test_after_faults_the_address_rests(insi: Insi) -> None:
    insi.feel(kind="faute")
    for _ in range(in_force().faults_before_pause):
        with pytest.raises(RetryLater, match="insi_102"):
            insi.verify(ZOE)
    asked = len(insi.service.received)
    insi.feel()
    with pytest.raises(RetryLater, match="pause") as raised:
        insi.verify(ZOE)
    assert raised.value.after is not None
    assert timedelta(0) < raised.value.after <= timedelta(seconds=30)
    assert len(insi.service.received) == asked
    Circuit.objects.update(open_until=timezone.now() - timedelta(seconds=1))
    assert insi.verify(ZOE).code == "00"
    state = Circuit.objects.get()
    assert (state.faults, state.open_until) == (0, None)


def test_one_call_at_a_time_tries_a_resting_address(insi: Insi) -> None:
    Circuit.objects.create(address=insi.url, faults=9, open_until=timezone.now() - timedelta(seconds=1))
    insi.feel(kind="faute")
    with pytest.raises(RetryLater, match="insi_102"):
        insi.verify(ZOE)
    rest = Circuit.objects.get().open_until
    assert rest is not None
    assert timedelta(minutes=14) < rest - timezone.now() <= timedelta(minutes=15)


def test_the_installation_keeps_its_name(insi: Insi) -> None:
    insi.verify(ZOE)
    insi.verify(ZOE, again=True)
    name = str(InsiInstallation.objects.get().instance).encode()
    assert all(name in content for content in insi.service.received)


def test_by_card(insi: Insi) -> None:
    """WS_INS1 is ready behind the same client; CNDA 1.10: the matricule of 2.04 comes back with the OID of a NIA."""
    insi.feel(injection="1.10")
    asked = InsiClient(in_force()).search(ByCard(own=("1090763220834", "89"), birth_date="2009-07-14"))
    assert asked.answer.individual is not None
    assert asked.answer.individual.active.oid == "1.2.250.1.213.1.4.9"
    assert InsiAnswer.objects.get().operation == "WS_INS1"


def test_verification_waits_for_its_contract(insi: Insi) -> None:
    with pytest.raises(NotConfigured, match="n'est pas publié"):
        InsiClient(in_force()).verify_traits(ZOE)


def test_the_mood_is_set_at_the_control_address(insi: Insi) -> None:
    held = insi.certificates
    client = (str(held.certificate("INSI-MANU")), str(held.key("INSI-MANU")))
    address = insi.url.rpartition("/")[0] + CONTROL

    def tell(body: str) -> int:
        return requests.post(address, data=body, cert=client, verify=str(held.authority), timeout=30).status_code

    assert tell(json.dumps({"kind": "faute", "times": 1})) == 200
    with pytest.raises(RetryLater):
        insi.verify(ZOE)
    assert insi.verify(ZOE).code == "00"
    assert tell('{"humour": 1}') == 400
    with pytest.raises(requests.RequestException):
        requests.get(address, verify=str(held.authority), timeout=30)


class TestConformance(VerifierConformance):
    """What the contract asks of any verifier."""

    @pytest.fixture(autouse=True)
    def _sandbox(self, insi: Insi) -> None:
        self.insi = insi

    def make(self) -> InsiVerifier:
        return InsiVerifier(in_force)

    def traits(self) -> Any:
        return IdentityQuery(ZOE).traits
