"""An application written with requests-oauthlib, as its documentation describes.

Reads its settings as one line of JSON, prints the link for the user, reads the redirect of the
user's browser, and prints a report as one line of JSON. Ends with a stack trace if the library
rejects a response.
"""

import base64
import hashlib
import json
import secrets
import sys

from oauthlib.oauth2 import OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

settings = json.loads(sys.stdin.readline())
endpoint = settings["issuer"] + "/api/v1/oauth/"
api = settings["issuer"] + "/api/v1/organizers/"
client_id = settings["client_id"]
client_secret = settings.get("client_secret")
# A public application has no secret, and sends its client ID in the body.
auth = HTTPBasicAuth(client_id, client_secret) if client_secret else None
identity = {} if client_secret else {"client_id": client_id}

# Before version 2.0, requests-oauthlib does not support PKCE.
verifier = secrets.token_urlsafe(48)
digest = hashlib.sha256(verifier.encode()).digest()
challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

session = OAuth2Session(client_id, redirect_uri=settings["redirect_uri"], scope=["read", "write"])
link, _ = session.authorization_url(
    endpoint + "authorize", code_challenge=challenge, code_challenge_method="S256"
)
print(link, flush=True)


def introspect(token):
    """Returns the introspection result; the library has no method for it."""
    answer = session.post(
        endpoint + "introspect", data={"token": token}, auth=auth, withhold_token=True
    )
    return answer.json()["active"]


# The library compares the state in this URL with its own.
first = session.fetch_token(
    endpoint + "token",
    authorization_response=sys.stdin.readline().strip(),
    code_verifier=verifier,
    client_secret=client_secret,
    include_client_id=None if client_secret else True,
)
report = {
    "scope": list(first["scope"]),
    "expires_in": first["expires_in"],
    "organizers": [one["slug"] for one in session.get(api).json()["results"]],
    "active": introspect(first["access_token"]) if client_secret else None,
}

second = session.refresh_token(endpoint + "token", auth=auth, **identity)
report["rotated"] = first["refresh_token"] != second["refresh_token"]
report["after"] = session.get(api).status_code
report["stale"] = OAuth2Session(client_id, token=first).get(api).status_code

# Configured like a long-running application: the library refreshes an expired token.
renewed = []
automatic = OAuth2Session(
    client_id,
    token={**second, "expires_at": 1},
    auto_refresh_url=endpoint + "token",
    auto_refresh_kwargs={"client_id": client_id, "client_secret": client_secret},
    token_updater=renewed.append,
)
report["renewing"] = automatic.get(api).status_code
[last] = renewed

url, headers, body = session._client.prepare_token_revocation_request(
    endpoint + "revoke_token", last["access_token"], **identity
)
revoked = session.post(url, data=body, headers=headers, auth=auth, withhold_token=True)
report["revoked"] = revoked.status_code
report["ended"] = OAuth2Session(client_id, token=last).get(api).status_code
report["active_afterwards"] = introspect(last["access_token"]) if client_secret else None
try:
    session.refresh_token(
        endpoint + "token", refresh_token=last["refresh_token"], auth=auth, **identity
    )
except OAuth2Error as error:
    report["refused"] = [error.error, error.description]

print(json.dumps(report))
