"""Lists of codes as the DSRC changes them in the admin: imports with a report first, comparisons, what a change touches.

The lists themselves, their versions and their search are :mod:`forms_config.terminology`, which knows no form and no favourite.
"""
