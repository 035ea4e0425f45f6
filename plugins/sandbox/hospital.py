"""A fictitious hospital that sends its identities: messages as its software writes them, and their sending over MLLP.

It knows nothing of how the platform reads them: what it writes follows PAM.fr 2.11.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

APPLICATION, CODE = "GAM-DEMO", "CH-DEMO"
_START, _END = b"\x0b", b"\x1c\r"


@dataclass(frozen=True, slots=True)
class Sent:
    """One message and what it shows, in French."""

    words: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the hospital knows him; nobody real."""

    ipp: str
    family: str
    first: str
    names: str
    born: str
    sex: str = "F"
    place: str = "49007"
    used: str = ""
    ins: str = ""


ODETTE = Person("H-1001", "ROUSSEL", "ODETTE", "ODETTE MARIE", "19480612", used="LEMOINE")
ODETTE_AGAIN = Person("H-1002", "ROUSSEL", "ODETTE", "ODETTE MARIE", "19480612")
ODETTE_OTHERWISE = Person("H-1001", "ROUSSEL", "ODETTE", "ODETTE MARIE", "19480621")
PAT_TROIS = Person(
    "H-1003", "PAT-TROIS", "DOMINIQUE", "DOMINIQUE", "19790328", place="51215", ins="279035121518989&1.2.250.1.213.1.4.10"
)
GASTON = Person("H-1004", "D'AUBIGNE", "GASTON", "GASTON LOUIS", "19550102", sex="M", place="99109")
NAMELESS = Person("H-1005", "", "JEANNE", "JEANNE", "19610304")


def story(finess: str, now: datetime) -> Sequence[Sent]:
    """What the hospital sends, in order."""
    write = _Writer(finess, now)
    return [
        write("Création d'une identité provisoire", "A28", ODETTE),
        write("La même, validée sur carte d'identité", "A31", ODETTE, status="VALI", proof="CN"),
        write("Admission d'une identité qualifiée (INS et pièce d'identité)", "A01", PAT_TROIS, status="VALI", proof="PA"),
        write("Venue externe d'un patient né à l'étranger", "A04", GASTON, status="VALI", proof="CS"),
        write("La première patiente, sous un autre numéro", "A28", ODETTE_AGAIN),
        write("Fusion de ses deux numéros", "A40", ODETTE, merged=ODETTE_AGAIN.ipp),
        write("Une autre date de naissance sous le même numéro : à rapprocher", "A31", ODETTE_OTHERWISE),
        write("Une identité sans nom de naissance : refusée", "A28", NAMELESS),
        write("Sortie : sans effet sur l'identité", "A03", PAT_TROIS, status="VALI"),
    ]


class _Writer:
    """Writes messages with control ids that follow one another, from the minute the story is told."""

    def __init__(self, finess: str, now: datetime) -> None:
        self._finess, self._now, self._count = finess, now, 0

    def __call__(
        self, words: str, trigger: str, person: Person, *, status: str = "PROV", proof: str = "", merged: str = ""
    ) -> Sent:
        self._count += 1
        at = f"{self._now:%Y%m%d%H%M%S}"
        control = f"{self._now:%y%m%d%H%M%S}{self._count:03d}"
        ends = f"{APPLICATION}|{CODE}|DCC|REGION|{at}"
        segments = [
            f"MSH|^~\\&|{ends}||ADT^{trigger}|{control}|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR||2.11^IHE_FRANCE-2.11-PAM",
            f"EVN||{at}||||{at}",
            self._pid(person, status, at),
            *([f"MRG|{self._number(merged)}"] if merged else []),
            *([] if merged else ["PV1|1|N", f"ZFD|||N|N|{'INSI' if person.ins else 'SM'}||{proof}|"]),
        ]
        return Sent(words, ("\r".join(segments) + "\r").encode())

    def _pid(self, person: Person, status: str, at: str) -> str:
        number, _, oid = person.ins.partition("&")
        ins = f"~{number}^^^ASIP-SANTE-INS-NIR&{oid}&ISO^INS" if number else ""
        used = f"~{person.used}^{person.first}^^^^^D" if person.used else ""
        names = f"{person.family}^{person.first}^{person.names}^^^^L{used}"
        places = f"4 rue Larrey^^ANGERS^^49100^FRA^H~^^^^^^BDL^^{person.place}"
        fields = {1: "1", 3: self._number(person.ipp) + ins, 5: names, 7: person.born, 8: person.sex, 11: places}
        fields |= {13: "^PRN^PH^^^^^^^^^0241000000", 31: "N", 32: status, 33: at}
        return "PID|" + "|".join(fields.get(rank, "") for rank in range(1, 34))

    def _number(self, ipp: str) -> str:
        return f"{ipp}^^^{CODE}&{self._finess}&M^PI"


def told(messages: Sequence[Sent], port: int) -> Iterator[tuple[Sent, str]]:
    """Send each message to a listener of this machine, and read its answer. Raises ``OSError`` when nobody listens."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        for sent in messages:
            link.sendall(_START + sent.content + _END)
            received = b""
            while not received.endswith(_END):
                chunk = link.recv(65_536)
                if not chunk:
                    raise ConnectionError("connexion fermée avant la réponse")
                received += chunk
            yield sent, received.strip(_START + _END).decode("utf-8", "replace")
