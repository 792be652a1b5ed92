-- A copy of an unknown document is used again while it is fresh, so that a user who opens the consent
-- page several times causes one fetch.
create index interactions_candidate on interactions (client_id, created_at desc)
  where candidate is not null;
