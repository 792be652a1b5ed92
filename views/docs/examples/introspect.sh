curl --fail-with-body '{{issuer}}/api/v1/oauth/introspect' \
  --user "$STAGEDOOR_CLIENT_ID:$STAGEDOOR_CLIENT_SECRET" \
  --data-urlencode "token=$TOKEN"
