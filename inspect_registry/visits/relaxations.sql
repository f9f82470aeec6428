-- name: check_named
-- One check by its uid, as the actor may see it.
-- $1 uid
SELECT id, department, enterprise FROM "check" WHERE uid = $1;

-- name: add_relaxations
-- Proposed changes for one check.
-- $1 uids, $2 month, $3 run, $4 check, $5 department, $6 kinds, $7 deciders, $8 sentences, $9 starts, $10 ends, $11 days as array texts, $12 matters as array texts, $13 amounts, $14 now, $15 person
INSERT INTO relaxation (uid, month, run, "check", department, kind, decider, sentence, starts, ends, days, matters, amount, proposed_at, proposed_by)
SELECT new.uid, $2, $3, $4, $5, new.kind, new.decider, new.sentence, new.starts, new.ends, new.days::date[], new.matters::bigint[], new.amount, $14, $15
FROM unnest($1::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::date[], $11::text[], $12::text[], $13::integer[])
  AS new (uid, kind, decider, sentence, starts, ends, days, matters, amount);

-- name: relaxations
-- Proposed and decided changes that the actor may see: of a month, of one uid, or both.
-- $1 month or NULL, $2 uid or NULL, $3 how many
SELECT
  relaxation.id, relaxation.uid, relaxation.month, "check".uid AS "check", relaxation.department, department.short_name,
  "check".enterprise, enterprise.name AS enterprise_name, relaxation.kind, relaxation.decider, relaxation.sentence,
  relaxation.starts, relaxation.ends, relaxation.days, relaxation.amount, relaxation.state, relaxation.reason,
  relaxation.proposed_at, relaxation.decided_at
FROM relaxation
JOIN "check" ON "check".id = relaxation."check"
JOIN department ON department.id = relaxation.department
JOIN enterprise ON enterprise.id = "check".enterprise
WHERE ($1::date IS NULL OR relaxation.month = $1)
  AND ($2::text IS NULL OR relaxation.uid = $2)
ORDER BY relaxation.state = 'proposed' DESC, relaxation.id DESC
LIMIT $3;

-- name: decide_relaxation
-- One proposal is decided, once.
-- $1 uid, $2 state, $3 reason, $4 now, $5 person
UPDATE relaxation SET state = $2, reason = $3, decided_at = $4, decided_by = $5
WHERE uid = $1 AND state = 'proposed';

-- name: raise_cap
-- One enterprise may be visited so many times more this year.
-- $1 enterprise, $2 department (0 = all together), $3 year, $4 more, $5 basis
UPDATE quota SET cap = quota.cap + $4, basis = $5
WHERE enterprise = $1 AND department = $2 AND year = $3;
