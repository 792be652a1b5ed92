-- Counts of tries that all processes share: sign-in, and requests that anybody can send.

create table rate_limits (
  key text primary key,
  points integer not null,
  expire bigint not null
) with (fillfactor = 70);
comment on table rate_limits is 'How often something was tried in the current window of a limit. Names and order of the columns are those of the package rate-limiter-flexible. Rows with an ended window are deleted every hour.';
comment on column rate_limits.key is 'Name of the limit, a colon, and a keyed hash (HMAC-SHA-256) of the account or network address that is counted.';
comment on column rate_limits.points is 'Tries in the window, refused ones included.';
comment on column rate_limits.expire is 'End of the window, in milliseconds since 1970.';
