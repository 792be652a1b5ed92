"""An application that signs its users in with Python Social Auth.

Reads its settings as one line of JSON and prints the link for the user. Then it reads the address to
which the browser was sent back, and the commands "refresh" and "revoke", one per line, and prints
each result as one line of JSON.
"""

import base64
import json
import sys
from urllib.parse import parse_qs, urlsplit

from social_core.backends.oauth import BaseOAuth2
from social_core.strategy import BaseStrategy

settings = json.loads(sys.stdin.readline())


class StagedoorOAuth2(BaseOAuth2):
    name = "stagedoor"
    AUTHORIZATION_URL = settings["authorize"]
    ACCESS_TOKEN_URL = settings["token"]
    ACCESS_TOKEN_METHOD = "POST"
    REVOKE_TOKEN_URL = settings["revoke"]
    REVOKE_TOKEN_METHOD = "POST"
    STATE_PARAMETER = True
    REDIRECT_STATE = False
    SCOPE_SEPARATOR = " "
    DEFAULT_SCOPE = ["read", "profile"]
    ID_KEY = "sub"

    def user_data(self, access_token, *args, **kwargs):
        headers = {"Authorization": "Bearer " + access_token}
        return self.get_json(settings["me"], headers=headers)

    def get_user_details(self, response):
        return {"username": response["sub"], "email": response["email"]}

    def revoke_token_params(self, token, uid):
        return {"token": token}

    def revoke_token_headers(self, token, uid):
        credentials = ":".join(self.get_key_and_secret()).encode()
        return {
            "Authorization": "Basic " + base64.b64encode(credentials).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }


class Strategy(BaseStrategy):
    """What a web framework provides: settings, a session and the request."""

    session = {}
    data = {}

    def get_setting(self, name):
        return {"SOCIAL_AUTH_STAGEDOOR_KEY": settings["clientId"],
                "SOCIAL_AUTH_STAGEDOOR_SECRET": settings["clientSecret"]}[name]

    def request_data(self, merge=True):
        return self.data

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value

    def absolute_uri(self, path=None):
        return path

    def authenticate(self, backend, *args, **kwargs):
        return kwargs["response"]


def show(value):
    print(json.dumps(value), flush=True)


def tokens_of(response):
    return {"accessToken": response["access_token"], "refreshToken": response["refresh_token"]}


strategy = Strategy()
backend = StagedoorOAuth2(strategy, redirect_uri=settings["redirectUri"])
show(backend.auth_url())

query = parse_qs(urlsplit(sys.stdin.readline().strip()).query)
strategy.data = backend.data = {name: values[0] for name, values in query.items()}
answer = backend.auth_complete()
show({"tokens": tokens_of(answer), "subject": answer["sub"]})

for line in sys.stdin:
    if line.strip() == "refresh":
        answer = backend.refresh_token(answer["refresh_token"])
        show(tokens_of(answer))
    else:
        backend.revoke_token(answer["access_token"], None)
        show(None)
