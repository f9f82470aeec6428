-- name: lock_releases
-- One release at a time: the number, the folder and the comparison with the release before all depend on it.
-- $1 region
SELECT pg_advisory_xact_lock(hashtext('release'), $1::integer);

-- name: newest_release
-- The release that should be in force.
SELECT number, manifest_hash
FROM release
ORDER BY number DESC
LIMIT 1;

-- name: month_entries
-- Every published revision of every month, as the list of months shows it.
SELECT month, revision, reason, published_at, summary
FROM release
WHERE kind = 'month'
ORDER BY month DESC, revision DESC;

-- name: published_plan
-- What one revision of a month said.
-- $1 month, $2 revision
SELECT plan
FROM release
WHERE kind = 'month'
  AND month = $1
  AND revision = $2;

-- name: add_release
-- Keeps a release for ever.
-- $1 uid, $2 number, $3 kind, $4 month, $5 revision, $6 reason, $7 manifest hash, $8 files, $9 bytes, $10 summary, $11 plan, $12 now, $13 person
INSERT INTO release
  (uid, number, kind, month, revision, reason, manifest_hash, files, bytes, summary, plan, published_at, published_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: planned_rows
-- Each matter of each confirmed share of a month's planned and approved visits, with whom and where. Not for the public.
-- $1 month
SELECT
  visit.uid AS visit, visit.day, visit.announced, (visit.lead = visit_part.department) AS lead,
  department.code AS department, matter.code AS matter, matter.disclosure,
  enterprise.name AS enterprise_name, enterprise.kind AS enterprise_kind, enterprise.natural_name,
  coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number,
  premises.town, premises.address, enterprise.sort_key, enterprise.initials
FROM visit
JOIN visit_part ON visit_part.visit = visit.id AND visit_part.state = 'confirmed'
JOIN visit_matter ON visit_matter.part = visit_part.id
JOIN matter ON matter.id = visit_matter.matter
JOIN department ON department.id = visit_part.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
WHERE visit.month = $1
  AND visit.trigger IS NULL
  AND visit.state IN ('approved', 'under_way', 'recorded', 'closed')
ORDER BY visit.id, visit_part.id, matter.code;

-- name: unpublished_visits
-- The visits that a release of the month names for the first time.
-- $1 month, $2 uids
SELECT id
FROM visit
WHERE month = $1
  AND uid = ANY($2::text[])
  AND published_at IS NULL
ORDER BY id;

-- name: filed_monthly_plans
-- The departments' monthly plans that wait for publication.
-- $1 month
SELECT uid
FROM monthly_plan
WHERE month = $1
  AND state = 'filed'
ORDER BY id;

-- name: month_is_provisional
-- Whether some department's month lies in a year without an official calendar.
-- $1 month
SELECT coalesce(bool_or(provisional), false)
FROM monthly_plan
WHERE month = $1
  AND state IN ('filed', 'published', 'closed');

-- name: result_rows
-- Each closed record in force, with what it found. Not for the public.
-- $1 first day, $2 last day, $3 today
SELECT
  inspection.uid AS inspection, visit.uid AS visit, visit.month, visit.day, (visit.trigger IS NULL) AS planned,
  (SELECT count(*) >= 2 FROM visit_part AS share WHERE share.visit = visit.id AND share.state = 'confirmed') AS joint,
  department.code AS department,
  ARRAY(
    SELECT matter.code FROM visit_matter JOIN matter ON matter.id = visit_matter.matter
    WHERE visit_matter.part = visit_part.id ORDER BY matter.code
  ) AS matters,
  inspection.result AS outcome,
  (SELECT count(*) FROM finding WHERE finding.inspection = inspection.id) AS problems,
  (SELECT count(*) FROM rectification WHERE rectification.inspection = inspection.id) AS orders,
  (SELECT count(*) FROM rectification WHERE rectification.inspection = inspection.id AND rectification.state <> 'closed')
    AS open_orders,
  (SELECT count(*) FROM rectification
   WHERE rectification.inspection = inspection.id AND rectification.state <> 'closed' AND rectification.due < $3)
    AS overdue_orders,
  (inspection.version > 1) AS corrected, (inspection.told_at IS NOT NULL) AS told,
  inspection.published_at, inspection.revoked_at,
  enterprise.name AS enterprise_name, enterprise.kind AS enterprise_kind, enterprise.natural_name,
  coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number,
  premises.town, premises.address, enterprise.sort_key, enterprise.initials
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
WHERE inspection.state = 'closed'
  AND visit.day BETWEEN $1 AND $2
ORDER BY visit.day, inspection.id;

-- name: unpublished_inspections
-- The records that a release shows for the first time.
-- $1 uids
SELECT id
FROM inspection
WHERE uid = ANY($1::text[])
  AND published_at IS NULL
ORDER BY id;

-- name: planned_visits_of_month
-- How many planned visits a month had, named or not: the denominator of its results.
-- $1 month
SELECT count(*)
FROM visit
WHERE month = $1
  AND trigger IS NULL
  AND state IN ('approved', 'under_way', 'recorded', 'closed');

-- name: annual_filings
-- How each listed department stands with its plan of the year: the published revision, if there is one.
-- $1 year, $2 day on which the department must have been listed
SELECT
  department.code AS department, annual_plan.id AS plan, coalesce(annual_plan.number, '') AS plan_number,
  coalesce(annual_plan.revision, 1) AS revision, annual_plan.published_at,
  (SELECT min(earlier.published_at) FROM annual_plan AS earlier
   WHERE earlier.department = department.id AND earlier.year = $1 AND earlier.campaign = '') AS first_published_at
FROM department
LEFT JOIN annual_plan
  ON annual_plan.department = department.id
  AND annual_plan.year = $1
  AND annual_plan.campaign = ''
  AND annual_plan.state = 'published'
WHERE department.valid_from <= $2
  AND (department.valid_to IS NULL OR department.valid_to >= $2)
ORDER BY department.sort_key, department.id;

-- name: published_tasks
-- The tasks of published plans.
-- $1 plans
SELECT
  task.plan, task.name, task.objects, task.mode, task.selection, task.parsed, task.starts, task.ends,
  ARRAY(SELECT matter.code FROM matter WHERE matter.id = ANY(task.matters) ORDER BY matter.code) AS matters,
  ARRAY(
    SELECT department.code FROM department WHERE department.id = ANY(task.joint_departments) ORDER BY department.sort_key
  ) AS joint_departments
FROM task
WHERE task.plan = ANY($1::bigint[])
ORDER BY task.plan, task.position;

-- name: years_with_plans
-- The years of which something about annual plans is to be shown.
SELECT DISTINCT year
FROM annual_plan
WHERE state IN ('published', 'closed')
ORDER BY year DESC;
