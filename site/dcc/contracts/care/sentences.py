"""How a label begins a sentence: said once for the page, the PDF and the CDA. Pure."""


def sentence(text: str) -> str:
    """The text with a capital, where that is the same letter: « ı » and « ß » stay, whose capitals are read otherwise."""
    first = text[:1].upper()
    return f"{first}{text[1:]}" if first.lower() == text[:1] else text
