-- name: crew_checks
-- Checks of a month whose enterprises were drawn by lot and that no visit serves yet: each needs inspectors drawn by lot.
-- $1 monthly plan
SELECT "check".id, "check".uid AS "check", "check".enterprise, enterprise.uid, "check".starts, "check".ends,
       array_agg(matter.id ORDER BY matter.code) AS matters, array_agg(matter.code ORDER BY matter.code) AS codes,
       max(matter.min_inspectors) AS wanted
FROM "check"
JOIN draw ON draw.id = "check".draw AND draw.method = 'random'
JOIN enterprise ON enterprise.id = "check".enterprise
JOIN check_matter ON check_matter."check" = "check".id
JOIN matter ON matter.id = check_matter.matter
WHERE "check".monthly_plan = $1
  AND "check".onsite
  AND "check".state = 'planned'
GROUP BY "check".id, enterprise.uid
ORDER BY "check".id;

-- name: crewed_checks
-- The checks of a month that have inspectors drawn. Apart from crew_checks, which the making of a month repeats: a plan
-- kept from when nobody was drawn yet would read all that are drawn since, once for every check.
-- $1 monthly plan
SELECT DISTINCT check_inspector."check"
FROM check_inspector
JOIN "check" ON "check".id = check_inspector."check"
WHERE "check".monthly_plan = $1;

-- name: crewless_checks
-- How many live checks of randomly drawn enterprises have nobody drawn for them.
-- $1 monthly plan
SELECT count(*)
FROM "check"
JOIN draw ON draw.id = "check".draw AND draw.method = 'random'
WHERE "check".monthly_plan = $1
  AND "check".onsite
  AND "check".state <> 'withdrawn'
  AND NOT EXISTS (SELECT FROM check_inspector WHERE check_inspector."check" = "check".id);

-- name: add_crew_draw
-- Commits a draw of inspectors: everything but the seed and the drawn.
-- $1 uid, $2 monthly plan, $3 department, $4 attempt, $5 algorithm, $6 commitment, $7 urn, $8 at, $9 reason,
-- $10 why people may go where they went last time
INSERT INTO crew_draw (uid, monthly_plan, department, attempt, algorithm, commitment, urn, committed_at, reason,
                       rotation_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id, uid, monthly_plan, department, attempt, algorithm, commitment, urn, committed_at, seed, seed_source,
          seed_independent, crews, drawn_at, reason, rotation_reason;

-- name: crew_draw_locked
-- One draw of inspectors, locked: it is drawn once.
-- $1 uid
SELECT id, uid, monthly_plan, department, attempt, algorithm, commitment, urn, committed_at, seed, seed_source,
       seed_independent, crews, drawn_at, reason, rotation_reason
FROM crew_draw
WHERE uid = $1
FOR UPDATE;

-- name: crew_draw_by_uid
-- One draw of inspectors.
-- $1 uid
SELECT id, uid, monthly_plan, department, attempt, algorithm, commitment, urn, committed_at, seed, seed_source,
       seed_independent, crews, drawn_at, reason, rotation_reason
FROM crew_draw
WHERE uid = $1;

-- name: crew_draws_of_plan
-- Every draw of inspectors for a month, first attempt first.
-- $1 monthly plan
SELECT id, uid, monthly_plan, department, attempt, algorithm, commitment, urn, committed_at, seed, seed_source,
       seed_independent, crews, drawn_at, reason, rotation_reason
FROM crew_draw
WHERE monthly_plan = $1
ORDER BY attempt;

-- name: record_crews
-- Writes seed and result of a committed draw of inspectors.
-- $1 draw, $2 seed, $3 source, $4 independent, $5 crews, $6 at
UPDATE crew_draw
SET seed = $2,
    seed_source = $3,
    seed_independent = $4,
    crews = $5,
    drawn_at = $6
WHERE id = $1
  AND drawn_at IS NULL;

-- name: clear_crews
-- Takes out who was drawn before for some checks.
-- $1 checks
DELETE FROM check_inspector
WHERE "check" = ANY ($1::bigint[]);

-- name: add_crews
-- Says who was drawn for some checks.
-- $1 checks, $2 inspector uids, $3 positions
INSERT INTO check_inspector ("check", inspector, position)
SELECT new."check", inspector.id, new.position
FROM unnest($1::bigint[], $2::text[], $3::integer[]) AS new ("check", uid, position)
JOIN inspector ON inspector.uid = new.uid;

-- name: crews_in_register
-- Who stands for each check of a month, in the order drawn.
-- $1 monthly plan
SELECT "check".uid AS "check", array_agg(inspector.uid ORDER BY check_inspector.position) AS inspectors
FROM "check"
JOIN check_inspector ON check_inspector."check" = "check".id
JOIN inspector ON inspector.id = check_inspector.inspector
WHERE "check".monthly_plan = $1
GROUP BY "check".id;
