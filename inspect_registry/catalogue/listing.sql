-- name: listings
-- Every version of every entry of one list or of all, newest entry first and its newest version first.
-- $1 list or NULL
SELECT uid, kind, subject, version, title, content, basis, reason, sample, valid_from, valid_to, review_on, ended_reason
FROM listing
WHERE ($1::text IS NULL OR kind = $1)
ORDER BY kind, min(id) OVER (PARTITION BY kind, subject) DESC, version DESC;

-- name: listing_newest
-- The newest version of one entry, held.
-- $1 list, $2 subject
SELECT uid, kind, subject, version, title, content, basis, reason, sample, valid_from, valid_to, review_on, ended_reason
FROM listing
WHERE kind = $1
  AND subject = $2
ORDER BY version DESC
LIMIT 1
FOR UPDATE;

-- name: listing_by_uid
-- One version of one entry.
-- $1 uid
SELECT uid, kind, subject, version, title, content, basis, reason, sample, valid_from, valid_to, review_on, ended_reason
FROM listing
WHERE uid = $1;

-- name: add_listing
-- Adds one version of one entry.
-- $1 uid, $2 list, $3 subject, $4 version, $5 title, $6 content, $7 basis, $8 reason, $9 sample, $10 valid from,
-- $11 valid to, $12 review on, $13 now
INSERT INTO listing (uid, kind, subject, version, title, content, basis, reason, sample, valid_from, valid_to, review_on, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: due_untold
-- The entries whose day of review has come and whose keeper was not told yet, the longest overdue first.
-- $1 today
SELECT uid, kind, subject, version, title, content, basis, reason, sample, valid_from, valid_to, review_on, ended_reason
FROM listing
WHERE review_on <= $1
  AND valid_to IS NULL
  AND review_told_at IS NULL
ORDER BY review_on, kind, subject
FOR UPDATE;

-- name: mark_told
-- Notes that the keeper was told.
-- $1 uids, $2 now
UPDATE listing
SET review_told_at = $2
WHERE uid = ANY ($1::text[]);

-- name: end_listing
-- Ends one version on a day; its own last day, where it has one, is only brought forward.
-- $1 uid, $2 last day, $3 reason, empty where the next version begins
UPDATE listing
SET valid_to = $2,
    ended_reason = $3
WHERE uid = $1
  AND (valid_to IS NULL OR valid_to > $2);
