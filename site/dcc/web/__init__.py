"""The clinician's pages. A view parses, authorises, calls a room and shows; it holds no rule."""
