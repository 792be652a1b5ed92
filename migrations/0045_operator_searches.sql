-- expand, outside a transaction
-- By which operators read the log of an application or of another operator from any time on.
create index concurrently if not exists audit_events_client_time
  on audit_events (client_id, happened_at, id) where client_id is not null;
create index concurrently if not exists audit_events_operator_time
  on audit_events (actor, happened_at, id) where actor like 'operator:%';
-- By which operators search for users: by the beginning of the address, the name and its last word.
-- Comparisons by bytes, because only those find prefixes in every collation.
create index concurrently if not exists users_email_prefix on users (email_key text_pattern_ops);
create index concurrently if not exists users_name_prefix on users (lower(full_name) text_pattern_ops);
create index concurrently if not exists users_last_name_prefix
  on users (lower(regexp_replace(full_name, '^.* ', '')) text_pattern_ops)
  where full_name like '% %';
