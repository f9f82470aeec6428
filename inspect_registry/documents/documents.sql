-- name: document_of
-- The paper of this kind that was drawn up for a subject.
-- $1 kind, $2 subject
SELECT id, uid, kind, department, year, ordinal, subject, code, content, issued_at, issued_by
FROM document
WHERE kind = $1
  AND subject = $2;

-- name: document_by_uid
-- One paper.
-- $1 uid
SELECT id, uid, kind, department, year, ordinal, subject, code, content, issued_at, issued_by
FROM document
WHERE uid = $1;

-- name: next_ordinal
-- The next number of an office's papers of a year; the lock keeps two clerks from taking the same one.
-- $1 department, $2 kind, $3 year
SELECT coalesce(max(ordinal), 0) + 1
FROM document
WHERE department = $1
  AND kind = $2
  AND year = $3;

-- name: lock_numbers
-- One paper of a department at a time.
-- $1 department
SELECT pg_advisory_xact_lock(hashtext('document'), $1::integer);

-- name: add_document
-- Keeps a paper as it was drawn up.
-- $1 uid, $2 kind, $3 department, $4 year, $5 ordinal, $6 subject, $7 code, $8 content, $9 now, $10 person
INSERT INTO document (uid, kind, department, year, ordinal, subject, code, content, issued_at, issued_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: noticed_visit
-- The visit of a notice: whom, where, when, from what plan or trigger, with which live code.
-- $1 uid
SELECT
  visit.id, visit.uid, visit.day, visit.state, visit.lead, department.name AS lead_name,
  department.short_name AS lead_short_name, department.phone, visit.enterprise,
  enterprise.name AS enterprise_name, coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number,
  premises.address, coalesce(trigger.source_number, '') AS source_number,
  ARRAY(
    SELECT DISTINCT monthly_plan.number FROM visit_part
    JOIN monthly_plan ON monthly_plan.department = visit_part.department AND monthly_plan.month = visit.month
    WHERE visit_part.visit = visit.id AND visit_part.state = 'confirmed' AND monthly_plan.number IS NOT NULL
    ORDER BY monthly_plan.number
  ) AS plan_numbers,
  coalesce(
    (SELECT code.uid FROM code WHERE code.visit = visit.id AND code.state IN ('issued', 'presented') ORDER BY code.id DESC LIMIT 1),
    '') AS code
FROM visit
JOIN department ON department.id = visit.lead
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
LEFT JOIN trigger ON trigger.id = visit.trigger
WHERE visit.uid = $1;

-- name: noticed_departments
-- The departments that take part, the lead first, with how often each comes this year.
-- $1 visit
SELECT
  department.name, department.short_name, coalesce(quota.used, 0) AS used, coalesce(quota.cap, 0) AS cap
FROM visit_part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = visit_part.department
LEFT JOIN quota
  ON quota.enterprise = visit.enterprise
  AND quota.department = visit_part.department
  AND quota.year = extract(year FROM visit.day)
WHERE visit_part.visit = $1
  AND visit_part.state = 'confirmed'
ORDER BY (department.id = visit.lead) DESC, department.sort_key;

-- name: noticed_matters
-- The matters of a visit with their law and checklist points.
-- $1 visit
SELECT
  matter.name, department.short_name AS department, matter.basis, matter.prepare,
  ARRAY(SELECT criterion.text FROM criterion WHERE criterion.matter = matter.id ORDER BY criterion.position) AS criteria
FROM visit_part
JOIN visit_matter ON visit_matter.part = visit_part.id
JOIN matter ON matter.id = visit_matter.matter
JOIN department ON department.id = visit_part.department
WHERE visit_part.visit = $1
  AND visit_part.state = 'confirmed'
ORDER BY department.sort_key, matter.code;

-- name: noticed_officers
-- The inspectors who go on a visit.
-- $1 visit
SELECT inspector.name, inspector.certificate AS certificate_no, department.short_name AS department
FROM visit_part
JOIN visit_inspector ON visit_inspector.part = visit_part.id
JOIN inspector ON inspector.id = visit_inspector.inspector
JOIN department ON department.id = inspector.department
WHERE visit_part.visit = $1
  AND visit_part.state = 'confirmed'
ORDER BY department.sort_key, inspector.certificate;

-- name: recorded_check
-- What a paper says of a record beside its answers: office, enterprise's number, code that was shown.
-- $1 uid
SELECT
  inspection.department, department.name AS department_name, department.short_name AS department_short_name,
  enterprise.name AS enterprise_name, coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number,
  premises.address,
  coalesce((SELECT code.uid FROM code WHERE code.visit = visit.id ORDER BY code.id DESC LIMIT 1), '') AS code
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
WHERE inspection.uid = $1;

-- name: present_officers
-- The inspectors who were there.
-- $1 uids
SELECT inspector.name, inspector.certificate AS certificate_no, department.short_name AS department
FROM inspector
JOIN department ON department.id = inspector.department
WHERE inspector.uid = ANY($1::text[])
ORDER BY inspector.certificate;
