"""Messages of fictitious people, each damaged in some way by a seeded hand; and what a plain eye still reads in the damage."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dcc.patients.ins import key_of
from plugins.ins.hl7.tests.flows import message, pid

LETTERS = "ABCDEFGHIJKLMNOPRSTUV"
OID = "1.2.250.1.213.1.4.10"


@dataclass(frozen=True, slots=True)
class Person:
    """One fictitious person of the campaign; nobody else looks like her."""

    ipp: str
    family: str
    given: str
    born: str
    ins: str


def person(hand: random.Random, rank: int) -> Person:
    """The person of a rank."""
    family, given = ("".join(hand.choices(LETTERS, k=9)) for _ in range(2))
    year, month, day = hand.randint(1930, 2010), hand.randint(1, 12), hand.randint(1, 28)
    number = f"2{year % 100:02d}{month:02d}63{rank // 1000 % 1000:03d}{rank % 1000:03d}"
    return Person(f"{rank:06d}", family, given, f"{year}{month:02d}{day:02d}", f"{number}{key_of(number):02d}")


def whole(one: Person, hand: random.Random, control: str) -> bytes:
    """A sound message about a person."""
    trigger = hand.choice(["A28", "A28", "A01", "A04", "A05", "A08", "A31", "A03", "A40"])
    cx = f"{one.ins}^^^ASIP-SANTE-INS-NIR&{OID}&ISO^INS" if hand.random() < 0.5 else ""
    status = hand.choice(["VALI", "PROV", "PROV~DOUT", "QUAL", "RECUP"])
    said = pid(one.ipp, ins=cx, status=status, name=f"{one.family}^{one.given}^{one.given} MARIE", born=one.born)
    more = [f"MRG|X{one.ipp}^^^CHU-X&000897406&N^PI"] if trigger == "A40" else ["PV1|1|N", "ZFD|||N|N|INSI|20260520|CN|"]
    return message(said, *more, trigger=trigger, control=control)


def _flip(hand: random.Random, content: bytes) -> bytes:
    place = hand.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << hand.randrange(8)]) + content[place + 1 :]


def _cut(hand: random.Random, content: bytes) -> bytes:
    return content[: hand.randrange(1, len(content))]


def _swap_fields(hand: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\r")
    rank = hand.randrange(len(lines) - 1)
    fields = lines[rank].split(b"|")
    if len(fields) > 2:
        one, other = hand.sample(range(1, len(fields)), 2)
        fields[one], fields[other] = fields[other], fields[one]
    lines[rank] = b"|".join(fields)
    return b"\r".join(lines)


def _charset(hand: random.Random, content: bytes) -> bytes:
    said = hand.choice([b"8859/1", b"UNICODE", b"", b"ASCII", b"UNICODE UTF-16"])
    text = content.replace(b"UNICODE UTF-8", said) if hand.random() < 0.7 else content
    return text.replace(b"A", hand.choice([b"\xe9", "é".encode(), b"\xff", "Œ".encode()]), hand.randint(1, 9))


def _repeat(hand: random.Random, content: bytes) -> bytes:
    field = hand.choice([b"^PI", b"^^L", b"^BDL", b"|PROV", b"|VALI"])
    return content.replace(field, field + b"~x" * hand.choice([1, 3, 150, 20_000]), 1)


def _delimit(hand: random.Random, content: bytes) -> bytes:
    identity = max(content.find(b"PID"), 0)
    for _ in range(hand.randint(1, 3)):
        place = identity + hand.randrange(min(180, len(content) - identity))
        content = (
            content[:place]
            + hand.choice([b"|", b"^", b"~", b"&", b"\\", b"\\E\\", b"\\X41\\", b"\r", b"\n", b"\x00", b'""'])
            + content[place:]
        )
    return content


def _drop(hand: random.Random, content: bytes) -> bytes:
    place = hand.randrange(len(content))
    return content[:place] + content[place + hand.randint(1, 30) :]


def _segments(hand: random.Random, content: bytes) -> bytes:
    lines = content.rstrip(b"\r").split(b"\r")
    chosen = hand.choice(lines)
    lines.insert(hand.randrange(len(lines) + 1), chosen)
    if hand.random() < 0.5:
        lines.remove(hand.choice(lines))
    return b"\r".join(lines) + b"\r"


def _code(hand: random.Random, content: bytes) -> bytes:
    code = hand.choice([b"DOUT", b"FICT", b"ANOM", b"QUAL", b"XXXX", b"INVA", b"VALI~PROV", b""])
    return re.sub(rb"\|(VALI|PROV|QUAL|RECUP)", b"|" + code, content, count=1)


KINDS: Mapping[str, Callable[[random.Random, bytes], bytes]] = {
    "bit": _flip,
    "coupure": _cut,
    "champs échangés": _swap_fields,
    "jeu de caractères": _charset,
    "répétitions": _repeat,
    "délimiteurs": _delimit,
    "octets perdus": _drop,
    "segments": _segments,
    "codes": _code,
}


def damaged(hand: random.Random, content: bytes) -> tuple[str, bytes]:
    """The kind of damage, and what is left of a message."""
    kind = hand.choice(list(KINDS))
    return kind, KINDS[kind](hand, content)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plain eye reads in a message: every name, date, number and INS that a PID or an MRG of it holds."""

    names: frozenset[tuple[str, str, str]]
    dates: frozenset[str]
    sexes: frozenset[str]
    numbers: frozenset[str]
    matricules: frozenset[str]
    codes: frozenset[str]


def seen(content: bytes) -> Seen:
    """By splitting alone, without the reader that is tested."""
    head = re.split(rb"[\r\n]", content.lstrip(b"\r\n"))[0].decode("latin-1")
    charset = "latin-1" if "8859/1" in head else "utf-8"
    text = content.decode(charset, "replace")
    field, component, repetition, escape, inner = list((text.lstrip("\r\n")[3:8] + "|^~\\&")[:5])
    people = [line.split(field) for line in re.split(r"[\r\n]+", text) if line[:3] in ("PID", "MRG")]

    def parts(fields: Sequence[str], rank: int) -> list[list[str]]:
        raw = fields[rank] if rank < len(fields) else ""
        plain = re.sub(re.escape(escape) + r"X41" + re.escape(escape), "A", raw).replace(f"{escape}E{escape}", chr(1))
        split = [(one + component * 9).split(component) for one in plain.split(repetition)]
        return [[part.replace(chr(1), escape) for part in one] for one in split]

    def bare(component: str) -> str:
        """Without the subcomponents that follow it and hold nothing."""
        return component.strip().rstrip(inner).strip()

    pids = [fields for fields in people if fields[0] == "PID"]
    numbers = [one for fields in pids for one in parts(fields, 3)]
    numbers += [one for fields in people if fields[0] == "MRG" for one in parts(fields, 1)]
    return Seen(
        names=frozenset((bare(one[0]), bare(one[1]), bare(one[2])) for f in pids for one in parts(f, 5)),
        dates=frozenset(re.sub(r"\D", "", one[0])[:8] for f in pids for one in parts(f, 7)),
        sexes=frozenset(bare(one[0]).upper() for f in pids for one in parts(f, 8)),
        numbers=frozenset(one[0].strip() for one in numbers),
        matricules=frozenset("".join(one[0].split()).upper() for one in numbers),
        codes=frozenset(one[0].strip() for f in pids for one in parts(f, 32)),
    )
