-- Logouts at the upstream provider that a sign-in under way must not miss, and the configuration of
-- the last start.

create table upstream_logouts (
  key_hash bytea primary key,
  logged_out_at timestamptz not null,
  received_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table upstream_logouts is 'What has ended at the upstream provider, for as long as a sign-in that was begun before may take: no session begins from it.';
comment on column upstream_logouts.key_hash is 'SHA-256 of the issuer and the sid, or of the issuer and the sub, if all sessions of a person have ended.';
comment on column upstream_logouts.logged_out_at is 'When the provider says that it was, in whole seconds. A sign-in there that is later counts.';
comment on column upstream_logouts.received_at is 'When the logout token arrived. Decides if a person signed in there within the same second.';
comment on column upstream_logouts.expires_at is 'When the row may be deleted.';
create index upstream_logouts_expiry on upstream_logouts (expires_at);

create table server_configuration (
  only_row boolean primary key default true check (only_row),
  settings jsonb not null,
  noted_at timestamptz not null default now()
);
comment on table server_configuration is 'The settings that matter to security, as they were at the last start. One row.';
comment on column server_configuration.only_row is 'Always true: there is one row.';
comment on column server_configuration.settings is 'Name of the variable to its effective value. Never a secret.';
comment on column server_configuration.noted_at is 'When these settings were first in effect.';
