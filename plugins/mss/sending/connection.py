"""One SMTP connection, and one mail over it, phase by phase: each failure knows how far it went."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dcc.contracts.errors import DeliveryError, NotConfigured, RetryLater
from plugins.mss.apps import MssSettings
from plugins.mss.mail.addresses import domain_of
from plugins.mss.sending.failures import Failure, Phase, error_of, failure_of
from plugins.mss.tls import client_context

_BLOCK = 1 << 18
_DONE = 250
_GO_ON = 354


class UnknownOutcome(RetryLater):
    """The text left and no answer came: the server may have it."""


class Broken(RetryLater):
    """The connection ended before the text left: nothing was handed over."""


class Rejected(Exception):
    """The server said no."""

    def __init__(self, phase: Phase, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.phase, self.code, self.text = phase, code, text

    def failure(self, *, patient: bool) -> Failure:
        """What it means."""
        return failure_of(self.code, self.text, self.phase, patient=patient)

    def error(self, *, patient: bool) -> DeliveryError:
        """What a transport raises of it. The words of a server may quote anything: only its codes are told."""
        return error_of(self.failure(patient=patient), _("Le serveur de messagerie répond %(code)s") % {"code": self.code_shown})

    @property
    def code_shown(self) -> str:
        """The code, with the enhanced one."""
        first = self.text.split(" ", 1)[0]
        return f"{self.code} {first}" if first[:1].isdigit() else str(self.code)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent: envelope and bytes. ``envelope_id`` comes back in reports of delivery."""

    sender: str
    recipient: str
    content: bytes
    envelope_id: str = ""


class Connection:
    """An open, encrypted connection; ``sent`` counts its mails, ``used_at`` (monotonic seconds) is when it last was used."""

    def __init__(self, settings: MssSettings) -> None:
        self.sent = 0
        self.used_at = time.monotonic()
        self._smtp = _opened(settings)

    def deliver(self, letter: Letter, before_data: Callable[[], None]) -> str:
        """Send one mail; ``before_data`` is called when only the text remains to be sent. Gives the server's answer.

        Raises :class:`Rejected`, :class:`Broken`, or :class:`UnknownOutcome`.
        """
        try:
            self._announce(letter)
        except (smtplib.SMTPServerDisconnected, OSError):
            raise Broken(_("Le serveur de messagerie a coupé la connexion"), cause="unreachable") from None
        before_data()
        answer = self._hand_over(letter.content)
        self.sent += 1
        self.used_at = time.monotonic()
        return answer

    def is_alive(self) -> bool:
        """Whether the server still answers."""
        try:
            return self._smtp.noop()[0] == _DONE
        except (smtplib.SMTPException, OSError):
            return False

    def close(self) -> None:
        """End it, politely when the server is still there."""
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def drop(self) -> None:
        """End it at once."""
        self._smtp.close()

    def _announce(self, letter: Letter) -> None:
        notify, options = "", []
        if self._smtp.has_extn("dsn"):
            options = ["RET=HDRS", *([f"ENVID={letter.envelope_id}"] if letter.envelope_id else [])]
            notify = f"NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;{_xtext(letter.recipient)}"
        if self._smtp.has_extn("size"):
            options.append(f"SIZE={len(letter.content)}")
        self._expect(Phase.SENDER, _DONE, self._smtp.mail(letter.sender, options))
        self._expect(Phase.RECIPIENT, _DONE, self._smtp.rcpt(letter.recipient, [notify] if notify else ()), 251, 252)

    def _hand_over(self, content: bytes) -> str:
        try:
            self._expect(Phase.DATA, _GO_ON, self._smtp.docmd("DATA"))
        except (smtplib.SMTPServerDisconnected, OSError):
            raise Broken(_("Le serveur de messagerie a coupé la connexion"), cause="unreachable") from None
        try:
            sock = self._write(content)
        except OSError:
            # Without the final dot a server keeps nothing (RFC 5321 §4.1.1.4); it may have refused while we were writing.
            raise Broken(_("Le serveur de messagerie a coupé pendant l'envoi"), cause="unreachable") from None
        try:
            sock.sendall(b".\r\n")
            code, text = self._smtp.getreply()
        except (smtplib.SMTPServerDisconnected, OSError):
            words = _("Le serveur de messagerie n'a pas confirmé : le message est peut-être parti")
            raise UnknownOutcome(words, cause="unreachable") from None
        self._expect(Phase.END, _DONE, (code, text))
        return f"{code} {_plain(text)}"

    def _write(self, content: bytes) -> socket.socket:
        """The text with its leading dots doubled, all but the final dot."""
        body = content.replace(b"\r\n.", b"\r\n..")
        body = b"." + body if body.startswith(b".") else body
        body = body if body.endswith(b"\r\n") else body + b"\r\n"
        sock = self._smtp.sock
        if sock is None:
            raise OSError
        for start in range(0, len(body), _BLOCK):
            sock.sendall(body[start : start + _BLOCK])
        return sock

    def _expect(self, phase: Phase, wanted: int, reply: tuple[int, bytes], *others: int) -> None:
        code, text = reply
        if code == wanted or code in others:
            return
        if code == 421:
            self._smtp.close()
        elif phase in {Phase.SENDER, Phase.RECIPIENT, Phase.DATA}:
            self._reset()
        raise Rejected(phase, code, _plain(text))

    def _reset(self) -> None:
        try:
            self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    @property
    def is_open(self) -> bool:
        """Whether another mail can go over it."""
        return self._smtp.sock is not None


def _opened(settings: MssSettings) -> smtplib.SMTP:
    context = client_context(settings)
    smtp = _connected(settings)
    try:
        if smtp.ehlo()[0] != _DONE or not smtp.has_extn("starttls"):
            words = _("Le serveur de messagerie n'offre pas STARTTLS : rien ne lui est envoyé")
            raise NotConfigured(words, cause="not_configured")
        _encrypt(smtp, context, certified=bool(settings.certificate))
        if smtp.sock is not None:  # the final dot does not wait for the acknowledgement of what precedes it
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (smtplib.SMTPException, OSError) as error:
        smtp.close()
        raise _unreachable(error) from None
    except DeliveryError:
        smtp.close()
        raise
    return smtp


def _connected(settings: MssSettings) -> smtplib.SMTP:
    name = domain_of(settings.address) or "localhost"
    try:
        return smtplib.SMTP(settings.smtp_host, settings.smtp_port, local_hostname=name, timeout=settings.timeout_seconds)
    except (smtplib.SMTPException, OSError) as error:
        raise _unreachable(error) from None


def _encrypt(smtp: smtplib.SMTP, context: ssl.SSLContext, *, certified: bool) -> None:
    try:
        smtp.starttls(context=context)
        code, text = smtp.ehlo()
    except ssl.SSLError as error:
        raise _tls_error(error) from None
    except smtplib.SMTPServerDisconnected as error:
        raise _cut_after_tls(error, certified=certified) from None
    if code != _DONE:
        raise Rejected(Phase.TLS, code, _plain(text)).error(patient=False)


def _cut_after_tls(error: smtplib.SMTPServerDisconnected, *, certified: bool) -> DeliveryError:
    """TLS 1.3: the refusal of a certificate comes after the handshake, as an alert or as a mere end, which may mean less."""
    if not certified:
        return NotConfigured(_("Le serveur de messagerie demande un certificat, et aucun n'est réglé"), cause="certificate")
    if "alert" in str(error).lower():
        return NotConfigured(_("Le serveur de messagerie refuse notre certificat"), cause="certificate")
    words = _("Le serveur de messagerie coupe après la négociation TLS : certificat refusé, ou serveur qui s'arrête")
    return RetryLater(words, cause="certificate")


def _unreachable(error: Exception) -> DeliveryError:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode()
        return Rejected(Phase.CONNECT, error.smtp_code, _plain(text)).error(patient=False)
    return RetryLater(_("Le serveur de messagerie est injoignable"), cause="unreachable")


def _tls_error(error: ssl.SSLError) -> DeliveryError:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = _("Le certificat du serveur de messagerie n'est pas admis : %s") % _verification(error)
        return NotConfigured(words, cause="certificate")
    if "EOF" in str(error):
        return RetryLater(_("Le serveur de messagerie est injoignable"), cause="unreachable")
    return NotConfigured(_("Connexion TLS refusée par le serveur de messagerie"), cause="certificate")


_EXPIRED, _NOT_YET, _HOST, _ADDRESS = 10, 9, 62, 64
"""Codes of OpenSSL (X509_V_ERR_…)."""


def _verification(error: ssl.SSLCertVerificationError) -> str:
    other = _("il est d'un autre serveur")
    known = {_EXPIRED: _("il est échu"), _NOT_YET: _("il n'est pas encore valable"), _HOST: other, _ADDRESS: other}
    return known.get(error.verify_code, _("son autorité n'est pas reconnue"))


def _plain(text: bytes) -> str:
    return " ".join(text.decode("ascii", "replace").split())[:280]


def _xtext(text: str) -> str:
    """RFC 3461 §4."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)
