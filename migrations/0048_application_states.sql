-- expand, needed at once
-- Counts applications by what operators filter them by. A list of counters of its own: its triggers are
-- added while earlier code runs, and the list of all applications keeps its counter.

create function application_state(kind text, reviewed_at timestamptz, suspended_at timestamptz)
returns text language sql immutable as $$
  select kind || '/' || (reviewed_at is not null) || '/' || (suspended_at is not null)
$$;
comment on function application_state is 'A facet of the list application-states: kind, reviewed, suspended; registered/true/false.';

create function note_application_states() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    insert into list_changes (list, facet, entries)
      select 'application-states', moved.facet, sum(moved.n) from (
        select application_state(kind, reviewed_at, suspended_at) as facet, -1 as n from before
        union all select application_state(kind, reviewed_at, suspended_at), 1 from touched
      ) moved group by moved.facet having sum(moved.n) <> 0;
  else
    insert into list_changes (list, facet, entries)
      select 'application-states', application_state(kind, reviewed_at, suspended_at),
        case tg_op when 'INSERT' then count(*) else -count(*) end
      from touched group by 2;
  end if;
  return null;
end
$$;
create trigger applications_note_states_insert after insert on applications
  referencing new table as touched for each statement execute function note_application_states();
create trigger applications_note_states_update after update on applications
  referencing old table as before new table as touched
  for each statement execute function note_application_states();
create trigger applications_note_states_delete after delete on applications
  referencing old table as touched for each statement execute function note_application_states();

-- What is there already. The triggers above keep writers waiting until the end, and no readers.
insert into list_changes (list, facet, entries)
  select 'application-states', application_state(kind, reviewed_at, suspended_at), count(*)
  from applications group by 2;

comment on column list_changes.facet is 'By what the list can be counted: is_active of users, client_id of grants, action of log entries, application_state of application-states; empty for the others.';
