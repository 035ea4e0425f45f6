"""A page of our own as a PDF to hand over: small papers of the core. Clinical documents are made by their renderers."""

from __future__ import annotations


def printed(html: str) -> bytes:
    """The tagged PDF of a page that holds all it needs: nothing is fetched, from anywhere."""
    # Here, not above: a web worker that prints nothing does not carry the library.
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        def fetch(self, url: str, headers: object = None) -> None:
            raise FatalURLFetchingError("Un papier imprimé n'appelle aucune ressource extérieure")

    content: bytes = HTML(string=html, url_fetcher=Nothing()).write_pdf(pdf_tags=True)
    return content
