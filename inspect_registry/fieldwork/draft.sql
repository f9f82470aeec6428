-- name: keep_draft
-- What somebody has typed so far; what he typed before in this section goes.
-- $1 inspection, $2 section, $3 person, $4 typed, $5 now
INSERT INTO inspection_draft (inspection, section, person, typed, saved_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (inspection, section, person) DO UPDATE SET typed = excluded.typed, saved_at = excluded.saved_at;

-- name: drafts_of
-- What one person has typed into a record and not yet said.
-- $1 inspection, $2 person
SELECT section, typed, saved_at
FROM inspection_draft
WHERE inspection = $1
  AND person = $2
ORDER BY section;

-- name: drop_draft
-- A section was saved: its typist's draft is over.
-- $1 inspection, $2 section, $3 person
DELETE FROM inspection_draft WHERE inspection = $1 AND section = $2 AND person = $3;

-- name: drop_drafts
-- A record is closed: nobody's drafts are needed any more.
-- $1 inspection
DELETE FROM inspection_draft WHERE inspection = $1;
