-- What the pages for application developers need.

create table application_transfers (
  client_id text primary key references applications (client_id) on delete cascade,
  to_email text not null,
  to_user_id text references users (id) on delete cascade,
  from_user_id text not null references users (id) on delete cascade,
  created_at timestamptz not null default now()
);
comment on table application_transfers is 'Offers of an application to another user, who has to accept. One at a time an application.';
comment on column application_transfers.to_email is 'As the owner typed it; all that the owner sees of the receiver.';
comment on column application_transfers.to_user_id is 'Null where no active user had that address: nobody can accept, and the owner does not learn it.';
create index application_transfers_to on application_transfers (to_user_id);
create index application_transfers_from on application_transfers (from_user_id);

create table client_errors (
  id bigint generated always as identity primary key,
  client_id text not null references applications (client_id) on delete cascade,
  happened_at timestamptz not null default now(),
  endpoint text not null check (endpoint in ('authorize', 'token', 'revoke_token', 'par', 'introspect')),
  error text not null,
  reason text not null,
  details jsonb not null default '{}'
);
comment on table client_errors is 'Failed requests of an application, for its owner. Kept for 7 days. Never a token, code, secret or verifier.';
comment on column client_errors.reason is 'A stable name of the exact cause, for example redirect_uri_mismatch; the pages put it into words.';
comment on column client_errors.details is 'What helps to mend it: the redirect_uri that was sent, for example.';
create index client_errors_client on client_errors (client_id, id desc);
create index client_errors_age on client_errors (happened_at);
