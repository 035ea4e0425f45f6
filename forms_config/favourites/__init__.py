"""Favourites bank: rows kept ready for a repeated group by a person, a team or the region (R-092...R-094).

Holds no patient data and knows no document: what is kept are coded rows somebody chose, and texts somebody confirmed.
"""
