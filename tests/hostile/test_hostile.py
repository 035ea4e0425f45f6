"""Every page asked for with hostile parameters answers or refuses, and never fails (500); all values on all pages: ``prove``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from django.test import Client

from dcc.accounts.models import User
from tests.addresses import addresses, path_of
from tests.fixtures import sign_in
from tests.proofs.recorder import Proof

HOSTILE = {
    "quotes": "%27%22%29%3B--",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "long": "A" * 5_000,
    "nul": "a%00b",
    "not UTF-8": "%FF%FE%C3",
    "negative": "-1",
    "huge": "9" * 400,
    "line ends": "%0D%0ASet-Cookie:%20x=1",
    "template": "%7B%7B7*7%7D%7D%25s%7B0%7D",
    "path": "..%2F..%2Fetc%2Fpasswd",
    "odd letters": "%E2%80%AE%F0%9F%98%80%C2%85",
}
NAMES = (
    "q", "recherche", "liste", "formulaire", "question", "genre", "version", "attendue", "fiche", "de", "next", "page", "p",
    "order", "base", "path", "editor", "target", "adopt", "despite", "facility", "birth_date", "sex", "title", "reason", "kind",
    "since", "until", "actor", "patient", "subject", "expected_version", "revision", "code", "username", "password", "state",
)  # fmt: skip
OURS = (
    "admin/livraisons", "admin/echange", "admin/listes", "admin/formulaires", "admin/atelier", "admin/textes", "admin/favoris",
    "admin/fiches_effets", "admin/journal", "admin/conventions", "admin/cgu", "admin/acces",
)  # fmt: skip
"""What is ours in the admin; the rest is Wagtail's."""
SPARED = ("web:theme", "accounts:logout", "accounts:psc_leave", "accounts:change_password")
"""They would end the session."""
FORM = "application/x-www-form-urlencoded"


def routes(admin: bool) -> list[tuple[str, str]]:
    """Route and name of our own pages."""
    found = [(route, name) for route, name, _ in addresses() if name not in SPARED]
    return [(route, name) for route, name in found if (route.startswith(OURS) if admin else not route.startswith("admin/"))]


def failures(client: Client, asked: Sequence[tuple[str, str]], values: dict[str, object], kinds: Sequence[str]) -> Iterator[str]:
    """Pages that failed; with one kind a page, the kinds take turns."""
    every = len(kinds) == len(HOSTILE)
    for number, (route, name) in enumerate(asked):
        path = path_of(route, values)
        for kind in kinds if every else (kinds[number % len(kinds)],):
            query = "&".join(f"{parameter}={HOSTILE[kind]}" for parameter in NAMES)
            for method in ("GET", "POST") if every else (("GET", "POST")[number // len(kinds) % 2],):
                answer = client.get(f"{path}?{query}") if method == "GET" else client.post(path, query, content_type=FORM)
                if answer.status_code >= 500:
                    yield f"{kind} {method} {name}"


def everybody(alice: User, adrien: User, edith: User, values: dict[str, object], kinds: Sequence[str]) -> list[str]:
    """The failures of a physician's pages, of the admin's, of the entrance."""
    found: list[str] = []
    for person, admin in ((alice, False), (adrien, True), (edith, True), (None, False)):
        client = Client(raise_request_exception=False)
        if person:
            sign_in(client, person)
        asked = routes(admin) if person else [pair for pair in routes(False) if pair[1].startswith("accounts:")]
        found += failures(client, asked, values, kinds)
    return found


@pytest.mark.django_db
def test_no_page_fails_on_hostile_parameters(alice: User, adrien: User, edith: User, patient_id: UUID, frcp_id: UUID) -> None:
    kinds = [kind for kind in HOSTILE if kind != "path"]
    assert everybody(alice, adrien, edith, {"patient_id": patient_id, "document_id": frcp_id}, kinds) == []


@pytest.mark.prove
@pytest.mark.django_db
def test_no_page_fails_on_any_hostile_value(
    alice: User, adrien: User, edith: User, patient_id: UUID, frcp_id: UUID, proof: Proof
) -> None:
    values: dict[str, object] = {"patient_id": patient_id, "document_id": frcp_id}
    assert everybody(alice, adrien, edith, values, list(HOSTILE)) == []
    figures = {"valeurs hostiles": len(HOSTILE), "paramètres par demande": len(NAMES), "pages": len(routes(False))}
    figures |= {"pages de l'administration": len(routes(True)), "échecs (500)": 0}
    proof.record(issue=5, title="Paramètres hostiles sur chaque page", figures=figures)
