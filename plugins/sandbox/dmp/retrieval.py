"""TD3.2 (ITI-43): the bytes of documents, as MTOM parts (dmp_psc.md §1.8)."""

from __future__ import annotations

from uuid import uuid4

from lxml import etree

from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import response
from plugins.sandbox.dmp.names import RS, XDSB, XOP
from plugins.sandbox.dmp.problems import Problem
from plugins.sandbox.dmp.queries import is_shown
from plugins.sandbox.dmp.store import Held, Store
from plugins.sandbox.dmp.vihf import Vihf

Retrieved = tuple[etree._Element, list[tuple[str, bytes]]]


def retrieve(payload: etree._Element, store: Store, vihf: Vihf, *, treating: bool, trap: bytes | None, half: bool) -> Retrieved:
    """The answer and its parts; ``trap`` takes the place of each content, ``half`` gives every other document only."""
    asked = [
        (each.findtext(f"{{{XDSB}}}RepositoryUniqueId"), each.findtext(f"{{{XDSB}}}DocumentUniqueId") or "") for each in payload
    ]
    problems: list[Problem] = []
    found: list[tuple[Held, bytes]] = []
    for at, (repository, unique_id) in enumerate(asked):
        held = store.current(unique_id)
        content = store.content(unique_id)
        is_there = held is not None and held.patient == vihf.patient and is_shown(held, vihf, treating=treating)
        if repository != names.REPOSITORY:
            problems.append(Problem("XDSUnknownRepositoryId", f"Entrepôt inconnu : {repository}", unique_id))
        elif held is None or content is None or not is_there or (half and at % 2 == 0):
            problems.append(Problem("XDSDocumentUniqueIdError", f"Document introuvable : {unique_id}", unique_id))
        else:
            found.append((held, content if trap is None else trap))
    return _written(found, problems)


def _written(found: list[tuple[Held, bytes]], problems: list[Problem]) -> Retrieved:
    root = etree.Element(f"{{{XDSB}}}RetrieveDocumentSetResponse", nsmap={"xdsb": XDSB, "rs": RS, "xop": XOP})
    root.append(response(problems, status=names.PARTIAL if problems and found else ""))
    parts = []
    for held, content in found:
        identifier = f"{uuid4()}@dmp"
        said = etree.SubElement(root, f"{{{XDSB}}}DocumentResponse")
        rows = {"RepositoryUniqueId": names.REPOSITORY, "DocumentUniqueId": held.unique_id, "mimeType": "text/xml"}
        for name, text in rows.items():
            etree.SubElement(said, f"{{{XDSB}}}{name}").text = text
        document = etree.SubElement(said, f"{{{XDSB}}}Document")
        etree.SubElement(document, f"{{{XOP}}}Include", href=f"cid:{identifier}")
        parts.append((identifier, content))
    return root, parts
