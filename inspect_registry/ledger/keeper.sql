-- name: make_memory
-- SQLite: one row for each log, with the last tree that was signed.
CREATE TABLE head (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL);

-- name: begin_log
-- SQLite: a log that has no leaves yet.
-- unlogged: a keeper's own memory, not the registry's database.
INSERT INTO head VALUES (?, 0, ?);

-- name: last_tree
-- SQLite: the last tree of a log.
SELECT size, root FROM head WHERE origin = ?;

-- name: remember_tree
-- SQLite: the last tree from now on.
-- unlogged: a keeper's own memory, not the registry's database.
UPDATE head SET size = ?, root = ? WHERE origin = ?;
