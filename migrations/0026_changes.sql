-- The feed of changes (docs/decisions/changes-feed.md): what makes introspection answers differ. API
-- services read it to know which of their cached answers are out of date.

-- Unlogged: what is lost in a crash, a restore or a failover is the epoch as well, and then every reader
-- starts anew. So the rows cost no WAL, and no ID of a transaction is mistaken for that of another one.
create unlogged table changes (
  xid xid8 not null default pg_current_xact_id(),
  change text not null,
  primary key (xid, change)
);
comment on table changes is 'Changes of the last minutes. Only the triggers below insert rows.';
comment on column changes.xid is 'Transaction that made the change. A reader knows the transactions that it has seen by their snapshot, so neither the order of commits nor a long transaction hides one.';
comment on column changes.change is 'grant:<id>, user:<id>, application:<client_id>, organizer:<slug>, token:<SHA-256 in hex> or all.';

create unlogged table change_feed (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid(),
  complete_from xid8,
  next_complete_from xid8,
  moved_at timestamptz not null default now()
);
comment on table change_feed is 'State of the feed. The first reader inserts the row.';
comment on column change_feed.epoch is 'Another one after a crash, a restore or a failover, because those empty unlogged tables.';
comment on column change_feed.complete_from is 'Rows of this and later transactions are still there; null: all are.';
comment on column change_feed.next_complete_from is 'The next value of complete_from: all transactions before it had ended at moved_at.';

-- Adds changes of this transaction: the first list that is short, else a single row for everything. Both
-- lists hold at most 101 entries. A transaction of a thousand changes ends with such a row as well.
create function note_changes(fine text[], coarse text[]) returns void language plpgsql as $$
declare
  found text[] := case
    when cardinality(fine) <= 100 then fine
    when cardinality(coarse) <= 100 then coarse
    else array['all']
  end;
begin
  if cardinality(found) = 0 or exists (
    select from changes where xid = pg_current_xact_id() and change = 'all'
  ) then
    return;
  end if;
  if 1000 <= (
    select count(*) from (select from changes where xid = pg_current_xact_id() limit 1000) noted
  ) then
    found := array['all'];
  end if;
  insert into changes (change) select distinct unnest(found) on conflict do nothing;
end
$$;

-- A row at a time: every refresh of a token ends one access token, and this costs it less.
create function note_token_change() returns trigger language plpgsql as $$
begin
  insert into changes (change) values ('token:' || encode(old.token_hash, 'hex'))
    on conflict do nothing;
  return null;
end
$$;
create trigger access_tokens_note_change after update on access_tokens for each row
  when (old is distinct from new) execute function note_token_change();

create function note_deleted_tokens() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select 'token:' || encode(t.token_hash, 'hex') from gone t join grants g on g.id = t.grant_id
      where t.superseded_at is null and t.expires_at > now() limit 101
    ), '{all}');
  return null;
end
$$;
create trigger access_tokens_note_deletion after delete on access_tokens
  referencing old table as gone for each statement execute function note_deleted_tokens();

create function note_grant_change() returns trigger language plpgsql as $$
begin
  perform note_changes(array['grant:' || old.id], '{}');
  return null;
end
$$;
-- Not those that a refresh updates.
create trigger grants_note_change after update on grants for each row
  when (
    (old.id, old.user_id, old.client_id, old.scopes, old.ends_at, old.revoked_at)
    is distinct from (new.id, new.user_id, new.client_id, new.scopes, new.ends_at, new.revoked_at)
  ) execute function note_grant_change();

create function note_deleted_grants() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select 'grant:' || id from gone
      where revoked_at is null and least(expires_at, ends_at) > now() limit 101
    ), array(
      select distinct 'application:' || client_id from gone
      where revoked_at is null and least(expires_at, ends_at) > now() limit 101
    ));
  return null;
end
$$;
create trigger grants_note_deleted after delete on grants
  referencing old table as gone for each statement execute function note_deleted_grants();

-- Those of a deleted grant need no row of their own.
create function note_grant_organizers() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select distinct 'grant:' || before.grant_id from before
      join grants g on g.id = before.grant_id limit 101
    ), array(
      select distinct 'organizer:' || before.organizer_slug from before
      join grants g on g.id = before.grant_id limit 101
    ));
  return null;
end
$$;
create trigger grant_organizers_note_narrowing after delete on grant_organizers
  referencing old table as before for each statement execute function note_grant_organizers();
create trigger grant_organizers_note_change after update on grant_organizers
  referencing old table as before for each statement execute function note_grant_organizers();

create function note_user_changes() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select 'user:' || before.id from before
      where not exists (select from touched t where t.id = before.id and t.is_active = before.is_active)
      limit 101
    ), '{all}');
  return null;
end
$$;
create trigger users_note_changes after update on users
  referencing old table as before new table as touched
  for each statement execute function note_user_changes();

create function note_application_changes() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(
      select 'application:' || before.client_id from before
      where not exists (
        select from touched t where t.client_id = before.client_id
          and (t.is_active, t.suspended_at is null, t.scopes)
            = (before.is_active, before.suspended_at is null, before.scopes)
      ) limit 101
    ), '{all}');
  return null;
end
$$;
create trigger applications_note_changes after update on applications
  referencing old table as before new table as touched
  for each statement execute function note_application_changes();

create function note_deleted_parties() returns trigger language plpgsql as $$
begin
  -- Of the other table there is no such column, hence JSON.
  perform note_changes(
    array(select tg_argv[0] || ':' || (to_jsonb(gone) ->> tg_argv[1]) from gone limit 101), '{all}');
  return null;
end
$$;
create trigger users_note_deleted after delete on users
  referencing old table as gone for each statement execute function note_deleted_parties('user', 'id');
create trigger applications_note_deleted after delete on applications
  referencing old table as gone
  for each statement execute function note_deleted_parties('application', 'client_id');

-- Any column counts, also one that is added later, except these.
create function note_team_changes() returns trigger language plpgsql as $$
declare
  irrelevant text[] := array['name', 'created_at', 'updated_at'];
begin
  perform note_changes(
    array(
      select distinct 'organizer:' || before.organizer_slug from before
      where not exists (
        select from touched t where (t.organizer_slug, t.id) = (before.organizer_slug, before.id)
          and to_jsonb(t) - irrelevant = to_jsonb(before) - irrelevant
      ) limit 101
    ), '{all}');
  return null;
end
$$;
create trigger teams_note_changes after update on teams
  referencing old table as before new table as touched
  for each statement execute function note_team_changes();

-- Deleted teams and organizers end their memberships. New ones count too: what a user gains is seen as
-- soon as what a user loses. Answers from before a new one may not name its organizer.
create function note_membership_changes() returns trigger language plpgsql as $$
begin
  perform note_changes(
    array(select distinct 'user:' || user_id from touched limit 101),
    case tg_op when 'DELETE' then
      array(select distinct 'organizer:' || organizer_slug from touched limit 101)
    else '{all}' end);
  return null;
end
$$;
create trigger memberships_note_new after insert on memberships
  referencing new table as touched for each statement execute function note_membership_changes();
create trigger memberships_note_deleted after delete on memberships
  referencing old table as touched for each statement execute function note_membership_changes();
create trigger memberships_note_before after update on memberships
  referencing old table as touched for each statement execute function note_membership_changes();
create trigger memberships_note_after after update on memberships
  referencing new table as touched for each statement execute function note_membership_changes();

create function note_all() returns trigger language plpgsql as $$
begin
  perform note_changes('{all}', '{}');
  return null;
end
$$;
-- Which tokens an API service may introspect depends on its row, and which are for it on its resources.
create trigger resource_servers_note_changes after update on resource_servers for each row
  when (to_jsonb(old) - 'name' is distinct from to_jsonb(new) - 'name')
  execute function note_all();
create trigger resource_servers_note_gone after delete on resource_servers
  for each statement execute function note_all();
create trigger resource_server_resources_note_changes after update on resource_server_resources
  for each row when ((old.key, old.uri, old.client_id) is distinct from (new.key, new.uri, new.client_id))
  execute function note_all();
create trigger resource_server_resources_note_gone after delete on resource_server_resources
  for each row execute function note_all();

-- TRUNCATE fires no other trigger.
create trigger users_note_truncation after truncate on users
  for each statement execute function note_all();
create trigger memberships_note_truncation after truncate on memberships
  for each statement execute function note_all();
create trigger teams_note_truncation after truncate on teams
  for each statement execute function note_all();
create trigger organizers_note_truncation after truncate on organizers
  for each statement execute function note_all();
create trigger applications_note_truncation after truncate on applications
  for each statement execute function note_all();
create trigger grants_note_truncation after truncate on grants
  for each statement execute function note_all();
create trigger grant_organizers_note_truncation after truncate on grant_organizers
  for each statement execute function note_all();
create trigger access_tokens_note_truncation after truncate on access_tokens
  for each statement execute function note_all();
create trigger resource_servers_note_truncation after truncate on resource_servers
  for each statement execute function note_all();
create trigger resource_server_resources_note_truncation after truncate on resource_server_resources
  for each statement execute function note_all();

alter table changes set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);
