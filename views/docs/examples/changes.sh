curl --fail-with-body --get '{{issuer}}/api/v1/oauth/changes' \
  --user "$STAGEDOOR_CLIENT_ID:$STAGEDOOR_CLIENT_SECRET" \
  --data-urlencode "after=$CURSOR"
