-- Tokens for one API (RFC 8707).
create table resource_server_resources (
  key text primary key,
  uri text not null,
  client_id text not null references resource_servers (client_id) on delete cascade,
  position integer not null
);
comment on table resource_server_resources is 'The URIs by which applications name an API service in the parameter resource. One URI belongs to one service.';
comment on column resource_server_resources.key is 'The URI in the form in which URIs are compared.';
comment on column resource_server_resources.uri is 'The URI as it was registered: the aud of tokens.';
create index resource_server_resources_client on resource_server_resources (client_id);

alter table resource_servers add column require_audience boolean not null default false;
comment on column resource_servers.require_audience is 'Tokens without an audience are inactive for this API service.';

alter table grants add column resources jsonb;
comment on column grants.resources is 'The resources that the user allowed, {key: client_id of the resource server}. Null: every API service without require_audience.';

alter table authorization_codes add column resources text[];
alter table refresh_tokens add column resources text[];
comment on column authorization_codes.resources is 'Keys of the resources of its request, all of them in its grant; a token is for one of them. Null: the request named none.';
comment on column refresh_tokens.resources is 'As in its authorization code.';

alter table access_tokens add column resource text;
alter table access_tokens add column resource_server text;
alter table access_tokens add constraint access_tokens_audience_check
  check ((resource is null) = (resource_server is null)) not valid;
alter table access_tokens validate constraint access_tokens_audience_check;
comment on column access_tokens.resource is 'Key of the resource that it is for. The token is active while the URI is registered for resource_server, and for no other service. Null: for every API service without require_audience.';
comment on column access_tokens.resource_server is 'client_id of the resource server to which the resource belonged at the time of issue. No foreign key: the token must stay inactive after the service was deleted.';
