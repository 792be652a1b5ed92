#!/usr/bin/env bash
set -euo pipefail

issuer='{{issuer}}'
client_id='{{client_id}}'
# Empty for a public application. In production, read it from the environment.
client_secret='{{client_secret}}'
redirect_uri='{{redirect_uri}}'
scope='{{scope}}'

if [ -n "$client_secret" ]; then
  client=(--user "$client_id:$client_secret")
else
  client=(--data "client_id=$client_id")
fi

# Percent-encodes a value for a URL.
encode() {
  local text=$1 i
  for ((i = 0; i < ${#text}; i++)); do
    case ${text:i:1} in
      [a-zA-Z0-9._~-]) printf %s "${text:i:1}" ;;
      *) printf '%%%02X' "'${text:i:1}" ;;
    esac
  done
}

# Sends a request and prints the response. Exits if the response is an error.
request() {
  local answer
  if ! answer=$(curl --silent --show-error --fail-with-body "$@"); then
    printf 'Refused: %s\n' "$answer" >&2
    exit 1
  fi
  printf %s "$answer"
}

# Reads one text from a JSON response. With jq: jq -r ".$1"
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# 1. Send the user to the authorization endpoint.
state=$(openssl rand -hex 16)
code_verifier=$(openssl rand -hex 32)
code_challenge=$(printf %s "$code_verifier" |
  openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')

echo 'Open this address in a browser:'
echo "$issuer/api/v1/oauth/authorize?response_type=code&client_id=$client_id\
&redirect_uri=$(encode "$redirect_uri")&scope=$(encode "$scope")&state=$state\
&code_challenge=$code_challenge&code_challenge_method=S256"

# 2. The user returns to the redirect URI.
echo 'Paste the address that the browser was sent to afterwards:'
read -r sent_back

parameter() { sed -n "s/.*[?&]$1=\([^&#]*\).*/\1/p" <<<"$sent_back"; }

if [ "$(parameter state)" != "$state" ] || [ "$(parameter iss)" != "$(encode "$issuer")" ]; then
  echo 'The response does not belong to this request.' >&2
  exit 1
fi
code=$(parameter code)
if [ -z "$code" ]; then
  echo "Not allowed: $(parameter error)" >&2
  exit 1
fi

# 3. Exchange the code for tokens.
tokens=$(request "${client[@]}" "$issuer/api/v1/oauth/token" \
  --data grant_type=authorization_code \
  --data-urlencode "code=$code" \
  --data-urlencode "redirect_uri=$redirect_uri" \
  --data "code_verifier=$code_verifier")
access_token=$(field access_token <<<"$tokens")
refresh_token=$(field refresh_token <<<"$tokens")
# The user may have allowed less than you requested.
allowed=$(field scope <<<"$tokens")
echo "Allowed: $allowed"

# 4. Call the API.
if [[ " $allowed " == *' read '* || " $allowed " == *' write '* ]]; then
  request --header "Authorization: Bearer $access_token" "$issuer/api/v1/organizers/"
  echo
fi
if [[ " $allowed " == *' profile '* ]]; then
  request --header "Authorization: Bearer $access_token" "$issuer/api/v1/me"
  echo
fi

# 5. Refresh. Store both new tokens: the old ones have ended.
tokens=$(request "${client[@]}" "$issuer/api/v1/oauth/token" \
  --data grant_type=refresh_token \
  --data-urlencode "refresh_token=$refresh_token")
access_token=$(field access_token <<<"$tokens")
refresh_token=$(field refresh_token <<<"$tokens")
echo 'Refreshed'

# 6. End the authorization.
request "${client[@]}" "$issuer/api/v1/oauth/revoke_token" \
  --data-urlencode "token=$refresh_token" >/dev/null
echo 'Revoked'
