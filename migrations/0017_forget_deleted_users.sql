-- After a user is deleted, the log keeps its entries and loses what identifies the person.

-- The one change that the log allows. It has to name the user in the setting stagedoor.forget_user,
-- and only works in the transaction that deletes that user and logs it.
create or replace function audit_events_refuse_update() returns trigger language plpgsql as $$
declare
  forgotten text := nullif(current_setting('stagedoor.forget_user', true), '');
  addresses text[] := array['email', 'email_before', 'email_after'];
  is_theirs boolean := coalesce(old.user_id = forgotten or old.actor = 'user:' || forgotten, false);
begin
  if forgotten is null
    or row(new.id, new.happened_at, new.action, new.actor, new.user_id, new.client_id, new.grant_id)
      is distinct from
      row(old.id, old.happened_at, old.action, old.actor, old.user_id, old.client_id, old.grant_id)
    or (new.ip is distinct from old.ip and not (is_theirs and new.ip is null))
    or (new.user_agent is distinct from old.user_agent and not (is_theirs and new.user_agent is null))
    or not (is_theirs or old.action = 'stagedoor.application.transfer_offered')
    or new.data - addresses is distinct from old.data - addresses
    or exists (
      select from jsonb_each(new.data) kept
      where kept.key = any (addresses) and kept.value is distinct from old.data -> kept.key
    )
    or exists (select from users where id = forgotten)
    or not exists (
      select from audit_events deletion
      where deletion.user_id = forgotten and deletion.happened_at = now()
        and deletion.action = 'stagedoor.directory.user.deleted'
    )
  then
    raise exception 'audit_events is append-only';
  end if;
  return new;
end
$$;
comment on table audit_events is 'Append-only. No foreign keys: the log outlives what it tells of. Of a deleted user the entries stay, without addresses, IP and User-Agent.';

-- By which a deletion finds what others were told of the user, without reading everything.
create index audit_events_other_actor on audit_events (actor)
  where actor like 'user:%' and actor is distinct from 'user:' || user_id;
create index mail_outbox_recipient on mail_outbox (recipient);
create index mail_outbox_owner on mail_outbox ((data #>> '{application,owner}'));
create index mail_outbox_offered on mail_outbox ((data #>> '{details,0}'))
  where data ->> 'change' = 'transfer_offered';
