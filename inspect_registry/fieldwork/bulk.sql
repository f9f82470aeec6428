-- name: points_of_parts
-- What the records of many shares must answer, each by the versions in force on its day.
-- $1 parts, $2 days
SELECT
  asked.part, criterion.id AS criterion, criterion.uid, in_force.id AS matter, in_force.code AS matter_code,
  in_force.name AS matter_name, in_force.version AS matter_version, criterion.position, criterion.text, criterion.basis, criterion.important
FROM unnest($1::bigint[], $2::date[]) AS asked (part, day)
JOIN visit_matter ON visit_matter.part = asked.part
JOIN matter AS planned ON planned.id = visit_matter.matter
CROSS JOIN LATERAL (
  SELECT matter.id, matter.code, matter.name, matter.version
  FROM matter
  WHERE matter.region = planned.region
    AND matter.code = planned.code
    AND matter.published_on <= asked.day
    AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > asked.day OR matter.id = planned.id)
  ORDER BY matter.withdrawn_on IS NOT NULL AND matter.withdrawn_on <= asked.day, matter.version DESC
  LIMIT 1
) AS in_force
JOIN criterion ON criterion.matter = in_force.id
ORDER BY asked.part, in_force.code, criterion.position;

-- name: open_records
-- Records of many shares with who was there and how each ended.
-- $1 uids, $2 parts, $3 departments, $4 present as JSON texts, $5 started, $6 ended, $7 signature notes, $8 now, $9 person
INSERT INTO inspection (uid, part, department, present, started_at, ended_at, signature, signature_note, signed_elsewhere, opened_at, opened_by)
SELECT new.uid, new.part, new.department, ARRAY(SELECT jsonb_array_elements_text(new.present::jsonb)::bigint), new.started, new.ended,
  'signed', new.note, true, $8, $9
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
  AS new (uid, part, department, present, started, ended, note)
RETURNING id, uid;

-- name: add_answers
-- Answers of many records.
-- $1 inspections, $2 criteria, $3 values
INSERT INTO answer (inspection, criterion, answer)
SELECT new.inspection, new.criterion, new.answer
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS new (inspection, criterion, answer);

-- name: add_findings
-- Findings of many records.
-- $1 uids, $2 inspections, $3 criteria, $4 positions, $5 texts, $6 clauses, $7 dispositions, $8 demands, $9 due
INSERT INTO finding (uid, inspection, criterion, position, text, clause, disposition, demand, due)
SELECT new.uid, new.inspection, new.criterion, new.position, new.text, new.clause, new.disposition, new.demand, new.due
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[])
  AS new (uid, inspection, criterion, position, text, clause, disposition, demand, due)
RETURNING id, uid;

-- name: close_records
-- Many records are whole.
-- $1 inspections, $2 results, $3 now, $4 publish due, $5 provisional, $6 told
UPDATE inspection
SET state = 'closed', disposition = new.result, result = new.result, closed_at = $3::timestamptz, publish_due = $4, publish_provisional = $5,
  told_at = CASE WHEN $6::boolean THEN $3::timestamptz END
FROM unnest($1::bigint[], $2::text[]) AS new (id, result)
WHERE inspection.id = new.id;

-- name: add_orders
-- Orders to put right of many records.
-- $1 uids, $2 inspections, $3 findings, $4 departments, $5 enterprises, $6 demands, $7 due, $8 provisional, $9 now
INSERT INTO rectification (uid, inspection, finding, department, enterprise, demand, due, provisional, ordered_at)
SELECT new.uid, new.inspection, new.finding, new.department, new.enterprise, new.demand, new.due, $8, $9
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::date[])
  AS new (uid, inspection, finding, department, enterprise, demand, due);
