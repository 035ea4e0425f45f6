"""Mails damaged by a seeded hand: what breaks readers of mail and of ZIP, on published samples and a mail with an envelope."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from plugins.mss import xdm
from tests.fixtures import reference_dir

OURS = "dcc@region-a.mssante.fr"
ENVELOPE = "FRCP_2025.01_Appareil/IHE_XDM.ZIP"


def with_envelope(archive: bytes, *, message_id: str = "a@region-b.mssante.fr", more: str = "") -> bytes:
    """A mail that brings an envelope and wants a receipt."""
    encoded = base64.encodebytes(archive).decode()
    return (
        f"Return-Path: <rcp@region-b.mssante.fr>\nFrom: RCP <rcp@region-b.mssante.fr>\nTo: {OURS}\nMessage-ID: <{message_id}>\n"
        f"Disposition-Notification-To: rcp@region-b.mssante.fr\n{more}Subject: XDM/1.0/DDM+CR PAT-TROIS DOMINIQUE\n"
        'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/plain; charset=utf-8\n\nBonjour\n'
        "--B\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n"
        f'Content-Disposition: attachment; filename="IHE_XDM.zip"\n\n{encoded}\n--B--\n'
    ).encode()


@cache
def official() -> bytes:
    """An official envelope."""
    return (reference_dir() / "mss" / "xdm" / ENVELOPE).read_bytes()


@cache
def validated() -> bytes:
    """An envelope with the same FRCP, once it is « validé »: at its own status it is not exchanged."""
    with zipfile.ZipFile(io.BytesIO(official())) as archive:
        cda = archive.read("IHE_XDM/SUBSET01/DOC0001.XML").replace(b'code="385651009"', b'code="9571008"', 1)
    return xdm.build([cda], sender=xdm.Sender(), submitted_at=datetime(2026, 11, 28, tzinfo=UTC))


@cache
def bases() -> Sequence[bytes]:
    """Every sample of a mail, and one with the official envelope."""
    folder: Path = reference_dir() / "mss" / "mail"
    return [*(path.read_bytes() for path in sorted(folder.iterdir())), with_envelope(official()), with_envelope(validated())]


def damaged(hand: random.Random) -> tuple[str, bytes]:
    """One damaged mail, and how."""
    name = hand.choice(list(WAYS))
    return name, WAYS[name](hand, hand.choice(bases()))


def _flip(hand: random.Random, mail: bytes) -> bytes:
    changed = bytearray(mail)
    for _ in range(hand.choice([1, 3, 30])):
        changed[hand.randrange(len(changed))] = hand.randrange(256)
    return bytes(changed)


def _cut(hand: random.Random, mail: bytes) -> bytes:
    return mail[: hand.randrange(len(mail))]


def _long_header(hand: random.Random, mail: bytes) -> bytes:
    name = hand.choice([b"Subject", b"From", b"Message-ID", b"In-Reply-To", b"Content-Type", b"Received", b"To"])
    filler = hand.choice([b"a", b"<", b"=?utf-8?b?", b"(", b'"', b",", b";x=y", b"a@b.fr, ", b"\r\n  x", b"<a@b> "])
    return name + b": " + filler * (hand.choice([2_000, 60_000, 400_000]) // len(filler)) + b"\n" + mail


def _many_headers(hand: random.Random, mail: bytes) -> bytes:
    return b"".join(b"X-%d: %d\n" % (i, i) for i in range(hand.choice([900, 20_000, 100_000]))) + mail


def _nulls(hand: random.Random, mail: bytes) -> bytes:
    place = hand.randrange(len(mail))
    return mail[:place] + b"\x00" * hand.choice([1, 50, 5_000]) + mail[place:]


def _charset(hand: random.Random, mail: bytes) -> bytes:
    said = hand.choice([b"utf-16", b"utf-7", b"x-inconnu", b"\xff", b"hex", b"rot13", b"idna", b"undefined", b"a" * 3_000])
    return mail.replace(b"utf-8", said).replace(b"us-ascii", said)


def _boundary(hand: random.Random, mail: bytes) -> bytes:
    said = hand.choice([b"", b"B\xc3\xa9", b"(((", b"X" * 500, b"B-AUTRE", b'"', b"\\E[A-Z]+", b"--"])
    return mail.replace(b"boundary=", b"boundary=" + said, 1)


def _nested(hand: random.Random, mail: bytes) -> bytes:
    depth = hand.choice([5, 40, 2_000])
    heads = b"".join(
        b"Content-Type: %b\n\n" % (b"multipart/mixed; boundary=%d" % i if i % 3 else b"message/rfc822")
        + (b"--%d\n" % i if i % 3 else b"")
        for i in range(1, depth)
    )
    return b"From: a@b.fr\nMessage-ID: <n@b.fr>\n" + heads + mail


def _parts(hand: random.Random, mail: bytes) -> bytes:
    part = b"--B\nContent-Type: application/zip; name=IHE_XDM.zip\nContent-Transfer-Encoding: base64\n\nUEsDBAA=\n"
    head = b"From: a@b.fr\nMessage-ID: <p@b.fr>\nContent-Type: multipart/mixed; boundary=B\n\n"
    return head + part * hand.choice([2, 99, 5_000]) + b"--B--\n" + mail[:100]


def _encoding(hand: random.Random, mail: bytes) -> bytes:
    said = hand.choice([b"quoted-printable", b"x-uuencode", b"8bit", b"base64", b"BASE64;", b""])
    changed = mail.replace(b"Transfer-Encoding: base64", b"Transfer-Encoding: " + said)
    return changed.replace(b"A", hand.choice([b"=", b"*", b"\n", b"A"]), hand.choice([1, 100]))


def _zip(hand: random.Random, _mail: bytes) -> bytes:
    return with_envelope(ARCHIVES[hand.choice(list(ARCHIVES))](hand), message_id=f"{hand.random()}@region-b.mssante.fr")


def _forged(hand: random.Random, _mail: bytes) -> bytes:
    about, to = f"{hand.getrandbits(128):032x}@region-a.mssante.fr", f"x{hand.randrange(99)}@ailleurs.fr"
    said = hand.choice(["processed", "deleted", ""])
    fields = f"Final-Recipient: rfc822;{to}\nOriginal-Message-ID: <{about}>\nDisposition: a/b; {said}"
    return f"From: {to}\nContent-Type: message/disposition-notification\n\n{fields}\n".encode()


def _rezipped(hand: random.Random, change: Callable[[zipfile.ZipInfo, bytes], tuple[str, bytes] | None]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(official())) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            if (changed := change(member, source.read(member))) is not None:
                target.writestr(*changed)
        if hand.random() < 0.1:
            target.writestr("../../../../tmp/dehors.xml", b"<x/>")
    return made.getvalue()


def _bomb(hand: random.Random) -> bytes:
    size = hand.choice([2_000_000, 40_000_000])
    return _rezipped(hand, lambda m, content: (m.filename, b"\x00" * size if m.filename.endswith("DOC0001.XML") else content))


def _paths(hand: random.Random) -> bytes:
    prefix = hand.choice(["../", "/etc/", "..\\..\\", "C:\\", "a\x01b", "IHE_XDM/../../", "a" * 300 + "/"])
    return _rezipped(hand, lambda m, content: (prefix + m.filename, content))


def _hash(hand: random.Random) -> bytes:
    return _rezipped(
        hand, lambda m, content: (m.filename, content.replace(b"<title>", b"<title>x") if "DOC" in m.filename else content)
    )


def _missing(hand: random.Random) -> bytes:
    gone = hand.choice(["METADATA", "DOC0001", "INDEX", "README"])
    return _rezipped(hand, lambda m, content: None if gone in m.filename else (m.filename, content))


def _within(hand: random.Random) -> bytes:
    return _rezipped(hand, lambda m, content: (m.filename, official() if "DOC" in m.filename else content))


def _entities(hand: random.Random) -> bytes:
    head = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
    name = hand.choice(["METADATA", "DOC0001"])
    return _rezipped(hand, lambda m, content: (m.filename, head + content.partition(b"?>")[2] if name in m.filename else content))


def _flipped(hand: random.Random) -> bytes:
    return _flip(hand, official())


def _shortened(hand: random.Random) -> bytes:
    return _cut(hand, official())


ARCHIVES: Mapping[str, Callable[[random.Random], bytes]] = {
    "bombe": _bomb,
    "chemins": _paths,
    "empreinte": _hash,
    "manquant": _missing,
    "emboite": _within,
    "entites": _entities,
    "octets": _flipped,
    "coupe": _shortened,
}
WAYS: Mapping[str, Callable[[random.Random, bytes], bytes]] = {
    "octets": _flip,
    "coupe": _cut,
    "en-tete": _long_header,
    "en-tetes": _many_headers,
    "nuls": _nulls,
    "charset": _charset,
    "separateur": _boundary,
    "emboitement": _nested,
    "parties": _parts,
    "codage": _encoding,
    "zip": _zip,
    "forge": _forged,
}
