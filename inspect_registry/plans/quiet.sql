-- name: quiet_entries
-- The quiet lists, newest first.
SELECT quiet.uid, quiet.enterprise, quiet.matter_code, quiet.reason, quiet.valid_from, quiet.valid_to, quiet.review_on,
       quiet.ended_reason
FROM quiet
ORDER BY quiet.id DESC;

-- name: quiet_by_uid
-- One entry, locked.
-- $1 uid
SELECT uid, enterprise, matter_code, reason, valid_from, valid_to, review_on, ended_reason
FROM quiet
WHERE uid = $1
FOR UPDATE;

-- name: quiet_in_force
-- What is quiet on some day of a span.
-- $1 first day, $2 last day
SELECT uid, enterprise, matter_code, reason, valid_from, valid_to, review_on, ended_reason
FROM quiet
WHERE valid_from <= $2
  AND (valid_to IS NULL OR valid_to >= $1);

-- name: add_quiet
-- Puts one enterprise or matter on the list.
-- $1 uid, $2 enterprise, $3 matter code, $4 reason, $5 valid from, $6 review on, $7 at
INSERT INTO quiet (uid, enterprise, matter_code, reason, valid_from, review_on, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: end_quiet
-- Takes one off the list, with the reason.
-- $1 uid, $2 last day, $3 reason
UPDATE quiet
SET valid_to = $2,
    ended_reason = $3
WHERE uid = $1
  AND valid_to IS NULL;
