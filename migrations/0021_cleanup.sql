-- Cleaning up: which job ran when, and indexes by which rows that are due are found.

create table jobs (
  name text primary key,
  due_at timestamptz not null,
  holder uuid,
  finished_at timestamptz,
  failed_at timestamptz,
  seconds double precision not null default 0,
  rows bigint not null default 0
);
comment on table jobs is 'Scheduled jobs, which the processes of all servers share: a job runs in one process at a time.';
comment on column jobs.due_at is 'From then on a process may take the job. While it runs, the end of the lease, which the process extends.';
comment on column jobs.holder is 'The process that runs it; null: none. A lease that has ended is void.';
comment on column jobs.finished_at is 'End of the last run that was complete; seconds and rows are those of that run.';
comment on column jobs.failed_at is 'When a run last failed; null after a complete one.';

create index grants_revoked on grants (revoked_at) where revoked_at is not null;
create index session_sign_ins_ended on session_sign_ins (ended_at) where ended_at is not null;

-- Compaction reads the rows that are new since the last one, instead of all.
alter table list_changes add column compacted boolean not null default false;
comment on column list_changes.compacted is 'True for a sum of rows. The next compaction reads it only if its list, facet and day have changed.';
comment on column list_changes.day is 'In UTC: when a log entry was made; when a grant ends unless it is used again, null once it is revoked or that day is past.';
create index list_changes_new on list_changes (list) where not compacted;

-- By default autovacuum waits until a fifth of a table is dead, which is a lot of a large one. These
-- settings only matter to PostgreSQL's own autovacuum; the embedded database has none.
alter table access_tokens set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table refresh_tokens set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table authorization_codes set (autovacuum_vacuum_scale_factor = 0.02);
alter table dpop_proofs set (autovacuum_vacuum_scale_factor = 0.02);
alter table list_changes set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
