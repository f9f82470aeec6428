-- name: add_inputs
-- Facts that whoever grades may take in from a month on.
-- $1 enterprises, $2 departments, $3 inspections, $4 scales, $5 kinds, $6 from, $7 to, $8 rules, $9 versions of the rules, $10 bases
INSERT INTO grade_input (enterprise, department, inspection, scale, kind, feeds_from, counts_to, rule, rule_from, basis)
SELECT new.enterprise, new.department, new.inspection, new.scale, new.kind, new.feeds_from, new.counts_to, new.rule, new.rule_from, new.basis
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[], $9::date[], $10::text[])
  AS new (enterprise, department, inspection, scale, kind, feeds_from, counts_to, rule, rule_from, basis);

-- name: end_inputs
-- What a record fed in is over; an input ends once.
-- $1 inspections, $2 day, $3 why
UPDATE grade_input
SET ended_on = $2, ended_why = $3
WHERE inspection = ANY ($1::text[])
  AND ended_on IS NULL;

-- name: inputs_of_month
-- Every input that has begun by a month, ended ones too: the pure rule says which of them count.
-- $1 first day of the month, $2 scale or NULL, $3 enterprise or NULL, $4 limit, $5 after this id
SELECT grade_input.id, enterprise.uid AS enterprise_uid, grade_input.enterprise, grade_input.inspection, grade_input.scale, grade_input.kind,
  grade_input.feeds_from, grade_input.counts_to, grade_input.rule, grade_input.rule_from, grade_input.basis, grade_input.ended_on, grade_input.ended_why
FROM grade_input
JOIN enterprise ON enterprise.id = grade_input.enterprise
WHERE grade_input.feeds_from <= $1
  AND ($2::text IS NULL OR grade_input.scale = $2)
  AND ($3::bigint IS NULL OR grade_input.enterprise = $3)
  AND grade_input.id > $5
ORDER BY grade_input.id
LIMIT $4;

-- name: resting_on_ended
-- Enterprises whose class in force in a month was fixed while a record that has ended since still fed it.
-- $1 enterprises, $2 first day of the month, $3 reasons for an end that count
SELECT DISTINCT grade_input.enterprise
FROM grade_input
CROSS JOIN LATERAL (
  SELECT credit_risk.month, coalesce(credit_risk.known_on, credit_risk.month) AS known_on
  FROM credit_risk
  WHERE credit_risk.enterprise = grade_input.enterprise
    AND credit_risk.month <= $2
  ORDER BY credit_risk.month DESC
  LIMIT 1
) AS in_force
WHERE grade_input.enterprise = ANY ($1::bigint[])
  AND grade_input.scale = 'credit_risk'
  AND grade_input.ended_why = ANY ($3::text[])
  AND grade_input.feeds_from <= in_force.month
  AND in_force.known_on <= grade_input.ended_on
ORDER BY grade_input.enterprise;

-- name: keep_records
-- Negative records of closed results. A correction is about the same share: it keeps what was decided, published and repaired, and
-- brings a record that an earlier correction had ended back to life.
-- $1 uids, $2 parts, $3 departments, $4 enterprises, $5 inspections, $6 fields, $7 measures, $8 days, $9 performed or NULL, $10 now
INSERT INTO credit_record (uid, part, department, enterprise, inspection, field, measure, found_on, performed_on, noted_at)
SELECT new.uid, new.part, new.department, new.enterprise, new.inspection, new.field, new.measure, new.found_on, new.performed_on, $10
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[])
  AS new (uid, part, department, enterprise, inspection, field, measure, found_on, performed_on)
ON CONFLICT (part) DO UPDATE
SET inspection = excluded.inspection, field = excluded.field,
  measure = CASE WHEN credit_record.measure_on IS NULL THEN excluded.measure ELSE credit_record.measure END,
  performed_on = CASE WHEN credit_record.measure = excluded.measure OR credit_record.measure_on IS NOT NULL THEN credit_record.performed_on ELSE excluded.performed_on END,
  ended_on = CASE WHEN credit_record.ended_why = 'corrected' THEN NULL ELSE credit_record.ended_on END,
  ended_why = CASE WHEN credit_record.ended_why = 'corrected' THEN NULL ELSE credit_record.ended_why END;

-- name: end_records
-- Results of these shares leave no negative record any more; what was repaired stays repaired.
-- $1 parts, $2 day, $3 why
UPDATE credit_record
SET ended_on = $2, ended_why = $3
WHERE part = ANY ($1::bigint[])
  AND ended_on IS NULL;

-- name: repaired_parts
-- Those of some shares whose record was repaired, and when.
-- $1 parts
SELECT part, ended_on
FROM credit_record
WHERE part = ANY ($1::bigint[])
  AND ended_why = 'repaired'
ORDER BY part;

-- name: performed
-- The duties of a share's record are done.
-- $1 part, $2 day
UPDATE credit_record
SET performed_on = $2
WHERE part = $1
  AND measure = 'order'
  AND performed_on IS NULL;

-- name: mark_records_published
-- Publicity of these records begins: a release shows them for the first time.
-- $1 inspections, $2 day
UPDATE credit_record
SET published_on = $2
WHERE inspection = ANY ($1::text[])
  AND published_on IS NULL;

-- name: record_by_uid
-- The inside identity of a record that the actor may see.
-- $1 uid
SELECT id FROM credit_record WHERE uid = $1;

-- name: lock_record
-- A record about to change, or about to be applied for.
-- $1 id
SELECT id FROM credit_record WHERE id = $1 FOR UPDATE;

-- name: records
-- Records as people read them, by ids.
-- $1 ids
SELECT credit_record.id, credit_record.uid, credit_record.part, credit_record.department, department.name AS department_name,
  credit_record.enterprise, enterprise.uid AS enterprise_uid, enterprise.name AS enterprise_name, enterprise.contact,
  credit_record.inspection, credit_record.field, credit_record.measure, credit_record.simplified, credit_record.measure_document,
  credit_record.measure_on, credit_record.found_on, credit_record.published_on, credit_record.performed_on,
  credit_record.publicity_ended_on, credit_record.ended_on, credit_record.ended_why,
  EXISTS (
    SELECT FROM credit_record AS later
    WHERE later.enterprise = credit_record.enterprise
      AND later.field = credit_record.field
      AND later.id <> credit_record.id
      AND later.measure NOT IN ('order', 'pending')
      AND later.measure_on > coalesce(credit_record.published_on, credit_record.found_on)
      AND later.ended_why IS DISTINCT FROM 'revoked') AS repeated
FROM credit_record
JOIN department ON department.id = credit_record.department
JOIN enterprise ON enterprise.id = credit_record.enterprise
WHERE credit_record.id = ANY ($1::bigint[])
ORDER BY credit_record.found_on DESC, credit_record.id DESC;

-- name: records_of
-- Records of one enterprise, of one department, or of all; newest first.
-- $1 enterprise or NULL, $2 department or NULL, $3 only those not ended, $4 limit
SELECT id
FROM credit_record
WHERE ($1::bigint IS NULL OR enterprise = $1)
  AND ($2::bigint IS NULL OR department = $2)
  AND (NOT $3::boolean OR ended_on IS NULL)
ORDER BY found_on DESC, id DESC
LIMIT $4;

-- name: note_measure
-- What the case ended with.
-- $1 id, $2 measure, $3 simplified, $4 document, $5 day
UPDATE credit_record
SET measure = $2, simplified = $3, measure_document = $4, measure_on = $5
WHERE id = $1;

-- name: note_performance
-- The enterprise has done what it was told to.
-- $1 id, $2 day
UPDATE credit_record SET performed_on = $2 WHERE id = $1;

-- name: public_penalties
-- Records of decided cases that are still public: publicity may have an end of its own.
SELECT id
FROM credit_record
WHERE published_on IS NOT NULL
  AND publicity_ended_on IS NULL
  AND measure NOT IN ('order', 'pending')
ORDER BY id;

-- name: end_publicity
-- These records are public no more.
-- $1 ids, $2 day
UPDATE credit_record SET publicity_ended_on = $2 WHERE id = ANY ($1::bigint[]) AND publicity_ended_on IS NULL;

-- name: repair_record
-- The record is repaired: over for whatever its regime stops.
-- $1 id, $2 day
UPDATE credit_record SET ended_on = $2, ended_why = 'repaired', publicity_ended_on = coalesce(publicity_ended_on, $2) WHERE id = $1;
