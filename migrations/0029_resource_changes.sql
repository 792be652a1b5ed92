-- A token is inactive from the moment at which its resource is removed.
create function note_deleted_resources() returns trigger language plpgsql as $$
begin
  perform note_changes(array(select 'all' from gone limit 1), '{}');
  return null;
end
$$;
create trigger resource_server_resources_note_deleted after delete on resource_server_resources
  referencing old table as gone for each statement execute function note_deleted_resources();
