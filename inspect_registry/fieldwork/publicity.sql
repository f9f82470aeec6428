-- name: waiting_results
-- Closed results that are to be published, and published ones that were revoked and are to be taken down; the most urgent first.
-- $1 department or NULL, $2 only those due before this day or NULL, $3 limit
SELECT inspection.uid, department.short_name AS department, visit.uid AS visit,
  (inspection.revoked_at IS NOT NULL) AS withdrawal,
  inspection.told_at IS NOT NULL AS told,
  CASE WHEN inspection.revoked_at IS NULL THEN inspection.publish_due ELSE inspection.withdraw_due END AS due
FROM inspection
JOIN visit_part ON visit_part.id = inspection.part
JOIN visit ON visit.id = visit_part.visit
JOIN department ON department.id = inspection.department
WHERE inspection.state = 'closed'
  AND ($1::bigint IS NULL OR inspection.department = $1)
  AND (inspection.revoked_at IS NULL AND inspection.published_at IS NULL
       OR inspection.revoked_at IS NOT NULL AND inspection.published_at IS NOT NULL AND inspection.withdrawn_at IS NULL)
  AND ($2::date IS NULL OR CASE WHEN inspection.revoked_at IS NULL THEN inspection.publish_due ELSE inspection.withdraw_due END < $2)
ORDER BY due, inspection.id
LIMIT $3;

-- name: mark_withdrawn
-- A release has taken these revoked results down.
-- $1 uids, $2 now
UPDATE inspection
SET withdrawn_at = $2
WHERE uid = ANY ($1::text[])
  AND revoked_at IS NOT NULL
  AND published_at IS NOT NULL
  AND withdrawn_at IS NULL;
