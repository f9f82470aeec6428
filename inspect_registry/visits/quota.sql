-- name: make_quota_rows
-- Rows of the year for these enterprises and departments (0 = all together), counting what history already holds.
-- A cap below what history holds is stored as that number: nothing more fits, and the row stays true.
-- $1 enterprises, $2 departments, $3 years, $4 caps, $5 bases
INSERT INTO quota (enterprise, department, year, cap, used, basis)
SELECT new.enterprise, new.department, new.year, greatest(new.cap, past.visits), past.visits, new.basis
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::text[]) AS new (enterprise, department, year, cap, basis)
CROSS JOIN LATERAL (
  SELECT count(DISTINCT coalesce(nullif(fact.visit_uid, ''), fact.department || '/' || fact.day))::integer AS visits
  FROM fact
  WHERE fact.enterprise = new.enterprise
    AND fact.onsite
    AND NOT fact.exempt
    AND fact.day >= make_date(new.year, 1, 1)
    AND fact.day < make_date(new.year + 1, 1, 1)
    AND (new.department = 0 OR fact.department = new.department)
) AS past
ON CONFLICT (enterprise, department, year) DO NOTHING;

-- name: lock_quotas
-- Quota rows about to be used up, locked in one order so that two acts never wait for each other in a ring.
-- $1 enterprises, $2 departments, $3 years
SELECT quota.enterprise, quota.department, quota.year, quota.cap, quota.used, quota.exempt_used
FROM quota
JOIN (
  SELECT DISTINCT enterprise, department, year
  FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS asked (enterprise, department, year)
) AS asked ON asked.enterprise = quota.enterprise AND asked.department = quota.department AND asked.year = quota.year
ORDER BY quota.enterprise, quota.department, quota.year
FOR UPDATE OF quota;

-- name: use_quotas
-- Count visits: `used` is held to the cap by CHECK quota_within_cap, whatever the caller believed.
-- $1 enterprises, $2 departments, $3 years, $4 counted visits to add (negative gives back), $5 exempt visits to add
UPDATE quota
SET used = quota.used + new.used, exempt_used = greatest(0, quota.exempt_used + new.exempt_used)
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[]) AS new (enterprise, department, year, used, exempt_used)
WHERE quota.enterprise = new.enterprise AND quota.department = new.department AND quota.year = new.year;

-- name: mark_counted
-- These visits are counted once for all departments together, or no longer.
-- $1 visits, $2 counted
UPDATE visit SET counted = $2 WHERE id = ANY($1::bigint[]);

-- name: quotas_of
-- How many counted visits these enterprises have had this year, by department (0 = all together).
-- $1 enterprises, $2 year
SELECT enterprise, department, year, cap, used, exempt_used
FROM quota
WHERE enterprise = ANY($1::bigint[]) AND year = $2
ORDER BY enterprise, department;
