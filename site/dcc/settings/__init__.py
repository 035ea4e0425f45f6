"""Settings: ``base`` for what never changes, ``dev``, ``test`` and ``prod`` for what does; values come from the environment."""
