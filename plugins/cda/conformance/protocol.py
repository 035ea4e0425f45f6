"""What travels on the conformance socket: a frame is two lengths, a small JSON and bytes; both ends refuse what is too long.

Pure but for the socket it is given.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from dcc.contracts.snapshots import Finding
from plugins.cda.conformance.checker import Report
from plugins.cda.xml_input import DEFAULT_LIMIT

MAX_JSON = 16 * 1024 * 1024
MAX_BODY = DEFAULT_LIMIT
_LENGTHS = struct.Struct("!II")
_CHUNK = 256 * 1024
_LONGEST_SOCKET_NAME = 100
"""The kernel takes 107 bytes (``sun_path``)."""


class ProtocolError(Exception):
    """The other end speaks something else, says too much, or went away in the middle of a frame."""


def socket_path() -> Path:
    """The socket of this host's conformance process; raises :class:`ProtocolError` when ``DATA_DIR`` is too deep for one."""
    path = Path(settings.DATA_DIR) / "run" / "conformance.sock"
    if len(str(path).encode()) > _LONGEST_SOCKET_NAME:
        raise ProtocolError(f"DATA_DIR is too long for a Unix socket: {path}")
    return path


def send(connection: socket.socket, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Send one frame; raises :class:`ProtocolError` when it is too long, ``OSError`` when the other end is gone."""
    text = json.dumps(header, ensure_ascii=False).encode("utf-8")
    if len(text) > MAX_JSON or len(body) > MAX_BODY:
        raise ProtocolError("frame too long")
    connection.sendall(_LENGTHS.pack(len(text), len(body)) + text)
    if body:
        connection.sendall(body)


def receive(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """One frame; raises :class:`ProtocolError`, or ``OSError`` (time-out included)."""
    json_length, body_length = _LENGTHS.unpack(_exactly(connection, _LENGTHS.size))
    if json_length > MAX_JSON or body_length > MAX_BODY:
        raise ProtocolError("frame too long")
    text, body = _exactly(connection, json_length), _exactly(connection, body_length)
    try:
        header = json.loads(text)
    except ValueError:
        raise ProtocolError("not JSON") from None
    if not isinstance(header, dict):
        raise ProtocolError("not a JSON object")
    return header, body


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = connection.recv(min(missing, _CHUNK))
        if not part:
            raise ProtocolError("the other end went away")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def report_to_json(report: Report) -> dict[str, Any]:
    """A report as JSON values; the inverse of :func:`report_from_json`."""
    return {
        "volet": report.volet,
        "schemas": list(report.schemas),
        "findings": [asdict(finding) for finding in report.findings],
        "seconds": report.seconds,
    }


def report_from_json(values: Mapping[str, Any]) -> Report:
    """Rebuild a report; raises :class:`ProtocolError` when the values are of another shape."""
    try:
        return Report(
            volet=str(values["volet"]),
            schemas=tuple(values["schemas"]),
            findings=tuple(Finding(**finding) for finding in values["findings"]),
            seconds=float(values["seconds"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"not a report: {error}") from None
