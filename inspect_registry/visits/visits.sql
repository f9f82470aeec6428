-- name: visit_heads
-- Visits as people read them, in the order of day and identity.
-- $1 ids
SELECT
  visit.id, visit.uid, visit.month, visit.day, visit.state, visit.enterprise, visit.premises, visit.lead, visit.trigger,
  visit.exempt, visit.announced, visit.emergency, visit.approval_due, visit.reasons, visit.cancel_reason, visit.counted,
  visit.approved_at, visit.published_at, visit.started_at, visit.recorded_at, visit.closed_at,
  enterprise.uid AS enterprise_uid, enterprise.name AS enterprise_name,
  premises.uid AS premises_uid, premises.address, department.short_name AS lead_name
FROM visit
JOIN enterprise ON enterprise.id = visit.enterprise
JOIN premises ON premises.id = visit.premises
JOIN department ON department.id = visit.lead
WHERE visit.id = ANY($1::bigint[])
ORDER BY visit.day, visit.id;

-- name: visit_id
-- The inside identity of a visit that the actor may see.
-- $1 uid
SELECT id FROM visit WHERE uid = $1;

-- name: lock_visits
-- Visits about to change, locked in the order of their ids so that two acts never wait for each other in a ring.
-- $1 ids
SELECT id, uid, state, enterprise, premises, day, lead, exempt, emergency, approval_due, counted, published_at
FROM visit
WHERE id = ANY($1::bigint[])
ORDER BY id
FOR UPDATE;

-- name: visits_of_month
-- A page of a month's visits that the actor may see, by uid.
-- $1 month, $2 state or NULL, $3 department that takes part or NULL, $4 after this uid, $5 limit
SELECT visit.id
FROM visit
WHERE visit.month = $1
  AND ($2::text IS NULL OR visit.state = $2)
  AND ($3::bigint IS NULL OR EXISTS (
    SELECT FROM visit_part
    WHERE visit_part.visit = visit.id AND visit_part.department = $3 AND visit_part.state IN ('proposed', 'confirmed')))
  AND visit.uid > $4
ORDER BY visit.uid
LIMIT $5;

-- name: joint_proposals
-- Visits of two or more departments in which a department has not answered yet.
-- $1 month, $2 department whose answer is awaited or NULL for any, $3 after this uid, $4 limit
SELECT visit.id
FROM visit
WHERE visit.month = $1
  AND visit.state = 'proposed'
  AND visit.uid > $3
  AND (SELECT count(*) FROM visit_part WHERE visit_part.visit = visit.id AND visit_part.state IN ('proposed', 'confirmed')) >= 2
  AND EXISTS (
    SELECT FROM visit_part
    WHERE visit_part.visit = visit.id
      AND visit_part.state = 'proposed'
      AND ($2::bigint IS NULL OR visit_part.department = $2))
ORDER BY visit.uid
LIMIT $4;

-- name: standing_visits
-- A page of a month's standing visits of at least so many departments, by uid.
-- $1 month, $2 department that takes part or NULL, $3 after this uid, $4 limit, $5 least departments
SELECT visit.id
FROM visit
WHERE visit.month = $1
  AND visit.state <> 'cancelled'
  AND visit.uid > $3
  AND (SELECT count(*) FROM visit_part WHERE visit_part.visit = visit.id AND visit_part.state IN ('proposed', 'confirmed')) >= $5
  AND ($2::bigint IS NULL OR EXISTS (
    SELECT FROM visit_part
    WHERE visit_part.visit = visit.id AND visit_part.department = $2 AND visit_part.state IN ('proposed', 'confirmed')))
ORDER BY visit.uid
LIMIT $4;

-- name: visits_of_inspector
-- Approved or begun visits of one inspector on one day.
-- $1 inspector, $2 day
SELECT DISTINCT visit.id
FROM visit_inspector
JOIN visit_part ON visit_part.id = visit_inspector.part
JOIN visit ON visit.id = visit_part.visit
WHERE visit_inspector.inspector = $1
  AND visit.day = $2
  AND visit_part.state = 'confirmed'
  AND (visit.state IN ('approved', 'under_way', 'recorded') OR visit.emergency AND visit.state <> 'cancelled');

-- name: visits_of_enterprise
-- What an enterprise may see of its visits: announced ones once approved, the others once begun.
-- $1 enterprise, $2 limit or NULL
SELECT id
FROM visit
WHERE enterprise = $1
  AND (state IN ('under_way', 'recorded', 'closed') OR announced AND (state = 'approved' OR state = 'cancelled' AND approved_at IS NOT NULL))
ORDER BY day DESC, id DESC
LIMIT $2;

-- name: parts_of_visits
-- Every department's share of these visits, the dropped ones too.
-- $1 visits
SELECT
  visit_part.id, visit_part.uid, visit_part.visit, visit_part.department, visit_part.state, visit_part.reason,
  visit_part.answer_due, visit_part.minutes, visit_part.counted, visit_part.approved_at,
  department.uid AS department_uid, department.name AS department_name, department.short_name
FROM visit_part
JOIN department ON department.id = visit_part.department
WHERE visit_part.visit = ANY($1::bigint[])
ORDER BY visit_part.visit, visit_part.id;

-- name: matters_of_parts
-- What these shares may check: the scope that a code binds.
-- $1 parts
SELECT visit_matter.part, matter.id AS matter, matter.uid, matter.code, matter.name, matter.min_inspectors
FROM visit_matter
JOIN matter ON matter.id = visit_matter.matter
WHERE visit_matter.part = ANY($1::bigint[])
ORDER BY visit_matter.part, matter.code;

-- name: inspectors_of_parts
-- Who goes for these shares, with all that decides whether he may: certificate, leave on the day, recusal, matters covered.
-- $1 parts
SELECT
  visit_inspector.part, inspector.id AS inspector, inspector.uid, inspector.name, inspector.certificate,
  inspector.department, inspector.valid_from, inspector.valid_to, inspector.state,
  EXISTS (
    SELECT FROM inspector_leave WHERE inspector_leave.inspector = inspector.id AND inspector_leave.during @> visit.day) AS on_leave,
  EXISTS (
    SELECT FROM recusal WHERE recusal.inspector = inspector.id AND recusal.enterprise = visit.enterprise) AS recused,
  ARRAY(SELECT competence.matter FROM competence WHERE competence.inspector = inspector.id) AS matters,
  coalesce((
    SELECT bool_and(EXISTS (SELECT FROM check_inspector WHERE check_inspector."check" = visit_check."check")
      AND NOT EXISTS (
        SELECT FROM check_inspector
        WHERE check_inspector."check" = visit_check."check" AND check_inspector.inspector = inspector.id))
    FROM visit_check
    WHERE visit_check.part = visit_part.id AND visit_check.live), false) AS undrawn
FROM visit_inspector
JOIN visit_part ON visit_part.id = visit_inspector.part
JOIN visit ON visit.id = visit_part.visit
JOIN inspector ON inspector.id = visit_inspector.inspector
WHERE visit_inspector.part = ANY($1::bigint[])
ORDER BY visit_inspector.part, inspector.certificate;

-- name: awaiting_answer
-- Visits of a month in which a department (or any) still has to answer.
-- $1 month, $2 department or NULL
SELECT DISTINCT visit.id
FROM visit
JOIN visit_part ON visit_part.visit = visit.id
WHERE visit.month = $1
  AND visit.state = 'proposed'
  AND visit_part.state = 'proposed'
  AND ($2::bigint IS NULL OR visit_part.department = $2);

-- name: awaiting_approval
-- Visits of a month in which a department's (or any) confirmed share still lacks its head's approval.
-- $1 month, $2 department or NULL
SELECT DISTINCT visit.id
FROM visit
JOIN visit_part ON visit_part.visit = visit.id
WHERE visit.month = $1
  AND visit.state IN ('proposed', 'confirmed')
  AND visit_part.state = 'confirmed'
  AND visit_part.approved_at IS NULL
  AND ($2::bigint IS NULL OR visit_part.department = $2);

-- name: overdue_approvals
-- Emergency visits whose approval was not back-filled by its day: listed to the supervisor.
-- $1 department that takes part or NULL, $2 today, $3 limit
SELECT visit.id
FROM visit
WHERE visit.emergency
  AND visit.approved_at IS NULL
  AND visit.state <> 'cancelled'
  AND visit.approval_due < $2
  AND ($1::bigint IS NULL OR EXISTS (SELECT FROM visit_part WHERE visit_part.visit = visit.id AND visit_part.department = $1))
ORDER BY visit.approval_due, visit.id
LIMIT $3;

-- name: confirm_parts
-- Departments take part.
-- $1 parts, $2 now
UPDATE visit_part SET state = 'confirmed', answered_at = $2 WHERE id = ANY($1::bigint[]) AND state = 'proposed';

-- name: drop_parts
-- Departments decline, or are withdrawn with their visit; the reason stays.
-- $1 parts, $2 new state, $3 reason, $4 now
UPDATE visit_part SET state = $2, reason = $3, answered_at = $4 WHERE id = ANY($1::bigint[]) AND state IN ('proposed', 'confirmed');

-- name: free_checks
-- The checks of dropped shares go back to the pool.
-- $1 parts
UPDATE visit_check SET live = false WHERE part = ANY($1::bigint[]) AND live;

-- name: approve_parts
-- Heads approve.
-- $1 parts, $2 now, $3 person
UPDATE visit_part SET approved_at = $2, approved_by = $3 WHERE id = ANY($1::bigint[]) AND state = 'confirmed' AND approved_at IS NULL;

-- name: advance_visits
-- Visits follow their shares: state derived in Python, the times set where they are reached for the first time.
-- $1 ids, $2 states, $3 leads, $4 cancel reasons, $5 now, $6 person
UPDATE visit
SET
  state = new.state,
  lead = new.lead,
  confirmed_at = CASE WHEN new.state IN ('confirmed', 'approved') THEN coalesce(visit.confirmed_at, $5) ELSE visit.confirmed_at END,
  approved_at = CASE WHEN new.state = 'approved' THEN coalesce(visit.approved_at, $5) ELSE visit.approved_at END,
  approved_by = CASE WHEN new.state = 'approved' THEN coalesce(visit.approved_by, $6) ELSE visit.approved_by END,
  cancelled_at = CASE WHEN new.state = 'cancelled' THEN $5 END,
  cancel_reason = new.cancel_reason
FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) AS new (id, state, lead, cancel_reason)
WHERE visit.id = new.id;

-- name: backfill_approval
-- An emergency visit is approved after it began.
-- $1 visit, $2 now, $3 person
UPDATE visit SET approved_at = $2, approved_by = $3 WHERE id = $1 AND approved_at IS NULL;

-- name: start_visit
-- The arrival is confirmed: the visit is under way.
-- $1 visit, $2 when
UPDATE visit SET state = 'under_way', started_at = $2 WHERE id = $1;

-- name: record_visit
-- Every share has its record.
-- $1 visit, $2 now
UPDATE visit SET state = 'recorded', recorded_at = $2 WHERE id = $1;

-- name: close_visit
-- The result is told and nothing is left to put right.
-- $1 visit, $2 now
UPDATE visit SET state = 'closed', closed_at = $2 WHERE id = $1;

-- name: finish_visits
-- Visits whose records came in whole: begun, recorded and, where nothing is left open, closed.
-- $1 ids, $2 states, $3 started, $4 now
UPDATE visit
SET state = new.state, started_at = coalesce(visit.started_at, new.started), recorded_at = $4::timestamptz,
  closed_at = CASE WHEN new.state = 'closed' THEN $4::timestamptz END
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[]) AS new (id, state, started)
WHERE visit.id = new.id;

-- name: mark_published
-- Visits that a release names: from now on a re-plan keeps their day.
-- $1 ids, $2 now
UPDATE visit SET published_at = $2 WHERE id = ANY($1::bigint[]) AND published_at IS NULL;

-- name: link_trigger
-- The documented reason of an unplanned visit; with a day, an emergency whose approval is back-filled by then.
-- $1 visit's uid, $2 trigger, $3 approval due or NULL
UPDATE visit SET trigger = $2, emergency = $3::date IS NOT NULL, approval_due = $3 WHERE uid = $1;
