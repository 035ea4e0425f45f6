"""An FRCP is completed by the RCP of another region: two instances, two databases, Postfix and Dovecot between them.

Sent, locked, received, completed, validated, given back, replaced (issue 7, « Shown by » 4). Full figures only: each instance is
the whole demonstration.
"""

from __future__ import annotations

import time

from playwright.sync_api import Browser

from tests.journeys.conftest import needs_two_regions
from tests.proofs.recorder import Proof
from tests.two_regions.desk import seen, shot, signed_in
from tests.two_regions.regions import B
from tests.two_regions.run import Instance

pytestmark = needs_two_regions


def test_an_frcp_goes_to_another_region_and_comes_back(
    regions: tuple[Instance, Instance], browser: Browser, proof: Proof
) -> None:
    here, there = regions
    at_a, at_b = signed_in(browser, here, "alice"), signed_in(browser, there, "alice")
    begun = time.monotonic()
    sent = here.act("send")
    page = f"/documents/{sent['document']}/"
    assert (sent["status"], sent["held_elsewhere"]) == ("complete", B.rcp[1])
    assert B.rcp[1] in shot(at_a, page, "1-confiee")

    received = seen(there, sent["set_id"])
    arrived = time.monotonic() - begun
    shot(at_b, f"/documents/{received['document']}/", "2-recue")
    shot(at_b, "/", "3-liste")

    validated = there.act("validate", sent["set_id"])
    assert validated["status"] == "valide"
    assert validated["version"] > sent["version"]
    shot(at_b, f"/documents/{received['document']}/", "4-validee")

    returned = seen(here, sent["set_id"], status="valide", held_elsewhere="")
    assert returned["version"] == validated["version"]
    assert returned["versions"][0] == sent["version"], "the former copy stays in the history"
    shot(at_a, page, "5-remplacee")
    figures = {
        "envoyée, verrouillée chez la source": f"version {sent['version']}, lecture seule : {sent['held_elsewhere']}",
        "reçue par la région B": f"en {arrived:.0f} s, statut « {received['status']} »",
        "validée par la région B": f"version {validated['version']}",
        "rendue et remplacée dans la région A": f"versions {returned['versions']}, statut « {returned['status']} »",
        "référence (setId), la même partout": "oui" if received["set_id"] == returned["set_id"] == sent["set_id"] else "non",
    }
    proof.record(issue=7, title="Une FRCP entre deux régions (deux instances, Postfix et Dovecot)", figures=figures)
