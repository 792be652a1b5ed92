-- Failed authentication of programs: counted by the hour, and then one entry of the log.

create table authentication_failures (
  hour timestamptz not null,
  endpoint text not null check (endpoint in ('token', 'revoke_token', 'par', 'introspect', 'management')),
  client_id text not null,
  reason text not null check (reason in ('wrong', 'expired', 'deleted', 'unknown_client')),
  ip text not null,
  count integer not null,
  primary key (hour, endpoint, client_id, reason, ip)
);
comment on table authentication_failures is 'Failed tries of the current hour. Within minutes after its end each row becomes an entry of audit_events and is deleted.';
comment on column authentication_failures.hour is 'Beginning of the hour.';
comment on column authentication_failures.client_id is 'An application or resource server that exists, else empty: what was sent is not kept.';
comment on column authentication_failures.reason is 'wrong: never a secret of this client. expired, deleted: an old one. unknown_client: no such client.';
comment on column authentication_failures.ip is 'IPv4 address, or the first address of an IPv6 /64. Empty if unknown, or if the hour has too many rows.';
comment on column authentication_failures.count is 'Failed tries in the hour.';

create table ended_secrets (
  secret_hash bytea primary key,
  owner text not null,
  ended_at timestamptz not null default now()
);
comment on table ended_secrets is 'Deleted secrets and revoked operator tokens, to recognize an old one that is still in use. Rows are deleted after 90 days.';
comment on column ended_secrets.secret_hash is 'SHA-256 of the secret. It opens nothing.';
comment on column ended_secrets.owner is 'client_id of the application or resource server; for operator tokens, the id of the token.';
comment on column ended_secrets.ended_at is 'Time of the deletion.';
create index ended_secrets_time on ended_secrets (ended_at);

create function remember_ended_secret() returns trigger language plpgsql as $$
begin
  insert into ended_secrets (secret_hash, owner) values (old.secret_hash, old.client_id)
    on conflict do nothing;
  return null;
end
$$;
create trigger application_secrets_ended after delete on application_secrets
  for each row execute function remember_ended_secret();

create function remember_ended_token() returns trigger language plpgsql as $$
begin
  insert into ended_secrets (secret_hash, owner) values (old.token_hash, old.id::text)
    on conflict do nothing;
  return null;
end
$$;
create trigger operator_tokens_ended after delete on operator_tokens
  for each row execute function remember_ended_token();
