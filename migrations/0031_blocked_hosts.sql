-- The list of blocked hosts has versions, as the other lists of the management API.
create trigger blocked_client_hosts_note_insert after insert on blocked_client_hosts
  referencing new table as touched for each statement execute function note_list_change('blocked-hosts');
create trigger blocked_client_hosts_note_update after update on blocked_client_hosts
  referencing new table as touched for each statement execute function note_list_change('blocked-hosts');
create trigger blocked_client_hosts_note_delete after delete on blocked_client_hosts
  referencing old table as touched for each statement execute function note_list_change('blocked-hosts');
insert into list_changes (list, entries) select 'blocked-hosts', count(*) from blocked_client_hosts;
