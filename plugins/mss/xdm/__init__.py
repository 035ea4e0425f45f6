"""XDM envelopes (IHE_XDM.zip): built from CDA documents, read from untrusted bytes; metadata by ``dcc.contracts.xds``.

    sender = sender_of(settings)
    content = build(documents_of(package), sender=sender, submitted_at=at, action=action_of(package), key=key)
    envelope = read(content)                  # Refused says in French why not; nothing is written to disk
    envelope.patient_id, envelope.documents[0].name, envelope.findings

No mail is known here, and nothing is decided of what to do with a document.
"""

from plugins.mss.xdm.building import ACTIONS, FILENAME, FORMATS, action_of, build, documents_of
from plugins.mss.xdm.envelope import Envelope, EnvelopeDocument, EnvelopeFile, EnvelopeRefused
from plugins.mss.xdm.presentation import Sender, sender_of
from plugins.mss.xdm.reading import read

__all__ = [
    "ACTIONS",
    "FILENAME",
    "FORMATS",
    "Envelope",
    "EnvelopeDocument",
    "EnvelopeFile",
    "EnvelopeRefused",
    "Sender",
    "action_of",
    "build",
    "documents_of",
    "read",
    "sender_of",
]
