"""The national catalogue: what each volet's document contains, as data (YAML, one file per volet version).

The editor arranges these elements and never changes them. How an element is written in CDA is not said here but in the codec tree
of the volet; both are joined by the element's key.
"""
