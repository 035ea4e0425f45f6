"""IMAP4rev1 (RFC 3501, IDLE, MOVE, SASL-IR), as much of it as who relieves a box needs; anything else is refused.

A box is opened by the client certificate (AUTHENTICATE EXTERNAL, the box being ``ours``), or by any password once it is shown.
"""

from __future__ import annotations

import base64
import re
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from socket import socket
from socketserver import BaseRequestHandler, ThreadingTCPServer

from plugins.sandbox.mss.boxes import INBOX, Boxes
from plugins.sandbox.mss.lines import Closed, Lines

PLAIN = "IMAP4REV1 STARTTLS LOGINDISABLED"
ENCRYPTED = "IMAP4REV1 SASL-IR AUTH=EXTERNAL IDLE MOVE"
_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)')
SILENCE = 1800.0


class Wrong(Exception):
    """A command that is answered by NO or BAD."""

    def __init__(self, words: str, kind: str = "BAD") -> None:
        super().__init__(words)
        self.kind = kind


class Handler(BaseRequestHandler):
    """One connection; ``boxes``, ``ours`` and ``context`` are set on the class that the server makes of it."""

    boxes: Boxes
    ours: str
    context: ssl.SSLContext
    request: socket

    def handle(self) -> None:
        """Commands until LOGOUT."""
        self.lines, self.box, self.folder, self.encrypted, self.over = Lines(self.request), "", "", False, False
        self.request.settimeout(SILENCE)
        with suppress(OSError, Closed):
            self.say("* OK bac a sable")
            while not self.over:
                self.obey(self.lines.command().decode("utf-8", "replace"))

    def finish(self) -> None:
        """The encrypted side is ours to close."""
        with suppress(OSError):
            self.lines.connection.close()

    def obey(self, line: str) -> None:
        """One command."""
        tag, _, rest = line.partition(" ")
        name, _, rest = rest.partition(" ")
        if name.upper() == "UID":
            name, _, rest = rest.partition(" ")
            name = f"uid_{name}"
        found = getattr(self, f"do_{name.lower()}", None)
        try:
            if found is None or not self._allowed(name.lower()):
                raise Wrong("Commande inconnue, ou pas maintenant")
            found(tag, rest)
        except Wrong as wrong:
            self.say(f"{tag} {wrong.kind} {wrong}")
        except (FileNotFoundError, ValueError):
            self.say(f"{tag} NO Absent")

    def _allowed(self, name: str) -> bool:
        if name in {"capability", "noop", "logout", "starttls"}:
            return name != "starttls" or not self.encrypted
        if not self.encrypted:
            return False
        if name in {"login", "authenticate"}:
            return not self.box
        return bool(self.box) and (bool(self.folder) or not name.startswith(("uid_", "idle", "close")))

    def say(self, line: str) -> None:
        """Send a line."""
        self.lines.write(line.encode(), b"\r\n")

    def do_capability(self, tag: str, rest: str) -> None:
        self.say(f"* CAPABILITY {ENCRYPTED if self.encrypted else PLAIN}")
        self.say(f"{tag} OK fait")

    def do_noop(self, tag: str, rest: str) -> None:
        self._count()
        self.say(f"{tag} OK fait")

    def do_logout(self, tag: str, rest: str) -> None:
        self.say("* BYE au revoir")
        self.say(f"{tag} OK fait")
        self.over = True

    def do_starttls(self, tag: str, rest: str) -> None:
        self.say(f"{tag} OK fait")
        self.lines.encrypt(self.context)
        self.encrypted = True

    def do_login(self, tag: str, rest: str) -> None:
        self._open(tag, _words(rest)[0])

    def do_authenticate(self, tag: str, rest: str) -> None:
        kind, *first = rest.split(" ")
        if kind.upper() != "EXTERNAL":
            raise Wrong("EXTERNAL seulement", "NO")
        if not first:
            self.say("+ ")
            first = [self.lines.line().decode("ascii", "replace")]
        self._open(tag, base64.b64decode(first[0].rstrip("=") + "==").decode("utf-8", "replace") or self.ours)

    def _open(self, tag: str, box: str) -> None:
        if box.lower() != self.ours:
            raise Wrong("Cette boite n'est pas celle du certificat", "NO")
        self.box = box.lower()
        self.say(f"{tag} OK fait")

    def do_list(self, tag: str, rest: str) -> None:
        wanted = _words(rest)[-1]
        for folder in self.boxes.folders(self.box):
            if wanted in {"*", "%", folder}:
                self.say(f'* LIST () "/" "{folder}"')
        self.say(f"{tag} OK fait")

    def do_create(self, tag: str, rest: str) -> None:
        self.boxes.create(self.box, _words(rest)[0])
        self.say(f"{tag} OK fait")

    def do_select(self, tag: str, rest: str) -> None:
        folder = _words(rest)[0]
        folder = INBOX if folder.upper() == INBOX else folder
        if folder not in self.boxes.folders(self.box):
            raise Wrong("Dossier inconnu", "NO")
        self.folder = folder
        self.say("* FLAGS (\\Seen)")
        self._count()
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {self.boxes.validity()}] dossier")
        self.say(f"* OK [UIDNEXT {self.boxes.next_uid(self.box, folder)}] suivant")
        self.say(f"{tag} OK [READ-WRITE] ouvert")

    def _count(self) -> None:
        if self.folder:
            self.say(f"* {len(self._uids())} EXISTS")

    def do_close(self, tag: str, rest: str) -> None:
        self.folder = ""
        self.say(f"{tag} OK fait")

    def do_idle(self, tag: str, rest: str) -> None:
        """Tell what comes until the client says DONE."""
        known, until = len(self._uids()), time.monotonic() + SILENCE
        self.say("+ ")  # what comes from now on is told
        self.lines.connection.settimeout(0.5)
        try:
            while time.monotonic() < until:
                with suppress(TimeoutError):
                    if self.lines.line().upper() == b"DONE":
                        return self.say(f"{tag} OK fait")
                if len(self._uids()) != known:
                    known = len(self._uids())
                    self._count()
            raise Closed
        finally:
            self.lines.connection.settimeout(SILENCE)

    def do_uid_search(self, tag: str, rest: str) -> None:
        words = [word.upper() for word in _words(rest.replace("(", "").replace(")", "")) if word]
        found = [uid for uid in self._uids() if self._matches(uid, words)]
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
        self.say(f"{tag} OK fait")

    def _matches(self, uid: int, words: Sequence[str]) -> bool:
        rest = iter(words)
        for word in rest:
            if word in {"SEEN", "UNSEEN"}:
                if self.boxes.is_seen(self.box, uid, self.folder) != (word == "SEEN"):
                    return False
            elif word == "UID":
                if uid not in self._set(next(rest)):
                    return False
            elif word != "ALL":
                raise Wrong("Critere inconnu")
        return True

    def do_uid_fetch(self, tag: str, rest: str) -> None:
        numbers, _, asked = rest.partition(" ")
        for uid in self._set(numbers):
            self._fetch(uid, asked.strip("()").upper())
        self.say(f"{tag} OK fait")

    def _fetch(self, uid: int, asked: str) -> None:
        content = self.boxes.read(self.box, uid, self.folder)
        seen = "\\Seen" if self.boxes.is_seen(self.box, uid, self.folder) else ""
        parts = [f"UID {uid}".encode()]
        for item in asked.split():
            parts.append(_item(item, content, seen))
            if item == "BODY[]":
                self.boxes.mark(self.box, uid, self.folder)
        place = self._uids().index(uid) + 1
        self.lines.write(f"* {place} FETCH (".encode(), b" ".join(part for part in parts if part), b")\r\n")

    def do_uid_store(self, tag: str, rest: str) -> None:
        numbers, sign, flags = rest.split(" ", 2)
        for uid in self._set(numbers):
            if "\\SEEN" in flags.upper():
                self.boxes.mark(self.box, uid, self.folder, seen=not sign.startswith("-"))
        self.say(f"{tag} OK fait")

    def do_uid_move(self, tag: str, rest: str) -> None:
        numbers, _, to = rest.partition(" ")
        folder = _words(to)[0]
        if folder not in self.boxes.folders(self.box):
            raise Wrong("[TRYCREATE] Dossier inconnu", "NO")
        for uid in self._set(numbers):
            place = self._uids().index(uid) + 1
            self.boxes.move(self.box, uid, self.folder, folder)
            self.say(f"* {place} EXPUNGE")
        self.say(f"{tag} OK fait")

    def _uids(self) -> Sequence[int]:
        return self.boxes.uids(self.box, self.folder)

    def _set(self, text: str) -> list[int]:
        held = self._uids()
        wanted = set(_numbers(text, held[-1] if held else 0))
        return [uid for uid in held if uid in wanted]


def _item(item: str, content: bytes, seen: str) -> bytes:
    if item == "UID":
        return b""
    if item == "FLAGS":
        return f"FLAGS ({seen})".encode()
    if item == "RFC822.SIZE":
        return f"RFC822.SIZE {len(content)}".encode()
    name = item.replace("BODY.PEEK", "BODY")
    if name not in {"BODY[]", "BODY[HEADER]"}:
        raise Wrong("Element inconnu")
    told = content if name == "BODY[]" else content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    return f"{name} {{{len(told)}}}\r\n".encode() + told


def _words(text: str) -> list[str]:
    return [re.sub(r"\\(.)", r"\1", quoted) if quoted or not plain else plain for quoted, plain in _WORDS.findall(text)] or [""]


def _numbers(text: str, last: int) -> Iterator[int]:
    for part in text.split(","):
        first, _, end = part.replace("*", str(last)).partition(":")
        low, high = sorted((int(first), int(end or first)))
        yield from range(low, min(high, last) + 1)


class ImapServer(ThreadingTCPServer):
    """The server on loopback, not running yet."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, boxes: Boxes, ours: str, context: ssl.SSLContext, port: int) -> None:
        bound = {"boxes": boxes, "ours": ours, "context": context}
        super().__init__(("127.0.0.1", port), type("BoundHandler", (Handler,), bound))

    def handle_error(self, *_: object) -> None:
        """A client that left, or came without a certificate."""
