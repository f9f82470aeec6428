-- name: person_by_account
-- The account that somebody typed, disabled or not.
-- $1 account
SELECT id, uid, account, name, password_hash, role, department, enterprise, inspector, disabled_at
FROM person WHERE account = $1;

-- name: add_people
-- New accounts, many at once.
-- $1 uids, $2 accounts, $3 names, $4 password hashes, $5 roles, $6 departments, $7 enterprises, $8 inspectors, $9 now
INSERT INTO person (uid, account, name, password_hash, role, department, enterprise, inspector, created_at)
SELECT new.uid, new.account, new.name, new.password_hash, new.role, new.department, new.enterprise, new.inspector, $9
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
  AS new (uid, account, name, password_hash, role, department, enterprise, inspector)
RETURNING id;

-- name: disable_person
-- Closes an account.
-- $1 person, $2 now
UPDATE person SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL;

-- name: end_sessions_of
-- Ends every session of a person at once.
-- unlogged: sessions are no business facts.
-- $1 person
DELETE FROM session WHERE person = $1;

-- name: add_session
-- One sign-in.
-- unlogged: sessions are no business facts.
-- $1 token hash, $2 person, $3 now, $4 expires
INSERT INTO session (token_hash, person, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4);

-- name: live_session
-- Who a token belongs to: not ended, not idle, account not disabled.
-- $1 token hash, $2 now, $3 idle before
SELECT person.id, person.name, person.role, person.department, person.enterprise, person.inspector, session.seen_at
FROM session
JOIN person ON person.id = session.person
WHERE session.token_hash = $1
  AND session.expires_at > $2
  AND session.seen_at > $3
  AND person.disabled_at IS NULL;

-- name: touch_session
-- Somebody is still there; a session that was ended meanwhile stays ended.
-- unlogged: sessions are no business facts.
-- $1 token hash, $2 now
UPDATE session SET seen_at = $2 WHERE token_hash = $1;

-- name: end_session
-- One sign-out; nothing can bring the row back.
-- unlogged: sessions are no business facts.
-- $1 token hash
DELETE FROM session WHERE token_hash = $1;

-- name: count_attempt
-- Counts one more in this window and says how many that makes.
-- unlogged: a counter.
-- $1 bucket, $2 window start
INSERT INTO attempt (bucket, window_start, used) VALUES ($1, $2, 1)
ON CONFLICT (bucket, window_start) DO UPDATE SET used = attempt.used + 1
RETURNING used;

-- name: give_back_attempt
-- One attempt of this window was no failure.
-- unlogged: a counter.
-- $1 bucket, $2 window start
UPDATE attempt SET used = used - 1 WHERE bucket = $1 AND window_start = $2 AND used > 0;

-- name: forget_attempts
-- Housekeeping of counters and of sessions that are over.
-- unlogged: counters.
-- $1 before
DELETE FROM attempt WHERE window_start < $1;

-- name: forget_sessions
-- Drops sessions that are over.
-- unlogged: sessions are no business facts.
-- $1 now
DELETE FROM session WHERE expires_at < $1;
