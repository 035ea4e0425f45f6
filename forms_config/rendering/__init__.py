"""From a page's form fields to answers and back: names of fields, values of every datatype, errors in French.

It knows questions, not pages: templates and views belong to the web room, rules on whole documents to :mod:`forms_config.schema`.

A question's fields are named after its path (``forms_config.schema.answers.path_of``): the path itself for its main field,
``path:part`` for the others. What was posted under one path is *raw*: texts by part, ``""`` being the main one.

==============  ======================================================================================================
datatype        parts
==============  ======================================================================================================
string, text,   main: what was typed (dates as a French person types them)
integer, dates
boolean         main: ``true``, ``false`` or nothing
coded           main: ``code|system`` (or a code alone); ``search``: what was typed to look for it, obeyed when it is no longer
                the chosen label; ``text``: the words used, or alone for a free answer; ``label``: of a code outside an open list
professional    ``family given prefix suffix comment``; ``id`` (RPPS number) and ``id_root``; ``profession`` as a code;
                ``telecoms`` (repeated); ``address.*``; ``organisation.*`` as an organisation
organisation    ``name``; ``id`` and ``id_root``; ``sector`` as a code; ``telecoms`` (repeated); ``address.*``
any             ``null``: a null flavour, or ``null:NA`` as the main value of a list of choices
several values  the main field repeated, or ``0``, ``1:text``… with the number of the value before the part
==============  ======================================================================================================
"""

from forms_config.rendering.names import Raw, collect, field_name, split_name
from forms_config.rendering.values import check_answer, parse_posted, to_posted

__all__ = ["Raw", "check_answer", "collect", "field_name", "parse_posted", "split_name", "to_posted"]
