"""How a suite says what is missing: an assertion error in words, with any test runner."""

from __future__ import annotations

from collections.abc import Iterable

from dcc.contracts.snapshots import Finding


def require(condition: bool, message: str) -> None:
    """Raise ``AssertionError`` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise AssertionError(message)


def require_findings(findings: Iterable[Finding]) -> None:
    """Each finding has a code, a known level and a message for a person."""
    for finding in findings:
        require(isinstance(finding, Finding), f"a check answers findings, not {type(finding).__name__}")
        require(bool(finding.code), "a finding has a code")
        require(finding.level in ("error", "warning", "info"), f"unknown level {finding.level!r}")
        require(len(finding.message.split()) > 1, f"finding {finding.code}: the message is a sentence for a person, in French")
