"""An application written with Authlib, as its documentation describes.

Reads its settings as one line of JSON, prints the link for the user, reads the redirect of the
user's browser, and prints a report as one line of JSON. Ends with a stack trace if the library
rejects a response.
"""

import json
import sys

from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

settings = json.loads(sys.stdin.readline())
endpoint = settings["issuer"] + "/api/v1/oauth/"
api = settings["issuer"] + "/api/v1/organizers/"
client_id = settings["client_id"]
client_secret = settings.get("client_secret")


def new_session(**options):
    """Returns a session of this application; a public one has no secret."""
    return OAuth2Session(
        client_id,
        client_secret,
        token_endpoint_auth_method="client_secret_basic" if client_secret else "none",
        revocation_endpoint_auth_method="client_secret_basic" if client_secret else "none",
        redirect_uri=settings["redirect_uri"],
        scope="read write",
        code_challenge_method="S256",
        **options,
    )


session = new_session()
verifier = generate_token(48)
link, state = session.create_authorization_url(endpoint + "authorize", code_verifier=verifier)
print(link, flush=True)


def introspect(token):
    """Returns the introspection result, or None if the application has no secret."""
    if client_secret is None:
        return None
    return session.introspect_token(endpoint + "introspect", token=token).json()["active"]


# The library compares the state in this URL with its own.
first = session.fetch_token(
    endpoint + "token",
    authorization_response=sys.stdin.readline().strip(),
    state=state,
    code_verifier=verifier,
)
report = {
    "scope": first["scope"].split(),
    "expires_in": first["expires_in"],
    "organizers": [one["slug"] for one in session.get(api).json()["results"]],
    "active": introspect(first["access_token"]),
}

second = session.refresh_token(endpoint + "token", refresh_token=first["refresh_token"])
report["rotated"] = first["refresh_token"] != second["refresh_token"]
report["after"] = session.get(api).status_code
report["stale"] = new_session(token=first).get(api).status_code

# Configured like a long-running application: the library refreshes an expired token.
renewed = []
automatic = new_session(
    token={**second, "expires_at": 1},
    token_endpoint=endpoint + "token",
    update_token=lambda token, refresh_token=None, access_token=None: renewed.append(token),
)
report["renewing"] = automatic.get(api).status_code
[last] = renewed

report["revoked"] = session.revoke_token(
    endpoint + "revoke_token", token=last["access_token"], token_type_hint="access_token"
).status_code
report["ended"] = new_session(token=last).get(api).status_code
report["active_afterwards"] = introspect(last["access_token"])
try:
    session.refresh_token(endpoint + "token", refresh_token=last["refresh_token"])
except OAuthError as error:
    report["refused"] = [error.error, error.description]

print(json.dumps(report))
