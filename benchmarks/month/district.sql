-- How a district is made (district.py). Chance is SHA-256 of a row's number.

-- name: places
-- Twelve towns in a ring.
INSERT INTO town (code, name, zone, near)
SELECT '310114' || lpad(n::text, 3, '0'), '第' || n || '街镇', n, ARRAY[n, n % 12 + 1, (n + 10) % 12 + 1]
FROM generate_series(1, 12) AS n;

-- name: authorities
-- Departments.
-- $1 how many
INSERT INTO department (uid, code, name, short_name, sort_key, uscc, kind, level, domain, valid_from)
SELECT 'd' || lpad(n::text, 25, '0'), 'dep' || n, '示范区第' || n || '局', '第' || n || '局', lpad(n::text, 3, '0'),
       '1131011400' || lpad(n::text, 8, '0'), 'agency', 'district', '', '2020-01-01'
FROM generate_series(1, $1::integer) AS n;

-- name: subjects
-- Matters of departments 1 and 2 fit everybody; the others go by one activity, the later ones by a line of business too.
INSERT INTO matter (uid, code, version, department, name, sort_key, object_class, industries, tags, basis, mode, disclosure,
                    mergeable, offsite_possible, min_inspectors, minutes, key_risk, published_on)
SELECT 'm' || lpad((department.id * 100 + n)::text, 25, '0'), upper(department.code) || '-' || n, 1, department.id,
       '第' || n || '项监督检查', lpad(n::text, 3, '0'), '经营主体',
       CASE WHEN department.id > 2 AND n > 3 THEN ARRAY['H6', 'F5'] ELSE '{}'::text[] END,
       CASE WHEN department.id > 2 OR n > 1 THEN ARRAY[($2::text[])[(department.id * 3 + n) % cardinality($2::text[]) + 1]] ELSE '{}'::text[] END,
       ARRAY['《示例法》第一条'], 'onsite', 'named', true, n = 1, 2, 30 + 10 * n, n = 2, '2020-01-01'
FROM department, generate_series(1, $1::integer) AS n;

-- name: officers
-- Inspectors of every department.
-- $1 how many
INSERT INTO inspector (uid, department, name, sort_key, certificate, valid_from, valid_to)
SELECT 'i' || lpad((department.id * 1000 + n)::text, 25, '0'), department.id, '执法员' || department.id || '-' || n, n::text,
       lpad((9000000000 + department.id * 10000 + n)::text, 11, '0'), '2020-01-01', '2030-12-31'
FROM department, generate_series(1, $1::integer) AS n;

-- name: certified
-- Everybody is certified for four matters of five.
INSERT INTO inspector_matter (inspector, matter)
SELECT inspector.id, matter.id
FROM inspector
JOIN matter ON matter.department = inspector.department
WHERE (inspector.id + matter.id) % 5 <> 0;

-- name: firms
-- Digits of one hash decide everything about an enterprise.
INSERT INTO enterprise (uid, name, sort_key, initials, search_name, uscc, kind, industry, tags)
SELECT substr(encode(hash, 'hex'), 1, 26), '上海示范第' || n || '号企业', lpad(n::text, 9, '0'), 'shsf' || n, 'shsf' || n,
       '91310114MA' || lpad(n::text, 8, '0'), 'company',
       (ARRAY['H6210', 'H6220', 'H6291', 'F5211', 'F5251', 'F5252', 'C1411', 'C3581', 'G5430', 'L7211', 'M7320', 'O8040',
              'E4710', 'K7010', 'I6510', 'R8930'])[get_byte(hash, 0) % 16 + 1],
       ARRAY(SELECT activity.name FROM unnest($2::text[], $3::integer[]) WITH ORDINALITY AS activity (name, share, place)
             WHERE (get_byte(hash, 2 * place::integer) * 256 + get_byte(hash, 2 * place::integer + 1)) % 1000 < activity.share
             ORDER BY activity.name)
FROM generate_series(1, $1::integer) AS n, LATERAL sha256(convert_to('enterprise ' || n, 'UTF8')) AS hash;

-- name: doors
-- One address each.
INSERT INTO premises (uid, enterprise, position, address, site, town)
SELECT 'p' || lpad(id::text, 25, '0'), id, 1, '示范路' || id || '号', 'shifanlu' || id,
       '310114' || lpad((id % 12 + 1)::text, 3, '0')
FROM enterprise;

-- name: classes
-- Two months of classes.
INSERT INTO credit_risk (enterprise, month, class)
SELECT enterprise.id, month::date,
       CASE WHEN chance.mille < 650 THEN 'A' WHEN chance.mille < 900 THEN 'B' WHEN chance.mille < 985 THEN 'C' ELSE 'D' END
FROM enterprise, generate_series('2026-10-01'::timestamp, '2026-11-01', '1 month') AS month,
     LATERAL (SELECT get_byte(sha256(convert_to('class ' || enterprise.id, 'UTF8')), 0) * 1000 / 256 AS mille) AS chance;

-- name: facts
-- A year of facts: some by the city (spare a matter for three months), some off site (spare it while fresh).
INSERT INTO fact (enterprise, premises, department, matter_code, day, onsite, level, sufficient, visit_uid)
SELECT enterprise.id, premises.id, matter.department, matter.code, '2025-12-01'::date + (n * 7919 % 350)::integer,
       n % 9 <> 0, CASE WHEN n % 20 = 0 THEN 'city' ELSE 'district' END, true, 'v' || lpad(n::text, 25, '0')
FROM generate_series(1, $1::bigint) AS n
JOIN enterprise ON enterprise.id = (n * 104729) % $2::bigint + 1
JOIN premises ON premises.enterprise = enterprise.id
JOIN matter ON matter.id = n % $3::bigint + 1;

-- name: plans
-- A published plan of every department.
-- $1 year
INSERT INTO annual_plan (uid, department, year, title, state, number, created_at, filed_at, published_at)
SELECT 'a' || lpad(id::text, 25, '0'), id, $1::integer, '年度行政检查计划', 'published', 'JH-' || id, now(), now(), now()
FROM department;

-- name: tasks
-- Each task has one matter, runs the whole year, and takes $1 enterprises a month.
INSERT INTO task (uid, plan, position, name, matters, objects, mode, selection, starts, ends, basis, parsed)
SELECT 't' || lpad(matter.id::text, 25, '0'), annual_plan.id, matter.id, '任务' || matter.code, ARRAY[matter.id], '经营主体',
       'onsite', 'random', make_date($2::integer, 1, 1), make_date($2::integer, 12, 31), '《示例法》第一条',
       jsonb_build_object('count', jsonb_build_object('min', 12 * $1::integer, 'max', 12 * $1::integer))
FROM matter
JOIN annual_plan ON annual_plan.department = matter.department;
