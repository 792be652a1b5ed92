-- Deleted secrets of resource servers are remembered by the database, as those of applications are
-- since 0011. Until now the server inserted the row itself.
create trigger resource_server_secrets_ended after delete on resource_server_secrets
  for each row execute function remember_ended_secret();
