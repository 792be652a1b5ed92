-- Deletion of a user or an application: deleting its row ends everything at once, because whatever
-- decides if a token is live reads that row. Its grants are removed in batches afterwards, since there
-- may be hundreds of thousands (docs/decisions/deletions.md).

create table deletions (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('user', 'application')),
  subject text not null,
  requested_at timestamptz not null default now(),
  notice jsonb,
  position text,
  log_position bigint not null default 0,
  grants bigint,
  removed bigint not null default 0,
  finished_at timestamptz
);
comment on table deletions is 'Deleted users and applications whose grants are being removed. If the first batch removes all of them, the row is deleted in the same transaction.';
comment on column deletions.subject is 'ID of the user, or client ID. Cannot be registered again before finished_at: the old grants would be live again.';
comment on column deletions.notice is 'What users of a deleted application get: log entry (actor, log) and mail; and its owner. Null if there is nothing to write, and when it is finished.';
comment on column deletions.position is 'Grants before it are removed: created_at (of an application), client_id (of a user). Saves reading dead index entries.';
comment on column deletions.log_position is 'Entries of a user up to this ID have no IP, User-Agent and e-mail address any more.';
comment on column deletions.grants is 'Number of grants; null until it is counted.';
comment on column deletions.removed is 'Number of grants that are removed.';
create unique index deletions_open on deletions (kind, subject) where finished_at is null;
create index deletions_requested on deletions (requested_at, id);
create index deletions_finished on deletions (finished_at) where finished_at is not null;

create trigger deletions_note_insert after insert on deletions
  referencing new table as touched for each statement execute function note_list_change('deletions');
create trigger deletions_note_update after update on deletions
  referencing new table as touched for each statement execute function note_list_change('deletions');
create trigger deletions_note_delete after delete on deletions
  referencing old table as touched for each statement execute function note_list_change('deletions');

-- Every deletion of a row with grants is noted, also one by hand or by an older version of the server.
create function note_deletion() returns trigger language plpgsql as $$
begin
  if tg_argv[0] = 'user' then
    insert into deletions (kind, subject) select 'user', old.id
      where exists (select from grants where user_id = old.id)
      on conflict do nothing;
  else
    insert into deletions (kind, subject) select 'application', old.client_id
      where exists (select from grants where client_id = old.client_id)
      on conflict do nothing;
  end if;
  return null;
end
$$;
create trigger users_note_deletion after delete on users
  for each row execute function note_deletion('user');
create trigger applications_note_deletion after delete on applications
  for each row execute function note_deletion('application');

-- After the insertion, because only then has it waited for a deletion of the same row.
create function refuse_pending_deletion() returns trigger language plpgsql as $$
begin
  if exists (
    select from deletions where kind = tg_argv[0] and finished_at is null
      and subject = to_jsonb(new) ->> tg_argv[1]
  ) then
    raise exception 'A deleted % with this ID still has grants.', tg_argv[0]
      using errcode = '23505', constraint = 'deletions_open';
  end if;
  return null;
end
$$;
create trigger users_refuse_pending_deletion after insert on users
  for each row execute function refuse_pending_deletion('user', 'id');
create trigger applications_refuse_pending_deletion after insert on applications
  for each row execute function refuse_pending_deletion('application', 'client_id');

-- A grant outlives its user and its application by some batches, but is never inserted without them.
alter table grants drop constraint grants_user_id_fkey;
alter table grants drop constraint grants_client_id_fkey;
create function grants_need_parties() returns trigger language plpgsql as $$
begin
  perform from users where id = new.user_id for key share;
  if found then
    perform from applications where client_id = new.client_id for key share;
  end if;
  if not found then
    raise exception 'The user or the application of the grant does not exist.' using errcode = '23503';
  end if;
  return new;
end
$$;
create trigger grants_need_parties before insert or update of user_id, client_id on grants
  for each row execute function grants_need_parties();
create function truncate_grants() returns trigger language plpgsql as $$
begin
  truncate grants cascade;
  return null;
end
$$;
create trigger users_truncate_grants after truncate on users
  for each statement execute function truncate_grants();
create trigger applications_truncate_grants after truncate on applications
  for each statement execute function truncate_grants();

-- Grants of a deleted user or application need no row of their own in the feed of changes.
create or replace function note_deleted_grants() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select 'grant:' || gone.id from gone
      join users on users.id = gone.user_id
      join applications on applications.client_id = gone.client_id
      where gone.revoked_at is null and least(gone.expires_at, gone.ends_at) > now() limit 101
    ), array(
      select distinct 'application:' || gone.client_id from gone
      join users on users.id = gone.user_id
      join applications on applications.client_id = gone.client_id
      where gone.revoked_at is null and least(gone.expires_at, gone.ends_at) > now() limit 101
    ));
  return null;
end
$$;

-- The log may forget a user until the deletion is finished.
create or replace function audit_events_refuse_update() returns trigger language plpgsql as $$
declare
  forgotten text := nullif(current_setting('stagedoor.forget_user', true), '');
  addresses text[] := array['email', 'email_before', 'email_after'];
  is_theirs boolean := coalesce(old.user_id = forgotten or old.actor = 'user:' || forgotten, false);
begin
  if forgotten is null
    or row(new.id, new.happened_at, new.action, new.actor, new.user_id, new.client_id, new.grant_id)
      is distinct from
      row(old.id, old.happened_at, old.action, old.actor, old.user_id, old.client_id, old.grant_id)
    or (new.ip is distinct from old.ip and not (is_theirs and new.ip is null))
    or (new.user_agent is distinct from old.user_agent and not (is_theirs and new.user_agent is null))
    or not (is_theirs or old.action = 'stagedoor.application.transfer_offered')
    or new.data - addresses is distinct from old.data - addresses
    or exists (
      select from jsonb_each(new.data) kept
      where kept.key = any (addresses) and kept.value is distinct from old.data -> kept.key
    )
    or exists (select from users where id = forgotten)
    or not (
      exists (
        select from deletions d
        where d.kind = 'user' and d.subject = forgotten and d.finished_at is null
      ) or exists (
        select from audit_events deletion
        where deletion.user_id = forgotten and deletion.happened_at = now()
          and deletion.action = 'stagedoor.directory.user.deleted'
      )
    )
  then
    raise exception 'audit_events is append-only';
  end if;
  return new;
end
$$;
