-- name: matter_versions
-- Every version of one matter, oldest first, the newest locked by whoever changes it.
-- $1 code
SELECT id, uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
       disclosure_basis, mergeable, offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample, prepare,
       published_on, withdrawn_on, change_reason, withdrawn_reason
FROM matter
WHERE code = $1
ORDER BY version;

-- name: lock_matter
-- Holds every version of one matter, so that two changes of it follow each other.
-- $1 code
SELECT id
FROM matter
WHERE code = $1
ORDER BY id
FOR UPDATE;

-- name: end_matter
-- Ends one version on a day: it is withdrawn, or the next one begins.
-- $1 matter, $2 first day on which it no longer holds, $3 reason, empty where a next one begins
UPDATE matter
SET withdrawn_on = $2,
    withdrawn_reason = $3
WHERE id = $1;

-- name: successors
-- For some versions of matters, the version of the same matter in force on a day; nothing for those that are withdrawn.
-- $1 matters, $2 day
SELECT held.id AS held, current.id AS current
FROM matter AS held
JOIN matter AS current ON current.region = held.region AND current.code = held.code
WHERE held.id = ANY ($1::bigint[])
  AND current.published_on <= $2
  AND (current.withdrawn_on IS NULL OR current.withdrawn_on > $2)
ORDER BY held.id;

-- name: end_bundle
-- Ends one version of a bundle on a day.
-- $1 bundle, $2 first day on which it no longer holds
UPDATE bundle
SET withdrawn_on = $2
WHERE id = $1;

-- name: lock_bundle
-- Holds every version of one bundle.
-- $1 code
SELECT id
FROM bundle
WHERE code = $1
ORDER BY id
FOR UPDATE;

-- name: add_first_department_versions
-- Keeps what was listed as the first version; it counts from the day of listing.
-- $1 departments, $2 now
INSERT INTO department_version (department, version, name, short_name, sort_key, kind, level, domain, phone, mandate,
                                needs_city_consent, valid_to, effective_from, entered_at)
SELECT id, 1, name, short_name, sort_key, kind, level, domain, phone, mandate, needs_city_consent, valid_to, valid_from, $2
FROM department
WHERE id = ANY ($1::bigint[]);

-- name: lock_department
-- Holds one department, so that two changes of it follow each other.
-- $1 department
SELECT id
FROM department
WHERE id = $1
FOR UPDATE;

-- name: department_versions
-- Every version of one department, oldest first.
-- $1 department
SELECT version, name, short_name, sort_key, kind, level, domain, phone, mandate, needs_city_consent, valid_to,
       effective_from, reason
FROM department_version
WHERE department = $1
ORDER BY version;

-- name: department_as_of
-- What was listed about one department on a day; nothing before its first version.
-- $1 department, $2 day
SELECT department.id, department.uid, department.code, version.name, version.short_name, version.sort_key, department.uscc,
       version.kind, version.level, version.domain, version.phone, version.mandate, version.needs_city_consent,
       department.valid_from, version.valid_to
FROM department
JOIN department_version AS version ON version.department = department.id
WHERE department.id = $1
  AND version.effective_from <= $2
ORDER BY version.version DESC
LIMIT 1;

-- name: add_department_version
-- Adds a later version.
-- $1 department, $2 version, $3 name, $4 short name, $5 sort key, $6 kind, $7 level, $8 domain, $9 phone,
-- $10 mandate, $11 needs city consent, $12 valid to, $13 effective from, $14 reason, $15 now
INSERT INTO department_version (department, version, name, short_name, sort_key, kind, level, domain, phone, mandate,
                                needs_city_consent, valid_to, effective_from, reason, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: bring_departments_in_force
-- Lets each department's row say what its version in force on a day says; returns the rows that changed.
-- $1 day
UPDATE department
SET name = due.name,
    short_name = due.short_name,
    sort_key = due.sort_key,
    kind = due.kind,
    level = due.level,
    domain = due.domain,
    phone = due.phone,
    mandate = due.mandate,
    needs_city_consent = due.needs_city_consent,
    valid_to = due.valid_to
FROM (
  SELECT DISTINCT ON (version.department) version.department, version.version, version.name, version.short_name,
         version.sort_key, version.kind, version.level, version.domain, version.phone, version.mandate,
         version.needs_city_consent, version.valid_to
  FROM department_version AS version
  WHERE version.effective_from <= $1
  ORDER BY version.department, version.version DESC
) AS due
WHERE department.id = due.department
  AND (department.name, department.short_name, department.kind, department.level, department.domain, department.phone,
       department.mandate, department.needs_city_consent, department.valid_to)
    IS DISTINCT FROM (due.name, due.short_name, due.kind, due.level, due.domain, due.phone, due.mandate,
                      due.needs_city_consent, due.valid_to)
RETURNING department.id, department.uid, department.code, due.version;
