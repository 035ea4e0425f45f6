"""To whom documents go and from whom they come, as the directory knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from rcp_directory import api as directory
from rcp_directory.api import Named
from rcp_directory.models import FormerCode, Rcp, RcpOrgan

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
OURS = Named("5201", "ONCOPL", "Réseau Pays de la Loire")
OTHERS = Named("5301", "ONCOBZH", "Réseau Bretagne", is_ours=False, mailbox="dcc@oncobzh.mssante.fr")


@pytest.fixture(autouse=True)
def boards() -> dict[str, int]:
    """Two RCP of ours, three of another region: with a mailbox, without, and closed."""
    rows = {
        "1": ("Sein Angers", OURS, "sein@oncopl.mssante.fr", None),
        "2": ("Foie Nantes", OURS, "", None),
        "3": ("Sein Rennes", OTHERS, "Sein.RCP@chu-rennes.mssante.fr", None),
        "4": ("Sein Brest", OTHERS, "", None),
        "5": ("Sein Quimper", OTHERS, "fermee@ch-quimper.mssante.fr", timezone.localdate()),
    }
    return {
        code: directory.record_rcp(
            national_id=code,
            denomination=name,
            network=network,
            centre=Named(f"{network.national_id}14", "3C", "3C"),
            attributes={"mailbox": mailbox, "active_to": closed},
        )
        for code, (name, network, mailbox, closed) in rows.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("4", "dcc@oncobzh.mssante.fr"), ("3", "Sein.RCP@chu-rennes.mssante.fr")]),
        ("rennes", [("3", "Sein.RCP@chu-rennes.mssante.fr")]),
        ("angers", []),
        ("quimper", []),
    ],
)
def test_addressees_are_open_boards_of_other_regions(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(row.national_id, row.address) for row in directory.addressees(text)] == expected


def test_ours_come_first_in_a_search() -> None:
    assert [row.national_id for row in directory.search_rcps("")] == ["2", "1", "4", "3"]


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("sein.rcp@CHU-rennes.mssante.fr ", True),
        ("fermee@ch-quimper.mssante.fr", True),
        ("dcc@oncobzh.mssante.fr", True),
        ("inconnu@oncobzh.mssante.fr", False),
        ("", False),
    ],
)
def test_senders_are_systems_and_boards_open_or_closed(address: str, known: bool) -> None:
    assert directory.is_known_sender(address) is known


def test_boxes_of_one_network() -> None:
    theirs = directory.networks_of("dcc@oncobzh.mssante.fr")
    assert theirs == directory.networks_of(" Fermee@ch-quimper.mssante.fr")
    assert not theirs & directory.networks_of("sein@oncopl.mssante.fr")
    assert directory.networks_of("inconnu@oncobzh.mssante.fr") == directory.networks_of("") == frozenset()
    assert directory.network_called("inconnu@oncobzh.mssante.fr") == ""
    assert directory.network_called("dcc@oncobzh.mssante.fr") == directory.network_called("fermee@ch-quimper.mssante.fr") != ""


def test_a_former_identifier_finds_the_board_and_opens_its_documents(boards: dict[str, int], alice: User) -> None:
    FormerCode.objects.create(rcp_id=boards["1"], code="OLD-1")
    assert alice.practitioner_id
    directory.record_member(rcp_id=boards["1"], practitioner_id=alice.practitioner_id)
    found = directory.rcp_by_code("OLD-1")
    assert found is not None
    assert found.rcp_id == boards["1"]
    assert [row.rcp_id for row in directory.search_rcps("old-1")] == [boards["1"]]
    assert {row["national_id"] for row in directory.rcps_of(alice)} == {"1", "OLD-1"}
    assert directory.rcp_by_code("?") is None


def test_national_mailboxes() -> None:
    assert directory.national_mailbox("pdc") is None
    directory.record_national_mailbox(use="pdc", address="essai@pdc.mssante.fr", is_test=True)
    directory.record_national_mailbox(use="pdc", address="pdc@pdc.mssante.fr", is_test=False)
    found = directory.national_mailbox("pdc")
    assert found is not None
    assert (found.address, found.is_test) == ("pdc@pdc.mssante.fr", False)
    with pytest.raises(ValidationError):
        directory.record_national_mailbox(use="pdc", address="pas une adresse", is_test=False)
    with pytest.raises(ValidationError):
        directory.record_national_mailbox(use="autre", address="a@b.fr", is_test=False)


def test_body_system_and_organs_fill_the_reason(boards: dict[str, int]) -> None:
    Rcp.objects.filter(pk=boards["1"]).update(nature="ORG-117", body_system="76752008")
    RcpOrgan.objects.create(rcp_id=boards["1"], code="76752008")
    RcpOrgan.objects.create(rcp_id=boards["1"], code="MED-255")
    answers = directory.rcp_answers(boards["1"])
    assert answers["frcp.motif.appareil"] == {"code": "76752008", "system": "2.16.840.1.113883.6.96", "label": "sein"}
    assert [organ["code"] for organ in answers["frcp.motif.organes"]] == ["76752008", "MED-255"]
    assert not {"frcp.motif.appareil", "frcp.motif.organes"} & directory.rcp_answers(boards["2"]).keys()
