"""The care of a PPS in time: its acts, the two syntheses, the chronology. Pure: answers and a day in, plain objects out.

The page, the PDF and the CDA ask the same functions, so that for one day they say the same (R-065); nothing of it is ever stored
in the answers. It is no place for words of one output: order of columns, tables and tags belong to each renderer. Like the
datamatrix it stands beside the kernel of the contracts, because the core and several plugins share it.
"""
