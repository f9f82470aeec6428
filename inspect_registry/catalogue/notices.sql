-- name: notices
-- Every notice of holidays that was entered, newest year and version first.
SELECT id, uid, year, version, content, state, proposed_by, proposed_at, decided_by, decided_at, decision
FROM calendar_notice
ORDER BY year DESC, version DESC;

-- name: notice_locked
-- One notice, locked: it is decided once.
-- $1 uid
SELECT id, uid, year, version, content, state, proposed_by, proposed_at, decided_by, decided_at, decision
FROM calendar_notice
WHERE uid = $1
FOR UPDATE;

-- name: notices_in_force
-- What working days are counted by.
SELECT id, uid, year, version, content, state, proposed_by, proposed_at, decided_by, decided_at, decision
FROM calendar_notice
WHERE state = 'in_force';

-- name: add_notice
-- Enters a notice as the next version of its year.
-- $1 uid, $2 year, $3 content, $4 person, $5 at
INSERT INTO calendar_notice (uid, year, version, content, proposed_by, proposed_at)
VALUES ($1, $2, (SELECT count(*) + 1 FROM calendar_notice WHERE year = $2), $3, $4, $5)
RETURNING id, uid, year, version, content, state, proposed_by, proposed_at, decided_by, decided_at, decision;

-- name: replace_notice
-- Takes the notice of a year that was in force out of force.
-- $1 year
UPDATE calendar_notice
SET state = 'replaced'
WHERE year = $1
  AND state = 'in_force';

-- name: decide_notice
-- Signs a notice off, or rejects it.
-- $1 notice, $2 state, $3 person, $4 at, $5 remark
UPDATE calendar_notice
SET state = $2,
    decided_by = $3,
    decided_at = $4,
    decision = $5
WHERE id = $1
RETURNING id, uid, year, version, content, state, proposed_by, proposed_at, decided_by, decided_at, decision;
