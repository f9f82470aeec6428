-- name: add_signature
-- One signature under the content that the signer was shown; the same one twice is one.
-- $1 uid, $2 inspection, $3 side, $4 means, $5 inspector or NULL, $6 name, $7 position, $8 strokes or NULL, $9 evidence or NULL, $10 digest, $11 content, $12 now, $13 person
INSERT INTO signature (uid, inspection, side, means, inspector, name, position, strokes, evidence, digest, content, signed_at, taken_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (inspection, side, digest, content, name) DO NOTHING
RETURNING id;

-- name: signatures_of
-- All signatures under one version of a record, oldest first.
-- $1 inspection
SELECT signature.id, signature.uid, signature.side, signature.means, signature.inspector, signature.name, signature.position,
  signature.strokes, signature.digest, signature.content, signature.signed_at, evidence.uid AS evidence_uid
FROM signature
LEFT JOIN evidence ON evidence.id = signature.evidence
WHERE signature.inspection = $1
ORDER BY signature.id;
