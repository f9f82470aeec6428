-- name: lock_schema
-- One tool at a time.
SELECT pg_advisory_lock(310114, 1);

-- name: schema_exists
-- Whether the schema is there.
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'ir');

-- name: schema_checksum
-- Which schema.sql this database was made from.
SELECT checksum FROM ir.schema_version;

-- name: remember_checksum
-- Keeps the fingerprint of schema.sql.
-- unlogged: the ledger does not exist yet.
-- $1 checksum
INSERT INTO ir.schema_version (checksum) VALUES ($1);

-- name: make_role
-- Makes one role unless the cluster has it; the name is put in place of ir_role.
DO $$ BEGIN
  CREATE ROLE ir_role NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- name: let_role_in
-- Lets a role sign in, with limits on what one statement may take.
ALTER ROLE ir_role LOGIN PASSWORD 'password';

-- name: quote
-- Quotes a text as the server reads literals.
-- $1 text
SELECT quote_literal($1::text);

-- name: join_owner
-- Lets the applying role act as the owner.
GRANT ir_role TO CURRENT_USER;

-- name: let_owner_create
-- Lets the owner make its schema here.
GRANT CREATE ON DATABASE "this_database" TO ir_role;

-- name: database_name
-- Where we are.
SELECT current_database();

-- name: published_leaves
-- How many entries the outside world may have seen.
SELECT count(*) AS n FROM ir.ledger_entry WHERE leaf_index IS NOT NULL;

-- name: drop_schema
-- Throws the registry's schema away with everything in it.
DROP SCHEMA ir CASCADE;
