-- expand, needed at once
-- Grants end when their user allows less and replaces what was allowed before.
alter table grants drop constraint grants_revocation_reason_check;
alter table grants add constraint grants_revocation_reason_check check (revocation_reason in (
  'revoked_by_user', 'revoked_by_client', 'revoked_by_operator', 'reuse_detected', 'leaked', 'replaced'
)) not valid;
