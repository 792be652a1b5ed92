import base64
import http.client
import json
import os
import re
import urllib.parse
import urllib.request
from wsgiref.simple_server import make_server

INTROSPECTION = "{{issuer}}/api/v1/oauth/introspect"
CLIENT = os.environ["STAGEDOOR_CLIENT_ID"] + ":" + os.environ["STAGEDOOR_CLIENT_SECRET"]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CREDENTIALS = "Basic " + base64.b64encode(CLIENT.encode()).decode()

orders = [
    {"code": "R1", "organizer": "redstage"},
    {"code": "B1", "organizer": "bluehall"},
    {"code": "G1", "organizer": "greenarena"},
]


class Refused(Exception):
    """A request that is not let in, with the answer to send."""

    def __init__(self, status, detail, header, value):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = [(header, value)]


def unauthorized(detail, error=""):
    return Refused("401 Unauthorized", detail, "WWW-Authenticate", 'Bearer realm="api"' + error)


def forbidden(detail, scope=""):
    value = 'Bearer realm="api", error="insufficient_scope"' + scope
    return Refused("403 Forbidden", detail, "WWW-Authenticate", value)


def introspect(token):
    """Asks about a token. Where there is no good answer, nobody is let in."""
    request = urllib.request.Request(
        INTROSPECTION,
        data=urllib.parse.urlencode({"token": token}).encode(),
        headers={"Authorization": CREDENTIALS, "Accept": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=3) as answer:
            told = json.load(answer)
        return told if told["active"] is True else None
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
        print("Access tokens cannot be verified:", error)
        detail = "Access tokens cannot be verified at the moment. Please try again."
        raise Refused("503 Service Unavailable", detail, "Retry-After", "2") from error


def verify(environ):
    """What the token of a request opens, once it has the scope for the method."""
    # Only from the header.
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthorized("Authentication credentials were not provided.")
    told = introspect(token.strip())
    # A token of another type is bound to a key and requires a proof.
    if told is None or told["token_type"] != "Bearer":
        raise unauthorized("The access token is not valid.", ', error="invalid_token"')
    scope = "read" if environ["REQUEST_METHOD"] in SAFE_METHODS else "write"
    if scope not in told["scope"].split():
        raise forbidden(f'The access token lacks the scope "{scope}".', f', scope="{scope}"')
    return told


def verify_organizer(environ, organizer, permission):
    told = verify(environ)
    if organizer not in told["organizers"]:
        raise forbidden("The access token does not open this organizer.")
    if permission not in told["permissions"][organizer]:
        raise forbidden(f'The user does not have the permission "{permission}" there.')


def list_orders(organizers):
    return "200 OK", {"results": [one for one in orders if one["organizer"] in organizers]}


def answer(environ):
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    one = re.fullmatch(r"/organizers/([^/]+)/orders", path)
    if method == "GET" and path == "/orders":
        told = verify(environ)["permissions"]
        return list_orders([slug for slug in told if "can_view_orders" in told[slug]])
    if method == "GET" and one:
        verify_organizer(environ, one[1], "can_view_orders")
        return list_orders([one[1]])
    if method == "POST" and one:
        verify_organizer(environ, one[1], "can_change_orders")
        orders.append({"code": f"N{len(orders)}", "organizer": one[1]})
        return "201 Created", orders[-1]
    return "404 Not Found", {"detail": "Not found."}


def service(environ, start_response):
    headers = [("Content-Type", "application/json")]
    try:
        status, body = answer(environ)
    except Refused as refused:
        status, body = refused.status, {"detail": refused.detail}
        headers += refused.headers
    start_response(status, headers)
    return [json.dumps(body).encode()]


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "8000"))
    make_server("127.0.0.1", port, service).serve_forever()
