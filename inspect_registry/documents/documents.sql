-- name: newest_document
-- The newest paper of this kind that a department drew up for a visit, and how many there are.
-- $1 kind, $2 department, $3 visit's uid
SELECT
  document.id, document.uid, document.kind, document.department, document.year, document.ordinal, document.visit, document.subject,
  document.edition, document.replaces, document.replace_reason, document.code, document.content, document.digest, document.issued_at,
  document.issued_by, coalesce(document_void.reason, '') AS void_reason, document_delivery.document IS NOT NULL AS delivered
FROM document
LEFT JOIN document_void ON document_void.document = document.id
LEFT JOIN document_delivery ON document_delivery.document = document.id
WHERE document.kind = $1
  AND document.department = $2
  AND document.visit = $3
ORDER BY document.edition DESC
LIMIT 1;

-- name: document_by_uid
-- One paper.
-- $1 uid
SELECT
  document.id, document.uid, document.kind, document.department, document.year, document.ordinal, document.visit, document.subject,
  document.edition, document.replaces, document.replace_reason, document.code, document.content, document.digest, document.issued_at,
  document.issued_by, coalesce(document_void.reason, '') AS void_reason, document_delivery.document IS NOT NULL AS delivered
FROM document
LEFT JOIN document_void ON document_void.document = document.id
LEFT JOIN document_delivery ON document_delivery.document = document.id
WHERE document.uid = $1;

-- name: documents_of_visit
-- The papers of one visit that the actor may see, as they were drawn up.
-- $1 visit's uid
SELECT
  document.id, document.uid, document.kind, document.department, document.year, document.ordinal, document.visit, document.subject,
  document.edition, document.replaces, document.replace_reason, document.code, document.content, document.digest, document.issued_at,
  document.issued_by, coalesce(document_void.reason, '') AS void_reason, document_delivery.document IS NOT NULL AS delivered
FROM document
LEFT JOIN document_void ON document_void.document = document.id
LEFT JOIN document_delivery ON document_delivery.document = document.id
WHERE document.visit = $1
ORDER BY document.id;

-- name: void_document
-- A paper no longer holds; its number stays taken.
-- $1 document, $2 department, $3 reason, $4 now, $5 person
INSERT INTO document_void (document, department, reason, voided_at, voided_by) VALUES ($1, $2, $3, $4, $5);

-- name: deliver_documents
-- Papers that were handed over with one receipt; one that was handed over before refuses the whole.
-- $1 documents, $2 receipt
INSERT INTO document_delivery (document, receipt) SELECT unnest($1::bigint[]), $2;

-- name: next_ordinal
-- The next number of an office's papers of a year; the lock keeps two clerks from taking the same one.
-- $1 department, $2 kind, $3 year
SELECT coalesce(max(ordinal), 0) + 1
FROM document
WHERE department = $1
  AND kind = $2
  AND year = $3;

-- name: lock_papers
-- One paper of a department at a time: two who ask for the same one get the same one, and numbers have no gap.
-- $1 department
SELECT pg_advisory_xact_lock(hashtext('document'), $1::integer);

-- name: add_document
-- Keeps a paper as it was drawn up.
-- $1 uid, $2 kind, $3 department, $4 year, $5 ordinal, $6 visit, $7 subject, $8 edition, $9 replaces or NULL, $10 why, $11 code, $12 content, $13 digest, $14 now, $15 person
INSERT INTO document (uid, kind, department, year, ordinal, visit, subject, edition, replaces, replace_reason, code, content, digest, issued_at, issued_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING id;

-- name: approved_part
-- One department's share of a visit with its approval: who proposed and who approved it, and when.
-- $1 visit's uid, $2 department
SELECT
  visit.id AS visit, department.name AS department_name, department.short_name AS department_short_name, department.phone,
  enterprise.name AS enterprise_name, coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number, premises.address,
  visit.day, visit.trigger IS NOT NULL AS triggered, visit.emergency, coalesce(trigger.source_number, '') AS source_number,
  coalesce(trigger.facts, '') AS trigger_facts, visit_part.answered_at, visit_part.approved_at, coalesce(person.name, '') AS approver
FROM visit_part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = visit_part.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
LEFT JOIN trigger ON trigger.id = visit.trigger
LEFT JOIN person ON person.id = visit_part.approved_by
WHERE visit.uid = $1
  AND visit_part.department = $2
  AND visit_part.state = 'confirmed';

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
  department.id, department.name, department.short_name, coalesce(quota.used, 0) AS used, coalesce(quota.cap, 0) AS cap
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
  matter.name, department.id AS department_id, department.short_name AS department, matter.basis, matter.prepare,
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
SELECT inspector.name, inspector.certificate AS certificate_no, department.id AS department_id, department.short_name AS department
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
  inspection.department, department.name AS department_name, department.short_name AS department_short_name, department.phone, visit.id AS visit,
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
SELECT inspector.name, inspector.certificate AS certificate_no, department.id AS department_id, department.short_name AS department
FROM inspector
JOIN department ON department.id = inspector.department
WHERE inspector.uid = ANY($1::text[])
ORDER BY inspector.certificate;

-- name: visits_to_print
-- Visits that a department leads on some days, with a live code or a notice already.
-- $1 department, $2 first day, $3 last day
SELECT visit.uid
FROM visit
WHERE visit.lead = $1
  AND visit.day BETWEEN $2 AND $3
  AND visit.state <> 'cancelled'
  AND (EXISTS (SELECT FROM code WHERE code.visit = visit.id AND code.state IN ('issued', 'presented'))
       OR EXISTS (SELECT FROM document WHERE document.visit = visit.uid AND document.kind = 'notice'))
ORDER BY visit.day, visit.id;

-- name: records_to_print
-- The records of a department's visits of some days that are in force.
-- $1 department, $2 first day, $3 last day
SELECT inspection.uid
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
WHERE inspection.department = $1
  AND visit.day BETWEEN $2 AND $3
  AND inspection.state = 'closed'
ORDER BY visit.day, visit.id;

-- name: records_of_visit
-- Every version of every record of a visit that the actor may see, in their order.
-- $1 visit's uid
SELECT inspection.uid
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
WHERE visit.uid = $1
ORDER BY inspection.department, inspection.version;
