import type { Message, Translated } from '../http/messages/message.ts';

/** What was wrong with a request, and what the checker says of a URL: English. */
export const insightReasonsEn = {
  'insights.reason.parameter_missing': 'Missing or empty: {parameters}. Send it with a value.',
  'insights.reason.parameter_twice': 'Sent more than once: {parameters}. Send it once.',
  'insights.reason.control_characters':
    'The value of {parameter} holds a line break or another control character. Leave it out.',
  'insights.reason.redirect_uri_mismatch':
    'The redirect_uri is not a registered one. It has to be the same, character by character. Send a registered one, or register this one.',
  'insights.reason.redirect_uri_encoded_twice':
    'The redirect_uri is percent-encoded twice. Encode it once; libraries that build URLs do that by themselves.',
  'insights.reason.redirect_uri_cut':
    'The redirect_uri ends too early: an ampersand in it was not percent-encoded, so what follows was read as further parameters. Encode the whole value.',
  'insights.reason.response_type_unsupported':
    'response_type is “{sent}”. This server knows “code” only.',
  'insights.reason.response_mode_unsupported':
    'response_mode is “{sent}”. Leave it out, or send query, fragment or form_post.',
  'insights.reason.scope_malformed':
    'scope holds characters that it can’t have, or more than one space in a row. Send names with one space between them.',
  'insights.reason.scope_separator':
    'scope holds “{scope}”. Names are separated by a space (%20 or + in the URL), by nothing else.',
  'insights.reason.scope_unknown': 'There is no scope “{scope}”. You may ask for: {registered}.',
  'insights.reason.scope_not_registered':
    'The application is not registered for the scope “{scope}”. Add it in its settings, or ask only for: {registered}.',
  'insights.reason.scope_no_default':
    'scope is missing, and the application is registered for none of the default scopes. Say which you need.',
  'insights.reason.pkce_missing':
    'code_challenge is missing: this application has to use PKCE. Send code_challenge and code_challenge_method=S256.',
  'insights.reason.pkce_method_missing':
    'code_challenge_method is missing. Send S256 with the code_challenge.',
  'insights.reason.pkce_method_unsupported':
    'code_challenge_method is “{sent}”. Send S256, in exactly this spelling; plain is not possible.',
  'insights.reason.pkce_challenge_missing':
    'There is a code_challenge_method but no code_challenge. Send both.',
  'insights.reason.pkce_challenge_length':
    'code_challenge has {length} characters. It is the SHA-256 of the verifier in base64url: 43 characters.',
  'insights.reason.pkce_challenge_characters':
    'code_challenge holds characters that it can’t have. It is base64url: - and _ instead of + and /, and no = at the end.',
  'insights.reason.prompt_unsupported':
    'prompt is “{sent}”. Send login, consent, both with a space between them, or none.',
  'insights.reason.prompt_none_not_alone': 'prompt=none can’t be combined with another value.',
  'insights.reason.openid_parameter':
    '{parameter} is a parameter of OpenID Connect, which this server does not speak. Leave it out.',
  'insights.reason.request_object_unsupported':
    'Signed request objects (request) are not possible. Send plain parameters, or push the request.',
  'insights.reason.request_uri_unsupported':
    'This request_uri does not come from this server’s endpoint for pushed requests. Send plain parameters, or push the request.',
  'insights.reason.dpop_thumbprint_malformed':
    'dpop_jkt is no thumbprint. It is the SHA-256 of the public key in base64url, as RFC 7638 makes it: 43 characters.',
  'insights.reason.request_uri_invalid':
    'The pushed request was not found: it was used already, or it is older than 60 seconds. Push a new one each time.',
  'insights.reason.registration_unsupported':
    'The parameter registration is not possible. Leave it out.',
  'insights.reason.application_suspended':
    'The application is suspended by an operator. Its page says why.',
  'insights.reason.application_disabled':
    'The application is disabled. Its owner can enable it on its page.',
  'insights.reason.awaits_review':
    'The application awaits its review by an operator. Until then it works for its owner only.',
  'insights.reason.interaction_needed':
    'The request said prompt=none, but the person had to sign in or to allow access first. Send the person again, without it.',
  'insights.reason.access_denied': 'The person denied access.',
  'insights.reason.client_secret_wrong':
    'The client secret is not one of this application’s. Was it cut short, has it a space or line break too many, or was it deleted?',
  'insights.reason.client_secret_none_valid':
    'The application has no secret that is still valid. Add one on its page.',
  'insights.reason.client_secret_empty':
    'The client secret in the Authorization header was empty. Is it set where the application runs?',
  'insights.reason.client_auth_missing':
    'The application did not authenticate. It is confidential: send client id and secret by HTTP Basic, or as client_id and client_secret in the body.',
  'insights.reason.client_auth_unexpected':
    'The application sent a secret, but it is public and has none. Send client_id in the body and no Authorization header.',
  'insights.reason.client_auth_twice':
    'The application authenticated in two ways at once. Use the Authorization header or client_secret in the body, not both.',
  'insights.reason.client_id_mismatch':
    'The client_id in the body is another one than that in the Authorization header.',
  'insights.reason.authorization_header_malformed':
    'The Authorization header can’t be read. It is “Basic”, a space, and the base64 of client id, colon, secret, with both percent-encoded before.',
  'insights.reason.origin_not_allowed':
    'The request came from a page of {sent}. From a browser, only public applications may ask, from an origin of their redirect URIs.',
  'insights.reason.body_unsupported':
    'The body could not be read. Send it as application/x-www-form-urlencoded, not as JSON.',
  'insights.reason.grant_type_unsupported':
    'grant_type is “{sent}”. This server knows authorization_code and refresh_token.',
  'insights.reason.code_unknown':
    'There is no such code. It was cut or changed on its way, is long expired, or comes from another server.',
  'insights.reason.code_expired':
    'The code had expired: it is good for 60 seconds. Exchange it at once when it arrives.',
  'insights.reason.code_reused':
    'The code was used a second time. This ended the authorization and all of its tokens. Exchange each code once: beware of reloads and of repeated requests.',
  'insights.reason.code_redirect_uri':
    'The redirect_uri is not the one with which the code was asked for. Send the same one to the token endpoint.',
  'insights.reason.verifier_missing':
    'code_verifier is missing, though the code was asked for with a code_challenge.',
  'insights.reason.verifier_wrong':
    'The code_verifier does not fit the code_challenge. The challenge is the SHA-256 of the verifier in base64url without padding; both have to be of the same attempt.',
  'insights.reason.verifier_length':
    'The code_verifier has a length that it can’t have: it is 43 to 128 characters.',
  'insights.reason.verifier_characters':
    'The code_verifier holds characters that it can’t have: letters, digits and - . _ ~ are possible.',
  'insights.reason.verifier_unexpected':
    'There is a code_verifier, though the code was asked for without a code_challenge.',
  'insights.reason.refresh_token_unknown':
    'There is no such refresh token. It was cut or changed, is long expired, or comes from another server.',
  'insights.reason.refresh_token_expired':
    'The refresh token had expired, because it was not used for too long. Ask the person for access again.',
  'insights.reason.refresh_token_reused':
    'The refresh token had been used before. This ended the authorization and all of its tokens. Keep the new refresh token of each answer, and let only one process refresh at a time.',
  'insights.reason.refresh_scope':
    'The refresh asked for a scope that the person did not allow: {scope}.',
  'insights.reason.scope_withdrawn':
    'The application is no longer registered for any scope of this authorization.',
  'insights.reason.dpop_proof_missing':
    'There is no DPoP proof, though the code was asked for with a key (dpop_jkt). Send a proof in the header DPoP.',
  'insights.reason.dpop_proof_reused':
    'The DPoP proof had been used before. Make a new one, with a new jti, for each request.',
  'insights.reason.dpop_proof_invalid': 'The DPoP proof was refused: {description}',
  'insights.reason.dpop_key_wrong':
    'The request was not made with the key to which the code or token is bound. Send a DPoP proof of the same key; if it is lost, ask the person for access again.',
  'insights.reason.token_of_another':
    'The code or token was issued to another application. Is the right client id in use?',
  'insights.reason.revoked_by_user':
    'The person has ended the authorization. Ask for access again, if the person wants that.',
  'insights.reason.revoked_by_client': 'The application itself had revoked the authorization.',
  'insights.reason.revoked_by_operator': 'An operator has ended the authorization.',
  'insights.reason.ended_by_reuse':
    'The authorization was ended earlier, because a code or a refresh token of it was used twice. Ask the person for access again.',
  'insights.reason.user_inactive': 'The person’s account is not active any more.',
  'insights.reason.other': 'The server said: {description}',

  'insights.reason.fits': 'As it should be.',
  'insights.reason.fragment_dropped':
    'What follows # never reaches this server: browsers keep it to themselves. Is a # in a value not percent-encoded?',
  'insights.reason.endpoint_spelling':
    'Accepted for now, but the path is not spelt as documented. Write {expected}, in lower case and without a slash at the end.',
  'insights.reason.client_id_fits': 'This application’s.',
  'insights.reason.redirect_uri_fits': 'A registered one.',
  'insights.reason.redirect_uri_any_port':
    'A registered one; on loopback, a native application may use any port.',
  'insights.reason.scope_fits': 'Asks for: {scopes}.',
  'insights.reason.scope_default': 'Not there, so the default is asked for: {scopes}.',
  'insights.reason.state_there':
    'There. Compare it when the person comes back, and use a new one each time.',
  'insights.reason.state_missing':
    'Not there. Send an unguessable value and compare it when the person comes back; else others can make people finish an authorization that is not theirs.',
  'insights.reason.state_short':
    'Very short. It has to be unguessable: at least 128 random bits are usual.',
  'insights.reason.pkce_fits': 'As long as a SHA-256 in base64url.',
  'insights.reason.pkce_left_out':
    'Not there. This application need not use PKCE, but a code that is stolen on its way would be of use without it.',
  'insights.reason.challenge_not_sha256':
    'Accepted, but no verifier will ever fit: it has {length} characters, or others than base64url has. A SHA-256 in base64url has 43.',
  'insights.reason.challenge_hex':
    'Accepted, but no verifier will ever fit: this is a SHA-256 in hexadecimal. It has to be base64url.',
  'insights.reason.prompt_none':
    'No page is shown: who is not signed in, or has not allowed access yet, comes back with an error.',
  'insights.reason.prompt_fits': 'The person is asked anew.',
  'insights.reason.approval_prompt_force': 'The consent page is always shown.',
  'insights.reason.approval_prompt_ignored': '“{sent}” changes nothing; only “force” does.',
  'insights.reason.response_mode_fits': 'A way of answering that this server knows.',
  'insights.reason.hint_taken': 'Accepted, as a hint only.',
  'insights.reason.parameter_ignored': 'Not known here, and ignored.',
  'insights.reason.parameter_empty': 'Empty, which is as good as not there.',
  'insights.reason.parameter_similar': 'Not known here, and ignored. Is {expected} meant?',
  'insights.reason.secret_in_url':
    'The client secret must never be in this URL: it ends up in browsers and logs. Leave it out, and replace the secret.',
  'insights.reason.verifier_in_url':
    'The verifier must not be in this URL: only its challenge is. Send it to the token endpoint.',
  'insights.reason.ampersand_escaped':
    'The ampersand before {parameter} was escaped as in HTML (“amp;” follows it), so the parameter was not found. Send a plain ampersand.',
  'insights.reason.pushed_request':
    'A pushed request: what counts is what was pushed. The reference can be opened once, within 60 seconds.',
  'insights.reason.url_empty': 'Nothing was pasted.',
  'insights.reason.url_invalid': 'This is no URL. It has to begin with {expected}.',
  'insights.reason.url_too_long':
    'With {length} characters, the URL is too long for this server. Push the request instead (RFC 9126).',
  'insights.reason.endpoint_origin':
    'The URL leads to {sent}, which is not this server. It has to begin with {expected}.',
  'insights.reason.endpoint_path': 'The path is {sent}. The URL has to begin with {expected}.',
  'insights.reason.client_id_foreign':
    '“{sent}” is not this application’s client id. That is {expected}.',
  'insights.reason.client_id_spelling':
    '“{sent}” is this application’s client id in another spelling. It has to be exactly {expected}.',
} as const satisfies Record<string, Message>;

/** What was wrong with a request, and what the checker says of a URL: German. */
export const insightReasonsDe = {
  'insights.reason.parameter_missing': 'Fehlt oder ist leer: {parameters}. Sende einen Wert.',
  'insights.reason.parameter_twice': 'Mehrfach gesendet: {parameters}. Sende es einmal.',
  'insights.reason.control_characters':
    'Der Wert von {parameter} enthält einen Zeilenumbruch oder ein anderes Steuerzeichen. Lass es weg.',
  'insights.reason.redirect_uri_mismatch':
    'Die redirect_uri ist nicht registriert. Sie muss Zeichen für Zeichen gleich sein. Sende eine registrierte oder registriere diese.',
  'insights.reason.redirect_uri_encoded_twice':
    'Die redirect_uri ist doppelt prozentkodiert. Kodiere sie einmal; Bibliotheken, die URLs bauen, tun das von selbst.',
  'insights.reason.redirect_uri_cut':
    'Die redirect_uri endet zu früh: Ein kaufmännisches Und darin war nicht prozentkodiert, also wurde das Folgende als weitere Parameter gelesen. Kodiere den ganzen Wert.',
  'insights.reason.response_type_unsupported':
    'response_type ist „{sent}“. Dieser Server kennt nur „code“.',
  'insights.reason.response_mode_unsupported':
    'response_mode ist „{sent}“. Lass es weg oder sende query, fragment oder form_post.',
  'insights.reason.scope_malformed':
    'scope enthält unmögliche Zeichen oder mehrere Leerzeichen hintereinander. Sende Namen mit je einem Leerzeichen dazwischen.',
  'insights.reason.scope_separator':
    'scope enthält „{scope}“. Namen werden durch ein Leerzeichen getrennt (%20 oder + in der URL), durch nichts anderes.',
  'insights.reason.scope_unknown':
    'Es gibt keinen Scope „{scope}“. Du kannst bitten um: {registered}.',
  'insights.reason.scope_not_registered':
    'Die Anwendung ist für den Scope „{scope}“ nicht registriert. Füge ihn in ihren Einstellungen hinzu oder bitte nur um: {registered}.',
  'insights.reason.scope_no_default':
    'scope fehlt, und die Anwendung ist für keinen der Standard-Scopes registriert. Gib an, welche du brauchst.',
  'insights.reason.pkce_missing':
    'code_challenge fehlt: Diese Anwendung muss PKCE benutzen. Sende code_challenge und code_challenge_method=S256.',
  'insights.reason.pkce_method_missing':
    'code_challenge_method fehlt. Sende S256 zusammen mit der code_challenge.',
  'insights.reason.pkce_method_unsupported':
    'code_challenge_method ist „{sent}“. Sende S256, genau so geschrieben; plain ist nicht möglich.',
  'insights.reason.pkce_challenge_missing':
    'Es gibt eine code_challenge_method, aber keine code_challenge. Sende beide.',
  'insights.reason.pkce_challenge_length':
    'code_challenge hat {length} Zeichen. Sie ist der SHA-256 des Verifiers in base64url: 43 Zeichen.',
  'insights.reason.pkce_challenge_characters':
    'code_challenge enthält unmögliche Zeichen. Sie ist base64url: - und _ statt + und /, und kein = am Ende.',
  'insights.reason.prompt_unsupported':
    'prompt ist „{sent}“. Sende login, consent, beide mit einem Leerzeichen dazwischen, oder none.',
  'insights.reason.prompt_none_not_alone':
    'prompt=none kann nicht mit einem anderen Wert verbunden werden.',
  'insights.reason.openid_parameter':
    '{parameter} ist ein Parameter von OpenID Connect, das dieser Server nicht spricht. Lass ihn weg.',
  'insights.reason.request_object_unsupported':
    'Signierte Request-Objekte (request) sind nicht möglich. Sende einfache Parameter oder einen Pushed Request.',
  'insights.reason.request_uri_unsupported':
    'Diese request_uri kommt nicht vom Endpunkt für Pushed Requests dieses Servers. Sende einfache Parameter oder einen Pushed Request.',
  'insights.reason.dpop_thumbprint_malformed':
    'dpop_jkt ist kein Fingerabdruck. Das ist der SHA-256 des öffentlichen Schlüssels in base64url, wie RFC 7638 ihn bildet: 43 Zeichen.',
  'insights.reason.request_uri_invalid':
    'Der Pushed Request wurde nicht gefunden: Er ist schon benutzt oder älter als 60 Sekunden. Sende jedes Mal einen neuen.',
  'insights.reason.registration_unsupported':
    'Der Parameter registration ist nicht möglich. Lass ihn weg.',
  'insights.reason.application_suspended':
    'Die Anwendung ist vom Betreiber gesperrt. Warum, steht auf ihrer Seite.',
  'insights.reason.application_disabled':
    'Die Anwendung ist ausgeschaltet. Auf ihrer Seite kann sie wieder eingeschaltet werden.',
  'insights.reason.awaits_review':
    'Die Anwendung wartet auf ihre Prüfung. Bis dahin funktioniert sie nur für die Person, der sie gehört.',
  'insights.reason.interaction_needed':
    'Die Anfrage sagte prompt=none, aber die Person musste sich erst anmelden oder den Zugriff erlauben. Schicke die Person noch einmal, ohne prompt=none.',
  'insights.reason.access_denied': 'Die Person hat den Zugriff abgelehnt.',
  'insights.reason.client_secret_wrong':
    'Das Client-Secret gehört nicht zu dieser Anwendung. Ist es abgeschnitten, hat es ein Leerzeichen oder einen Zeilenumbruch zu viel, oder wurde es gelöscht?',
  'insights.reason.client_secret_none_valid':
    'Die Anwendung hat kein gültiges Secret mehr. Füge auf ihrer Seite eines hinzu.',
  'insights.reason.client_secret_empty':
    'Das Client-Secret im Authorization-Header war leer. Ist es dort gesetzt, wo die Anwendung läuft?',
  'insights.reason.client_auth_missing':
    'Die Anwendung hat sich nicht ausgewiesen. Sie ist vertraulich: Sende Client-ID und Secret per HTTP Basic oder als client_id und client_secret im Body.',
  'insights.reason.client_auth_unexpected':
    'Die Anwendung hat ein Secret gesendet, ist aber öffentlich und hat keines. Sende client_id im Body und keinen Authorization-Header.',
  'insights.reason.client_auth_twice':
    'Die Anwendung hat sich auf zwei Arten zugleich ausgewiesen. Benutze den Authorization-Header oder client_secret im Body, nicht beides.',
  'insights.reason.client_id_mismatch':
    'Die client_id im Body ist eine andere als die im Authorization-Header.',
  'insights.reason.authorization_header_malformed':
    'Der Authorization-Header ist nicht lesbar. Er besteht aus „Basic“, einem Leerzeichen und dem base64 von Client-ID, Doppelpunkt, Secret, beide vorher prozentkodiert.',
  'insights.reason.origin_not_allowed':
    'Die Anfrage kam von einer Seite von {sent}. Aus dem Browser dürfen nur öffentliche Anwendungen anfragen, von einem Origin ihrer Redirect-URIs aus.',
  'insights.reason.body_unsupported':
    'Der Body war nicht lesbar. Sende ihn als application/x-www-form-urlencoded, nicht als JSON.',
  'insights.reason.grant_type_unsupported':
    'grant_type ist „{sent}“. Dieser Server kennt authorization_code und refresh_token.',
  'insights.reason.code_unknown':
    'Es gibt keinen solchen Code. Er wurde unterwegs abgeschnitten oder verändert, ist längst abgelaufen oder kommt von einem anderen Server.',
  'insights.reason.code_expired':
    'Der Code war abgelaufen: Er gilt 60 Sekunden. Löse ihn sofort ein, wenn er ankommt.',
  'insights.reason.code_reused':
    'Der Code wurde ein zweites Mal benutzt. Das hat die Autorisierung mit allen Tokens beendet. Löse jeden Code einmal ein: Achte auf neu geladene Seiten und wiederholte Anfragen.',
  'insights.reason.code_redirect_uri':
    'Die redirect_uri ist nicht die, mit der um den Code gebeten wurde. Sende dem Token-Endpunkt dieselbe.',
  'insights.reason.verifier_missing':
    'code_verifier fehlt, obwohl um den Code mit einer code_challenge gebeten wurde.',
  'insights.reason.verifier_wrong':
    'Der code_verifier passt nicht zur code_challenge. Die Challenge ist der SHA-256 des Verifiers in base64url ohne Padding; beide müssen vom selben Versuch sein.',
  'insights.reason.verifier_length':
    'Der code_verifier hat eine unmögliche Länge: Er hat 43 bis 128 Zeichen.',
  'insights.reason.verifier_characters':
    'Der code_verifier enthält unmögliche Zeichen: Buchstaben, Ziffern und - . _ ~ sind möglich.',
  'insights.reason.verifier_unexpected':
    'Es gibt einen code_verifier, obwohl um den Code ohne code_challenge gebeten wurde.',
  'insights.reason.refresh_token_unknown':
    'Es gibt kein solches Refresh-Token. Es wurde abgeschnitten oder verändert, ist längst abgelaufen oder kommt von einem anderen Server.',
  'insights.reason.refresh_token_expired':
    'Das Refresh-Token war abgelaufen, weil es zu lange nicht benutzt wurde. Bitte die Person erneut um Zugriff.',
  'insights.reason.refresh_token_reused':
    'Das Refresh-Token war schon einmal benutzt worden. Das hat die Autorisierung mit allen Tokens beendet. Behalte das neue Refresh-Token jeder Antwort, und lass immer nur einen Prozess erneuern.',
  'insights.reason.refresh_scope':
    'Beim Erneuern wurde um einen Scope gebeten, den die Person nicht erlaubt hat: {scope}.',
  'insights.reason.scope_withdrawn':
    'Die Anwendung ist für keinen Scope dieser Autorisierung mehr registriert.',
  'insights.reason.dpop_proof_missing':
    'Der DPoP-Nachweis fehlt, obwohl der Code mit einem Schlüssel (dpop_jkt) angefragt wurde. Schick einen Nachweis im Header DPoP mit.',
  'insights.reason.dpop_proof_reused':
    'Der DPoP-Nachweis war schon benutzt. Erzeuge für jede Anfrage einen neuen, mit neuem jti.',
  'insights.reason.dpop_proof_invalid': 'Der DPoP-Nachweis wurde abgelehnt: {description}',
  'insights.reason.dpop_key_wrong':
    'Die Anfrage kam nicht mit dem Schlüssel, an den der Code oder das Token gebunden ist. Schick einen DPoP-Nachweis desselben Schlüssels; wenn er verloren ist, bitte die Person erneut um Zugriff.',
  'insights.reason.token_of_another':
    'Der Code oder das Token wurde für eine andere Anwendung ausgestellt. Ist die richtige Client-ID eingestellt?',
  'insights.reason.revoked_by_user':
    'Die Person hat die Autorisierung beendet. Bitte erneut um Zugriff, wenn die Person das möchte.',
  'insights.reason.revoked_by_client': 'Die Anwendung selbst hatte die Autorisierung widerrufen.',
  'insights.reason.revoked_by_operator': 'Der Betreiber hat die Autorisierung beendet.',
  'insights.reason.ended_by_reuse':
    'Die Autorisierung wurde schon früher beendet, weil ein Code oder Refresh-Token von ihr zweimal benutzt wurde. Bitte die Person erneut um Zugriff.',
  'insights.reason.user_inactive': 'Das Konto der Person ist nicht mehr aktiv.',
  'insights.reason.other': 'Der Server sagte: {description}',

  'insights.reason.fits': 'So wie es sein soll.',
  'insights.reason.fragment_dropped':
    'Was nach # folgt, erreicht diesen Server nie: Browser behalten es für sich. Ist ein # in einem Wert nicht prozentkodiert?',
  'insights.reason.endpoint_spelling':
    'Wird derzeit angenommen, aber der Pfad ist nicht wie dokumentiert geschrieben. Schreibe {expected}, klein und ohne Schrägstrich am Ende.',
  'insights.reason.client_id_fits': 'Die dieser Anwendung.',
  'insights.reason.redirect_uri_fits': 'Eine registrierte.',
  'insights.reason.redirect_uri_any_port':
    'Eine registrierte; auf Loopback darf eine native Anwendung jeden Port benutzen.',
  'insights.reason.scope_fits': 'Bittet um: {scopes}.',
  'insights.reason.scope_default': 'Nicht da, also wird um den Standard gebeten: {scopes}.',
  'insights.reason.state_there':
    'Vorhanden. Vergleiche ihn, wenn die Person zurückkommt, und nimm jedes Mal einen neuen.',
  'insights.reason.state_missing':
    'Nicht da. Sende einen nicht erratbaren Wert und vergleiche ihn, wenn die Person zurückkommt; sonst können Fremde Leute dazu bringen, eine fremde Autorisierung abzuschließen.',
  'insights.reason.state_short':
    'Sehr kurz. Er darf nicht zu erraten sein: Üblich sind mindestens 128 zufällige Bits.',
  'insights.reason.pkce_fits': 'So lang wie ein SHA-256 in base64url.',
  'insights.reason.pkce_left_out':
    'Nicht da. Diese Anwendung muss PKCE nicht benutzen, aber ohne PKCE wäre ein unterwegs gestohlener Code brauchbar.',
  'insights.reason.challenge_not_sha256':
    'Wird angenommen, aber kein Verifier wird je passen: Sie hat {length} Zeichen, oder andere, als base64url hat. Ein SHA-256 in base64url hat 43.',
  'insights.reason.challenge_hex':
    'Wird angenommen, aber kein Verifier wird je passen: Das ist ein SHA-256 in hexadezimal. Er muss base64url sein.',
  'insights.reason.prompt_none':
    'Es wird keine Seite gezeigt: Wer nicht angemeldet ist oder den Zugriff noch nicht erlaubt hat, kommt mit einem Fehler zurück.',
  'insights.reason.prompt_fits': 'Die Person wird erneut gefragt.',
  'insights.reason.approval_prompt_force': 'Die Seite mit der Frage wird immer gezeigt.',
  'insights.reason.approval_prompt_ignored': '„{sent}“ ändert nichts; nur „force“ tut das.',
  'insights.reason.response_mode_fits': 'Eine Art der Antwort, die dieser Server kennt.',
  'insights.reason.hint_taken': 'Wird angenommen, nur als Hinweis.',
  'insights.reason.parameter_ignored': 'Hier nicht bekannt, wird ignoriert.',
  'insights.reason.parameter_empty': 'Leer, das ist so gut wie nicht da.',
  'insights.reason.parameter_similar':
    'Hier nicht bekannt, wird ignoriert. Ist {expected} gemeint?',
  'insights.reason.secret_in_url':
    'Das Client-Secret darf nie in dieser URL stehen: Es landet in Browsern und Logs. Lass es weg und ersetze das Secret.',
  'insights.reason.verifier_in_url':
    'Der Verifier darf nicht in dieser URL stehen, nur seine Challenge. Sende ihn an den Token-Endpunkt.',
  'insights.reason.ampersand_escaped':
    'Das kaufmännische Und vor {parameter} war wie in HTML geschrieben („amp;“ folgt darauf), also wurde der Parameter nicht gefunden. Sende ein einfaches kaufmännisches Und.',
  'insights.reason.pushed_request':
    'Ein Pushed Request: Es zählt, was darin stand. Die Referenz kann einmal geöffnet werden, innerhalb von 60 Sekunden.',
  'insights.reason.url_empty': 'Es wurde nichts eingefügt.',
  'insights.reason.url_invalid': 'Das ist keine URL. Sie muss mit {expected} beginnen.',
  'insights.reason.url_too_long':
    'Mit {length} Zeichen ist die URL zu lang für diesen Server. Sende stattdessen einen Pushed Request (RFC 9126).',
  'insights.reason.endpoint_origin':
    'Die URL führt zu {sent}, und das ist nicht dieser Server. Sie muss mit {expected} beginnen.',
  'insights.reason.endpoint_path': 'Der Pfad ist {sent}. Die URL muss mit {expected} beginnen.',
  'insights.reason.client_id_foreign':
    '„{sent}“ ist nicht die Client-ID dieser Anwendung. Die ist {expected}.',
  'insights.reason.client_id_spelling':
    '„{sent}“ ist die Client-ID dieser Anwendung in anderer Schreibweise. Sie muss genau {expected} sein.',
} as const satisfies Translated<typeof insightReasonsEn>;
