"""Identity flows over MLLP, from the environment; off as long as no port is given."""

from __future__ import annotations

from dataclasses import dataclass

from dcc.settings import env


@dataclass(frozen=True, slots=True)
class MllpSettings:
    """Where the listener stands and whom it lets in.

    Without ``certificate`` it speaks in clear, on loopback only. With ``authorities`` (a file of them) a client shows a
    certificate of theirs. Times in seconds.
    """

    port: int = 0
    host: str = "127.0.0.1"
    certificate: str = ""
    certificate_key: str = ""
    authorities: str = ""
    connections: int = 20
    idle: int = 600
    frame_time: int = 30


def from_environment() -> MllpSettings:
    """What the environment says."""
    return MllpSettings(
        port=env.number("DCC_MLLP_PORT", 0),
        host=env.text("DCC_MLLP_HOST", "127.0.0.1"),
        certificate=env.text("DCC_MLLP_CERTIFICATE"),
        certificate_key=env.text("DCC_MLLP_CERTIFICATE_KEY"),
        authorities=env.text("DCC_MLLP_AUTHORITIES"),
        connections=env.number("DCC_MLLP_CONNECTIONS", 20),
        idle=env.number("DCC_MLLP_IDLE_SECONDS", 600),
        frame_time=env.number("DCC_MLLP_FRAME_SECONDS", 30),
    )
