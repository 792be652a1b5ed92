curl --fail-with-body '{{issuer}}/api/v1/resource-servers/' \
  --header "Authorization: Token $OPERATOR_TOKEN" \
  --header 'Content-Type: application/json' \
  --data '{"name": "Orders API"}'
