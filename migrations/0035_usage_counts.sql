-- expand, needed at once
-- Figures for developers' pages. Counting the rows of a large application takes seconds.

create table application_usage (
  client_id text primary key references applications (client_id) on delete cascade,
  users integer not null,
  last_used_at timestamptz,
  counted_at timestamptz not null default now()
);
comment on table application_usage is 'Connected users of applications with more than 2,000 grants, counted every hour. Those of the others are counted when they are asked for.';

create table token_counts (
  client_id text not null references applications (client_id) on delete cascade,
  at timestamptz not null,
  issued integer not null,
  refreshed integer not null,
  primary key (client_id, at)
);
comment on table token_counts is 'Token responses of an application in a quarter of an hour, which begins at "at". Added by each process once a second.';
create index token_counts_at on token_counts (at);
