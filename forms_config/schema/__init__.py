"""The form schema in pure Python: sections, questions, values, conditions, canonical form and hash.

No Django, no I/O: Python decides here, screens and plugins only show what was decided.
"""
