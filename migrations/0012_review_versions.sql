-- A review is for one version of an application.

alter table applications add column version integer not null default 1;
comment on column applications.version is 'Increases with every change of anything that a user or an operator could judge. An operator states it in a review.';
comment on column applications.reviewed_at is 'When an operator reviewed this version. Null: this version is not reviewed, and the consent page says so.';

create function note_application_version() returns trigger language plpgsql as $$
declare
  -- A column that is not in this list ends the review, also one that a later migration adds.
  not_judged text[] := array[
    'is_active', 'suspended_at', 'suspension_reason', 'version', 'reviewed_at', 'updated_at'
  ];
begin
  if to_jsonb(new) - not_judged is distinct from to_jsonb(old) - not_judged then
    new.version := old.version + 1;
    new.reviewed_at := null;
  end if;
  return new;
end
$$;
create trigger applications_note_version before update on applications
  for each row execute function note_application_version();
