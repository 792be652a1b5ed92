-- What the JSON API needs: operator tokens, repeated calls, and lists that count fast.

-- Operator tokens ------------------------------------------------------------------------------

create table operator_tokens (
  id text primary key,
  name text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$' and name <> 'bootstrap'),
  token_hash bytea not null unique,
  last_four text not null,
  rights text[] not null check (
    cardinality(rights) > 0 and rights <@ array['directory', 'applications', 'grants', 'read']
  ),
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz
);
comment on table operator_tokens is 'Tokens of the management API. A revoked one is deleted; the log keeps what it did.';
comment on column operator_tokens.name is 'Who the log says it was: operator:<name>. The token of the configuration is operator:bootstrap.';
comment on column operator_tokens.last_four is 'The last four characters, by which operators tell tokens apart.';
comment on column operator_tokens.created_by is 'The actor, as in the log.';
comment on column operator_tokens.last_used_at is 'Written once a minute at most.';
create unique index operator_tokens_name on operator_tokens (name);

create table idempotent_calls (
  operator text not null,
  key_hash bytea not null,
  request_hash bytea not null,
  sealed_answer bytea,
  created_at timestamptz not null default now(),
  primary key (operator, key_hash)
);
comment on table idempotent_calls is 'Answers to POST with an Idempotency-Key, for a day. Written in the transaction of what the call did: a second call with the same key waits at this row, and is told the first answer.';
comment on column idempotent_calls.operator is 'Id of the operator token, or bootstrap.';
comment on column idempotent_calls.request_hash is 'SHA-256 of method, path and body: another request under the same key is refused.';
comment on column idempotent_calls.sealed_answer is 'The answer, which may hold a secret, encrypted under a key derived from the operator''s token and the idempotency key, neither of which is kept. Null only inside its transaction.';
create index idempotent_calls_age on idempotent_calls (created_at);

-- Lists that count fast ------------------------------------------------------------------------
--
-- count(*) reads the whole table. A counter in one row would make all writers wait for each other.
-- So each statement that changes a list adds a row that says by how much: an insert waits for
-- nobody, and the sum of the rows that a snapshot sees is exact in that snapshot. Rows are drawn
-- together every minute: the same sums in fewer rows.

create table list_changes (
  list text not null,
  facet text not null default '',
  day date,
  entries bigint not null,
  changes bigint not null default 1
);
comment on table list_changes is 'A row a statement that changed a list of the API. The sum over a list is how many entries it has, and which version of it this is.';
comment on column list_changes.facet is 'By what the list can be counted: is_active of users, client_id of grants, action of log entries; empty for the others.';
comment on column list_changes.day is 'In UTC: when a log entry was made; when a grant ends unless it is used again, null once it is revoked.';
comment on column list_changes.entries is 'By how many entries the list grew.';
comment on column list_changes.changes is 'How many changes these are. Their sum grows with each change that is committed, so it names the version of a list.';
create index list_changes_list on list_changes (list, facet, day);

create table list_versions (
  list text primary key,
  version bigint not null,
  noted_at timestamptz not null
);
comment on table list_versions is 'When a version of a list was first seen by a reader, in whole seconds: its Last-Modified. No two versions have the same.';

create function note_list_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    insert into list_changes (list, entries) select tg_argv[0], 0 where exists (select from touched);
  else
    insert into list_changes (list, entries)
      select tg_argv[0], case tg_op when 'INSERT' then count(*) else -count(*) end
      from touched having count(*) > 0;
  end if;
  return null;
end
$$;

create trigger organizers_note_insert after insert on organizers
  referencing new table as touched for each statement execute function note_list_change('organizers');
create trigger organizers_note_update after update on organizers
  referencing new table as touched for each statement execute function note_list_change('organizers');
create trigger organizers_note_delete after delete on organizers
  referencing old table as touched for each statement execute function note_list_change('organizers');

create trigger applications_note_insert after insert on applications
  referencing new table as touched for each statement execute function note_list_change('applications');
create trigger applications_note_update after update on applications
  referencing new table as touched for each statement execute function note_list_change('applications');
create trigger applications_note_delete after delete on applications
  referencing old table as touched for each statement execute function note_list_change('applications');

create trigger resource_servers_note_insert after insert on resource_servers
  referencing new table as touched for each statement execute function note_list_change('resource-servers');
create trigger resource_servers_note_update after update on resource_servers
  referencing new table as touched for each statement execute function note_list_change('resource-servers');
create trigger resource_servers_note_delete after delete on resource_servers
  referencing old table as touched for each statement execute function note_list_change('resource-servers');

create trigger operator_tokens_note_insert after insert on operator_tokens
  referencing new table as touched for each statement execute function note_list_change('operator-tokens');
create trigger operator_tokens_note_update after update on operator_tokens
  referencing new table as touched for each statement execute function note_list_change('operator-tokens');
create trigger operator_tokens_note_delete after delete on operator_tokens
  referencing old table as touched for each statement execute function note_list_change('operator-tokens');

create function note_users_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    insert into list_changes (list, facet, entries)
      select 'users', moved.is_active::text, sum(moved.n) from (
        select is_active, -1 as n from before union all select is_active, 1 from touched
      ) moved group by moved.is_active;
  else
    insert into list_changes (list, facet, entries)
      select 'users', is_active::text, case tg_op when 'INSERT' then count(*) else -count(*) end
      from touched group by is_active;
  end if;
  return null;
end
$$;
create trigger users_note_insert after insert on users
  referencing new table as touched for each statement execute function note_users_change();
create trigger users_note_update after update on users
  referencing old table as before new table as touched
  for each statement execute function note_users_change();
create trigger users_note_delete after delete on users
  referencing old table as touched for each statement execute function note_users_change();

-- Each organizer's teams are a list of their own. Who is a member is part of it.
create function note_teams_change() returns trigger language plpgsql as $$
declare
  sign integer := case
    when tg_table_name = 'memberships' or tg_op = 'UPDATE' then 0
    when tg_op = 'INSERT' then 1
    else -1
  end;
begin
  insert into list_changes (list, entries)
    select 'teams/' || organizer_slug, sign * count(*) from touched group by organizer_slug;
  return null;
end
$$;
create trigger teams_note_insert after insert on teams
  referencing new table as touched for each statement execute function note_teams_change();
create trigger teams_note_update after update on teams
  referencing new table as touched for each statement execute function note_teams_change();
create trigger teams_note_delete after delete on teams
  referencing old table as touched for each statement execute function note_teams_change();
create trigger memberships_note_insert after insert on memberships
  referencing new table as touched for each statement execute function note_teams_change();
create trigger memberships_note_delete after delete on memberships
  referencing old table as touched for each statement execute function note_teams_change();

create function last_day(revoked_at timestamptz, expires_at timestamptz, ends_at timestamptz)
returns date language sql immutable as $$
  select case when revoked_at is null
    then (least(expires_at, ends_at) at time zone 'UTC')::date end
$$;
create function note_grants_change() returns trigger language plpgsql as $$
begin
  insert into list_changes (list, facet, day, entries)
    select 'grants', client_id, last_day(revoked_at, expires_at, ends_at),
      case tg_op when 'INSERT' then count(*) else -count(*) end
    from touched group by 2, 3;
  return null;
end
$$;
create trigger grants_note_insert after insert on grants
  referencing new table as touched for each statement execute function note_grants_change();
create trigger grants_note_delete after delete on grants
  referencing old table as touched for each statement execute function note_grants_change();

-- A row at a time: every refresh of a token updates one grant, and this costs it less.
create function note_grant_update() returns trigger language plpgsql as $$
declare
  day_before date := last_day(old.revoked_at, old.expires_at, old.ends_at);
  day_after date := last_day(new.revoked_at, new.expires_at, new.ends_at);
begin
  if day_before is distinct from day_after then
    insert into list_changes (list, facet, day, entries) values
      ('grants', old.client_id, day_before, -1), ('grants', new.client_id, day_after, 1);
  else
    insert into list_changes (list, entries) values ('grants', 0);
  end if;
  return null;
end
$$;
create trigger grants_note_update after update on grants
  for each row execute function note_grant_update();

create function note_grant_organizers_change() returns trigger language plpgsql as $$
begin
  insert into list_changes (list, entries) select 'grants', 0 where exists (select from touched);
  return null;
end
$$;
create trigger grant_organizers_note_delete after delete on grant_organizers
  referencing old table as touched for each statement execute function note_grant_organizers_change();

create function note_log_change() returns trigger language plpgsql as $$
begin
  insert into list_changes (list, facet, day, entries)
    select 'logentries', action, (happened_at at time zone 'UTC')::date,
      case tg_op when 'INSERT' then count(*) else -count(*) end
    from touched group by 2, 3;
  return null;
end
$$;
create trigger audit_events_note_insert after insert on audit_events
  referencing new table as touched for each statement execute function note_log_change();
create trigger audit_events_note_delete after delete on audit_events
  referencing old table as touched for each statement execute function note_log_change();

-- What is there already. The triggers above hold the tables' locks until the end.
insert into list_changes (list, entries) select 'organizers', count(*) from organizers;
insert into list_changes (list, entries) select 'applications', count(*) from applications;
insert into list_changes (list, entries) select 'resource-servers', count(*) from resource_servers;
insert into list_changes (list, facet, entries)
  select 'users', is_active::text, count(*) from users group by is_active;
insert into list_changes (list, entries)
  select 'teams/' || organizer_slug, count(*) from teams group by organizer_slug;
insert into list_changes (list, facet, day, entries)
  select 'grants', client_id, last_day(revoked_at, expires_at, ends_at), count(*)
  from grants group by client_id, 3;
insert into list_changes (list, facet, day, entries)
  select 'logentries', action, (happened_at at time zone 'UTC')::date, count(*)
  from audit_events group by 2, 3;

-- Pages of the lists, in their orders, from both ends.
create index users_inactive on users (id) where not is_active;
create index applications_created on applications (created_at, client_id);
create index grants_created on grants (created_at, id);
create index grants_client_created on grants (client_id, created_at, id);
drop index grants_client;
create index grants_end on grants (least(expires_at, ends_at)) where revoked_at is null;
create index audit_events_time on audit_events (happened_at, id);
drop index audit_events_age;
create index audit_events_action on audit_events (action, happened_at, id);
create index audit_events_user_time on audit_events (user_id, happened_at, id)
  where user_id is not null;
