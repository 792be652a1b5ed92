-- expand, needed at once, outside a transaction
-- For operators: the logo that a review was about, and the search for applications.
alter table application_reviews add column if not exists reviewed_logo bytea;
comment on column application_reviews.reviewed_logo is 'Logo at the last review, to show it beside a later one. Its hash is in reviewed_details. Null: it had none.';
-- By how the name begins, or any word in it. Comparisons by bytes, because only those find prefixes in
-- every collation.
create index concurrently if not exists applications_name_prefix
  on applications (lower(name) text_pattern_ops);
create index concurrently if not exists applications_words
  on applications using gin (to_tsvector('simple', name));
-- Those that no operator has reviewed in their current version.
create index concurrently if not exists applications_unreviewed
  on applications (created_at, client_id) where reviewed_at is null;
