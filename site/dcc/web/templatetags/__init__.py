"""Template tags of the clinician's pages: icons, badges, French dates."""
