-- expand, needed at once
-- Logos of applications, which their owners upload.

create table application_logos (
  client_id text primary key references applications (client_id) on delete cascade,
  hash text not null,
  image bytea not null check (octet_length(image) <= 300000)
);
comment on table application_logos is 'PNG of 256 × 256 pixels that this server has encoded. Apart from applications, which many statements read.';
comment on column application_logos.hash is 'SHA-256 of the image, hexadecimal. Its address.';
create index application_logos_hash on application_logos (hash);

alter table applications add column logo text;
comment on column applications.logo is 'Hash of the row in application_logos. Null: none. A change ends the review, as one of the name does.';
