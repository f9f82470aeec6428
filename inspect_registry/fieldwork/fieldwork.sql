-- name: points_of_part
-- What a record must answer: the criteria of that version of each matter of the share that was in force on the day.
-- $1 part, $2 day
SELECT
  criterion.id AS criterion, criterion.uid, in_force.id AS matter, in_force.code AS matter_code, in_force.name AS matter_name,
  in_force.version AS matter_version, criterion.position, criterion.text, criterion.basis, criterion.important
FROM visit_matter
JOIN matter AS planned ON planned.id = visit_matter.matter
CROSS JOIN LATERAL (
  SELECT matter.id, matter.code, matter.name, matter.version
  FROM matter
  WHERE matter.region = planned.region
    AND matter.code = planned.code
    AND matter.published_on <= $2
    AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > $2 OR matter.id = planned.id)
  ORDER BY matter.withdrawn_on IS NOT NULL AND matter.withdrawn_on <= $2, matter.version DESC
  LIMIT 1
) AS in_force
JOIN criterion ON criterion.matter = in_force.id
WHERE visit_matter.part = $1
ORDER BY in_force.code, criterion.position;

-- name: criteria_known
-- Criteria by their uids, and whether they belong to some version of a matter of the share.
-- $1 part, $2 uids
SELECT criterion.id, criterion.uid,
  EXISTS (
    SELECT FROM visit_matter
    JOIN matter AS planned ON planned.id = visit_matter.matter
    WHERE visit_matter.part = $1 AND planned.region = matter.region AND planned.code = matter.code) AS of_this_share
FROM criterion
JOIN matter ON matter.id = criterion.matter
WHERE criterion.uid = ANY($2::text[]);

-- name: inspection_id
-- The inside identity of a record that the actor may see.
-- $1 uid
SELECT id FROM inspection WHERE uid = $1;

-- name: inspection_of_part
-- The newest version of a share's record.
-- $1 part
SELECT id FROM inspection WHERE part = $1 ORDER BY version DESC LIMIT 1;

-- name: closed_records
-- The closed version of each share's record of a visit that the actor may see, by department.
-- $1 visit's uid
SELECT inspection.id
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
WHERE visit.uid = $1
  AND inspection.state = 'closed'
ORDER BY inspection.department;

-- name: inspection
-- One version of a record with its visit.
-- $1 id
SELECT
  inspection.id, inspection.uid, inspection.part, inspection.department, inspection.version, inspection.state,
  inspection.present, inspection.assistants, inspection.late_reason, inspection.started_at, inspection.ended_at,
  inspection.signature, inspection.signature_note, inspection.result, inspection.notes, inspection.opened_at,
  inspection.opened_by, inspection.closed_at, inspection.told_at, inspection.publish_due, inspection.publish_provisional,
  inspection.published_at, inspection.revoked_at, inspection.revoke_reason, inspection.withdraw_due,
  inspection.correction_reason, inspection.second_person,
  visit.id AS visit, visit.uid AS visit_uid, visit.day, visit.enterprise, visit.premises, NOT visit_part.counted AS exempt,
  department.name AS department_name, enterprise.uid AS enterprise_uid, enterprise.name AS enterprise_name, premises.address
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
WHERE inspection.id = $1;

-- name: lock_inspection
-- A record about to change: what is judged is what is changed.
-- $1 uid
SELECT id FROM inspection WHERE uid = $1 FOR UPDATE;

-- name: open_inspection
-- A new record, or a new version of one.
-- $1 uid, $2 part, $3 department, $4 version, $5 late reason, $6 now, $7 person, $8 correction reason
INSERT INTO inspection (uid, part, department, version, late_reason, opened_at, opened_by, correction_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id;

-- name: answers_of
-- What was answered so far.
-- $1 inspection
SELECT criterion, answer AS value, reason FROM answer WHERE inspection = $1 ORDER BY criterion;

-- name: save_answers
-- Answers given or changed while the record is open.
-- $1 inspection, $2 criteria, $3 values, $4 reasons
INSERT INTO answer (inspection, criterion, answer, reason)
SELECT $1, new.criterion, new.answer, new.reason
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS new (criterion, answer, reason)
ON CONFLICT (inspection, criterion) DO UPDATE SET answer = excluded.answer, reason = excluded.reason
WHERE (answer.answer, answer.reason) IS DISTINCT FROM (excluded.answer, excluded.reason);

-- name: findings_of
-- Problems found so far, in their order.
-- $1 inspection
SELECT id, uid, criterion, position, text, clause, disposition, demand, due, leniency, third_party_opinion, own_observation, leniency_declined
FROM finding
WHERE inspection = $1
ORDER BY position;

-- name: clear_findings
-- The findings of an open record are about to be written anew.
-- $1 inspection
DELETE FROM finding WHERE inspection = $1;

-- name: save_findings
-- Findings of an open record.
-- $1 inspection, $2 uids, $3 criteria, $4 texts, $5 clauses, $6 dispositions, $7 demands, $8 due, $9 leniency as JSON texts or NULL, $10 third party, $11 own observation, $12 why not lenient
INSERT INTO finding (inspection, uid, criterion, position, text, clause, disposition, demand, due, leniency, third_party_opinion, own_observation, leniency_declined)
SELECT $1, new.uid, new.criterion, new.position, new.text, new.clause, new.disposition, new.demand, new.due, new.leniency::jsonb, new.third_party, new.own, new.declined
FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::text[], $10::boolean[], $11::text[], $12::text[])
  WITH ORDINALITY AS new (uid, criterion, text, clause, disposition, demand, due, leniency, third_party, own, declined, position);

-- name: save_door
-- Who was there and how it ended, on the open record.
-- $1 inspection, $2 present, $3 assistants, $4 started, $5 ended, $6 signature, $7 signature note, $8 notes
UPDATE inspection
SET present = $2, assistants = $3, started_at = $4, ended_at = $5, signature = $6, signature_note = $7, notes = $8
WHERE id = $1;

-- name: close_inspection
-- The record is whole: from now on only a new version can say otherwise.
-- $1 inspection, $2 result, $3 now, $4 publish due, $5 provisional, $6 second person or NULL
UPDATE inspection
SET state = 'closed', disposition = $2, result = $2, closed_at = $3, publish_due = $4, publish_provisional = $5, second_person = $6
WHERE id = $1;

-- name: supersede
-- A closed version gives way to its correction; what it said stays.
-- $1 inspection
UPDATE inspection SET state = 'corrected' WHERE id = $1;

-- name: versions_of_part
-- Every version of a share's record, oldest first.
-- $1 part
SELECT id, uid, version, state, correction_reason, opened_at, closed_at, result FROM inspection WHERE part = $1 ORDER BY version;

-- name: open_shares
-- How many live shares of the visit have no closed record yet.
-- $1 visit
SELECT count(*)
FROM visit_part
WHERE visit_part.visit = $1
  AND visit_part.state = 'confirmed'
  AND NOT EXISTS (SELECT FROM inspection WHERE inspection.part = visit_part.id AND inspection.state IN ('closed', 'corrected'));

-- name: loose_ends
-- What still stands between a recorded visit and its end: results not told, orders not closed, corrections under way.
-- $1 visit
SELECT
  (SELECT count(*) FROM inspection
   JOIN visit_part ON visit_part.id = inspection.part
   WHERE visit_part.visit = $1 AND (inspection.state = 'open' OR inspection.state = 'closed' AND inspection.told_at IS NULL))
  + (SELECT count(*) FROM rectification
     JOIN inspection ON inspection.id = rectification.inspection
     JOIN visit_part ON visit_part.id = inspection.part
     WHERE visit_part.visit = $1 AND rectification.state <> 'closed');

-- name: arrived
-- Whether the arrival was confirmed.
-- $1 visit
SELECT EXISTS (SELECT FROM arrival WHERE arrival.visit = $1);

-- name: people_present
-- Inspectors by their uids, with certificate and state.
-- $1 uids
SELECT id, uid, name, department, valid_from, valid_to, state FROM inspector WHERE uid = ANY($1::text[]) ORDER BY id;

-- name: people_by_id
-- Inspectors by their ids.
-- $1 ids
SELECT id, uid, name, department, valid_from, valid_to, state FROM inspector WHERE id = ANY($1::bigint[]) ORDER BY id;

-- name: tell_result
-- The result is told to the enterprise in writing.
-- $1 inspection, $2 now
UPDATE inspection SET told_at = $2 WHERE id = $1 AND told_at IS NULL;

-- name: mark_published
-- A release names these records.
-- $1 ids, $2 now
UPDATE inspection SET published_at = $2 WHERE id = ANY($1::bigint[]) AND published_at IS NULL;

-- name: revoke
-- The result no longer holds; publication takes it down within the period.
-- $1 inspection, $2 now, $3 reason, $4 withdraw due
UPDATE inspection SET revoked_at = $2, revoke_reason = $3, withdraw_due = $4 WHERE id = $1 AND revoked_at IS NULL;

-- name: late_results
-- Closed records past a deadline: not told on their day, or not published in time.
-- $1 department or NULL, $2 today, $3 limit
SELECT inspection.uid, department.short_name AS department, visit.uid AS visit, inspection.closed_at, inspection.told_at, inspection.publish_due,
  inspection.told_at IS NULL AS untold, inspection.published_at IS NULL AND inspection.publish_due < $2 AS unpublished
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
WHERE inspection.state = 'closed'
  AND ($1::bigint IS NULL OR inspection.department = $1)
  AND inspection.revoked_at IS NULL
  AND (inspection.told_at IS NULL AND (inspection.closed_at AT TIME ZONE 'Asia/Shanghai')::date < $2
       OR inspection.published_at IS NULL AND inspection.publish_due < $2)
ORDER BY inspection.publish_due, inspection.id
LIMIT $3;
