import base64
import hashlib
import os
import secrets
from urllib.parse import parse_qs, urlsplit

from requests_oauthlib import OAuth2Session

issuer = "{{issuer}}"
client_id = "{{client_id}}"
# Empty for a public application. In production, read it from the environment.
client_secret = "{{client_secret}}"
redirect_uri = "{{redirect_uri}}"
scope = "{{scope}}"

# The user may allow less than you request. The library would raise this as a warning.
os.environ["OAUTHLIB_RELAX_TOKEN_SCOPE"] = "1"
if issuer.startswith("http:"):
    # http is allowed only for a server on your own machine.
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

token_endpoint = issuer + "/api/v1/oauth/token"
# A confidential application authenticates with its secret. A public one only sends its client ID.
auth = (client_id, client_secret) if client_secret else None
identity = {} if client_secret else {"client_id": client_id}

# 1. Send the user to the authorization endpoint.
code_verifier = secrets.token_urlsafe(32)
digest = hashlib.sha256(code_verifier.encode()).digest()
code_challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
session = OAuth2Session(client_id, redirect_uri=redirect_uri, scope=scope.split())
link, state = session.authorization_url(
    issuer + "/api/v1/oauth/authorize",
    code_challenge=code_challenge,
    code_challenge_method="S256",
)
print("Open this address in a browser:", link, sep="\n", flush=True)

# 2. The user returns to the redirect URI. In a web application, this is one of your views.
print("Paste the address that the browser was sent to afterwards:", flush=True)
sent_back = input()
answer = parse_qs(urlsplit(sent_back).query)
if answer.get("state") != [state] or answer.get("iss") != [issuer]:
    raise SystemExit("The response does not belong to this request.")
if "code" not in answer:
    raise SystemExit(f"Not allowed: {answer['error'][0]}")

# 3. Exchange the code for tokens.
tokens = session.fetch_token(
    token_endpoint,
    code=answer["code"][0],
    code_verifier=code_verifier,
    client_secret=client_secret or None,
    include_client_id=not client_secret,
)
allowed = tokens["scope"]
print("Allowed:", " ".join(allowed))
# The library sends these again with each refresh.
session.scope = allowed

# 4. Call the API.
def get(path):
    response = session.get(issuer + path)
    response.raise_for_status()
    return response.text


if "read" in allowed or "write" in allowed:
    print(get("/api/v1/organizers/"))
if "profile" in allowed:
    print(get("/api/v1/me"))

# 5. Refresh. Store both new tokens: the old ones have ended.
tokens = session.refresh_token(token_endpoint, auth=auth, **identity)
print("Refreshed")

# 6. End the authorization.
response = session.post(
    issuer + "/api/v1/oauth/revoke_token",
    data={"token": tokens["refresh_token"], **identity},
    auth=auth,
    withhold_token=True,
)
response.raise_for_status()
print("Revoked")
