"""Fault campaign of transmissions: the real worker sends real documents to a real server, and everything fails in turn.

Between the worker and Postfix stands :class:`tests.faults.mss.front.Front`, which fails as it is told and keeps a log; within the
worker :mod:`tests.faults.mss.apps` kills the process at a named step. What arrived is counted in the boxes.
"""
