"""The servers do what those of an operator do: whom they let in, what they refuse, which DSN they send."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import smtplib
import ssl
import subprocess
import sys
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from tests.faults.host import ROOT, wait_for
from tests.mailservers import MailServers
from tests.mailservers.processes import answers

OURS, THEIRS = "dcc@region-a.mssante.fr", "rcp@region-b.mssante.fr"


def _message() -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["Message-ID"] = "Été", "<1@essai>"
    made.set_content("Bonjour")
    return made


def _context(servers: MailServers, pair: tuple[Path, Path] | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(servers.places.certificates.authority))
    if pair:
        context.load_cert_chain(*pair)
    return context


def _send(servers: MailServers, to: str, pair: tuple[Path, Path] | None, *options: str) -> None:
    with contextlib.closing(smtplib.SMTP("localhost", servers.places.smtp, timeout=30)) as client:
        client.starttls(context=_context(servers, pair))
        client.send_message(_message(), OURS, [to], rcpt_options=list(options))


def test_a_message_arrives_and_both_kinds_of_report_come_back(mail_servers: MailServers) -> None:
    pair = mail_servers.certificate(OURS)
    _send(mail_servers, THEIRS, pair, "NOTIFY=SUCCESS,FAILURE")
    (received,) = mail_servers.wait_for(THEIRS)
    assert (received["Subject"], received["Message-ID"]) == ("Été", "<1@essai>")
    _send(mail_servers, "ferme@patient.mssante.fr", pair, "NOTIFY=FAILURE")
    actions = [re.findall(r"^Action: (\w+)", str(report), re.MULTILINE) for report in mail_servers.wait_for(OURS, 2)]
    assert sorted(actions) == [["failed"], ["relayed"]]
    mail_servers.wait_until_idle()
    with IMAPClient("localhost", mail_servers.places.imap, ssl=False) as client:
        client.starttls(ssl_context=_context(mail_servers, pair))
        client.sasl_login("EXTERNAL", lambda _: b"")
        assert client.select_folder("INBOX")[b"EXISTS"] == 2


@pytest.mark.parametrize(
    ("who", "to", "refusal", "code"),
    [
        ("ours", "inconnu@patient.mssante.fr", smtplib.SMTPRecipientsRefused, "550"),
        ("ours", "nadia@exemple.fr", smtplib.SMTPRecipientsRefused, "554"),
        ("nobody", THEIRS, smtplib.SMTPServerDisconnected, "closed"),
        ("foreign", THEIRS, smtplib.SMTPServerDisconnected, "closed"),
        ("over", THEIRS, smtplib.SMTPServerDisconnected, "closed"),
    ],
)
def test_who_is_refused(who: str, to: str, refusal: type[Exception], code: str, mail_servers: MailServers) -> None:
    pairs = {
        "ours": mail_servers.certificate(OURS),
        "foreign": mail_servers.foreign_certificate(),
        "over": mail_servers.certificate(OURS, life=timedelta(days=-1)),
    }
    with pytest.raises(refusal, match=code):
        _send(mail_servers, to, pairs.get(who))


def test_a_box_is_not_opened_without_a_certificate(mail_servers: MailServers) -> None:
    with IMAPClient("localhost", mail_servers.places.imap, ssl=False) as client:
        client.starttls(ssl_context=_context(mail_servers, None))
        with pytest.raises(LoginError, match="certificate"):
            client.login(OURS, "x")


def test_a_stopped_server_comes_back_with_its_mail(mail_servers: MailServers) -> None:
    mail_servers.deliver(_message(), sender=OURS, to=[THEIRS])
    mail_servers.wait_for(THEIRS)
    mail_servers.postfix.stop()
    mail_servers.dovecot.stop()
    with pytest.raises(ConnectionRefusedError):
        mail_servers.deliver(_message(), sender=OURS, to=[THEIRS])
    mail_servers.dovecot.start()
    mail_servers.postfix.start()
    mail_servers.deliver(_message(), sender=OURS, to=[THEIRS])
    assert len(mail_servers.wait_for(THEIRS, 2)) == 2


STARTER = """
import sys, time
from tests.mailservers import running
with running() as servers:
    print(servers.places.folder, servers.places.smtp, servers.places.imap, flush=True)
    time.sleep(60)
"""


def _is_gone(folder: str) -> bool:
    """Whether the folder could be taken away: servers that end still take away files of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    return not Path(folder).exists()


def test_nobody_is_left_of_an_interrupted_run(mail_servers: MailServers) -> None:
    paths = os.pathsep.join([str(ROOT / "site"), str(ROOT)])
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder, *words = run.stdout.readline().split()
        ports = [int(word) for word in words]
        assert all(map(answers, ports))
        run.send_signal(signal.SIGKILL)
        run.wait()
    wait_for("silence", lambda: not any(map(answers, ports)))
    wait_for("nobody who still writes there", lambda: _is_gone(folder))
