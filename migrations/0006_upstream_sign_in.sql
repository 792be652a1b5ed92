-- What sign-in through the platform's own login needs (OpenID Connect).

create table user_identities (
  issuer text not null,
  subject text not null,
  user_id text not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  primary key (issuer, subject),
  unique (user_id, issuer)
);
comment on table user_identities is 'Who a person is at an upstream OpenID provider. Users are matched by issuer and subject, and by nothing else once they have one.';
comment on column user_identities.subject is 'The sub of the provider''s ID tokens.';

create table upstream_sign_ins (
  state_hash bytea primary key,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
comment on table upstream_sign_ins is 'Sign-ins that are under way at the upstream provider. Single use. A used or expired row stays for a day, so that the back button meets an explanation.';
comment on column upstream_sign_ins.state_hash is 'SHA-256 of the state parameter.';
comment on column upstream_sign_ins.sealed is 'Nonce, PKCE verifier, where to go on and what was ticked, encrypted under a key derived from the state and from a cookie of the browser, neither of which is kept.';
create index upstream_sign_ins_expiry on upstream_sign_ins (expires_at);

create table upstream_sessions (
  session_uid text primary key,
  issuer text not null,
  sid text not null
);
comment on table upstream_sessions is 'The upstream session that a browser session came from, so that its end there ends it here (OpenID Connect Back-Channel Logout 1.0).';
comment on column upstream_sessions.session_uid is 'sessions.uid, which stays when the session moves to another id.';
create index upstream_sessions_sid on upstream_sessions (issuer, sid);

create table upstream_logout_tokens (
  jti_hash bytea primary key,
  expires_at timestamptz not null
);
comment on table upstream_logout_tokens is 'Logout tokens that were used, until they expire: none is taken twice.';
create index upstream_logout_tokens_expiry on upstream_logout_tokens (expires_at);

comment on column sessions.authenticated_at is 'When the password was last given, here or at the upstream provider, for the rules that want a recent sign-in.';
comment on column users.password_hash is 'argon2id in PHC format; null where the user has no local password. Erased when the user signs in upstream.';
