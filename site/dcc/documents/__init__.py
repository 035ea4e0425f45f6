"""Documents, their versions, answers, provenance, attachments and states.

A document points to an immutable form version; what is validated never changes. Rendering and sending are not here.
"""
