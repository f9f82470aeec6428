-- name: add_repair
-- One application for the repair of one record.
-- $1 uid, $2 record, $3 department, $4 enterprise, $5 papers as JSON text, $6 commitment, $7 day, $8 now, $9 person, $10 on behalf, $11 due, $12 provisional
INSERT INTO credit_repair (uid, record, department, enterprise, papers, commitment, applied_on, applied_at, applied_by, on_behalf, decide_due, provisional)
VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7, $8, $9, $10, $11, $12)
RETURNING id;

-- name: repair_by_uid
-- The inside identity of an application that the actor may see, held until the act ends.
-- $1 uid
SELECT id FROM credit_repair WHERE uid = $1;

-- name: lock_repair
-- An application about to change.
-- $1 id
SELECT state FROM credit_repair WHERE id = $1 FOR UPDATE;

-- name: repairs
-- Applications as people read them, by ids.
-- $1 ids
SELECT credit_repair.id, credit_repair.uid, credit_repair.record, credit_record.uid AS record_uid, credit_repair.department,
  credit_repair.enterprise, credit_repair.state, credit_repair.papers, credit_repair.commitment, credit_repair.applied_on,
  credit_repair.applied_by, credit_repair.on_behalf, credit_repair.decide_due, credit_repair.provisional, credit_repair.judged_on,
  credit_repair.decided_on, credit_repair.decision, credit_repair.unmet, credit_repair.share_due, credit_repair.shared_on
FROM credit_repair
JOIN credit_record ON credit_record.id = credit_repair.record
WHERE credit_repair.id = ANY ($1::bigint[])
ORDER BY credit_repair.decide_due, credit_repair.id;

-- name: waiting_repairs
-- Applications that wait for a decision or, decided, for publication to stop; the most urgent first.
-- $1 department or NULL, $2 enterprise or NULL, $3 limit
SELECT id
FROM credit_repair
WHERE (state = 'applied' OR state = 'granted' AND shared_on IS NULL)
  AND ($1::bigint IS NULL OR department = $1)
  AND ($2::bigint IS NULL OR enterprise = $2)
ORDER BY coalesce(share_due, decide_due), id
LIMIT $3;

-- name: repairs_of_records
-- Every application for some records, oldest first.
-- $1 records
SELECT id FROM credit_repair WHERE record = ANY ($1::bigint[]) ORDER BY id;

-- name: decide_repair
-- Granted or refused, by another person, with reasons.
-- $1 id, $2 state, $3 now, $4 day, $5 person, $6 decision, $7 unmet, $8 day whose regime judged, $9 share due or NULL, $10 provisional
UPDATE credit_repair
SET state = $2, decided_at = $3, decided_on = $4, decided_by = $5, decision = $6, unmet = $7, judged_on = $8, share_due = $9,
  provisional = provisional OR $10
WHERE id = $1;

-- name: withdraw_repair
-- The applicant takes an open application back.
-- $1 id, $2 now
UPDATE credit_repair SET state = 'withdrawn', withdrawn_at = $2 WHERE id = $1;

-- name: unshared_repairs
-- Granted applications whose record the next release drops.
SELECT id FROM credit_repair WHERE state = 'granted' AND shared_on IS NULL ORDER BY id;

-- name: mark_shared
-- Publication has stopped and the result is there for others to fetch.
-- $1 ids, $2 day
UPDATE credit_repair SET shared_on = $2 WHERE id = ANY ($1::bigint[]) AND shared_on IS NULL;
