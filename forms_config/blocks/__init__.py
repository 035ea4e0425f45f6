"""Shared blocks: titled sets of questions kept once and shown by several forms.

A form names the version of a block that it shows, and follows a newer one only when its editor asks. No form is published here.
"""
