-- name: order_rectifications
-- Orders to put right, one for each finding that has a date.
-- $1 inspection, $2 uids, $3 findings, $4 department, $5 enterprise, $6 demands, $7 due, $8 provisional, $9 now
INSERT INTO rectification (inspection, uid, finding, department, enterprise, demand, due, provisional, ordered_at)
SELECT $1, new.uid, new.finding, $4, $5, new.demand, new.due, new.provisional, $9
FROM unnest($2::text[], $3::bigint[], $6::text[], $7::date[], $8::boolean[]) AS new (uid, finding, demand, due, provisional);

-- name: ordered_criteria
-- Criteria of a share for which an order already stands, whatever the version of the record.
-- $1 part
SELECT finding.criterion
FROM rectification
JOIN finding ON finding.id = rectification.finding
JOIN inspection ON inspection.id = rectification.inspection
WHERE inspection.part = $1;

-- name: rectification_id
-- The inside identity of an order that the actor may see.
-- $1 uid
SELECT id FROM rectification WHERE uid = $1;

-- name: open_orders
-- How many orders of a share, whatever the version of its record, are not closed.
-- $1 part
SELECT count(*)
FROM rectification
JOIN inspection ON inspection.id = rectification.inspection
WHERE inspection.part = $1
  AND rectification.state <> 'closed';

-- name: lock_rectification
-- An order about to change.
-- $1 id
SELECT state FROM rectification WHERE id = $1 FOR UPDATE;

-- name: rectifications
-- Orders as people read them, by ids.
-- $1 ids
SELECT
  rectification.id, rectification.uid, rectification.state, rectification.department, rectification.enterprise, rectification.demand,
  rectification.due, rectification.provisional, rectification.evidence_text, rectification.ordered_at, rectification.evidence_at,
  rectification.rechecked_at, rectification.recheck_passed, rectification.recheck_note, rectification.closed_at,
  inspection.uid AS inspection_uid, visit.id AS visit, visit.uid AS visit_uid, premises.uid AS premises_uid,
  finding.text AS facts, finding.clause, matter.code AS matter_code, recheck.uid AS recheck_visit_uid
FROM rectification
JOIN inspection ON inspection.id = rectification.inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN premises ON premises.id = visit.premises
JOIN finding ON finding.id = rectification.finding
JOIN criterion ON criterion.id = finding.criterion
JOIN matter ON matter.id = criterion.matter
LEFT JOIN visit AS recheck ON recheck.id = rectification.recheck_visit
WHERE rectification.id = ANY($1::bigint[])
ORDER BY rectification.due, rectification.id;

-- name: rectifications_of_inspection
-- Orders of one version of a record.
-- $1 inspection
SELECT id FROM rectification WHERE inspection = $1 ORDER BY id;

-- name: open_rectifications
-- Orders that wait, the most urgent first; all, one department's or one enterprise's.
-- $1 department or NULL, $2 enterprise or NULL, $3 only those due before this day or NULL, $4 limit
SELECT id
FROM rectification
WHERE state <> 'closed'
  AND ($1::bigint IS NULL OR department = $1)
  AND ($2::bigint IS NULL OR enterprise = $2)
  AND ($3::date IS NULL OR due < $3 AND state IN ('ordered', 'evidence_given'))
ORDER BY due, id
LIMIT $4;

-- name: give_evidence
-- The enterprise says how it was put right.
-- $1 id, $2 state, $3 words, $4 now
UPDATE rectification SET state = $2, evidence_text = $3, evidence_at = $4 WHERE id = $1;

-- name: recheck
-- Somebody looked again; a failed re-check brings a new due date.
-- $1 id, $2 state, $3 passed, $4 note, $5 due, $6 provisional, $7 visit or NULL, $8 now
UPDATE rectification
SET state = $2, recheck_passed = $3, recheck_note = $4, due = $5, provisional = $6, recheck_visit = $7, rechecked_at = $8
WHERE id = $1;

-- name: close_rectification
-- Put right and looked at.
-- $1 id, $2 state, $3 now
UPDATE rectification SET state = $2, closed_at = $3 WHERE id = $1;

-- name: recheck_visit
-- The visit of a re-check trigger that follows this order, if one has begun.
-- $1 order's uid
SELECT visit.id
FROM trigger
JOIN visit ON visit.trigger = trigger.id
WHERE trigger.rectification = $1
  AND visit.state IN ('under_way', 'recorded', 'closed')
ORDER BY visit.id DESC
LIMIT 1;
