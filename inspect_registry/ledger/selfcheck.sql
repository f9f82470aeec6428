-- name: leaves_with_records
-- Numbered leaves with their private parts, in order.
-- $1 first, $2 end (exclusive)
SELECT
  entry.leaf_index,
  entry.leaf,
  entry.action,
  entry.subject_kind,
  entry.subject_uid,
  private.salt,
  private.record,
  private.erased_in,
  private.entry IS NOT NULL AS has_private
FROM ledger_entry AS entry
LEFT JOIN ledger_private AS private ON private.entry = entry.id
WHERE entry.leaf_index >= $1
  AND entry.leaf_index < $2
ORDER BY entry.leaf_index;

-- name: checked_erasures
-- Each entry in whose name private parts are gone, numbered or not yet, and how many those are.
SELECT eraser.leaf, count(*) AS gone
FROM ledger_private AS private
JOIN ledger_entry AS eraser ON eraser.id = private.erased_in
GROUP BY eraser.id, eraser.leaf;

-- name: checked_tile
-- One tile.
-- $1 level, $2 number
SELECT level, number, hashes FROM ledger_tile WHERE level = $1 AND number = $2;

-- name: checked_head
-- How long the log says it is, how many leaves have numbers, and the highest number.
SELECT
  head.size,
  (SELECT count(leaf_index) FROM ledger_entry) AS numbered,
  (SELECT coalesce(max(leaf_index), -1) FROM ledger_entry) AS highest
FROM ledger_head AS head;

-- name: checked_checkpoints
-- Every size that was to be signed, with its root.
SELECT size, root, note, made_at, witnessed_at, published_at FROM ledger_checkpoint ORDER BY size;
