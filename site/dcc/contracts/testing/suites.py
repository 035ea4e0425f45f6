"""Conformance suites of what reads, renders and sends. Derive a test class, say what to test, run pytest::

    class TestMyRenderer(RendererConformance):
        def make(self) -> Renderer:
            return MyRenderer()

        def snapshots(self) -> Sequence[DocumentSnapshot]:
            return [make_snapshot(answers={...})]

Each method ``test_…`` is one promise of the contract; overriding one means not keeping it.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from dcc.contracts.capabilities import Absent, Found, Reader, Renderer, Transport, Unknowable
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Package, ReadResult, Recipient
from dcc.contracts.testing.hostile import LEAK, hostile_files, mutations_of
from dcc.contracts.testing.requirements import require
from dcc.contracts.testing.snapshots import MOMENT, make_artifact, make_package, make_recipient, make_snapshot


class _Declared(dict[str, Artifact]):
    """The inputs that a renderer declared, and no other."""

    def __missing__(self, key: str) -> Artifact:
        raise AssertionError(f"the renderer uses the format {key!r} without declaring it in its inputs")


class RendererConformance:
    """A renderer is pure and deterministic, uses only what it declares, and refuses in words."""

    pause = 1.05
    """Seconds between two renderings that must be equal: a clock that leaks into the bytes shows."""

    def make(self) -> Renderer:
        """A new renderer."""
        raise NotImplementedError

    def snapshots(self) -> Sequence[DocumentSnapshot]:
        """Snapshots that it supports."""
        return [make_snapshot()]

    def refusals(self) -> Sequence[DocumentSnapshot]:
        """Snapshots that it supports but cannot render: ``Refused`` is expected."""
        return []

    def inputs(self, snapshot: DocumentSnapshot) -> Mapping[str, Artifact]:
        """Artifacts of the formats that it declares."""
        return {name: make_artifact(name) for name in self.make().inputs}

    def _render(self, snapshot: DocumentSnapshot) -> Artifact:
        return self.make().render(snapshot, _Declared(self.inputs(snapshot)), as_of=MOMENT)

    def test_it_says_what_it_makes_and_embeds(self) -> None:
        renderer = self.make()
        require(bool(renderer.format) and renderer.format == renderer.format.lower(), "the format is a lower-case word")
        require(renderer.format not in renderer.inputs, "a format does not embed itself")
        require(renderer.format == self.make().format, "the format never changes")

    def test_it_supports_its_own_and_not_a_stranger(self) -> None:
        for snapshot in self.snapshots():
            require(self.make().supports(snapshot) is True, f"supports() says no to {snapshot.title!r}")
        stranger = make_snapshot(document_type="type-inconnu")
        require(self.make().supports(stranger) is False, "supports() says yes to an unknown type of document")

    def test_the_artifact_is_complete(self) -> None:
        for snapshot in self.snapshots():
            artifact = self._render(snapshot)
            require(artifact.format == self.make().format, f"asked for {self.make().format}, got {artifact.format}")
            require(len(artifact.content) > 0, "the artifact is empty")
            require("/" in artifact.media_type, f"{artifact.media_type!r} is no media type")
            require(bool(artifact.filename) and not set('/\\:"\0') & set(artifact.filename), "the file name is a plain name")

    def test_rendering_again_gives_the_same_bytes(self) -> None:
        before = [self._render(snapshot) for snapshot in self.snapshots()]
        time.sleep(self.pause)
        for snapshot, artifact in zip(self.snapshots(), before, strict=True):
            again = self._render(snapshot)
            require(again.content == artifact.content, f"{snapshot.title!r}: the same snapshot gave other bytes")
            require(again.identifier == artifact.identifier, f"{snapshot.title!r}: the same snapshot gave another identifier")

    def test_the_snapshot_is_left_alone(self) -> None:
        for snapshot in self.snapshots():
            before = copy.deepcopy(snapshot)
            self._render(snapshot)
            require(snapshot == before, "the renderer changed its snapshot")

    def test_what_cannot_be_rendered_is_refused_in_words(self) -> None:
        for snapshot in self.refusals():
            try:
                self._render(snapshot)
            except Refused as refusal:
                require(len(refusal.reason.split()) > 1, "the reason is a sentence, in French")
            else:
                raise AssertionError(f"{snapshot.title!r} should be refused")


class ReaderConformance:
    """A reader reads its samples, and answers everything else by ``Refused`` with a reason: no crash, no leak."""

    mutations = 40
    """How many damaged copies of each sample are tried."""

    def make(self) -> Reader:
        """A new reader."""
        raise NotImplementedError

    def samples(self) -> Sequence[bytes]:
        """Files that it reads."""
        raise NotImplementedError

    def test_it_recognises_and_reads_its_samples(self) -> None:
        for sample in self.samples():
            require(self.make().supports(sample[:65536]) is True, "supports() says no to a sample")
            result = self.make().read(sample)
            require(bool(result.header.document_type), "the header names no type of document")
            require(not [f for f in result.findings if f.level == "error"], "a sample is read with errors")

    def test_reading_again_gives_the_same(self) -> None:
        for sample in self.samples():
            require(self.make().read(sample) == self.make().read(sample), "two readings differ")

    def test_it_looks_at_any_head_without_raising(self) -> None:
        for name, content in hostile_files():
            require(isinstance(self.make().supports(content[:65536]), bool), f"supports() has no answer to {name}")

    def test_hostile_files_are_refused(self) -> None:
        for name, content in hostile_files():
            result = self._read_or_refuse(name, content)
            require(result is None, f"{name} was read as a document")

    def test_damaged_files_are_read_or_refused(self) -> None:
        for number, sample in enumerate(self.samples(), start=1):
            for name, content in mutations_of(sample, count=self.mutations, seed=number):
                self._read_or_refuse(name, content)

    def _read_or_refuse(self, name: str, content: bytes) -> ReadResult | None:
        try:
            result = self.make().read(content)
        except Refused as refusal:
            require(len(refusal.reason.split()) > 1, f"{name}: the reason is a sentence, in French")
            require(LEAK.decode() not in refusal.reason, f"{name}: the refusal quotes a file of this machine")
            return None
        except Exception as error:
            raise AssertionError(f"{name}: {type(error).__name__} instead of Refused") from error
        require(LEAK.decode() not in repr(result), f"{name}: a file of this machine was read")
        return result


class TransportConformance:
    """A transport sends once per key, however often it is asked, and can say so afterwards.

    Run it against a sandbox of the other side: :meth:`arrived` counts what that side keeps.
    """

    can_find = True
    """False when the other side cannot be asked (SMTP): ``find`` then answers ``Unknowable``, never ``Absent`` after a send."""

    def make(self) -> Transport:
        """A transport connected to the sandbox."""
        raise NotImplementedError

    def arrived(self, key: UUID) -> int:
        """How many packages of that key the other side keeps (a receiver that drops duplicates keeps one)."""
        raise NotImplementedError

    def package(self) -> Package:
        """What to send."""
        return make_package()

    def recipient(self) -> Recipient:
        """To whom."""
        return make_recipient()

    def session(self) -> object | None:
        """The session that sending needs, if any."""
        return None

    def refused_recipient(self) -> Recipient | None:
        """Somebody to whom the other side refuses to deliver, if the sandbox knows one."""
        return None

    def _send(self, key: UUID) -> str:
        receipt = self.make().send(self.package(), self.recipient(), key=key, session=self.session())
        require(bool(receipt.reference), "a receipt has a reference")
        require(receipt.at.tzinfo is not None, "the time of a receipt has a zone")
        return receipt.reference

    def test_a_key_is_sent_once(self) -> None:
        key = UUID(int=0xA1)
        references = {self._send(key), self._send(key)}
        require(len(references) == 1, f"the same key got several references: {sorted(references)}")
        require(self.arrived(key) == 1, f"{self.arrived(key)} packages arrived for one key")

    def test_two_keys_are_two_packages(self) -> None:
        one, two = UUID(int=0xB1), UUID(int=0xB2)
        self._send(one)
        self._send(two)
        require((self.arrived(one), self.arrived(two)) == (1, 1), "each key arrives")

    def test_find_settles_an_unknown_outcome(self) -> None:
        key = UUID(int=0xC1)
        before = self.make().find(key)
        require(not isinstance(before, Found), "find() knows a package that was never sent")
        require(isinstance(before, Absent) or not self.can_find, "find() cannot tell, though can_find says it can")
        reference = self._send(key)
        after = self.make().find(key)
        if isinstance(after, Found):
            require(after.receipt.reference == reference, "find() gives another reference than send()")
        else:
            require(isinstance(after, Unknowable) and not self.can_find, "find() does not know a package that was sent")

    def test_a_refusal_is_said_in_words(self) -> None:
        recipient = self.refused_recipient()
        if recipient is None:
            return
        try:
            self.make().send(self.package(), recipient, key=UUID(int=0xD1), session=self.session())
        except Refused as refusal:
            require(len(refusal.reason.split()) > 1, "the reason is a sentence, in French")
        else:
            raise AssertionError("the other side refuses, the transport does not say so")
