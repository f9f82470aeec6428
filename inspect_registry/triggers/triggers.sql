-- name: place_of
-- The place that a clue is about.
-- $1 premises' uid
SELECT premises.id, premises.enterprise
FROM premises
JOIN enterprise ON enterprise.id = premises.enterprise
WHERE premises.uid = $1 AND enterprise.state = 'open';

-- name: matters_named
-- Matters of a department that are in force on a day, by their uids or codes.
-- $1 department, $2 uids or codes, $3 day
SELECT matter.id, matter.uid, matter.code
FROM matter
WHERE matter.department = $1
  AND (matter.uid = ANY($2::text[]) OR matter.code = ANY($2::text[]))
  AND matter.published_on <= $3
  AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > $3)
ORDER BY matter.code;

-- name: add_trigger
-- One documented reason.
-- $1 uid, $2 department, $3 enterprise, $4 premises, $5 kind, $6 source number, $7 facts, $8 matters, $9 emergency, $10 origin visit or NULL, $11 rectification's uid or '', $12 received, $13 now
INSERT INTO trigger (uid, department, enterprise, premises, kind, source_number, facts, matters, emergency, origin_visit, rectification, received_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- name: trigger_of_uid
-- One reason, locked: it is settled once.
-- $1 uid
SELECT id FROM trigger WHERE uid = $1 FOR UPDATE;

-- name: triggers
-- Reasons as people read them, newest first.
-- $1 ids
SELECT
  trigger.id, trigger.uid, trigger.department, trigger.enterprise, trigger.premises, trigger.kind, trigger.source_number, trigger.facts,
  trigger.matters, trigger.emergency, trigger.rectification, trigger.state, trigger.received_at, trigger.created_at, trigger.reason,
  enterprise.name AS enterprise_name, premises.uid AS premises_uid, premises.address,
  ARRAY(SELECT matter.code FROM matter WHERE matter.id = ANY(trigger.matters) ORDER BY matter.code) AS matter_codes
FROM trigger
JOIN enterprise ON enterprise.id = trigger.enterprise
JOIN premises ON premises.id = trigger.premises
WHERE trigger.id = ANY($1::bigint[])
ORDER BY trigger.id DESC;

-- name: triggers_in
-- Reasons of a department (or of all) in a state (or in any), newest first.
-- $1 department or NULL, $2 state or NULL, $3 limit
SELECT id
FROM trigger
WHERE ($1::bigint IS NULL OR department = $1)
  AND ($2::text IS NULL OR state = $2)
ORDER BY id DESC
LIMIT $3;

-- name: settle_trigger
-- Approved, rejected or used.
-- $1 id, $2 state, $3 reason, $4 now
UPDATE trigger SET state = $2, reason = $3, decided_at = $4 WHERE id = $1;
