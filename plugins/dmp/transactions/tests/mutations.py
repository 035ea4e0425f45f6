"""Answers of the DMP, spoiled in every way that a seed chooses."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from lxml import etree

from plugins.dmp.transactions import client, mtom, query
from plugins.dmp.transactions.envelope import envelope
from plugins.dmp.transactions.tests.exchanges import AT, CALLER, INS, SUCCESS, answer, cda, lot_of, sample
from plugins.dmp.transactions.transport import Reply

FRCP = "CANCER-FRCP_2025.01_Appareil.xml"
FRCP_ID = "1.2.250.1.213.1.1.1.8.2022.1.1"
XDSB = "urn:ihe:iti:xds-b:2007"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY e SYSTEM "file:///etc/passwd">]>'
Sent = tuple[bytes, str]
Mutation = Callable[[random.Random, bytes, str], Sent]


def described() -> etree._Element:
    """What the registry answers of one document."""
    root = etree.fromstring(
        f'<query:AdhocQueryResponse xmlns:query="{query.QUERY}" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" '
        'status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"><rim:RegistryObjectList/></query:AdhocQueryResponse>'
    )
    entry = next(sample("iti57_rendre_visible_patient.xml").iter("{*}ExtrinsicObject"))
    entry.set("id", "urn:uuid:5d3c2b1a-0000-4000-8000-000000000002")
    entry.set("status", "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved")
    root[0].append(entry)
    return root


def retrieved() -> Reply:
    """What the repository answers: one document beside its envelope."""
    root = etree.fromstring(f'<x:RetrieveDocumentSetResponse xmlns:x="{XDSB}">{SUCCESS}</x:RetrieveDocumentSetResponse>')
    held = etree.SubElement(root, f"{{{XDSB}}}DocumentResponse")
    etree.SubElement(held, f"{{{XDSB}}}DocumentUniqueId").text = FRCP_ID
    etree.SubElement(held, f"{{{XDSB}}}Document", id="Document01")
    whole = envelope(root, action="urn:a", to="urn:b", message_id="urn:uuid:c")
    package = mtom.packed(whole, {"Document01": cda(FRCP)[:20_000]}, action="urn:a", key="k")
    return Reply(200, package.content_type, package.content)


def deposited(dmp: client.ProxyDmp) -> None:
    """A deposit."""
    document = cda(FRCP)
    lot = lot_of(document)
    dmp.submit(CALLER, INS, lot, {lot.entries[0].unique_id: document})


CALLS: Mapping[str, tuple[Callable[[], Reply], Callable[[client.ProxyDmp], object]]] = {
    "existence": (
        lambda: answer(sample("td02_reponse_prpa_in201308.xml")),
        lambda dmp: dmp.existence(CALLER, INS),
    ),
    "search": (lambda: answer(described()), lambda dmp: dmp.find_documents(CALLER, INS, types=["34794-8"], since=AT)),
    "content": (retrieved, lambda dmp: dmp.retrieve(CALLER, INS, [FRCP_ID])),
    "deposit": (lambda: answer(SUCCESS), deposited),
    "authorisation": (
        lambda: answer('<r xmlns="urn:si-dmp-habilitations"><status>DMPOk</status></r>'),
        lambda dmp: dmp.authorise(CALLER, INS),
    ),
}
"""A call, the answer that it would get, and how it is made."""


def _cut(chance: random.Random, content: bytes, kind: str) -> Sent:
    return content[: chance.randrange(len(content))], kind


def _without(chance: random.Random, content: bytes, kind: str) -> Sent:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.randint(1, 60) :], kind


def _flip(chance: random.Random, content: bytes, kind: str) -> Sent:
    spoiled = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled), kind


def _twice(chance: random.Random, content: bytes, kind: str) -> Sent:
    start = chance.randrange(len(content))
    piece = content[start : start + chance.randint(1, 4_000)]
    return content[:start] + piece * chance.randint(2, 40) + content[start:], kind


def _entities(chance: random.Random, content: bytes, kind: str) -> Sent:
    use = chance.choice((b"&b;", b"&e;", b""))
    head = content.find(b"<soap:Envelope")
    return content[:head] + ENTITIES + content[head:].replace(b"</soap:Body>", use + b"</soap:Body>"), kind


_WORDS = (b"cid:", b"Content-ID", b"status=", b"code=", b"root=", b"id=", b"--dcc-k", b"Success", b"xop:Include", b"versionName")


def _word(chance: random.Random, content: bytes, kind: str) -> Sent:
    word = chance.choice([word for word in _WORDS if word in content] or [b"<"])
    return content.replace(word, chance.choice((b"", b"x", word[::-1], b"\xff")), chance.randint(1, 3)), kind


def _kind(chance: random.Random, content: bytes, kind: str) -> Sent:
    kinds = (
        "",
        "text/html",
        "multipart/related",
        'multipart/related; boundary="x"',
        "application/soap+xml",
        kind[:-9],
        kind * 90,
    )
    return content, chance.choice(kinds)


def _deep(chance: random.Random, content: bytes, kind: str) -> Sent:
    times = chance.choice((300, 3_000, 60_000))
    return content.replace(b"</soap:Body>", b"<a>" * times + b"</a>" * times + b"</soap:Body>", 1), kind


def _swollen(chance: random.Random, content: bytes, kind: str) -> Sent:
    return content + b" " * chance.choice((1_000, 17_000_000)), kind


MUTATIONS: Sequence[Mutation] = (_cut, _without, _flip, _twice, _entities, _word, _kind, _deep, _swollen)


def spoiled(chance: random.Random, reply: Reply) -> Reply:
    """The answer, spoiled once or twice, sometimes under another status."""
    content, kind = reply.content, reply.content_type
    for _ in range(chance.choice((1, 1, 2))):
        content, kind = chance.choice(MUTATIONS)(chance, content or b" ", kind)
    return Reply(chance.choice((200, 200, 200, 200, 500, 404, 302)), kind, content)
