-- name: listed_enterprises
-- Names of enterprises that stand on an open list, with what decides whether a name is masked.
-- $1 uids
SELECT uid, name, natural_name
FROM enterprise
WHERE uid = ANY ($1::text[]);
