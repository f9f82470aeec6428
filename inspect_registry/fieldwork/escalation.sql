-- name: newly_late
-- What passed its day and was not escalated under that day: orders, tellings, publications, withdrawals, objections.
-- $1 today
SELECT late.kind, late.subject, late.department, department.short_name AS department_name, late.due
FROM (
  SELECT 'order' AS kind, uid AS subject, department, due FROM rectification WHERE state <> 'closed' AND due < $1
  UNION ALL
  SELECT 'telling', uid, department, (closed_at AT TIME ZONE 'Asia/Shanghai')::date
  FROM inspection
  WHERE state = 'closed' AND told_at IS NULL AND revoked_at IS NULL AND (closed_at AT TIME ZONE 'Asia/Shanghai')::date < $1
  UNION ALL
  SELECT 'publication', uid, department, publish_due
  FROM inspection
  WHERE state = 'closed' AND published_at IS NULL AND revoked_at IS NULL AND publish_due < $1
  UNION ALL
  SELECT 'withdrawal', uid, department, withdraw_due
  FROM inspection
  WHERE revoked_at IS NOT NULL AND published_at IS NOT NULL AND withdrawn_at IS NULL AND withdraw_due < $1
  UNION ALL
  SELECT 'objection_mark', uid, department, mark_due FROM objection WHERE state = 'raised' AND mark_due < $1
  UNION ALL
  SELECT 'objection_decision', uid, department, decide_due
  FROM objection
  WHERE state IN ('raised', 'marked') AND decide_due < $1
) AS late
JOIN department ON department.id = late.department
WHERE NOT EXISTS (
  SELECT FROM escalation
  WHERE escalation.kind = late.kind AND escalation.subject = late.subject AND escalation.due = late.due)
ORDER BY late.department, late.kind, late.due, late.subject;

-- name: add_escalations
-- What was told to the coordinating office, and for which day.
-- $1 kinds, $2 subjects, $3 departments, $4 days, $5 now
INSERT INTO escalation (kind, subject, department, due, escalated_at)
SELECT new.kind, new.subject, new.department, new.due, $5
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::date[]) AS new (kind, subject, department, due);

-- name: escalations
-- What was escalated, newest first; of one department or of all.
-- $1 department or NULL, $2 limit
SELECT escalation.kind, escalation.subject, department.short_name AS department_name, escalation.due, escalation.escalated_at
FROM escalation
JOIN department ON department.id = escalation.department
WHERE $1::bigint IS NULL OR escalation.department = $1
ORDER BY escalation.escalated_at DESC, escalation.kind, escalation.subject
LIMIT $2;
