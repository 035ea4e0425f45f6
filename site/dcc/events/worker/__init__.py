"""The worker of a host: a supervisor, the django-q2 cluster that it watches, and the long-running services of the registry.

::

    manage.py worker (supervisor: no database, no task; only watches)
      +- cluster, in its own process group: main, sentinel, pusher (holds the clock), monitor, N workers
      +- one process per ``Service`` of the registry

django-q2 may freeze without a word (a worker killed while it waits takes the queue's lock with it, see ``docs/decisions/0051``),
so the supervisor believes only a beat that went all the way: clock, pusher, worker, monitor. It decides nothing about deliveries.
"""
