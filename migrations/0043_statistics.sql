-- expand, needed at once
-- Figures of 90 days for developers.

alter table token_counts
  add column failed integer not null default 0,
  add column refresh_failed integer not null default 0,
  add column api_calls integer not null default 0;
comment on table token_counts is 'Requests of an application in a quarter of an hour, which begins at "at". Added by each process once a second. After 32 days they become part of application_days.';
comment on column token_counts.failed is 'Failed requests at all OAuth endpoints, also those that are too many for client_errors.';
comment on column token_counts.refresh_failed is 'Those of them that were to refresh tokens.';
comment on column token_counts.api_calls is 'Live access tokens that API services had introspected, and calls of this server''s own API.';

create table application_days (
  client_id text not null references applications (client_id) on delete cascade,
  day date not null,
  users integer,
  issued integer not null default 0,
  refreshed integer not null default 0,
  failed integer not null default 0,
  refresh_failed integer not null default 0,
  api_calls integer not null default 0,
  primary key (client_id, day)
);
comment on table application_days is 'Sums of token_counts that are older than 32 days, by day in UTC. Kept for 183 days.';
comment on column application_days.users is 'Connected users on that day; null if they were not counted, because the application was not used. Also of the last 32 days.';
create index application_days_day on application_days (day);
