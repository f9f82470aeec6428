-- name: file_plans
-- Every department's month is filed.
UPDATE monthly_plan SET state = 'filed', number = 'bench-' || id, submitted_at = now(), reviewed_at = now(), filed_at = now();

-- name: promise
-- Half of the visits are published.
UPDATE visit SET published_at = now() WHERE id % 2 = 0 AND state = 'proposed';

-- name: leave
-- Every fiftieth of the inspectors who go somewhere is away for a week from the first of these days on.
INSERT INTO inspector_leave (inspector, during)
SELECT goer.inspector, daterange(goer.day, goer.day + 7)
FROM (
  SELECT visit_inspector.inspector, min(visit.day) AS day, row_number() OVER (ORDER BY visit_inspector.inspector) AS place
  FROM visit_inspector
  JOIN visit_part ON visit_part.id = visit_inspector.part
  JOIN visit ON visit.id = visit_part.visit
  GROUP BY visit_inspector.inspector) AS goer
WHERE goer.place % 50 = 1;

-- name: promised
-- How many visits were promised before the re-plan.
SELECT count(*) FROM visit WHERE published_at IS NOT NULL;

-- name: hit
-- How many promised visits have one of those who are away that day.
SELECT count(DISTINCT visit.id)
FROM visit
JOIN visit_part ON visit_part.visit = visit.id
JOIN visit_inspector ON visit_inspector.part = visit_part.id
JOIN inspector_leave ON inspector_leave.inspector = visit_inspector.inspector AND inspector_leave.during @> visit.day
WHERE visit.published_at IS NOT NULL;
