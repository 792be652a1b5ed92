-- expand, outside a transaction
-- By which the deletion of a user finds what the user did in the operator console.
create index concurrently if not exists audit_events_operator_user on audit_events (actor)
  where actor like 'operator:user:%';
-- By which the operators are found among all users.
create index concurrently if not exists users_operators on users (id) where is_operator;
