-- Operator tokens: rights of their own for making tokens and resource servers, the token that made a
-- token, and names that are never given twice. Resource servers: several secrets at a time.

alter table operator_tokens drop constraint operator_tokens_rights_check;

-- "applications" was documented as the right over resource servers too, so it keeps that. Every
-- token could make tokens, which was documented nowhere: only tokens with all rights keep that.
update operator_tokens set rights =
  rights
  || case when 'applications' = any(rights) then array['resource_servers'] else '{}' end
  || case when cardinality(rights) = 4 then array['tokens'] else '{}' end;

alter table operator_tokens add constraint operator_tokens_rights_check check (
  cardinality(rights) > 0 and rights <@
    array['directory', 'applications', 'resource_servers', 'grants', 'tokens', 'read']
);

alter table operator_tokens add column parent_id text references operator_tokens (id);
comment on column operator_tokens.parent_id is 'The token that made this one: revoking that one revokes this one too. Null: made with a token that is not in this table (bootstrap, cli), or by a token that was revoked before this column existed.';
comment on column operator_tokens.rights is 'A token that is made with this one has at most these.';
create index operator_tokens_parent on operator_tokens (parent_id) where parent_id is not null;

-- Names were unique among the tokens of the time, so a token with that name that is older than the
-- one it made is the maker.
update operator_tokens child set parent_id = maker.id
  from operator_tokens maker
 where child.created_by = 'operator:' || maker.name and maker.created_at < child.created_at;

create table operator_token_names (
  name text primary key,
  token_id text,
  taken_at timestamptz not null default now()
);
comment on table operator_token_names is 'Every name that an operator token has or had. No name is given twice, so a name in the log is one token.';
comment on column operator_token_names.token_id is 'operator_tokens.id, without a foreign key: the row stays when the token is revoked. Null: known from the log only.';
comment on column operator_token_names.taken_at is 'When the token was made.';

insert into operator_token_names (name, token_id, taken_at)
  select name, id, created_at from operator_tokens;
insert into operator_token_names (name, taken_at)
  select data ->> 'name', min(happened_at) from audit_events
   where action = 'stagedoor.operator_token.created' and data ->> 'name' is not null
   group by data ->> 'name'
  on conflict do nothing;

-- Secrets of resource servers -------------------------------------------------------------------

create table resource_server_secrets (
  secret_hash bytea primary key,
  id uuid not null default gen_random_uuid() unique,
  client_id text not null references resource_servers (client_id) on delete cascade,
  label text not null default '',
  last_four text,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz
);
comment on table resource_server_secrets is 'Secrets of resource servers, several at a time so that one can be replaced without downtime.';
comment on column resource_server_secrets.secret_hash is 'SHA-256 of the secret. The secret is 256 random bits, so a slow hash would protect nothing.';
comment on column resource_server_secrets.id is 'Names the secret in the API; opens nothing.';
comment on column resource_server_secrets.label is 'Set by the operator who added it, to tell secrets apart.';
comment on column resource_server_secrets.last_four is 'The last four characters, by which operators tell secrets apart. Null: older than this table.';
comment on column resource_server_secrets.last_used_at is 'When an introspection was last authenticated by it, to the minute.';
comment on column resource_server_secrets.expires_at is 'From then on it opens nothing. Null: never.';
create index resource_server_secrets_client on resource_server_secrets (client_id);

insert into resource_server_secrets (secret_hash, client_id, created_at)
  select secret_hash, client_id, created_at from resource_servers;
alter table resource_servers drop column secret_hash;

create trigger resource_server_secrets_note_insert after insert on resource_server_secrets
  referencing new table as touched
  for each statement execute function note_list_change('resource-server-secrets');
create trigger resource_server_secrets_note_update after update on resource_server_secrets
  referencing new table as touched
  for each statement execute function note_list_change('resource-server-secrets');
create trigger resource_server_secrets_note_delete after delete on resource_server_secrets
  referencing old table as touched
  for each statement execute function note_list_change('resource-server-secrets');
insert into list_changes (list, entries)
  select 'resource-server-secrets', count(*) from resource_server_secrets;
