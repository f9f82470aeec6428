-- name: enterprise_by_id
-- One enterprise.
-- $1 enterprise
SELECT id, uid, name, sort_key, initials, uscc, reg_no, kind, natural_name, industry, tags, contact, state
FROM enterprise
WHERE id = $1;

-- name: enterprise_by_uid
-- One enterprise by its outside identity.
-- $1 uid
SELECT id, uid, name, sort_key, initials, uscc, reg_no, kind, natural_name, industry, tags, contact, state
FROM enterprise
WHERE uid = $1;

-- name: enterprise_by_number
-- One enterprise by its 统一社会信用代码 or its 注册号.
-- $1 number, folded
SELECT id, uid, name, sort_key, initials, uscc, reg_no, kind, natural_name, industry, tags, contact, state
FROM enterprise
WHERE region = acting_region()
  AND (uscc = $1 OR reg_no = $1);

-- name: enterprises_by_id
-- Some enterprises.
-- $1 enterprises
SELECT id, uid, name, sort_key, initials, uscc, reg_no, kind, natural_name, industry, tags, contact, state
FROM enterprise
WHERE id = ANY ($1::bigint[]);

-- name: search
-- Enterprises by folded name or address, by the beginning of their number, or by the beginning of their initials.
-- $1 pattern anywhere in name or address, $2 pattern of a number or NULL, $3 pattern of initials or NULL, $4 at most
SELECT enterprise.uid, enterprise.name, enterprise.uscc, enterprise.reg_no, enterprise.industry, premises.address,
       town.name AS town, enterprise.state
FROM enterprise
JOIN premises ON premises.enterprise = enterprise.id AND premises.position = 1
JOIN town ON town.code = premises.town
WHERE enterprise.search_name LIKE $1
   OR premises.site LIKE $1
   OR enterprise.uscc LIKE $2
   OR enterprise.reg_no LIKE $2
   OR enterprise.initials LIKE $3
ORDER BY (enterprise.search_name LIKE $1) DESC, enterprise.sort_key
LIMIT $4;

-- name: candidates
-- Open enterprises that at least one of these matters may be checked at, with their main premises, one row for each kind
-- (line of business and activities): a district has 300,000 enterprises and few kinds, so what fits is asked once a kind.
-- $1 matters, $2 towns (empty: all)
WITH objects AS MATERIALIZED (
  SELECT tags, ARRAY(SELECT line.prefix || '%' FROM unnest(industries) AS line (prefix)) AS lines
  FROM matter
  WHERE id = ANY ($1::bigint[])
), kinds AS MATERIALIZED (
  SELECT industry, tags
  FROM enterprise
  WHERE state = 'open'
  GROUP BY industry, tags
), fitting AS MATERIALIZED (
  SELECT kinds.industry, kinds.tags
  FROM kinds
  WHERE EXISTS (
    SELECT
    FROM objects
    WHERE (objects.tags = '{}' OR objects.tags && kinds.tags)
      AND (objects.lines = '{}' OR kinds.industry LIKE ANY (objects.lines))
  )
)
SELECT enterprise.industry, enterprise.tags, array_agg(enterprise.id) AS enterprises, array_agg(enterprise.uid) AS uids,
       array_agg(premises.id) AS premises
FROM fitting
JOIN enterprise ON enterprise.industry = fitting.industry AND enterprise.tags = fitting.tags AND enterprise.state = 'open'
JOIN premises ON premises.enterprise = enterprise.id AND premises.position = 1
WHERE cardinality($2::text[]) = 0 OR premises.town = ANY ($2)
GROUP BY enterprise.industry, enterprise.tags;

-- name: add_enterprises
-- Enters many enterprises at once; tags travel as JSON because arrays of arrays must be rectangular.
-- $1 uids, $2 names, $3 sort keys, $4 initials, $5 search names, $6 usccs, $7 registration numbers, $8 kinds,
-- $9 natural names, $10 industries, $11 tags, $12 contacts
INSERT INTO enterprise (uid, name, sort_key, initials, search_name, uscc, reg_no, kind, natural_name, industry, tags, contact)
SELECT new.uid, new.name, new.sort_key, new.initials, new.search_name, new.uscc, new.reg_no, new.kind, new.natural_name,
       new.industry, ARRAY(SELECT jsonb_array_elements_text(new.tags)), new.contact
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
            $10::text[], $11::jsonb[], $12::text[])
  AS new (uid, name, sort_key, initials, search_name, uscc, reg_no, kind, natural_name, industry, tags, contact)
RETURNING id;

-- name: premises_by_id
-- One address.
-- $1 premises
SELECT id, uid, enterprise, position, name, address, site, town, open_mask
FROM premises
WHERE id = $1;

-- name: premises_of
-- The addresses of some enterprises, the main one first.
-- $1 enterprises
SELECT id, uid, enterprise, position, name, address, site, town, open_mask
FROM premises
WHERE enterprise = ANY ($1::bigint[])
ORDER BY enterprise, position;

-- name: add_premises
-- Enters many addresses at once.
-- $1 uids, $2 enterprises, $3 positions, $4 names, $5 addresses, $6 sites, $7 towns, $8 open masks
INSERT INTO premises (uid, enterprise, position, name, address, site, town, open_mask)
SELECT new.uid, new.enterprise, new.position, new.name, new.address, new.site, new.town, new.open_mask
FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[])
  AS new (uid, enterprise, position, name, address, site, town, open_mask)
RETURNING id;

-- name: credit_classes
-- The class in force in a month: that month's, or the last one before it. Row-level security shows it inside only.
-- $1 enterprises, $2 first day of the month
SELECT DISTINCT ON (credit_risk.enterprise) credit_risk.enterprise, credit_risk.class AS credit_class
FROM credit_risk
WHERE credit_risk.enterprise = ANY ($1::bigint[])
  AND credit_risk.month <= $2
ORDER BY credit_risk.enterprise, credit_risk.month DESC;

-- name: ids_by_number
-- Enterprises by either of their numbers.
-- $1 numbers, folded
SELECT asked.number, enterprise.id AS enterprise
FROM unnest($1::text[]) AS asked (number)
JOIN enterprise ON enterprise.region = acting_region() AND (enterprise.uscc = asked.number OR enterprise.reg_no = asked.number);

-- name: graded_in
-- Those of some enterprises whose class of a month is entered.
-- $1 enterprises, $2 first day of the month
SELECT enterprise FROM credit_risk WHERE enterprise = ANY ($1::bigint[]) AND month = $2 ORDER BY enterprise;

-- name: add_credit_classes
-- Enters one month's classes.
-- $1 enterprises, $2 first day of the month, $3 classes, $4 today
INSERT INTO credit_risk (enterprise, month, class, known_on)
SELECT new.enterprise, $2, new.class, $4
FROM unnest($1::bigint[], $3::text[]) AS new (enterprise, class);

-- name: food_risk_grades
-- The food risk grades in force on a day.
-- $1 enterprises, $2 day
SELECT DISTINCT ON (food_risk.enterprise) food_risk.enterprise, food_risk.grade
FROM food_risk
WHERE food_risk.enterprise = ANY ($1::bigint[])
  AND food_risk.since <= $2
ORDER BY food_risk.enterprise, food_risk.since DESC;

-- name: add_food_risk_grades
-- Enters food risk grades from a day on.
-- $1 enterprises, $2 since, $3 grades
INSERT INTO food_risk (enterprise, since, grade)
SELECT new.enterprise, $2, new.grade
FROM unnest($1::bigint[], $3::text[]) AS new (enterprise, grade);

-- name: catering_grades
-- The catering grades in force on a day: the one scale that is public.
-- $1 premises, $2 day
SELECT DISTINCT ON (catering.premises) catering.premises, catering.grade, catering.since
FROM catering
WHERE catering.premises = ANY ($1::bigint[])
  AND catering.since <= $2
ORDER BY catering.premises, catering.since DESC;

-- name: add_catering_grades
-- Enters catering grades from a day on.
-- $1 premises, $2 since, $3 grades
INSERT INTO catering (premises, since, grade)
SELECT new.premises, $2, new.grade
FROM unnest($1::bigint[], $3::text[]) AS new (premises, grade);

-- name: device_levels
-- The device levels in force on a day, each side apart.
-- $1 enterprises, $2 day
SELECT DISTINCT ON (device.enterprise, device.side) device.enterprise, device.side, device.level
FROM device
WHERE device.enterprise = ANY ($1::bigint[])
  AND device.since <= $2
ORDER BY device.enterprise, device.side, device.since DESC;

-- name: add_device_levels
-- Enters device levels from a day on.
-- $1 enterprises, $2 since, $3 sides, $4 levels
INSERT INTO device (enterprise, since, side, level)
SELECT new.enterprise, $2, new.side, new.level
FROM unnest($1::bigint[], $3::text[], $4::integer[]) AS new (enterprise, side, level);

-- name: refresh_statistics
-- Tells the database's planner what a bulk import has changed.
SELECT true AS done FROM refresh_statistics();
