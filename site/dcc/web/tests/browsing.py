"""What a browser without scripts would send back of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import html

SILENT = ("submit", "button", "file", "reset", "image")


def parsed(text: str) -> Any:
    """The page, or a part of it, as a tree."""
    return html.fromstring(f"<div>{text}</div>")


def tree_of(page: bytes | str) -> Any:
    """A whole page as a tree."""
    return html.document_fromstring(page.decode() if isinstance(page, bytes) else page)


def sent(root: Any) -> dict[str, list[str]]:
    """The successful controls of a tree, by name (HTML standard, form data set), buttons apart."""
    found: dict[str, list[str]] = {}
    for control in root.iter("input", "select", "textarea"):
        name = control.get("name")
        if not name or control.get("disabled") is not None:
            continue
        found.setdefault(name, []).extend(_values(control))
    return {name: texts for name, texts in found.items() if texts}


def _values(control: Any) -> Iterator[str]:
    if control.tag == "textarea":
        text = control.text_content()
        yield text.removeprefix("\n").replace("\n", "\r\n")
    elif control.tag == "select":
        options = control.findall(".//option")
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        yield from (_option(option) for option in chosen)
    elif control.get("type") in ("checkbox", "radio"):
        if control.get("checked") is not None:
            yield control.get("value", "on")
    elif control.get("type") not in SILENT:
        yield control.get("value", "")


def _option(option: Any) -> str:
    value = option.get("value")
    return value if value is not None else " ".join(option.text_content().split())


def form_data(content: bytes, form_id: str, **changed: Any) -> dict[str, Any]:
    """The data of a form of a page, some fields changed; a field changed to ``None`` is not sent."""
    form = tree_of(content).get_element_by_id(form_id)
    data: dict[str, Any] = {**sent(form), **changed}
    return {name: value for name, value in data.items() if value is not None}


def texts_of(content: bytes, selector: str) -> list[str]:
    """Texts of the elements that a CSS-like class or tag names, white space folded: ``.problem``, ``h1``."""
    path = f"//*[contains(concat(' ', @class, ' '), ' {selector[1:]} ')]" if selector.startswith(".") else f"//{selector}"
    return [" ".join(element.text_content().split()) for element in tree_of(content).xpath(path)]


def named(mapping: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The fields of one question."""
    return {name: value for name, value in mapping.items() if name == prefix or name.startswith(f"{prefix}:")}
