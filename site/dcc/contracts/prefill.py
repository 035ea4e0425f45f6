"""What a prefill source is given and what it proposes (R-043...R-047): plain, frozen pictures, as in :mod:`.snapshots`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from dcc.contracts.snapshots import Answers, InstanceId

Nature = Literal["clinical", "administrative"]
"""What is clinical is never chosen beforehand; what is administrative may be."""


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A validated version of a document of the patient, that a source may read (R-031: nothing else is ever given).

    ``title`` is how the document is called on screen, ``author`` who validated it; ``answers`` are those that counted when it was
    validated (what a condition hid is not among them). ``custodian`` is an ``organisation``. ``origin`` is empty for a document
    of this platform, else where it was found (« DMP »); ``document_id`` then only tells it from others, and ``set_id`` names its
    family. ``remark`` says, in French, what whoever takes something up from it should know of it.
    """

    document_id: UUID
    document_type: str
    version_number: int
    title: str
    validated_at: datetime
    author: str
    answers: Answers
    custodian: Mapping[str, Any] = field(default_factory=dict)
    identifier: InstanceId | None = None
    origin: str = ""
    set_id: InstanceId | None = None
    remark: str = ""


class DocumentsElsewhere(Protocol):
    """Knows documents of a patient that are not in this platform, and that its user ``user_id`` may consult."""

    @property
    def title(self) -> str:
        """« DMP »: where it looks, as it is said when it fails."""

    def documents(self, patient_id: UUID, user_id: UUID) -> Sequence[SourceDocument]:
        """What was found, last validated first; asked while a page opens: fast, no network.

        Raises ``RetryLater``, ``Refused`` or ``NotConfigured`` with a French reason, which the page shows.
        """


@dataclass(frozen=True, slots=True)
class PrefillRequest:
    """What a prefill source is asked: candidates for these questions of this patient's document.

    ``question_keys`` are questions outside groups, and groups; ``answers`` what the document holds now. ``reference`` is the
    validated document it follows. ``earlier`` are the other validated documents of the patient, one version of each, the last
    validated first; the earlier validated version of the document itself is among them, under the same ``document_id``.
    ``elsewhere`` are those that are not here, last validated first.
    """

    patient_id: UUID
    document_type: str
    question_keys: Sequence[str]
    document_id: UUID | None = None
    answers: Answers = field(default_factory=dict)
    reference: SourceDocument | None = None
    earlier: Sequence[SourceDocument] = ()
    elsewhere: Sequence[SourceDocument] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value some source proposes for a question; nothing enters a document unseen (R-045, R-047).

    For a group, ``value`` is one whole row: answers by column. ``origin`` is said on screen (« FRCP du 12/03/2026, RCP sein »),
    ``origin_id`` names what was read, as ``document@version``, and ``path`` the place in it. A person who decided is asked again
    only when the value changed: the version does not count.
    ``kind`` is the kind of origin that a form may admit or not (``frcp``, ``dmp``). ``remark`` says, in French, what whoever
    decides should know of it.
    """

    question_key: str
    value: Any
    origin: str
    origin_id: str
    date: date | None = None
    author: str = ""
    path: str = ""
    nature: Nature = "clinical"
    kind: str = ""
    remark: str = ""
