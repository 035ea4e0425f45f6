"""A call as it goes through HTTP: envelope, VIHF, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from dcc.contracts.snapshots import InstanceId
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.envelope import KINDS, envelope, serialized
from plugins.dmp.transactions.mtom import Package, packed
from plugins.dmp.transactions.services import Service
from plugins.dmp.transactions.signing import signer_of
from plugins.dmp.transactions.types import Caller
from plugins.dmp.transactions.vihf import assertion


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls which service about whom; ``key`` is the UUID of the message."""

    service: Service
    caller: Caller
    ins: InstanceId
    key: str
    at: datetime


def message(settings: DmpSettings, call: Call, body: etree._Element, documents: Mapping[str, bytes]) -> Package:
    """The message; documents are beside it (MTOM is mandatory where there are some, EX_2.1-1260)."""
    service = call.service
    root = envelope(
        body,
        action=service.action,
        to=f"{settings.services.rstrip('/')}/{service.name}",
        message_id=f"urn:uuid:{call.key}",
        assertion=assertion(call.caller, call.ins, settings, key=call.key, at=call.at, signer=signer_of(settings)),
    )
    if service.packaged:
        return packed(root, documents, action=service.action, key=call.key)
    return Package(serialized(root), f'{KINDS[0]}; charset=utf-8; action="{service.action}"')
