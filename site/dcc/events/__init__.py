"""The outbox: events of the core, one delivery per subscriber, claimed with a lease and settled.

The outbox is the record; the task queue is only its clock. It knows no document and no plugin.
"""
