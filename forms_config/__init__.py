"""Everything the DSRC edits about forms without code: catalogue, schema, value sets, form versions, rendering.

The catalogue says what an FRCP or a PPS contains (national); the form says how it looks (regional). No document, no answer and no
patient is known here.
"""
