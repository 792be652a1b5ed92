"""An application written with requests-oauthlib, as its documentation has it.

Reads its settings as one line of JSON, prints the link for the user, reads where the user's browser
was sent back to, and prints what happened as one line of JSON. Ends with a stack trace where the
library does not like an answer.
"""

import base64
import hashlib
import json
import secrets
import sys

from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

settings = json.loads(sys.stdin.readline())
endpoint = settings["issuer"] + "/api/v1/oauth/"
api = settings["issuer"] + "/api/v1/organizers/"
client_id = settings["client_id"]
client_secret = settings.get("client_secret")
# A public application has no secret, and names itself in the body instead.
auth = HTTPBasicAuth(client_id, client_secret) if client_secret else None
identity = {} if client_secret else {"client_id": client_id}

# requests-oauthlib before 2.0 leaves PKCE to its caller.
verifier = secrets.token_urlsafe(48)
digest = hashlib.sha256(verifier.encode()).digest()
challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

session = OAuth2Session(client_id, redirect_uri=settings["redirect_uri"], scope=["read", "write"])
link, _ = session.authorization_url(
    endpoint + "authorize", code_challenge=challenge, code_challenge_method="S256"
)
print(link, flush=True)

# The library compares the state in this URL with its own.
first = session.fetch_token(
    endpoint + "token",
    authorization_response=sys.stdin.readline().strip(),
    code_verifier=verifier,
    client_secret=client_secret,
    include_client_id=None if client_secret else True,
)
before = session.get(api)

second = session.refresh_token(endpoint + "token", auth=auth, **identity)
after = session.get(api)
stale = OAuth2Session(client_id, token=first).get(api)

# As a long-running application is set up: it notices by itself that its token is too old.
renewed = []
automatic = OAuth2Session(
    client_id,
    token={**second, "expires_at": 1},
    auto_refresh_url=endpoint + "token",
    auto_refresh_kwargs={"client_id": client_id, "client_secret": client_secret},
    token_updater=renewed.append,
)
renewing = automatic.get(api)
last = renewed[-1]

url, headers, body = session._client.prepare_token_revocation_request(
    endpoint + "revoke_token", last["access_token"], **identity
)
revoked = session.post(url, data=body, headers=headers, auth=auth, withhold_token=True)
ended = OAuth2Session(client_id, token=last).get(api)

print(
    json.dumps(
        {
            "scope": list(first["scope"]),
            "expires_in": first["expires_in"],
            "before": before.status_code,
            "organizers": [one["slug"] for one in before.json()["results"]],
            "rotated": first["refresh_token"] != second["refresh_token"],
            "after": after.status_code,
            "stale": stale.status_code,
            "renewing": renewing.status_code,
            "renewed": len(renewed),
            "revoked": revoked.status_code,
            "ended": ended.status_code,
        }
    )
)
