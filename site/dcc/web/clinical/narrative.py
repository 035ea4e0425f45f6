"""The narrative block of a CDA section as HTML. Every text is escaped; what the standard does not know is shown as text."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe
from lxml import etree

from dcc.web.formpage.pieces import escape

HL7 = "{urn:hl7-org:v3}"
_TAGS: Mapping[str, str] = {
    "paragraph": "p", "list": "ul", "item": "li", "table": "table", "thead": "thead", "tbody": "tbody", "tfoot": "tfoot",
    "tr": "tr", "th": "th", "td": "td", "caption": "caption", "content": "span", "sub": "sub", "sup": "sup",
}  # fmt: skip
"""Elements of the CDA narrative block and how they are shown; the text of any other one is kept."""


def block_html(text: etree._Element) -> SafeString:
    """The narrative block of a section as HTML."""
    return mark_safe(_block(text))  # noqa: S308  (built below from escaped texts)


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
    if not tag:
        return _block(element)
    inner = f"<strong>{_block(element)}</strong>" if "Bold" in element.get("styleCode", "") else _block(element)
    return f"<{tag}{_span(element)}>{inner}</{tag}>"


def _span(element: etree._Element) -> str:
    spans = ((name, element.get(name, "")) for name in ("colspan", "rowspan"))
    return "".join(f' {name}="{value}"' for name, value in spans if value.isdecimal())


def _link(element: etree._Element) -> str:
    target, text = element.get("href", ""), _block(element)
    if not target.startswith(("http://", "https://")):
        return text
    return f'<a href="{escape(target)}" rel="noreferrer noopener" target="_blank">{text}</a>'
