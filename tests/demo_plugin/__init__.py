"""A plugin that exercises every extension point of the registry, in three moods: it works, it fails in a known way, it crashes.

It is the example that ``docs/plugin-authors.md`` quotes, what the conformance suites are tried on, and the work of the fault
campaigns (``tests/faults``). It is installed in no real platform.
"""
