-- Grants end when one of their tokens was found in public.
alter table grants drop constraint grants_revocation_reason_check;
alter table grants add constraint grants_revocation_reason_check check (revocation_reason in (
  'revoked_by_user', 'revoked_by_client', 'revoked_by_operator', 'reuse_detected', 'leaked'
)) not valid;
alter table grants validate constraint grants_revocation_reason_check;
