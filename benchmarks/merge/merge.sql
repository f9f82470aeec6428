-- name: file_plans
-- Every department's month is filed.
UPDATE monthly_plan SET state = 'filed', number = 'bench-' || id, submitted_at = now(), reviewed_at = now(), filed_at = now();

-- name: promise
-- Half of the visits are published.
UPDATE visit SET published_at = now() WHERE id % 2 = 0 AND state = 'proposed';

-- name: leave
-- Every fiftieth inspector is away in the second week.
INSERT INTO inspector_leave (inspector, during)
SELECT inspector.id, daterange(month.first + 7, month.first + 12)
FROM inspector
CROSS JOIN (SELECT min(month) AS first FROM monthly_plan) AS month
WHERE inspector.id % 50 = 0;

-- name: promised
-- How many visits were promised before the re-plan.
SELECT count(*) FROM visit WHERE published_at IS NOT NULL;
