"""A renderer that spoils what another one made, to see what sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from dcc.contracts.capabilities import Renderer
from dcc.contracts.snapshots import Artifact, DocumentSnapshot


@dataclass(frozen=True)
class Tampered:
    """Writes ``after`` wherever ``before`` stood, or crashes."""

    before: bytes
    after: bytes
    crash: bool = False
    inner: Renderer | None = None

    def around(self, inner: Renderer) -> Tampered:
        """The same around a renderer."""
        return replace(self, inner=inner)

    @property
    def format(self) -> str:
        return self._inner.format

    @property
    def inputs(self) -> Sequence[str]:
        return self._inner.inputs

    @property
    def _inner(self) -> Renderer:
        assert self.inner is not None
        return self.inner

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return self._inner.supports(snapshot)

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        if self.crash:
            raise KeyError("rien")
        made = self._inner.render(snapshot, inputs, as_of=as_of)
        assert self.before in made.content
        return replace(made, content=made.content.replace(self.before, self.after))
