-- expand, needed at once
-- Counters for the grants of organizers with many, by application and last day, as all grants have them.
-- Those of an organizer begin when a job asks for them, so nothing is counted here.

create table organizer_counters (
  organizer_slug text primary key references organizers (slug) on delete cascade,
  complete_after xid8,
  counted_at timestamptz
);
comment on table organizer_counters is 'Organizers whose grants are counted in list_changes, as the list grants/<slug>. Changes are noted from the moment the row is visible.';
comment on column organizer_counters.complete_after is 'Every transaction that may have changed grants without seeing the row has an ID up to this one; null until that is known.';
comment on column organizer_counters.counted_at is 'When the grants that existed were added; null: the counters are not complete.';

-- As it was, and with the organizers of the grant. A refresh gets there once a day.
create or replace function note_grant_update() returns trigger language plpgsql as $$
declare
  day_before date := last_day(old.revoked_at, old.expires_at, old.ends_at);
  day_after date := last_day(new.revoked_at, new.expires_at, new.ends_at);
begin
  if day_before is distinct from day_after then
    insert into list_changes (list, facet, day, entries) values
      ('grants', old.client_id, day_before, -1), ('grants', new.client_id, day_after, 1);
    insert into list_changes (list, facet, day, entries, changes)
      select 'grants/' || o.organizer_slug, moved.client_id, moved.day, moved.n, 0
      from organizer_counters c
      join grant_organizers o on o.organizer_slug = c.organizer_slug and o.grant_id = new.id,
      (values (old.client_id, day_before, -1), (new.client_id, day_after, 1)) moved (client_id, day, n);
  else
    insert into list_changes (list, entries) values ('grants', 0);
  end if;
  return null;
end
$$;

-- Organizers of a grant that is being deleted are not found here: that was noted before its deletion.
create function note_organizer_grants() returns trigger language plpgsql as $$
begin
  insert into list_changes (list, facet, day, entries, changes)
    select 'grants/' || t.organizer_slug, g.client_id, last_day(g.revoked_at, g.expires_at, g.ends_at),
      case tg_op when 'INSERT' then count(*) else -count(*) end, 0
    from organizer_counters c
    join touched t on t.organizer_slug = c.organizer_slug
    join grants g on g.id = t.grant_id
    group by 1, 2, 3;
  return null;
end
$$;
create trigger grant_organizers_note_counted_insert after insert on grant_organizers
  referencing new table as touched for each statement execute function note_organizer_grants();
create trigger grant_organizers_note_counted_delete after delete on grant_organizers
  referencing old table as touched for each statement execute function note_organizer_grants();

create function note_organizer_grant_deletion() returns trigger language plpgsql as $$
begin
  insert into list_changes (list, facet, day, entries, changes)
    select 'grants/' || o.organizer_slug, old.client_id,
      last_day(old.revoked_at, old.expires_at, old.ends_at), -1, 0
    from organizer_counters c
    join grant_organizers o on o.organizer_slug = c.organizer_slug and o.grant_id = old.id;
  return old;
end
$$;
create trigger grants_note_counted_delete before delete on grants
  for each row execute function note_organizer_grant_deletion();
