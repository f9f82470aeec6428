-- name: annual_plan_by_uid
-- One revision of an annual plan; row-level security hides other departments' drafts.
-- $1 uid
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE uid = $1;

-- name: annual_plan_locked
-- The same, locked against another step at the same moment.
-- $1 uid
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE uid = $1
FOR UPDATE;

-- name: annual_plan_by_id
-- One revision of an annual plan.
-- $1 plan
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE id = $1;

-- name: annual_plans
-- The plans of a year that the actor may see, newest revision first.
-- $1 year, $2 department or NULL for all
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE year = $1
  AND ($2::bigint IS NULL OR department = $2)
ORDER BY department, campaign, revision DESC;

-- name: published_before
-- The revision in force that a new one replaces.
-- $1 department, $2 year, $3 campaign
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE department = $1
  AND year = $2
  AND campaign = $3
  AND state = 'published'
FOR UPDATE;

-- name: open_annual_plan
-- The revision that is being worked on, locked.
-- $1 department, $2 year, $3 campaign
SELECT id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
       changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at
FROM annual_plan
WHERE department = $1
  AND year = $2
  AND campaign = $3
  AND state IN ('draft', 'submitted', 'returned', 'reviewed', 'filed')
FOR UPDATE;

-- name: add_annual_plan
-- Opens a draft.
-- $1 uid, $2 department, $3 year, $4 campaign, $5 approval document, $6 revision, $7 title, $8 number, $9 reason, $10 at,
-- $11 approved on, $12 emergency, $13 code in the city's system
INSERT INTO annual_plan (uid, department, year, campaign, approval_document, revision, title, number, reason, created_at,
                         approved_on, emergency, upstream_plan_code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
          changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at;

-- name: move_annual_plan
-- Takes a plan to its next state, with the time of that state.
-- $1 plan, $2 state, $3 at, $4 number or NULL to keep it, $5 changes or NULL to keep them
UPDATE annual_plan
SET state = $2,
    number = coalesce($4, number),
    changes = coalesce($5::jsonb, changes),
    submitted_at = CASE WHEN $2 = 'submitted' THEN $3 ELSE submitted_at END,
    reviewed_at = CASE WHEN $2 = 'reviewed' THEN $3 ELSE reviewed_at END,
    filed_at = CASE WHEN $2 = 'filed' THEN $3 ELSE filed_at END,
    published_at = CASE WHEN $2 = 'published' THEN $3 ELSE published_at END,
    closed_at = CASE WHEN $2 = 'closed' THEN $3 ELSE closed_at END
WHERE id = $1
RETURNING id, uid, department, year, campaign, approval_document, approved_on, emergency, revision, title, state, number, reason,
          changes, upstream_plan_code, created_at, submitted_at, reviewed_at, filed_at, published_at, closed_at;

-- name: approve_campaign
-- Notes the approval of a special campaign that had to start before it was there.
-- $1 plan, $2 document, $3 day
UPDATE annual_plan
SET approval_document = $2,
    approved_on = $3
WHERE id = $1;

-- name: add_upload
-- Keeps a file as it came.
-- $1 plan, $2 file name, $3 digest, $4 content, $5 problems, $6 skipped rows, $7 at, $8 person
INSERT INTO plan_upload (plan, file_name, digest, content, problems, skipped, uploaded_at, uploaded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: uploads
-- The files of a plan, newest first, without their content.
-- $1 plan
SELECT file_name, digest, problems, skipped, uploaded_at
FROM plan_upload
WHERE plan = $1
ORDER BY id DESC;

-- name: add_tasks
-- Adds many tasks to a plan, in the given order.
-- $1 plan, $2 uids, $3 positions, $4 names, $5 kinds, $6 matters, joint departments and problems, $7 objects, $8 modes,
-- $9 selections, $10 starts, $11 ends, $12 bases, $13 cells, $14 amounts, $15 sheets, $16 rows
INSERT INTO task (uid, plan, position, name, kind, matters, joint_departments, objects, mode, selection, starts, ends,
                  basis, cells, parsed, problems, source_sheet, source_row)
SELECT new.uid, $1, new.position, new.name, new.kind,
       ARRAY(SELECT jsonb_array_elements_text(new.lists -> 'matters')::bigint),
       ARRAY(SELECT jsonb_array_elements_text(new.lists -> 'joint_departments')::bigint),
       new.objects, new.mode, new.selection, new.starts, new.ends, new.basis, new.cells, new.parsed,
       new.lists -> 'problems', new.source_sheet, new.source_row
FROM unnest($2::text[], $3::integer[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::text[], $9::text[],
            $10::date[], $11::date[], $12::text[], $13::jsonb[], $14::jsonb[], $15::text[], $16::integer[])
  AS new (uid, position, name, kind, lists, objects, mode, selection, starts, ends, basis, cells, parsed, source_sheet,
          source_row)
ORDER BY new.position;

-- name: tasks_of_plan
-- The tasks of a plan in their order.
-- $1 plan
SELECT id, uid, plan, position, name, kind, matters, joint_departments, objects, mode, selection, starts, ends, basis,
       cells, parsed, problems, source_sheet, source_row
FROM task
WHERE plan = $1
ORDER BY position;

-- name: task_by_uid
-- One task.
-- $1 uid
SELECT id, uid, plan, position, name, kind, matters, joint_departments, objects, mode, selection, starts, ends, basis,
       cells, parsed, problems, source_sheet, source_row
FROM task
WHERE uid = $1;

-- name: tasks_by_id
-- Some tasks.
-- $1 tasks
SELECT id, uid, plan, position, name, kind, matters, joint_departments, objects, mode, selection, starts, ends, basis,
       cells, parsed, problems, source_sheet, source_row
FROM task
WHERE id = ANY ($1::bigint[]);

-- name: tasks_in_force
-- The tasks of published plans whose period touches a span of days.
-- $1 department or NULL for all, $2 first day, $3 last day
SELECT task.id, task.uid, task.plan, task.position, task.name, task.kind, task.matters, task.joint_departments,
       task.objects, task.mode, task.selection, task.starts, task.ends, task.basis, task.cells, task.parsed,
       task.problems, task.source_sheet, task.source_row
FROM task
JOIN annual_plan ON annual_plan.id = task.plan
WHERE annual_plan.state = 'published'
  AND ($1::bigint IS NULL OR annual_plan.department = $1)
  AND task.starts <= $3
  AND task.ends >= $2
ORDER BY annual_plan.department, annual_plan.campaign, task.position;

-- name: change_task
-- Writes a task's settled fields.
-- $1 task, $2 name, $3 kind, $4 matters, $5 joint departments, $6 objects, $7 mode, $8 selection, $9 starts, $10 ends,
-- $11 basis, $12 amounts, $13 problems that stay
UPDATE task
SET name = $2,
    kind = $3,
    matters = $4,
    joint_departments = $5,
    objects = $6,
    mode = $7,
    selection = $8,
    starts = $9,
    ends = $10,
    basis = $11,
    parsed = $12,
    problems = $13
WHERE id = $1
RETURNING id, uid, plan, position, name, kind, matters, joint_departments, objects, mode, selection, starts, ends, basis,
          cells, parsed, problems, source_sheet, source_row;

-- name: last_position
-- The highest position of a plan's tasks; 0 for an empty plan.
-- $1 plan
SELECT coalesce(max(position), 0)
FROM task
WHERE plan = $1;

-- name: remove_task
-- Takes a task out of an open plan; the ledger keeps what it said.
-- $1 task
DELETE FROM task
WHERE id = $1;

-- name: remove_tasks
-- Takes every task out of an open plan, for a new upload; the file they came from is kept.
-- $1 plan
DELETE FROM task
WHERE plan = $1;

-- name: add_steps
-- Notes one step of many plans at once.
-- $1 annual plans, $2 monthly plans (one of the two NULL), $3 departments, $4 step, $5 state, $6 reason, $7 person, $8 at
INSERT INTO plan_step (annual_plan, monthly_plan, department, step, state, reason, person, taken_at)
SELECT new.annual_plan, new.monthly_plan, new.department, $4, $5, $6, $7, $8
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (annual_plan, monthly_plan, department);

-- name: steps_of_annual_plan
-- The life of an annual plan, from the beginning.
-- $1 plan
SELECT step, state, reason, person, taken_at
FROM plan_step
WHERE annual_plan = $1
ORDER BY id;

-- name: steps_of_monthly_plan
-- The life of a monthly plan, from the beginning.
-- $1 plan
SELECT step, state, reason, person, taken_at
FROM plan_step
WHERE monthly_plan = $1
ORDER BY id;

-- name: late_departments
-- Listed authorities without a published plan of a year.
-- $1 year, $2 day on which they must be listed
SELECT department.id
FROM department
WHERE department.valid_from <= $2
  AND (department.valid_to IS NULL OR department.valid_to >= $2)
  AND NOT EXISTS (
    SELECT
    FROM annual_plan
    WHERE annual_plan.department = department.id
      AND annual_plan.year = $1
      AND annual_plan.campaign = ''
      AND annual_plan.published_at IS NOT NULL
  )
ORDER BY department.sort_key;
