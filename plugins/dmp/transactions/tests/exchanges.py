"""People, settings and documents of these tests, and the answers that a service would give."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from lxml import etree

from dcc.contracts import xds
from dcc.contracts.snapshots import InstanceId
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import envelope
from plugins.dmp.transactions.transport import Endpoint, Reply
from plugins.dmp.transactions.types import Caller
from tests.fixtures import reference_dir

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")
KEY = "00000000-0000-4000-8000-000000000001"
CALLER = Caller(
    national_id="801234567897",
    family="MULLER",
    given="Charles",
    profession="10",
    structure="1120456789",
    structure_name="Centre Hospitalier d'Angers",
    sector="SA01",
    specialty="SM36",
    author_specialty="G15_10/SM36",
    proxy_session="s3cret",
)
SETTINGS = DmpSettings(
    proxy="https://proxy.example:8443",
    client_id="dcc-essai",
    certificate="/etc/dcc/dmp.pem",
    source_id="1.2.250.1.999.1.1.9.9",
    software_id="1.2.250.1.999.1.1",
    approval="NUMERO-CNDA",
    signed_lot=False,
)
SUCCESS = (
    '<rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" '
    'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>'
)


@cache
def schema(name: str) -> etree.XMLSchema:
    """An official schema; a missing one is a failure, not a skip."""
    return etree.XMLSchema(etree.parse(str(reference_dir() / "xds" / "wsdl" / "schema" / name)))


def sample(name: str) -> etree._Element:
    """A sample written for this project."""
    return etree.parse(str(reference_dir() / "xds" / "samples-dcc" / name)).getroot()


def cda(name: str) -> bytes:
    """An official CDA."""
    return (reference_dir() / "cda-kit" / "ExemplesCDA" / name).read_bytes()


def reference_cda(name: str) -> bytes:
    """An official CDA of the edition of 2022, which the samples describe."""
    return (reference_dir() / "exemples_2022.01" / name).read_bytes()


def lot_of(*documents: bytes, **changes: Any) -> xds.Submission:
    """A lot of documents, as the deposits make it."""
    entries = [xds.describe(document) for document in documents]
    return xds.submission(entries, submitted_at=AT, unique_id="2.25.1", **changes)


def answer(payload: str | etree._Element, status: int = 200, kind: str = "application/soap+xml; charset=utf-8") -> Reply:
    """The payload in an envelope, as HTTP brings it."""
    element = etree.fromstring(payload) if isinstance(payload, str) else payload
    root = envelope.envelope(element, action="urn:a", to="urn:b", message_id="urn:uuid:c")
    return Reply(status, kind, envelope.serialized(root))


def fault(words: str, code: str = "Receiver") -> Reply:
    """A SOAP fault, under the status that faults have."""
    soap = envelope.SOAP
    return answer(
        f'<s:Fault xmlns:s="{soap}"><s:Code><s:Value>s:{code}</s:Value></s:Code>'
        f'<s:Reason><s:Text xml:lang="fr">{words}</s:Text></s:Reason></s:Fault>',
        500,
    )


class Line:
    """What stands in for the network: the answers that will come, what was asked."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self._replies = list(replies)
        self.asked: list[tuple[Endpoint, Any]] = []

    def __call__(self, endpoint: Endpoint, package: Any) -> Reply:
        self.asked.append((endpoint, package))
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply
