"""The figures of the issue: every official identity over TLS, every request under the official schemas and beside the samples."""

from __future__ import annotations

from collections import Counter

import pytest

from dcc.contracts.errors import RetryLater
from plugins.ins.models import InsiAnswer
from plugins.sandbox.insi.validation import parse, problems
from tests.fixtures import reference_dir
from tests.insi.conftest import Insi, traits
from tests.insi.test_requests import SAMPLES
from tests.insi.test_returns import INJECTED, PEOPLE
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.django_db, pytest.mark.reference, pytest.mark.prove]


def test_official_identities_at_full_size(insi: Insi, proof: Proof) -> None:
    """Each return is held to the file by ``test_returns``; here they are counted, and what was sent is looked at."""
    returned: Counter[str] = Counter()
    requests: list[bytes] = []
    known = [row for row in PEOPLE if row["attendu"]]
    for row in known:
        asked = row["requete"]
        who = traits(
            asked["NomNaissance"], " ".join(asked["Prenom"]), asked["Sexe"], asked["DateNaissance"], asked["LieuNaissance"] or ""
        )
        insi.feel(injection=INJECTED.get(row["cnda_test"] or "", ""))
        insi.service.received.clear()
        try:
            code = insi.verify(who, again=True).code
        except RetryLater:
            code = "faute"
        assert code == row["attendu"].get("CodeCR", "faute")
        returned[code] += 1
        requests += insi.service.received
    assert [problems(parse(content), reference_dir() / "insi") for content in requests] == [[]] * len(requests)
    assert InsiAnswer.objects.count() == len(requests)
    proof.record(
        issue=6,
        title="INSi : identités officielles, par TLS mutuel",
        figures={
            "identités de test dont le retour est publié": len(known),
            "retours attendus obtenus": ", ".join(f"{code} : {count}" for code, count in sorted(returned.items())),
            "requêtes envoyées, toutes conformes aux schémas officiels": len(requests),
            "réponses conservées telles quelles": len(requests),
            "requêtes publiées retrouvées octet pour octet (C14N), écarts voulus listés dans tests/insi/test_requests.py": len(
                SAMPLES
            ),
        },
    )
