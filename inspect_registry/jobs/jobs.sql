-- name: add_job
-- One piece of work to be done.
-- unlogged: the act that asks for it appends.
-- $1 uid, $2 kind, $3 argument, $4 due, $5 requested by
INSERT INTO job (uid, kind, argument, due_at, requested_by) VALUES ($1, $2, $3, $4, $5);

-- name: take_job
-- The oldest job that is due, or whose worker died; no two workers take one (SKIP LOCKED).
-- unlogged: the work itself appends.
-- $1 now, $2 lease ended before, $3 kinds, $4 most attempts
UPDATE job SET state = 'running', taken_at = $1, attempts = attempts + 1
WHERE id = (
  SELECT id FROM job
  WHERE kind = ANY ($3::text[])
    AND attempts < $4
    AND state IN ('waiting', 'running')
    AND ((state = 'waiting' AND due_at <= $1) OR (state = 'running' AND taken_at < $2))
  ORDER BY due_at, id
  LIMIT 1
  FOR UPDATE SKIP LOCKED)
RETURNING id, uid, kind, argument, attempts, requested_by;

-- name: give_up_jobs
-- Jobs whose last worker died, too: nobody will try them again, and who asked is told so.
-- unlogged: the work itself appends.
-- $1 now, $2 lease ended before, $3 kinds, $4 most attempts, $5 result
UPDATE job SET state = 'failed', result = $5, ended_at = $1
WHERE state = 'running' AND kind = ANY ($3::text[]) AND attempts >= $4 AND taken_at < $2;

-- name: report_job
-- How far a job is; renews the lease, and tells whether somebody wants it to end early. Another attempt's job is not ours.
-- unlogged: progress is no fact.
-- $1 job, $2 attempt, $3 progress, $4 now
UPDATE job SET progress = $3, taken_at = $4 WHERE id = $1 AND attempts = $2 AND state = 'running' RETURNING stop_asked;

-- name: end_job
-- A job that is done, or that nobody will try again.
-- unlogged: the work itself appends.
-- $1 job, $2 attempt, $3 state, $4 result, $5 now
UPDATE job SET state = $3, result = $4, ended_at = $5 WHERE id = $1 AND attempts = $2 AND state = 'running';

-- name: retry_job
-- A job that failed and will be tried again.
-- unlogged: the work itself appends.
-- $1 job, $2 attempt, $3 due, $4 progress
UPDATE job SET state = 'waiting', due_at = $3, progress = $4 WHERE id = $1 AND attempts = $2 AND state = 'running';

-- name: job_by_uid
-- One job as told to people.
-- $1 uid
SELECT uid, kind, state, attempts, progress, result, stop_asked, due_at, ended_at FROM job WHERE uid = $1;

-- name: jobs_about
-- Jobs of these kinds about one month, newest first.
-- $1 kinds, $2 month's first day, $3 next month's first day, $4 how many
SELECT uid, kind, state, attempts, progress, result, stop_asked, due_at, ended_at FROM job
WHERE kind = ANY ($1::text[])
  AND (argument ->> 'month')::date >= $2
  AND (argument ->> 'month')::date < $3
ORDER BY id DESC
LIMIT $4;

-- name: ask_stop
-- Somebody wants a job that has not ended to end early.
-- $1 uid, $2 kinds
UPDATE job SET stop_asked = true
WHERE uid = $1 AND kind = ANY ($2::text[]) AND state IN ('waiting', 'running')
RETURNING uid, kind, state, attempts, progress, result, stop_asked, due_at, ended_at;

-- name: job_of_person
-- One job, for the person who asked for it.
-- $1 uid, $2 person
SELECT uid, kind, state, attempts, progress, result, stop_asked, due_at, ended_at FROM job WHERE uid = $1 AND requested_by = $2;

-- name: add_notice
-- One message to be sent once this transaction is durable.
-- unlogged: the act that causes it appends.
-- $1 uid, $2 enterprise, $3 department, $4 address, $5 kind, $6 subject, $7 body, $8 now
INSERT INTO notice (uid, enterprise, department, address, kind, subject, body, created_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8);

-- name: take_notices
-- Messages not yet sent that are due; no two workers take one (SKIP LOCKED).
-- $1 most attempts, $2 how many, $3 now
SELECT id, uid, kind, subject, body, address, attempts FROM notice
WHERE sent_at IS NULL AND attempts < $1 AND due_at <= $3
ORDER BY id
LIMIT $2
FOR UPDATE SKIP LOCKED;

-- name: sent_notice
-- A message that left.
-- unlogged: the act that caused it appended.
-- $1 notice, $2 now
UPDATE notice SET sent_at = $2, attempts = attempts + 1 WHERE id = $1;

-- name: failed_notice
-- A message that could not leave; why is kept, and when it is tried again.
-- unlogged: the act that caused it appended.
-- $1 notice, $2 error, $3 due
UPDATE notice SET attempts = attempts + 1, last_error = $2, due_at = $3 WHERE id = $1;
