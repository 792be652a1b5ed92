-- What the pages for users, their log and their mails need.

alter table grants add column ends_at timestamptz;
alter table grants add column last_used_ip text;
alter table grants add column expiry_notice_at timestamptz;
comment on table grants is 'One authorization that one user gave one application. Its scopes and organizers are never widened, its user may narrow them; what a token opens is read from here. Revoking it is the one update that ends every token of it.';
comment on column grants.scopes is 'What tokens of it open at most; its user may take scopes away.';
comment on column grants.ends_at is 'The end that its user has set; null: none. From then on nothing of it is live. Never moved to a later time.';
comment on column grants.last_used_ip is 'The address from which tokens were last asked for: most often that of the application''s server.';
comment on column grants.expiry_notice_at is 'When its user was told that it will soon end unused. Counts until it is used again.';
create index grants_idle on grants (expires_at) where revoked_at is null;

create table known_devices (
  user_id text not null references users (id) on delete cascade,
  device_hash bytea not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (user_id, device_hash)
);
comment on table known_devices is 'Browsers in which a user has signed in before; a sign-in in another one is told by mail.';
comment on column known_devices.device_hash is 'SHA-256 of the device cookie, which opens nothing.';
create index known_devices_age on known_devices (last_seen_at);

create index mail_outbox_sent on mail_outbox (sent_at) where sent_at is not null;
create index mail_outbox_failed on mail_outbox (failed_at) where failed_at is not null;
create index audit_events_age on audit_events (happened_at);

-- The log is append-only: no row is ever changed, and rows leave it only by its retention, which
-- says so for its own transaction and takes nothing that is younger than 30 days.

create function audit_events_refuse_delete() returns trigger language plpgsql as $$
begin
  if current_setting('stagedoor.trim_log', true) is distinct from 'on'
    or old.happened_at > now() - interval '30 days' then
    raise exception 'audit_events is append-only; only its retention removes entries';
  end if;
  return old;
end
$$;
create trigger audit_events_trimmed_only before delete on audit_events
  for each row execute function audit_events_refuse_delete();

create function audit_events_refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only; only its retention removes entries';
end
$$;
create trigger audit_events_no_truncate before truncate on audit_events
  for each statement execute function audit_events_refuse_truncate();
