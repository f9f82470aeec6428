-- name: unused_matters
-- Published matters on a day that were first published, and last carried out, before another day; with what was planned
-- and what codes were issued between the two, because a matter that is planned and never carried out is idle too.
-- $1 day, $2 the day some years before
SELECT
  matter.code, matter.name, department.code AS department, department.name AS department_name,
  (SELECT min(first.published_on) FROM matter AS first WHERE first.region = matter.region AND first.code = matter.code)
    AS published_on,
  (SELECT max(fact.day) FROM fact WHERE fact.matter_code = matter.code AND fact.day <= $1) AS last_done,
  (SELECT count(*)
   FROM task
   JOIN annual_plan ON annual_plan.id = task.plan AND annual_plan.state IN ('published', 'closed')
   WHERE task.matters && ARRAY(SELECT one.id FROM matter AS one WHERE one.region = matter.region AND one.code = matter.code)
     AND task.starts <= $1
     AND task.ends >= $2) AS planned,
  (SELECT count(DISTINCT code.id)
   FROM code
   JOIN visit_part ON visit_part.visit = code.visit
   JOIN visit_matter ON visit_matter.part = visit_part.id
   JOIN matter AS one ON one.id = visit_matter.matter
   WHERE one.region = matter.region
     AND one.code = matter.code
     AND code.issued_at >= $2::timestamp AT TIME ZONE 'Asia/Shanghai'
     AND code.issued_at < ($1 + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') AS issued
FROM matter
JOIN department ON department.id = matter.department
WHERE matter.published_on <= $1
  AND (matter.withdrawn_on IS NULL OR matter.withdrawn_on > $1)
  AND NOT EXISTS (
    SELECT FROM matter AS younger
    WHERE younger.region = matter.region
      AND younger.code = matter.code
      AND younger.version = 1
      AND younger.published_on >= $2)
  AND NOT EXISTS (
    SELECT FROM fact WHERE fact.matter_code = matter.code AND fact.day BETWEEN $2 AND $1)
ORDER BY matter.code;
