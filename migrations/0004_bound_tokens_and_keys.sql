-- Tokens that are bound to a key of their client (DPoP), and signing keys that follow one another.

alter table authorization_codes add column jkt text;
alter table access_tokens add column jkt text;
alter table refresh_tokens add column jkt text;
comment on column authorization_codes.jkt is 'Thumbprint (RFC 7638) of the key that has to redeem it, as the client announced it (dpop_jkt); null: any.';
comment on table access_tokens is 'Opaque tokens.';
comment on column access_tokens.jkt is 'Thumbprint (RFC 7638) of the key that it is bound to; null: a bearer token.';
comment on column refresh_tokens.jkt is 'Thumbprint (RFC 7638) of the key that it is bound to; null where the client authenticates, which binds it as well (RFC 9449 section 5).';

create table dpop_proofs (
  proof_hash bytea primary key,
  expires_at timestamptz not null
);
comment on table dpop_proofs is 'DPoP proofs that were used (RFC 9449 section 11.1). A row stays for longer than its proof could be used again.';
comment on column dpop_proofs.proof_hash is 'SHA-256 of the client and the proof''s jti.';
create index dpop_proofs_expiry on dpop_proofs (expires_at);

alter table signing_keys add column signs_from timestamptz;
update signing_keys set signs_from = created_at;
alter table signing_keys alter column signs_from set not null;
comment on column signing_keys.signs_from is 'From then on it signs. A new key is published for a while before, so that nobody meets a signature by a key that they can''t know yet.';
comment on column signing_keys.retired_at is 'From then on the key after it signs; may lie ahead. It stays published until nothing signed by it lives, then the row is deleted.';
