"""What the tests of the flows share: senders, messages, and reading answers back."""

from __future__ import annotations

from pathlib import Path

from dcc.accounts.models import Facility
from plugins.ins.hl7 import er7
from plugins.ins.hl7.receiving import Reply, receive
from plugins.ins.models import FlowSender
from tests.fixtures import reference_dir

OID = "1.2.250.1.999.31"
INS = "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS"


def samples() -> Path:
    """The folder of the sample messages."""
    return reference_dir() / "hl7v2"


def make_sender(
    facility: Facility, application: str = "GAM", code: str = "CHU-X", *, documents: bool = False, creates: bool = True
) -> FlowSender:
    """A sender of a facility, whose numbers are under :data:`OID`."""
    Facility.objects.filter(pk=facility.pk).update(identifier_oid=OID)
    facility.refresh_from_db()
    return FlowSender.objects.create(
        application=application,
        facility_code=code,
        facility=facility,
        authorities="CHU-X 000897406",
        documents=documents,
        creates=creates,
    )


def pid(
    ipp: str = "000003",
    *,
    ins: str = "",
    status: str = "PROV",
    name: str = "PAT-TROIS^DOMINIQUE^DOMINIQUE",
    born: str = "19790328",
) -> str:
    """A PID as PAM.fr has it."""
    numbers = "~".join(part for part in (f"{ipp}^^^CHU-X&000897406&N^PI" if ipp else "", ins) if part)
    places = "28 Av de Breteuil^^PARIS^^75007^FRA^H~^^^^^^BDL^^63220"
    return f"PID|1||{numbers}||{name}^^^^L||{born}|F|||{places}|||||||||||||||||||N||{status}"


def message(*segments: str, trigger: str = "A28", control: str = "1", accept: str = "", application: str = "") -> bytes:
    """A message of GAM, CHU-X."""
    ends = "GAM|CHU-X|DCC|REGION|20260520101500|"
    head = f"MSH|^~\\&|{ends}|ADT^{trigger}|{control}|P|2.5^FRA^2.11|||{accept}|{application}|FRA|UNICODE UTF-8"
    return "\r".join([head, "EVN||20260520101500", *segments]).encode() + b"\r"


def take(content: bytes) -> Reply:
    """Receive, as from a file."""
    return receive(content, channel="fichier")


def read_ack(content: bytes) -> tuple[str, str, list[str]]:
    """MSA-1, MSA-2, and the locations of ERR."""
    read = er7.read(content)
    msa = read.first("MSA")
    assert msa is not None
    return (
        msa.text(1),
        msa.text(2),
        [error.text(2) + "^" + error.text(2, 2) + "^" + error.text(2, 3) for error in read.all("ERR")],
    )


def ack_of(content: bytes) -> str:
    """The code by which a message is answered."""
    (answer,) = take(content).answers
    return read_ack(answer)[0]
