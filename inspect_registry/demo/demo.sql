-- name: state_of_demo
-- Whether the demo district is loaded, half loaded, or not begun.
SELECT CASE
  WHEN EXISTS (SELECT FROM ledger_entry WHERE action = 'demo.loaded') THEN 'loaded'
  WHEN EXISTS (SELECT FROM town) THEN 'partial'
  ELSE 'empty'
END;
