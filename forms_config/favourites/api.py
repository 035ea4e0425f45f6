"""Door of the favourites bank (R-092...R-094).

A clinician keeps rows of a group, and inserts them in another document::

    content = Content("FEC 100 adjuvant", "frcp", "frcp.propositions", rows)
    favourite_id = save_favourite(actor=alice, content=content, schema=schema, confirmed=texts_she_read_again)
    offers(alice, schema=schema, group_key="frcp.propositions", text="fec")
    take_favourite(actor=alice, favourite_id=favourite_id, schema=schema, group_key="frcp.propositions").rows
    propose_favourite(actor=alice, favourite_id=favourite_id, place=Place(Scope.REGION))
    decide_favourite(actor=edith, favourite_id=copy_id, approve=True)

Only rows somebody chose are kept, without date, person, structure nor file; :class:`TextsToConfirm` asks to read typed texts
again. Who may do what is one table, :mod:`forms_config.favourites.policies`. A favourite that no published form takes any more is
:func:`broken`, and no longer offered.
"""

from forms_config.favourites.breaking import look_again, to_mend
from forms_config.favourites.content import (
    ROW_LIMIT,
    Content,
    FavouriteRefused,
    TextsToConfirm,
    free_texts,
    kept_rows,
    shown_rows,
)
from forms_config.favourites.entry import DescriptionForm, PlaceForm, TextToRead, edition_in, rows_form, texts_to_read
from forms_config.favourites.policies import POLICY, Action, Scope
from forms_config.favourites.queries import Broken, Offer, admits, broken, content_of, offers, proposals
from forms_config.favourites.services import (
    Place,
    Taken,
    decide_favourite,
    edit_favourite,
    propose_favourite,
    save_favourite,
    take_favourite,
    withdraw_favourite,
)
from forms_config.favourites.sheets import (
    Sheet,
    SheetContent,
    SheetRefused,
    review_sheet,
    save_sheet,
    sheet_file,
    sheets,
    sheets_of_favourites,
    sheets_past_review,
    withdraw_sheet,
)
from forms_config.favourites.shelf import Card, Shelf, card, shelf
from forms_config.favourites.travelling import receive_favourite, regional_favourites

__all__ = [
    "POLICY",
    "ROW_LIMIT",
    "Action",
    "Broken",
    "Card",
    "Content",
    "DescriptionForm",
    "FavouriteRefused",
    "Offer",
    "Place",
    "PlaceForm",
    "Scope",
    "Sheet",
    "SheetContent",
    "SheetRefused",
    "Shelf",
    "Taken",
    "TextToRead",
    "TextsToConfirm",
    "admits",
    "broken",
    "card",
    "content_of",
    "decide_favourite",
    "edit_favourite",
    "edition_in",
    "free_texts",
    "kept_rows",
    "look_again",
    "offers",
    "proposals",
    "propose_favourite",
    "receive_favourite",
    "regional_favourites",
    "review_sheet",
    "rows_form",
    "save_favourite",
    "save_sheet",
    "sheet_file",
    "sheets",
    "sheets_of_favourites",
    "sheets_past_review",
    "shelf",
    "shown_rows",
    "take_favourite",
    "texts_to_read",
    "to_mend",
    "withdraw_favourite",
    "withdraw_sheet",
]
