-- Teams for single events. Existing teams stay what they are: for all events.
alter table teams add column all_events boolean not null default true;
alter table teams add column limit_events text[] not null default '{}';
alter table teams add constraint teams_limit_events_check check (not all_events or limit_events = '{}');
comment on column teams.all_events is 'True: the permissions hold for all events of the organizer, also later ones.';
comment on column teams.limit_events is 'Sorted slugs of the events for which the permissions hold if all_events is false. Organizer-level permissions hold in any case.';
