-- name: state_of_demo
-- Whether the demo district is loaded, half loaded, or not begun.
SELECT CASE
  WHEN EXISTS (SELECT FROM ledger_entry WHERE action = 'demo.loaded') THEN 'loaded'
  WHEN EXISTS (SELECT FROM town) THEN 'partial'
  ELSE 'empty'
END;

-- name: approved_visits
-- The approved visits of a span of days, in the order of their days: who is to come, and the code where one is issued.
-- $1 first day, $2 last day
SELECT visit.id AS visit, visit.uid, visit.day, visit.enterprise, coalesce(code.uid, '') AS code
FROM visit
LEFT JOIN code ON code.visit = visit.id AND code.state IN ('issued', 'presented')
WHERE visit.state = 'approved'
  AND visit.day BETWEEN $1 AND $2
ORDER BY visit.day, visit.id;

-- name: crews
-- The live shares of some visits with their inspectors.
-- $1 visits
SELECT visit_part.visit, visit_part.department, array_agg(inspector.id ORDER BY inspector.id) AS inspectors,
       array_agg(inspector.uid ORDER BY inspector.id) AS uids
FROM visit_part
JOIN visit_inspector ON visit_inspector.part = visit_part.id
JOIN inspector ON inspector.id = visit_inspector.inspector
WHERE visit_part.visit = ANY ($1::bigint[])
  AND visit_part.state = 'confirmed'
GROUP BY visit_part.visit, visit_part.id
ORDER BY visit_part.visit, visit_part.id;
