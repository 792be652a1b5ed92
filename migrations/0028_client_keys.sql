-- Public keys of confidential applications, which authenticate by JWTs that they sign (RFC 7523).

create table application_keys (
  id uuid primary key default gen_random_uuid(),
  client_id text not null references applications (client_id) on delete cascade,
  kid text not null,
  thumbprint text not null,
  jwk jsonb not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  unique (client_id, thumbprint),
  unique (client_id, kid)
);
comment on table application_keys is 'Public keys of applications, several at a time so that one can be replaced without downtime.';
comment on column application_keys.kid is 'Key ID in the header of the JWT. The thumbprint, if the application named none.';
comment on column application_keys.thumbprint is 'SHA-256 of the key (RFC 7638), base64url.';
comment on column application_keys.jwk is 'The key (RFC 7517). Never a private one.';
comment on column application_keys.expires_at is 'Set when the application gets another owner.';

alter table applications add column jwks_uri text;
comment on column applications.jwks_uri is 'Address of the keys of an application with a metadata document, instead of rows in application_keys.';

-- Keys are credentials like secrets: a new address ends no review. For documents, the fingerprint
-- contains it.
create or replace function note_application_version() returns trigger language plpgsql as $$
declare
  not_judged text[] := array[
    'is_active', 'suspended_at', 'suspension_reason', 'version', 'reviewed_at', 'updated_at',
    'name_skeleton', 'private_schemes', 'reviewed_skeleton', 'reviewed_schemes', 'jwks_uri'
  ];
begin
  if to_jsonb(new) - not_judged is distinct from to_jsonb(old) - not_judged then
    new.version := old.version + 1;
    new.reviewed_at := null;
  end if;
  return new;
end
$$;

create trigger application_keys_note_insert after insert on application_keys
  referencing new table as touched
  for each statement execute function note_list_change('application-keys');
create trigger application_keys_note_update after update on application_keys
  referencing new table as touched
  for each statement execute function note_list_change('application-keys');
create trigger application_keys_note_delete after delete on application_keys
  referencing old table as touched
  for each statement execute function note_list_change('application-keys');
insert into list_changes (list, entries) values ('application-keys', 0);
