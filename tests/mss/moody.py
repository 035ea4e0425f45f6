"""An SMTP server on loopback that does whatever a test wants: refuses at any step, cuts, is slow, asks for a certificate."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from plugins.sandbox.authority import SERVER, Authority, Certificates

UNIT = "490000031"
CLIENT = "dcc-region"


@dataclass
class Mood:
    """``refusals``: what is answered at a step (``MAIL``, ``RCPT``, ``DATA``, ``END``), to be taken off when ``once``."""

    refusals: dict[str, str] = field(default_factory=dict)
    by_recipient: dict[str, str] = field(default_factory=dict)
    once: bool = False
    cut: str = ""
    slow: str = ""
    dsn: bool = True


@dataclass
class Kept:
    """A mail that the server said 250 to, or kept without being able to say it."""

    content: bytes
    sender: str
    recipients: list[str]
    options: list[str]


class _Handler:
    """The hooks of aiosmtpd."""

    def __init__(self, server: Moody) -> None:
        self.server = server

    async def handle_EHLO(  # noqa: N802  (a name that aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-DSN"] if self.server.mood.dsn else []), responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (a name that aiosmtpd calls)
        mood = self.server.mood
        if "END" in mood.refusals:
            return self.server.refusal("END")
        kept = Kept(envelope.original_content or b"", envelope.mail_from or "", list(envelope.rcpt_tos), self.server.options)
        self.server.kept.append(kept)
        if mood.cut == "END":
            _abort(server)
        if mood.slow == "END":
            await asyncio.sleep(self.server.pause)
        return "250 2.0.0 Ok"


class _Smtp(SMTP):
    """One connection."""

    server: Moody

    async def push(self, status: Any) -> None:
        if self.transport is not None and not self.transport.is_closing():
            await super().push(status)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802  (a name that aiosmtpd calls)
        """DSN parameters are noted and taken off: aiosmtpd does not know them."""
        words = arg.split()
        taken = [word for word in words if word.startswith(("RET=", "ENVID="))]
        self.server.options = taken
        await self._step("MAIL", " ".join(word for word in words if word not in taken), super().smtp_MAIL)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802  (a name that aiosmtpd calls)
        words = arg.split()
        taken = [word for word in words if word.startswith(("NOTIFY=", "ORCPT="))]
        self.server.options = [*self.server.options, *taken]
        wanted = self.server.mood.by_recipient.get(words[0].removeprefix("TO:").strip("<>").lower())
        if wanted:
            await self.push(wanted)
        else:
            await self._step("RCPT", " ".join(word for word in words if word not in taken), super().smtp_RCPT)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  (a name that aiosmtpd calls)
        if self.server.mood.cut == "IN_DATA":
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n\r\n")
            _abort(self)
            return
        await self._step("DATA", arg, super().smtp_DATA)

    async def _step(self, step: str, arg: str, usual: Any) -> None:
        mood = self.server.mood
        if mood.cut == step:
            _abort(self)
        elif step in mood.refusals:
            await self.push(self.server.refusal(step))
        else:
            if mood.slow == step:
                await asyncio.sleep(self.server.pause)
            await usual(arg or None)


def _abort(smtp: SMTP) -> None:
    """End the connection at once."""
    if isinstance(smtp.transport, asyncio.WriteTransport):
        with contextlib.suppress(AttributeError):  # one of TLS that ended before has forgotten its protocol (Python 3.11)
            smtp.transport.abort()


class Moody:
    """The server; ``kept`` is what it took, ``connections`` how many came."""

    pause = 60.0
    """Seconds that a slow answer takes; who is gone meanwhile is not waited for."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self.mood = Mood()
        self.kept: list[Kept] = []
        self.options: list[str] = []
        self.connections = 0
        self.port = 0
        self._open: list[_Smtp] = []
        self._context = context
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Moody:
        self._thread.start()
        listening = self._loop.create_server(self._connection, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(60)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        left = [task for task in asyncio.all_tasks() if task is not mine]
        for smtp in self._open:
            _abort(smtp)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0.05)  # what was aborted is closed by the loop's next turns

    def _connection(self) -> SMTP:
        self.connections += 1
        tls: dict[str, Any] = {"require_starttls": True, "tls_context": self._context} if self._context else {}
        smtp = _Smtp(_Handler(self), data_size_limit=60_000_000, loop=self._loop, hostname="localhost", **tls)
        smtp.server = self
        self._open.append(smtp)
        return smtp

    def feel(self, **mood: Any) -> None:
        """Another mood from now on."""
        self.mood = Mood(**mood)

    def refusal(self, step: str) -> str:
        """What is answered."""
        found = self.mood.refusals[step]
        if self.mood.once:
            self.mood = Mood()
        return found


def server_context(made: Certificates, *, ask: bool = True) -> ssl.SSLContext:
    """TLS of the server, that asks a certificate of the client."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(made.authority))
    context.load_cert_chain(made.certificate(SERVER), made.key(SERVER))
    context.verify_mode = ssl.CERT_REQUIRED if ask else ssl.CERT_NONE
    return context


def certificates(folder: Path) -> Certificates:
    """Authority, server, client."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificates(folder, (CLIENT,))
    authority = Authority("BAC A SABLE AC", encrypts_with_rsa=True)
    authority.write(made)
    for who in (SERVER, CLIENT):
        authority.issue(made, who, unit=UNIT)
    return made
