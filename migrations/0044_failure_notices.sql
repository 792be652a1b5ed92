-- expand, needed at once
-- Mails about applications that stopped working.

create table failure_notices (
  client_id text primary key references applications (client_id) on delete cascade,
  muted boolean not null default false,
  sent_at timestamptz
);
comment on table failure_notices is 'Mails to owners of applications that stopped working: at most one a day.';
comment on column failure_notices.muted is 'The owner wants none.';
