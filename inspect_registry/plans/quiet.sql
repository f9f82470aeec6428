-- name: quiet_in_force
-- What planned on-site checks leave alone on some day of a span: enterprises by their inside identity, matters by code.
-- $1 first day, $2 last day
SELECT listing.uid, enterprise.id AS enterprise,
       CASE WHEN listing.kind = 'quiet_matter' THEN listing.subject END AS matter_code
FROM listing
LEFT JOIN enterprise ON listing.kind = 'quiet_enterprise' AND enterprise.uid = listing.subject
WHERE listing.kind IN ('quiet_enterprise', 'quiet_matter')
  AND listing.valid_from <= $2
  AND (listing.valid_to IS NULL OR listing.valid_to >= greatest($1, listing.valid_from))
ORDER BY listing.id;
