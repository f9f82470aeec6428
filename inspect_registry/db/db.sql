-- name: set_actor
-- Who acts in this transaction: row-level security reads these settings; they end with it.
-- $1 role, $2 person, $3 department, $4 enterprise, $5 region
SELECT
  set_config('app.role', $1, true),
  set_config('app.person', $2, true),
  set_config('app.department', $3, true),
  set_config('app.enterprise', $4, true),
  set_config('app.region', $5, true);

-- name: claim_key
-- Takes an idempotency key; no row comes back when it is taken. A second taker waits for the first to end.
-- unlogged: the key is no business fact; the act itself appends.
-- $1 person, $2 key, $3 act, $4 fingerprint, $5 now
INSERT INTO idempotency (person, key, act, fingerprint, created_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
RETURNING key;

-- name: answered
-- What was answered under this key.
-- $1 person, $2 key
SELECT act, fingerprint, outcome, refused FROM idempotency WHERE person = $1 AND key = $2;

-- name: keep_answer
-- Keeps the answer of an act for repeats.
-- unlogged: the act itself appends.
-- $1 person, $2 key, $3 outcome, $4 refused
UPDATE idempotency SET outcome = $3, refused = $4 WHERE person = $1 AND key = $2;

-- name: forget_old_keys
-- Drops answers older than a day or whatever the caller says.
-- unlogged: housekeeping.
-- $1 before
DELETE FROM idempotency WHERE created_at < $1;

-- name: alive
-- Answers when the database does.
SELECT 1 AS alive;
