-- Applications that nobody registers by hand: agents bring a client metadata document, or register
-- themselves. Their client IDs are URLs, or contain metadata, of up to 1,024 characters.

alter table applications add column kind text not null default 'registered'
  check (kind in ('registered', 'metadata_document', 'dynamic'));
comment on column applications.kind is 'Origin of the details: a developer or operator (registered), the document at the client ID (metadata_document), or the program itself (dynamic). Rows of the last two are written with the first consent.';

alter table applications add column fingerprint text;
comment on column applications.fingerprint is 'SHA-256 of redirect hosts and keys. Null for registered applications. If it changes, users are asked for consent again.';

alter table grants add column fingerprint text;
comment on column grants.fingerprint is 'applications.fingerprint when the user allowed it. Another one now: this grant does not answer further requests.';

alter table interactions add column candidate jsonb;
comment on column interactions.candidate is 'Details of an application that has no row yet, as the user sees them. The row is written from them with the first consent.';

create table client_documents (
  client_id text primary key references applications (client_id) on delete cascade,
  fetched_at timestamptz not null,
  fresh_until timestamptz not null,
  failing_since timestamptz
);
comment on table client_documents is 'When the metadata documents of applications were fetched. Not in applications, because a fetch that changes nothing is no change of the application.';
comment on column client_documents.fresh_until is 'From then on, the next authorization request fetches it again. Also the lease of the one that does.';
comment on column client_documents.failing_since is 'First failed fetch after the last good one. The copy is used for seven more days.';

create table blocked_client_hosts (
  host text primary key,
  reason text not null default '',
  created_at timestamptz not null default now()
);
comment on table blocked_client_hosts is 'Hosts whose client metadata documents are not accepted.';
