-- name: plannable_checks
-- Checks of a month whose plan is filed or published, with what decides how they may be merged and where they already stand.
-- Accepted relaxations widen the window, or lift the quiet days.
-- A check stands still when its visit is published, answered by somebody, begun, or not of this planning (`fixed`).
-- Who goes for it within its department's share is what the newest merge planned for that day (`crew`).
-- $1 month
SELECT
  "check".id, "check".uid, "check".department, "check".enterprise, "check".premises,
  least("check".starts, relaxed.starts) AS starts, greatest("check".ends, relaxed.ends) AS ends, "check".onsite,
  "check".exempt, coalesce(relaxed.lifted, false) AS lifted, "check".mandatory, scope.matters, scope.minutes, scope.min_inspectors, scope.mergeable, scope.announced,
  stands.visit, coalesce(stands.day, desk_check.day) AS day, coalesce(stands.fixed, false) AS fixed, coalesce(stands.begun, false) AS begun,
  coalesce(stands.approved, false) AS approved,
  coalesce(stands.inspectors, desk_check.inspectors, '{}') AS inspectors, coalesce(planned.inspectors, '{}') AS crew,
  ARRAY(SELECT inspector FROM check_inspector WHERE check_inspector."check" = "check".id ORDER BY inspector) AS allowed_inspectors,
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
  SELECT min(relaxation.starts) AS starts, max(relaxation.ends) AS ends, bool_or(relaxation.kind = 'quiet') AS lifted
  FROM relaxation
  WHERE relaxation."check" = "check".id AND relaxation.state = 'accepted'
) AS relaxed ON true
LEFT JOIN desk_check ON desk_check."check" = "check".id AND NOT "check".onsite
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
LEFT JOIN merge_run_check AS planned
  ON planned.run = (SELECT max(merge_run.id) FROM merge_run WHERE merge_run.month = $1 AND merge_run.purpose = 'merge')
  AND planned."check" = "check".id
  AND planned.day = stands.day
WHERE monthly_plan.month = $1
  AND monthly_plan.state IN ('filed', 'published')
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
  ARRAY(SELECT competence.matter FROM competence WHERE competence.inspector = inspector.id ORDER BY 1) AS matters,
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
-- $1 uids, $2 months, $3 enterprises, $4 premises, $5 days, $6 leads, $7 exempt, $8 announced, $9 reasons as JSON texts, $10 visits that they replace or NULL
INSERT INTO visit (uid, month, enterprise, premises, day, lead, exempt, announced, reasons, moved_from)
SELECT new.uid, new.month, new.enterprise, new.premises, new.day, new.lead, new.exempt, new.announced, new.reasons::jsonb, new.moved_from
FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::date[], $6::bigint[], $7::boolean[], $8::boolean[], $9::text[], $10::bigint[])
  AS new (uid, month, enterprise, premises, day, lead, exempt, announced, reasons, moved_from)
RETURNING id, uid;

-- name: tell_reasons
-- Proposals that a re-plan left as they are say why as things stand now; what was answered meanwhile keeps what it was told.
-- $1 visits, $2 reasons as JSON texts
UPDATE visit SET reasons = new.reasons::jsonb
FROM unnest($1::bigint[], $2::text[]) AS new (visit, reasons)
WHERE visit.id = new.visit
  AND visit.state = 'proposed'
  AND visit.published_at IS NULL
  AND visit.reasons <> new.reasons::jsonb
  AND NOT EXISTS (SELECT FROM visit_part WHERE visit_part.visit = visit.id AND visit_part.state = 'confirmed');

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

-- name: inspectors_named
-- Inspectors of a department by their uids.
-- $1 uids, $2 department
SELECT id, uid FROM inspector WHERE uid = ANY($1::text[]) AND department = $2 ORDER BY id;

-- name: minutes_of_matters
-- How long these matters take together.
-- $1 matters
SELECT coalesce(sum(minutes), 0)::integer FROM matter WHERE id = ANY($1::bigint[]);

-- name: promised
-- The month's planned visits that are published or that somebody answered, cancelled ones too.
-- $1 month
SELECT visit.id, visit.uid, visit.day, visit.state <> 'cancelled' AS live
FROM visit
WHERE visit.month = $1
  AND visit.trigger IS NULL
  AND (visit.published_at IS NOT NULL OR visit.confirmed_at IS NOT NULL OR visit.state NOT IN ('proposed', 'cancelled')
    OR EXISTS (SELECT FROM visit_part WHERE visit_part.visit = visit.id AND visit_part.state = 'confirmed'))
ORDER BY visit.id;

-- name: drop_desk_checks
-- Desk checks of the month that are not past are planned anew.
-- $1 month, $2 from this day
DELETE FROM desk_check
USING "check", monthly_plan
WHERE desk_check."check" = "check".id
  AND monthly_plan.id = "check".monthly_plan
  AND monthly_plan.month = $1
  AND desk_check.day >= $2;

-- name: add_desk_checks
-- Who looks at which papers on which day.
-- $1 checks, $2 departments, $3 days, $4 inspectors as array texts, $5 now
INSERT INTO desk_check ("check", department, day, inspectors, planned_at)
SELECT new."check", new.department, new.day, new.inspectors::bigint[], $5
FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::text[]) AS new ("check", department, day, inspectors);

-- name: desk_checks
-- A month's desk checks that the actor may see, by day.
-- $1 month, $2 after this check's uid, $3 how many
SELECT
  "check".uid, desk_check.day, enterprise.name AS enterprise, department.short_name AS department,
  ARRAY(SELECT matter.name FROM check_matter JOIN matter ON matter.id = check_matter.matter WHERE check_matter."check" = "check".id ORDER BY matter.code) AS matters,
  ARRAY(SELECT inspector.name FROM inspector WHERE inspector.id = ANY (desk_check.inspectors) ORDER BY inspector.certificate) AS inspectors
FROM desk_check
JOIN "check" ON "check".id = desk_check."check"
JOIN monthly_plan ON monthly_plan.id = "check".monthly_plan
JOIN enterprise ON enterprise.id = "check".enterprise
JOIN department ON department.id = desk_check.department
WHERE monthly_plan.month = $1 AND "check".uid > $2
ORDER BY "check".uid
LIMIT $3;

-- name: contacts_of_enterprises
-- Where notices to these enterprises go.
-- $1 enterprises
SELECT id, contact FROM enterprise WHERE id = ANY($1::bigint[]) AND contact <> '';
