curl --fail-with-body '{{issuer}}/api/v1/resource-servers/' \
  --header "Authorization: Token $OPERATOR_TOKEN" \
  --header 'Content-Type: application/json' \
  --data '{"name": "Orders for agents", "resources": ["http://localhost:8000/mcp"], "require_audience": true}'
