"""The append-only, hash-chained journal: who did what to which subject, and when.

It records facts and proves that none was altered; it decides nothing and holds no answer.
"""
