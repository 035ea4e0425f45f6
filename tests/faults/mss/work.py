"""Documents to be sent while everything fails, and the count of what arrived."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.faults.host import Gone, Host
from tests.faults.mss.apps import UNKNOWN
from tests.faults.mss.front import Front
from tests.faults.mss.publish import recipients
from tests.mailservers import MailServers

OURS = "dcc@region-a.mssante.fr"


def variables(servers: MailServers, port: int) -> dict[str, str]:
    """The environment of a host that sends over ``port``."""
    certificate, key = servers.certificate(OURS)
    return {
        "DCC_PLUGINS": "plugins.cda,tests.faults.mss,plugins.mss",
        "DCC_KIT_DIR": "/nonexistent",  # conformance is not what is tried here
        "DCC_MSS_SMTP_HOST": "localhost",
        "DCC_MSS_SMTP_PORT": str(port),
        "DCC_MSS_CERTIFICATE": str(certificate),
        "DCC_MSS_CERTIFICATE_KEY": str(key),
        "DCC_MSS_AUTHORITIES": str(servers.places.certificates.authority),
        "DCC_MSS_ADDRESS": OURS,
        "DCC_MSS_NAME": "DCC A",
        "DCC_MSS_NIL": "ONCODCC-1",
        "DCC_MSS_STRUCTURE_NAME": "RESEAU A",
        "DCC_MSS_STRUCTURE_ID": "1490000031",
        "DCC_MSS_TIMEOUT_SECONDS": "20",  # a slow machine is no fault: an answer that is not waited for is a mail sent twice
        "DCC_MSS_PAUSE_SECONDS": "1",
    }


@dataclass
class Sendings:
    """Documents validated on a host, each for two boxes."""

    host: Host
    front: Front
    servers: MailServers
    validated: int = 0
    _publisher: subprocess.Popen[Any] | None = None

    def validate(self, number: int) -> None:
        """Validate some more documents."""
        self._ask(str(number))
        self.validated += number

    def send_again(self) -> None:
        """Somebody sees what failed and sends it once more."""
        self._ask("again")

    def queue(self, number: int, *, first: int = 0) -> None:
        """One of the documents, when its files are made, for that many boxes more, numbered from ``first``."""
        self._ask(f"queue {number} {first}")

    def _ask(self, line: str) -> None:
        if self._publisher is None:
            command = ("-m", "tests.faults.mss.publish")
            self._publisher = self.host.spawn(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._publisher.stdin is not None
        assert self._publisher.stdout is not None
        self._publisher.stdin.write(f"{line}\n")
        self._publisher.stdin.flush()
        answer = self._publisher.stdout.readline()
        assert answer == "ok\n", f"the publisher answered {answer!r}"

    def close(self) -> None:
        """End the publisher."""
        if self._publisher is not None:
            self._publisher.kill()
            self._publisher.communicate()

    def hurry(self) -> None:
        """Let the time pass that deliveries wait."""
        self.host.change("UPDATE events_delivery SET due_at = '2020-01-01 00:00:00+00:00' WHERE due_at IS NOT NULL")

    def lines(self) -> list[tuple[str, str, str]]:
        """Transmissions that have an address: id, address, state."""
        rows = self.host.rows("SELECT id, address, state FROM exchange_transmission WHERE channel = 'mss' AND address <> ''")
        return [(str(key).replace("-", ""), address, state) for key, address, state in rows]

    def open(self) -> int:
        """Those that did not leave yet, counting those that are still to be planned."""
        return 2 * self.validated - sum(state in {"envoyee", "remise", "lue"} for _, _, state in self.lines())

    def settle(self, *, seconds: float = 120.0) -> float:
        """Let the time pass, and people do what they are asked to, until everything has left; seconds that it took.

        Raises :class:`tests.faults.host.Gone` with what is left.
        """
        begun, turns = time.monotonic(), 0
        while self.open():
            turns += 1
            if time.monotonic() - begun > seconds:
                raise Gone(f"{self.open()} have not left: {[line for line in self.lines() if line[2] != 'envoyee']}")
            if turns % 5 == 0:
                self.hurry()
                if any(state == "echec" for _, _, state in self.lines()):
                    self.send_again()
            time.sleep(0.2)
        return time.monotonic() - begun

    def received(self) -> Mapping[str, Sequence[str]]:
        """Message-ID of what came, by box."""
        boxes = {address for number in range(20) for address in recipients(number)}
        return {box: [str(message["Message-ID"]) for message in self.servers.messages(box)] for box in boxes}

    def faults(self) -> list[str]:
        """What is missing, or came more often than answers to a final dot were lost; empty when all is well."""
        found = [] if len(self.lines()) == 2 * self.validated else [f"{len(self.lines())} lines for {self.validated} documents"]
        excused, came = self.excused(), {box: Counter(identifiers) for box, identifiers in self.received().items()}
        for key, address, state in self.lines():
            times = [(message_id, n) for message_id, n in came[address].items() if key in message_id.replace("-", "")]
            if len(times) != 1:
                found.append(f"{address}: {len(times)} Message-ID for {key} ({state})")
            found += [f"{address}: {n} times {message_id}" for message_id, n in times if n > 1 + excused[message_id]]
        strangers = sum(map(len, came.values())) - len(self.lines())
        return found + ([f"{strangers} messages too many"] if strangers < 0 else [])

    def excused(self) -> Counter[str]:
        """Message-ID of the mails whose final dot was sent and whose answer was lost, as often as that happened.

        By the server's log (it kept these), and by what the killed processes wrote down (the server may have kept these).
        """
        found = Counter(passed.message_id for passed in self.front.log if passed.outcome == "unanswered_dot")
        for step in UNKNOWN:
            found.update(path.read_text(encoding="ascii") for path in self.host.folder.glob(f"killed-{step}-*"))
        return found

    def doubles(self) -> int:
        """Mails that came more than once under one Message-ID."""
        return sum(n - 1 for identifiers in self.received().values() for n in Counter(identifiers).values())
