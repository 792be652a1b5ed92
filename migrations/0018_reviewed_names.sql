-- A name and its URI schemes stay protected while a reviewed application waits for another review.

create or replace function note_application_version() returns trigger language plpgsql as $$
declare
  -- A column that is not in this list ends the review, also one that a later migration adds.
  not_judged text[] := array[
    'is_active', 'suspended_at', 'suspension_reason', 'version', 'reviewed_at', 'updated_at',
    'name_skeleton', 'private_schemes', 'reviewed_skeleton', 'reviewed_schemes'
  ];
begin
  if to_jsonb(new) - not_judged is distinct from to_jsonb(old) - not_judged then
    new.version := old.version + 1;
    new.reviewed_at := null;
  end if;
  return new;
end
$$;

alter table applications add column reviewed_skeleton text;
comment on column applications.reviewed_skeleton is 'name_skeleton at the last review; stays when the review ends. Null: never reviewed.';
alter table applications add column reviewed_schemes text[] not null default '{}';
comment on column applications.reviewed_schemes is 'private_schemes at the last review; stays when the review ends.';

update applications set reviewed_skeleton = name_skeleton, reviewed_schemes = private_schemes
  where reviewed_at is not null;

drop index applications_name_skeleton;
create index applications_reviewed_skeleton on applications (reviewed_skeleton)
  where reviewed_skeleton is not null;
