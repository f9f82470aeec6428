-- name: subjects_of_visit
-- Everything that acts around one visit were done to: the plans and draws behind its checks, its trigger, itself, its codes,
-- records, orders and evidence.
-- $1 visit
WITH parts AS (
  SELECT visit_part.id FROM visit_part WHERE visit_part.visit = $1
), checks AS (
  SELECT "check".monthly_plan, "check".task, "check".draw
  FROM visit_check
  JOIN "check" ON "check".id = visit_check."check"
  WHERE visit_check.part IN (SELECT id FROM parts)
), records AS (
  SELECT inspection.id, inspection.uid FROM inspection WHERE inspection.part IN (SELECT id FROM parts)
)
SELECT 'annual_plan' AS kind, annual_plan.uid
FROM annual_plan
WHERE annual_plan.id IN (SELECT task.plan FROM task WHERE task.id IN (SELECT checks.task FROM checks))
UNION SELECT 'task', task.uid FROM task WHERE task.id IN (SELECT checks.task FROM checks)
UNION SELECT 'monthly_plan', monthly_plan.uid FROM monthly_plan WHERE monthly_plan.id IN (SELECT checks.monthly_plan FROM checks)
UNION SELECT 'draw', draw.uid FROM draw WHERE draw.id IN (SELECT checks.draw FROM checks)
UNION SELECT 'trigger', trigger.uid FROM trigger JOIN visit ON visit.trigger = trigger.id WHERE visit.id = $1
UNION SELECT 'visit', visit.uid FROM visit WHERE visit.id = $1
UNION SELECT 'code', code.uid FROM code WHERE code.visit = $1
UNION SELECT 'inspection', records.uid FROM records
UNION SELECT 'grade_input', records.uid FROM records
UNION SELECT 'credit_record', credit_record.uid FROM credit_record WHERE credit_record.part IN (SELECT id FROM parts)
UNION SELECT 'credit_repair', credit_repair.uid FROM credit_repair
  JOIN credit_record ON credit_record.id = credit_repair.record WHERE credit_record.part IN (SELECT id FROM parts)
UNION SELECT 'rectification', rectification.uid FROM rectification WHERE rectification.inspection IN (SELECT records.id FROM records)
UNION SELECT 'evidence', evidence.uid FROM evidence WHERE evidence.inspection IN (SELECT records.id FROM records);

-- name: entries_about
-- The ledger's entries about these subjects in the order in which they were appended, with the private part where the actor may read it.
-- $1 kinds, $2 uids
SELECT ledger_entry.id, ledger_entry.leaf, ledger_entry.leaf_index, ledger_entry.appended_at, ledger_private.salt, ledger_private.record
FROM unnest($1::text[], $2::text[]) AS subject (kind, uid)
JOIN ledger_entry ON ledger_entry.subject_kind = subject.kind AND ledger_entry.subject_uid = subject.uid
LEFT JOIN ledger_private ON ledger_private.entry = ledger_entry.id
ORDER BY ledger_entry.id;
