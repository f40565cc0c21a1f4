-- Loading a large world at once, as the schema's owner, into a hub that is not running and holds no records.
-- Constraints are set aside while the rows stream in: an index built once over all rows costs a fraction of one
-- that grows row by row. What was set aside is kept in a table until it is back, so that a load that was killed
-- can be cleaned up by the next one.

-- name: load_alone
-- Held by the loader's connection until it ends, however it ends.
SELECT pg_try_advisory_lock(7811879443046131044)

-- name: set_aside
-- Remembers primary keys (p), unique (u) and foreign keys (f) of the tables that are loaded, as PostgreSQL writes
-- them: nothing here repeats the migrations.
CREATE TABLE public.allpoints_set_aside AS
SELECT conrelid::regclass::text AS relation, conname::text AS name, contype::text AS type,
       pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE contype IN ('p', 'u', 'f')
  AND (conrelid IN ('allpoints.records'::regclass, 'allpoints.particulars'::regclass,
                    'allpoints.templates'::regclass)
       OR confrelid = 'allpoints.records'::regclass)

-- name: is_set_aside
-- Whether a load is under way, or was killed.
SELECT to_regclass('public.allpoints_set_aside') IS NOT NULL

-- name: constraints_set_aside
-- Those that are still to be put back.
SELECT relation, name, type, definition FROM public.allpoints_set_aside ORDER BY relation, name

-- name: constraint_is_back
-- In the transaction that puts it back.
DELETE FROM public.allpoints_set_aside WHERE name = %s

-- name: forget_set_aside
-- The load is complete.
DROP TABLE public.allpoints_set_aside

-- name: owner_writes_freely
-- COPY refuses tables whose row-level security binds their owner; only the owner is freed, and only for the load.
ALTER TABLE allpoints.records NO FORCE ROW LEVEL SECURITY

-- name: owner_writes_particulars_freely
-- The same for the other table.
ALTER TABLE allpoints.particulars NO FORCE ROW LEVEL SECURITY

-- name: owner_writes_templates_freely
-- The same for the third table.
ALTER TABLE allpoints.templates NO FORCE ROW LEVEL SECURITY

-- name: owner_is_bound
-- As the first migration has it.
ALTER TABLE allpoints.records FORCE ROW LEVEL SECURITY

-- name: owner_is_bound_in_particulars
-- As the first migration has it.
ALTER TABLE allpoints.particulars FORCE ROW LEVEL SECURITY

-- name: owner_is_bound_in_templates
-- As the second migration has it.
ALTER TABLE allpoints.templates FORCE ROW LEVEL SECURITY

-- name: any_record
-- A hub that is in use is never loaded over.
SELECT EXISTS (SELECT 1 FROM allpoints.records)

-- name: empty_what_was_loaded
-- After an interruption: until the load is complete nothing else can have come into these tables.
TRUNCATE allpoints.records, allpoints.particulars, allpoints.templates

-- name: load_records
-- The columns of `demo/bulk_rows.py`, in its order.
COPY allpoints.records (id, owner, reference, kind, identifiers, keys, condition_set, evaluation, valid_until,
                        review_by, contributed_for, contributed_at) FROM STDIN (FORMAT binary)

-- name: load_particulars
-- One row for each record.
COPY allpoints.particulars (record_id, body) FROM STDIN (FORMAT binary)

-- name: load_templates
-- As `add_templates` stores them.
COPY allpoints.templates (record_id, modality, number, body) FROM STDIN (FORMAT binary)

-- name: go_on_counting
-- New records are numbered after the loaded ones.
SELECT setval(pg_get_serial_sequence('allpoints.records', 'id'), max(id)) FROM allpoints.records

-- name: room_for_sorting
-- An index over ten million rows is sorted in memory, not on the disk.
SET maintenance_work_mem = '512MB'

-- name: tidy_records
-- Freezes the rows and gathers statistics now, or autovacuum would do it in the middle of the first checks.
VACUUM (FREEZE, ANALYZE) allpoints.records

-- name: tidy_particulars
-- The same for the other table.
VACUUM (FREEZE, ANALYZE) allpoints.particulars

-- name: tidy_templates
-- The same for the third table.
VACUUM (FREEZE, ANALYZE) allpoints.templates
