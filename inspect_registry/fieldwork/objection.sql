-- name: raise_objection
-- An enterprise objects to a recorded result.
-- $1 uid, $2 inspection, $3 department, $4 enterprise, $5 words, $6 now, $7 mark due, $8 decide due
INSERT INTO objection (uid, inspection, department, enterprise, words, raised_at, mark_due, decide_due)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id;

-- name: lock_objection
-- An objection about to change, if the actor may see it.
-- $1 uid
SELECT id FROM objection WHERE uid = $1 FOR UPDATE;

-- name: objections
-- Objections as people read them, by ids.
-- $1 ids
SELECT
  objection.id, objection.uid, objection.state, objection.words, objection.department, objection.enterprise, objection.raised_at,
  objection.mark_due, objection.decide_due, objection.marked_at, objection.decided_at, objection.decision,
  inspection.uid AS inspection_uid, inspection.opened_by AS recorded_by
FROM objection
JOIN inspection ON inspection.id = objection.inspection
WHERE objection.id = ANY($1::bigint[])
ORDER BY objection.decide_due, objection.id;

-- name: objections_of_visit
-- Every objection to the records of one visit that the actor may see, decided ones too.
-- $1 visit's uid
SELECT objection.id
FROM objection
JOIN inspection ON inspection.id = objection.inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
WHERE visit.uid = $1
ORDER BY objection.id;

-- name: open_objections
-- Objections that wait, the most urgent first; all, one department's or one enterprise's.
-- $1 department or NULL, $2 enterprise or NULL, $3 limit
SELECT id
FROM objection
WHERE state IN ('raised', 'marked')
  AND ($1::bigint IS NULL OR department = $1)
  AND ($2::bigint IS NULL OR enterprise = $2)
ORDER BY decide_due, id
LIMIT $3;

-- name: mark_objection
-- The result is shown as objected to.
-- $1 id, $2 now
UPDATE objection SET state = 'marked', marked_at = $2 WHERE id = $1;

-- name: decide_objection
-- Upheld or rejected, with reasons.
-- $1 id, $2 state, $3 decision, $4 now
UPDATE objection SET state = $2, decision = $3, decided_at = $4, marked_at = coalesce(marked_at, $4) WHERE id = $1;
