"""Fault campaigns: the real worker in processes of its own, killed in every way, on SQLite and on PostgreSQL.

The work is a parameter (:class:`tests.faults.workloads.Workload`). A few kills are part of every test run, the full campaign of
« make prove ».
"""
