-- name: lock_frozen_head
-- The head of a frozen log; no row when it is not frozen.
SELECT size, epoch, frozen FROM ledger_head WHERE frozen IS NOT NULL FOR UPDATE;

-- name: numbered_hashes
-- Leaf hashes of numbered leaves, in order.
-- $1 first, $2 end (exclusive)
SELECT leaf_hash FROM ledger_entry WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index;

-- name: renumber
-- Gives the number that the published log says to entries that the old backup still has, unnumbered.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 leaf hashes, $2 leaf numbers
UPDATE ledger_entry
SET leaf_index = lost.leaf_index
FROM unnest($1::bytea[], $2::bigint[]) AS lost (leaf_hash, leaf_index)
WHERE ledger_entry.leaf_hash = lost.leaf_hash
  AND ledger_entry.leaf_index IS NULL
RETURNING ledger_entry.leaf_index;

-- name: restore_leaves
-- Brings leaves back that the old backup does not have; their private parts are lost.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 leaves, $2 leaf hashes, $3 actions, $4 subject kinds, $5 subject uids, $6 department codes, $7 times, $8 leaf numbers
INSERT INTO ledger_entry (leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at, leaf_index)
SELECT
  lost.leaf,
  lost.leaf_hash,
  lost.action,
  lost.subject_kind,
  lost.subject_uid,
  department.id,
  lost.appended_at,
  lost.leaf_index
FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[])
  AS lost (leaf, leaf_hash, action, subject_kind, subject_uid, department_code, appended_at, leaf_index)
LEFT JOIN department ON department.code = lost.department_code
RETURNING id;

-- name: mark_lost
-- Says of restored leaves that their private parts are gone, and in which entry that is told.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 entries, $2 the ledger.recovered entry
INSERT INTO ledger_private (entry, erased_in)
SELECT lost.entry, $2::bigint FROM unnest($1::bigint[]) AS lost (entry);

-- name: recovered_tiles
-- Adds tiles, and lets partial ones grow.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 levels, $2 numbers, $3 hashes
INSERT INTO ledger_tile (level, number, hashes)
SELECT level, number, hashes
FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS grown (level, number, hashes)
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes;

-- name: recovered_checkpoint
-- The published checkpoint, as signed and published.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 size, $2 root, $3 note, $4 now
INSERT INTO ledger_checkpoint (size, root, note, made_at, published_at) VALUES ($1, $2, $3, $4, $4);

-- name: thaw
-- Sets the head to the published size and lets writing go on; raises the epoch, so that no sequencer works on.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 size
UPDATE ledger_head SET size = $1, frozen = NULL, epoch = epoch + 1;

-- name: drop_unsigned
-- Forgets sizes that were noted and never signed; no row is touched where a size was signed.
-- unlogged: the ledger's own bookkeeping; the recovery appends an entry.
-- $1 size
DELETE FROM ledger_checkpoint WHERE size > $1 AND note IS NULL;

-- name: scrub_private
-- Rewrites the table of private parts, so that no page keeps what was erased; not inside a transaction.
VACUUM (FULL) ledger_private;

-- name: scrub_checkpoint
-- Writes everything out, so that older write-ahead log can be recycled.
CHECKPOINT;
