"""The editor's workshop: a form arranged in the admin without code.

A gesture of the editor is one *operation* on the draft: a pure function from a schema and a few arguments to a new schema
(:mod:`forms_config.workshop.operations`). The page posts the draft with the operation and shows what comes back; nothing is
stored until Wagtail saves the draft as a revision. No rule lives in the page, and no question is judged here: the remarks are
those of the publication gate.
"""
