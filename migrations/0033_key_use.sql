-- Shows which key an application uses, so that the others can be deleted.

alter table application_keys add column last_used_at timestamptz;
comment on column application_keys.last_used_at is 'Last time that the key authenticated a request, precise to the minute. Null: never, or before this column.';
