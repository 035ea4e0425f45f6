"""Envelopes of strangers: refused with a reason or read whole; nothing else happens, on disk or in memory."""

from __future__ import annotations

import builtins
import hashlib
import os
import random
import resource
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dcc.contracts.testing.hostile import LEAK, hostile_files, mutations_of
from plugins.mss import xdm
from plugins.mss.tests.envelopes import DOC, METADATA, cda, envelope, refused_envelopes, with_document, zipped
from tests.proofs.recorder import Proof

SEED = 20261128
MEMORY = 110_000_000
"""Bytes: an envelope of 32 MB, 64 MB inflated, and what parsing takes."""


@contextmanager
def nothing_written(folder: Path) -> Iterator[None]:
    """``folder``, where the process is meanwhile, stays empty, and no file is opened for writing anywhere."""
    opened, low = builtins.open, os.open

    def guarded(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        assert mode in ("r", "rb", "rt"), f"opened for writing: {file}"
        return opened(file, mode, *args, **kwargs)

    def guarded_low(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        assert not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT), f"opened for writing: {path}"
        return low(path, flags, *args, **kwargs)

    def never(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("a folder or a link was made")

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(builtins, "open", guarded)
        patch.setattr(os, "open", guarded_low)
        for name in ("mkdir", "makedirs", "symlink", "link", "rename"):
            patch.setattr(os, name, never)
        yield
    assert list(folder.iterdir()) == []


CASES = list(refused_envelopes())


@pytest.mark.parametrize(("content", "word"), [pytest.param(c, w, id=name) for name, c, w in CASES])
def test_a_hostile_envelope_is_refused_with_its_reason(content: bytes, word: str, tmp_path: Path) -> None:
    with nothing_written(tmp_path), pytest.raises(xdm.EnvelopeRefused) as refusal:
        xdm.read(content)
    assert word in refusal.value.reason
    assert refusal.value.reason.isprintable()
    assert LEAK.decode() not in refusal.value.reason
    assert refusal.value.error == "906"


def test_memory_is_bounded() -> None:
    for name, content, _word in CASES:
        tracemalloc.start()
        with pytest.raises(xdm.EnvelopeRefused):
            xdm.read(content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < MEMORY, name


def mutated(chance: random.Random) -> tuple[str, bytes]:
    """A kind of damage, and an envelope that took it."""
    files, seed = envelope(), chance.randrange(2**32)
    kind = chance.choice(list(DAMAGES))
    return kind, DAMAGES[kind](files, seed, chance)


def _damage(content: bytes, seed: int) -> bytes:
    """One of the four damages, chosen by the seed."""
    return list(mutations_of(content, count=4, seed=seed))[seed % 4][1]


def _renamed(files: dict[str, bytes], _seed: int, chance: random.Random) -> bytes:
    odd = (
        "../x",
        "/x",
        "a\\b",
        "C:\\x",
        "é.xml",
        "x" * 3000,
        "a//b",
        "IHE_XDM/",
        "\u202e.XML",
        " ",
        "nul",
        "a\nb",
        "IHE_XDM/SUBSET02/METADATA.XML",
    )
    victim = chance.choice(list(files))
    return zipped({(chance.choice(odd) if name == victim else name): content for name, content in files.items()})


def _reassembled(files: dict[str, bytes], _seed: int, chance: random.Random) -> bytes:
    names = list(files)
    kept = chance.sample(names, chance.randrange(1, len(names) + 1))
    return zipped({name: files[chance.choice(names)] if chance.random() < 0.2 else files[name] for name in kept})


def _nested(files: dict[str, bytes], _seed: int, chance: random.Random) -> bytes:
    inner = zipped(files)
    return zipped(files | {chance.choice((DOC, METADATA, "INNER.ZIP", "README.TXT")): inner})


_HOSTILE = [content for _name, content in hostile_files() if len(content) < 300_000]
DAMAGES: dict[str, Callable[[dict[str, bytes], int, random.Random], bytes]] = {
    "archive": lambda files, seed, _: _damage(zipped(files), seed),
    "stored archive": lambda files, seed, _: _damage(zipped(files, 0), seed),
    "METADATA": lambda files, seed, _: zipped(files | {METADATA: _damage(files[METADATA], seed)}),
    "document": lambda _, seed, __: zipped(with_document(_damage(cda(), seed))),
    "document, hash of before": lambda files, seed, _: zipped(files | {DOC: _damage(files[DOC], seed)}),
    "names": _renamed,
    "assembly": _reassembled,
    "nested": _nested,
    "hostile METADATA": lambda files, _, chance: zipped(files | {METADATA: chance.choice(_HOSTILE)}),
    "hostile document": lambda _, __, chance: zipped(with_document(chance.choice(_HOSTILE))),
}


def _outcome(kind: str, content: bytes) -> str:
    reason = ""
    try:
        read = xdm.read(content)
    except xdm.EnvelopeRefused as refusal:
        reason = refusal.reason
    if reason:
        assert len(reason) > 10, kind
        assert reason.isprintable(), kind
        return "refused"
    for document in read.documents:
        sha1 = hashlib.sha1(document.content, usedforsecurity=False).hexdigest().upper()
        assert document.entry.hash in ("", sha1), kind
        assert LEAK not in document.content
    return "read with a remark" if read.findings else "read"


def campaign(count: int) -> Counter[str]:
    """What became of ``count`` mutated envelopes; fails for anything but a refusal with a reason, or a sound reading."""
    chance = random.Random(SEED)  # noqa: S311  (repeatable, not secret)
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        kind, content = mutated(chance)
        outcomes[_outcome(kind, content)] += 1
    return outcomes


def test_mutated_envelopes_are_refused_or_sound(tmp_path: Path) -> None:
    with nothing_written(tmp_path):
        outcomes = campaign(300)
    assert outcomes["refused"] > 100
    assert outcomes["read"] + outcomes["read with a remark"] > 10


@pytest.mark.prove
def test_ten_thousand_mutated_envelopes(proof: Proof, tmp_path: Path) -> None:
    campaign(200)  # what imports and caches take is not theirs
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with nothing_written(tmp_path):
        outcomes = campaign(10_000)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 100
    proof.record(
        issue=7,
        title="Enveloppes XDM mutées",
        figures={
            "enveloppes": sum(outcomes.values()),
            "refusées, chacune avec son motif": outcomes["refused"],
            "lues sans remarque": outcomes["read"],
            "lues avec une remarque": outcomes["read with a remark"],
            "exceptions imprévues": 0,
            "fichiers écrits": 0,
            "mémoire prise de plus (Mo)": f"{grown:.0f}",
        },
    )
