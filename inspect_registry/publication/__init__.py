"""Publication: what the public may see, as static pages and open data, released as one immutable set at a time.

The way is one way: rows of the database → disclosure.py (what may be seen) → Snapshot → renderers → staging folder →
release. A renderer gets a Snapshot and nothing else, so what is not in the Snapshot cannot leak.
"""
