"""INS: the national services and flows of identity (R-123...R-159).

It asks INSi and reports, reads and writes the INS datamatrix, receives identity flows (HL7 v2). It decides nothing:
what an answer or a flow does is the table of :mod:`dcc.patients`, reached through its door.
"""
