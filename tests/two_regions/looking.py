"""What a region has: the document under a reference, what was said of it to the other region, the mails that came."""

from __future__ import annotations

import uuid
from typing import Any


def look(set_id: str) -> dict[str, Any]:
    """What this region has under a reference; nothing while it has nothing."""
    from dcc.documents.models import Document

    there = Document.objects.filter(set_id_root=set_id).exists()
    return seen(alice(), document_under(set_id)) if there else {}


def mails() -> dict[str, Any]:
    """Every mail that came into the box of this region, by its Message-ID; of one that came twice, the last."""
    from plugins.mss.models import InboundMail

    said = ("pk", "kind", "sender", "state", "outcome", "reason", "error", "answer", "findings")
    rows = InboundMail.objects.order_by("pk").values("message_id", *said)
    return {row["message_id"]: {name: row[name] for name in said} for row in rows}


def everything() -> dict[str, Any]:
    """Under each reference: the documents, the current versions (number, content), and all numbers."""
    from dcc.documents import api as documents
    from dcc.documents.models import DocumentVersion

    found: dict[str, dict[str, Any]] = {}
    for row in DocumentVersion.objects.select_related("document").order_by("number"):
        one = found.setdefault(row.document.set_id_root, {"documents": [], "current": [], "numbers": []})
        one["documents"] = sorted({*one["documents"], str(row.document_id)})
        one["current"] += [(row.number, documents.content_key(row.answers))] if row.is_current else []
        one["numbers"].append(row.number)
    return found


def alice() -> Any:
    """The physician of the demonstration, whom both regions have."""
    from dcc.accounts import api as accounts

    return accounts.user_named("alice")


def document_under(set_id: str) -> uuid.UUID:
    """The document that has a reference; raises ``Document.DoesNotExist``."""
    from dcc.documents.models import Document

    return Document.objects.get(set_id_root=set_id).pk


def seen(actor: Any, document_id: uuid.UUID) -> dict[str, Any]:
    """A document as its team sees it, and where it stands between the regions."""
    from dcc.documents import api as documents
    from dcc.documents.models import Document
    from dcc.exchange import api as exchange

    view = documents.open_document(actor, document_id)
    between = exchange.between_regions(actor, document_id)
    sent = [line for line in exchange.transmissions_of(actor, document_id) if line.recipient_kind == "dcc"]
    return {
        "document": str(document_id),
        "set_id": Document.objects.get(pk=document_id).set_id_root,
        "status": view.line.status,
        "version": view.line.version,
        "versions": list(view.versions),
        "held_elsewhere": view.held_elsewhere,
        "custodian": (view.received or {}).get("custodian", {}).get("name", "") if view.received else "",
        "content": documents.content_key(view.answers),
        "state": between.entrustments[0].state.value if between.entrustments else "",
        "aside": [{"intake": str(one.intake_id), "outcome": one.outcome, "to_decide": one.to_decide} for one in between.aside],
        "sent": [{"state": one.state, "cause": one.cause, "words": one.words} for one in sent],
    }
