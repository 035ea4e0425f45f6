"""The outbox: events of the core, one delivery per subscriber, claimed with a lease and settled; and the worker that runs it.

The outbox is the record; the task queue is only its clock, and may lose or double what it likes. The room knows no document
and no plugin: it asks the registry who subscribed. It holds no answers and no identity: events carry ids and codes.
"""
