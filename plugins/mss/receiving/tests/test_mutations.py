"""Damaged mails: none crashes anything or writes outside the store, memory stays bounded, each one held back says why."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import storages
from pytest_django import Settings

from plugins.mss.models import InboundMail
from plugins.mss.receiving.keeping import content_of
from plugins.mss.receiving.tests.conftest import Left, come
from plugins.mss.receiving.tests.mutations import damaged
from tests.proofs.recorder import Proof

SEED = 20_261_128
MOST_MB = 350
"""What the process may grow by; the largest mail of the campaign has 2 MB, the largest bomb 40 MB."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_seen: list[str] | None = None


def _watch(event: str, args: tuple[object, ...]) -> None:
    if _seen is not None and event == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & _WRITES:
        _seen.append(str(args[0]))
    elif _seen is not None and event in ("os.mkdir", "os.rename", "os.symlink", "os.link", "shutil.unpack_archive"):
        _seen.append(f"{event} {args[0]}")


sys.addaudithook(_watch)


@contextmanager
def written() -> Iterator[list[str]]:
    """Every file that this process opens for writing, makes or moves meanwhile."""
    global _seen  # noqa: PLW0603  (an audit hook cannot be taken away, only told to look elsewhere)
    found: list[str] = []
    _seen = found
    try:
        yield found
    finally:
        _seen = None


@pytest.mark.usefixtures("receives")
@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.prove)])
def test_damaged_mails(left: Left, count: int, proof: Proof, settings: Settings, tmp_path: Path) -> None:
    store = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "artifacts": store}
    hand = random.Random(SEED)  # noqa: S311  (a fixed seed)
    ways: Counter[str] = Counter()
    states: Counter[str] = Counter()
    faults: list[tuple[int, str, str]] = []
    mails = [damaged(hand) for _ in range(20)]  # what making them takes is not counted
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for rank in range(count):
        way, mail = mails.pop() if mails else damaged(hand)
        mail = mail.replace(b"<a@region-b", b"<%d@region-b" % rank)  # a name that is taken would end it before the envelope
        ways[way] += 1
        with written() as outside:
            row = come(mail)
        states[f"{row.state} {row.reason or row.outcome}"] += 1
        faults += [(rank, way, found) for found in wrong(row, mail, [path for path in outside if str(tmp_path) not in path])]
        storages["artifacts"].delete(row.storage_name or "rien")  # thousands of megabytes of mails
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    assert faults == []
    assert left.row.state == "envoyee"
    assert grown < MOST_MB
    figures = {"courriels abîmés": count, **{f"abîmés : {way}": n for way, n in sorted(ways.items())}}
    figures |= {f"devenus « {state} »": n for state, n in sorted(states.items())}
    figures |= {"pannes": 0, "écrits ailleurs que dans le magasin": 0, "retenus sans motif": 0, "envois changés": 0}
    proof.record(issue=7, title="MSSanté : courriels abîmés", figures={**figures, "mémoire prise en plus (Mo)": grown})


def wrong(row: InboundMail, mail: bytes, outside: list[str]) -> list[str]:
    """What must not be, of one mail that was settled."""
    found = [f"écrit : {path}" for path in outside]
    if row.state not in ("fait", "quarantaine"):
        found.append(f"état {row.state}")
    if row.state == "quarantaine" and not row.reason:
        found.append("sans motif")
    if mail and hashlib.sha256(content_of(row)).digest() != hashlib.sha256(mail).digest():
        found.append("pas gardé")
    return found
