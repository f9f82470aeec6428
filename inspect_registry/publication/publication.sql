-- name: lock_releases
-- One release at a time: the number, the folder and the comparison with the release before all depend on it.
-- $1 region
SELECT pg_advisory_xact_lock(hashtext('release'), $1::integer);

-- name: newest_release
-- The release that should be in force.
SELECT number, manifest_hash, published_at
FROM release
ORDER BY number DESC
LIMIT 1;

-- name: month_entries
-- Every published revision of every month, as the list of months shows it, and whether the ledger has its release.
SELECT
  month, revision, reason, published_at, summary, uid AS release,
  EXISTS (
    SELECT FROM ledger_entry
    WHERE ledger_entry.subject_kind = 'release'
      AND ledger_entry.subject_uid = release.uid
      AND ledger_entry.action = 'release.published'
  ) AS logged
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

-- name: avoided_visits
-- How many visits the month's newest merge avoids, beside the same checks under the same rules with every department alone.
-- $1 month
SELECT naive_visits - visits
FROM merge_run
WHERE month = $1
  AND purpose = 'merge'
ORDER BY id DESC
LIMIT 1;

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
  inspection.published_at, inspection.revoked_at, credit_record.publicity_ended_on,
  enterprise.name AS enterprise_name, enterprise.kind AS enterprise_kind, enterprise.natural_name,
  coalesce(enterprise.uscc, enterprise.reg_no, '') AS enterprise_number,
  premises.town, premises.address, enterprise.sort_key, enterprise.initials
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
LEFT JOIN credit_record ON credit_record.inspection = inspection.uid
WHERE inspection.state = 'closed'
  AND visit.day BETWEEN $1 AND $2
ORDER BY visit.day, inspection.id;

-- name: touched_months
-- Months before a day in which a public result was taken back, or its publicity ended, since a moment.
-- $1 first day of the months that are made anew anyway, $2 moment of the release in force
SELECT DISTINCT date_trunc('month', visit.day)::date AS month
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
LEFT JOIN credit_record ON credit_record.inspection = inspection.uid
WHERE inspection.published_at IS NOT NULL
  AND visit.day < $1
  AND (inspection.revoked_at >= $2 OR credit_record.publicity_ended_on >= ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::date)
ORDER BY month;

-- name: unpublished_inspections
-- The records that a release shows for the first time.
-- $1 uids
SELECT id
FROM inspection
WHERE uid = ANY($1::text[])
  AND published_at IS NULL
ORDER BY id;

-- name: planned_visits_of_month
-- How many planned visits a month had, as far as it may be known: named in advance, or carried out since.
-- $1 month
SELECT count(*)
FROM visit
WHERE month = $1
  AND trigger IS NULL
  AND (state IN ('recorded', 'closed') OR published_at IS NOT NULL AND state IN ('approved', 'under_way'));

-- name: plan_check_rows
-- What the files of a month must say, counted apart from the rows that they are made from: each named visit by
-- department, and the numbers of those that are only counted. Whether the ledger has each named visit's approval.
-- $1 month, $2 actions that approve
WITH shares AS (
  SELECT DISTINCT visit.id AS visit, visit.uid, department.code AS department
  FROM visit
  JOIN visit_part ON visit_part.visit = visit.id AND visit_part.state = 'confirmed'
  JOIN visit_matter ON visit_matter.part = visit_part.id
  JOIN matter ON matter.id = visit_matter.matter AND matter.disclosure = 'named'
  JOIN department ON department.id = visit_part.department
  WHERE visit.month = $1
    AND visit.announced
    AND visit.trigger IS NULL
    AND visit.state IN ('approved', 'under_way', 'recorded', 'closed')
),
numbers AS (
  SELECT department.code AS department, count(DISTINCT (visit.id, matter.id)) AS visits
  FROM visit
  JOIN visit_part ON visit_part.visit = visit.id AND visit_part.state = 'confirmed'
  JOIN visit_matter ON visit_matter.part = visit_part.id
  JOIN matter ON matter.id = visit_matter.matter
  JOIN department ON department.id = visit_part.department
  WHERE visit.month = $1
    AND (matter.disclosure = 'numbers' OR matter.disclosure = 'named' AND NOT visit.announced)
    AND visit.trigger IS NULL
    AND visit.state IN ('approved', 'under_way', 'recorded', 'closed')
  GROUP BY department.code
)
SELECT
  $1::date AS month, shares.department,
  CASE WHEN count(*) OVER (PARTITION BY shares.visit) > 1 THEN '公布名单，综合一次查' ELSE '公布名单，单独检查' END AS kind,
  shares.uid, 1::bigint AS visits,
  EXISTS (
    SELECT FROM ledger_entry
    WHERE ledger_entry.subject_kind = 'visit'
      AND ledger_entry.subject_uid = shares.uid
      AND ledger_entry.action = ANY($2::text[])
  ) AS logged
FROM shares
UNION ALL
SELECT $1::date, numbers.department, '只公布数量', '', numbers.visits, true
FROM numbers
ORDER BY 2, 3, 4;

-- name: result_check_rows
-- What the files of the results must say: each record that is closed, told and in force, and whether the ledger has it.
-- $1 first day, $2 last day
SELECT
  date_trunc('month', visit.day)::date AS month, department.code AS department,
  CASE WHEN visit.trigger IS NULL THEN '按计划检查的结果' ELSE '触发式检查的结果' END AS kind,
  inspection.uid, 1::bigint AS visits,
  EXISTS (
    SELECT FROM ledger_entry
    WHERE ledger_entry.subject_kind = 'inspection'
      AND ledger_entry.subject_uid = inspection.uid
      AND ledger_entry.action = 'inspection.closed'
  ) AS logged
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
WHERE inspection.state = 'closed'
  AND inspection.told_at IS NOT NULL
  AND inspection.revoked_at IS NULL
  AND NOT EXISTS (
    SELECT FROM credit_record WHERE credit_record.inspection = inspection.uid AND credit_record.publicity_ended_on IS NOT NULL)
  AND visit.day BETWEEN $1 AND $2
ORDER BY visit.day, inspection.id;

-- name: shown_draws
-- The draws that stand and may be shown, without their pools: of matters named in advance once the month is published,
-- of all others once it is closed.
-- $1 first month
SELECT
  draw.uid, monthly_plan.month, department.code AS department, task.name AS task, draw.method, draw.attempt, draw.reason,
  cardinality(draw.drawn) AS drawn, draw.seed_independent AS independent
FROM draw
JOIN monthly_plan ON monthly_plan.id = draw.monthly_plan
JOIN department ON department.id = draw.department
JOIN task ON task.id = draw.task
WHERE monthly_plan.month >= $1
  AND NOT draw.superseded
  AND draw.drawn_at IS NOT NULL
  AND (
    monthly_plan.state = 'closed'
    OR monthly_plan.state = 'published'
      AND NOT EXISTS (SELECT FROM matter WHERE matter.id = ANY(task.matters) AND matter.disclosure <> 'named')
  )
ORDER BY monthly_plan.month DESC, department.sort_key, draw.id;

-- name: shown_crew_draws
-- The draws of inspectors of closed months, without their rosters: who will come to whom is not told in advance.
-- $1 first month
SELECT crew_draw.uid, monthly_plan.month, department.code AS department, crew_draw.attempt
FROM crew_draw
JOIN monthly_plan ON monthly_plan.id = crew_draw.monthly_plan
JOIN department ON department.id = crew_draw.department
WHERE monthly_plan.month >= $1
  AND monthly_plan.state = 'closed'
  AND crew_draw.drawn_at IS NOT NULL
ORDER BY monthly_plan.month DESC, department.sort_key, crew_draw.id;

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
