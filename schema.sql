-- The whole truth about the registry's database (PostgreSQL 15 and later).
--
-- `inspect-registry schema apply` creates the roles named here (a cluster may add a suffix to each) and runs this file
-- once as the owner. Every table lies in schema "ir". Order: guards, then one section for each room of the house.
-- Habits: bigint identities inside, `uid` (128 random bits, base32) outside; text, never varchar; timestamptz in UTC;
-- windows of days are inclusive [starts, ends]; constraint names are <table>_<rule> because errors are recognised by them.
-- Row-level security reads four settings that db/ sets for each transaction: app.role, app.department, app.enterprise,
-- app.person, and app.region (the district).

CREATE SCHEMA ir AUTHORIZATION ir_owner;
SET search_path = ir, public;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
SET ROLE ir_owner;

GRANT USAGE ON SCHEMA ir TO ir_app, ir_sequencer, ir_auditor;

-- Guards ---------------------------------------------------------------------------------------------------------------

CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('app.role', true), ''), 'none') $$;

CREATE FUNCTION acting_department() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.department', true), '')::bigint $$;

CREATE FUNCTION acting_enterprise() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.enterprise', true), '')::bigint $$;

CREATE FUNCTION acting_region() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(nullif(current_setting('app.region', true), ''), '000000') $$;

-- True for those who see every department's rows: the coordinator, the auditor and the registry itself.
CREATE FUNCTION sees_all_departments() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT acting_role() IN ('coordinator', 'auditor', 'system') $$;

-- True where somebody of this department, or somebody who sees all, is acting.
CREATE FUNCTION acts_for(department bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT sees_all_departments() OR (acting_role() IN ('clerk', 'head', 'inspector') AND department = acting_department()) $$;

-- Refuses every change of a row that may only ever be added.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

-- db -------------------------------------------------------------------------------------------------------------------

-- One row: which schema.sql this database was made from.
CREATE TABLE schema_version (
  one         boolean     PRIMARY KEY DEFAULT true CONSTRAINT schema_version_one CHECK (one),
  checksum    text        NOT NULL,
  applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One answered act of one person under the key the client chose: a repeat gets the same answer.
CREATE TABLE idempotency (
  person      bigint      NOT NULL,
  key         text        NOT NULL CONSTRAINT idempotency_key_length CHECK (length(key) BETWEEN 1 AND 200),
  act         text        NOT NULL,
  fingerprint bytea       NOT NULL,
  outcome     bytea,
  refused     boolean     NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL,
  CONSTRAINT idempotency_pkey PRIMARY KEY (person, key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- ledger (H4) ------------------------------------------------------------------------------------------------------------

-- One act, as everybody may read it; written in the transaction of the act, numbered later by the sequencer.
CREATE TABLE ledger_entry (
  id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  leaf         bytea       NOT NULL CONSTRAINT ledger_entry_leaf_length CHECK (octet_length(leaf) BETWEEN 1 AND 65535),
  leaf_hash    bytea       NOT NULL,
  action       text        NOT NULL,
  subject_kind text        NOT NULL,
  subject_uid  text        NOT NULL,
  department   bigint,
  appended_at  timestamptz NOT NULL,
  leaf_index   bigint      CONSTRAINT ledger_entry_leaf_index_unique UNIQUE CONSTRAINT ledger_entry_leaf_index_natural CHECK (leaf_index >= 0),
  CONSTRAINT ledger_entry_leaf_hash_right CHECK (leaf_hash = sha256('\x00'::bytea || leaf))
);
COMMENT ON COLUMN ledger_entry.leaf IS 'The exact public bytes (docs/ledger-format.md).';
COMMENT ON COLUMN ledger_entry.department IS 'department.id, without a foreign key: the ledger stands below the catalogue.';
COMMENT ON COLUMN ledger_entry.leaf_index IS 'Place in the log; NULL until the sequencer has taken the entry. Identity columns have gaps, so id is no leaf number.';
-- The sequencer takes the unnumbered ones in this order.
CREATE INDEX ledger_entry_pending ON ledger_entry (id) WHERE leaf_index IS NULL;
CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject_kind, subject_uid);
CREATE INDEX ledger_entry_with_receipt ON ledger_entry (department, id)
  WHERE action IN ('code.issued', 'inspection.closed', 'inspection.corrected');

-- The private part of one entry: who acted and what was recorded. Erasing it leaves the tree provable.
CREATE TABLE ledger_private (
  entry        bigint      PRIMARY KEY REFERENCES ledger_entry,
  department   bigint,
  enterprise   bigint,
  salt         bytea       CONSTRAINT ledger_private_salt_length CHECK (octet_length(salt) = 32),
  record       bytea,
  erased_in    bigint      REFERENCES ledger_entry,
  CONSTRAINT ledger_private_whole_or_erased CHECK (
    (salt IS NOT NULL AND record IS NOT NULL AND erased_in IS NULL)
    OR (salt IS NULL AND record IS NULL AND erased_in IS NOT NULL)
  )
);
COMMENT ON COLUMN ledger_private.enterprise IS 'enterprise.id of who may fetch a receipt with this record (its own codes and inspections), or NULL.';
COMMENT ON COLUMN ledger_private.record IS 'Canonical JSON; the leaf commits to SHA-256(0x02 | salt | record).';
COMMENT ON COLUMN ledger_private.erased_in IS 'The entry that says who erased this and why.';
CREATE INDEX ledger_private_of_enterprise ON ledger_private (enterprise, entry) WHERE enterprise IS NOT NULL;

-- One tile of the tree in the size the log has now; partial tiles grow.
CREATE TABLE ledger_tile (
  level        smallint    NOT NULL,
  number       bigint      NOT NULL,
  hashes       bytea       NOT NULL CONSTRAINT ledger_tile_hashes_length CHECK (octet_length(hashes) % 32 = 0 AND octet_length(hashes) BETWEEN 32 AND 8192),
  CONSTRAINT ledger_tile_pkey PRIMARY KEY (level, number)
);

-- One size at which the tree was to be signed; the note is there once the signer has agreed.
CREATE TABLE ledger_checkpoint (
  size         bigint      PRIMARY KEY CONSTRAINT ledger_checkpoint_size_natural CHECK (size > 0),
  root         bytea       NOT NULL CONSTRAINT ledger_checkpoint_root_length CHECK (octet_length(root) = 32),
  note         text,
  made_at      timestamptz NOT NULL,
  witnessed_at timestamptz,
  published_at timestamptz,
  CONSTRAINT ledger_checkpoint_signed_first CHECK (note IS NOT NULL OR (witnessed_at IS NULL AND published_at IS NULL))
);

-- The one row that says how long the log is, which sequencer may lengthen it, and whether writing has stopped.
CREATE TABLE ledger_head (
  one          boolean     PRIMARY KEY DEFAULT true CONSTRAINT ledger_head_one CHECK (one),
  size         bigint      NOT NULL CONSTRAINT ledger_head_size_natural CHECK (size >= 0),
  epoch        bigint      NOT NULL,
  frozen       text
);
COMMENT ON COLUMN ledger_head.epoch IS 'Raised by each sequencer that takes over; the one before fails at its next batch.';
COMMENT ON COLUMN ledger_head.frozen IS 'Why nothing may be appended (a restored backup, a rewritten history), or NULL.';
INSERT INTO ledger_head (size, epoch) VALUES (0, 0);

-- Entries are only added; the one permitted change is from no number to a number.
CREATE FUNCTION guard_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.leaf_index IS NULL AND NEW.leaf_index IS NOT NULL
     AND (NEW.id, NEW.leaf, NEW.leaf_hash, NEW.action, NEW.subject_kind, NEW.subject_uid, NEW.appended_at)
       = (OLD.id, OLD.leaf, OLD.leaf_hash, OLD.action, OLD.subject_kind, OLD.subject_uid, OLD.appended_at)
     AND NEW.department IS NOT DISTINCT FROM OLD.department THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of ledger_entry are append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entry_append_only';
END $$;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION guard_ledger_entry();
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_delete;
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_no_truncate;

-- Private parts are only added or erased, and erased only under an entry that says so.
CREATE FUNCTION guard_ledger_private() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.erased_in IS NULL AND NEW.erased_in IS NOT NULL AND NEW.salt IS NULL AND NEW.record IS NULL
     AND NEW.entry = OLD.entry AND NEW.department IS NOT DISTINCT FROM OLD.department
     AND NEW.enterprise IS NOT DISTINCT FROM OLD.enterprise
     AND EXISTS (SELECT FROM ledger_entry WHERE id = NEW.erased_in AND action = 'entry.erased') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of ledger_private are append-only' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_private_append_only';
END $$;
CREATE TRIGGER ledger_private_append_only BEFORE UPDATE ON ledger_private FOR EACH ROW EXECUTE FUNCTION guard_ledger_private();
CREATE TRIGGER ledger_private_no_delete BEFORE DELETE ON ledger_private FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_private_no_truncate BEFORE TRUNCATE ON ledger_private FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE ledger_private ENABLE ALWAYS TRIGGER ledger_private_append_only;
ALTER TABLE ledger_private ENABLE ALWAYS TRIGGER ledger_private_no_delete;
ALTER TABLE ledger_private ENABLE ALWAYS TRIGGER ledger_private_no_truncate;

ALTER TABLE ledger_private ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_private FORCE ROW LEVEL SECURITY;
CREATE POLICY ledger_private_read ON ledger_private FOR SELECT USING (acts_for(department) OR enterprise = acting_enterprise());
CREATE POLICY ledger_private_add ON ledger_private FOR INSERT WITH CHECK (true);
CREATE POLICY ledger_private_erase ON ledger_private FOR UPDATE USING (sees_all_departments()) WITH CHECK (true);

GRANT SELECT, INSERT (leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at) ON ledger_entry TO ir_app;
GRANT SELECT, INSERT, UPDATE (salt, record, erased_in) ON ledger_private TO ir_app;
GRANT SELECT ON ledger_tile, ledger_checkpoint, ledger_head TO ir_app;
GRANT SELECT, UPDATE (leaf_index) ON ledger_entry TO ir_sequencer;
GRANT SELECT, INSERT, UPDATE ON ledger_tile, ledger_checkpoint TO ir_sequencer;
GRANT SELECT, UPDATE ON ledger_head TO ir_sequencer;
GRANT SELECT ON ledger_entry, ledger_private, ledger_tile, ledger_checkpoint, ledger_head TO ir_auditor;

-- jobs -----------------------------------------------------------------------------------------------------------------

-- One piece of background work, taken by one worker at a time.
CREATE TABLE job (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT job_uid_unique UNIQUE,
  kind        text        NOT NULL,
  argument    jsonb       NOT NULL,
  state       text        NOT NULL DEFAULT 'waiting' CONSTRAINT job_state_known CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  attempts    integer     NOT NULL DEFAULT 0,
  progress    jsonb       NOT NULL DEFAULT '{}',
  result      jsonb,
  due_at      timestamptz NOT NULL,
  taken_at    timestamptz,
  ended_at    timestamptz,
  requested_by bigint     NOT NULL DEFAULT 0,
  stop_asked  boolean     NOT NULL DEFAULT false,
  CONSTRAINT job_ended_has_time CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL))
);
COMMENT ON COLUMN job.stop_asked IS 'Somebody asked the work to end early; it keeps the best it has.';
CREATE INDEX job_open ON job (due_at, id) WHERE state IN ('waiting', 'running');
CREATE INDEX job_by_kind ON job (kind, id);

-- One message that must leave the house: written in the act's transaction, sent afterwards.
CREATE TABLE notice (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT notice_uid_unique UNIQUE,
  enterprise  bigint,
  department  bigint,
  address     text        NOT NULL,
  kind        text        NOT NULL,
  subject     text        NOT NULL,
  body        text        NOT NULL,
  created_at  timestamptz NOT NULL,
  due_at      timestamptz NOT NULL,
  sent_at     timestamptz,
  attempts    integer     NOT NULL DEFAULT 0,
  last_error  text        NOT NULL DEFAULT ''
);
CREATE INDEX notice_unsent ON notice (id) WHERE sent_at IS NULL;

-- catalogue (H3) ---------------------------------------------------------------------------------------------------------

-- One town or sub-district of the district (街镇), by its nine-digit code.
CREATE TABLE town (
  code        text        PRIMARY KEY CONSTRAINT town_code_form CHECK (code ~ '^[0-9]{9}$'),
  region      text        NOT NULL DEFAULT acting_region(),
  name        text        NOT NULL,
  zone        integer     NOT NULL CONSTRAINT town_zone_unique UNIQUE,
  near        integer[]   NOT NULL
);
COMMENT ON COLUMN town.near IS 'Zones an inspector may share a day with, this one included.';

-- One listed 检查主体: an authority that may inspect.
CREATE TABLE department (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT department_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  code        text        NOT NULL,
  name        text        NOT NULL,
  short_name  text        NOT NULL,
  sort_key    text        NOT NULL,
  uscc        text        NOT NULL,
  kind        text        NOT NULL CONSTRAINT department_kind_known CHECK (kind IN ('agency', 'authorised', 'delegated')),
  level       text        NOT NULL CONSTRAINT department_level_known CHECK (level IN ('city', 'district', 'town')),
  domain      text        NOT NULL DEFAULT '',
  phone       text        NOT NULL DEFAULT '',
  mandate     text        NOT NULL DEFAULT '',
  needs_city_consent boolean NOT NULL DEFAULT false,
  valid_from  date        NOT NULL,
  valid_to    date,
  CONSTRAINT department_code_unique UNIQUE (region, code),
  CONSTRAINT department_uscc_unique UNIQUE (uscc),
  CONSTRAINT department_validity_ordered CHECK (valid_to IS NULL OR valid_to >= valid_from)
);

-- One version of what is listed about a department; its row in `department` holds the version in force.
CREATE TABLE department_version (
  department  bigint      NOT NULL REFERENCES department,
  version     integer     NOT NULL CONSTRAINT department_version_positive CHECK (version >= 1),
  region      text        NOT NULL DEFAULT acting_region(),
  name        text        NOT NULL,
  short_name  text        NOT NULL,
  sort_key    text        NOT NULL,
  kind        text        NOT NULL CONSTRAINT department_version_kind_known CHECK (kind IN ('agency', 'authorised', 'delegated')),
  level       text        NOT NULL CONSTRAINT department_version_level_known CHECK (level IN ('city', 'district', 'town')),
  domain      text        NOT NULL,
  phone       text        NOT NULL,
  mandate     text        NOT NULL,
  needs_city_consent boolean NOT NULL,
  valid_to    date,
  effective_from date     NOT NULL,
  reason      text        NOT NULL DEFAULT '',
  entered_at  timestamptz NOT NULL,
  CONSTRAINT department_version_pkey PRIMARY KEY (department, version),
  CONSTRAINT department_version_one_a_day UNIQUE (department, effective_from),
  CONSTRAINT department_version_change_has_reason CHECK (version = 1 OR reason <> '')
);
CREATE TRIGGER department_version_append_only BEFORE UPDATE OR DELETE ON department_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
COMMENT ON COLUMN department_version.valid_to IS 'Last day on which it is listed, as this version says; NULL while open.';
GRANT SELECT, INSERT ON department_version TO ir_app;
GRANT SELECT ON department_version TO ir_auditor;

-- One version of one published 检查事项.
CREATE TABLE matter (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT matter_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  code        text        NOT NULL,
  version     integer     NOT NULL CONSTRAINT matter_version_positive CHECK (version >= 1),
  department  bigint      NOT NULL REFERENCES department,
  name        text        NOT NULL,
  sort_key    text        NOT NULL,
  object_class text       NOT NULL,
  industries  text[]      NOT NULL,
  tags        text[]      NOT NULL,
  basis       text[]      NOT NULL CONSTRAINT matter_has_basis CHECK (cardinality(basis) >= 1),
  mode        text        NOT NULL CONSTRAINT matter_mode_known CHECK (mode IN ('onsite', 'offsite')),
  disclosure  text        NOT NULL CONSTRAINT matter_disclosure_known CHECK (disclosure IN ('named', 'numbers', 'afterwards')),
  disclosure_basis text   NOT NULL DEFAULT '',
  mergeable   boolean     NOT NULL,
  offsite_possible boolean NOT NULL,
  mandatory   boolean     NOT NULL DEFAULT false,
  min_inspectors integer  NOT NULL CONSTRAINT matter_two_inspectors CHECK (min_inspectors >= 2),
  minutes     integer     NOT NULL CONSTRAINT matter_minutes_positive CHECK (minutes BETWEEN 1 AND 480),
  key_risk    boolean     NOT NULL DEFAULT false,
  sample      boolean     NOT NULL DEFAULT false,
  prepare     text        NOT NULL DEFAULT '',
  published_on date       NOT NULL,
  withdrawn_on date,
  change_reason text      NOT NULL DEFAULT '',
  withdrawn_reason text   NOT NULL DEFAULT '',
  CONSTRAINT matter_code_version_unique UNIQUE (region, code, version),
  CONSTRAINT matter_versions_no_overlap EXCLUDE USING gist (region WITH =, code WITH =, daterange(published_on, withdrawn_on) WITH &&),
  CONSTRAINT matter_change_has_reason CHECK (version = 1 OR change_reason <> ''),
  CONSTRAINT matter_unannounced_not_merged CHECK (disclosure = 'named' OR NOT mergeable),
  CONSTRAINT matter_withdrawn_later CHECK (withdrawn_on IS NULL OR withdrawn_on >= published_on)
);
CREATE UNIQUE INDEX matter_one_in_force ON matter (region, code) WHERE withdrawn_on IS NULL;
COMMENT ON COLUMN matter.basis IS 'Legal bases in the form 《…》第X条.';
COMMENT ON COLUMN matter.industries IS 'GB/T 4754-2017 prefixes with section letter (H62); an enterprise matches by industry or by tag, and by both where both are given.';
COMMENT ON COLUMN matter.tags IS 'Activities (licences held, things done), one of which an object must carry on.';
COMMENT ON COLUMN matter.sample IS 'The legal basis was not verified; an administrator has to confirm it.';

-- One 检查要点 of a matter's version.
CREATE TABLE criterion (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT criterion_uid_unique UNIQUE,
  matter      bigint      NOT NULL REFERENCES matter,
  position    integer     NOT NULL,
  text        text        NOT NULL,
  basis       text        NOT NULL,
  important   boolean     NOT NULL DEFAULT false,
  CONSTRAINT criterion_position_unique UNIQUE (matter, position)
);

-- One version of one 一业一查 bundle: matters of one trade that are checked in one visit.
CREATE TABLE bundle (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT bundle_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  code        text        NOT NULL,
  version     integer     NOT NULL CONSTRAINT bundle_version_positive CHECK (version >= 1),
  name        text        NOT NULL,
  lead        bigint      NOT NULL REFERENCES department,
  industries  text[]      NOT NULL,
  tags        text[]      NOT NULL,
  sample      boolean     NOT NULL DEFAULT false,
  published_on date       NOT NULL,
  withdrawn_on date,
  change_reason text      NOT NULL DEFAULT '',
  CONSTRAINT bundle_code_version_unique UNIQUE (region, code, version),
  CONSTRAINT bundle_versions_no_overlap EXCLUDE USING gist (region WITH =, code WITH =, daterange(published_on, withdrawn_on) WITH &&),
  CONSTRAINT bundle_withdrawn_later CHECK (withdrawn_on IS NULL OR withdrawn_on >= published_on),
  CONSTRAINT bundle_change_has_reason CHECK (version = 1 OR change_reason <> '')
);

CREATE TABLE bundle_matter (
  bundle      bigint      NOT NULL REFERENCES bundle,
  matter      bigint      NOT NULL REFERENCES matter,
  CONSTRAINT bundle_matter_pkey PRIMARY KEY (bundle, matter)
);

-- One version of one entry of a list kept in the open: 重点行业, 无感监管, 无事不扰, 免罚, 不予强制.
CREATE TABLE listing (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT listing_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  kind        text        NOT NULL CONSTRAINT listing_kind_known CHECK (kind IN ('key_industry', 'quiet_enterprise', 'quiet_matter', 'no_penalty', 'no_coercion')),
  subject     text        NOT NULL,
  version     integer     NOT NULL CONSTRAINT listing_version_positive CHECK (version >= 1),
  title       text        NOT NULL CONSTRAINT listing_has_title CHECK (title <> ''),
  content     jsonb       NOT NULL,
  basis       text[]      NOT NULL,
  reason      text        NOT NULL CONSTRAINT listing_has_reason CHECK (reason <> ''),
  sample      boolean     NOT NULL DEFAULT false,
  valid_from  date        NOT NULL,
  valid_to    date,
  review_on   date        NOT NULL,
  ended_reason text       NOT NULL DEFAULT '',
  entered_at  timestamptz NOT NULL,
  review_told_at timestamptz,
  CONSTRAINT listing_version_unique UNIQUE (region, kind, subject, version),
  CONSTRAINT listing_versions_no_overlap EXCLUDE USING gist (region WITH =, kind WITH =, subject WITH =, daterange(valid_from, valid_to + 1) WITH &&),
  CONSTRAINT listing_validity_ordered CHECK (valid_to IS NULL OR valid_to >= valid_from - 1),
  CONSTRAINT listing_reviewed_later CHECK (review_on > valid_from),
  CONSTRAINT listing_law_has_basis CHECK (kind IN ('quiet_enterprise', 'quiet_matter') OR cardinality(basis) >= 1)
);
COMMENT ON COLUMN listing.subject IS 'What the entry is about, the same in all its versions: code of a key industry or matter, uid of an enterprise, list and number of an item.';
COMMENT ON COLUMN listing.reason IS 'Why this version was made; public.';
COMMENT ON COLUMN listing.review_on IS 'Day on which somebody must look whether it still holds.';
COMMENT ON COLUMN listing.valid_to IS 'Last day in force; NULL while open; the day before valid_from where it was taken back before it began.';
GRANT SELECT, INSERT, UPDATE ON listing TO ir_app;
GRANT SELECT ON listing TO ir_auditor;

-- One version of the official notice on one year's rest days (国务院办公厅), as entered and signed off here.
CREATE TABLE calendar_notice (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT calendar_notice_uid_unique UNIQUE,
  year        integer     NOT NULL CONSTRAINT calendar_notice_year_range CHECK (year BETWEEN 2000 AND 2100),
  version     integer     NOT NULL,
  content     jsonb       NOT NULL,
  state       text        NOT NULL DEFAULT 'proposed' CONSTRAINT calendar_notice_state_known CHECK (state IN ('proposed', 'in_force', 'replaced', 'rejected')),
  proposed_by bigint      NOT NULL,
  proposed_at timestamptz NOT NULL,
  decided_by  bigint,
  decided_at  timestamptz,
  decision    text        NOT NULL DEFAULT '',
  CONSTRAINT calendar_notice_version_unique UNIQUE (year, version),
  CONSTRAINT calendar_notice_decided_has_person CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
  CONSTRAINT calendar_notice_seconded CHECK (decided_by <> proposed_by OR state = 'rejected'),
  CONSTRAINT calendar_notice_rejection_explained CHECK (state <> 'rejected' OR decision <> '')
);
CREATE UNIQUE INDEX calendar_notice_one_in_force ON calendar_notice (year) WHERE state = 'in_force';
COMMENT ON COLUMN calendar_notice.content IS 'Title, document number, holidays and make-up days (catalogue/notices.py).';
GRANT SELECT, INSERT, UPDATE ON calendar_notice TO ir_app;
GRANT SELECT ON calendar_notice TO ir_auditor;

-- enterprises (H3) -------------------------------------------------------------------------------------------------------

-- One 经营主体.
CREATE TABLE enterprise (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT enterprise_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  name        text        NOT NULL,
  sort_key    text        NOT NULL,
  initials    text        NOT NULL,
  search_name text        NOT NULL,
  uscc        text        CONSTRAINT enterprise_uscc_form CHECK (uscc ~ '^[0-9A-HJ-NP-RTUWXY]{18}$'),
  reg_no      text        CONSTRAINT enterprise_reg_no_form CHECK (reg_no ~ '^[0-9]{15}$'),
  kind        text        NOT NULL CONSTRAINT enterprise_kind_known CHECK (kind IN ('company', 'individual', 'cooperative', 'institution', 'other')),
  natural_name boolean    NOT NULL DEFAULT false,
  industry    text        NOT NULL,
  tags        text[]      NOT NULL DEFAULT '{}',
  contact     text        NOT NULL DEFAULT '',
  state       text        NOT NULL DEFAULT 'open' CONSTRAINT enterprise_state_known CHECK (state IN ('open', 'closed')),
  CONSTRAINT enterprise_uscc_unique UNIQUE (region, uscc),
  CONSTRAINT enterprise_reg_no_unique UNIQUE (region, reg_no),
  CONSTRAINT enterprise_has_number CHECK (uscc IS NOT NULL OR reg_no IS NOT NULL)
);
CREATE INDEX enterprise_by_initials ON enterprise (initials text_pattern_ops);
CREATE INDEX enterprise_by_industry ON enterprise (industry text_pattern_ops);
COMMENT ON COLUMN enterprise.search_name IS 'Name folded for searching: half width, lower case, no blanks or punctuation.';
COMMENT ON COLUMN enterprise.natural_name IS 'The name is, or contains, a person''s name: masked in public.';
COMMENT ON COLUMN enterprise.contact IS 'Registered contact address for notices (e-mail); never public.';

-- One 经营场所: an address where an enterprise works.
CREATE TABLE premises (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT premises_uid_unique UNIQUE,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  position    integer     NOT NULL DEFAULT 1 CONSTRAINT premises_position_positive CHECK (position >= 1),
  name        text        NOT NULL DEFAULT '',
  address     text        NOT NULL,
  site        text        NOT NULL,
  town        text        NOT NULL REFERENCES town,
  open_mask   integer     NOT NULL DEFAULT 127 CONSTRAINT premises_open_mask_range CHECK (open_mask BETWEEN 1 AND 127)
);
CREATE UNIQUE INDEX premises_by_enterprise ON premises (enterprise, position);
CREATE INDEX premises_by_site ON premises (site);
CREATE INDEX premises_by_town ON premises (town);
COMMENT ON COLUMN premises.position IS '1 is the main place of business.';
COMMENT ON COLUMN premises.site IS 'Address folded for searching; equal for enterprises behind one door.';
COMMENT ON COLUMN premises.open_mask IS 'Bit w = open on weekday w, Monday is bit 0.';

-- Brings the planner's statistics of the imported tables up to date at once: until autovacuum comes by, a bulk import
-- leaves every join on them several times slower.
CREATE FUNCTION refresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = ir AS $$
BEGIN
  ANALYZE department, matter, criterion, enterprise, premises;
END $$;
REVOKE ALL ON FUNCTION refresh_statistics() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_statistics() TO ir_app;

-- One month's 企业信用风险分类 of one enterprise: internal, never public (国市监信发〔2022〕6号).
CREATE TABLE credit_risk (
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  month       date        NOT NULL CONSTRAINT credit_risk_first_of_month CHECK (extract(day FROM month) = 1),
  class       text        NOT NULL CONSTRAINT credit_risk_class_known CHECK (class IN ('A', 'B', 'C', 'D')),
  known_on    date,
  CONSTRAINT credit_risk_pkey PRIMARY KEY (enterprise, month)
);
COMMENT ON COLUMN credit_risk.known_on IS 'Day of its import; a record that ended later was still in it.';

-- One 食品生产经营风险等级, internal use.
CREATE TABLE food_risk (
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  since       date        NOT NULL,
  grade       text        NOT NULL CONSTRAINT food_risk_grade_known CHECK (grade IN ('A', 'B', 'C', 'D')),
  CONSTRAINT food_risk_pkey PRIMARY KEY (enterprise, since)
);

-- One 餐饮量化分级, public by 上海市食品安全条例.
CREATE TABLE catering (
  premises    bigint      NOT NULL REFERENCES premises,
  since       date        NOT NULL,
  grade       text        NOT NULL CONSTRAINT catering_grade_known CHECK (grade IN ('A', 'B', 'C')),
  CONSTRAINT catering_pkey PRIMARY KEY (premises, since)
);

-- One 医疗器械监管级别 (四级 is the strictest), internal use.
CREATE TABLE device (
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  since       date        NOT NULL,
  side        text        NOT NULL CONSTRAINT device_side_known CHECK (side IN ('production', 'distribution')),
  level       integer     NOT NULL CONSTRAINT device_level_known CHECK (level BETWEEN 1 AND 4),
  CONSTRAINT device_pkey PRIMARY KEY (enterprise, side, since)
);

-- One fact that a result feeds into the next grades on one scale, by a version of a rule; it never changes a grade by itself.
CREATE TABLE grade_input (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  department  bigint      NOT NULL REFERENCES department,
  inspection  text        NOT NULL,
  scale       text        NOT NULL CONSTRAINT grade_input_scale_known CHECK (scale IN ('credit_risk', 'food_risk', 'catering', 'device')),
  kind        text        NOT NULL CONSTRAINT grade_input_kind_known CHECK (kind IN ('conforms', 'guided', 'lenient', 'corrected', 'ordered', 'case')),
  feeds_from  date        NOT NULL CONSTRAINT grade_input_first_of_month CHECK (extract(day FROM feeds_from) = 1),
  counts_to   date        NOT NULL,
  rule        text        NOT NULL,
  rule_from   date        NOT NULL,
  basis       text        NOT NULL CONSTRAINT grade_input_has_basis CHECK (basis <> ''),
  ended_on    date,
  ended_why   text        CONSTRAINT grade_input_ended_why_known CHECK (ended_why IN ('corrected', 'revoked', 'repaired')),
  CONSTRAINT grade_input_once UNIQUE (inspection, scale),
  CONSTRAINT grade_input_end_explained CHECK ((ended_on IS NULL) = (ended_why IS NULL)),
  CONSTRAINT grade_input_days_ordered CHECK (counts_to >= feeds_from)
);
CREATE INDEX grade_input_by_enterprise ON grade_input (enterprise);
CREATE INDEX grade_input_ended ON grade_input (enterprise) WHERE ended_why IS NOT NULL;
COMMENT ON COLUMN grade_input.inspection IS 'uid of the version of the record; inspections come later in this schema, so without a foreign key.';

-- One negative record that the result of one share of a visit left: what publicity and repair are about.
CREATE TABLE credit_record (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT credit_record_uid_unique UNIQUE,
  part        bigint      NOT NULL CONSTRAINT credit_record_part_unique UNIQUE,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  inspection  text        NOT NULL CONSTRAINT credit_record_inspection_unique UNIQUE,
  field       text        NOT NULL CONSTRAINT credit_record_field_known CHECK (field IN ('food', 'drug', 'special_equipment', 'work_safety', 'fire', 'general')),
  measure     text        NOT NULL CONSTRAINT credit_record_measure_known CHECK (measure IN ('order', 'pending', 'warning', 'criticism', 'small_fine', 'fine', 'confiscation', 'suspension', 'restriction', 'revocation', 'huge_fine')),
  simplified  boolean     NOT NULL DEFAULT false,
  measure_document text   NOT NULL DEFAULT '',
  measure_on  date,
  found_on    date        NOT NULL,
  published_on date,
  performed_on date,
  publicity_ended_on date,
  ended_on    date,
  ended_why   text        CONSTRAINT credit_record_ended_why_known CHECK (ended_why IN ('corrected', 'revoked', 'repaired')),
  noted_at    timestamptz NOT NULL,
  CONSTRAINT credit_record_end_explained CHECK ((ended_on IS NULL) = (ended_why IS NULL)),
  CONSTRAINT credit_record_measure_documented CHECK ((measure IN ('order', 'pending')) = (measure_on IS NULL) AND (measure_on IS NULL) = (measure_document = '')),
  CONSTRAINT credit_record_repaired_not_public CHECK (ended_why IS DISTINCT FROM 'repaired' OR publicity_ended_on IS NOT NULL)
);
CREATE INDEX credit_record_by_enterprise ON credit_record (enterprise, found_on);
COMMENT ON COLUMN credit_record.part IS 'visit_part.id; shares come later in this schema, so without a foreign key.';
COMMENT ON COLUMN credit_record.publicity_ended_on IS 'From this day on no release shows the result: repaired, or the longest period of publicity is over.';

-- One application for the repair of one record (信用修复).
CREATE TABLE credit_repair (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT credit_repair_uid_unique UNIQUE,
  record      bigint      NOT NULL REFERENCES credit_record,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  state       text        NOT NULL DEFAULT 'applied' CONSTRAINT credit_repair_state_known CHECK (state IN ('applied', 'granted', 'refused', 'withdrawn')),
  papers      jsonb       NOT NULL,
  commitment  text        NOT NULL,
  applied_on  date        NOT NULL,
  applied_at  timestamptz NOT NULL,
  applied_by  bigint      NOT NULL,
  on_behalf   boolean     NOT NULL,
  decide_due  date        NOT NULL,
  provisional boolean     NOT NULL,
  judged_on   date,
  decided_on  date,
  decided_at  timestamptz,
  decided_by  bigint,
  decision    text        NOT NULL DEFAULT '',
  unmet       text[]      NOT NULL DEFAULT '{}',
  share_due   date,
  shared_on   date,
  withdrawn_at timestamptz,
  CONSTRAINT credit_repair_decided_whole CHECK ((state IN ('granted', 'refused')) = (decided_at IS NOT NULL AND decided_on IS NOT NULL AND decided_by IS NOT NULL AND judged_on IS NOT NULL AND decision <> '')),
  CONSTRAINT credit_repair_decided_by_another CHECK (decided_by <> applied_by),
  CONSTRAINT credit_repair_refused_says_why CHECK ((state = 'refused') = (cardinality(unmet) > 0)),
  CONSTRAINT credit_repair_granted_is_shared CHECK ((state = 'granted') = (share_due IS NOT NULL) AND (shared_on IS NULL OR state = 'granted')),
  CONSTRAINT credit_repair_withdrawn_has_time CHECK ((state = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE UNIQUE INDEX credit_repair_one_open ON credit_repair (record) WHERE state = 'applied';
COMMENT ON COLUMN credit_repair.judged_on IS 'The day whose regime decided: of the application, or of the decision where a change of regime overtook it.';

-- inspectors (H3) --------------------------------------------------------------------------------------------------------

-- One certified 执法人员.
CREATE TABLE inspector (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT inspector_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  department  bigint      NOT NULL REFERENCES department,
  name        text        NOT NULL,
  sort_key    text        NOT NULL,
  certificate text        NOT NULL,
  valid_from  date        NOT NULL,
  valid_to    date        NOT NULL,
  state       text        NOT NULL DEFAULT 'active' CONSTRAINT inspector_state_known CHECK (state IN ('active', 'suspended', 'left')),
  CONSTRAINT inspector_certificate_unique UNIQUE (region, certificate),
  CONSTRAINT inspector_validity_ordered CHECK (valid_to >= valid_from)
);
CREATE INDEX inspector_by_department ON inspector (department);

CREATE TABLE inspector_matter (
  inspector   bigint      NOT NULL REFERENCES inspector,
  matter      bigint      NOT NULL REFERENCES matter,
  CONSTRAINT inspector_matter_pkey PRIMARY KEY (inspector, matter)
);

-- What an officer is certified for, in whatever version: a certificate names a matter, not the wording of a year.
CREATE VIEW competence WITH (security_invoker = true) AS
SELECT DISTINCT inspector_matter.inspector, same.id AS matter
FROM inspector_matter
JOIN matter AS held ON held.id = inspector_matter.matter
JOIN matter AS same ON same.region = held.region AND same.code = held.code;
GRANT SELECT ON competence TO ir_app, ir_auditor;

-- One absence of an inspector.
CREATE TABLE inspector_leave (
  inspector   bigint      NOT NULL REFERENCES inspector,
  during      daterange   NOT NULL CONSTRAINT inspector_leave_not_empty CHECK (NOT isempty(during)),
  CONSTRAINT inspector_leave_no_overlap EXCLUDE USING gist (inspector WITH =, during WITH &&)
);

-- One 回避: this inspector does not inspect this enterprise.
CREATE TABLE recusal (
  inspector   bigint      NOT NULL REFERENCES inspector,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  reason      text        NOT NULL,
  declared_on date        NOT NULL,
  CONSTRAINT recusal_pkey PRIMARY KEY (inspector, enterprise)
);

-- access ---------------------------------------------------------------------------------------------------------------

-- One account: a person who can sign in, in one role.
CREATE TABLE person (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT person_uid_unique UNIQUE,
  account     text        NOT NULL CONSTRAINT person_account_unique UNIQUE,
  name        text        NOT NULL,
  password_hash text      NOT NULL,
  role        text        NOT NULL CONSTRAINT person_role_known CHECK (role IN ('clerk', 'head', 'coordinator', 'inspector', 'enterprise', 'auditor', 'operator')),
  department  bigint      REFERENCES department,
  enterprise  bigint      REFERENCES enterprise,
  inspector   bigint      REFERENCES inspector,
  disabled_at timestamptz,
  created_at  timestamptz NOT NULL,
  CONSTRAINT person_scope_fits_role CHECK (
    CASE role
      WHEN 'clerk' THEN department IS NOT NULL
      WHEN 'head' THEN department IS NOT NULL
      WHEN 'inspector' THEN department IS NOT NULL AND inspector IS NOT NULL
      WHEN 'enterprise' THEN enterprise IS NOT NULL
      ELSE department IS NULL AND enterprise IS NULL
    END)
);

-- One sign-in. Only the SHA-256 of its token is kept; nothing is stored for anonymous visitors.
CREATE TABLE session (
  token_hash  bytea       PRIMARY KEY CONSTRAINT session_hash_length CHECK (octet_length(token_hash) = 32),
  person      bigint      NOT NULL REFERENCES person,
  created_at  timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX session_by_person ON session (person);

-- How often something was tried in one window of time: sign-ins by account and by network.
CREATE TABLE attempt (
  bucket      text        NOT NULL,
  window_start timestamptz NOT NULL,
  used        integer     NOT NULL,
  CONSTRAINT attempt_pkey PRIMARY KEY (bucket, window_start)
);

-- history (H3) -----------------------------------------------------------------------------------------------------------

-- One fact: this was inspected on that day.
CREATE TABLE fact (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      REFERENCES premises,
  department  bigint      NOT NULL REFERENCES department,
  matter_code text        NOT NULL,
  day         date        NOT NULL,
  onsite      boolean     NOT NULL,
  level       text        NOT NULL CONSTRAINT fact_level_known CHECK (level IN ('city', 'district', 'town')),
  exempt      boolean     NOT NULL DEFAULT false,
  sufficient  boolean     NOT NULL DEFAULT true,
  visit_uid   text        NOT NULL DEFAULT ''
);
CREATE INDEX fact_by_enterprise ON fact (enterprise, day);

-- One inspector who was at one enterprise for a department on a day.
CREATE TABLE attendance (
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  department  bigint      NOT NULL REFERENCES department,
  day         date        NOT NULL,
  inspector   bigint      NOT NULL REFERENCES inspector,
  CONSTRAINT attendance_pkey PRIMARY KEY (enterprise, department, day, inspector)
);
ALTER TABLE attendance ENABLE ROW LEVEL SECURITY;
ALTER TABLE attendance FORCE ROW LEVEL SECURITY;
CREATE POLICY attendance_all ON attendance TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT ON attendance TO ir_app;
GRANT SELECT ON attendance TO ir_auditor;

-- plans (H2) -------------------------------------------------------------------------------------------------------------

-- One revision of one department's plan of a year, or of one special campaign (专项检查).
CREATE TABLE annual_plan (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT annual_plan_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  department  bigint      NOT NULL REFERENCES department,
  year        integer     NOT NULL CONSTRAINT annual_plan_year_range CHECK (year BETWEEN 2000 AND 2100),
  campaign    text        NOT NULL DEFAULT '',
  approval_document text  NOT NULL DEFAULT '',
  approved_on date,
  emergency   boolean     NOT NULL DEFAULT false,
  revision    integer     NOT NULL DEFAULT 1 CONSTRAINT annual_plan_revision_positive CHECK (revision >= 1),
  title       text        NOT NULL,
  state       text        NOT NULL DEFAULT 'draft' CONSTRAINT annual_plan_state_known CHECK (state IN ('draft', 'submitted', 'returned', 'reviewed', 'filed', 'published', 'closed')),
  number      text,
  reason      text        NOT NULL DEFAULT '',
  changes     jsonb       NOT NULL DEFAULT '[]',
  upstream_plan_code text NOT NULL DEFAULT '',
  created_at  timestamptz NOT NULL,
  submitted_at timestamptz,
  reviewed_at timestamptz,
  filed_at    timestamptz,
  published_at timestamptz,
  closed_at   timestamptz,
  CONSTRAINT annual_plan_revision_unique UNIQUE (department, year, campaign, revision),
  CONSTRAINT annual_plan_number_unique UNIQUE (number, revision),
  CONSTRAINT annual_plan_special_approved CHECK (campaign = '' OR state NOT IN ('published', 'closed') OR (approval_document <> '' AND approved_on IS NOT NULL)),
  CONSTRAINT annual_plan_revision_explained CHECK (revision = 1 OR reason <> ''),
  CONSTRAINT annual_plan_filed_has_number CHECK (state NOT IN ('filed', 'published', 'closed') OR (number IS NOT NULL AND filed_at IS NOT NULL)),
  CONSTRAINT annual_plan_published_has_time CHECK (state NOT IN ('published', 'closed') OR published_at IS NOT NULL),
  CONSTRAINT annual_plan_closed_has_time CHECK (state <> 'closed' OR closed_at IS NOT NULL)
);
-- At most one revision is being worked on, and at most one is in force.
CREATE UNIQUE INDEX annual_plan_one_open ON annual_plan (department, year, campaign) WHERE state IN ('draft', 'submitted', 'returned', 'reviewed', 'filed');
CREATE UNIQUE INDEX annual_plan_one_published ON annual_plan (department, year, campaign) WHERE state = 'published';
COMMENT ON COLUMN annual_plan.number IS '备案号 (plan number), given at filing; a revision keeps it.';
COMMENT ON COLUMN annual_plan.emergency IS 'A special campaign that began before its approval; the approval must be there before it is published.';
COMMENT ON COLUMN annual_plan.campaign IS 'Name of the special campaign; empty for the plan of the year.';
COMMENT ON COLUMN annual_plan.changes IS 'Public diff against the revision before.';

-- One file as a department handed it in: kept as it came.
CREATE TABLE plan_upload (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan        bigint      NOT NULL REFERENCES annual_plan,
  file_name   text        NOT NULL,
  digest      bytea       NOT NULL,
  content     bytea       NOT NULL,
  problems    jsonb       NOT NULL DEFAULT '[]',
  skipped     jsonb       NOT NULL DEFAULT '[]',
  uploaded_at timestamptz NOT NULL,
  uploaded_by bigint      NOT NULL
);
COMMENT ON COLUMN plan_upload.problems IS 'Problems of the sheet that belong to no task.';
COMMENT ON COLUMN plan_upload.skipped IS 'Rows with text that became no task, as written: titles, notes, totals.';

-- One line of an annual plan.
CREATE TABLE task (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT task_uid_unique UNIQUE,
  plan        bigint      NOT NULL REFERENCES annual_plan,
  position    integer     NOT NULL,
  name        text        NOT NULL,
  kind        text        NOT NULL DEFAULT 'routine' CONSTRAINT task_kind_known CHECK (kind IN ('routine', 'special', 'case')),
  matters     bigint[]    NOT NULL DEFAULT '{}',
  joint_departments bigint[] NOT NULL DEFAULT '{}',
  objects     text        NOT NULL DEFAULT '',
  mode        text        NOT NULL DEFAULT 'onsite' CONSTRAINT task_mode_known CHECK (mode IN ('onsite', 'offsite')),
  selection   text        NOT NULL DEFAULT 'random' CONSTRAINT task_selection_known CHECK (selection IN ('random', 'targeted', 'full')),
  starts      date,
  ends        date,
  basis       text        NOT NULL DEFAULT '',
  cells       jsonb       NOT NULL DEFAULT '{}',
  parsed      jsonb       NOT NULL DEFAULT '{}',
  problems    jsonb       NOT NULL DEFAULT '[]',
  source_sheet text       NOT NULL DEFAULT '',
  source_row  integer     NOT NULL DEFAULT 0,
  CONSTRAINT task_position_unique UNIQUE (plan, position),
  CONSTRAINT task_period_ordered CHECK (starts IS NULL OR ends IS NULL OR ends >= starts)
);
COMMENT ON COLUMN task.cells IS 'Every cell as written, by header: nothing typed is lost.';
COMMENT ON COLUMN task.parsed IS 'ratio, count, frequency, cap … as the grammar read them.';
COMMENT ON COLUMN task.problems IS 'Cells that must be settled before the plan can be submitted.';

-- One department's plan of a month.
CREATE TABLE monthly_plan (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT monthly_plan_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  department  bigint      NOT NULL REFERENCES department,
  month       date        NOT NULL CONSTRAINT monthly_plan_first_of_month CHECK (extract(day FROM month) = 1),
  state       text        NOT NULL DEFAULT 'draft' CONSTRAINT monthly_plan_state_known CHECK (state IN ('draft', 'submitted', 'returned', 'reviewed', 'filed', 'published', 'closed')),
  number      text        CONSTRAINT monthly_plan_number_unique UNIQUE,
  provisional boolean     NOT NULL DEFAULT false,
  created_at  timestamptz NOT NULL,
  submitted_at timestamptz,
  reviewed_at timestamptz,
  filed_at    timestamptz,
  published_at timestamptz,
  closed_at   timestamptz,
  CONSTRAINT monthly_plan_month_unique UNIQUE (department, month),
  CONSTRAINT monthly_plan_filed_has_number CHECK (state NOT IN ('filed', 'published', 'closed') OR (number IS NOT NULL AND filed_at IS NOT NULL)),
  CONSTRAINT monthly_plan_published_has_time CHECK (state NOT IN ('published', 'closed') OR published_at IS NOT NULL),
  CONSTRAINT monthly_plan_closed_has_time CHECK (state <> 'closed' OR closed_at IS NOT NULL)
);
COMMENT ON COLUMN monthly_plan.provisional IS 'The month has no official working-day calendar yet.';

-- One step in the life of an annual or monthly plan: who, when, why.
CREATE TABLE plan_step (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  annual_plan bigint      REFERENCES annual_plan,
  monthly_plan bigint     REFERENCES monthly_plan,
  department  bigint      NOT NULL REFERENCES department,
  step        text        NOT NULL,
  state       text        NOT NULL,
  reason      text        NOT NULL DEFAULT '',
  person      bigint      NOT NULL,
  taken_at    timestamptz NOT NULL,
  CONSTRAINT plan_step_of_one_plan CHECK ((annual_plan IS NULL) <> (monthly_plan IS NULL))
);
CREATE INDEX plan_step_by_annual_plan ON plan_step (annual_plan);
CREATE INDEX plan_step_by_monthly_plan ON plan_step (monthly_plan);
CREATE TRIGGER plan_step_append_only BEFORE UPDATE OR DELETE ON plan_step FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One reproducible selection for a task and month.
CREATE TABLE draw (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT draw_uid_unique UNIQUE,
  task        bigint      NOT NULL REFERENCES task,
  monthly_plan bigint     NOT NULL REFERENCES monthly_plan,
  department  bigint      NOT NULL REFERENCES department,
  attempt     integer     NOT NULL DEFAULT 1,
  method      text        NOT NULL CONSTRAINT draw_method_known CHECK (method IN ('random', 'targeted', 'full')),
  algorithm   text        NOT NULL,
  wanted      integer     NOT NULL CONSTRAINT draw_wanted_range CHECK (wanted >= 0),
  pool_size   integer     NOT NULL,
  pool_hash   bytea       NOT NULL CONSTRAINT draw_pool_hash_length CHECK (octet_length(pool_hash) = 32),
  pool        bigint[]    NOT NULL,
  weights     integer[]   NOT NULL,
  excluded    jsonb       NOT NULL,
  salt        bytea       NOT NULL CONSTRAINT draw_salt_length CHECK (octet_length(salt) = 32),
  committed_at timestamptz NOT NULL,
  seed        text,
  seed_source text        NOT NULL DEFAULT '',
  seed_independent boolean NOT NULL DEFAULT false,
  drawn       bigint[]    NOT NULL DEFAULT '{}',
  drawn_at    timestamptz,
  superseded  boolean     NOT NULL DEFAULT false,
  reason      text        NOT NULL DEFAULT '',
  override_reason text    NOT NULL DEFAULT '',
  CONSTRAINT draw_attempt_unique UNIQUE (task, monthly_plan, attempt),
  CONSTRAINT draw_weights_fit CHECK (cardinality(weights) = cardinality(pool) AND cardinality(pool) = pool_size),
  CONSTRAINT draw_again_explained CHECK (attempt = 1 OR reason <> ''),
  CONSTRAINT draw_seed_after_commitment CHECK (drawn_at IS NULL OR ((seed IS NOT NULL OR method <> 'random') AND drawn_at >= committed_at))
);
-- Identities do not compress: trying costs more than writing them.
ALTER TABLE draw ALTER COLUMN pool SET STORAGE EXTERNAL, ALTER COLUMN weights SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX draw_one_standing ON draw (task, monthly_plan) WHERE NOT superseded;
CREATE INDEX draw_by_monthly_plan ON draw (monthly_plan);
COMMENT ON COLUMN draw.pool IS 'Enterprise ids in the order of their uids.';
COMMENT ON COLUMN draw.weights IS 'Beside the pool; they follow the internal class, so they are never published unless all are equal.';
COMMENT ON COLUMN draw.pool_hash IS 'The commitment that stands in the ledger before the seed exists (plans/draw.py).';
COMMENT ON COLUMN draw.salt IS 'Keeps weights unguessable; published only where all weights are equal.';
COMMENT ON COLUMN draw.override_reason IS 'Why on site although fresh off-site results would do; empty otherwise.';
COMMENT ON COLUMN draw.drawn IS 'Enterprise ids in the order drawn.';

-- One 待查项: one premises to be checked on some matters in a window of days.
CREATE TABLE "check" (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT check_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  monthly_plan bigint     NOT NULL REFERENCES monthly_plan,
  department  bigint      NOT NULL REFERENCES department,
  task        bigint      NOT NULL REFERENCES task,
  draw        bigint      REFERENCES draw,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      NOT NULL REFERENCES premises,
  starts      date        NOT NULL,
  ends        date        NOT NULL,
  onsite      boolean     NOT NULL DEFAULT true,
  exempt      boolean     NOT NULL DEFAULT false,
  mandatory   boolean     NOT NULL DEFAULT false,
  override_reason text    NOT NULL DEFAULT '',
  withdrawn_reason text   NOT NULL DEFAULT '',
  state       text        NOT NULL DEFAULT 'planned' CONSTRAINT check_state_known CHECK (state IN ('planned', 'scheduled', 'done', 'withdrawn')),
  CONSTRAINT check_window_ordered CHECK (ends >= starts),
  CONSTRAINT check_withdrawn_explained CHECK (state <> 'withdrawn' OR withdrawn_reason <> ''),
  CONSTRAINT check_once_per_task UNIQUE (monthly_plan, task, premises)
);
CREATE INDEX check_by_department ON "check" (department, monthly_plan);
CREATE INDEX check_by_premises ON "check" (premises);
CREATE INDEX check_by_monthly_plan ON "check" (monthly_plan);
CREATE INDEX check_by_task ON "check" (task);
COMMENT ON COLUMN "check".override_reason IS 'Why on site although an off-site result would do; empty otherwise.';

-- One matter of one check.
CREATE TABLE check_matter (
  "check"     bigint      NOT NULL REFERENCES "check",
  matter      bigint      NOT NULL REFERENCES matter,
  CONSTRAINT check_matter_pkey PRIMARY KEY ("check", matter)
);

-- One inspector drawn for one check (双随机); no row = anyone certified of its department may go.
CREATE TABLE check_inspector (
  "check"     bigint      NOT NULL REFERENCES "check",
  inspector   bigint      NOT NULL REFERENCES inspector,
  position    integer     NOT NULL DEFAULT 1,
  CONSTRAINT check_inspector_pkey PRIMARY KEY ("check", inspector)
);
GRANT SELECT, INSERT, UPDATE ON check_inspector TO ir_app;
GRANT SELECT ON check_inspector TO ir_auditor;
COMMENT ON COLUMN check_inspector.position IS 'Order in which they were drawn; only these may go.';

GRANT DELETE ON check_inspector TO ir_app;

-- One draw of inspectors for a department's month (随机选派): made again, it replaces whom it draws for, and stays.
CREATE TABLE crew_draw (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT crew_draw_uid_unique UNIQUE,
  monthly_plan bigint     NOT NULL REFERENCES monthly_plan,
  department  bigint      NOT NULL REFERENCES department,
  attempt     integer     NOT NULL,
  algorithm   text        NOT NULL,
  commitment  bytea       NOT NULL CONSTRAINT crew_draw_commitment_length CHECK (octet_length(commitment) = 32),
  urn         jsonb       NOT NULL,
  committed_at timestamptz NOT NULL,
  seed        text,
  seed_source text        NOT NULL DEFAULT '',
  seed_independent boolean NOT NULL DEFAULT false,
  crews       jsonb       NOT NULL DEFAULT '[]',
  drawn_at    timestamptz,
  reason      text        NOT NULL DEFAULT '',
  rotation_reason text    NOT NULL DEFAULT '',
  CONSTRAINT crew_draw_attempt_unique UNIQUE (monthly_plan, attempt),
  CONSTRAINT crew_draw_seed_after_commitment CHECK (drawn_at IS NULL OR (seed IS NOT NULL AND drawn_at >= committed_at))
);
CREATE UNIQUE INDEX crew_draw_one_waiting ON crew_draw (monthly_plan) WHERE drawn_at IS NULL;
COMMENT ON COLUMN crew_draw.urn IS 'Roster, exclusions and enterprises as committed (plans/crew_draw.py).';
COMMENT ON COLUMN crew_draw.rotation_reason IS 'Why people may go where they went last time; empty otherwise.';
ALTER TABLE crew_draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE crew_draw FORCE ROW LEVEL SECURITY;
CREATE POLICY crew_draw_all ON crew_draw TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT, UPDATE ON crew_draw TO ir_app;
GRANT SELECT ON crew_draw TO ir_auditor;

-- A published plan is frozen: its tasks stay as they were read by the public.
CREATE FUNCTION refuse_change_of_published_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = OLD.plan AND annual_plan.state IN ('published', 'closed')) THEN
    RAISE EXCEPTION 'the plan of this task is published' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'task_published_frozen';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER task_published_frozen BEFORE UPDATE OR DELETE ON task FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_plan();

ALTER TABLE plan_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_step FORCE ROW LEVEL SECURITY;
CREATE POLICY plan_step_all ON plan_step TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT ON plan_step TO ir_app;
GRANT SELECT ON plan_step TO ir_auditor;

-- How many counted visits one department, or all together (department 0), have used at one enterprise in a year.
CREATE TABLE quota (
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  department  bigint      NOT NULL,
  year        integer     NOT NULL,
  cap         integer     NOT NULL,
  used        integer     NOT NULL DEFAULT 0,
  exempt_used integer     NOT NULL DEFAULT 0,
  basis       text        NOT NULL DEFAULT '',
  CONSTRAINT quota_pkey PRIMARY KEY (enterprise, department, year),
  CONSTRAINT quota_within_cap CHECK (used BETWEEN 0 AND cap)
);

-- triggers (H7) ----------------------------------------------------------------------------------------------------------

-- One documented reason for an unplanned check.
CREATE TABLE trigger (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT trigger_uid_unique UNIQUE,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      NOT NULL REFERENCES premises,
  kind        text        NOT NULL CONSTRAINT trigger_kind_known CHECK (kind IN ('complaint', 'transfer', 'data', 'superior', 'request', 'recheck', 'accident')),
  source_number text      NOT NULL CONSTRAINT trigger_has_source CHECK (source_number <> ''),
  facts       text        NOT NULL,
  matters     bigint[]    NOT NULL,
  emergency   boolean     NOT NULL DEFAULT false,
  origin_visit bigint,
  rectification text      NOT NULL DEFAULT '',
  state       text        NOT NULL DEFAULT 'proposed' CONSTRAINT trigger_state_known CHECK (state IN ('proposed', 'approved', 'rejected', 'used')),
  received_at timestamptz NOT NULL,
  created_at  timestamptz NOT NULL,
  decided_at  timestamptz,
  reason      text        NOT NULL DEFAULT '',
  CONSTRAINT trigger_has_matters CHECK (cardinality(matters) > 0),
  CONSTRAINT trigger_recheck_linked CHECK ((kind = 'recheck') = (rectification <> '')),
  CONSTRAINT trigger_received_first CHECK (received_at <= created_at),
  CONSTRAINT trigger_rejected_has_reason CHECK (state <> 'rejected' OR reason <> '')
);
CREATE INDEX trigger_by_department ON trigger (department, state);
COMMENT ON COLUMN trigger.rectification IS 'uid of the order to rectify that a re-check follows up.';

-- visits (H7) ------------------------------------------------------------------------------------------------------------

-- One knock on one door, whatever the number of departments taking part.
CREATE TABLE visit (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT visit_uid_unique UNIQUE,
  region      text        NOT NULL DEFAULT acting_region(),
  month       date        NOT NULL,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      NOT NULL REFERENCES premises,
  day         date        NOT NULL,
  lead        bigint      NOT NULL REFERENCES department,
  trigger     bigint      REFERENCES trigger,
  moved_from  bigint      REFERENCES visit,
  exempt      boolean     NOT NULL DEFAULT false,
  announced   boolean     NOT NULL DEFAULT true,
  emergency   boolean     NOT NULL DEFAULT false,
  approval_due date,
  counted     boolean     NOT NULL DEFAULT false,
  state       text        NOT NULL DEFAULT 'proposed' CONSTRAINT visit_state_known CHECK (state IN ('proposed', 'confirmed', 'approved', 'under_way', 'recorded', 'closed', 'cancelled')),
  reasons     jsonb       NOT NULL DEFAULT '[]',
  confirmed_at timestamptz,
  approved_at timestamptz,
  approved_by bigint,
  published_at timestamptz,
  started_at  timestamptz,
  recorded_at timestamptz,
  closed_at   timestamptz,
  cancelled_at timestamptz,
  cancel_reason text      NOT NULL DEFAULT '',
  CONSTRAINT visit_approved_has_time CHECK (state NOT IN ('approved', 'under_way', 'recorded', 'closed') OR emergency OR (approved_at IS NOT NULL AND approved_by IS NOT NULL)),
  CONSTRAINT visit_emergency_is_triggered CHECK (NOT emergency OR (trigger IS NOT NULL AND approval_due IS NOT NULL)),
  CONSTRAINT visit_cancelled_has_reason CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL AND cancel_reason <> ''))
);
CREATE INDEX visit_by_month ON visit (month, state);
CREATE INDEX visit_by_day ON visit (day);
CREATE INDEX visit_by_enterprise ON visit (enterprise, day);
COMMENT ON COLUMN visit.counted IS 'One of its parts has been counted in the quota row of all departments together.';
COMMENT ON COLUMN visit.approval_due IS 'Last day to back-fill the approval of an emergency visit.';
CREATE INDEX visit_by_moved_from ON visit (moved_from) WHERE moved_from IS NOT NULL;
CREATE INDEX visit_by_trigger ON visit (trigger) WHERE trigger IS NOT NULL;
CREATE INDEX visit_unapproved ON visit (approval_due) WHERE emergency AND approved_at IS NULL;
COMMENT ON COLUMN visit.moved_from IS 'The published or answered visit that a re-plan replaced by this one; that row keeps the old announcement.';
COMMENT ON COLUMN visit.announced IS 'May appear by name before it happens (disclosure mode "named").';

-- One department's share of a visit.
CREATE TABLE visit_part (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT visit_part_uid_unique UNIQUE,
  visit       bigint      NOT NULL REFERENCES visit,
  department  bigint      NOT NULL REFERENCES department,
  premises    bigint      NOT NULL REFERENCES premises,
  during      daterange   NOT NULL,
  state       text        NOT NULL DEFAULT 'proposed' CONSTRAINT visit_part_state_known CHECK (state IN ('proposed', 'confirmed', 'declined', 'withdrawn')),
  reason      text        NOT NULL DEFAULT '',
  answered_at timestamptz,
  answer_due  date,
  minutes     integer     NOT NULL,
  counted     boolean     NOT NULL DEFAULT true,
  approved_at timestamptz,
  approved_by bigint,
  CONSTRAINT visit_part_approved_has_person CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
  CONSTRAINT visit_part_department_once UNIQUE (visit, department),
  CONSTRAINT visit_part_declined_has_reason CHECK (state <> 'declined' OR reason <> ''),
  CONSTRAINT visit_part_no_overlap EXCLUDE USING gist (premises WITH =, department WITH =, during WITH &&) WHERE (state IN ('proposed', 'confirmed'))
);
CREATE INDEX visit_part_by_department ON visit_part (department, during);
COMMENT ON COLUMN visit_part.counted IS 'Counts towards the yearly cap: holds a check that is not exempt.';

-- One check that this part of the visit serves.
CREATE TABLE visit_check (
  part        bigint      NOT NULL REFERENCES visit_part,
  "check"     bigint      NOT NULL REFERENCES "check",
  live        boolean     NOT NULL DEFAULT true,
  CONSTRAINT visit_check_pkey PRIMARY KEY (part, "check")
);
CREATE UNIQUE INDEX visit_check_served_once ON visit_check ("check") WHERE live;

-- One matter that this part of the visit may check (from its checks or its trigger).
CREATE TABLE visit_matter (
  part        bigint      NOT NULL REFERENCES visit_part,
  matter      bigint      NOT NULL REFERENCES matter,
  CONSTRAINT visit_matter_pkey PRIMARY KEY (part, matter)
);

-- One inspector of one part.
CREATE TABLE visit_inspector (
  part        bigint      NOT NULL REFERENCES visit_part,
  inspector   bigint      NOT NULL REFERENCES inspector,
  CONSTRAINT visit_inspector_pkey PRIMARY KEY (part, inspector)
);
CREATE INDEX visit_inspector_by_inspector ON visit_inspector (inspector);

-- A visit that was published stays where it was announced: a move is a new visit that says what it replaces.
CREATE FUNCTION refuse_silent_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this visit is published' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'visit_published_stays';
END $$;
CREATE TRIGGER visit_published_stays BEFORE UPDATE ON visit FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL AND (NEW.day <> OLD.day OR NEW.premises <> OLD.premises OR NEW.enterprise <> OLD.enterprise OR NEW.published_at IS NULL))
  EXECUTE FUNCTION refuse_silent_move();

-- One run of the planner over a month of the whole district: what it was asked and what it answered; a what-if publishes nothing.
CREATE TABLE merge_run (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT merge_run_uid_unique UNIQUE,
  month       date        NOT NULL,
  purpose     text        NOT NULL DEFAULT 'merge' CONSTRAINT merge_run_purpose_known CHECK (purpose IN ('merge', 'what_if')),
  scenario    jsonb       NOT NULL DEFAULT '{}',
  seed        bigint      NOT NULL,
  effort      bigint      NOT NULL,
  checks      integer     NOT NULL,
  visits      integer     NOT NULL,
  naive_visits integer    NOT NULL,
  unserved    jsonb       NOT NULL,
  measures    jsonb       NOT NULL,
  changes     jsonb       NOT NULL DEFAULT '[]',
  created_at  timestamptz NOT NULL,
  CONSTRAINT merge_run_what_if_changes_nothing CHECK (purpose = 'merge' OR changes = '[]')
);
CREATE INDEX merge_run_by_month ON merge_run (month, id);
COMMENT ON COLUMN merge_run.naive_visits IS 'Visits that the same checks need under the same rules with every department alone; 0 in a what-if.';
COMMENT ON COLUMN merge_run.changes IS 'Published or answered visits that the run moved or dropped, and what is new.';

-- How one run planned one check.
CREATE TABLE merge_run_check (
  run         bigint      NOT NULL REFERENCES merge_run,
  "check"     bigint      NOT NULL REFERENCES "check",
  day         date        NOT NULL,
  knock       integer,
  lead        bigint,
  inspectors  bigint[]    NOT NULL,
  CONSTRAINT merge_run_check_pkey PRIMARY KEY (run, "check"),
  CONSTRAINT merge_run_check_lead_of_knock CHECK ((knock IS NULL) = (lead IS NULL))
);
GRANT SELECT, INSERT ON merge_run_check TO ir_app;
GRANT SELECT ON merge_run_check TO ir_auditor;
COMMENT ON COLUMN merge_run_check.knock IS 'Number of the visit within the run; NULL = a desk check.';

-- How busy one department is in one run.
CREATE TABLE merge_run_load (
  run         bigint      NOT NULL REFERENCES merge_run,
  department  bigint      NOT NULL REFERENCES department,
  booked      integer     NOT NULL,
  available   integer     NOT NULL,
  visits      integer     NOT NULL,
  CONSTRAINT merge_run_load_pkey PRIMARY KEY (run, department)
);
ALTER TABLE merge_run_load ENABLE ROW LEVEL SECURITY;
ALTER TABLE merge_run_load FORCE ROW LEVEL SECURITY;
CREATE POLICY merge_run_load_all ON merge_run_load TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT ON merge_run_load TO ir_app;
GRANT SELECT ON merge_run_load TO ir_auditor;
COMMENT ON COLUMN merge_run_load.booked IS 'Minutes of its inspectors that the plan uses, ways included.';
COMMENT ON COLUMN merge_run_load.available IS 'Minutes that its inspectors have on working days of the run.';

-- One desk check (书面检查) as planned: on which day who looks at the papers. No knock on a door.
CREATE TABLE desk_check (
  "check"     bigint      PRIMARY KEY REFERENCES "check",
  department  bigint      NOT NULL REFERENCES department,
  day         date        NOT NULL,
  inspectors  bigint[]    NOT NULL CONSTRAINT desk_check_has_people CHECK (cardinality(inspectors) > 0),
  planned_at  timestamptz NOT NULL
);
CREATE INDEX desk_check_by_department ON desk_check (department, day);
ALTER TABLE desk_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE desk_check FORCE ROW LEVEL SECURITY;
CREATE POLICY desk_check_all ON desk_check TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT, UPDATE, DELETE ON desk_check TO ir_app;
GRANT SELECT ON desk_check TO ir_auditor;

-- One change that would let an unserved check be served (放宽措施): proposed by the coordinator, decided by who may.
CREATE TABLE relaxation (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT relaxation_uid_unique UNIQUE,
  month       date        NOT NULL,
  run         bigint      NOT NULL REFERENCES merge_run,
  "check"     bigint      NOT NULL REFERENCES "check",
  department  bigint      NOT NULL REFERENCES department,
  kind        text        NOT NULL CONSTRAINT relaxation_kind_known CHECK (kind IN ('cap-department', 'cap-total', 'people', 'quiet', 'window')),
  decider     text        NOT NULL CONSTRAINT relaxation_decider_known CHECK (decider IN ('department', 'coordinator')),
  sentence    text        NOT NULL,
  starts      date,
  ends        date,
  days        date[]      NOT NULL DEFAULT '{}',
  matters     bigint[]    NOT NULL DEFAULT '{}',
  amount      integer     NOT NULL DEFAULT 1,
  state       text        NOT NULL DEFAULT 'proposed' CONSTRAINT relaxation_state_known CHECK (state IN ('proposed', 'accepted', 'refused')),
  reason      text        NOT NULL DEFAULT '',
  proposed_at timestamptz NOT NULL,
  proposed_by bigint      NOT NULL,
  decided_at  timestamptz,
  decided_by  bigint,
  CONSTRAINT relaxation_window_ordered CHECK (ends >= starts),
  CONSTRAINT relaxation_window_named CHECK ((kind = 'window') = (starts IS NOT NULL AND ends IS NOT NULL)),
  CONSTRAINT relaxation_decided_has_reason CHECK ((state = 'proposed') = (decided_at IS NULL) AND (state = 'proposed') = (reason = ''))
);
CREATE UNIQUE INDEX relaxation_one_open ON relaxation ("check", kind) WHERE state = 'proposed';
CREATE INDEX relaxation_by_month ON relaxation (month, department);
ALTER TABLE relaxation ENABLE ROW LEVEL SECURITY;
ALTER TABLE relaxation FORCE ROW LEVEL SECURITY;
CREATE POLICY relaxation_all ON relaxation TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
GRANT SELECT, INSERT, UPDATE ON relaxation TO ir_app;
GRANT SELECT ON relaxation TO ir_auditor;

-- codes (H5) -------------------------------------------------------------------------------------------------------------

-- One 检查码: one signed code for one visit. Active and expired are seen from its window, not stored.
CREATE TABLE code (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT code_uid_unique UNIQUE CONSTRAINT code_uid_length CHECK (length(uid) = 26),
  visit       bigint      NOT NULL REFERENCES visit,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      NOT NULL REFERENCES premises,
  opens_at    timestamptz NOT NULL,
  ends_at     timestamptz NOT NULL,
  enterprise_commitment bytea NOT NULL CONSTRAINT code_enterprise_commitment_length CHECK (octet_length(enterprise_commitment) = 8),
  premises_commitment bytea NOT NULL CONSTRAINT code_premises_commitment_length CHECK (octet_length(premises_commitment) = 8),
  bound       bytea       NOT NULL CONSTRAINT code_bound_length CHECK (octet_length(bound) = 16),
  bound_fields jsonb      NOT NULL,
  state       text        NOT NULL DEFAULT 'issued' CONSTRAINT code_state_known CHECK (state IN ('issued', 'presented', 'closed', 'revoked')),
  path        text        NOT NULL DEFAULT 'normal' CONSTRAINT code_path_known CHECK (path IN ('normal', 'emergency', 'network_failure')),
  path_reason text        NOT NULL DEFAULT '',
  backfill_due date,
  replaces    bigint      REFERENCES code,
  word_tries  integer     NOT NULL DEFAULT 0,
  upstream_check_code text NOT NULL DEFAULT '',
  issued_at   timestamptz NOT NULL,
  issued_by   bigint      NOT NULL DEFAULT 0,
  opened_at   timestamptz,
  presented_at timestamptz,
  ended_at    timestamptz,
  end_reason  text        NOT NULL DEFAULT '',
  CONSTRAINT code_window_ordered CHECK (ends_at > opens_at),
  CONSTRAINT code_ended_has_time CHECK ((state IN ('closed', 'revoked')) = (ended_at IS NOT NULL)),
  CONSTRAINT code_revoked_has_reason CHECK (state <> 'revoked' OR end_reason <> ''),
  CONSTRAINT code_presented_has_time CHECK (state <> 'presented' OR presented_at IS NOT NULL),
  CONSTRAINT code_path_has_reason CHECK (path = 'normal' OR path_reason <> ''),
  CONSTRAINT code_word_tries_limited CHECK (word_tries BETWEEN 0 AND 6)
);
CREATE UNIQUE INDEX code_one_live ON code (visit) WHERE state IN ('issued', 'presented');
CREATE INDEX code_by_enterprise ON code (enterprise, opens_at);
CREATE INDEX code_by_visit ON code (visit);
CREATE INDEX code_revoked ON code (ends_at) WHERE state = 'revoked';
COMMENT ON COLUMN code.uid IS 'Base32 of the 128-bit random code id inside the token.';
COMMENT ON COLUMN code.ends_at IS 'First instant outside the window.';
COMMENT ON COLUMN code.backfill_due IS 'Last day to back-fill what an emergency or a network failure left out.';
COMMENT ON COLUMN code.opened_at IS 'When an inspector first showed it inside its window: the registered contact is told then, through another channel.';
COMMENT ON COLUMN code.word_tries IS 'Wrong one-time words typed so far; at 6 the word no longer works.';

-- What one scan is answered with, in one read by key, outside row-level security: made and changed with its code.
CREATE TABLE verdict (
  uid         text        PRIMARY KEY,
  code        bigint      NOT NULL CONSTRAINT verdict_code_unique UNIQUE REFERENCES code,
  enterprise  bigint      NOT NULL,
  state       text        NOT NULL CONSTRAINT verdict_state_known CHECK (state IN ('issued', 'presented', 'closed', 'revoked')),
  inspectors  bigint[]    NOT NULL,
  arrived_at  timestamptz,
  ended_at    timestamptz,
  reason      text        NOT NULL DEFAULT '',
  page        text        NOT NULL,
  masked      text        NOT NULL
);
COMMENT ON COLUMN verdict.page IS 'JSON of codes.model.Page as sent to scanners while the code lives; text, because it is passed on undecoded.';
COMMENT ON COLUMN verdict.masked IS 'The same page as strangers see it before and after.';

-- One confirmed 现场核验.
CREATE TABLE arrival (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT arrival_uid_unique UNIQUE,
  visit       bigint      NOT NULL CONSTRAINT arrival_once UNIQUE REFERENCES visit,
  code        bigint      NOT NULL REFERENCES code,
  method      text        NOT NULL CONSTRAINT arrival_method_known CHECK (method IN ('account', 'enterprise_code', 'word', 'late')),
  reason      text        NOT NULL DEFAULT '',
  occurred_at timestamptz NOT NULL,
  logged_at   timestamptz NOT NULL,
  logged_by   bigint      NOT NULL DEFAULT 0,
  CONSTRAINT arrival_late_has_reason CHECK (method <> 'late' OR reason <> ''),
  CONSTRAINT arrival_not_in_future CHECK (occurred_at <= logged_at)
);
CREATE INDEX arrival_by_code ON arrival (code);

-- One scan as it was answered; no personal data. Added in batches.
CREATE TABLE code_scan (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        bigint      NOT NULL REFERENCES code,
  scanned_at  timestamptz NOT NULL,
  verdict     text        NOT NULL,
  slot        bigint      NOT NULL
);
CREATE INDEX code_scan_by_code ON code_scan (code, scanned_at);

-- One thing the registry itself noticed: a signature it never made, a code scanned at another enterprise, an overdue back-fill.
CREATE TABLE code_alarm (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT code_alarm_uid_unique UNIQUE,
  kind        text        NOT NULL CONSTRAINT code_alarm_kind_known CHECK (kind IN ('stolen_key', 'unregistered_code', 'wrong_enterprise', 'overdue_backfill')),
  code_uid    text        NOT NULL,
  scanner     bigint      NOT NULL DEFAULT 0,
  day         date        NOT NULL,
  raised_at   timestamptz NOT NULL,
  CONSTRAINT code_alarm_once_a_day UNIQUE (kind, code_uid, scanner, day)
);
COMMENT ON COLUMN code_alarm.scanner IS 'enterprise.id of the signed-in scanner; 0 when nobody knows who scanned.';

-- One report from a door: somebody came without a code, somebody else came, money was asked. Departments never read it.
CREATE TABLE report (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT report_uid_unique UNIQUE,
  code        bigint      REFERENCES code,
  enterprise  bigint,
  kind        text        NOT NULL CONSTRAINT report_kind_known CHECK (kind IN ('other_person', 'money', 'no_code', 'wrong_enterprise', 'other')),
  text        text        NOT NULL DEFAULT '' CONSTRAINT report_text_length CHECK (length(text) <= 2000),
  place       text        NOT NULL DEFAULT '' CONSTRAINT report_place_length CHECK (length(place) <= 200),
  filed_at    timestamptz NOT NULL
);
COMMENT ON COLUMN report.enterprise IS 'enterprise.id where the reporter was signed in or scanned a code bound to it.';

ALTER TABLE code ENABLE ROW LEVEL SECURITY;
ALTER TABLE code FORCE ROW LEVEL SECURITY;
CREATE POLICY code_of_visible_visit ON code TO ir_app, ir_auditor
  USING (EXISTS (SELECT FROM visit WHERE visit.id = code.visit)) WITH CHECK (EXISTS (SELECT FROM visit WHERE visit.id = code.visit));
ALTER TABLE arrival ENABLE ROW LEVEL SECURITY;
ALTER TABLE arrival FORCE ROW LEVEL SECURITY;
CREATE POLICY arrival_of_visible_visit ON arrival TO ir_app, ir_auditor
  USING (EXISTS (SELECT FROM visit WHERE visit.id = arrival.visit)) WITH CHECK (EXISTS (SELECT FROM visit WHERE visit.id = arrival.visit));
ALTER TABLE code_scan ENABLE ROW LEVEL SECURITY;
ALTER TABLE code_scan FORCE ROW LEVEL SECURITY;
CREATE POLICY code_scan_of_visible_code ON code_scan TO ir_app, ir_auditor
  USING (EXISTS (SELECT FROM code WHERE code.id = code_scan.code)) WITH CHECK (acting_role() = 'system');
ALTER TABLE code_alarm ENABLE ROW LEVEL SECURITY;
ALTER TABLE code_alarm FORCE ROW LEVEL SECURITY;
CREATE POLICY code_alarm_supervisors ON code_alarm TO ir_app, ir_auditor USING (sees_all_departments()) WITH CHECK (acting_role() = 'system');
ALTER TABLE report ENABLE ROW LEVEL SECURITY;
ALTER TABLE report FORCE ROW LEVEL SECURITY;
CREATE POLICY report_read ON report FOR SELECT TO ir_app, ir_auditor USING (sees_all_departments());
CREATE POLICY report_add ON report FOR INSERT TO ir_app WITH CHECK (acting_role() IN ('anonymous', 'enterprise', 'system'));

GRANT SELECT, INSERT, UPDATE ON code, verdict TO ir_app;
GRANT SELECT, INSERT ON arrival, code_scan, code_alarm, report TO ir_app;
GRANT SELECT ON code, verdict, arrival, code_scan, code_alarm, report TO ir_auditor;

-- fieldwork (H7) ---------------------------------------------------------------------------------------------------------

-- One version of one department's record of one visit part; the newest version is the one in force.
CREATE TABLE inspection (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT inspection_uid_unique UNIQUE,
  part        bigint      NOT NULL REFERENCES visit_part,
  department  bigint      NOT NULL REFERENCES department,
  version     integer     NOT NULL DEFAULT 1,
  state       text        NOT NULL DEFAULT 'open' CONSTRAINT inspection_state_known CHECK (state IN ('open', 'closed', 'corrected')),
  present     bigint[]    NOT NULL DEFAULT '{}',
  assistants  jsonb       NOT NULL DEFAULT '[]',
  late_reason text        NOT NULL DEFAULT '',
  started_at  timestamptz,
  ended_at    timestamptz,
  signature   text        CONSTRAINT inspection_signature_known CHECK (signature IN ('signed', 'refused')),
  signature_note text     NOT NULL DEFAULT '',
  signed_elsewhere boolean NOT NULL DEFAULT false,
  disposition text        NOT NULL DEFAULT '',
  result      text        NOT NULL DEFAULT '',
  notes       text        NOT NULL DEFAULT '',
  opened_at   timestamptz NOT NULL,
  opened_by   bigint      NOT NULL,
  closed_at   timestamptz,
  told_at     timestamptz,
  publish_due date,
  publish_provisional boolean NOT NULL DEFAULT false,
  published_at timestamptz,
  revoked_at  timestamptz,
  revoke_reason text      NOT NULL DEFAULT '',
  withdraw_due date,
  withdrawn_at timestamptz,
  correction_reason text  NOT NULL DEFAULT '',
  second_person bigint,
  CONSTRAINT inspection_correction_has_reason CHECK (version = 1 OR correction_reason <> ''),
  CONSTRAINT inspection_correction_has_second_person CHECK (version = 1 OR state = 'open' OR second_person IS NOT NULL),
  CONSTRAINT inspection_second_person_is_another CHECK (second_person IS NULL OR second_person <> opened_by),
  CONSTRAINT inspection_closed_is_whole CHECK (state = 'open' OR (result <> '' AND signature IS NOT NULL AND started_at IS NOT NULL AND ended_at >= started_at AND publish_due IS NOT NULL)),
  CONSTRAINT inspection_revoked_has_reason CHECK ((revoked_at IS NULL) = (revoke_reason = '')),
  CONSTRAINT inspection_withdrawn_was_revoked CHECK (withdrawn_at IS NULL OR revoked_at IS NOT NULL AND published_at IS NOT NULL),
  CONSTRAINT inspection_version_unique UNIQUE (part, version),
  CONSTRAINT inspection_two_present CHECK (state = 'open' OR cardinality(present) >= 2),
  CONSTRAINT inspection_closed_has_time CHECK (state = 'open' OR closed_at IS NOT NULL)
);
CREATE UNIQUE INDEX inspection_one_open ON inspection (part) WHERE state = 'open';
COMMENT ON COLUMN inspection.signed_elsewhere IS 'Loaded in bulk by the registry itself: it was signed where it was made, its paper has lines for a pen.';
-- What has a day still to keep: telling, publication, taking down.
CREATE INDEX inspection_unfinished ON inspection (department, publish_due)
  WHERE told_at IS NULL OR published_at IS NULL OR (revoked_at IS NOT NULL AND withdrawn_at IS NULL);

-- One answer to one criterion.
CREATE TABLE answer (
  inspection  bigint      NOT NULL REFERENCES inspection,
  criterion   bigint      NOT NULL REFERENCES criterion,
  answer      text        NOT NULL CONSTRAINT answer_known CHECK (answer IN ('conforms', 'fails', 'not_applicable', 'not_checked')),
  reason      text        NOT NULL DEFAULT '',
  CONSTRAINT answer_pkey PRIMARY KEY (inspection, criterion),
  CONSTRAINT answer_unchecked_has_reason CHECK (answer NOT IN ('not_checked', 'not_applicable') OR reason <> '')
);

-- One problem found.
CREATE TABLE finding (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT finding_uid_unique UNIQUE,
  inspection  bigint      NOT NULL REFERENCES inspection,
  criterion   bigint      NOT NULL REFERENCES criterion,
  position    integer     NOT NULL,
  text        text        NOT NULL CONSTRAINT finding_text_length CHECK (char_length(text) BETWEEN 2 AND 2000),
  clause      text        NOT NULL,
  disposition text        NOT NULL CONSTRAINT finding_disposition_known CHECK (disposition IN ('guidance', 'no_penalty', 'no_coercion', 'rectify_on_spot', 'rectify_by_date', 'transfer')),
  demand      text        NOT NULL DEFAULT '',
  due         date,
  leniency    jsonb,
  third_party_opinion boolean NOT NULL DEFAULT false,
  own_observation text    NOT NULL DEFAULT '',
  leniency_declined text  NOT NULL DEFAULT '',
  CONSTRAINT finding_position_unique UNIQUE (inspection, position),
  CONSTRAINT finding_has_clause CHECK (clause <> ''),
  CONSTRAINT finding_due_with_order CHECK ((disposition = 'rectify_by_date') = (due IS NOT NULL)),
  CONSTRAINT finding_leniency_cited CHECK ((disposition IN ('no_penalty', 'no_coercion')) = (leniency IS NOT NULL))
);

-- One order to put right; overdue is seen, not stored.
CREATE TABLE rectification (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT rectification_uid_unique UNIQUE,
  inspection  bigint      NOT NULL REFERENCES inspection,
  finding     bigint      NOT NULL REFERENCES finding,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  demand      text        NOT NULL,
  due         date        NOT NULL,
  provisional boolean     NOT NULL DEFAULT false,
  state       text        NOT NULL DEFAULT 'ordered' CONSTRAINT rectification_state_known CHECK (state IN ('ordered', 'evidence_given', 'rechecked', 'closed')),
  evidence_text text      NOT NULL DEFAULT '',
  ordered_at  timestamptz NOT NULL,
  evidence_at timestamptz,
  rechecked_at timestamptz,
  recheck_passed boolean,
  recheck_note text       NOT NULL DEFAULT '',
  recheck_visit bigint    REFERENCES visit,
  closed_at   timestamptz,
  CONSTRAINT rectification_once_per_finding UNIQUE (finding),
  CONSTRAINT rectification_closed_after_recheck CHECK ((state = 'closed') = (closed_at IS NOT NULL) AND (state NOT IN ('rechecked', 'closed') OR recheck_passed)),
  CONSTRAINT rectification_evidence_has_time CHECK (state <> 'evidence_given' OR evidence_at IS NOT NULL)
);
CREATE INDEX rectification_by_due ON rectification (department, due) WHERE state <> 'closed';
CREATE INDEX rectification_by_inspection ON rectification (inspection);
COMMENT ON COLUMN rectification.recheck_visit IS 'The exempt visit on which it was re-checked; NULL for a re-check by documents.';

-- One piece of evidence; its bytes lie in the content store under their SHA-256.
CREATE TABLE evidence (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT evidence_uid_unique UNIQUE,
  inspection  bigint      NOT NULL REFERENCES inspection,
  digest      bytea       NOT NULL CONSTRAINT evidence_digest_length CHECK (octet_length(digest) = 32),
  rectification bigint    REFERENCES rectification,
  kind        text        NOT NULL CONSTRAINT evidence_kind_known CHECK (kind IN ('photo', 'sound', 'video', 'file')),
  media_type  text        NOT NULL,
  size        bigint      NOT NULL CONSTRAINT evidence_size_positive CHECK (size > 0),
  file_name   text        NOT NULL,
  place       text        NOT NULL DEFAULT '',
  taken_at    timestamptz,
  uploaded_at timestamptz NOT NULL,
  uploaded_by bigint      NOT NULL,
  CONSTRAINT evidence_taken_before_upload CHECK (taken_at <= uploaded_at),
  CONSTRAINT evidence_once UNIQUE (inspection, digest)
);

-- One signature under one content of one record: strokes drawn on the phone, or a photographed sheet that was signed on paper.
CREATE TABLE signature (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT signature_uid_unique UNIQUE,
  inspection  bigint      NOT NULL REFERENCES inspection,
  side        text        NOT NULL CONSTRAINT signature_side_known CHECK (side IN ('inspector', 'enterprise', 'witness')),
  means       text        NOT NULL CONSTRAINT signature_means_known CHECK (means IN ('drawn', 'paper')),
  inspector   bigint      REFERENCES inspector,
  name        text        NOT NULL CONSTRAINT signature_name_length CHECK (char_length(name) BETWEEN 1 AND 60),
  position    text        NOT NULL DEFAULT '',
  strokes     bytea       CONSTRAINT signature_strokes_size CHECK (octet_length(strokes) BETWEEN 1 AND 65536),
  evidence    bigint      REFERENCES evidence,
  digest      bytea       NOT NULL CONSTRAINT signature_digest_length CHECK (octet_length(digest) = 32),
  content     bytea       NOT NULL CONSTRAINT signature_content_length CHECK (octet_length(content) = 32),
  signed_at   timestamptz NOT NULL,
  taken_by    bigint      NOT NULL,
  CONSTRAINT signature_inspector_is_named CHECK ((side = 'inspector') = (inspector IS NOT NULL)),
  CONSTRAINT signature_drawn_has_strokes CHECK ((means = 'drawn') = (strokes IS NOT NULL)),
  CONSTRAINT signature_paper_has_evidence CHECK ((means = 'paper') = (evidence IS NOT NULL)),
  CONSTRAINT signature_digest_right CHECK (strokes IS NULL OR digest = sha256(strokes)),
  CONSTRAINT signature_once UNIQUE (inspection, side, digest, content, name)
);
COMMENT ON COLUMN signature.digest IS 'SHA-256 of the strokes (canonical JSON) or of the file of the signed sheet.';
COMMENT ON COLUMN signature.content IS 'SHA-256 of what was signed; another content later leaves this signature with the old one.';

-- What one officer has typed into one section of an open record and not yet said; it goes when that section is saved.
CREATE TABLE inspection_draft (
  inspection  bigint      NOT NULL CONSTRAINT inspection_draft_inspection_fkey REFERENCES inspection,
  section     text        NOT NULL CONSTRAINT inspection_draft_section_known CHECK (section IN ('answers', 'door', 'findings')),
  person      bigint      NOT NULL,
  typed       jsonb       NOT NULL CONSTRAINT inspection_draft_is_a_form CHECK (jsonb_typeof(typed) = 'object'),
  saved_at    timestamptz NOT NULL,
  CONSTRAINT inspection_draft_pkey PRIMARY KEY (inspection, section, person)
);
COMMENT ON COLUMN inspection_draft.typed IS 'Every value of every field of the form, by field.';

-- One objection of the enterprise to a recorded result.
CREATE TABLE objection (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT objection_uid_unique UNIQUE,
  inspection  bigint      NOT NULL REFERENCES inspection,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  words       text        NOT NULL CONSTRAINT objection_words_length CHECK (char_length(words) BETWEEN 5 AND 2000),
  state       text        NOT NULL DEFAULT 'raised' CONSTRAINT objection_state_known CHECK (state IN ('raised', 'marked', 'upheld', 'rejected')),
  raised_at   timestamptz NOT NULL,
  mark_due    date        NOT NULL,
  decide_due  date        NOT NULL,
  marked_at   timestamptz,
  decided_at  timestamptz,
  decision    text        NOT NULL DEFAULT '',
  CONSTRAINT objection_decided_has_reason CHECK ((state IN ('upheld', 'rejected')) = (decided_at IS NOT NULL AND decision <> ''))
);
CREATE UNIQUE INDEX objection_one_open ON objection (inspection) WHERE state IN ('raised', 'marked');
CREATE INDEX objection_by_inspection ON objection (inspection);

-- One missed day that was told to the coordinating office; a new day missed by the same subject is another row.
CREATE TABLE escalation (
  kind        text        NOT NULL CONSTRAINT escalation_kind_known CHECK (kind IN ('order', 'telling', 'publication', 'withdrawal', 'objection_mark', 'objection_decision')),
  subject     text        NOT NULL,
  department  bigint      NOT NULL REFERENCES department,
  due         date        NOT NULL,
  escalated_at timestamptz NOT NULL,
  CONSTRAINT escalation_pkey PRIMARY KEY (kind, subject, due)
);
CREATE INDEX escalation_by_department ON escalation (department, escalated_at);
CREATE TRIGGER escalation_append_only BEFORE UPDATE OR DELETE ON escalation FOR EACH ROW EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON escalation TO ir_app;
GRANT SELECT ON escalation TO ir_auditor;

-- One off-site check (非现场) in its closed loop: found, reviewed, acted.
CREATE TABLE offsite_check (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid         text        NOT NULL CONSTRAINT offsite_check_uid_unique UNIQUE,
  department  bigint      NOT NULL REFERENCES department,
  enterprise  bigint      NOT NULL REFERENCES enterprise,
  premises    bigint      NOT NULL REFERENCES premises,
  matter      bigint      NOT NULL REFERENCES matter,
  means       text        NOT NULL CONSTRAINT offsite_check_means_known CHECK (means IN ('document', 'video', 'sensor', 'data')),
  observation text        NOT NULL CONSTRAINT offsite_check_observation_length CHECK (char_length(observation) BETWEEN 2 AND 2000),
  problem     boolean     NOT NULL,
  state       text        NOT NULL DEFAULT 'found' CONSTRAINT offsite_check_state_known CHECK (state IN ('found', 'reviewed', 'acted')),
  found_at    timestamptz NOT NULL,
  found_by    bigint      NOT NULL,
  sufficient  boolean,
  reviewed_at timestamptz,
  reviewed_by bigint,
  action      text        NOT NULL DEFAULT '',
  acted_at    timestamptz,
  CONSTRAINT offsite_check_reviewed_by_another CHECK (reviewed_by IS NULL OR reviewed_by <> found_by),
  CONSTRAINT offsite_check_review_has_time CHECK ((state = 'found') = (reviewed_at IS NULL)),
  CONSTRAINT offsite_check_act_has_time CHECK ((state = 'acted') = (acted_at IS NOT NULL AND action <> ''))
);

-- Keeps closed records as they are: a correction is a new version. Holds for every client of the application's role.
CREATE FUNCTION refuse_change_of_closed_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'open' OR (OLD.state = 'closed' AND NEW.state IN ('closed', 'corrected')
     AND (NEW.part, NEW.department, NEW.version, NEW.present, NEW.assistants, NEW.late_reason, NEW.started_at, NEW.ended_at, NEW.signature, NEW.signature_note, NEW.signed_elsewhere,
          NEW.disposition, NEW.result, NEW.notes, NEW.opened_at, NEW.opened_by, NEW.closed_at, NEW.publish_due, NEW.correction_reason, NEW.second_person)
     IS NOT DISTINCT FROM
         (OLD.part, OLD.department, OLD.version, OLD.present, OLD.assistants, OLD.late_reason, OLD.started_at, OLD.ended_at, OLD.signature, OLD.signature_note, OLD.signed_elsewhere,
          OLD.disposition, OLD.result, OLD.notes, OLD.opened_at, OLD.opened_by, OLD.closed_at, OLD.publish_due, OLD.correction_reason, OLD.second_person)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a closed record does not change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_closed_frozen';
END $$;

-- The same for what a record consists of: judged once a statement, for a checklist has sixty rows.
CREATE FUNCTION refuse_parts_of_closed_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM changed WHERE NOT EXISTS (SELECT FROM ir.inspection WHERE inspection.id = changed.inspection AND inspection.state = 'open')) THEN
    RAISE EXCEPTION 'a closed record does not change' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_closed_frozen';
  END IF;
  RETURN NULL;
END $$;
-- Scope lock: what is answered or found belongs to some version of a matter of the share, whatever the client.
CREATE FUNCTION refuse_beyond_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM changed
    JOIN ir.inspection ON inspection.id = changed.inspection
    JOIN ir.criterion ON criterion.id = changed.criterion
    JOIN ir.matter ON matter.id = criterion.matter
    WHERE NOT EXISTS (
      SELECT FROM ir.visit_matter JOIN ir.matter AS planned ON planned.id = visit_matter.matter
      WHERE visit_matter.part = inspection.part AND planned.region = matter.region AND planned.code = matter.code)) THEN
    RAISE EXCEPTION 'this criterion is no matter of the visit' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_scope_lock';
  END IF;
  RETURN NULL;
END $$;

-- Nothing moves to another criterion afterwards: that costs one comparison a row where a checklist is saved again and again.
CREATE FUNCTION refuse_another_criterion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % stays at its criterion', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_scope_lock';
END $$;

-- Two inspectors and everybody's hand, judged at the commit that closes a record, whatever the client: those present are
-- inspectors of this share with a certificate valid that day, and all of them signed one content, which the enterprise
-- signed too; where it refused, a witness signed that content with the reason, or a recording is there.
CREATE FUNCTION refuse_unsigned_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*)
      FROM ir.visit_inspector
      JOIN ir.inspector ON inspector.id = visit_inspector.inspector
      JOIN ir.visit_part ON visit_part.id = visit_inspector.part
      JOIN ir.visit ON visit.id = visit_part.visit
      WHERE visit_inspector.part = NEW.part AND inspector.id = ANY(NEW.present)
        AND (NEW.version > 1 OR inspector.state = 'active' AND visit.day BETWEEN inspector.valid_from AND inspector.valid_to)
     ) < greatest(2, cardinality(NEW.present)) THEN
    RAISE EXCEPTION 'two certified inspectors of the share must have been present' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_two_present';
  END IF;
  IF NEW.version > 1 OR NEW.signed_elsewhere AND ir.acting_role() = 'system' THEN
    RETURN NULL;
  END IF;
  IF char_length(btrim(NEW.signature_note)) < (CASE NEW.signature WHEN 'refused' THEN 4 ELSE 1 END) OR NOT EXISTS (
    SELECT FROM ir.signature
    WHERE signature.inspection = NEW.id AND signature.inspector = ANY(NEW.present)
    GROUP BY signature.content
    HAVING count(DISTINCT signature.inspector) = cardinality(NEW.present) AND CASE NEW.signature
      WHEN 'signed' THEN EXISTS (
        SELECT FROM ir.signature AS other
        WHERE other.inspection = NEW.id AND other.side = 'enterprise' AND other.content = signature.content)
      ELSE EXISTS (SELECT FROM ir.evidence WHERE evidence.inspection = NEW.id AND evidence.kind IN ('sound', 'video')) OR EXISTS (
        SELECT FROM ir.signature AS other
        WHERE other.inspection = NEW.id AND other.side = 'witness'
          AND other.content = sha256(signature.content || convert_to(NEW.signature_note, 'UTF8')))
      END) THEN
    RAISE EXCEPTION 'this record is not signed' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'inspection_closed_signed';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER inspection_closed_signed AFTER UPDATE ON inspection DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state = 'open' AND NEW.state <> 'open') EXECUTE FUNCTION refuse_unsigned_closing();
CREATE CONSTRAINT TRIGGER inspection_closed_at_once AFTER INSERT ON inspection DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.state <> 'open') EXECUTE FUNCTION refuse_unsigned_closing();
CREATE TRIGGER answer_added_in_scope AFTER INSERT ON answer REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_beyond_scope();
CREATE TRIGGER answer_stays_at_its_criterion AFTER UPDATE ON answer FOR EACH ROW
  WHEN ((NEW.inspection, NEW.criterion) IS DISTINCT FROM (OLD.inspection, OLD.criterion)) EXECUTE FUNCTION refuse_another_criterion();
CREATE TRIGGER finding_added_in_scope AFTER INSERT ON finding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_beyond_scope();
CREATE TRIGGER finding_stays_at_its_criterion AFTER UPDATE ON finding FOR EACH ROW
  WHEN ((NEW.inspection, NEW.criterion) IS DISTINCT FROM (OLD.inspection, OLD.criterion)) EXECUTE FUNCTION refuse_another_criterion();
CREATE TRIGGER inspection_closed_frozen BEFORE UPDATE ON inspection FOR EACH ROW EXECUTE FUNCTION refuse_change_of_closed_record();
CREATE TRIGGER answer_added_while_open AFTER INSERT ON answer REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER answer_left_while_open AFTER UPDATE ON answer REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER answer_changed_while_open AFTER UPDATE ON answer REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER answer_removed_while_open AFTER DELETE ON answer REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER finding_added_while_open AFTER INSERT ON finding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER finding_left_while_open AFTER UPDATE ON finding REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER finding_changed_while_open AFTER UPDATE ON finding REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER finding_removed_while_open AFTER DELETE ON finding REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signature_append_only BEFORE UPDATE OR DELETE ON signature FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER signature_added_while_open AFTER INSERT ON signature REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION refuse_parts_of_closed_record();
ALTER TABLE signature ENABLE ROW LEVEL SECURITY;
ALTER TABLE signature FORCE ROW LEVEL SECURITY;
-- Signatures are seen by those who made the record and those who oversee it; never by other departments of the visit.
CREATE POLICY signature_read ON signature FOR SELECT TO ir_app, ir_auditor USING (EXISTS (SELECT FROM inspection WHERE inspection.id = signature.inspection AND acts_for(inspection.department)));
CREATE POLICY signature_add ON signature FOR INSERT TO ir_app WITH CHECK (EXISTS (SELECT FROM inspection WHERE inspection.id = signature.inspection AND acts_for(inspection.department)));
GRANT SELECT, INSERT ON signature TO ir_app;
GRANT SELECT ON signature TO ir_auditor;

-- documents (H6) ---------------------------------------------------------------------------------------------------------

-- One numbered paper: drawn up once, kept as it was, printed as often as wanted.
CREATE TABLE document (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT document_pkey PRIMARY KEY,
  uid text NOT NULL CONSTRAINT document_uid_unique UNIQUE,
  kind text NOT NULL CONSTRAINT document_kind_known CHECK (kind IN ('approval', 'delivery', 'notice', 'order', 'record', 'result')),
  department bigint NOT NULL CONSTRAINT document_department_fkey REFERENCES department (id),
  year integer NOT NULL,
  ordinal integer NOT NULL CONSTRAINT document_ordinal_positive CHECK (ordinal > 0),   -- 序号 of the 发文字号, by office, kind and year.
  visit text NOT NULL CONSTRAINT document_visit_fkey REFERENCES visit (uid),
  subject text NOT NULL,                      -- uid of what it tells: the visit, the inspection; itself for a delivery receipt.
  edition integer NOT NULL CONSTRAINT document_edition_positive CHECK (edition > 0),   -- Counts the papers of this kind, department and visit.
  replaces bigint CONSTRAINT document_replaces_fkey REFERENCES document (id) CONSTRAINT document_replaced_once UNIQUE,
  replace_reason text NOT NULL,               -- Why; empty where it replaces none.
  code text NOT NULL,                         -- uid of the code that it prints or names; empty where there is none.
  content jsonb NOT NULL,                     -- Its snapshot: everything that the file is made from.
  digest bytea NOT NULL CONSTRAINT document_digest_length CHECK (octet_length(digest) = 32),   -- SHA-256 of the file as it was issued.
  issued_at timestamptz NOT NULL,
  issued_by bigint NOT NULL,                  -- person.id; 0 for the system.
  CONSTRAINT document_number_unique UNIQUE (department, kind, year, ordinal),
  CONSTRAINT document_edition_unique UNIQUE (department, kind, visit, edition),
  CONSTRAINT document_replacement_has_reason CHECK ((replaces IS NULL) = (replace_reason = ''))
);
CREATE INDEX document_by_visit ON document (visit);
CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
ALTER TABLE document FORCE ROW LEVEL SECURITY;
-- A notice is read by everyone who takes part in the visit (the visit's own policy decides who that is); the other papers by their department.
-- The enterprise reads what was drawn up about it, the approval form excepted, as soon as it may know of the visit.
CREATE POLICY document_read ON document FOR SELECT TO ir_app, ir_auditor USING (
  acts_for(department)
  OR (kind = 'notice' AND acting_role() IN ('clerk', 'head', 'inspector') AND EXISTS (SELECT FROM visit WHERE visit.uid = document.visit))
  OR (kind <> 'approval' AND acting_role() = 'enterprise' AND EXISTS (
    SELECT FROM visit
    WHERE visit.uid = document.visit AND visit.enterprise = acting_enterprise()
      AND (visit.state IN ('under_way', 'recorded', 'closed') OR visit.announced AND (visit.state = 'approved' OR visit.state = 'cancelled' AND visit.approved_at IS NOT NULL)))));
CREATE POLICY document_add ON document FOR INSERT TO ir_app WITH CHECK (
  acts_for(department) OR (kind = 'notice' AND acting_role() IN ('clerk', 'head', 'inspector') AND EXISTS (SELECT FROM visit WHERE visit.uid = document.visit)));
GRANT SELECT, INSERT ON document TO ir_app;
GRANT SELECT ON document TO ir_auditor;

-- One paper that no longer holds; its number is never used again.
CREATE TABLE document_void (
  document bigint NOT NULL CONSTRAINT document_void_pkey PRIMARY KEY CONSTRAINT document_void_document_fkey REFERENCES document (id),
  department bigint NOT NULL CONSTRAINT document_void_department_fkey REFERENCES department (id),
  reason text NOT NULL CONSTRAINT document_void_reason_length CHECK (char_length(reason) BETWEEN 4 AND 500),
  voided_at timestamptz NOT NULL,
  voided_by bigint NOT NULL
);
CREATE TRIGGER document_void_append_only BEFORE UPDATE OR DELETE ON document_void FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE document_void ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_void FORCE ROW LEVEL SECURITY;
CREATE POLICY document_void_read ON document_void FOR SELECT TO ir_app, ir_auditor USING (EXISTS (SELECT FROM document WHERE document.id = document_void.document));
CREATE POLICY document_void_add ON document_void FOR INSERT TO ir_app WITH CHECK (acts_for(department));
GRANT SELECT, INSERT ON document_void TO ir_app;
GRANT SELECT ON document_void TO ir_auditor;

-- One paper that was handed over, with the receipt (送达回证) that says so.
CREATE TABLE document_delivery (
  document bigint NOT NULL CONSTRAINT document_delivery_pkey PRIMARY KEY CONSTRAINT document_delivery_document_fkey REFERENCES document (id),
  receipt bigint NOT NULL CONSTRAINT document_delivery_receipt_fkey REFERENCES document (id),
  CONSTRAINT document_delivery_not_of_itself CHECK (document <> receipt)
);
CREATE TRIGGER document_delivery_append_only BEFORE UPDATE OR DELETE ON document_delivery FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE document_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY document_delivery_all ON document_delivery TO ir_app, ir_auditor USING (EXISTS (SELECT FROM document WHERE document.id = document_delivery.document)) WITH CHECK (EXISTS (SELECT FROM document WHERE document.id = document_delivery.document));
GRANT SELECT, INSERT ON document_delivery TO ir_app;
GRANT SELECT ON document_delivery TO ir_auditor;

-- publication (H6) -------------------------------------------------------------------------------------------------------

-- One published set of the public site: which files, by their hashes, and for a month what it said.
CREATE TABLE release (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT release_pkey PRIMARY KEY,
  uid text NOT NULL CONSTRAINT release_uid_unique UNIQUE,
  number integer NOT NULL CONSTRAINT release_number_unique UNIQUE CONSTRAINT release_number_positive CHECK (number > 0),
  kind text NOT NULL CONSTRAINT release_kind_known CHECK (kind IN ('month', 'refresh')),
  month date CONSTRAINT release_month_first CHECK (extract(day FROM month) = 1),   -- Whose plan it publishes; NULL for a refresh.
  revision integer CONSTRAINT release_revision_positive CHECK (revision > 0),
  reason text NOT NULL,                       -- Why there is this revision; empty for a first version and a refresh.
  manifest_hash bytea NOT NULL CONSTRAINT release_manifest_hash_length CHECK (octet_length(manifest_hash) = 32),   -- SHA-256 of manifest.json.
  files integer NOT NULL,
  bytes bigint NOT NULL,
  summary jsonb NOT NULL,                     -- The month's line in the list of months; {} for a refresh.
  plan jsonb NOT NULL,                        -- The month as published, public data only; {} for a refresh.
  published_at timestamptz NOT NULL,
  published_by bigint NOT NULL,               -- person.id; 0 for the system.
  CONSTRAINT release_month_revision_unique UNIQUE (month, revision),
  CONSTRAINT release_month_has_revision CHECK ((kind = 'month') = (month IS NOT NULL AND revision IS NOT NULL)),
  CONSTRAINT release_correction_has_reason CHECK (revision IS NULL OR revision = 1 OR char_length(reason) >= 5)
);
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE ON release FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Row-level security ---------------------------------------------------------------------------------------------------

-- A department's drafts are its own until they are published; published things may be read by everyone who has signed in.
-- Where several departments share a visit, each of them sees the whole visit.

ALTER TABLE annual_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE annual_plan FORCE ROW LEVEL SECURITY;
CREATE POLICY annual_plan_read ON annual_plan FOR SELECT TO ir_app, ir_auditor USING (acts_for(department) OR (state IN ('published', 'closed') AND acting_role() <> 'none'));
CREATE POLICY annual_plan_add ON annual_plan FOR INSERT TO ir_app WITH CHECK (acts_for(department));
CREATE POLICY annual_plan_change ON annual_plan FOR UPDATE TO ir_app USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE plan_upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE plan_upload FORCE ROW LEVEL SECURITY;
CREATE POLICY plan_upload_all ON plan_upload TO ir_app, ir_auditor USING (EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = plan)) WITH CHECK (EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = plan));

ALTER TABLE task ENABLE ROW LEVEL SECURITY;
ALTER TABLE task FORCE ROW LEVEL SECURITY;
CREATE POLICY task_read ON task FOR SELECT TO ir_app, ir_auditor USING (EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = plan));
CREATE POLICY task_write ON task FOR ALL TO ir_app USING (EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = plan AND acts_for(annual_plan.department))) WITH CHECK (EXISTS (SELECT FROM annual_plan WHERE annual_plan.id = plan AND acts_for(annual_plan.department)));

ALTER TABLE monthly_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE monthly_plan FORCE ROW LEVEL SECURITY;
CREATE POLICY monthly_plan_read ON monthly_plan FOR SELECT TO ir_app, ir_auditor USING (acts_for(department) OR (state IN ('published', 'closed') AND acting_role() <> 'none'));
CREATE POLICY monthly_plan_write ON monthly_plan FOR ALL TO ir_app USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw FORCE ROW LEVEL SECURITY;
CREATE POLICY draw_all ON draw TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE "check" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "check" FORCE ROW LEVEL SECURITY;
CREATE POLICY check_all ON "check" TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE visit_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE visit_part FORCE ROW LEVEL SECURITY;
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE visit FORCE ROW LEVEL SECURITY;

-- Says whether this department takes part in this visit, without asking the policies again (they would recurse).
CREATE FUNCTION takes_part(asked_visit bigint, asked_department bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ir AS
$$ SELECT EXISTS (SELECT FROM visit_part WHERE visit_part.visit = asked_visit AND visit_part.department = asked_department) $$;
-- The function runs as the owner, for whom a policy of its own opens the rows.
CREATE POLICY visit_part_owner ON visit_part FOR SELECT TO ir_owner USING (true);

CREATE POLICY visit_read ON visit FOR SELECT TO ir_app, ir_auditor USING (
  sees_all_departments() OR enterprise = acting_enterprise() OR lead = acting_department() OR takes_part(id, acting_department()));
CREATE POLICY visit_add ON visit FOR INSERT TO ir_app WITH CHECK (acts_for(lead));
CREATE POLICY visit_change ON visit FOR UPDATE TO ir_app USING (
  sees_all_departments() OR enterprise = acting_enterprise() OR lead = acting_department() OR takes_part(id, acting_department())) WITH CHECK (true);
CREATE POLICY visit_part_read ON visit_part FOR SELECT TO ir_app, ir_auditor USING (EXISTS (SELECT FROM visit WHERE visit.id = visit_part.visit));
CREATE POLICY visit_part_add ON visit_part FOR INSERT TO ir_app WITH CHECK (acts_for(department));
CREATE POLICY visit_part_change ON visit_part FOR UPDATE TO ir_app USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE inspection ENABLE ROW LEVEL SECURITY;
ALTER TABLE inspection FORCE ROW LEVEL SECURITY;
-- Departments that share a visit see each other's records of it; an enterprise sees its own once they are closed.
CREATE POLICY inspection_read ON inspection FOR SELECT TO ir_app, ir_auditor USING (
  acts_for(department) OR ((acting_role() IN ('clerk', 'head', 'inspector') OR state <> 'open') AND EXISTS (SELECT FROM visit_part WHERE visit_part.id = part)));
CREATE POLICY inspection_add ON inspection FOR INSERT TO ir_app WITH CHECK (acts_for(department));
CREATE POLICY inspection_change ON inspection FOR UPDATE TO ir_app USING (acts_for(department)) WITH CHECK (acts_for(department));

ALTER TABLE rectification ENABLE ROW LEVEL SECURITY;
ALTER TABLE rectification FORCE ROW LEVEL SECURITY;
CREATE POLICY rectification_read ON rectification FOR SELECT TO ir_app, ir_auditor USING (
  acts_for(department) OR enterprise = acting_enterprise() OR EXISTS (SELECT FROM inspection WHERE inspection.id = rectification.inspection));
CREATE POLICY rectification_add ON rectification FOR INSERT TO ir_app WITH CHECK (acts_for(department));
CREATE POLICY rectification_change ON rectification FOR UPDATE TO ir_app USING (acts_for(department) OR enterprise = acting_enterprise()) WITH CHECK (acts_for(department) OR enterprise = acting_enterprise());

-- Parts of a record are seen by whoever sees the record.
ALTER TABLE answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE answer FORCE ROW LEVEL SECURITY;
CREATE POLICY answer_all ON answer TO ir_app, ir_auditor USING (EXISTS (SELECT FROM inspection WHERE inspection.id = answer.inspection)) WITH CHECK (EXISTS (SELECT FROM inspection WHERE inspection.id = answer.inspection AND acts_for(inspection.department)));
ALTER TABLE finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE finding FORCE ROW LEVEL SECURITY;
CREATE POLICY finding_all ON finding TO ir_app, ir_auditor USING (EXISTS (SELECT FROM inspection WHERE inspection.id = finding.inspection)) WITH CHECK (EXISTS (SELECT FROM inspection WHERE inspection.id = finding.inspection AND acts_for(inspection.department)));
ALTER TABLE inspection_draft ENABLE ROW LEVEL SECURITY;
ALTER TABLE inspection_draft FORCE ROW LEVEL SECURITY;
CREATE POLICY inspection_draft_all ON inspection_draft TO ir_app USING (EXISTS (SELECT FROM inspection WHERE inspection.id = inspection_draft.inspection AND acts_for(inspection.department))) WITH CHECK (EXISTS (SELECT FROM inspection WHERE inspection.id = inspection_draft.inspection AND acts_for(inspection.department)));
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY evidence_all ON evidence TO ir_app, ir_auditor USING (EXISTS (SELECT FROM inspection WHERE inspection.id = evidence.inspection)) WITH CHECK (EXISTS (SELECT FROM inspection WHERE inspection.id = evidence.inspection));
ALTER TABLE trigger ENABLE ROW LEVEL SECURITY;
ALTER TABLE trigger FORCE ROW LEVEL SECURITY;
CREATE POLICY trigger_all ON trigger TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));
ALTER TABLE escalation ENABLE ROW LEVEL SECURITY;
ALTER TABLE escalation FORCE ROW LEVEL SECURITY;
CREATE POLICY escalation_all ON escalation TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (sees_all_departments());
ALTER TABLE objection ENABLE ROW LEVEL SECURITY;
ALTER TABLE objection FORCE ROW LEVEL SECURITY;
CREATE POLICY objection_all ON objection TO ir_app, ir_auditor USING (acts_for(department) OR enterprise = acting_enterprise()) WITH CHECK (acts_for(department) OR enterprise = acting_enterprise());
ALTER TABLE offsite_check ENABLE ROW LEVEL SECURITY;
ALTER TABLE offsite_check FORCE ROW LEVEL SECURITY;
CREATE POLICY offsite_check_all ON offsite_check TO ir_app, ir_auditor USING (acts_for(department)) WITH CHECK (acts_for(department));

-- The class is internal: departments, the coordinator, the auditor and the registry read it, nobody else.
ALTER TABLE credit_risk ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_risk FORCE ROW LEVEL SECURITY;
CREATE POLICY credit_risk_inside ON credit_risk TO ir_app, ir_auditor USING (acting_role() IN ('clerk', 'head', 'coordinator', 'auditor', 'system')) WITH CHECK (acting_role() IN ('coordinator', 'system'));

-- What feeds grades is as internal as they are; inspectors write it by closing a record.
ALTER TABLE grade_input ENABLE ROW LEVEL SECURITY;
ALTER TABLE grade_input FORCE ROW LEVEL SECURITY;
CREATE POLICY grade_input_inside ON grade_input TO ir_app, ir_auditor USING (acting_role() IN ('clerk', 'head', 'inspector', 'coordinator', 'auditor', 'system')) WITH CHECK (acts_for(department));
-- Departments see each other's records (a repeat counts whoever found it), an enterprise its own.
ALTER TABLE credit_record ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_record FORCE ROW LEVEL SECURITY;
CREATE POLICY credit_record_read ON credit_record FOR SELECT TO ir_app, ir_auditor USING (acting_role() IN ('clerk', 'head', 'inspector', 'coordinator', 'auditor', 'system') OR enterprise = acting_enterprise());
CREATE POLICY credit_record_add ON credit_record FOR INSERT TO ir_app WITH CHECK (acts_for(department));
CREATE POLICY credit_record_change ON credit_record FOR UPDATE TO ir_app USING (acts_for(department)) WITH CHECK (acts_for(department));
CREATE POLICY credit_record_hold ON credit_record FOR UPDATE TO ir_app USING (enterprise = acting_enterprise()) WITH CHECK (false);
ALTER TABLE credit_repair ENABLE ROW LEVEL SECURITY;
ALTER TABLE credit_repair FORCE ROW LEVEL SECURITY;
CREATE POLICY credit_repair_all ON credit_repair TO ir_app, ir_auditor USING (acts_for(department) OR enterprise = acting_enterprise()) WITH CHECK (acts_for(department) OR enterprise = acting_enterprise());

-- Grants ---------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE ON
  idempotency, job, notice, town, department, matter, criterion, bundle, bundle_matter,
  enterprise, premises, credit_risk, grade_input, credit_record, credit_repair, food_risk, catering, device, inspector, inspector_matter, inspector_leave, recusal,
  person, session, attempt, fact, annual_plan, plan_upload, task, monthly_plan, draw, "check", check_matter, quota, trigger,
  visit, visit_part, visit_check, visit_matter, visit_inspector, merge_run,
  inspection, answer, finding, inspection_draft, evidence, rectification, objection, offsite_check, release
  TO ir_app;
GRANT DELETE ON idempotency, session, attempt, job, task, answer, finding, inspection_draft TO ir_app;
GRANT SELECT ON schema_version TO ir_app, ir_sequencer, ir_auditor;
GRANT SELECT ON
  town, department, matter, criterion, bundle, bundle_matter, enterprise, premises, credit_risk, grade_input, credit_record, credit_repair, food_risk, catering, device,
  inspector, inspector_matter, inspector_leave, recusal, fact, annual_plan, plan_upload, task, monthly_plan, draw, "check", check_matter, quota, trigger,
  visit, visit_part, visit_check, visit_matter, visit_inspector, merge_run, inspection, answer, finding, evidence, rectification, objection, offsite_check, release
  TO ir_auditor;

RESET ROLE;
