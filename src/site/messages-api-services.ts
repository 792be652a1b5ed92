import type { Message, Translated } from '../http/messages/message.ts';

// Two marks are made into HTML by `guide/prose.ts`: `code` and [a link](/to).

/** English texts of the guide for API services. */
export const apiServicesEn = {
  'services.title': 'Guide for API services',
  'services.landing': 'You write an API service of this platform?',
  'services.lead':
    'How a service of the platform lets applications in: with a token that is live at this moment, to the organizers that the user picked, and for what the user may do there.',
  'services.applications':
    'You write an application that calls such services? That is in the [developer guide](/docs).',

  'services.overview.title': 'How it works',
  'services.overview.text':
    'An application calls your service with an access token in the header `Authorization: Bearer …`. The token itself says nothing. With each request, your service:',
  'services.overview.step1': 'takes the token from that header, and from nowhere else;',
  'services.overview.step2': 'asks this server what the token opens now (introspection, RFC 7662);',
  'services.overview.step3': 'checks scope, organizer and permission;',
  'services.overview.step4': 'answers with what the token opens, and with nothing else.',
  'services.overview.kit':
    'For Node.js there is a [kit](#kit) that does this in three lines and does not let you do half of it. [Every other language](#introspection) can do it with one HTTP request.',

  'services.register.title': 'Register your service',
  'services.register.text':
    'Each service has an ID and a secret of its own. An operator of this server gets them with the operator token:',
  'services.register.label': 'Register: bash with curl',
  'services.register.answer': 'The answer shows the secret, this once:',
  'services.register.keep':
    'Hand both to the service in its environment, as `STAGEDOOR_CLIENT_ID` and `STAGEDOOR_CLIENT_SECRET`; all examples read them there. Keep the secret out of your source code: with it, anybody can look into every access token that they find.',
  'services.register.replace':
    'A new secret is a new registration: register the service again, switch it over, and delete the old one with `DELETE /api/v1/resource-servers/…/`. All endpoints for operators are in the [API reference](/docs/api).',

  'services.kit.title': 'The kit for Node.js',
  'services.kit.text':
    'It needs Node.js 20 or newer, and brings one package, `oauth4webapi`. In the source code of Stagedoor, `npm run build` and then `npm pack ./dist` make it a file. In your service: `npm install ./stagedoor-0.1.0.tgz`.',
  'services.kit.three':
    'Three lines make a guarded route. They are numbered in these programs, which are the same service for [Koa](#koa), [Express](#express), [Fastify](#fastify), [node:http](#node) and [the fetch style](#fetch): `/orders` lists across organizers, and `/organizers/…/orders` reads and places orders of one.',
  'services.koa': 'Koa',
  'services.koa_text': 'Needs `npm install koa @koa/router`.',
  'services.express': 'Express',
  'services.express_text': 'Needs `npm install express`, version 4 or 5.',
  'services.fastify': 'Fastify',
  'services.fastify_text':
    'Needs `npm install fastify`. The guard runs before Fastify reads the body of a request.',
  'services.node': 'node:http',
  'services.node_text': 'Needs nothing more.',
  'services.fetch': 'The fetch style',
  'services.fetch_text':
    'For everything that answers a `Request` with a `Response`: Hono, Next.js, Bun, Deno.',

  'services.guards.title': 'The three guards',
  'services.guards.text': 'A guard checks in this order. The first check that fails answers.',
  'services.guards.column': 'Guard',
  'services.guards.how': 'How you say it',
  'services.guards.what': 'Who gets in',
  'services.guards.scope': 'Scope',
  'services.guards.scope.how': 'Nothing to say',
  'services.guards.scope.what':
    "Safe methods (GET, HEAD, OPTIONS) need `read`, all others `write`. Neither includes the other. For a route that wants something else: `scopes: ['profile']`.",
  'services.guards.organizer': 'Organizer',
  'services.guards.organizer.how': "`organizer: 'organizer'`",
  'services.guards.organizer.what':
    'Tokens that open the organizer whose slug is in this parameter of the route: the user picked it, and is a member there now.',
  'services.guards.permission': 'Permission',
  'services.guards.permission.how': "`permission: 'can_view_orders'`",
  'services.guards.permission.what':
    'Users whose teams at that organizer have the permission today. Different ones for safe methods and for the rest: `permission: { read: …, write: … }`.',
  'services.guards.null':
    '`organizer` can’t be left out: a route that is about no organizer, or about all that the token opens, says `organizer: null`.',
  'services.guards.function':
    'Where the slug is not in the address, name a function that finds it: `organizer: findOrganizer`. It gets what a handler gets first, and is called only for tokens that are live and have the scope. If it finds nothing, let it return nothing.',
  'services.guards.mistakes':
    'Mistakes close a route, they never open it. A misspelled name in a requirement fails at start, and `accessOf` throws in a route without a guard.',
  'services.guards.permissions': 'Permissions that teams can have on this server:',

  'services.lists.title': 'Lists',
  'services.lists.text':
    'A list across organizers shows what the token opens. Put that into the query, so that counts and pages are right too:',
  'services.lists.organizers':
    '`access.organizers`: the organizers that the token opens now, for what every member may see.',
  'services.lists.with':
    "`access.organizersWith('can_view_orders')`: those of them where the user has the permission, for what needs one.",
  'services.lists.one':
    'For a single thing: `access.opens(slug)` and `access.can(slug, permission)`.',
  'services.lists.who':
    '`access.sub` is the user, `access.clientId` the application. Note both in your own log.',
  'services.lists.fresh':
    'Do not keep any of it for the next request: users leave teams, lose permissions, and take organizers off an authorization.',

  'services.refusals.title': 'What refusals look like',
  'services.refusals.text':
    'As RFC 6750 wants it, with a sentence in the body. Applications know these answers from the [developer guide](/docs#errors); let your own routes answer in the same way.',
  'services.refusals.label': 'The answer to a POST with a token for reading',
  'services.refusals.column': 'Code',
  'services.refusals.code':
    'The codes are those of the kit: `RefusedError.code`, for your log. They are not sent.',
  'services.refusals.token_missing':
    '401, without an error code. The request has no bearer token in its header.',
  'services.refusals.token_missing.remedy': 'The application sends one.',
  'services.refusals.token_invalid':
    '401 `invalid_token`. The token has expired or was revoked, or never was one. A refresh token is none, either.',
  'services.refusals.token_invalid.remedy':
    'The application refreshes once; if that fails, the user connects again.',
  'services.refusals.scope_missing':
    '403 `insufficient_scope`, with the scope that the method needs.',
  'services.refusals.scope_missing.remedy':
    'The application asks for that scope in a new authorization.',
  'services.refusals.organizer_closed':
    '403 `insufficient_scope`. The token does not open this organizer; whether there is such an organizer is not said.',
  'services.refusals.organizer_closed.remedy':
    'The user picks the organizer in a new authorization, if they are a member there.',
  'services.refusals.permission_missing':
    '403 `insufficient_scope`. The user may not do this at this organizer.',
  'services.refusals.permission_missing.remedy':
    'The organizer gives the permission to a team of the user.',
  'services.refusals.unavailable':
    '503 with `Retry-After`. Nobody can say at the moment whether the token is valid.',
  'services.refusals.unavailable.remedy': 'The application waits, and keeps its tokens.',

  'services.outages.title': 'When this server is away',
  'services.outages.text':
    'Then the kit lets nobody in. It answers `503`, and not `401`, so that no application throws its tokens away for it. What your service does without tokens goes on.',
  'services.outages.retry':
    'A connection that broke is tried once more, on a new one. All in all a request waits for 3 seconds at most (option `timeout`, in milliseconds).',
  'services.outages.circuit':
    'After 5 outages in a row (no connection, no answer in time, status 502 to 504) the kit answers at once for 2 seconds, without asking; then one request tries again (option `circuit`). Other failures may be about one token, so they stop no other request. Nothing has to be restarted.',
  'services.outages.log':
    'The reason goes to your log and never to the caller: one line on standard error, or what you make of it with the option `onUnavailable`.',
  'services.outages.setup':
    'What is set up wrong is said in one line that tells what to do: at start for an option that can’t be right, at the first request for a wrong address or secret.',

  'services.cache.title': 'The cache, and what it costs',
  'services.cache.text':
    'There is none unless you ask for it: each request asks this server, and a token that is revoked opens nothing from that moment on.',
  'services.cache.how':
    'If that is too much for your service: `createResourceServer({ …, cache: { entries: 1000, seconds: 10 } })`. Answers are kept in memory, under a hash of the token, and never past its end. Requests that come with the same token at the same time share one question. `cache.bytes` limits the memory, 64 MiB by default.',
  'services.cache.trade':
    'The price: a revoked token lives on in your service for up to `seconds`. So does an organizer that the user has left, and a permission that a team has lost, also while this server is away. Take as few seconds as will do: a user who presses “Revoke” expects it to be over.',

  'services.strict.title': 'Bound tokens, signed answers',
  'services.strict.text': 'Two options make the kit stricter. Both are off by default.',
  'services.strict.dpop':
    'An application can bind its tokens to a key of its own (DPoP, RFC 9449), so that a stolen one is worth nothing. Without `dpop` your service refuses such tokens. With it, it takes both kinds, and checks the proof in each request: method, URL, time, token, and that it is used once. A wrong proof is answered with 401 `invalid_dpop_proof`; its code is `proof_invalid`.',
  'services.strict.url':
    '`dpop.url` is where applications call your service, in front of all proxies: `https://api.example.com`. The request itself is not believed in this: otherwise a proof for another service would do here.',
  'services.strict.replay':
    'The process remembers which proofs were used. One user’s proofs fill half of that memory at most (option `dpop.entries`): beyond that, only this user is answered with `503`. Several processes share a memory with `dpop.replay`: its function `remember` notes a proof, and tells whether it is new.',
  'services.strict.signed':
    'With `signedIntrospection` this server signs its answers (RFC 9701), and the kit believes no other. https keeps an answer safe on its way to your service; a signature also does so past proxies that open https. The kit sends a random value along, and believes only the answer with this value and with the hash of this token.',

  'services.introspection.title': 'Other languages',
  'services.introspection.text':
    'Ask the introspection endpoint about each token (RFC 7662). ID and secret of your service go into HTTP Basic, the token into the form:',
  'services.introspection.label': 'Introspect: bash with curl',
  'services.introspection.active': 'The answer about a token that is live',
  'services.introspection.inactive': 'The answer about any other token',
  'services.introspection.rules': 'Then it is your service that has to be strict:',
  'services.introspection.rule.header':
    'Take the token from the `Authorization` header only, never from the address or the body.',
  'services.introspection.rule.active':
    'Go on only with `active: true` and `token_type` `Bearer`. A token of type `DPoP` is bound to a key, and worth nothing without the proof.',
  'services.introspection.rule.scope':
    'Look in `scope`, which is separated by spaces, for `read` with safe methods and for `write` with others.',
  'services.introspection.rule.organizer':
    'The slug of your route has to be in `organizers`, and the permission in `permissions` under that slug. Both are what holds now. One access covers at most {limit} organizers, and the answer has no more.',
  'services.introspection.rule.away':
    'No answer, a slow one, or one that you do not understand: let nobody in, and answer `503`. Set a time limit.',
  'services.introspection.rule.cache': 'Do not keep answers, or know [what it costs](#cache).',
  'services.introspection.signed':
    'With the header `Accept: application/token-introspection+jwt` the answer is a JWT (RFC 9701). Check its signature with the keys at `{issuer}/api/v1/oauth/jwks`, its `typ`, `iss` and your ID in `aud`. Check too that it belongs to your question: `ath` is the base64url SHA-256 hash of the token, and `nonce` repeats the parameter `nonce` of your request. The answer is in `token_introspection`.',

  'services.python.title': 'Python',
  'services.python.text':
    'The same service as a WSGI application. Needs Python 3.8 or newer, and no packages. Start it with `python3 service.py`; in Django or Flask, call `verify_organizer` in a decorator.',

  'services.apache.title': 'Apache',
  'services.apache.text':
    'Apache can guard a service behind it that knows nothing of tokens, with the module mod_auth_openidc: `apt install libapache2-mod-auth-openidc`. Set the two variables in `/etc/apache2/envvars`, and put this into `/etc/apache2/conf-available/stagedoor.conf`:',
  'services.apache.keep':
    'Mind `OIDCOAuthTokenIntrospectionInterval -1`: without it, the module keeps the first answer until the token expires, and a revoked token works until then.',
  'services.apache.headers':
    'Your service finds the user in the header `OIDC_CLAIM_sub`, and the rest in others like it; Apache removes those that callers send. See to it that nobody can reach the service past Apache.',
  'services.apache.https': 'The module talks to this server by `https` only.',
  'services.apache.slugs':
    'The module can’t look up permissions for an organizer with a dot in its slug, and refuses.',
  'services.apache.away':
    'While this server is away, the module lets nobody in, but answers `401` in place of `503`.',
} as const satisfies Record<string, Message>;

/** German texts of the guide for API services. */
export const apiServicesDe = {
  'services.title': 'Anleitung für API-Dienste',
  'services.landing': 'Du schreibst einen API-Dienst dieser Plattform?',
  'services.lead':
    'Wie ein Dienst der Plattform Anwendungen hereinlässt: mit einem Token, das in diesem Moment gültig ist, zu den Veranstaltern, die der Benutzer ausgewählt hat, und für das, was der Benutzer dort darf.',
  'services.applications':
    'Du schreibst eine Anwendung, die solche Dienste aufruft? Das steht in der [Anleitung für Entwickler](/docs).',

  'services.overview.title': 'So funktioniert es',
  'services.overview.text':
    'Eine Anwendung ruft deinen Dienst mit einem Access-Token im Header `Authorization: Bearer …` auf. Das Token selbst sagt nichts. Bei jeder Anfrage tut dein Dienst dies:',
  'services.overview.step1': 'Er nimmt das Token aus diesem Header, und von nirgends sonst.',
  'services.overview.step2':
    'Er fragt diesen Server, was das Token jetzt öffnet (Introspection, RFC 7662).',
  'services.overview.step3': 'Er prüft Scope, Veranstalter und Recht.',
  'services.overview.step4': 'Er antwortet mit dem, was das Token öffnet, und mit nichts sonst.',
  'services.overview.kit':
    'Für Node.js gibt es ein [Kit](#kit), das all das in drei Zeilen tut und keine halben Sachen zulässt. [Jede andere Sprache](#introspection) schafft es mit einer HTTP-Anfrage.',

  'services.register.title': 'Deinen Dienst registrieren',
  'services.register.text':
    'Jeder Dienst hat eine eigene ID und ein eigenes Secret. Ein Betreiber dieses Servers bekommt sie mit dem Operator-Token:',
  'services.register.label': 'Registrieren: bash mit curl',
  'services.register.answer': 'Die Antwort zeigt das Secret, dieses eine Mal:',
  'services.register.keep':
    'Gib dem Dienst beides in seiner Umgebung mit, als `STAGEDOOR_CLIENT_ID` und `STAGEDOOR_CLIENT_SECRET`; alle Beispiele lesen es dort. Halte das Secret aus deinem Quelltext heraus: Mit ihm kann jeder in jedes Access-Token sehen, das er findet.',
  'services.register.replace':
    'Ein neues Secret ist eine neue Registrierung: Registriere den Dienst noch einmal, stell ihn um, und lösche die alte Registrierung mit `DELETE /api/v1/resource-servers/…/`. Alle Endpunkte für Operatoren stehen in der [API-Referenz](/docs/api).',

  'services.kit.title': 'Das Kit für Node.js',
  'services.kit.text':
    'Es braucht Node.js ab Version 20 und bringt ein Paket mit, `oauth4webapi`. Im Quelltext von Stagedoor machen `npm run build` und danach `npm pack ./dist` eine Datei daraus. In deinem Dienst: `npm install ./stagedoor-0.1.0.tgz`.',
  'services.kit.three':
    'Drei Zeilen machen eine geschützte Route. Sie sind in diesen Programmen nummeriert; alle sind derselbe Dienst, für [Koa](#koa), [Express](#express), [Fastify](#fastify), [node:http](#node) und [den fetch-Stil](#fetch): `/orders` listet über Veranstalter hinweg, `/organizers/…/orders` zeigt die Bestellungen bei einem und legt welche an.',
  'services.koa': 'Koa',
  'services.koa_text': 'Braucht `npm install koa @koa/router`.',
  'services.express': 'Express',
  'services.express_text': 'Braucht `npm install express`, Version 4 oder 5.',
  'services.fastify': 'Fastify',
  'services.fastify_text':
    'Braucht `npm install fastify`. Der Wächter läuft, bevor Fastify den Body einer Anfrage liest.',
  'services.node': 'node:http',
  'services.node_text': 'Braucht sonst nichts.',
  'services.fetch': 'Der fetch-Stil',
  'services.fetch_text':
    'Für alles, was einen `Request` mit einer `Response` beantwortet: Hono, Next.js, Bun, Deno.',

  'services.guards.title': 'Die drei Wächter',
  'services.guards.text':
    'Geprüft wird in dieser Reihenfolge. Die erste Prüfung, die scheitert, antwortet.',
  'services.guards.column': 'Wächter',
  'services.guards.how': 'Wie du es sagst',
  'services.guards.what': 'Wer hereinkommt',
  'services.guards.scope': 'Scope',
  'services.guards.scope.how': 'Nichts zu sagen',
  'services.guards.scope.what':
    "Sichere Methoden (GET, HEAD, OPTIONS) brauchen `read`, alle anderen `write`. Keiner schließt den anderen ein. Für eine Route, die etwas anderes will: `scopes: ['profile']`.",
  'services.guards.organizer': 'Veranstalter',
  'services.guards.organizer.how': "`organizer: 'organizer'`",
  'services.guards.organizer.what':
    'Tokens, die den Veranstalter öffnen, dessen Slug in diesem Parameter der Route steht: Der Benutzer hat ihn ausgewählt und ist dort jetzt Mitglied.',
  'services.guards.permission': 'Recht',
  'services.guards.permission.how': "`permission: 'can_view_orders'`",
  'services.guards.permission.what':
    'Benutzer, deren Teams bei diesem Veranstalter das Recht heute haben. Verschiedene für sichere Methoden und für den Rest: `permission: { read: …, write: … }`.',
  'services.guards.null':
    '`organizer` lässt sich nicht weglassen: Eine Route, in der es um keinen Veranstalter geht oder um alle, die das Token öffnet, sagt `organizer: null`.',
  'services.guards.function':
    'Steht der Slug nicht in der Adresse, nenn eine Funktion, die ihn findet: `organizer: findOrganizer`. Sie bekommt, was eine Route als Erstes bekommt, und wird nur für Tokens aufgerufen, die gültig sind und den Scope haben. Findet sie nichts, soll sie nichts liefern.',
  'services.guards.mistakes':
    'Fehler schließen eine Route, sie öffnen sie nie. Ein falsch geschriebener Name fällt beim Start auf, und `accessOf` wirft einen Fehler in einer Route ohne Wächter.',
  'services.guards.permissions': 'Rechte, die Teams auf diesem Server haben können:',

  'services.lists.title': 'Listen',
  'services.lists.text':
    'Eine Liste über Veranstalter hinweg zeigt, was das Token öffnet. Das gehört in die Datenbankabfrage, damit auch Anzahl und Seiten stimmen:',
  'services.lists.organizers':
    '`access.organizers`: die Veranstalter, die das Token jetzt öffnet, für alles, was jedes Mitglied sehen darf.',
  'services.lists.with':
    "`access.organizersWith('can_view_orders')`: diejenigen davon, bei denen der Benutzer das Recht hat, für alles, was eines braucht.",
  'services.lists.one':
    'Für eine einzelne Sache: `access.opens(slug)` und `access.can(slug, permission)`.',
  'services.lists.who':
    '`access.sub` ist der Benutzer, `access.clientId` die Anwendung. Schreib beides in dein eigenes Log.',
  'services.lists.fresh':
    'Heb nichts davon für die nächste Anfrage auf: Benutzer verlassen Teams, verlieren Rechte und nehmen Veranstalter aus einer Autorisierung heraus.',

  'services.refusals.title': 'Wie Ablehnungen aussehen',
  'services.refusals.text':
    'So, wie RFC 6750 es will, mit einem Satz im Body. Anwendungen kennen diese Antworten aus der [Anleitung für Entwickler](/docs#errors); lass deine eigenen Routen genauso antworten.',
  'services.refusals.label': 'Die Antwort auf ein POST mit einem Token zum Lesen',
  'services.refusals.column': 'Code',
  'services.refusals.code':
    'Die Codes sind die des Kits: `RefusedError.code`, für dein Log. Sie werden nicht verschickt.',
  'services.refusals.token_missing':
    '401, ohne Fehlercode. Die Anfrage hat kein Bearer-Token im Header.',
  'services.refusals.token_missing.remedy': 'Die Anwendung schickt eines mit.',
  'services.refusals.token_invalid':
    '401 `invalid_token`. Das Token ist abgelaufen oder widerrufen, oder war nie eines. Auch ein Refresh-Token ist keines.',
  'services.refusals.token_invalid.remedy':
    'Die Anwendung erneuert einmal; scheitert das, verbindet sich der Benutzer neu.',
  'services.refusals.scope_missing':
    '403 `insufficient_scope`, mit dem Scope, den die Methode braucht.',
  'services.refusals.scope_missing.remedy':
    'Die Anwendung fragt diesen Scope in einer neuen Autorisierung an.',
  'services.refusals.organizer_closed':
    '403 `insufficient_scope`. Das Token öffnet diesen Veranstalter nicht; ob es ihn gibt, wird nicht gesagt.',
  'services.refusals.organizer_closed.remedy':
    'Der Benutzer wählt den Veranstalter in einer neuen Autorisierung aus, wenn er dort Mitglied ist.',
  'services.refusals.permission_missing':
    '403 `insufficient_scope`. Der Benutzer darf das bei diesem Veranstalter nicht.',
  'services.refusals.permission_missing.remedy':
    'Der Veranstalter gibt einem Team des Benutzers das Recht.',
  'services.refusals.unavailable':
    '503 mit `Retry-After`. Im Moment kann niemand sagen, ob das Token gültig ist.',
  'services.refusals.unavailable.remedy': 'Die Anwendung wartet und behält ihre Tokens.',

  'services.outages.title': 'Wenn dieser Server nicht da ist',
  'services.outages.text':
    'Dann lässt das Kit niemanden herein. Es antwortet mit `503` und nicht mit `401`, damit keine Anwendung deswegen ihre Tokens wegwirft. Was dein Dienst ohne Tokens tut, läuft weiter.',
  'services.outages.retry':
    'Eine abgerissene Verbindung wird noch einmal versucht, auf einer neuen. Alles in allem wartet eine Anfrage höchstens 3 Sekunden (Option `timeout`, in Millisekunden).',
  'services.outages.circuit':
    'Nach 5 Ausfällen in Folge (keine Verbindung, keine rechtzeitige Antwort, Status 502 bis 504) antwortet das Kit 2 Sekunden lang sofort, ohne zu fragen; dann versucht es eine Anfrage wieder (Option `circuit`). Andere Fehler können an einem einzelnen Token liegen und halten deshalb keine andere Anfrage auf. Nichts muss neu gestartet werden.',
  'services.outages.log':
    'Der Grund kommt in dein Log und nie zum Aufrufer: eine Zeile auf der Standardfehlerausgabe, oder was du mit der Option `onUnavailable` daraus machst.',
  'services.outages.setup':
    'Was falsch eingestellt ist, sagt eine Zeile, die auch sagt, was zu tun ist: beim Start für eine Option, die nicht stimmen kann, bei der ersten Anfrage für eine falsche Adresse oder ein falsches Secret.',

  'services.cache.title': 'Der Cache, und was er kostet',
  'services.cache.text':
    'Es gibt keinen, wenn du keinen verlangst: Jede Anfrage fragt diesen Server, und ein widerrufenes Token öffnet von dem Moment an nichts mehr.',
  'services.cache.how':
    'Ist das zu viel für deinen Dienst: `createResourceServer({ …, cache: { entries: 1000, seconds: 10 } })`. Antworten bleiben im Speicher, unter einem Hash des Tokens, und nie über dessen Ende hinaus. Anfragen, die zur selben Zeit mit demselben Token kommen, teilen sich eine Frage. `cache.bytes` begrenzt den Speicher, ohne Angabe auf 64 MiB.',
  'services.cache.trade':
    'Der Preis: Ein widerrufenes Token lebt in deinem Dienst bis zu `seconds` Sekunden weiter. Ebenso ein Veranstalter, den der Benutzer verlassen hat, und ein Recht, das ein Team verloren hat, auch während dieser Server nicht da ist. Nimm so wenige Sekunden, wie es geht: Wer auf „Widerrufen“ drückt, erwartet, dass es vorbei ist.',

  'services.strict.title': 'Gebundene Tokens, signierte Antworten',
  'services.strict.text':
    'Zwei Optionen machen das Kit strenger. Beide sind aus, bis du sie einschaltest.',
  'services.strict.dpop':
    'Eine Anwendung kann ihre Tokens an einen eigenen Schlüssel binden (DPoP, RFC 9449); ein gestohlenes ist dann nichts wert. Ohne `dpop` lehnt dein Dienst solche Tokens ab. Mit der Option nimmt er beide Arten und prüft den Beweis in jeder Anfrage: Methode, URL, Zeit, Token, und dass er nur einmal verwendet wird. Auf einen falschen Beweis antwortet er mit 401 `invalid_dpop_proof`; der Code ist `proof_invalid`.',
  'services.strict.url':
    '`dpop.url` ist, wo Anwendungen deinen Dienst aufrufen, vor allen Proxys: `https://api.example.com`. Der Anfrage selbst wird das nicht geglaubt: Sonst ginge hier auch ein Beweis für einen anderen Dienst.',
  'services.strict.replay':
    'Der Prozess merkt sich, welche Beweise verwendet wurden. Die Beweise eines Benutzers füllen höchstens die Hälfte dieses Speichers (Option `dpop.entries`): Darüber hinaus bekommt nur dieser Benutzer `503`. Mehrere Prozesse teilen sich mit `dpop.replay` ein Gedächtnis: Dessen Funktion `remember` vermerkt einen Beweis und sagt, ob er neu ist.',
  'services.strict.signed':
    'Mit `signedIntrospection` signiert dieser Server seine Antworten (RFC 9701), und das Kit glaubt keinen anderen. https schützt eine Antwort auf dem Weg zu deinem Dienst; eine Signatur tut es auch an Proxys vorbei, die https öffnen. Das Kit schickt einen Zufallswert mit und glaubt nur der Antwort mit diesem Wert und dem Hash dieses Tokens.',

  'services.introspection.title': 'Andere Sprachen',
  'services.introspection.text':
    'Frag den Introspection-Endpunkt nach jedem Token (RFC 7662). ID und Secret deines Dienstes gehören in HTTP Basic, das Token ins Formular:',
  'services.introspection.label': 'Introspection: bash mit curl',
  'services.introspection.active': 'Die Antwort zu einem gültigen Token',
  'services.introspection.inactive': 'Die Antwort zu jedem anderen Token',
  'services.introspection.rules': 'Danach muss dein Dienst streng sein:',
  'services.introspection.rule.header':
    'Nimm das Token nur aus dem Header `Authorization`, nie aus der Adresse oder dem Body.',
  'services.introspection.rule.active':
    'Mach nur weiter bei `active: true` und `token_type` `Bearer`. Ein Token vom Typ `DPoP` ist an einen Schlüssel gebunden und ohne den Beweis nichts wert.',
  'services.introspection.rule.scope':
    'Such in `scope`, durch Leerzeichen getrennt, bei sicheren Methoden nach `read` und bei anderen nach `write`.',
  'services.introspection.rule.organizer':
    'Der Slug deiner Route muss in `organizers` stehen, und das Recht in `permissions` unter diesem Slug. Beides ist, was jetzt gilt. Ein Zugriff umfasst höchstens {limit} Veranstalter, und mehr stehen nicht in der Antwort.',
  'services.introspection.rule.away':
    'Keine Antwort, eine langsame, oder eine, die du nicht verstehst: Lass niemanden herein, und antworte mit `503`. Setz eine Zeitgrenze.',
  'services.introspection.rule.cache':
    'Heb Antworten nicht auf, oder mach dir klar, [was das kostet](#cache).',
  'services.introspection.signed':
    'Mit dem Header `Accept: application/token-introspection+jwt` ist die Antwort ein JWT (RFC 9701). Prüf seine Signatur mit den Schlüsseln unter `{issuer}/api/v1/oauth/jwks`, seinen `typ`, `iss` und deine ID in `aud`. Prüf auch, dass er zu deiner Frage gehört: `ath` ist der SHA-256-Hash des Tokens in base64url, und `nonce` wiederholt den Parameter `nonce` deiner Anfrage. Die Antwort steht in `token_introspection`.',

  'services.python.title': 'Python',
  'services.python.text':
    'Derselbe Dienst als WSGI-Anwendung. Braucht Python ab Version 3.8 und keine Pakete. So startest du ihn: `python3 service.py`. In Django oder Flask ruf `verify_organizer` in einem Decorator auf.',

  'services.apache.title': 'Apache',
  'services.apache.text':
    'Apache kann einen Dienst schützen, der von Tokens nichts weiß, mit dem Modul mod_auth_openidc: `apt install libapache2-mod-auth-openidc`. Setz die zwei Variablen in `/etc/apache2/envvars`, und schreib dies in `/etc/apache2/conf-available/stagedoor.conf`:',
  'services.apache.keep':
    'Achte auf `OIDCOAuthTokenIntrospectionInterval -1`: Ohne diese Zeile behält das Modul die erste Antwort, bis das Token abläuft, und so lange funktioniert ein widerrufenes Token.',
  'services.apache.headers':
    'Dein Dienst findet den Benutzer im Header `OIDC_CLAIM_sub` und alles andere in ähnlichen; Apache entfernt die, die Aufrufer selbst schicken. Sorg dafür, dass niemand den Dienst an Apache vorbei erreicht.',
  'services.apache.https': 'Das Modul spricht mit diesem Server nur per `https`.',
  'services.apache.slugs':
    'Rechte für einen Veranstalter mit einem Punkt im Slug kann das Modul nicht nachsehen; es lehnt dann ab.',
  'services.apache.away':
    'Ist dieser Server nicht da, lässt das Modul niemanden herein, antwortet aber mit `401` statt mit `503`.',
} as const satisfies Translated<typeof apiServicesEn>;
