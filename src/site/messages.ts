import type { Message, Translated } from '../http/messages/message.ts';

// Two marks are made into HTML by `guide/prose.ts`: `code` and [a link](/to).

/** English texts of the guide pages. */
export const guideEn = {
  'guide.title': 'Developer guide',
  'guide.landing': 'You write an application for this platform?',
  'guide.lead':
    'How your application gets at the data of this platform’s users: with their consent, for the organizers that they pick, and for as long as they want.',
  'guide.services':
    'You write a service that such applications call? That is in the [guide for API services](/docs/api-services). Every endpoint is in the [API reference](/docs/api).',
  'guide.filled': 'The code below is filled in for {application}. Only the secret is yours to add.',
  'guide.named': 'The code below uses the client ID {client_id}.',
  'guide.unnamed':
    'Open this guide from a page of [your applications](/account/applications), and the code below is filled in for it.',
  'guide.contents': 'Contents',
  'guide.script': 'The script: settings and helpers',
  'guide.script.step': 'The script: step {step}',
  'guide.answer': 'The answer',

  'guide.overview.title': 'How it works',
  'guide.overview.standard':
    'This server speaks OAuth 2.0 with the authorization code flow and PKCE. Any OAuth 2.0 library will do. It is not an OpenID provider: there are no ID tokens.',
  'guide.overview.step1': 'Your application sends the user’s browser here.',
  'guide.overview.step2': 'The user signs in, picks organizers, and allows the access.',
  'guide.overview.step3': 'The browser comes back to your application with a code.',
  'guide.overview.step4':
    'Your application exchanges the code for an access token and a refresh token, without the browser.',
  'guide.overview.step5':
    'It calls the API with the access token, and gets new tokens with the refresh token.',
  'guide.overview.script':
    'The code on this page is one bash script, step by step. [Complete programs](/docs/examples{query}) has it in one piece, and the same in JavaScript, Python and PHP.',
  'guide.overview.endpoints': 'Endpoints',
  'guide.overview.metadata':
    'Libraries find the endpoints and what they can do in the metadata of this server (RFC 8414). If yours asks for an issuer, it is `{issuer}`.',
  'guide.endpoint.column': 'Endpoint',
  'guide.endpoint.address': 'Address',
  'guide.endpoint.authorization': 'Authorization',
  'guide.endpoint.token': 'Token',
  'guide.endpoint.revocation': 'Revocation',
  'guide.endpoint.par': 'Pushed requests (RFC 9126)',
  'guide.endpoint.organizers': 'Organizers',
  'guide.endpoint.me': 'User',
  'guide.endpoint.metadata': 'Metadata',

  'guide.register.title': 'Register your application',
  'guide.register.open':
    'Sign in and register it under [your applications](/account/applications). You get a client ID, which is public and never changes.',
  'guide.register.approval':
    'Sign in and register it under [your applications](/account/applications). You get a client ID, which is public and never changes. Until an operator has reviewed the application, it works for you only.',
  'guide.register.closed':
    'On this server, operators register applications: ask them. You get a client ID, which is public and never changes, and find the application under [your applications](/account/applications).',
  'guide.register.confidential':
    'A confidential application runs on a server of yours. It also gets a client secret, which is shown once. Keep it out of your source code, out of apps and out of the browser. An application can have several secrets, so you can bring in a new one before you delete the old one.',
  'guide.register.public':
    'A public application runs on the user’s device or in the browser, where nothing stays secret. It gets no secret; see [public applications](#public).',
  'guide.register.redirect':
    'Register every redirect URI in full. The one that you send later has to be the same, character by character. It begins with `https://`; `http://` is possible on `127.0.0.1`, `[::1]` and `localhost` only.',
  'guide.register.review':
    'Until an operator has reviewed your application, the consent page says that nobody has checked it.',

  'guide.settings.title': 'The script',
  'guide.settings.text': 'The script needs bash, curl and openssl.',

  'guide.authorize.title': 'Ask for access',
  'guide.authorize.text':
    'Send the user’s browser to the authorization endpoint, in a window that shows its address: never in a frame or an embedded web view.',
  'guide.parameter': 'Parameter',
  'guide.value': 'Value',
  'guide.authorize.response_type': '`code`',
  'guide.authorize.client_id': 'Your client ID.',
  'guide.authorize.redirect_uri': 'One of your registered redirect URIs.',
  'guide.authorize.scope':
    'What you need, separated by spaces: see [scopes](#scopes). Without it, the request is for `{default_scope}`.',
  'guide.authorize.state':
    'A random value that you keep in the user’s session and compare when the browser comes back. It proves that the answer belongs to this user’s request.',
  'guide.authorize.code_challenge':
    'PKCE (RFC 7636): the SHA-256 of a new random `code_verifier`, in base64url without `=`. You keep the verifier for the token request.',
  'guide.authorize.code_challenge_method': '`S256`. The method `plain` is refused.',
  'guide.authorize.prompt':
    'Optional. `consent` shows the consent page in any case, so that the user can pick other organizers. `none` shows no page, and fails where one would be needed.',
  'guide.authorize.silent':
    'If the user has already allowed a confidential application all that it asks for, the browser comes back at once, without the consent page.',
  'guide.authorize.back': 'The browser comes back',
  'guide.authorize.back_text':
    'The redirect URI is opened with `code`, `state` and `iss`, or with `error`, `error_description`, `state` and `iss`. Go on only if `state` is yours and `iss` is `{issuer}` (RFC 9207).',

  'guide.token.title': 'Exchange the code for tokens',
  'guide.token.text':
    'Post the code at once: it is good for a short time, and for one use. A second use ends the authorization. Send the same `redirect_uri` as before, and the `code_verifier`.',
  'guide.token.auth':
    'A confidential application authenticates with client ID and secret: by HTTP Basic, or by `client_id` and `client_secret` in the body. A public application sends `client_id` only.',
  'guide.token.lifetime':
    'The access token is valid for {access}, the refresh token for {refresh}. Tokens are opaque: do not read anything from them, and leave room for 255 characters. Store them as you would store passwords.',
  'guide.token.scope': 'Look at `scope`: the user may have allowed less than you asked for.',

  'guide.api.title': 'Call the API',
  'guide.api.text':
    'Send the access token in the header `Authorization: Bearer …`, never in a URL. Two calls are answered by this server itself; all other calls go to the services of the platform, with the same header.',
  'guide.api.organizers':
    'Which organizers the token opens now, at most {limit}. It needs the scope `read` or `write`. Go on with the address in `next` until that is `null`. A `name` is a text, or an object with a text for each language.',
  'guide.api.me':
    'Who the user is. It needs the scope `profile`. Know users by `sub`, which never changes; an e-mail address may.',
  'guide.api.organizers_title': 'Organizers',
  'guide.api.me_title': 'User',

  'guide.refresh.title': 'Refresh',
  'guide.refresh.text':
    'With the refresh token you get new tokens for the same organizers, without the user.',
  'guide.refresh.rotation':
    'Every refresh gives you a new refresh token. Store it before you do anything else, and forget the old one.',
  'guide.refresh.access': 'The access token before ends at once, even if it had time left.',
  'guide.refresh.reuse':
    'A refresh token works once. If it is used again, somebody may have stolen it: the whole authorization ends, all its tokens with it, and the user gets a mail. So let only one process at a time refresh, with a lock in your database if you have several.',
  'guide.refresh.lifetime':
    'A refresh token that is not used for {refresh} expires. Each new one has the full time again.',
  'guide.refresh.ended':
    'If the answer is `invalid_grant`, throw the tokens away and ask the user to connect again. Trying once more does not help. The [reason](#reasons) is in `error_description`.',

  'guide.revoke.title': 'Revoke',
  'guide.revoke.text':
    'When the user disconnects your application, or deletes their account with you, revoke one of the tokens. It does not matter which: the whole authorization ends at once, with all its access and refresh tokens (RFC 7009).',
  'guide.revoke.answer':
    'The answer is `200` without a body, also if the token was not valid any more.',
  'guide.revoke.user':
    'Users can do the same under [your authorized applications](/account/authorizations) at any time, without telling you. You see it by `401` from the API and `invalid_grant` at the next refresh.',

  'guide.scopes.title': 'Scopes and organizers',
  'guide.scopes.text':
    'A scope is what your application may do. Ask for what you need and no more.',
  'guide.scopes.column': 'Scope',
  'guide.scopes.sentence': 'What the user reads',
  'guide.scopes.independent':
    '`read` opens safe HTTP methods (GET, HEAD, OPTIONS), `write` all the others. Neither includes the other: for both, ask for both.',
  'guide.scopes.fewer':
    'The user may allow fewer scopes than you ask for. The answer with the tokens names those that you got.',
  'guide.scopes.pick': 'The user picks the organizers; you cannot ask for particular ones.',
  'guide.scopes.profile': 'A request for `profile` alone gets none.',
  'guide.scopes.shrink':
    'What a token opens can shrink at any time: the user may leave an organizer’s team, or lose permissions there. Your application can never do more than the user. Ask `/api/v1/organizers/` again rather than keeping the list.',
  'guide.scopes.widen':
    'An authorization never gains anything. For another organizer or scope, send the user through a new one with `prompt=consent`; the tokens that you have stay as they are.',

  'guide.public.title': 'Public applications',
  'guide.public.text':
    'A public application names itself by `client_id` in the body and has no secret, so PKCE is required. The user is asked at each authorization, since anybody could pretend to be your application.',
  'guide.public.browser':
    'In the browser: the token and revocation endpoints can be called by scripts of the origins of your redirect URIs (CORS). `/api/v1/me` and `/api/v1/organizers/` can not. If you have a server, keep the tokens there and register a confidential application instead.',
  'guide.public.native':
    'On a computer: open the system’s browser and wait for it on loopback. Register `http://127.0.0.1/callback` and use any port that is free: the port is not compared. The same goes for `[::1]` and `localhost`; prefer the numbers (RFC 8252).',
  'guide.public.scheme':
    'On a phone: use a claimed `https` address where the system has such, otherwise a scheme of your own. It has to be a domain of yours backwards, with a dot in it: `com.example.app:/callback`.',

  'guide.dpop.title': 'Tokens that are bound to a key',
  'guide.dpop.text':
    'Whoever holds a token can use it. If that is not good enough for your application, bind its tokens to a key that never leaves it (DPoP, RFC 9449): a stolen token is worth nothing then. You need not register anything for it.',
  'guide.dpop.token':
    'Send a proof in the header `DPoP` with the request for tokens: a JWT that is signed with your key, for this method and URL, and used once. The answer then has the `token_type` `DPoP`.',
  'guide.dpop.api':
    'Call the API with `Authorization: DPoP` and the token, and a new proof in each request, in which `ath` is the hash of the token. An API service can refuse bound tokens altogether: it answers `401`, and names in `WWW-Authenticate` what it takes.',
  'guide.dpop.refresh':
    'Each refresh needs a proof too. The refresh tokens of a public application are bound to the key as well; those of a confidential one are protected by its secret.',
  'guide.dpop.library':
    'A library makes the proofs. In the [program with oauth4webapi](/docs/examples{query}#oauth4webapi) add this behind the `options`:',
  'guide.dpop.script': 'In the program with oauth4webapi',

  'guide.errors.title': 'Errors',
  'guide.errors.text':
    'OAuth endpoints answer with a JSON object. Let your program look at `error`. The text in `error_description` is for your log; only the [reasons](#reasons) are fixed words.',
  'guide.errors.error': 'Error',
  'guide.errors.meaning': 'What it means',
  'guide.errors.remedy': 'What to do',
  'guide.errors.page': 'Shown to the user, when they should have been asked',
  'guide.errors.page_text':
    'These do not come back to your application: it is not certain that the address is yours.',
  'guide.errors.page.invalid_client': 'There is no application with this client ID.',
  'guide.errors.page.invalid_client.remedy': 'Compare it with the one on your application’s page.',
  'guide.errors.page.invalid_redirect_uri': 'The redirect URI is not registered.',
  'guide.errors.page.invalid_redirect_uri.remedy':
    'Register exactly what you send: a slash at the end counts.',
  'guide.errors.page.unauthorized_client': 'The application is disabled or suspended.',
  'guide.errors.page.unauthorized_client.remedy': 'See your application’s page for the reason.',
  'guide.errors.redirect': 'Sent to your redirect URI',
  'guide.errors.redirect.access_denied': 'The user did not allow the access.',
  'guide.errors.redirect.access_denied.remedy': 'Accept it. Ask again only when the user wants to.',
  'guide.errors.redirect.invalid_request': 'A parameter is missing or wrong, often PKCE.',
  'guide.errors.redirect.invalid_request.remedy':
    '`error_description` names it. It is a mistake in your program.',
  'guide.errors.redirect.invalid_scope': 'A scope is unknown, or not registered for you.',
  'guide.errors.redirect.invalid_scope.remedy':
    '`scope` in the answer names it. Add it on your application’s page.',
  'guide.errors.redirect.unsupported_response_type': '`response_type` is not `code`.',
  'guide.errors.redirect.unsupported_response_type.remedy': 'Switch your library to the code flow.',
  'guide.errors.redirect.login_required': 'With `prompt=none`: nobody is signed in.',
  'guide.errors.redirect.login_required.remedy': 'Send the user again without `prompt`.',
  'guide.errors.redirect.consent_required': 'With `prompt=none`: the user has to be asked.',
  'guide.errors.redirect.consent_required.remedy': 'Send the user again without `prompt`.',
  'guide.errors.token': 'At the token and revocation endpoints',
  'guide.errors.token.invalid_client': '401. Client ID or secret are wrong.',
  'guide.errors.token.invalid_client.remedy':
    'Check which secret you send, and whether it was deleted.',
  'guide.errors.token.invalid_grant':
    '400. The code or refresh token does not work (any more), or `redirect_uri` or `code_verifier` do not match.',
  'guide.errors.token.invalid_grant.remedy':
    'Ask the user to connect again. The [reason](#reasons) tells why.',
  'guide.errors.token.invalid_request': '400. A parameter is missing or wrong.',
  'guide.errors.token.invalid_request.remedy': '`error_description` names it.',
  'guide.errors.token.invalid_scope': '400. A refresh asks for more than the user allowed.',
  'guide.errors.token.invalid_scope.remedy': 'Leave `scope` out: you get all there is.',
  'guide.errors.token.unsupported_grant_type':
    '400. `grant_type` is neither `authorization_code` nor `refresh_token`.',
  'guide.errors.token.unsupported_grant_type.remedy': 'There are no other grant types here.',
  'guide.errors.api': 'At the API, in the header WWW-Authenticate',
  'guide.errors.api.invalid_token': '401. The access token has expired or ended.',
  'guide.errors.api.invalid_token.remedy':
    'Refresh once, and try once more. If the refresh fails, ask the user to connect again.',
  'guide.errors.api.insufficient_scope': '403. The token lacks a scope for this call.',
  'guide.errors.api.insufficient_scope.remedy':
    '`scope` in the header names what would do. Ask for it in a new authorization.',
  'guide.errors.away':
    'A `503` is not about your request: wait a little and try again, a refresh too, since nothing was used up. If no answer to a refresh arrives at all, the token may have been used up: try once more, and be prepared for the user having to connect again.',
  'guide.reasons.title': 'Reasons of invalid_grant',
  'guide.reasons.text':
    'For a token that was yours, `error_description` is one of these words. For all other mistakes it is a sentence.',
  'guide.reasons.reason': 'Reason',
  'guide.reasons.revoked_by_user': 'The user revoked the authorization.',
  'guide.reasons.revoked_by_user.remedy': 'Show that it is disconnected. Do not ask by yourself.',
  'guide.reasons.revoked_by_client': 'Your application revoked it.',
  'guide.reasons.revoked_by_client.remedy': 'Forget the tokens when you revoke.',
  'guide.reasons.revoked_by_operator': 'An operator of this server revoked it.',
  'guide.reasons.revoked_by_operator.remedy': 'Ask the operator before you ask the user.',
  'guide.reasons.reuse_detected': 'A code or refresh token was used a second time.',
  'guide.reasons.reuse_detected.remedy':
    'Look for two processes that refresh at once, for a backup, or for a theft. The user has to connect again.',
  'guide.reasons.expired': 'The code or refresh token is too old.',
  'guide.reasons.expired.remedy': 'The user has to connect again.',
  'guide.reasons.application_suspended':
    'Your application is disabled or suspended. The authorizations are kept meanwhile.',
  'guide.reasons.application_suspended.remedy':
    'Keep the tokens, and see your application’s page for the reason.',
  'guide.reasons.user_inactive': 'The user’s account is deactivated. The authorization is kept.',
  'guide.reasons.user_inactive.remedy': 'Keep the tokens, and try again later.',
  'guide.reasons.redirect_uri_removed':
    'The redirect URI of the code was removed from your application.',
  'guide.reasons.redirect_uri_removed.remedy':
    'Start again, with a redirect URI that is registered.',
  'guide.reasons.scope_removed': 'A scope of the code was removed from your application.',
  'guide.reasons.scope_removed.remedy': 'Start again, with the scopes that are registered.',
  'guide.reasons.pkce_required': 'Your application requires PKCE since the code was issued.',
  'guide.reasons.pkce_required.remedy': 'Start again, with PKCE.',

  'guide.examples.title': 'Complete programs',
  'guide.examples.lead':
    'Each does the same from start to finish: asks for access, exchanges the code, calls the API, refreshes and revokes. In a web application, the part that waits for the browser is a route of yours.',
  'guide.examples.back': 'Developer guide',
  'guide.examples.curl': 'curl',
  'guide.examples.curl_text': 'Needs bash, curl and openssl. Run it by `bash client.sh`.',
  'guide.examples.fetch': 'JavaScript',
  'guide.examples.fetch_text':
    'Needs Node.js 20 or later, and no packages. Run it by `node client.mjs`.',
  'guide.examples.oauth4webapi': 'JavaScript with oauth4webapi',
  'guide.examples.oauth4webapi_text':
    'Needs Node.js 20 or later and `npm install oauth4webapi`. Run it by `node client.mjs`.',
  'guide.examples.python': 'Python with requests-oauthlib',
  'guide.examples.python_text':
    'Needs `pip install requests-oauthlib`, or `apt install python3-requests-oauthlib`. Run it by `python3 client.py`.',
  'guide.examples.php': 'PHP',
  'guide.examples.php_text':
    'Needs PHP 8.1 or later with the curl extension. Run it by `php client.php`.',
} as const satisfies Record<string, Message>;

/** German texts of the guide pages. */
export const guideDe = {
  'guide.title': 'Anleitung für Entwickler',
  'guide.landing': 'Du schreibst eine Anwendung für diese Plattform?',
  'guide.lead':
    'So kommt deine Anwendung an die Daten der Benutzer dieser Plattform: mit deren Zustimmung, für die Veranstalter, die sie auswählen, und solange sie wollen.',
  'guide.services':
    'Du schreibst einen Dienst, den solche Anwendungen aufrufen? Das steht in der [Anleitung für API-Dienste](/docs/api-services). Alle Endpunkte stehen in der [API-Referenz](/docs/api).',
  'guide.filled':
    'Der Code unten ist für {application} ausgefüllt. Nur das Secret musst du noch einsetzen.',
  'guide.named': 'Der Code unten verwendet die Client-ID {client_id}.',
  'guide.unnamed':
    'Öffne diese Anleitung von einer Seite [deiner Anwendungen](/account/applications) aus, dann ist der Code unten für sie ausgefüllt.',
  'guide.contents': 'Inhalt',
  'guide.script': 'Das Skript: Einstellungen und Hilfsfunktionen',
  'guide.script.step': 'Das Skript: Schritt {step}',
  'guide.answer': 'Die Antwort',

  'guide.overview.title': 'So funktioniert es',
  'guide.overview.standard':
    'Dieser Server spricht OAuth 2.0 mit dem Authorization-Code-Ablauf und PKCE. Jede OAuth-2.0-Bibliothek ist geeignet. Er ist kein OpenID-Provider: ID-Tokens gibt es nicht.',
  'guide.overview.step1': 'Deine Anwendung schickt den Browser des Benutzers hierher.',
  'guide.overview.step2':
    'Der Benutzer meldet sich an, wählt Veranstalter aus und erlaubt den Zugriff.',
  'guide.overview.step3': 'Der Browser kommt mit einem Code zu deiner Anwendung zurück.',
  'guide.overview.step4':
    'Deine Anwendung tauscht den Code gegen ein Access-Token und ein Refresh-Token, ohne den Browser.',
  'guide.overview.step5':
    'Mit dem Access-Token ruft sie die API auf, mit dem Refresh-Token bekommt sie neue Tokens.',
  'guide.overview.script':
    'Der Code auf dieser Seite ist ein Bash-Skript, Schritt für Schritt. Unter [Vollständige Programme](/docs/examples{query}) steht es am Stück, und das Gleiche in JavaScript, Python und PHP.',
  'guide.overview.endpoints': 'Endpunkte',
  'guide.overview.metadata':
    'Bibliotheken finden die Endpunkte und was diese können in den Metadaten des Servers (RFC 8414). Wenn deine nach einem Issuer fragt: `{issuer}`.',
  'guide.endpoint.column': 'Endpunkt',
  'guide.endpoint.address': 'Adresse',
  'guide.endpoint.authorization': 'Authorization',
  'guide.endpoint.token': 'Token',
  'guide.endpoint.revocation': 'Revocation',
  'guide.endpoint.par': 'Pushed Requests (RFC 9126)',
  'guide.endpoint.organizers': 'Veranstalter',
  'guide.endpoint.me': 'Benutzer',
  'guide.endpoint.metadata': 'Metadaten',

  'guide.register.title': 'Registriere deine Anwendung',
  'guide.register.open':
    'Melde dich an und registriere sie unter [deine Anwendungen](/account/applications). Du bekommst eine Client-ID; sie ist öffentlich und ändert sich nie.',
  'guide.register.approval':
    'Melde dich an und registriere sie unter [deine Anwendungen](/account/applications). Du bekommst eine Client-ID; sie ist öffentlich und ändert sich nie. Bis ein Betreiber die Anwendung geprüft hat, funktioniert sie nur für dich.',
  'guide.register.closed':
    'Auf diesem Server registrieren die Betreiber die Anwendungen: Frag sie. Du bekommst eine Client-ID; sie ist öffentlich und ändert sich nie. Die Anwendung findest du dann unter [deine Anwendungen](/account/applications).',
  'guide.register.confidential':
    'Eine vertrauliche Anwendung läuft auf einem Server von dir. Sie bekommt außerdem ein Client-Secret, das einmal angezeigt wird. Es gehört nicht in den Quellcode, nicht in Apps und nicht in den Browser. Eine Anwendung kann mehrere Secrets haben, du kannst also ein neues einsetzen, bevor du das alte löschst.',
  'guide.register.public':
    'Eine öffentliche Anwendung läuft auf dem Gerät des Benutzers oder im Browser, wo nichts geheim bleibt. Sie bekommt kein Secret; siehe [öffentliche Anwendungen](#public).',
  'guide.register.redirect':
    'Registriere jede Redirect-URI vollständig. Die, die du später mitschickst, muss Zeichen für Zeichen gleich sein. Sie beginnt mit `https://`; `http://` geht nur auf `127.0.0.1`, `[::1]` und `localhost`.',
  'guide.register.review':
    'Solange kein Betreiber deine Anwendung geprüft hat, steht auf der Zustimmungsseite, dass niemand sie geprüft hat.',

  'guide.settings.title': 'Das Skript',
  'guide.settings.text': 'Das Skript braucht bash, curl und openssl.',

  'guide.authorize.title': 'Um Zugriff bitten',
  'guide.authorize.text':
    'Schick den Browser des Benutzers zum Authorization-Endpunkt, in einem Fenster, das seine Adresse zeigt: nie in einem Frame oder einer eingebetteten Web-Ansicht.',
  'guide.parameter': 'Parameter',
  'guide.value': 'Wert',
  'guide.authorize.response_type': '`code`',
  'guide.authorize.client_id': 'Deine Client-ID.',
  'guide.authorize.redirect_uri': 'Eine deiner registrierten Redirect-URIs.',
  'guide.authorize.scope':
    'Was du brauchst, durch Leerzeichen getrennt: siehe [Scopes](#scopes). Ohne ihn gilt die Anfrage für `{default_scope}`.',
  'guide.authorize.state':
    'Ein zufälliger Wert, den du in der Sitzung des Benutzers aufhebst und vergleichst, wenn der Browser zurückkommt. Er beweist, dass die Antwort zur Anfrage dieses Benutzers gehört.',
  'guide.authorize.code_challenge':
    'PKCE (RFC 7636): der SHA-256-Wert eines neuen zufälligen `code_verifier`, in base64url ohne `=`. Den Verifier hebst du für die Token-Anfrage auf.',
  'guide.authorize.code_challenge_method': '`S256`. Das Verfahren `plain` wird abgelehnt.',
  'guide.authorize.prompt':
    'Optional. `consent` zeigt die Zustimmungsseite auf jeden Fall, damit der Benutzer andere Veranstalter auswählen kann. `none` zeigt keine Seite und scheitert, wo eine nötig wäre.',
  'guide.authorize.silent':
    'Hat der Benutzer einer vertraulichen Anwendung schon alles erlaubt, was sie anfragt, kommt der Browser sofort zurück, ohne die Zustimmungsseite.',
  'guide.authorize.back': 'Der Browser kommt zurück',
  'guide.authorize.back_text':
    'Die Redirect-URI wird mit `code`, `state` und `iss` geöffnet, oder mit `error`, `error_description`, `state` und `iss`. Mach nur weiter, wenn `state` deiner ist und `iss` gleich `{issuer}` (RFC 9207).',

  'guide.token.title': 'Den Code gegen Tokens tauschen',
  'guide.token.text':
    'Schick den Code sofort ab: Er gilt nur kurz und nur einmal. Eine zweite Verwendung beendet die Autorisierung. Schick dieselbe `redirect_uri` wie vorher mit, und den `code_verifier`.',
  'guide.token.auth':
    'Eine vertrauliche Anwendung weist sich mit Client-ID und Secret aus: per HTTP Basic, oder mit `client_id` und `client_secret` im Body. Eine öffentliche schickt nur `client_id`.',
  'guide.token.lifetime':
    'Gültigkeit des Access-Tokens: {access}, des Refresh-Tokens: {refresh}. Tokens sind undurchsichtig: Lies nichts aus ihnen heraus, und lass Platz für 255 Zeichen. Bewahre sie auf wie Passwörter.',
  'guide.token.scope':
    'Sieh dir `scope` an: Der Benutzer hat vielleicht weniger erlaubt, als du angefragt hast.',

  'guide.api.title': 'Die API aufrufen',
  'guide.api.text':
    'Schick das Access-Token im Header `Authorization: Bearer …`, nie in einer URL. Zwei Aufrufe beantwortet dieser Server selbst; alle anderen gehen an die Dienste der Plattform, mit demselben Header.',
  'guide.api.organizers':
    'Welche Veranstalter das Token jetzt öffnet, höchstens {limit}. Braucht den Scope `read` oder `write`. Mach mit der Adresse in `next` weiter, bis dort `null` steht. Ein `name` ist ein Text, oder ein Objekt mit einem Text je Sprache.',
  'guide.api.me':
    'Wer der Benutzer ist. Braucht den Scope `profile`. Merk dir Benutzer nach `sub`: Der ändert sich nie, eine E-Mail-Adresse vielleicht schon.',
  'guide.api.organizers_title': 'Veranstalter',
  'guide.api.me_title': 'Benutzer',

  'guide.refresh.title': 'Erneuern',
  'guide.refresh.text':
    'Mit dem Refresh-Token bekommst du neue Tokens für dieselben Veranstalter, ohne den Benutzer.',
  'guide.refresh.rotation':
    'Jedes Erneuern gibt dir ein neues Refresh-Token. Speichere es vor allem anderen, und vergiss das alte.',
  'guide.refresh.access':
    'Das vorherige Access-Token endet sofort, auch wenn es noch länger gültig gewesen wäre.',
  'guide.refresh.reuse':
    'Ein Refresh-Token funktioniert einmal. Wird es noch einmal verwendet, kann es gestohlen sein: Die ganze Autorisierung endet, mit allen ihren Tokens, und der Benutzer bekommt eine Mail. Lass also immer nur einen Prozess erneuern, mit einer Sperre in deiner Datenbank, wenn du mehrere hast.',
  'guide.refresh.lifetime':
    'Ein Refresh-Token verfällt, wenn es so lange nicht verwendet wird: {refresh}. Jedes neue hat wieder die volle Zeit.',
  'guide.refresh.ended':
    'Ist die Antwort `invalid_grant`, wirf die Tokens weg und bitte den Benutzer, sich neu zu verbinden. Noch ein Versuch hilft nicht. Der [Grund](#reasons) steht in `error_description`.',

  'guide.revoke.title': 'Widerrufen',
  'guide.revoke.text':
    'Wenn der Benutzer deine Anwendung trennt oder sein Konto bei dir löscht, widerrufe eines der Tokens. Welches, ist gleich: Die ganze Autorisierung endet sofort, mit allen Access- und Refresh-Tokens (RFC 7009).',
  'guide.revoke.answer':
    'Die Antwort ist `200` ohne Inhalt, auch wenn das Token nicht mehr gültig war.',
  'guide.revoke.user':
    'Benutzer können unter [deine autorisierten Anwendungen](/account/authorizations) jederzeit dasselbe tun, ohne es dir zu sagen. Du merkst es an `401` von der API und an `invalid_grant` beim nächsten Erneuern.',

  'guide.scopes.title': 'Scopes und Veranstalter',
  'guide.scopes.text':
    'Ein Scope sagt, was deine Anwendung tun darf. Frag an, was du brauchst, und nicht mehr.',
  'guide.scopes.column': 'Scope',
  'guide.scopes.sentence': 'Was der Benutzer liest',
  'guide.scopes.independent':
    '`read` öffnet sichere HTTP-Methoden (GET, HEAD, OPTIONS), `write` alle anderen. Keiner schließt den anderen ein: Wenn du beides brauchst, frag beides an.',
  'guide.scopes.fewer':
    'Der Benutzer darf weniger Scopes erlauben, als du anfragst. Die Antwort mit den Tokens nennt die, die du bekommen hast.',
  'guide.scopes.pick':
    'Die Veranstalter wählt der Benutzer aus; bestimmte kannst du nicht anfragen.',
  'guide.scopes.profile': 'Eine Anfrage nur für `profile` bekommt keine.',
  'guide.scopes.shrink':
    'Was ein Token öffnet, kann jederzeit weniger werden: Der Benutzer verlässt vielleicht das Team eines Veranstalters oder verliert dort Rechte. Deine Anwendung kann nie mehr als der Benutzer. Frag `/api/v1/organizers/` neu ab, statt die Liste aufzuheben.',
  'guide.scopes.widen':
    'Eine Autorisierung gewinnt nie etwas dazu. Für einen weiteren Veranstalter oder Scope schick den Benutzer mit `prompt=consent` durch eine neue; die Tokens, die du hast, bleiben, wie sie sind.',

  'guide.public.title': 'Öffentliche Anwendungen',
  'guide.public.text':
    'Eine öffentliche Anwendung nennt sich mit `client_id` im Body und hat kein Secret, darum ist PKCE Pflicht. Der Benutzer wird bei jeder Autorisierung gefragt, weil jeder sich als deine Anwendung ausgeben könnte.',
  'guide.public.browser':
    'Im Browser: Den Token- und den Revocation-Endpunkt können Skripte von den Origins deiner Redirect-URIs aufrufen (CORS), `/api/v1/me` und `/api/v1/organizers/` nicht. Wenn du einen Server hast, bewahre die Tokens dort auf und registriere stattdessen eine vertrauliche Anwendung.',
  'guide.public.native':
    'Auf einem Computer: Öffne den Browser des Systems und warte auf der Loopback-Adresse auf ihn. Registriere `http://127.0.0.1/callback` und nimm irgendeinen freien Port: Der Port wird nicht verglichen. Dasselbe gilt für `[::1]` und `localhost`; nimm lieber die Zahlen (RFC 8252).',
  'guide.public.scheme':
    'Auf einem Telefon: Nimm eine beanspruchte `https`-Adresse, wo es das auf dem System gibt, sonst ein eigenes Schema. Es muss eine Domain von dir rückwärts sein, mit einem Punkt darin: `com.example.app:/callback`.',

  'guide.dpop.title': 'Tokens, die an einen Schlüssel gebunden sind',
  'guide.dpop.text':
    'Wer ein Token hat, kann es verwenden. Wenn das für deine Anwendung nicht gut genug ist, binde ihre Tokens an einen Schlüssel, den sie nie hergibt (DPoP, RFC 9449): Ein gestohlenes Token ist dann nichts wert. Registrieren musst du dafür nichts.',
  'guide.dpop.token':
    'Schick mit der Anfrage nach Tokens im Header `DPoP` einen Beweis: ein JWT, das mit deinem Schlüssel signiert ist, für diese Methode und URL gilt und einmal verwendet wird. Die Antwort hat dann den `token_type` `DPoP`.',
  'guide.dpop.api':
    'Ruf die API mit `Authorization: DPoP` und dem Token auf, und mit einem neuen Beweis in jeder Anfrage, in dem `ath` der Hash des Tokens ist. Ein API-Dienst kann gebundene Tokens ganz ablehnen: Er antwortet mit `401` und nennt in `WWW-Authenticate`, was er nimmt.',
  'guide.dpop.refresh':
    'Auch jedes Erneuern braucht einen Beweis. Die Refresh-Tokens einer öffentlichen Anwendung sind ebenfalls an den Schlüssel gebunden; die einer vertraulichen schützt ihr Secret.',
  'guide.dpop.library':
    'Die Beweise macht eine Bibliothek. Im [Programm mit oauth4webapi](/docs/examples{query}#oauth4webapi) füg das hinter den `options` ein:',
  'guide.dpop.script': 'Im Programm mit oauth4webapi',

  'guide.errors.title': 'Fehler',
  'guide.errors.text':
    'OAuth-Endpunkte antworten mit einem JSON-Objekt. Dein Programm soll sich nach `error` richten. Der Text in `error_description` ist für dein Log; nur die [Gründe](#reasons) sind feste Wörter.',
  'guide.errors.error': 'Fehler',
  'guide.errors.meaning': 'Was er bedeutet',
  'guide.errors.remedy': 'Was zu tun ist',
  'guide.errors.page': 'Dem Benutzer angezeigt, statt ihn zu fragen',
  'guide.errors.page_text':
    'Diese kommen nicht zu deiner Anwendung zurück: Es ist nicht sicher, dass die Adresse deine ist.',
  'guide.errors.page.invalid_client': 'Es gibt keine Anwendung mit dieser Client-ID.',
  'guide.errors.page.invalid_client.remedy':
    'Vergleiche sie mit der auf der Seite deiner Anwendung.',
  'guide.errors.page.invalid_redirect_uri': 'Die Redirect-URI ist nicht registriert.',
  'guide.errors.page.invalid_redirect_uri.remedy':
    'Registriere genau, was du schickst: Ein Schrägstrich am Ende zählt.',
  'guide.errors.page.unauthorized_client': 'Die Anwendung ist deaktiviert oder gesperrt.',
  'guide.errors.page.unauthorized_client.remedy':
    'Den Grund findest du auf der Seite deiner Anwendung.',
  'guide.errors.redirect': 'An deine Redirect-URI geschickt',
  'guide.errors.redirect.access_denied': 'Der Benutzer hat den Zugriff nicht erlaubt.',
  'guide.errors.redirect.access_denied.remedy':
    'Nimm es hin. Frag erst wieder, wenn der Benutzer es will.',
  'guide.errors.redirect.invalid_request': 'Ein Parameter fehlt oder ist falsch, oft bei PKCE.',
  'guide.errors.redirect.invalid_request.remedy':
    '`error_description` nennt ihn. Es ist ein Fehler in deinem Programm.',
  'guide.errors.redirect.invalid_scope':
    'Ein Scope ist unbekannt, oder nicht für dich registriert.',
  'guide.errors.redirect.invalid_scope.remedy':
    '`scope` in der Antwort nennt ihn. Ergänze ihn auf der Seite deiner Anwendung.',
  'guide.errors.redirect.unsupported_response_type': '`response_type` ist nicht `code`.',
  'guide.errors.redirect.unsupported_response_type.remedy':
    'Stell deine Bibliothek auf den Code-Ablauf um.',
  'guide.errors.redirect.login_required': 'Bei `prompt=none`: Niemand ist angemeldet.',
  'guide.errors.redirect.login_required.remedy': 'Schick den Benutzer noch einmal ohne `prompt`.',
  'guide.errors.redirect.consent_required': 'Bei `prompt=none`: Der Benutzer muss gefragt werden.',
  'guide.errors.redirect.consent_required.remedy': 'Schick den Benutzer noch einmal ohne `prompt`.',
  'guide.errors.token': 'Am Token- und am Revocation-Endpunkt',
  'guide.errors.token.invalid_client': '401. Client-ID oder Secret sind falsch.',
  'guide.errors.token.invalid_client.remedy':
    'Prüfe, welches Secret du schickst, und ob es gelöscht wurde.',
  'guide.errors.token.invalid_grant':
    '400. Code oder Refresh-Token gehen nicht (mehr), oder `redirect_uri` oder `code_verifier` passen nicht dazu.',
  'guide.errors.token.invalid_grant.remedy':
    'Bitte den Benutzer, sich neu zu verbinden. Der [Grund](#reasons) sagt, warum.',
  'guide.errors.token.invalid_request': '400. Ein Parameter fehlt oder ist falsch.',
  'guide.errors.token.invalid_request.remedy': '`error_description` nennt ihn.',
  'guide.errors.token.invalid_scope':
    '400. Beim Erneuern wird mehr angefragt, als der Benutzer erlaubt hat.',
  'guide.errors.token.invalid_scope.remedy': 'Lass `scope` weg: Du bekommst alles, was es gibt.',
  'guide.errors.token.unsupported_grant_type':
    '400. `grant_type` ist weder `authorization_code` noch `refresh_token`.',
  'guide.errors.token.unsupported_grant_type.remedy': 'Andere Grant-Types gibt es hier nicht.',
  'guide.errors.api': 'An der API, im Header WWW-Authenticate',
  'guide.errors.api.invalid_token': '401. Das Access-Token ist abgelaufen oder beendet.',
  'guide.errors.api.invalid_token.remedy':
    'Erneuere einmal, und versuch es noch einmal. Scheitert das Erneuern, bitte den Benutzer, sich neu zu verbinden.',
  'guide.errors.api.insufficient_scope': '403. Dem Token fehlt ein Scope für diesen Aufruf.',
  'guide.errors.api.insufficient_scope.remedy':
    '`scope` im Header nennt, was reichen würde. Frag ihn in einer neuen Autorisierung an.',
  'guide.errors.away':
    'Ein `503` liegt nicht an deiner Anfrage: Warte etwas und versuch es wieder, auch beim Erneuern, denn es wurde nichts verbraucht. Kommt beim Erneuern gar keine Antwort an, ist das Token vielleicht verbraucht: Versuch es noch einmal, und rechne damit, dass sich der Benutzer neu verbinden muss.',
  'guide.reasons.title': 'Gründe für invalid_grant',
  'guide.reasons.text':
    'Bei einem Token, das deines war, ist `error_description` eines dieser Wörter. Bei allen anderen Fehlern ist es ein Satz.',
  'guide.reasons.reason': 'Grund',
  'guide.reasons.revoked_by_user': 'Der Benutzer hat die Autorisierung widerrufen.',
  'guide.reasons.revoked_by_user.remedy':
    'Zeig an, dass die Verbindung getrennt ist. Frag nicht von dir aus.',
  'guide.reasons.revoked_by_client': 'Deine Anwendung hat sie widerrufen.',
  'guide.reasons.revoked_by_client.remedy': 'Vergiss die Tokens, wenn du widerrufst.',
  'guide.reasons.revoked_by_operator': 'Ein Betreiber dieses Servers hat sie widerrufen.',
  'guide.reasons.revoked_by_operator.remedy': 'Frag den Betreiber, bevor du den Benutzer fragst.',
  'guide.reasons.reuse_detected': 'Ein Code oder Refresh-Token wurde ein zweites Mal verwendet.',
  'guide.reasons.reuse_detected.remedy':
    'Such nach zwei Prozessen, die zugleich erneuern, nach einem Backup, oder nach einem Diebstahl. Der Benutzer muss sich neu verbinden.',
  'guide.reasons.expired': 'Der Code oder das Refresh-Token ist zu alt.',
  'guide.reasons.expired.remedy': 'Der Benutzer muss sich neu verbinden.',
  'guide.reasons.application_suspended':
    'Deine Anwendung ist deaktiviert oder gesperrt. Die Autorisierungen bleiben solange erhalten.',
  'guide.reasons.application_suspended.remedy':
    'Behalte die Tokens. Den Grund findest du auf der Seite deiner Anwendung.',
  'guide.reasons.user_inactive':
    'Das Konto der Person ist deaktiviert. Die Zulassung bleibt erhalten.',
  'guide.reasons.user_inactive.remedy': 'Behalte die Tokens und versuche es später noch einmal.',
  'guide.reasons.redirect_uri_removed':
    'Die Redirect-URI des Codes wurde aus deiner Anwendung entfernt.',
  'guide.reasons.redirect_uri_removed.remedy':
    'Beginne von vorn, mit einer Redirect-URI, die registriert ist.',
  'guide.reasons.scope_removed': 'Ein Scope des Codes wurde aus deiner Anwendung entfernt.',
  'guide.reasons.scope_removed.remedy': 'Beginne von vorn, mit den Scopes, die registriert sind.',
  'guide.reasons.pkce_required': 'Deine Anwendung verlangt PKCE, seit der Code ausgestellt wurde.',
  'guide.reasons.pkce_required.remedy': 'Beginne von vorn, mit PKCE.',

  'guide.examples.title': 'Vollständige Programme',
  'guide.examples.lead':
    'Jedes tut dasselbe von Anfang bis Ende: bittet um Zugriff, tauscht den Code, ruft die API auf, erneuert und widerruft. In einer Web-Anwendung ist der Teil, der auf den Browser wartet, eine Route von dir.',
  'guide.examples.back': 'Anleitung für Entwickler',
  'guide.examples.curl': 'curl',
  'guide.examples.curl_text':
    'Braucht bash, curl und openssl. So startest du es: `bash client.sh`.',
  'guide.examples.fetch': 'JavaScript',
  'guide.examples.fetch_text':
    'Braucht Node.js ab Version 20 und keine Pakete. So startest du es: `node client.mjs`.',
  'guide.examples.oauth4webapi': 'JavaScript mit oauth4webapi',
  'guide.examples.oauth4webapi_text':
    'Braucht Node.js ab Version 20 und `npm install oauth4webapi`. So startest du es: `node client.mjs`.',
  'guide.examples.python': 'Python mit requests-oauthlib',
  'guide.examples.python_text':
    'Braucht `pip install requests-oauthlib` oder `apt install python3-requests-oauthlib`. So startest du es: `python3 client.py`.',
  'guide.examples.php': 'PHP',
  'guide.examples.php_text':
    'Braucht PHP ab Version 8.1 mit der Erweiterung curl. So startest du es: `php client.php`.',
} as const satisfies Translated<typeof guideEn>;
