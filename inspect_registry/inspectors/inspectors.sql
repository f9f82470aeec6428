-- name: inspectors_by_id
-- Some officers.
-- $1 inspectors
SELECT id, uid, department, name, sort_key, certificate, valid_from, valid_to, state
FROM inspector
WHERE id = ANY ($1::bigint[]);

-- name: inspector_by_uid
-- One officer by the outside identity.
-- $1 uid
SELECT id, uid, department, name, sort_key, certificate, valid_from, valid_to, state
FROM inspector
WHERE uid = $1;

-- name: roster
-- The officers of one department or of all, by name.
-- $1 department or NULL
SELECT id, uid, department, name, sort_key, certificate, valid_from, valid_to, state
FROM inspector
WHERE $1::bigint IS NULL
   OR department = $1
ORDER BY department, sort_key;

-- name: add_inspectors
-- Enrols many officers at once.
-- $1 uids, $2 departments, $3 names, $4 sort keys, $5 certificates, $6 valid from, $7 valid to, $8 states
INSERT INTO inspector (uid, department, name, sort_key, certificate, valid_from, valid_to, state)
SELECT new.uid, new.department, new.name, new.sort_key, new.certificate, new.valid_from, new.valid_to, new.state
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[])
  AS new (uid, department, name, sort_key, certificate, valid_from, valid_to, state)
RETURNING id;

-- name: add_certified_matters
-- Certifies officers for matters of their own department; pairs of another department are left out and so counted short.
-- $1 inspectors, $2 matters
INSERT INTO inspector_matter (inspector, matter)
SELECT new.inspector, new.matter
FROM unnest($1::bigint[], $2::bigint[]) AS new (inspector, matter)
JOIN inspector ON inspector.id = new.inspector
JOIN matter ON matter.id = new.matter AND matter.department = inspector.department;

-- name: certified_for
-- Officers whose certificate holds on a day, with each of these matters they may inspect; leave is not asked here.
-- $1 matters, $2 day
SELECT inspector.id AS inspector, inspector.department, competence.matter
FROM competence
JOIN inspector ON inspector.id = competence.inspector
WHERE competence.matter = ANY ($1::bigint[])
  AND inspector.state = 'active'
  AND $2 BETWEEN inspector.valid_from AND inspector.valid_to
ORDER BY inspector.id, competence.matter;

-- name: certified_matters
-- What one officer is certified for.
-- $1 inspector
SELECT matter
FROM competence
WHERE inspector = $1
ORDER BY matter;

-- name: add_leave
-- Records absences.
-- $1 inspectors, $2 first days, $3 last days
INSERT INTO inspector_leave (inspector, during)
SELECT new.inspector, daterange(new.first, new.last, '[]')
FROM unnest($1::bigint[], $2::date[], $3::date[]) AS new (inspector, first, last);

-- name: leave_between
-- Absences that touch a span of days.
-- $1 first day, $2 last day
SELECT inspector, lower(during) AS first, upper(during) - 1 AS last
FROM inspector_leave
WHERE during && daterange($1, $2, '[]')
ORDER BY inspector, first;

-- name: add_recusals
-- Records 回避.
-- $1 inspectors, $2 enterprises, $3 reasons, $4 day
INSERT INTO recusal (inspector, enterprise, reason, declared_on)
SELECT new.inspector, new.enterprise, new.reason, $4
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS new (inspector, enterprise, reason);

-- name: recusals
-- Who must not inspect some enterprises.
-- $1 enterprises
SELECT inspector, enterprise, reason, declared_on
FROM recusal
WHERE enterprise = ANY ($1::bigint[])
ORDER BY inspector, enterprise;
