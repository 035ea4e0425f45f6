"""The boxes on disk: one file for each mail, named by its number (UID), ``.vu`` beside it once seen. One process writes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

INBOX = "INBOX"


class Boxes:
    """All boxes of a folder. ``changed`` is notified when something comes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changed = threading.Condition()
        root.mkdir(parents=True, exist_ok=True)

    def add(self, address: str, content: bytes, folder: str = INBOX) -> int:
        """Keep a mail; its number."""
        with self.changed:
            where = self._folder(address, folder)
            where.mkdir(parents=True, exist_ok=True)
            uid = self.next_uid(address, folder)
            (where / "dernier").write_text(str(uid), encoding="ascii")
            written = where / f"{uid:09d}.tmp"
            written.write_bytes(content)
            os.replace(written, where / f"{uid:09d}.eml")
            self.changed.notify_all()
        return uid

    def next_uid(self, address: str, folder: str = INBOX) -> int:
        """The number of the next mail; numbers are never used again."""
        last = self._folder(address, folder) / "dernier"
        return int(last.read_text(encoding="ascii")) + 1 if last.is_file() else 1

    def uids(self, address: str, folder: str = INBOX) -> Sequence[int]:
        """Numbers of the mails, oldest first."""
        return sorted(int(path.stem) for path in self._folder(address, folder).glob("*.eml"))

    def read(self, address: str, uid: int, folder: str = INBOX) -> bytes:
        """A mail. Raises ``FileNotFoundError``."""
        return self._file(address, folder, uid).read_bytes()

    def is_seen(self, address: str, uid: int, folder: str = INBOX) -> bool:
        """Whether it was marked."""
        return self._file(address, folder, uid).with_suffix(".vu").exists()

    def mark(self, address: str, uid: int, folder: str = INBOX, *, seen: bool = True) -> None:
        """Mark a mail as seen, or not."""
        mark = self._file(address, folder, uid).with_suffix(".vu")
        if seen:
            mark.touch()
        else:
            mark.unlink(missing_ok=True)

    def move(self, address: str, uid: int, folder: str, to: str) -> int:
        """Move a mail; its number there. Raises ``FileNotFoundError``."""
        path = self._file(address, folder, uid)
        new = self.add(address, path.read_bytes(), to)
        self.mark(address, new, to, seen=path.with_suffix(".vu").exists())
        path.with_suffix(".vu").unlink(missing_ok=True)
        path.unlink()
        return new

    def folders(self, address: str) -> Sequence[str]:
        """INBOX, and those that were made."""
        made = {unquote(path.name) for path in self._folder(address, "").glob("*") if path.is_dir()}
        return sorted({INBOX, *made})

    def create(self, address: str, folder: str) -> None:
        """Make a folder."""
        self._folder(address, folder).mkdir(parents=True, exist_ok=True)

    def validity(self) -> int:
        """UIDVALIDITY: when the boxes were made."""
        kept = self.root / "validite"
        if not kept.is_file():
            kept.write_text(str(int(time.time())), encoding="ascii")
        return int(kept.read_text(encoding="ascii"))

    def _folder(self, address: str, folder: str) -> Path:
        named = quote(address.lower(), safe="@")
        return self.root / named / quote(folder, safe="") if folder else self.root / named

    def _file(self, address: str, folder: str, uid: int) -> Path:
        return self._folder(address, folder) / f"{uid:09d}.eml"
