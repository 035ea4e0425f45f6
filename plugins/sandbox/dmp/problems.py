"""How the stand-in says no: a SOAP fault (a request or a right that is wrong), or errors of the registry."""

from __future__ import annotations

from dataclasses import dataclass


class Fault(Exception):
    """Answered by a SOAP fault, HTTP 500; ``words`` are French, as the DMP says them (dmp_psc.md §1.11)."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, slots=True)
class Problem:
    """A ``RegistryError``: ``code`` is of IHE or of the DMP, ``words`` is its codeContext."""

    code: str
    words: str
    location: str = ""


class Rejected(Exception):
    """Answered by a RegistryResponse of status Failure."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.code}: {problem.words}" for problem in problems))
        self.problems = problems


def rejected(code: str, words: str) -> Rejected:
    """A refusal with one error."""
    return Rejected(Problem(code, words))
