-- name: plannable_checks
-- On-site checks of a month whose plan is filed or published, with what decides how they may be merged and where they already stand.
-- A check stands still when its visit is published, answered by somebody, begun, or not of this planning (`fixed`).
-- $1 month
SELECT
  "check".id, "check".uid, "check".department, "check".enterprise, "check".premises, "check".starts, "check".ends,
  "check".exempt, "check".mandatory, scope.matters, scope.minutes, scope.min_inspectors, scope.mergeable, scope.announced,
  stands.visit, stands.day, coalesce(stands.fixed, false) AS fixed, coalesce(stands.begun, false) AS begun,
  coalesce(stands.approved, false) AS approved,
  coalesce(stands.inspectors, '{}') AS inspectors,
  EXISTS (
    SELECT FROM visit_check
    JOIN visit_part ON visit_part.id = visit_check.part
    WHERE visit_check."check" = "check".id AND visit_part.state = 'declined') AS declined
FROM "check"
JOIN monthly_plan ON monthly_plan.id = "check".monthly_plan
CROSS JOIN LATERAL (
  SELECT
    array_agg(matter.id ORDER BY matter.id) AS matters, sum(matter.minutes)::integer AS minutes,
    max(matter.min_inspectors) AS min_inspectors, bool_and(matter.mergeable AND matter.disclosure = 'named') AS mergeable,
    bool_and(matter.disclosure = 'named') AS announced
  FROM check_matter
  JOIN matter ON matter.id = check_matter.matter
  WHERE check_matter."check" = "check".id
) AS scope
LEFT JOIN LATERAL (
  SELECT
    visit.id AS visit, visit.day, visit.state IN ('under_way', 'recorded', 'closed') AS begun,
    visit_part.approved_at IS NOT NULL AS approved,
    visit.published_at IS NOT NULL OR visit.state <> 'proposed'
      OR EXISTS (SELECT FROM visit_part AS answered WHERE answered.visit = visit.id AND answered.state = 'confirmed') AS fixed,
    ARRAY(SELECT visit_inspector.inspector FROM visit_inspector WHERE visit_inspector.part = visit_part.id ORDER BY 1) AS inspectors
  FROM visit_check
  JOIN visit_part ON visit_part.id = visit_check.part
  JOIN visit ON visit.id = visit_part.visit
  WHERE visit_check."check" = "check".id AND visit_check.live
) AS stands ON true
WHERE monthly_plan.month = $1
  AND monthly_plan.state IN ('filed', 'published')
  AND "check".onsite
  AND "check".state <> 'withdrawn'
  AND scope.matters IS NOT NULL
ORDER BY "check".id;

-- name: planned_premises
-- Where these checks are, with the zone of the town and the weekdays on which the place is open.
-- $1 premises
SELECT premises.id, premises.enterprise, enterprise.name, town.zone, premises.open_mask
FROM premises
JOIN enterprise ON enterprise.id = premises.enterprise
JOIN town ON town.code = premises.town
WHERE premises.id = ANY($1::bigint[])
ORDER BY premises.id;

-- name: zones
-- Zones of the district and which of them may share an inspector's day.
SELECT zone, near FROM town ORDER BY zone;

-- name: planned_inspectors
-- Inspectors of these departments with what their certificates cover.
-- $1 departments, $2 first day, $3 last day
SELECT inspector.id, inspector.department, inspector.valid_from, inspector.valid_to,
  ARRAY(SELECT inspector_matter.matter FROM inspector_matter WHERE inspector_matter.inspector = inspector.id ORDER BY 1) AS matters,
  ARRAY(
    SELECT absent.day::date
    FROM inspector_leave
    CROSS JOIN LATERAL generate_series(
      greatest(lower(inspector_leave.during), $2)::timestamp, least(upper(inspector_leave.during) - 1, $3)::timestamp, interval '1 day') AS absent (day)
    WHERE inspector_leave.inspector = inspector.id
    ORDER BY 1) AS absent
FROM inspector
WHERE inspector.department = ANY($1::bigint[])
  AND inspector.state = 'active'
  AND inspector.valid_from <= $3
  AND inspector.valid_to >= $2
ORDER BY inspector.id;

-- name: planned_recusals
-- Who does not go where (回避).
-- $1 premises, $2 inspectors
SELECT recusal.inspector, premises.id AS premises
FROM recusal
JOIN premises ON premises.enterprise = recusal.enterprise
WHERE premises.id = ANY($1::bigint[]) AND recusal.inspector = ANY($2::bigint[])
ORDER BY recusal.inspector, premises.id;

-- name: caps_used
-- What is left of the caps: the quota row where there is one, otherwise what history holds.
-- $1 enterprises, $2 departments (0 = all together), $3 year
SELECT asked.enterprise, asked.department, quota.cap, coalesce(quota.used, past.visits) AS used
FROM unnest($1::bigint[], $2::bigint[]) AS asked (enterprise, department)
LEFT JOIN quota ON quota.enterprise = asked.enterprise AND quota.department = asked.department AND quota.year = $3
CROSS JOIN LATERAL (
  SELECT count(DISTINCT coalesce(nullif(fact.visit_uid, ''), fact.department || '/' || fact.day))::integer AS visits
  FROM fact
  WHERE quota.enterprise IS NULL
    AND fact.enterprise = asked.enterprise
    AND fact.onsite
    AND NOT fact.exempt
    AND fact.day >= make_date($3, 1, 1)
    AND fact.day < make_date($3 + 1, 1, 1)
    AND (asked.department = 0 OR fact.department = asked.department)
) AS past;

-- name: occupied
-- Days on which a department already has a live visit to one of these premises.
-- $1 premises, $2 first day, $3 last day
SELECT visit_part.premises, visit_part.department, lower(visit_part.during) AS day, visit_part.visit
FROM visit_part
WHERE visit_part.premises = ANY($1::bigint[])
  AND visit_part.state IN ('proposed', 'confirmed')
  AND visit_part.during && daterange($2, $3, '[]')
ORDER BY 1, 2, 3;

-- name: add_visits
-- New proposals, many at once.
-- $1 uids, $2 months, $3 enterprises, $4 premises, $5 days, $6 leads, $7 exempt, $8 announced, $9 reasons as JSON texts
INSERT INTO visit (uid, month, enterprise, premises, day, lead, exempt, announced, reasons)
SELECT new.uid, new.month, new.enterprise, new.premises, new.day, new.lead, new.exempt, new.announced, new.reasons::jsonb
FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::date[], $6::bigint[], $7::boolean[], $8::boolean[], $9::text[])
  AS new (uid, month, enterprise, premises, day, lead, exempt, announced, reasons)
RETURNING id, uid;

-- name: add_parts
-- The departments' shares of new visits, many at once.
-- $1 uids, $2 visits, $3 departments, $4 premises, $5 days, $6 answer due, $7 minutes, $8 counted
INSERT INTO visit_part (uid, visit, department, premises, during, answer_due, minutes, counted)
SELECT new.uid, new.visit, new.department, new.premises, daterange(new.day, new.day, '[]'), new.answer_due, new.minutes, new.counted
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::date[], $6::date[], $7::integer[], $8::boolean[])
  AS new (uid, visit, department, premises, day, answer_due, minutes, counted)
RETURNING id, uid;

-- name: add_part_checks
-- Which checks the shares serve; a check has one live place (visit_check_served_once).
-- $1 parts, $2 checks
INSERT INTO visit_check (part, "check")
SELECT new.part, new.served FROM unnest($1::bigint[], $2::bigint[]) AS new (part, served);

-- name: add_part_matters
-- What the shares may check.
-- $1 parts, $2 matters
INSERT INTO visit_matter (part, matter)
SELECT DISTINCT new.part, new.matter FROM unnest($1::bigint[], $2::bigint[]) AS new (part, matter);

-- name: add_part_inspectors
-- Who goes for the shares.
-- $1 parts, $2 inspectors
INSERT INTO visit_inspector (part, inspector)
SELECT DISTINCT new.part, new.inspector FROM unnest($1::bigint[], $2::bigint[]) AS new (part, inspector);

-- name: add_run
-- One run of the planner, with what it reached and what it left unserved.
-- $1 uid, $2 month, $3 seed, $4 effort, $5 checks, $6 visits, $7 naive visits, $8 unserved, $9 measures, $10 now
INSERT INTO merge_run (uid, month, seed, effort, checks, visits, naive_visits, unserved, measures, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: last_run
-- The newest run of a month.
-- $1 month
SELECT uid, month, seed, effort, checks, visits, naive_visits, unserved, measures, created_at
FROM merge_run
WHERE month = $1
ORDER BY id DESC
LIMIT 1;

-- name: inspectors_named
-- Inspectors of a department by their uids.
-- $1 uids, $2 department
SELECT id, uid FROM inspector WHERE uid = ANY($1::text[]) AND department = $2 ORDER BY id;

-- name: minutes_of_matters
-- How long these matters take together.
-- $1 matters
SELECT coalesce(sum(minutes), 0)::integer FROM matter WHERE id = ANY($1::bigint[]);
