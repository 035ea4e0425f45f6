"""Patient data stays where it belongs: in the tables of patients and documents, and on the pages of who may read them."""
