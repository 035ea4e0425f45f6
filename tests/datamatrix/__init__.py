"""The INS datamatrix from the printed document to the reader: written, printed, spoilt in the ways of paper, read back."""
