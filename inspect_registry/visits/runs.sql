-- name: add_run
-- One run of the planner, with what it reached and what it left unserved.
-- $1 uid, $2 month, $3 purpose, $4 scenario, $5 seed, $6 effort, $7 checks, $8 visits, $9 naive visits, $10 unserved, $11 measures, $12 changes, $13 now
INSERT INTO merge_run (uid, month, purpose, scenario, seed, effort, checks, visits, naive_visits, unserved, measures, changes, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id;

-- name: add_planned_checks
-- How the run planned each check.
-- $1 run, $2 checks, $3 days, $4 knocks, $5 leads, $6 inspectors as array texts
INSERT INTO merge_run_check (run, "check", day, knock, lead, inspectors)
SELECT $1, new."check", new.day, new.knock, new.lead, new.inspectors::bigint[]
FROM unnest($2::bigint[], $3::date[], $4::integer[], $5::bigint[], $6::text[]) AS new ("check", day, knock, lead, inspectors);

-- name: add_loads
-- How busy each department is in the run.
-- $1 run, $2 departments, $3 booked, $4 available, $5 visits
INSERT INTO merge_run_load (run, department, booked, available, visits)
SELECT $1, new.department, new.booked, new.available, new.visits
FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[]) AS new (department, booked, available, visits);

-- name: last_run
-- The newest merge of a month (what-ifs apart).
-- $1 month
SELECT id, uid, month, purpose, scenario, seed, effort, checks, visits, naive_visits, unserved, measures, changes, created_at
FROM merge_run
WHERE month = $1 AND purpose = 'merge'
ORDER BY id DESC
LIMIT 1;

-- name: run_by_uid
-- One run.
-- $1 uid
SELECT id, uid, month, purpose, scenario, seed, effort, checks, visits, naive_visits, unserved, measures, changes, created_at
FROM merge_run
WHERE uid = $1;

-- name: runs_of_month
-- The month's runs, newest first.
-- $1 month, $2 how many
SELECT uid, purpose, scenario, visits, naive_visits, jsonb_array_length(unserved) AS unserved, jsonb_array_length(changes) AS changes, created_at
FROM merge_run
WHERE month = $1
ORDER BY id DESC
LIMIT $2;

-- name: planned_checks_of_run
-- How a run planned the checks that the actor may see.
-- $1 run
SELECT
  planned."check", "check".premises, premises.uid AS premises_uid, enterprise.name AS enterprise,
  "check".department, department.short_name, planned.day, planned.knock, planned.inspectors
FROM merge_run_check AS planned
JOIN "check" ON "check".id = planned."check"
JOIN premises ON premises.id = "check".premises
JOIN enterprise ON enterprise.id = "check".enterprise
JOIN department ON department.id = "check".department
WHERE planned.run = $1
ORDER BY planned."check";

-- name: loads_of_run
-- How busy the departments are in a run.
-- $1 run
SELECT merge_run_load.department, department.short_name, merge_run_load.booked, merge_run_load.available, merge_run_load.visits
FROM merge_run_load
JOIN department ON department.id = merge_run_load.department
WHERE merge_run_load.run = $1
ORDER BY department.sort_key, department.id;

-- name: departments_that_plan
-- Departments by uid, to name them in a what-if.
SELECT id, uid, short_name FROM department ORDER BY sort_key, id;

-- name: merges_with_plans
-- Months that have filed checks or runs, newest first, with how many checks and which run is the newest.
-- $1 how many
SELECT monthly_plan.month, count("check".id)::integer AS checks,
  (SELECT merge_run.uid FROM merge_run WHERE merge_run.month = monthly_plan.month AND merge_run.purpose = 'merge' ORDER BY merge_run.id DESC LIMIT 1) AS newest
FROM monthly_plan
JOIN "check" ON "check".monthly_plan = monthly_plan.id AND "check".state <> 'withdrawn'
WHERE monthly_plan.state IN ('filed', 'published')
GROUP BY monthly_plan.month
ORDER BY monthly_plan.month DESC
LIMIT $1;

-- name: waiting_for_a_merge
-- What happened since the newest merge that the next one has to look at: checks without a place that no run has explained,
-- and coming visits one of whose people can no longer go; and which departments are late with an answer.
-- $1 month, $2 today, $3 uids of the checks that the newest merge left unserved
SELECT
  (SELECT count(*)::integer
   FROM "check"
   JOIN monthly_plan ON monthly_plan.id = "check".monthly_plan
   WHERE monthly_plan.month = $1
     AND monthly_plan.state IN ('filed', 'published')
     AND "check".state <> 'withdrawn'
     AND "check".onsite
     AND "check".ends >= $2
     AND NOT "check".uid = ANY($3::text[])
     AND NOT EXISTS (SELECT FROM visit_check WHERE visit_check."check" = "check".id AND visit_check.live)) AS checks,
  (SELECT count(DISTINCT visit.id)::integer
   FROM visit
   JOIN visit_part ON visit_part.visit = visit.id AND visit_part.state IN ('proposed', 'confirmed')
   JOIN visit_inspector ON visit_inspector.part = visit_part.id
   JOIN inspector ON inspector.id = visit_inspector.inspector
   WHERE visit.month = $1
     AND visit.day >= $2
     AND visit.state IN ('proposed', 'confirmed', 'approved')
     AND (
       inspector.state <> 'active'
       OR visit.day NOT BETWEEN inspector.valid_from AND inspector.valid_to
       OR EXISTS (
         SELECT FROM inspector_leave WHERE inspector_leave.inspector = inspector.id AND inspector_leave.during @> visit.day)
       OR EXISTS (
         SELECT FROM recusal WHERE recusal.inspector = inspector.id AND recusal.enterprise = visit.enterprise))) AS visits,
  ARRAY(
    SELECT department.short_name
    FROM department
    WHERE EXISTS (
      SELECT FROM visit_part
      JOIN visit ON visit.id = visit_part.visit
      WHERE visit_part.department = department.id
        AND visit_part.state = 'proposed'
        AND visit_part.answer_due < $2
        AND visit.month = $1
        AND visit.day >= $2)
    ORDER BY department.sort_key, department.id) AS late;
