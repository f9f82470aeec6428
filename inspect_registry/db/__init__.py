"""PostgreSQL: pool, transactions by actor, named typed queries, idempotency, schema, the embedded server.

The only room, with the sequencer, that touches asyncpg. It decides nothing: rules stay in services, permissions in
access/.
"""

from inspect_registry.db.database import Acting, Database
from inspect_registry.db.sqlfile import Query, SqlFile
from inspect_registry.db.transaction import Tx

__all__ = ["Acting", "Database", "Query", "SqlFile", "Tx"]
