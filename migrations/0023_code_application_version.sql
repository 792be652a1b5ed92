-- What an authorization code was issued for, so that its exchange sees that nothing changed since.

alter table authorization_codes add column application_version integer;
comment on column authorization_codes.application_version is 'applications.version when the request was checked. If it is another one now, or null (code of an older server), the registration is checked again in full.';
