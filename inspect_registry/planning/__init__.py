"""The merge planner (综合一次查): overlapping checks become visits.

Pure: no database, no HTTP, no clock, no global randomness. `solve.py` is the entry, `rules.py` the law.
"""
