"""A server of SMTP before Postfix, in this process: TLS and certificates as an operator's, and one fault for each mail, as told.

It hands over to Postfix before it answers the final dot, so that « taken and not answered » is what it is at a real server.
"""

from __future__ import annotations

import asyncio
import smtplib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, Envelope, Session

from plugins.sandbox.mss.service import server_context
from plugins.sandbox.mss.smtp import DsnSmtp, SmtpServer
from tests.mailservers import MailServers
from tests.mailservers.processes import free_ports

Fault = Literal[
    "",
    "slow",
    "mail_421",
    "rcpt_451",
    "rcpt_452",
    "rcpt_550",
    "data_451",
    "cut_at_mail",
    "cut_at_data",
    "cut_in_data",
    "end_451",
    "end_554",
    "lost_dot",
    "unanswered_dot",
]
"""What happens to one mail; « lost_dot »: cut after the final dot and nothing kept, « unanswered_dot »: kept."""
ANSWERS = {
    "rcpt_451": "451 4.3.0 Plus tard",
    "rcpt_452": "452 4.2.2 Boite pleine",
    "rcpt_550": "550 5.1.1 Boite inconnue",
    "data_451": "451 4.3.0 Plus tard",
    "end_451": "451 4.3.0 Plus tard",
    "end_554": "554 5.6.0 Contenu refuse",
}
SLOW = 0.4
LARGEST = 30_000_000


@dataclass(frozen=True, slots=True)
class Passed:
    """One mail as the server saw it: its Message-ID when it was seen, and how it ended (an answer, or the fault)."""

    recipient: str
    message_id: str
    outcome: str


class _Failing(DsnSmtp):
    """One connection; the fault of a mail is drawn when it is announced."""

    fault: str = ""
    front: Front

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """A new mail: what shall happen to it."""
        self.fault = self.front.draw()
        if self.fault == "slow":
            await asyncio.sleep(SLOW)
        if self.fault == "mail_421":
            self.front.note(self, "421")
            await self.push("421 4.3.2 Arret")
            self.cut()
        elif self.fault == "cut_at_mail":
            self.cut(self.fault)
        else:
            await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  (aiosmtpd's name)
        """The content, or what comes in its place."""
        if self.fault == "data_451":
            self.front.note(self, "451")
            await self.push(ANSWERS[self.fault])
        elif self.fault == "cut_at_data":
            self.cut(self.fault)
        elif self.fault == "cut_in_data":
            await self.push("354 Allez")
            await self._reader.readexactly(2_000)
            self.cut(self.fault)
        else:
            await super().smtp_DATA(arg)

    def cut(self, outcome: str = "") -> None:
        """The line is gone."""
        if outcome:
            self.front.note(self, outcome)
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.abort()


class Front:
    """The server and what it is told; the handler of aiosmtpd too. ``faults`` are used up, one for each mail announced."""

    def __init__(self, servers: MailServers) -> None:
        self.servers = servers
        self.faults: deque[str] = deque()
        self.log: list[Passed] = []
        (self.port,) = free_ports(1)
        self._server: _FrontServer | None = None

    def start(self) -> None:
        """Listen, again if need be."""
        if self._server is None:
            self._server = _FrontServer(self)
            self._server.start()

    def stop(self) -> None:
        """Connections are refused from now on."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def draw(self) -> str:
        """The fault of the next mail."""
        return self.faults.popleft() if self.faults else ""

    def note(self, connection: SMTP, outcome: str, content: bytes = b"") -> None:
        """Keep what happened."""
        head = message_from_bytes(content.partition(b"\r\n\r\n")[0], policy=policy.default)
        recipients: Sequence[str] = connection.envelope.rcpt_tos if connection.envelope else ()
        self.log += [Passed(to, str(head.get("Message-ID", "")), outcome) for to in recipients or [""]]

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """RFC 3461 is offered."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", *responses[-1:]]

    async def handle_RCPT(self, server: _Failing, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        """Take the recipient, unless the fault is there."""
        if server.fault.startswith("rcpt_"):
            self.note(server, server.fault)
            return ANSWERS[server.fault]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: _Failing, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Hand over to Postfix, then answer; or not."""
        content = bytes(envelope.original_content or b"")
        if server.fault.startswith("end_"):
            self.note(server, server.fault, content)
            return ANSWERS[server.fault]
        if server.fault != "lost_dot":
            try:
                await asyncio.to_thread(self._hand_over, envelope, content)
            except (smtplib.SMTPException, OSError):
                self.note(server, "postfix absent", content)
                return ANSWERS["end_451"]
        if server.fault in {"lost_dot", "unanswered_dot"}:
            self.note(server, server.fault, content)
            server.cut()
            await asyncio.sleep(3600)  # nothing is answered on a line that is gone; the task ends with the connection
        self.note(server, "250", content)
        return "250 2.0.0 Ok"

    def _hand_over(self, envelope: Envelope, content: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.servers.places.plain, timeout=60) as client:
            client.sendmail(envelope.mail_from or "", envelope.rcpt_tos, content)


class _FrontServer(SmtpServer):
    """One life of the server."""

    def __init__(self, front: Front) -> None:
        self._front = front
        super().__init__(front, server_context(front.servers.places.certificates), front.port, largest=LARGEST)

    def factory(self) -> Any:
        """One connection."""
        made = _Failing(
            self.handler, tls_context=self._context, require_starttls=True, data_size_limit=self._largest, hostname="localhost"
        )
        made.front = self._front
        return made
