"""Tables of the exchange room: renditions, their artifacts, where they went, and what came in."""

from dcc.exchange.models.intake import Intake, IntakeFile
from dcc.exchange.models.opposition import MailOpposition, PolicyChoice
from dcc.exchange.models.regions import Entrustment, EntrustmentStep
from dcc.exchange.models.renditions import ArtifactCheck, Conformance, Rendition, RenditionState, StoredArtifact
from dcc.exchange.models.transmissions import Transmission, TransmissionStep

__all__ = [
    "ArtifactCheck",
    "Conformance",
    "Entrustment",
    "EntrustmentStep",
    "Intake",
    "IntakeFile",
    "MailOpposition",
    "PolicyChoice",
    "Rendition",
    "RenditionState",
    "StoredArtifact",
    "Transmission",
    "TransmissionStep",
]
