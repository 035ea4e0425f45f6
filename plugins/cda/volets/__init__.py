"""The volets, each one declarative tree of codecs read both ways; parts that volets share stand beside them.

A new version of a volet is one more module here (see ``docs/plugins-cda.md``). There is no other mapping of a volet anywhere.
"""
