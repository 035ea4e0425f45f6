"""The page of a document: its form, filled. A form version is compiled once per process into fixed texts and slots.

Templates under ``themes/templates/web/form`` say how a question looks; they are rendered once per question with markers in the
place of what changes, and cut there. A request only escapes values and joins texts (:mod:`.pieces`), so that a page of some 300
fields costs about as much as sending its bytes.

:mod:`.controls` chooses how a question is asked, :mod:`.compiled` holds a form version, :mod:`.page` fills it, :mod:`.reading`
shows it without fields, :mod:`.posted` reads what came back. Names of fields and their values are those of
:mod:`forms_config.rendering`.
"""
