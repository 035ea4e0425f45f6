"""Tests of the PDF plugin: pages looked at by other tools (poppler, qpdf, PDFBox Preflight, zxing-cpp)."""
