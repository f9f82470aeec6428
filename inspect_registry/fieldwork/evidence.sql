-- name: add_evidence
-- One file that is safely stored; the same content twice at one record is one piece of evidence.
-- $1 uid, $2 inspection, $3 digest, $4 rectification or NULL, $5 kind, $6 media type, $7 size, $8 file name, $9 place, $10 taken, $11 now, $12 person
INSERT INTO evidence (uid, inspection, digest, rectification, kind, media_type, size, file_name, place, taken_at, uploaded_at, uploaded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (inspection, digest) DO NOTHING
RETURNING id;

-- name: evidence_of_digest
-- The piece of evidence of this content at a record.
-- $1 inspection, $2 digest
SELECT evidence.uid FROM evidence WHERE evidence.inspection = $1 AND evidence.digest = $2;

-- name: evidence
-- One piece of evidence that the actor may see.
-- $1 uid
SELECT evidence.id, evidence.uid, evidence.digest, evidence.kind, evidence.media_type, evidence.size, evidence.file_name, evidence.place,
  evidence.taken_at, evidence.uploaded_at, inspection.uid AS inspection_uid,
  coalesce(rectification.uid, '') AS rectification_uid
FROM evidence
JOIN inspection ON inspection.id = evidence.inspection
LEFT JOIN rectification ON rectification.id = evidence.rectification
WHERE evidence.uid = $1;

-- name: evidence_of_record
-- All evidence of one version of a record, in the order of its coming in.
-- $1 inspection
SELECT evidence.id, evidence.uid, evidence.digest, evidence.kind, evidence.media_type, evidence.size, evidence.file_name, evidence.place,
  evidence.taken_at, evidence.uploaded_at, inspection.uid AS inspection_uid,
  coalesce(rectification.uid, '') AS rectification_uid
FROM evidence
JOIN inspection ON inspection.id = evidence.inspection
LEFT JOIN rectification ON rectification.id = evidence.rectification
WHERE evidence.inspection = $1
ORDER BY evidence.id;
