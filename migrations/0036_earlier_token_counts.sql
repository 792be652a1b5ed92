-- expand
-- Counts the tokens of the last 32 days. Apart from the creation of the table, which locks applications.
insert into token_counts (client_id, at, issued, refreshed)
  select g.client_id, date_bin('15 minutes', t.issued_at, timestamptz '2000-01-01 00:00:00+00'),
    count(*) filter (where t.rotations = 0), count(*) filter (where t.rotations > 0)
  from refresh_tokens t
  join grants g on g.id = t.grant_id
  join applications a on a.client_id = g.client_id
  where t.issued_at > now() - interval '32 days'
  group by 1, 2
  on conflict do nothing;
