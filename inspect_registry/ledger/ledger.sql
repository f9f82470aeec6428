-- name: append
-- Adds entries with their private parts, in the order given. No row comes back, and nothing is added, when the ledger is
-- frozen or when a department's code is not the one in the leaf.
-- $1 leaves, $2 leaf hashes, $3 actions, $4 subject kinds, $5 subject uids, $6 departments, $7 department codes
-- $8 salts, $9 records, $10 enterprises, $11 appended at
WITH drafts AS (
  SELECT *
  FROM unnest(
    $1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bytea[], $9::bytea[],
    $10::bigint[]
  ) WITH ORDINALITY AS draft (
    leaf, leaf_hash, action, subject_kind, subject_uid, department, department_code, salt, record, enterprise, ordinality
  )
),
misnamed AS (
  SELECT drafts.ordinality
  FROM drafts
  LEFT JOIN department ON department.id = drafts.department
  WHERE drafts.department IS NOT NULL
    AND department.code IS DISTINCT FROM drafts.department_code
),
entries AS (
  INSERT INTO ledger_entry (leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at)
  SELECT leaf, leaf_hash, action, subject_kind, subject_uid, department, $11
  FROM drafts
  WHERE NOT EXISTS (SELECT FROM misnamed)
    AND NOT EXISTS (SELECT FROM ledger_head WHERE frozen IS NOT NULL)
  ORDER BY ordinality
  RETURNING id, leaf_hash, department
),
privates AS (
  -- The salt makes every leaf, and so every leaf hash, unique.
  INSERT INTO ledger_private (entry, department, enterprise, salt, record)
  SELECT entries.id, entries.department, drafts.enterprise, drafts.salt, drafts.record
  FROM entries
  JOIN drafts ON drafts.leaf_hash = entries.leaf_hash
)
SELECT drafts.ordinality, entries.id
FROM entries
JOIN drafts ON drafts.leaf_hash = entries.leaf_hash
ORDER BY drafts.ordinality;

-- name: department_codes
-- The public code of every department.
SELECT id, code FROM department;

-- name: head
-- How long the log is, and whether it has stopped.
SELECT size, epoch, frozen FROM ledger_head;

-- name: entry
-- One entry.
-- $1 entry
SELECT id, leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at, leaf_index
FROM ledger_entry
WHERE id = $1;

-- name: entry_at
-- The entry of a leaf number.
-- $1 leaf number
SELECT id, leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at, leaf_index
FROM ledger_entry
WHERE leaf_index = $1;

-- name: entries_of
-- What happened to one subject, oldest first; the first 200 acts.
-- $1 kind, $2 uid
SELECT id, leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at, leaf_index
FROM ledger_entry
WHERE subject_kind = $1
  AND subject_uid = $2
ORDER BY id
LIMIT 200;

-- name: private_of
-- The private part of an entry, where row-level security lets the actor see it.
-- $1 entry
SELECT entry, salt, record, erased_in FROM ledger_private WHERE entry = $1;

-- name: public_number
-- The leaf number of an entry that a published checkpoint covers.
-- $1 entry
SELECT leaf_index
FROM ledger_entry
WHERE id = $1
  AND leaf_index < (SELECT max(size) FROM ledger_checkpoint WHERE published_at IS NOT NULL);

-- name: erase_private
-- Destroys salt and record of these entries under the entry that says so.
-- $1 entries, $2 the entry.erased entry
UPDATE ledger_private
SET salt = NULL, record = NULL, erased_in = $2
WHERE entry = ANY ($1::bigint[])
  AND erased_in IS NULL;

-- name: status
-- How the log is doing.
SELECT
  head.size,
  coalesce((SELECT max(size) FROM ledger_checkpoint WHERE published_at IS NOT NULL), 0) AS published_size,
  coalesce((SELECT max(size) FROM ledger_checkpoint WHERE witnessed_at IS NOT NULL), 0) AS witnessed_size,
  (SELECT count(*) FROM ledger_entry WHERE leaf_index IS NULL) AS pending,
  (SELECT min(appended_at) FROM ledger_entry WHERE leaf_index IS NULL) AS oldest_pending_at,
  (
    SELECT published_at FROM ledger_checkpoint WHERE published_at IS NOT NULL ORDER BY size DESC LIMIT 1
  ) AS last_published_at,
  head.frozen
FROM ledger_head AS head;

-- name: act_about
-- The newest act of these kinds about one subject.
-- $1 kind, $2 uid, $3 actions
SELECT id, leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at, leaf_index
FROM ledger_entry
WHERE subject_kind = $1
  AND subject_uid = $2
  AND action = ANY ($3::text[])
ORDER BY id DESC
LIMIT 1;

-- name: numbers_of
-- The number of the newest published act of these kinds about each of many subjects.
-- $1 kind, $2 uids, $3 actions
SELECT subject_uid AS uid, max(leaf_index) AS number
FROM ledger_entry
WHERE subject_kind = $1
  AND subject_uid = ANY ($2::text[])
  AND action = ANY ($3::text[])
  AND leaf_index < (SELECT max(size) FROM ledger_checkpoint WHERE published_at IS NOT NULL)
GROUP BY subject_uid;

-- name: receipts_of_enterprise
-- Acts whose receipts an enterprise may fetch, newest first, below an entry.
-- $1 enterprise, $2 below this entry, $3 how many
SELECT entry.id, entry.leaf, entry.leaf_index
FROM ledger_private AS private
JOIN ledger_entry AS entry ON entry.id = private.entry
WHERE private.enterprise = $1
  AND private.entry < $2
  AND private.salt IS NOT NULL
ORDER BY private.entry DESC
LIMIT $3;

-- name: receipts_of_department
-- Acts whose receipts a department may fetch: codes issued and checks closed, newest first, below an entry.
-- $1 department, $2 below this entry, $3 how many
SELECT entry.id, entry.leaf, entry.leaf_index
FROM ledger_entry AS entry
JOIN ledger_private AS private ON private.entry = entry.id
WHERE entry.department = $1
  AND entry.id < $2
  AND entry.action IN ('code.issued', 'inspection.closed', 'inspection.corrected')
  AND private.salt IS NOT NULL
ORDER BY entry.id DESC
LIMIT $3;

-- name: witnessed_note
-- The newest checkpoint that enough witnesses have signed.
SELECT note FROM ledger_checkpoint WHERE witnessed_at IS NOT NULL ORDER BY size DESC LIMIT 1;
