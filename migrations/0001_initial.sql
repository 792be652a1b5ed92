-- Stagedoor, first schema.
--
-- Rules that every later migration keeps:
--   * at rest only SHA-256 hashes (bytea) of tokens, codes, secrets and session ids;
--   * a token is live when it is unexpired, unconsumed, its grant unrevoked, its application and
--     its user active: all of it readable from the token's hash with one indexed join;
--   * times are timestamptz, written by the database's clock.

-- Directory ------------------------------------------------------------------------------------

create table users (
  id text primary key check (id ~ '^[A-Za-z0-9._-]{1,64}$'),
  email text not null,
  full_name text not null default '',
  locale text not null default '',
  timezone text not null default 'UTC',
  is_active boolean not null default true,
  password_hash text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table users is 'People who sign in. The platform provisions them; the id is the platform''s own and is the sub of tokens.';
comment on column users.locale is 'BCP 47 language tag, or empty where the platform named none. Pages use it where there is a catalogue for it, else what the browser asks for; mails the same, as it was when they were written.';
comment on column users.timezone is 'IANA time zone name in which this user reads times.';
comment on column users.is_active is 'While false, nobody signs in as this user and nothing of the user''s grants is live.';
comment on column users.password_hash is 'argon2id in PHC format; null where the user has no local password.';
create unique index users_email_key on users (lower(email));

create table organizers (
  slug text primary key check (slug ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  name jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table organizers is 'The tenants of the platform.';
comment on column organizers.name is 'A string, or an object of language tag to string ({"en": "Red", "de": "Rot"}).';

create table teams (
  organizer_slug text not null references organizers (slug) on delete cascade,
  id text not null check (id ~ '^[A-Za-z0-9._-]{1,64}$'),
  name text not null default '',
  permissions text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organizer_slug, id)
);
comment on table teams is 'A team belongs to one organizer and carries permissions there. The id is the platform''s own.';
comment on column teams.permissions is 'Names from the configured list, for example can_view_orders.';

create table memberships (
  user_id text not null references users (id) on delete cascade,
  organizer_slug text not null,
  team_id text not null,
  primary key (user_id, organizer_slug, team_id),
  foreign key (organizer_slug, team_id) references teams (organizer_slug, id) on delete cascade
);
comment on table memberships is 'Who is in which team. A user''s permissions for an organizer are the union over the teams there. The key starts with the user: introspection reads it by user and organizer.';
create index memberships_team on memberships (organizer_slug, team_id);

-- Applications and resource servers ------------------------------------------------------------

create table applications (
  client_id text primary key,
  owner_id text references users (id) on delete set null,
  name text not null,
  description text not null default '',
  homepage_url text,
  privacy_policy_url text,
  terms_url text,
  client_type text not null check (client_type in ('confidential', 'public')),
  redirect_uris text[] not null,
  scopes text[] not null,
  require_pkce boolean not null default true,
  is_active boolean not null default true,
  suspended_at timestamptz,
  suspension_reason text,
  reviewed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table applications is 'OAuth clients that developers register.';
comment on column applications.owner_id is 'Null once the owner was deleted: users who authorized the application keep it, an operator answers for it.';
comment on column applications.scopes is 'The scopes that it may ask for.';
comment on column applications.is_active is 'The owner''s own switch; while false nothing of the application is live.';
comment on column applications.suspended_at is 'Set by an operator; while set nothing of the application is live.';
comment on column applications.reviewed_at is 'Null: no operator has looked at it, and the consent page says so.';
create index applications_owner on applications (owner_id);

create table application_secrets (
  secret_hash bytea primary key,
  id uuid not null default gen_random_uuid() unique,
  client_id text not null references applications (client_id) on delete cascade,
  label text not null default '',
  last_four text not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz
);
comment on table application_secrets is 'Secrets of confidential applications, several at a time so that one can be replaced without downtime.';
comment on column application_secrets.secret_hash is 'SHA-256 of the secret. The secret is 256 random bits, so a slow hash would protect nothing.';
comment on column application_secrets.last_four is 'The last four characters, by which the owner tells secrets apart.';
create index application_secrets_client on application_secrets (client_id);

create table resource_servers (
  client_id text primary key,
  name text not null,
  secret_hash bytea not null,
  created_at timestamptz not null default now()
);
comment on table resource_servers is 'API services of the platform; they may introspect any access token and do nothing else.';

-- Grants and tokens ----------------------------------------------------------------------------

create table grants (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  client_id text not null references applications (client_id) on delete cascade,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  revocation_reason text check (revocation_reason in (
    'revoked_by_user', 'revoked_by_client', 'revoked_by_operator', 'reuse_detected'
  )),
  check ((revoked_at is null) = (revocation_reason is null))
);
comment on table grants is 'One authorization that one user gave one application. Its scopes and organizers are never widened; revoking it is the one update that ends every token of it.';
comment on column grants.last_used_at is 'When tokens were last issued under it.';
comment on column grants.expires_at is 'The end of its longest-lived token: pushed out at every issue.';
create index grants_user_client on grants (user_id, client_id);
create index grants_client on grants (client_id);

create table grant_organizers (
  grant_id text not null references grants (id) on delete cascade,
  organizer_slug text not null references organizers (slug) on delete cascade,
  primary key (grant_id, organizer_slug)
);
comment on table grant_organizers is 'The organizers that the user picked. What a token opens is these intersected with today''s memberships.';
create index grant_organizers_organizer on grant_organizers (organizer_slug);

create table authorization_codes (
  code_hash bytea primary key,
  grant_id text not null references grants (id) on delete cascade,
  redirect_uri text not null,
  code_challenge text,
  scopes text[] not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz
);
comment on table authorization_codes is 'Single use (RFC 6749 section 4.1.2). A consumed row stays until it expires, so that a second use is noticed.';
comment on column authorization_codes.code_challenge is 'PKCE S256 challenge (RFC 7636); null where the application is confidential and its owner switched PKCE off.';
create index authorization_codes_grant on authorization_codes (grant_id);
create index authorization_codes_expiry on authorization_codes (expires_at);

create table access_tokens (
  token_hash bytea primary key,
  grant_id text not null references grants (id) on delete cascade,
  family_id uuid not null,
  scopes text[] not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  superseded_at timestamptz
);
comment on table access_tokens is 'Opaque bearer tokens.';
comment on column access_tokens.family_id is 'One family a code exchange (a device, say). Rotation touches only its own family; revoking the grant ends all.';
comment on column access_tokens.superseded_at is 'Set when a refresh issued its successor: dead from then on, but still good for revoking the grant.';
create index access_tokens_family on access_tokens (family_id) where superseded_at is null;
create index access_tokens_grant on access_tokens (grant_id);
create index access_tokens_expiry on access_tokens (expires_at);

create table refresh_tokens (
  token_hash bytea primary key,
  grant_id text not null references grants (id) on delete cascade,
  family_id uuid not null,
  scopes text[] not null,
  rotations integer not null,
  first_issued_at timestamptz not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz
);
comment on table refresh_tokens is 'Rotated at every use (RFC 9700 section 2.2.2). A consumed row stays until it expires, so that a re-use is noticed.';
comment on column refresh_tokens.rotations is 'How many tokens of its family came before it.';
comment on column refresh_tokens.first_issued_at is 'When the family''s first refresh token was issued.';
create index refresh_tokens_grant on refresh_tokens (grant_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);

-- Sign-in and the authorization request --------------------------------------------------------

create table sessions (
  id_hash bytea primary key,
  uid text not null,
  user_id text references users (id) on delete cascade,
  authenticated_at timestamptz,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  authorizations jsonb not null default '{}'
);
comment on table sessions is 'Browser sessions. The cookie''s value is not kept, only its hash.';
comment on column sessions.uid is 'Names the session inside the server; opens nothing. Not unique: two tabs that finish a request at the same moment each move the session to an id of their own.';
comment on column sessions.user_id is 'Null before sign-in.';
comment on column sessions.authenticated_at is 'When the password was last given, for the rules that want a recent sign-in.';
comment on column sessions.authorizations is 'oidc-provider''s own notes a client: {client_id: {sid, grantId}}.';
create index sessions_uid on sessions (uid);
create index sessions_user on sessions (user_id);
create index sessions_expiry on sessions (expires_at);

create table interactions (
  id_hash bytea primary key,
  client_id text not null references applications (client_id) on delete cascade,
  user_id text references users (id) on delete cascade,
  session_uid text,
  grant_id text,
  chain_id text not null,
  prompt jsonb not null,
  params jsonb not null,
  trusted jsonb,
  result jsonb,
  last_submission jsonb,
  pushed_request bytea,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  finished_at timestamptz
);
comment on table interactions is 'Authorization requests that wait for a person. A finished row stays until it expires, so that the back button meets an explanation.';
comment on column interactions.session_uid is 'The session in which the request started; it may only be finished there.';
comment on column interactions.chain_id is 'The same over the steps of one request: sign-in, then consent.';
comment on column interactions.pushed_request is 'Id of the pushed authorization request, encrypted under a key derived from the interaction''s id, which is not kept.';
create index interactions_expiry on interactions (expires_at);

create table pushed_authorization_requests (
  id_hash bytea primary key,
  request text not null,
  trusted boolean not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  consumed_at timestamptz
);
comment on table pushed_authorization_requests is 'RFC 9126. Single use.';
comment on column pushed_authorization_requests.request is 'The request''s parameters as an unsecured JWT, without client authentication.';
create index pushed_authorization_requests_expiry on pushed_authorization_requests (expires_at);

-- Log, mail, keys ------------------------------------------------------------------------------

create table audit_events (
  id bigint generated always as identity primary key,
  happened_at timestamptz not null default now(),
  action text not null check (action ~ '^stagedoor\.[a-z_.]+$'),
  actor text not null check (actor ~ '^(user|client|operator|system)(:|$)'),
  user_id text,
  client_id text,
  grant_id text,
  ip text,
  user_agent text,
  data jsonb not null default '{}'
);
comment on table audit_events is 'Append-only. No foreign keys: the log outlives what it tells of.';
comment on column audit_events.user_id is 'Whose log it belongs in; null where it concerns no user.';
comment on column audit_events.actor is 'Who did it: user:<id>, client:<client_id>, operator:<name> or system.';
comment on column audit_events.data is 'What is needed to tell it as a sentence later: names as they were then, scopes, organizers. Never a secret.';
create index audit_events_user on audit_events (user_id, id desc);
create index audit_events_client on audit_events (client_id, id desc);

create function audit_events_refuse_update() returns trigger language plpgsql as $$
begin
  raise exception 'audit_events is append-only';
end
$$;
create trigger audit_events_append_only before update on audit_events
  for each row execute function audit_events_refuse_update();

create table mail_outbox (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  recipient text not null,
  locale text not null,
  data jsonb not null,
  created_at timestamptz not null default now(),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  sent_at timestamptz,
  failed_at timestamptz,
  last_error text
);
comment on table mail_outbox is 'Mails, written in the transaction of what they tell and sent later. The id is the Message-ID''s left side, so that a mail server can drop a duplicate.';
comment on column mail_outbox.data is 'What the template needs. Never a secret.';
comment on column mail_outbox.failed_at is 'Set when it was given up.';
create index mail_outbox_due on mail_outbox (next_attempt_at) where sent_at is null and failed_at is null;

create table signing_keys (
  kid text primary key,
  alg text not null,
  public_jwk jsonb not null,
  sealed_private_jwk bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
comment on table signing_keys is 'Keys that sign for this server; the public halves are at the jwks endpoint.';
comment on column signing_keys.sealed_private_jwk is 'Private JWK, AES-256-GCM under a key derived from the first cookie key.';
comment on column signing_keys.retired_at is 'From then on it signs nothing; it stays published until nothing signed by it lives.';
