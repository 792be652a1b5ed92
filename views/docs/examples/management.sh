#!/usr/bin/env bash
# A tour of the management API: every endpoint at least once. It changes only what it has made itself,
# and cleans up at the end.
set -u

issuer='{{issuer}}'
# The demo creates this file. Otherwise, set OPERATOR_TOKEN to the value that the server has.
token=${OPERATOR_TOKEN:-$(cat data/operator-token)}

# Calls the API: api METHOD PATH [BODY [OPTIONS OF CURL]]
api() {
  local method=$1 path=$2 body=${3-}
  shift $(($# < 3 ? $# : 3))
  curl --silent --show-error --request "$method" "$issuer/api/v1$path" \
    --header "Authorization: Token $token" \
    ${body:+--header 'Content-Type: application/json' --data "$body"} "$@"
  echo
}

# Reads one text from a JSON response. With jq: jq -r ".$1"
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Names of what the tour makes begin with this random text, so that nothing else has them.
tour=tour-$(openssl rand -hex 4)

# 1. Users. PUT creates or replaces a user. The same request again changes nothing.
kim="{\"email\": \"kim@$tour.example\", \"full_name\": \"Kim Tour\", \"password\": \"a long one\"}"
api PUT "/users/$tour-kim/" "$kim"
api PUT "/users/$tour-kim/" "$kim" --write-out '%{http_code}'
api PATCH "/users/$tour-kim/" '{"timezone": "Europe/Vienna"}'
api GET "/users/$tour-kim/"
api GET "/users/?email=kim@$tour.example"

# 2. Organizers and teams. Teams give permissions at an organizer, for all of its events or for some. Names can be in several languages.
api PUT "/directory/organizers/$tour-mill/" '{"name": {"en": "Old Mill", "de": "Alte Mühle"}}'
api PUT "/directory/organizers/$tour-mill/teams/office/" '{"name": "Office", "permissions": ["can_view_orders"], "all_events": false, "limit_events": ["spring-fair"], "members": ["'"$tour"'-kim"]}'
api GET "/directory/organizers/$tour-mill/"
api GET "/directory/organizers/$tour-mill/teams/"
api GET "/directory/organizers/$tour-mill/teams/office/"
api GET '/directory/organizers/?ordering=-slug' '' --output /dev/null --write-out '%{http_code}'

# 3. Import. Sixty users in one call, one per line. The last line of the response is the summary.
for n in {1..60}; do
  echo "{\"user\": {\"id\": \"$tour-$n\", \"email\": \"$n@$tour.example\"}}"
done | api POST /directory/bulk/ '' --header 'Content-Type: application/jsonl' --data-binary @- | grep done

# 4. Pages. A page of a list has 50 entries and the URLs of the next and the previous page.
api GET '/users/?ordering=-id' | grep -o '"next":"[^"]*"'
api GET '/users/?ordering=-id&page=2' | grep -o '"previous":"[^"]*"'

# 5. Errors. The response lists errors by field, or contains one sentence.
api PUT "/users/$tour-kim/" '{"email": "", "timezone": "Mars/Olympus"}'
api GET '/users/?ordering=full_name'
api GET "/users/$tour-nobody/"
api POST /users/

# 6. Conditional fetching. The response is 304 without a body if the list has not changed.
sleep 1
since=$(api GET /users/ '' --output /dev/null --dump-header - | tr -d '\r' | sed -n 's/^Last-Modified: //ip')
api GET /users/ '' --header "If-Modified-Since: $since" --write-out '%{http_code}'

# 7. Resource servers. A POST with the same idempotency key is executed only once.
# With a second secret, an API service can switch secrets without downtime.
key=$(openssl rand -hex 16)
answer=$(api POST /resource-servers/ '{"name": "Tour API"}' --header "Idempotency-Key: $key")
echo "$answer"
api POST /resource-servers/ '{"name": "Tour API"}' --header "Idempotency-Key: $key"
server=$(field client_id <<<"$answer")
api GET "/resource-servers/$server/"
api PATCH "/resource-servers/$server/" '{"resources": ["https://'"$tour"'.example/api"]}'
api GET /resource-servers/ '' --output /dev/null --write-out '%{http_code}'
answer=$(api POST "/resource-servers/$server/secrets/" '{"label": "from July on"}')
echo "$answer"
api GET "/resource-servers/$server/secrets/" | grep -o '"count":[0-9]*'
api DELETE "/resource-servers/$server/secrets/$(field id <<<"$answer")/" '' --write-out '%{http_code}'
api DELETE "/resource-servers/$server/" '' --write-out '%{http_code}'

# 8. Applications. Only the first response contains the secret.
answer=$(api POST /applications/ '{"owner": "'"$tour"'-kim", "name": "Tour App", "redirect_uris": ["https://tour.example/callback"], "scopes": ["read"]}')
echo "$answer"
application=$(field client_id <<<"$answer")
api PATCH "/applications/$application/" '{"homepage_url": "https://tour.example/"}'
api POST "/applications/$application/suspend/" '{"reason": "Looks odd."}'
api POST "/applications/$application/resume/"
version=$(api GET "/applications/$application/" | sed -n 's/.*"version":\([0-9]*\).*/\1/p')
api POST "/applications/$application/review/" "{\"version\": $version}"
api GET "/applications/$application/"
api GET "/applications/?owner=$tour-kim" '' --output /dev/null --write-out '%{http_code}'
api GET "/applications/$application/errors/" '' --output /dev/null --write-out '%{http_code}'
# Public keys let an application sign assertions (RFC 7523) and send no secret. Blocking a host refuses
# the agents whose metadata documents are on it.
answer=$(api POST "/applications/$application/keys/" '{"public_keys": "{\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"}')
echo "$answer"
api GET "/applications/$application/keys/" '' --output /dev/null --write-out '%{http_code}'
api DELETE "/applications/$application/keys/$(field id <<<"$answer")/" '' --write-out '%{http_code}'
api PUT "/blocked-hosts/agent.$tour.example/" '{"reason": "It copies the page of another agent."}'
api GET /blocked-hosts/ '' --output /dev/null --write-out '%{http_code}'
api DELETE "/blocked-hosts/agent.$tour.example/" '' --write-out '%{http_code}'

# 9. Grants. Only a user can create one. Open the address in a browser, sign in as the user of step 1
# with the password "a long one", and allow. The browser then looks for a page that does not exist.
echo "$issuer/api/v1/oauth/authorize?response_type=code&client_id=$application\
&redirect_uri=https://tour.example/callback&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWBuGJSstw-cM&code_challenge_method=S256\
&login_hint=kim@$tour.example"
# Waits for two minutes at most, and then ends the grant of the tour's own application.
for _ in {1..120}; do
  grant=$(api GET "/grants/?active=true&application=$application" | grep -o '"results":\[{"id":"[^"]*' | grep -o '[^"]*$')
  if [ -n "$grant" ]; then
    api GET "/grants/$grant/"
    api POST "/grants/$grant/revoke/"
    break
  fi
  sleep 1
done

# 10. The log. This reads the entries that are new since the last call.
since=$(api GET /logentries/ '' --output /dev/null --dump-header - | tr -d '\r' | sed -n 's/^X-Page-Generated: //ip')
api PATCH "/applications/$application/" '{"description": "A tour."}' --output /dev/null
api GET "/logentries/?modified_since=$since&action=stagedoor.application.changed&user=$tour-kim"

# 11. Operator tokens. Give each program its own token, with only the rights that it needs and a
# name that no other token has had.
answer=$(api POST /operator-tokens/ "{\"name\": \"$tour\", \"rights\": [\"read\"]}")
echo "$answer"
(
  token=$(field token <<<"$answer")
  api GET "/users/$tour-kim/"
  api DELETE "/users/$tour-kim/"
)
api GET /operator-tokens/ '' --output /dev/null --write-out '%{http_code}'
api DELETE "/operator-tokens/$(field id <<<"$answer")/" '' --write-out '%{http_code}'

# 12. Tidy up. Expired rows are deleted within the hour; this counts those that are due.
api POST /prune/ '{"dry_run": true}' --output /dev/null --write-out '%{http_code}'
api DELETE "/applications/$application/" '' --write-out '%{http_code}'
api GET '/deletions/?finished=false' '' --output /dev/null --write-out '%{http_code}'
api DELETE "/directory/organizers/$tour-mill/teams/office/" '' --write-out '%{http_code}'
api DELETE "/directory/organizers/$tour-mill/" '' --write-out '%{http_code}'
for id in kim {1..60}; do api DELETE "/users/$tour-$id/"; done | tr -d '\n'
