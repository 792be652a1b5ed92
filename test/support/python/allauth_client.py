"""A Django site that signs its users in with django-allauth.

Reads its settings as one line of JSON and prints the link for the user. Then it reads the address to
which the browser was sent back, and prints the connection as one line of JSON.
"""

import json
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import include, path

config = json.loads(sys.stdin.readline())
SITE = urlsplit(config["redirectUri"])

settings.configure(
    # No mail server is needed to sign in.
    ACCOUNT_EMAIL_VERIFICATION="none",
    ALLOWED_HOSTS=["*"],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.sites",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
    ],
    LOGIN_REDIRECT_URL="/",
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a secret of the tests",
    SITE_ID=1,
    SOCIALACCOUNT_PROVIDERS={
        "stagedoor": {
            "APP": {"client_id": config["clientId"], "secret": config["clientSecret"], "key": ""},
            "SCOPE": ["read", "profile"],
        }
    },
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
        }
    ],
)
django.setup()

import requests  # noqa: E402
from allauth.socialaccount import providers  # noqa: E402
from allauth.socialaccount.models import SocialAccount  # noqa: E402
from allauth.socialaccount.providers.base import ProviderAccount  # noqa: E402
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider  # noqa: E402
from allauth.socialaccount.providers.oauth2.views import (  # noqa: E402
    OAuth2Adapter,
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.test import Client  # noqa: E402

connected = {}


class StagedoorProvider(OAuth2Provider):
    id = "stagedoor"
    name = "Stagedoor"
    account_class = ProviderAccount

    def extract_uid(self, data):
        return data["sub"]

    def extract_common_fields(self, data):
        return {"email": data["email"], "name": data["full_name"]}


class StagedoorAdapter(OAuth2Adapter):
    provider_id = StagedoorProvider.id
    authorize_url = config["authorize"]
    access_token_url = config["token"]

    def complete_login(self, request, app, token, response, **kwargs):
        connected.update(accessToken=token.token, refreshToken=token.token_secret)
        headers = {"Authorization": "Bearer " + token.token}
        profile = requests.get(config["me"], headers=headers)
        profile.raise_for_status()
        return self.get_provider().sociallogin_from_response(request, profile.json())


providers.registry.register(StagedoorProvider)
urlpatterns = [
    path(
        "accounts/stagedoor/login/",
        OAuth2LoginView.adapter_view(StagedoorAdapter),
        name="stagedoor_login",
    ),
    path(
        "accounts/stagedoor/login/callback/",
        OAuth2CallbackView.adapter_view(StagedoorAdapter),
        name="stagedoor_callback",
    ),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/social/", include("allauth.socialaccount.urls")),
]

call_command("migrate", verbosity=0)
browser = Client(HTTP_HOST=SITE.netloc)
print(json.dumps(browser.post("/accounts/stagedoor/login/")["Location"]), flush=True)

back = urlsplit(sys.stdin.readline().strip())
answer = browser.get(back.path + "?" + back.query)
assert answer.status_code == 302, answer.content.decode()
print(json.dumps({"tokens": connected, "subject": SocialAccount.objects.get().uid}), flush=True)
sys.stdin.read()
