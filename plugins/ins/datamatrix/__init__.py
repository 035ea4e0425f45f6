"""The INS datamatrix of paper: read from a scanner, a picture or a PDF, and drawn from the command line (ins.md §2)."""
