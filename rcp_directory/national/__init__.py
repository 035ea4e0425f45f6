"""The national list of RCP: read from a file, compared with the directory, shown, and only then applied, whole or not at all.

A list closes and opens RCP, changes what it tells of them and follows those that get another identifier. It never deletes one,
and never touches what only the region knows: members, sessions, local identifiers, words for the search.
"""
