-- Lost responses: a client that sends a refresh again at once gets the same tokens again.

alter table refresh_tokens add column successor_hash bytea;
comment on column refresh_tokens.successor_hash is 'SHA-256 of the refresh token that replaced it. Null until then, and where an older version of the server replaced it.';

create table refresh_replays (
  grant_id text not null,
  successor_hash bytea not null,
  sealed bytea not null,
  expires_at timestamptz not null,
  primary key (grant_id, successor_hash)
);
comment on table refresh_replays is 'Tokens that may be sent again. A row lives for seconds: until the new refresh token is used, the grant is revoked or deleted, or the time for retries is over. No foreign keys: their checks would cost each refresh more than the row does.';
comment on column refresh_replays.successor_hash is 'SHA-256 of the refresh token that was issued.';
comment on column refresh_replays.sealed is 'The access token and the refresh token that were issued, AES-256-GCM under a key derived from the refresh token that was presented, which is not kept.';
comment on column refresh_replays.expires_at is 'End of the time for retries.';

-- One statement for all grants that a deletion of a user or an application takes with it.
create function delete_refresh_replays() returns trigger language plpgsql as $$
begin
  delete from refresh_replays where grant_id in (select id from gone);
  return null;
end
$$;
create trigger grants_delete_replays after delete on grants
  referencing old table as gone for each statement execute function delete_refresh_replays();
