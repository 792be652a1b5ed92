#!/usr/bin/env bash
# Prints an access token for tests of an API service: CLIENT_ID=… SCOPE=… bash token.sh
# CLIENT_ID is a public application with the redirect URI http://127.0.0.1/callback.
set -euo pipefail

issuer='{{issuer}}'
redirect_uri=http://127.0.0.1/callback
code_verifier=$(openssl rand -hex 32)
code_challenge=$(printf %s "$code_verifier" |
  openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')

echo 'Open this address in a browser, and allow the access:' >&2
echo "$issuer/api/v1/oauth/authorize?response_type=code&client_id=$CLIENT_ID\
&redirect_uri=$redirect_uri&scope=${SCOPE:-read}\
&code_challenge=$code_challenge&code_challenge_method=S256" >&2
echo 'Nothing answers at the address that the browser is sent to. Paste it here:' >&2
read -r sent_back
code=$(sed -n 's/.*[?&]code=\([^&#]*\).*/\1/p' <<<"$sent_back")

curl --silent --show-error --fail-with-body "$issuer/api/v1/oauth/token" \
  --data grant_type=authorization_code \
  --data "client_id=$CLIENT_ID" \
  --data "redirect_uri=$redirect_uri" \
  --data "code_verifier=$code_verifier" \
  --data-urlencode "code=$code" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
