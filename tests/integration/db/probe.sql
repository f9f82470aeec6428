-- name: who
-- Who acts, as the policies see it.
SELECT coalesce(current_setting('app.role', true), '') || '/' || coalesce(current_setting('app.department', true), '') AS who;

-- name: add_town
-- A write without meaning.
-- $1 code, $2 zone
INSERT INTO town (code, name, zone, near) VALUES ($1, 'x', $2, '{}');

-- name: rename_town
-- A write that may touch nothing.
-- $1 code, $2 name
UPDATE town SET name = $2 WHERE code = $1;

-- name: rename_and_tell
-- The same, and tells.
-- $1 code, $2 name
UPDATE town SET name = $2 WHERE code = $1 RETURNING code;

-- name: towns
-- How many towns there are.
SELECT count(*) AS n FROM town;

-- name: role
-- The role of this connection.
SELECT current_user AS role;

-- name: role_powers
-- What the role may do beyond its grants.
-- $1 role
SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owns
FROM pg_roles WHERE rolname = $1;
