-- name: offsite_object
-- What is looked at from afar: the place and a matter of the department that may be checked without going there.
-- $1 premises' uid, $2 department, $3 matter's uid or code, $4 day
SELECT premises.id AS premises, premises.enterprise, matter.id AS matter, matter.code AS matter_code, matter.offsite_possible
FROM premises
CROSS JOIN matter
WHERE premises.uid = $1
  AND matter.department = $2
  AND (matter.uid = $3 OR matter.code = $3)
  AND matter.published_on <= $4
  AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > $4);

-- name: find_offsite
-- Something was looked at from afar.
-- $1 uid, $2 department, $3 enterprise, $4 premises, $5 matter, $6 means, $7 observation, $8 problem, $9 now, $10 person
INSERT INTO offsite_check (uid, department, enterprise, premises, matter, means, observation, problem, found_at, found_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id;

-- name: lock_offsite
-- An off-site check about to change, if the actor may see it.
-- $1 uid
SELECT id FROM offsite_check WHERE uid = $1 FOR UPDATE;

-- name: offsite_checks
-- Off-site checks as people read them, by ids.
-- $1 ids
SELECT
  offsite_check.id, offsite_check.uid, offsite_check.department, offsite_check.enterprise, offsite_check.premises, offsite_check.means,
  offsite_check.observation, offsite_check.problem, offsite_check.state, offsite_check.found_at, offsite_check.found_by, offsite_check.sufficient,
  offsite_check.reviewed_at, offsite_check.action, offsite_check.acted_at, matter.code AS matter_code, enterprise.name AS enterprise_name
FROM offsite_check
JOIN matter ON matter.id = offsite_check.matter
JOIN enterprise ON enterprise.id = offsite_check.enterprise
WHERE offsite_check.id = ANY($1::bigint[])
ORDER BY offsite_check.id DESC;

-- name: open_offsite
-- Off-site checks whose loop is not closed, oldest first.
-- $1 department or NULL, $2 limit
SELECT id FROM offsite_check WHERE state <> 'acted' AND ($1::bigint IS NULL OR department = $1) ORDER BY id LIMIT $2;

-- name: review_offsite
-- A second person has looked.
-- $1 id, $2 sufficient, $3 now, $4 person
UPDATE offsite_check SET state = 'reviewed', sufficient = $2, reviewed_at = $3, reviewed_by = $4 WHERE id = $1;

-- name: act_offsite
-- The loop is closed.
-- $1 id, $2 action, $3 now
UPDATE offsite_check SET state = 'acted', action = $2, acted_at = $3 WHERE id = $1;
