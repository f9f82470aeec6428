-- name: departments
-- Every authority ever listed, in the order of its name.
SELECT id, uid, code, name, short_name, sort_key, uscc, kind, level, domain, phone, mandate, needs_city_consent, valid_from,
       valid_to
FROM department
ORDER BY sort_key;

-- name: department_by_id
-- One authority.
-- $1 department
SELECT id, uid, code, name, short_name, sort_key, uscc, kind, level, domain, phone, mandate, needs_city_consent, valid_from,
       valid_to
FROM department
WHERE id = $1;

-- name: department_by_code
-- One authority by its short code or its outside identity.
-- $1 code or uid
SELECT id, uid, code, name, short_name, sort_key, uscc, kind, level, domain, phone, mandate, needs_city_consent, valid_from,
       valid_to
FROM department
WHERE code = $1
   OR uid = $1;

-- name: add_departments
-- Lists many authorities at once.
-- $1 uids, $2 codes, $3 names, $4 short names, $5 sort keys, $6 usccs, $7 kinds, $8 levels, $9 domains, $10 phones,
-- $11 mandates, $12 need city consent, $13 valid from, $14 valid to
INSERT INTO department (uid, code, name, short_name, sort_key, uscc, kind, level, domain, phone, mandate, needs_city_consent,
                        valid_from, valid_to)
SELECT new.uid, new.code, new.name, new.short_name, new.sort_key, new.uscc, new.kind, new.level, new.domain, new.phone,
       new.mandate, new.needs_city_consent, new.valid_from, new.valid_to
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::boolean[], $13::date[], $14::date[])
  AS new (uid, code, name, short_name, sort_key, uscc, kind, level, domain, phone, mandate, needs_city_consent, valid_from,
          valid_to)
RETURNING id;

-- name: towns
-- The towns and sub-districts, in the order of their codes.
SELECT code, name, zone, near
FROM town
ORDER BY code;

-- name: add_towns
-- Enters many towns at once; which zones are near comes with `near_zones`.
-- $1 codes, $2 names, $3 zones
INSERT INTO town (code, name, zone, near)
SELECT new.code, new.name, new.zone, ARRAY[new.zone]
FROM unnest($1::text[], $2::text[], $3::integer[]) AS new (code, name, zone);

-- name: near_zones
-- Says which zones are near which; pairs of one zone and one near it.
-- $1 zones, $2 zones near them
UPDATE town
SET near = pairs.near
FROM (
  SELECT pair.zone, array_agg(pair.near ORDER BY pair.near) AS near
  FROM unnest($1::integer[], $2::integer[]) AS pair (zone, near)
  GROUP BY pair.zone
) AS pairs
WHERE pairs.zone = town.zone;

-- name: matters
-- Versions in force on a day, of one department or of all, in the order of their codes.
-- $1 department or NULL, $2 day
SELECT id, uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
       disclosure_basis, mergeable, offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample, prepare,
       published_on, withdrawn_on, change_reason, withdrawn_reason
FROM matter
WHERE ($1::bigint IS NULL OR department = $1)
  AND published_on <= $2
  AND (withdrawn_on IS NULL OR withdrawn_on > $2)
ORDER BY code;

-- name: matters_by_id
-- Some versions, whatever their time.
-- $1 matters
SELECT id, uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
       disclosure_basis, mergeable, offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample, prepare,
       published_on, withdrawn_on, change_reason, withdrawn_reason
FROM matter
WHERE id = ANY ($1::bigint[])
ORDER BY code, version;

-- name: matter_by_code
-- The version of a matter in force on a day, by its code or outside identity.
-- $1 code or uid, $2 day
SELECT id, uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
       disclosure_basis, mergeable, offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample, prepare,
       published_on, withdrawn_on, change_reason, withdrawn_reason
FROM matter
WHERE (code = $1 OR uid = $1)
  AND published_on <= $2
  AND (withdrawn_on IS NULL OR withdrawn_on > $2);

-- name: add_matters
-- Publishes versions of many matters at once; lists travel as JSON because arrays of arrays must be rectangular.
-- $1 uids, $2 codes, $3 departments, $4 names, $5 sort keys, $6 object classes, $7 lists (industries, tags, basis),
-- $8 modes, $9 disclosures, $10 disclosure bases, $11 mergeable, $12 offsite possible, $13 mandatory, $14 inspectors,
-- $15 minutes, $16 key risk, $17 sample, $18 prepare, $19 published on, $20 versions, $21 change reasons
INSERT INTO matter (uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
                    disclosure_basis, mergeable, offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample,
                    prepare, published_on, change_reason)
SELECT new.uid, new.code, new.version, new.department, new.name, new.sort_key, new.object_class,
       ARRAY(SELECT jsonb_array_elements_text(new.lists -> 'industries')),
       ARRAY(SELECT jsonb_array_elements_text(new.lists -> 'tags')),
       ARRAY(SELECT jsonb_array_elements_text(new.lists -> 'basis')),
       new.mode, new.disclosure, new.disclosure_basis, new.mergeable, new.offsite_possible, new.mandatory,
       new.min_inspectors, new.minutes, new.key_risk, new.sample, new.prepare, new.published_on,
       new.change_reason
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[], $9::text[],
            $10::text[], $11::boolean[], $12::boolean[], $13::boolean[], $14::integer[], $15::integer[], $16::boolean[],
            $17::boolean[], $18::text[], $19::date[], $20::integer[], $21::text[])
  AS new (uid, code, department, name, sort_key, object_class, lists, mode, disclosure, disclosure_basis, mergeable,
          offsite_possible, mandatory, min_inspectors, minutes, key_risk, sample, prepare, published_on,
          version, change_reason)
RETURNING id;

-- name: criteria
-- The checklists of some matters, point by point.
-- $1 matters
SELECT id, uid, matter, position, text, basis, important
FROM criterion
WHERE matter = ANY ($1::bigint[])
ORDER BY matter, position;

-- name: add_criteria
-- Publishes many checklist points at once.
-- $1 uids, $2 matters, $3 positions, $4 texts, $5 bases, $6 important
INSERT INTO criterion (uid, matter, position, text, basis, important)
SELECT new.uid, new.matter, new.position, new.text, new.basis, new.important
FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::boolean[])
  AS new (uid, matter, position, text, basis, important);

-- name: bundles
-- The 一业一查 bundles in force on a day, or every version of one bundle, with their matters.
-- $1 day or NULL, $2 code or NULL
SELECT bundle.id, bundle.uid, bundle.code, bundle.version, bundle.name, bundle.lead, bundle.industries, bundle.tags, bundle.sample,
       bundle.published_on, bundle.withdrawn_on, bundle.change_reason,
       ARRAY(SELECT bundle_matter.matter FROM bundle_matter WHERE bundle_matter.bundle = bundle.id ORDER BY bundle_matter.matter) AS matters
FROM bundle
WHERE ($1::date IS NULL OR (bundle.published_on <= $1 AND (bundle.withdrawn_on IS NULL OR bundle.withdrawn_on > $1)))
  AND ($2::text IS NULL OR bundle.code = $2)
ORDER BY bundle.code, bundle.version;

-- name: add_bundle
-- Makes one version of a bundle.
-- $1 uid, $2 code, $3 version, $4 name, $5 lead, $6 industries, $7 tags, $8 sample, $9 published on, $10 change reason
INSERT INTO bundle (uid, code, version, name, lead, industries, tags, sample, published_on, change_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING id;

-- name: add_bundle_matters
-- Puts matters into a bundle.
-- $1 bundle, $2 matters
INSERT INTO bundle_matter (bundle, matter)
SELECT $1, new.matter
FROM unnest($2::bigint[]) AS new (matter);
