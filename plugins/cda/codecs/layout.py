"""How tables of the narrative begin."""

from __future__ import annotations

from lxml.etree import _Element

from plugins.cda.codecs.xml import add


def start_table(text: _Element) -> _Element:
    """Append a table, parted from what stands before."""
    if len(text):
        add(text, "br")
    return add(text, "table", {"border": "0"})


def title_row(table: _Element, title: str, width: int, anchor: str = "") -> _Element:
    """The header of a table: its title over the whole width; gives the ``thead`` for further rows."""
    head = add(table, "thead")
    attributes = {"colspan": str(width), "align": "left"} if width > 1 else {"align": "left"}
    th = add(add(head, "tr"), "th", attributes)
    if anchor:
        add(th, "content", {"ID": anchor}, title)
    else:
        th.text = title
    return head
