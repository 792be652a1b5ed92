-- expand, needed at once
-- Users who operate the platform in the browser, and what they and developers say about reviews.

alter table users add column is_operator boolean not null default false;
comment on column users.is_operator is 'May use the operator console. Given only by operator tokens that have all rights.';

create table operator_notices (
  user_id text primary key references users (id) on delete cascade,
  sent_at timestamptz not null default now(),
  counted_until timestamptz not null
);
comment on table operator_notices is 'Last mail to an operator about applications that wait for a review: at most one a day.';
comment on column operator_notices.counted_until is 'When the latest application that the mail counts began to wait. Only a later one causes a mail.';

create table application_reviews (
  client_id text primary key references applications (client_id) on delete cascade,
  requested_at timestamptz,
  question text,
  asked_at timestamptz,
  reviewed_details jsonb,
  reviewed_at timestamptz
);
comment on table application_reviews is 'Conversation about the review of an application. Apart from applications, because a change of that row would end a review.';
comment on column application_reviews.requested_at is 'Last request of the owner for a review. Null: none.';
comment on column application_reviews.question is 'Question or demand of an operator; the owner has a mail with it. A review removes it.';
comment on column application_reviews.asked_at is 'Time of the question. The application waits again when the owner requests a review after it.';
comment on column application_reviews.reviewed_details is 'What the last review was about, to show what has changed since. Stays when the review ends. Null: never reviewed, or before this table.';
comment on column application_reviews.reviewed_at is 'Time of that review.';
insert into application_reviews (client_id, reviewed_at, reviewed_details)
  select client_id, reviewed_at, jsonb_build_object(
    'name', name, 'description', description, 'homepageUrl', homepage_url,
    'privacyPolicyUrl', privacy_policy_url, 'termsUrl', terms_url,
    'redirectUris', to_jsonb(redirect_uris), 'scopes', to_jsonb(scopes), 'requirePkce', require_pkce,
    'ownerId', owner_id
  ) from applications where reviewed_at is not null;

-- Operators act in the console as operator:user:<id>: such entries are the user's, too.
create or replace function audit_events_refuse_update() returns trigger language plpgsql as $$
declare
  forgotten text := nullif(current_setting('stagedoor.forget_user', true), '');
  addresses text[] := array['email', 'email_before', 'email_after'];
  is_theirs boolean := coalesce(
    old.user_id = forgotten or old.actor in ('user:' || forgotten, 'operator:user:' || forgotten), false
  );
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
    or not (
      exists (
        select from deletions d
        where d.kind = 'user' and d.subject = forgotten and d.finished_at is null
      ) or exists (
        select from audit_events deletion
        where deletion.user_id = forgotten and deletion.happened_at = now()
          and deletion.action = 'stagedoor.directory.user.deleted'
      )
    )
  then
    raise exception 'audit_events is append-only';
  end if;
  return new;
end
$$;
