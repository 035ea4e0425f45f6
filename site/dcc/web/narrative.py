"""A CDA document made by the platform, as a readable page: the narrative of its sections. Every text is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from dcc.web.formpage.pieces import escape

HL7 = "{urn:hl7-org:v3}"
_TAGS: Mapping[str, str] = {
    "paragraph": "p", "list": "ul", "item": "li", "table": "table", "thead": "thead", "tbody": "tbody", "tfoot": "tfoot",
    "tr": "tr", "th": "th", "td": "td", "caption": "caption", "content": "span", "sub": "sub", "sup": "sup",
}  # fmt: skip
"""Elements of the CDA narrative block and how they are shown; the text of any other one is kept."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
"""``huge_tree``: the document embeds its PDF; it was made by the platform, from a checked snapshot."""


def narrative_page(content: bytes) -> SafeString:
    """Titles and narrative blocks of the structured body, nested as they are; nothing for a body that is only a file."""
    root = etree.fromstring(content, _PARSER)
    body = root.find(f"{HL7}component/{HL7}structuredBody")
    html = "".join(_sections(body, 2)) if body is not None else ""
    return mark_safe(html)  # noqa: S308  (built below from escaped texts)


def _sections(parent: etree._Element, level: int) -> Iterator[str]:
    for section in parent.iterfind(f"{HL7}component/{HL7}section"):
        title, text = section.findtext(f"{HL7}title") or "", section.find(f"{HL7}text")
        yield f'<section class="narrative"><h{level}>{escape(title.strip())}</h{level}>'
        if text is not None:
            yield _block(text)
        yield from _sections(section, min(level + 1, 5))
        yield "</section>"


def _block(element: etree._Element) -> str:
    return escape(element.text or "") + "".join(_node(child) + escape(child.tail or "") for child in element)


def _node(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element).localname
    if name == "br":
        return "<br>"
    if name == "list" and element.get("listType") == "ordered":
        return f"<ol>{_block(element)}</ol>"
    if name == "linkHtml":
        return _link(element)
    tag = _TAGS.get(name)
    return f"<{tag}{_span(element)}>{_block(element)}</{tag}>" if tag else _block(element)


def _span(element: etree._Element) -> str:
    spans = ((name, element.get(name, "")) for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in spans if value.isdecimal())


def _link(element: etree._Element) -> str:
    target, text = element.get("href", ""), _block(element)
    if not target.startswith(("http://", "https://")):
        return text
    return f'<a href="{escape(target)}" rel="noreferrer noopener" target="_blank">{text}</a>'
