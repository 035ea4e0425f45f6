"""Demonstration: data made of official test identities, and one command that prepares and runs the platform on one machine.

Stand-ins of the national services join it with the plugins that talk to them; they live outside the process boundary. Nothing
here is installed in production.
"""
