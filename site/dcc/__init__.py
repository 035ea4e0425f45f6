"""OncoDCC: the platform of a regional « Dossier Communicant de Cancérologie ».

Each sub-package is a room with one door, ``api.py``; what stands behind the door is private to the room.
What a plugin may rely on is in :mod:`dcc.contracts` and nowhere else.
"""
