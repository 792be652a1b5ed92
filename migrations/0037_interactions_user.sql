-- expand, outside a transaction
-- The deletion of a user read interactions as a whole, to delete those of the user.
create index concurrently if not exists interactions_user on interactions (user_id)
  where user_id is not null;
