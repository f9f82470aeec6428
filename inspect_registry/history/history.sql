-- name: add_facts
-- Remembers many facts at once.
-- $1 enterprises, $2 premises, $3 departments, $4 matter codes, $5 days, $6 onsite, $7 levels, $8 exempt,
-- $9 sufficient, $10 visit uids
INSERT INTO fact (enterprise, premises, department, matter_code, day, onsite, level, exempt, sufficient, visit_uid)
SELECT new.enterprise, new.premises, new.department, new.matter_code, new.day, new.onsite, new.level, new.exempt,
       new.sufficient, new.visit_uid
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::date[], $6::boolean[], $7::text[], $8::boolean[],
            $9::boolean[], $10::text[])
  AS new (enterprise, premises, department, matter_code, day, onsite, level, exempt, sufficient, visit_uid);

-- name: add_attendances
-- Remembers who was where; somebody who was there twice on a day is there once.
-- $1 enterprises, $2 departments, $3 days, $4 inspectors
INSERT INTO attendance (enterprise, department, day, inspector)
SELECT new.enterprise, new.department, new.day, new.inspector
FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::bigint[]) AS new (enterprise, department, day, inspector)
ON CONFLICT DO NOTHING;

-- name: last_attendances
-- Who was there at a department's latest visit to each of some enterprises before a day.
-- $1 department, $2 enterprises, $3 day
SELECT attendance.enterprise, attendance.inspector
FROM attendance
JOIN (
  SELECT enterprise, max(day) AS day
  FROM attendance
  WHERE department = $1
    AND enterprise = ANY ($2::bigint[])
    AND day < $3
  GROUP BY enterprise
) AS latest ON latest.enterprise = attendance.enterprise AND latest.day = attendance.day
WHERE attendance.department = $1
ORDER BY attendance.enterprise, attendance.inspector;

-- name: facts_of
-- What happened at one enterprise since a day, newest first.
-- $1 enterprise, $2 since
SELECT id, enterprise, premises, department, matter_code, day, onsite, level, exempt, sufficient, visit_uid
FROM fact
WHERE enterprise = $1
  AND day >= $2
ORDER BY day DESC, id DESC;

-- name: facts_about
-- Facts about some matters at some enterprises since a day, of some levels, on site or not.
-- $1 enterprises, $2 matter codes, $3 since, $4 levels, $5 onsite or NULL for both
SELECT id, enterprise, premises, department, matter_code, day, onsite, level, exempt, sufficient, visit_uid
FROM fact
WHERE enterprise = ANY ($1::bigint[])
  AND matter_code = ANY ($2::text[])
  AND day >= $3
  AND level = ANY ($4::text[])
  AND ($5::boolean IS NULL OR onsite = $5)
ORDER BY enterprise, day DESC, id DESC;

-- name: counted_visits
-- On-site visits of each department at some enterprises in a span of days; one visit counts once, whatever its matters.
-- $1 enterprises, $2 first day, $3 last day
SELECT fact.enterprise, fact.department,
       count(DISTINCT CASE WHEN NOT fact.exempt THEN coalesce(nullif(fact.visit_uid, ''), fact.day::text) END) AS counted,
       count(DISTINCT CASE WHEN fact.exempt THEN coalesce(nullif(fact.visit_uid, ''), fact.day::text) END) AS exempt
FROM fact
WHERE fact.enterprise = ANY ($1::bigint[])
  AND fact.day BETWEEN $2 AND $3
  AND fact.onsite
GROUP BY fact.enterprise, fact.department
ORDER BY fact.enterprise, fact.department;
