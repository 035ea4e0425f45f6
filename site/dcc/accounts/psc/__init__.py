"""Pro Santé Connect: the national sign-in of health professionals (CDC §2.2, R-105, R-108), on mozilla-django-oidc.

It says who somebody is and where she practises; it never gives a right. What she may do stays in the memberships.
"""
