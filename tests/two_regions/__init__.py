"""Two regions on one machine: two instances of the platform, two databases, and a real mail server between them (issue 7).

``make demo-two-regions`` runs them (:mod:`tests.two_regions.run`); the story is told in ``tests/journeys/test_two_regions.py``.
It lives with the tests because the servers are theirs (:mod:`tests.mailservers`). See decision 0316.
"""
