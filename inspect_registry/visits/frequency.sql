-- name: frequent
-- Who was visited as often as a cap allows, or more often outside the caps than is reasonable; the most visited first.
-- $1 year, $2 exempt visits that warn, $3 department or NULL, $4 limit
SELECT enterprise.uid AS enterprise, enterprise.name, coalesce(department.short_name, '') AS department,
  quota.cap, quota.used, quota.exempt_used
FROM quota
JOIN enterprise ON enterprise.id = quota.enterprise
LEFT JOIN department ON department.id = quota.department
WHERE quota.year = $1
  AND ($3::bigint IS NULL OR quota.department = $3)
  AND (quota.used >= quota.cap OR quota.exempt_used >= $2)
ORDER BY quota.used + quota.exempt_used DESC, enterprise.sort_key, quota.department
LIMIT $4;
