"""Background work in PostgreSQL: jobs that a worker takes, and notices that must leave the house.

Both are rows written in the act's own transaction, so that nothing is started, or said, that was rolled back; and
nothing committed is forgotten: a worker that died leaves its job to the next one after a lease.
"""
