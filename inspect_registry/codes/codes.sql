-- Statements of the codes room. Reads of visits, catalogue, enterprises and inspectors are joins downwards; writes stay in this room's tables.

-- name: subjects_of_visits
-- What codes for these visits would bind: the visit, its enterprise and premises, its plan numbers or trigger.
-- $1 visits (ids)
SELECT
  visit.id AS visit,
  visit.uid AS visit_uid,
  visit.state,
  visit.emergency,
  visit.exempt,
  visit.announced,
  visit.day,
  visit.lead,
  visit.enterprise,
  enterprise.uid AS enterprise_uid,
  enterprise.name AS enterprise_name,
  enterprise.natural_name,
  coalesce(enterprise.uscc, enterprise.reg_no) AS identifier,
  visit.premises,
  premises.uid AS premises_uid,
  premises.address,
  coalesce(trigger.uid, '') AS trigger_uid,
  coalesce(trigger.kind, '') AS trigger_kind,
  (
    SELECT coalesce(array_agg(DISTINCT monthly_plan.number), '{}')
    FROM visit_part
    JOIN monthly_plan ON monthly_plan.department = visit_part.department AND monthly_plan.month = visit.month
    WHERE visit_part.visit = visit.id
      AND visit_part.state = 'confirmed'
      AND monthly_plan.number IS NOT NULL
  ) AS plan_numbers,
  ARRAY(
    SELECT CASE listing.kind WHEN 'quiet_matter' THEN listing.subject ELSE '' END
    FROM listing
    WHERE listing.valid_from <= visit.day
      AND (listing.valid_to IS NULL OR listing.valid_to >= visit.day)
      AND (
        (listing.kind = 'quiet_enterprise' AND listing.subject = enterprise.uid)
        OR listing.kind = 'quiet_matter' AND listing.subject IN (
          SELECT matter.code
          FROM visit_part
          JOIN visit_matter ON visit_matter.part = visit_part.id
          JOIN matter ON matter.id = visit_matter.matter
          WHERE visit_part.visit = visit.id
            AND visit_part.state = 'confirmed'
        )
      )
    ORDER BY 1
  ) AS quiet
FROM visit
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
LEFT JOIN trigger ON trigger.id = visit.trigger
WHERE visit.id = ANY ($1::bigint[])
ORDER BY visit.id;

-- name: parts_of_visits
-- The departments that take part in these visits, each with its count of the year after this visit's approval.
-- $1 visits (ids)
SELECT
  visit_part.visit,
  visit_part.id AS part,
  visit_part.department,
  department.code AS department_code,
  department.name AS department_name,
  visit_part.counted,
  visit_part.approved_at IS NOT NULL AS approved,
  coalesce(quota.used, 0) AS used,
  coalesce(quota.cap, 0) AS cap
FROM visit_part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = visit_part.department
LEFT JOIN quota
  ON quota.enterprise = visit.enterprise
  AND quota.department = visit_part.department
  AND quota.year = extract(year FROM visit.day)
WHERE visit_part.visit = ANY ($1::bigint[])
  AND visit_part.state = 'confirmed'
ORDER BY visit_part.visit, visit_part.department <> visit.lead, department.code;

-- name: matters_of_parts
-- The matters of these parts with their legal basis and checklist points, in the version in force on the visit's day: a
-- plan keeps the version it was made with, the inspection keeps to what is published then. A withdrawn one stays as it was.
-- $1 parts (ids)
SELECT
  visit_matter.part,
  in_force.code,
  in_force.name,
  in_force.basis,
  in_force.published_on,
  in_force.withdrawn_on,
  (
    SELECT coalesce(array_agg(criterion.text ORDER BY criterion.position), '{}')
    FROM criterion
    WHERE criterion.matter = in_force.id
  ) AS criteria
FROM visit_matter
JOIN visit_part ON visit_part.id = visit_matter.part
JOIN visit ON visit.id = visit_part.visit
JOIN matter AS planned ON planned.id = visit_matter.matter
CROSS JOIN LATERAL (
  SELECT matter.id, matter.code, matter.name, matter.basis, matter.published_on, matter.withdrawn_on
  FROM matter
  WHERE matter.region = planned.region
    AND matter.code = planned.code
    AND ((matter.published_on <= visit.day AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > visit.day))
         OR matter.id = planned.id)
  ORDER BY matter.published_on > visit.day OR coalesce(matter.withdrawn_on <= visit.day, false)
  LIMIT 1
) AS in_force
WHERE visit_matter.part = ANY ($1::bigint[])
ORDER BY visit_matter.part, in_force.code;

-- name: inspectors_of_parts
-- The inspectors of these parts with their certificates.
-- $1 parts (ids)
SELECT
  visit_inspector.part,
  inspector.id AS inspector,
  inspector.name,
  inspector.certificate,
  inspector.valid_from,
  inspector.valid_to,
  inspector.state
FROM visit_inspector
JOIN inspector ON inspector.id = visit_inspector.inspector
WHERE visit_inspector.part = ANY ($1::bigint[])
ORDER BY visit_inspector.part, inspector.certificate;

-- name: hold_visits
-- Keeps visits as they are until this act ends: whoever calls one off waits, and then finds its code.
-- $1 visits (ids)
SELECT visit.id FROM visit WHERE visit.id = ANY ($1::bigint[]) ORDER BY visit.id FOR SHARE;

-- name: visit_of_uid
-- The id of a visit that this actor may see.
-- $1 visit uid
SELECT visit.id FROM visit WHERE visit.uid = $1;

-- name: add_codes
-- Add codes; the partial unique index code_one_live refuses a second live code of one visit.
-- $1 uids $2 visits $3 enterprises $4 premises $5 opens_at $6 ends_at $7 enterprise commitments $8 premises commitments
-- $9 digests $10 bound fields $11 paths $12 reasons $13 back-fill days $14 replaced codes (0 = none) $15 now $16 issuer
INSERT INTO code (
  uid, visit, enterprise, premises, opens_at, ends_at, enterprise_commitment, premises_commitment, bound, bound_fields,
  path, path_reason, backfill_due, replaces, issued_at, issued_by
)
SELECT
  made.uid, made.visit, made.enterprise, made.premises, made.opens_at, made.ends_at, made.enterprise_commitment,
  made.premises_commitment, made.bound, made.bound_fields, made.path, made.path_reason, made.backfill_due,
  nullif(made.replaces, 0), $15::timestamptz, $16::bigint
FROM unnest(
  $1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::bytea[], $8::bytea[],
  $9::bytea[], $10::jsonb[], $11::text[], $12::text[], $13::date[], $14::bigint[]
) AS made (
  uid, visit, enterprise, premises, opens_at, ends_at, enterprise_commitment, premises_commitment, bound, bound_fields,
  path, path_reason, backfill_due, replaces
)
RETURNING id, uid;

-- name: add_verdicts
-- Add the rows that scans will read.
-- $1 uids $2 codes $3 enterprises $4 inspectors as comma-separated ids $5 pages $6 masked pages
INSERT INTO verdict (uid, code, enterprise, state, inspectors, page, masked)
SELECT
  made.uid, made.code, made.enterprise, 'issued', string_to_array(made.inspectors, ',')::bigint[], made.page, made.masked
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])
  AS made (uid, code, enterprise, inspectors, page, masked);

-- name: code_by_uid
-- One code that this actor may see, with its visit.
-- $1 code uid
SELECT
  code.id, code.uid, code.visit, visit.uid AS visit_uid, code.enterprise, code.opens_at, code.ends_at,
  code.enterprise_commitment, code.premises_commitment, code.bound, code.state, code.path, code.path_reason,
  code.backfill_due, code.word_tries, code.issued_at, code.opened_at, code.presented_at, code.ended_at, code.end_reason
FROM code
JOIN visit ON visit.id = code.visit
WHERE code.uid = $1;

-- name: code_to_change
-- One code, locked: two acts on one code wait for each other here and nowhere else.
-- $1 code uid
SELECT
  code.id, code.uid, code.visit, visit.uid AS visit_uid, code.enterprise, code.opens_at, code.ends_at,
  code.enterprise_commitment, code.premises_commitment, code.bound, code.state, code.path, code.path_reason,
  code.backfill_due, code.word_tries, code.issued_at, code.opened_at, code.presented_at, code.ended_at, code.end_reason
FROM code
JOIN visit ON visit.id = code.visit
WHERE code.uid = $1
FOR UPDATE OF code;

-- name: code_of_visit
-- The live code of a visit, or its newest one.
-- $1 visit
SELECT
  code.id, code.uid, code.visit, visit.uid AS visit_uid, code.enterprise, code.opens_at, code.ends_at,
  code.enterprise_commitment, code.premises_commitment, code.bound, code.state, code.path, code.path_reason,
  code.backfill_due, code.word_tries, code.issued_at, code.opened_at, code.presented_at, code.ended_at, code.end_reason
FROM code
JOIN visit ON visit.id = code.visit
WHERE code.visit = $1
ORDER BY code.state IN ('issued', 'presented') DESC, code.id DESC
LIMIT 1;

-- name: inspects_in_visit
-- Whether this inspector goes on this visit.
-- $1 visit $2 inspector
SELECT EXISTS (
  SELECT FROM visit_inspector
  JOIN visit_part ON visit_part.id = visit_inspector.part
  WHERE visit_part.visit = $1
    AND visit_part.state = 'confirmed'
    AND visit_inspector.inspector = $2
);

-- name: open_code
-- The code is shown at the door for the first time.
-- $1 code $2 now
UPDATE code SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL AND state = 'issued';

-- name: contact_of_code
-- Whom to tell that a code was opened, and what about.
-- $1 code
SELECT
  enterprise.id AS enterprise, enterprise.contact, enterprise.name, premises.address,
  ARRAY (
    SELECT department.name
    FROM visit_part
    JOIN department ON department.id = visit_part.department
    WHERE visit_part.visit = code.visit
      AND visit_part.state = 'confirmed'
    ORDER BY department.code
  ) AS departments
FROM code
JOIN enterprise ON enterprise.id = code.enterprise
JOIN premises ON premises.id = code.premises
WHERE code.id = $1;

-- name: overdue_codes
-- Codes whose day passed without an arrival, and whose last day to back-fill one has passed too.
-- $1 today $2 days to back-fill
SELECT code.uid
FROM code
WHERE code.state = 'issued'
  AND coalesce(code.backfill_due, ((code.ends_at - interval '1 second') AT TIME ZONE 'Asia/Shanghai')::date + $2::integer) < $1::date
ORDER BY code.uid;

-- name: present_code
-- The arrival is confirmed: only an issued code becomes presented, so of many at once one wins.
-- $1 code $2 now
UPDATE code SET state = 'presented', presented_at = $2 WHERE id = $1 AND state = 'issued';

-- name: present_verdict
-- Scans see the arrival.
-- $1 code $2 time of arrival
UPDATE verdict SET state = 'presented', arrived_at = $2 WHERE code = $1;

-- name: end_code
-- Close or revoke a live code.
-- $1 code $2 state $3 now $4 reason
UPDATE code SET state = $2, ended_at = $3, end_reason = $4 WHERE id = $1 AND state IN ('issued', 'presented');

-- name: end_verdict
-- Scans see the end.
-- $1 code $2 state $3 now $4 reason in public words
UPDATE verdict SET state = $2, ended_at = $3, reason = $4 WHERE code = $1;

-- name: count_wrong_word
-- One more wrong one-time word.
-- $1 code
UPDATE code SET word_tries = word_tries + 1 WHERE id = $1 AND word_tries < 6;

-- name: add_arrival
-- One confirmed arrival; arrival_once refuses a second one of a visit.
-- $1 uid $2 visit $3 code $4 method $5 reason $6 occurred_at $7 now $8 person
INSERT INTO arrival (uid, visit, code, method, reason, occurred_at, logged_at, logged_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: arrival_of_code
-- The arrival confirmed with this code.
-- $1 code
SELECT arrival.uid, arrival.method, arrival.reason, arrival.occurred_at, arrival.logged_at
FROM arrival
WHERE arrival.code = $1;

-- name: add_report
-- One report from a door.
-- $1 uid $2 code (0 = none) $3 enterprise (0 = unknown) $4 kind $5 text $6 place $7 now
INSERT INTO report (uid, code, enterprise, kind, text, place, filed_at)
VALUES ($1, nullif($2::bigint, 0), nullif($3::bigint, 0), $4, $5, $6, $7);

-- name: reports_since
-- Reports for supervisors, newest first.
-- $1 since $2 limit
SELECT
  report.uid, coalesce(code.uid, '') AS code_uid, coalesce(enterprise.name, '') AS enterprise, report.kind, report.text,
  report.place, report.filed_at
FROM report
LEFT JOIN code ON code.id = report.code
LEFT JOIN enterprise ON enterprise.id = report.enterprise
WHERE report.filed_at >= $1
ORDER BY report.id DESC
LIMIT $2;

-- name: alarms_since
-- Alarms for supervisors, newest first.
-- $1 since $2 limit
SELECT code_alarm.uid, code_alarm.kind, code_alarm.code_uid, coalesce(enterprise.name, '') AS scanner, code_alarm.raised_at
FROM code_alarm
LEFT JOIN enterprise ON enterprise.id = code_alarm.scanner
WHERE code_alarm.raised_at >= $1
ORDER BY code_alarm.id DESC
LIMIT $2;

-- name: add_scans
-- Scans as they were answered, in one batch.
-- unlogged: a scan is no act of the registry; it is counted without saying who scanned.
-- $1 codes $2 times $3 verdicts $4 slots
INSERT INTO code_scan (code, scanned_at, verdict, slot)
SELECT made.code, made.scanned_at, made.verdict, made.slot
FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::bigint[]) AS made (code, scanned_at, verdict, slot);

-- name: add_alarms
-- Alarms, each once a day for one code and one scanner; returns those that are new.
-- unlogged: every new alarm gets its entry in the same transaction (desk.py); a repeat of the day writes no row.
-- $1 uids $2 kinds $3 code uids $4 scanners $5 day $6 now
INSERT INTO code_alarm (uid, kind, code_uid, scanner, day, raised_at)
SELECT made.uid, made.kind, made.code_uid, made.scanner, $5::date, $6::timestamptz
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS made (uid, kind, code_uid, scanner)
ON CONFLICT ON CONSTRAINT code_alarm_once_a_day DO NOTHING
RETURNING code_alarm.uid, code_alarm.kind, code_alarm.code_uid;

-- name: verdicts_by_uid
-- What scans are answered with; read with no actor, many scans at once. $2 is today in Shanghai.
-- $1 code uids $2 day
SELECT
  verdict.uid,
  verdict.code,
  verdict.enterprise,
  verdict.state,
  verdict.arrived_at,
  verdict.ended_at,
  verdict.reason,
  NOT EXISTS (
    SELECT FROM inspector
    WHERE inspector.id = ANY (verdict.inspectors)
      AND NOT (inspector.state = 'active' AND $2::date BETWEEN inspector.valid_from AND inspector.valid_to)
  ) AS certificates_valid,
  verdict.page,
  verdict.masked
FROM verdict
WHERE verdict.uid = ANY ($1::text[]);

-- name: identifier_of_enterprise
-- The number by which a signed-in enterprise's codes are bound.
-- $1 enterprise
SELECT coalesce(enterprise.uscc, enterprise.reg_no) FROM enterprise WHERE enterprise.id = $1;

-- name: revoked_codes
-- Codes revoked before their window ended, for the public revocation list; read by the registry itself.
-- $1 now
SELECT code.uid FROM code WHERE code.state = 'revoked' AND code.ends_at > $1 ORDER BY code.uid;

-- name: issued_entry
-- The ledger entry of a code's issuing.
-- $1 code uid
SELECT ledger_entry.id
FROM ledger_entry
WHERE ledger_entry.subject_kind = 'code'
  AND ledger_entry.subject_uid = $1
  AND ledger_entry.action = 'code.issued';

-- name: revoked_count
-- How many codes were ever revoked: the counter of the public revocation list.
SELECT count(*) FROM code WHERE code.state = 'revoked';

-- name: codes_of_inspector
-- The codes an inspector may present on a day.
-- $1 inspector $2 start of day $3 end of day
SELECT
  code.uid, code.state, visit.uid AS visit_uid, enterprise.name AS enterprise, premises.address, code.opens_at, code.ends_at
FROM code
JOIN visit ON visit.id = code.visit
JOIN enterprise ON enterprise.id = code.enterprise
JOIN premises ON premises.id = code.premises
WHERE code.opens_at < $3
  AND code.ends_at > $2
  AND code.state IN ('issued', 'presented')
  AND EXISTS (
    SELECT FROM visit_part
    JOIN visit_inspector ON visit_inspector.part = visit_part.id
    WHERE visit_part.visit = code.visit
      AND visit_part.state = 'confirmed'
      AND visit_inspector.inspector = $1
  )
ORDER BY code.opens_at, code.uid;
