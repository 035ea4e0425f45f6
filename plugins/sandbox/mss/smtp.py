"""SMTP of the operator: STARTTLS, a client certificate of our authority, RFC 3461; then what each box does."""

from __future__ import annotations

import logging
import re
import ssl
import threading
from collections import Counter
from datetime import UTC, datetime
from email import policy
from socket import create_server
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from plugins.sandbox.mss.boxes import Boxes
from plugins.sandbox.mss.people import People
from plugins.sandbox.mss.reports import Mail, reports

_WISH = re.compile(r"\s(NOTIFY|ORCPT|ENVID|RET)=(\S*)", re.IGNORECASE)


class DsnSmtp(SMTP):
    """aiosmtpd, which does not know RFC 3461: the wishes of MAIL and RCPT are kept in ``wishes`` of the envelope."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """The sender, and what goes with him."""
        rest, wishes = _taken(arg)
        await super().smtp_MAIL(rest)
        if self.envelope is not None:
            self.envelope.wishes = {"": wishes}  # type: ignore[attr-defined]  # an envelope takes what we give it

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  (aiosmtpd's name)
        """A recipient, and what is wished for him."""
        rest, wishes = _taken(arg)
        before = len(self.envelope.rcpt_tos) if self.envelope else 0
        await super().smtp_RCPT(rest)
        if self.envelope is not None and len(self.envelope.rcpt_tos) > before:
            self.envelope.wishes[self.envelope.rcpt_tos[-1]] = wishes  # type: ignore[attr-defined]  # the same


def _taken(arg: str | None) -> tuple[str | None, dict[str, str]]:
    if arg is None:
        return None, {}
    return _WISH.sub("", arg), {name.upper(): value for name, value in _WISH.findall(arg)}


class Operator:
    """What the server does with what it is told (the handler of aiosmtpd); ``patience`` seconds pass before reports come."""

    def __init__(self, boxes: Boxes, people: People, *, patience: float = 0.0) -> None:
        self.boxes, self.people, self.patience = boxes, people, patience
        self._refused: Counter[str] = Counter()

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """RFC 3461 is offered."""
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", "250-ENHANCEDSTATUSCODES", *responses[-1:]]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802  (aiosmtpd's name)
        """Whether the box takes mail."""
        behaviour = self.people.behaviour(address)
        if behaviour.refusal and not (behaviour.times and self._refused[address] >= behaviour.times):
            self._refused[address] += 1
            return behaviour.refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Keep it, and let those it is for answer."""
        wishes: dict[str, dict[str, str]] = getattr(envelope, "wishes", {})
        envelope_id = wishes.get("", {}).get("ENVID", "")
        for recipient in envelope.rcpt_tos:
            notify = wishes.get(recipient, {}).get("NOTIFY", "")
            mail = Mail(envelope.mail_from or "", recipient, notify, envelope_id, bytes(envelope.original_content or b""))
            self.take(mail)
        return "250 2.0.0 Ok"

    def take(self, mail: Mail) -> None:
        """One mail for one box."""
        behaviour = self.people.behaviour(mail.recipient)
        if behaviour.delivered:
            self.boxes.add(mail.recipient, mail.content)
        for number, (to, report) in enumerate(reports(mail, behaviour, datetime.now(UTC))):
            if to.lower() == self.people.ours:
                later = threading.Timer(self.patience * (number + 1), self.boxes.add, (to, report.as_bytes(policy=policy.SMTP)))
                later.daemon = True
                later.start()


def _free_port() -> int:
    with create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


class SmtpServer(Controller):
    """The server on loopback; ``start`` and ``stop`` are aiosmtpd's; a port 0 is any that is free.

    ``operator`` is a handler of aiosmtpd.
    """

    def __init__(self, operator: object, context: ssl.SSLContext, port: int, *, largest: int) -> None:
        self._context, self._largest = context, largest
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd tells every refused handshake at length
        super().__init__(operator, hostname="127.0.0.1", port=port or _free_port(), ready_timeout=60)

    def factory(self) -> Any:
        """One connection."""
        return DsnSmtp(
            self.handler,
            tls_context=self._context,
            require_starttls=True,
            data_size_limit=self._largest,
            ident="bac a sable",
            hostname="localhost",
            timeout=120,
        )
