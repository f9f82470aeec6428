-- name: add_monthly_plan
-- Opens a department's plan of a month.
-- $1 uid, $2 department, $3 month, $4 provisional, $5 at
INSERT INTO monthly_plan (uid, department, month, provisional, created_at)
VALUES ($1, $2, $3, $4, $5)
RETURNING id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
          published_at, closed_at;

-- name: monthly_plan_by_uid
-- One department's plan of a month.
-- $1 uid
SELECT id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
       published_at, closed_at
FROM monthly_plan
WHERE uid = $1;

-- name: monthly_plan_by_id
-- One department's plan of a month.
-- $1 plan
SELECT id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
       published_at, closed_at
FROM monthly_plan
WHERE id = $1;

-- name: monthly_plan_locked
-- The same, locked against another step at the same moment.
-- $1 uid
SELECT id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
       published_at, closed_at
FROM monthly_plan
WHERE uid = $1
FOR UPDATE;

-- name: monthly_plans
-- The plans of a month that the actor may see.
-- $1 month, $2 department or NULL for all
SELECT id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
       published_at, closed_at
FROM monthly_plan
WHERE month = $1
  AND ($2::bigint IS NULL OR department = $2)
ORDER BY department;

-- name: move_monthly_plan
-- Takes a plan to its next state, with the time of that state.
-- $1 plan, $2 state, $3 at, $4 number or NULL to keep it
UPDATE monthly_plan
SET state = $2,
    number = coalesce($4, number),
    submitted_at = CASE WHEN $2 = 'submitted' THEN $3 ELSE submitted_at END,
    reviewed_at = CASE WHEN $2 = 'reviewed' THEN $3 ELSE reviewed_at END,
    filed_at = CASE WHEN $2 = 'filed' THEN $3 ELSE filed_at END,
    published_at = CASE WHEN $2 = 'published' THEN $3 ELSE published_at END,
    closed_at = CASE WHEN $2 = 'closed' THEN $3 ELSE closed_at END
WHERE id = $1
RETURNING id, uid, department, month, state, number, provisional, created_at, submitted_at, reviewed_at, filed_at,
          published_at, closed_at;

-- name: add_draw
-- Commits a draw: everything but the seed and the drawn.
-- $1 uid, $2 task, $3 monthly plan, $4 department, $5 attempt, $6 method, $7 algorithm, $8 wanted, $9 pool size,
-- $10 commitment, $11 pool, $12 weights, $13 excluded, $14 salt, $15 at, $16 reason, $17 why on site all the same
INSERT INTO draw (uid, task, monthly_plan, department, attempt, method, algorithm, wanted, pool_size, pool_hash, pool,
                  weights, excluded, salt, committed_at, reason, override_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
RETURNING id, uid, task, department, method, committed_at, drawn_at, superseded, override_reason;

-- name: draw_locked
-- One draw with its pool, locked: it is drawn once.
-- $1 uid
SELECT id, uid, task, monthly_plan, department, attempt, method, algorithm, wanted, pool_size, pool_hash, pool, weights,
       excluded, salt, committed_at, seed, seed_source, seed_independent, drawn, drawn_at, superseded, reason,
       override_reason
FROM draw
WHERE uid = $1
FOR UPDATE;

-- name: draw_by_uid
-- One draw with its pool.
-- $1 uid
SELECT id, uid, task, monthly_plan, department, attempt, method, algorithm, wanted, pool_size, pool_hash, pool, weights,
       excluded, salt, committed_at, seed, seed_source, seed_independent, drawn, drawn_at, superseded, reason,
       override_reason
FROM draw
WHERE uid = $1;

-- name: draws_of_monthly_plan
-- The draws that stand for a monthly plan, with their pools.
-- $1 monthly plan
SELECT id, uid, task, monthly_plan, department, attempt, method, algorithm, wanted, pool_size, pool_hash, pool, weights,
       excluded, salt, committed_at, seed, seed_source, seed_independent, drawn, drawn_at, superseded, reason,
       override_reason
FROM draw
WHERE monthly_plan = $1
  AND NOT superseded
ORDER BY id;

-- name: draw_results
-- The draws that stand for a monthly plan with what came out of them, without their pools.
-- $1 monthly plan
SELECT id, uid, task, department, method, committed_at, drawn_at, superseded, override_reason, drawn
FROM draw
WHERE monthly_plan = $1
  AND NOT superseded
ORDER BY id;

-- name: draws_with_checks
-- The draws whose checks are made.
-- $1 monthly plan
SELECT DISTINCT draw
FROM "check"
WHERE monthly_plan = $1
  AND draw IS NOT NULL;

-- name: draw_heads_of_month
-- Every draw of a month without pool, weights and salt; drawn-again ones too.
-- $1 month, $2 department or NULL for all
SELECT draw.uid, draw.task, draw.monthly_plan, draw.department, draw.attempt, draw.method, draw.algorithm, draw.wanted,
       draw.pool_size, jsonb_array_length(draw.excluded) AS excluded_size, draw.pool_hash, draw.committed_at, draw.seed,
       draw.seed_source, draw.seed_independent, cardinality(draw.drawn) AS drawn_size, draw.drawn_at, draw.superseded,
       draw.reason
FROM draw
JOIN monthly_plan ON monthly_plan.id = draw.monthly_plan
WHERE monthly_plan.month = $1
  AND ($2::bigint IS NULL OR draw.department = $2)
ORDER BY draw.id;

-- name: attempts
-- How often a task has been drawn for a monthly plan.
-- $1 task, $2 monthly plan
SELECT count(*)
FROM draw
WHERE task = $1
  AND monthly_plan = $2;

-- name: supersede_draw
-- Marks the standing draw of a task and month as drawn again.
-- $1 task, $2 monthly plan
UPDATE draw
SET superseded = true
WHERE task = $1
  AND monthly_plan = $2
  AND NOT superseded;

-- name: record_drawn
-- Writes seed and result of a committed draw.
-- $1 draw, $2 seed or NULL, $3 source, $4 independent, $5 drawn, $6 at
UPDATE draw
SET seed = $2,
    seed_source = $3,
    seed_independent = $4,
    drawn = $5,
    drawn_at = $6
WHERE id = $1
  AND drawn_at IS NULL;

-- name: drawn_this_year
-- Enterprises that a task has already drawn for other months of its year; a revision's task is the one of the same name.
-- $1 task, $2 monthly plan
SELECT DISTINCT "check".enterprise
FROM task AS asked
JOIN annual_plan AS asked_in ON asked_in.id = asked.plan
JOIN annual_plan AS drawn_in ON drawn_in.department = asked_in.department
                            AND drawn_in.year = asked_in.year
                            AND drawn_in.campaign = asked_in.campaign
JOIN task AS drawn_for ON drawn_for.plan = drawn_in.id
                      AND drawn_for.name = asked.name
JOIN "check" ON "check".task = drawn_for.id
WHERE asked.id = $1
  AND "check".monthly_plan <> $2
  AND "check".state <> 'withdrawn';

-- name: planned_this_year
-- How many counted checks of a department an enterprise already has in a year: what a cap is compared with.
-- $1 department, $2 first day of the year, $3 last day of the year
SELECT "check".enterprise, count(*) AS planned
FROM "check"
JOIN monthly_plan ON monthly_plan.id = "check".monthly_plan
WHERE "check".department = $1
  AND monthly_plan.month BETWEEN $2 AND $3
  AND "check".state <> 'withdrawn'
  AND NOT "check".exempt
GROUP BY "check".enterprise;

-- name: add_checks
-- Adds many checks to a monthly plan.
-- $1 monthly plan, $2 department, $3 uids, $4 tasks, $5 draws, $6 enterprises, $7 premises, $8 starts, $9 ends,
-- $10 on site, $11 mandatory, $12 why on site although an off-site result would do
INSERT INTO "check" (uid, monthly_plan, department, task, draw, enterprise, premises, starts, ends, onsite, mandatory,
                     override_reason)
SELECT new.uid, $1, $2, new.task, new.draw, new.enterprise, new.premises, new.starts, new.ends, new.onsite, new.mandatory,
       new.override_reason
FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::date[], $9::date[], $10::boolean[],
            $11::boolean[], $12::text[])
  AS new (uid, task, draw, enterprise, premises, starts, ends, onsite, mandatory, override_reason)
RETURNING id;

-- name: add_check_matters
-- Says on which matters many checks are made; pairs of a check's uid and a matter.
-- $1 check uids, $2 matters
INSERT INTO check_matter ("check", matter)
SELECT "check".id, pair.matter
FROM unnest($1::text[], $2::bigint[]) AS pair (uid, matter)
JOIN "check" ON "check".uid = pair.uid;

-- name: checks_of_month
-- The live checks of a month whose plans have reached one of some states.
-- $1 month, $2 states of the plans, $3 department or NULL for all
SELECT "check".id, "check".uid, "check".monthly_plan, "check".department, "check".task, "check".draw,
       "check".enterprise, "check".premises, "check".starts, "check".ends, "check".onsite, "check".exempt,
       "check".mandatory, "check".override_reason, "check".state, "check".withdrawn_reason,
       array_agg(check_matter.matter ORDER BY check_matter.matter) AS matters
FROM "check"
JOIN monthly_plan ON monthly_plan.id = "check".monthly_plan
JOIN check_matter ON check_matter."check" = "check".id
WHERE monthly_plan.month = $1
  AND monthly_plan.state = ANY ($2::text[])
  AND ($3::bigint IS NULL OR "check".department = $3)
  AND "check".state <> 'withdrawn'
GROUP BY "check".id
ORDER BY "check".id;

-- name: checks_of_plan
-- The checks of a monthly plan, withdrawn ones too.
-- $1 monthly plan, $2 after this check, $3 how many
SELECT "check".id, "check".uid, "check".monthly_plan, "check".department, "check".task, "check".draw,
       "check".enterprise, "check".premises, "check".starts, "check".ends, "check".onsite, "check".exempt,
       "check".mandatory, "check".override_reason, "check".state, "check".withdrawn_reason,
       array_agg(check_matter.matter ORDER BY check_matter.matter) AS matters
FROM "check"
JOIN check_matter ON check_matter."check" = "check".id
WHERE "check".monthly_plan = $1
  AND "check".id > $2
GROUP BY "check".id
ORDER BY "check".id
LIMIT $3;

-- name: check_by_uid
-- One check.
-- $1 uid
SELECT "check".id, "check".uid, "check".monthly_plan, "check".department, "check".task, "check".draw,
       "check".enterprise, "check".premises, "check".starts, "check".ends, "check".onsite, "check".exempt,
       "check".mandatory, "check".override_reason, "check".state, "check".withdrawn_reason,
       array_agg(check_matter.matter ORDER BY check_matter.matter) AS matters
FROM "check"
JOIN check_matter ON check_matter."check" = "check".id
WHERE "check".uid = $1
GROUP BY "check".id;

-- name: checks_by_id
-- Some checks.
-- $1 checks
SELECT "check".id, "check".uid, "check".monthly_plan, "check".department, "check".task, "check".draw,
       "check".enterprise, "check".premises, "check".starts, "check".ends, "check".onsite, "check".exempt,
       "check".mandatory, "check".override_reason, "check".state, "check".withdrawn_reason,
       array_agg(check_matter.matter ORDER BY check_matter.matter) AS matters
FROM "check"
JOIN check_matter ON check_matter."check" = "check".id
WHERE "check".id = ANY ($1::bigint[])
GROUP BY "check".id
ORDER BY "check".id;

-- name: count_checks
-- How many live checks a monthly plan holds.
-- $1 monthly plan
SELECT count(*)
FROM "check"
WHERE monthly_plan = $1
  AND state <> 'withdrawn';

-- name: move_checks
-- Takes checks to another state; withdrawn ones stay withdrawn.
-- $1 checks, $2 state
UPDATE "check"
SET state = $2
WHERE id = ANY ($1::bigint[])
  AND state <> 'withdrawn'
  AND state <> $2;

-- name: withdraw_check
-- Takes a planned check out, with the reason.
-- $1 check, $2 reason
UPDATE "check"
SET state = 'withdrawn',
    withdrawn_reason = $2
WHERE id = $1
  AND state = 'planned';

-- name: records_of_month
-- What the ledger holds of a monthly plan's draws and checks, oldest first, with the private part where the actor may
-- read it.
-- $1 monthly plan
SELECT ledger_entry.action, ledger_entry.subject_kind, ledger_entry.subject_uid, ledger_entry.leaf, ledger_private.salt,
       ledger_private.record
FROM (
  SELECT 'draw' AS kind, draw.uid
  FROM draw
  WHERE draw.monthly_plan = $1
  UNION ALL
  SELECT 'draw_pool', draw.uid
  FROM draw
  WHERE draw.monthly_plan = $1
  UNION ALL
  SELECT subject.kind, crew_draw.uid
  FROM crew_draw
  CROSS JOIN (VALUES ('crew_draw'), ('crew_pool'), ('crew_checks')) AS subject (kind)
  WHERE crew_draw.monthly_plan = $1
  UNION ALL
  SELECT 'check_list', monthly_plan.uid
  FROM monthly_plan
  WHERE monthly_plan.id = $1
) AS subjects
JOIN ledger_entry ON ledger_entry.subject_kind = subjects.kind AND ledger_entry.subject_uid = subjects.uid
LEFT JOIN ledger_private ON ledger_private.entry = ledger_entry.id
ORDER BY ledger_entry.id;

-- name: check_lines
-- The checks of a monthly plan by outside identities, withdrawn ones too.
-- $1 monthly plan
SELECT "check".uid AS "check", coalesce(draw.uid, '') AS draw, enterprise.uid AS enterprise, "check".starts, "check".ends,
       array_agg(matter.code ORDER BY matter.id) AS matters
FROM "check"
JOIN enterprise ON enterprise.id = "check".enterprise
JOIN check_matter ON check_matter."check" = "check".id
JOIN matter ON matter.id = check_matter.matter
LEFT JOIN draw ON draw.id = "check".draw
WHERE "check".monthly_plan = $1
GROUP BY "check".id, draw.uid, enterprise.uid
ORDER BY "check".id;

-- name: enterprise_uids
-- Outside identities of many enterprises, and nothing else of them: a pool may hold hundreds of thousands.
-- $1 enterprises
SELECT id, uid
FROM enterprise
WHERE id = ANY ($1::bigint[]);

-- name: enterprise_ids
-- Inside identities of many enterprises.
-- $1 enterprise uids
SELECT id, uid
FROM enterprise
WHERE uid = ANY ($1::text[]);
