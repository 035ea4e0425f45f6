"""PDF/A-1 renderer, with the INS datamatrix read back before the file is kept."""
