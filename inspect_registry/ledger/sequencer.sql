-- name: try_to_lead
-- Takes the lock of the one sequencer for as long as this connection lives; false when another has it.
SELECT pg_try_advisory_lock(310114, 2);

-- name: take_over
-- Raises the epoch, so that the sequencer before fails at its next batch.
-- unlogged: the ledger's own bookkeeping.
UPDATE ledger_head SET epoch = epoch + 1 RETURNING size, epoch, frozen;

-- name: sequencer_head
-- How long the log is, and whether it has stopped.
SELECT size, epoch, frozen FROM ledger_head;

-- name: lock_head
-- The head, if this sequencer still leads; locked, so that two batches never interleave.
-- $1 epoch
SELECT size, epoch, frozen FROM ledger_head WHERE epoch = $1 FOR UPDATE;

-- name: pending
-- The oldest entries without a number. What is not committed yet gets a later number; that is all that its order means.
-- $1 how many
SELECT id, leaf_hash FROM ledger_entry WHERE leaf_index IS NULL ORDER BY id LIMIT $1;

-- name: number_entries
-- Gives leaf numbers.
-- unlogged: the ledger's own bookkeeping.
-- $1 entries, $2 leaf numbers
UPDATE ledger_entry
SET leaf_index = numbered.leaf_index
FROM unnest($1::bigint[], $2::bigint[]) AS numbered (id, leaf_index)
WHERE ledger_entry.id = numbered.id;

-- name: tiles
-- Tiles by their places; those that are not there are left out.
-- $1 levels, $2 numbers
SELECT tile.level, tile.number, tile.hashes
FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, number)
JOIN ledger_tile AS tile ON tile.level = wanted.level AND tile.number = wanted.number;

-- name: put_tiles
-- Adds tiles, and lets partial ones grow.
-- unlogged: the ledger's own bookkeeping.
-- $1 levels, $2 numbers, $3 hashes
INSERT INTO ledger_tile (level, number, hashes)
SELECT level, number, hashes
FROM unnest($1::smallint[], $2::bigint[], $3::bytea[]) AS grown (level, number, hashes)
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes;

-- name: add_checkpoint
-- Notes the size and root that are to be signed.
-- unlogged: the ledger's own bookkeeping.
-- $1 size, $2 root, $3 now
INSERT INTO ledger_checkpoint (size, root, made_at) VALUES ($1, $2, $3);

-- name: lengthen
-- Moves the head; no row is touched when another sequencer has moved it.
-- unlogged: the ledger's own bookkeeping.
-- $1 epoch, $2 old size, $3 new size
UPDATE ledger_head SET size = $3 WHERE epoch = $1 AND size = $2;

-- name: latest_checkpoint
-- The newest size, signed or not.
SELECT size, root, note, made_at, witnessed_at, published_at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1;

-- name: signed_before
-- The newest signed checkpoint below a size.
-- $1 size
SELECT size, root, note, made_at, witnessed_at, published_at
FROM ledger_checkpoint
WHERE note IS NOT NULL
  AND size < $1
ORDER BY size DESC
LIMIT 1;

-- name: published_before
-- The newest published checkpoints below a size, newest first.
-- $1 size, $2 how many
SELECT size, root, note, made_at, witnessed_at, published_at
FROM ledger_checkpoint
WHERE published_at IS NOT NULL
  AND size < $1
ORDER BY size DESC
LIMIT $2;

-- name: leaves
-- Leaves by number, in order.
-- $1 first, $2 end (exclusive)
SELECT leaf_index, leaf FROM ledger_entry WHERE leaf_index >= $1 AND leaf_index < $2 ORDER BY leaf_index;

-- name: keep_note
-- Keeps the signed note with the cosignatures so far.
-- unlogged: the ledger's own bookkeeping.
-- $1 size, $2 note, $3 when the quorum was complete
UPDATE ledger_checkpoint SET note = $2, witnessed_at = $3 WHERE size = $1;

-- name: mark_published
-- Says that the files of this size are in place.
-- unlogged: the ledger's own bookkeeping.
-- $1 size, $2 now
UPDATE ledger_checkpoint SET published_at = coalesce(published_at, $2) WHERE size = $1;

-- name: freeze
-- Stops all appending and says why; the first reason stays.
-- unlogged: the ledger's own bookkeeping.
-- $1 reason
UPDATE ledger_head SET frozen = coalesce(frozen, $1);

-- name: counted
-- How many leaves have numbers, and the highest number.
SELECT count(leaf_index) AS count, coalesce(max(leaf_index), -1) AS highest FROM ledger_entry;
