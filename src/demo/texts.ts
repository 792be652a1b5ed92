/** Languages of the demo application. */
export const LANGUAGES = ['en', 'de'] as const;
/** One of them. */
export type Language = (typeof LANGUAGES)[number];

/** Texts of the demo application in one language. */
export type Texts = typeof ENGLISH;

const ENGLISH = {
  start: {
    title: 'Connect',
    heading: 'Connect your organizers',
    again: 'Try again?',
    lead: 'Curtain Call is a demo app. It shows each request and response: the tokens, what they give access to, and what happens when they are revoked.',
    signIn: (host: string) =>
      `At ${host}, choose “Continue as Ada” or “Continue as Ben”. Curtain Call never sees a password.`,
    choose: 'Choose organizers. Leave one out to see a request rejected.',
  },
  connect: 'Connect',
  connectAgain: 'Connect again',
  call: 'Call again',
  order: 'Place an order',
  refresh: 'Refresh',
  revoke: 'Revoke',
  connected: 'Connected',
  disconnected: 'Disconnected',
  organizers: 'Organizers',
  scope: 'Scope',
  none: 'none',
  next: 'Next',
  browser: 'In the browser',
  noResponse: 'No response',
  asked: 'Behind it: the API asks the authorization server about the token',
  remembered: 'Behind it: the API still knew this answer, and was told of no change',
  footer: 'Demo app. Tokens are truncated.',
  language: 'Deutsch',
  toStart: 'To the start',
  failed: ['That did not work', 'Please try again.'],
  notFound: ['Not found', 'There is no such page.'],
  readOnly: ['Not possible', 'This page can only be read.'],
  notHere: ['Not possible', 'Mails are shown on the computer that runs the demo only.'],
  sides: {
    heading: 'See the other sides',
    user: 'As the user: your connected apps',
    userText: 'Take scopes or organizers away, or disconnect. Then come back and call again.',
    mail: 'The mails that were sent',
    mailText: 'Each new authorization is announced by mail.',
    mistake: 'As the developer: make a mistake',
    mistakeText:
      'Sends a wrong redirect URI. As Ada, you see what differs, and the link to the log.',
    errors: 'As the developer: the errors of this app',
    errorsText:
      'Ada owns it. Failed requests have their reason there, and “Try it now” runs the flow.',
    operator: 'As the operator: the queue',
    operatorText: 'Ada is an operator, too. Ask for a review of this app, and it waits there.',
  },
  mails: {
    title: 'Mails',
    lead: 'What the users of the demo received, newest first.',
    empty: 'No mail was sent yet.',
    to: 'To',
  },
  steps: {
    authorize: 'Send the browser to the authorization server',
    authorizeText:
      'The user signs in and chooses there. The app keeps state and the PKCE verifier.',
    callback: 'The browser comes back with a code',
    callbackText:
      'State and iss are what the app expects. The code is worth nothing without the verifier.',
    exchange: 'Exchange the code for tokens',
    exchanged: 'The code worked once. The scope says what the user has allowed.',
    notExchanged: 'The server did not take the code.',
    refresh: 'Refresh',
    refreshed: 'Both tokens are new. The old ones are worth nothing from now on.',
    notRefreshed: 'The refresh token is not good any more: the user has to be asked again.',
    revoke: 'Revoke',
    revoked: 'The authorization has ended: access token and refresh token together, at once.',
    notRevoked: 'The server did not confirm it.',
    list: 'List the organizers of the token',
    listed: 'Only organizers that the user chose, with the permissions of the user there.',
    order: (name: string) => `Place an order at ${name}`,
    read: (name: string) => `Read the orders of ${name}`,
    withOld: (what: string) => `${what} with the old access token`,
    withNew: (what: string) => `${what} with the new access token`,
    insufficient: (name: string) =>
      `Rejected: ${name} was chosen, but the scope or the user’s own permissions are not sufficient.`,
    notChosen: (name: string) => `Rejected: ${name} was not chosen.`,
    chosen: (name: string) => `Accepted: ${name} was chosen.`,
    wrong: (name: string) => `Accepted, although ${name} was not chosen!`,
    silent: 'The API did not respond.',
    invalid: 'Rejected: this access token is no longer valid.',
    scope: 'Rejected: the scope is not sufficient.',
    unavailable: 'Rejected: the API cannot verify tokens right now.',
    unexpected: 'Unexpected response of the API.',
  },
  notices: {
    notConnected: 'Not connected',
    unreachable: 'The authorization server is unreachable',
    unreachableText: 'It did not respond, or its response was invalid. Please try again.',
    unknown: 'The authorization server sent an error. Please try again.',
    unknownCallback:
      'This response does not belong to a sign-in that started here, or it was used before. Please connect again.',
    byError: {
      access_denied: 'You denied the request. You can try again at any time.',
      invalid_scope: 'The app requested a scope for which it is not registered.',
      invalid_client:
        'The client secret of the app is wrong. Delete demo.json in the data folder and restart: the demo registers itself again.',
      invalid_grant: 'The code has expired or was used before. Please try again.',
      temporarily_unavailable: 'The authorization server is busy. Please try again in a moment.',
    },
  },
};

const GERMAN: Texts = {
  start: {
    title: 'Verbinden',
    heading: 'Verbinde deine Veranstalter',
    again: 'Noch einmal versuchen?',
    lead: 'Curtain Call ist eine Demo-App. Sie zeigt jede Anfrage und Antwort: die Tokens, was sie öffnen, und was nach dem Widerruf geschieht.',
    signIn: (host) =>
      `Wähle bei ${host} „Weiter als Ada“ oder „Weiter als Ben“. Curtain Call sieht nie ein Passwort.`,
    choose: 'Wähle Veranstalter. Lass einen weg, um eine abgelehnte Anfrage zu sehen.',
  },
  connect: 'Verbinden',
  connectAgain: 'Noch einmal verbinden',
  call: 'Noch einmal aufrufen',
  order: 'Bestellung anlegen',
  refresh: 'Erneuern',
  revoke: 'Widerrufen',
  connected: 'Verbunden',
  disconnected: 'Getrennt',
  organizers: 'Veranstalter',
  scope: 'Scope',
  none: 'keine',
  next: 'Weiter',
  browser: 'Im Browser',
  noResponse: 'Keine Antwort',
  asked: 'Dahinter: Die API fragt den Autorisierungsserver nach dem Token',
  remembered: 'Dahinter: Die API kannte diese Antwort noch und hat von keiner Änderung erfahren',
  footer: 'Demo-App. Tokens sind gekürzt.',
  language: 'English',
  toStart: 'Zum Anfang',
  failed: ['Das hat nicht geklappt', 'Bitte versuche es noch einmal.'],
  notFound: ['Nicht gefunden', 'Diese Seite gibt es nicht.'],
  readOnly: ['Nicht möglich', 'Diese Seite lässt sich nur lesen.'],
  notHere: ['Nicht möglich', 'Mails werden nur auf dem Computer gezeigt, auf dem die Demo läuft.'],
  sides: {
    heading: 'Sieh dir die anderen Seiten an',
    user: 'Als Benutzer: deine verbundenen Apps',
    userText:
      'Entziehe Rechte oder Veranstalter, oder trenne die App. Komm dann zurück und rufe noch einmal auf.',
    mail: 'Die verschickten Mails',
    mailText: 'Jeder neue Zugriff wird per Mail gemeldet.',
    mistake: 'Als Entwickler: mach einen Fehler',
    mistakeText:
      'Schickt eine falsche Redirect-URI. Als Ada siehst du, was abweicht, und den Link zum Protokoll.',
    errors: 'Als Entwickler: die Fehler dieser App',
    errorsText:
      'Sie gehört Ada. Dort steht zu jeder gescheiterten Anfrage der Grund, und „Jetzt ausprobieren“ zeigt den Ablauf.',
    operator: 'Als Betreiber: die Warteschlange',
    operatorText:
      'Ada ist auch Betreiberin. Bitte für diese App um eine Prüfung, dann wartet sie dort.',
  },
  mails: {
    title: 'Mails',
    lead: 'Was die Benutzer der Demo bekommen haben, das Neueste zuerst.',
    empty: 'Noch wurde keine Mail verschickt.',
    to: 'An',
  },
  steps: {
    authorize: 'Den Browser zum Autorisierungsserver schicken',
    authorizeText:
      'Dort meldet sich der Benutzer an und wählt. Die App merkt sich state und den PKCE-Verifier.',
    callback: 'Der Browser kommt mit einem Code zurück',
    callbackText: 'State und iss sind die erwarteten. Ohne den Verifier ist der Code nichts wert.',
    exchange: 'Den Code gegen Tokens tauschen',
    exchanged: 'Der Code galt einmal. Der Scope sagt, was der Benutzer erlaubt hat.',
    notExchanged: 'Der Server hat den Code nicht angenommen.',
    refresh: 'Erneuern',
    refreshed: 'Beide Tokens sind neu. Die alten sind ab jetzt nichts mehr wert.',
    notRefreshed: 'Das Refresh-Token gilt nicht mehr: Der Benutzer muss neu gefragt werden.',
    revoke: 'Widerrufen',
    revoked: 'Der Zugriff ist beendet: Access-Token und Refresh-Token zusammen, sofort.',
    notRevoked: 'Der Server hat es nicht bestätigt.',
    list: 'Die Veranstalter des Tokens auflisten',
    listed: 'Nur Veranstalter, die der Benutzer gewählt hat, mit den Rechten des Benutzers dort.',
    order: (name) => `Eine Bestellung bei ${name} anlegen`,
    read: (name) => `Die Bestellungen von ${name} lesen`,
    withOld: (what) => `${what}, mit dem alten Access-Token`,
    withNew: (what) => `${what}, mit dem neuen Access-Token`,
    insufficient: (name) =>
      `Abgelehnt: ${name} wurde gewählt, aber der Scope oder die Rechte des Benutzers reichen nicht.`,
    notChosen: (name) => `Abgelehnt: ${name} wurde nicht gewählt.`,
    chosen: (name) => `Angenommen: ${name} wurde gewählt.`,
    wrong: (name) => `Angenommen, obwohl ${name} nicht gewählt wurde!`,
    silent: 'Die API hat nicht geantwortet.',
    invalid: 'Abgelehnt: Dieses Access-Token gilt nicht mehr.',
    scope: 'Abgelehnt: Der Scope reicht nicht.',
    unavailable: 'Abgelehnt: Die API kann gerade keine Tokens prüfen.',
    unexpected: 'Unerwartete Antwort der API.',
  },
  notices: {
    notConnected: 'Nicht verbunden',
    unreachable: 'Der Autorisierungsserver ist nicht erreichbar',
    unreachableText:
      'Er hat nicht geantwortet, oder seine Antwort war ungültig. Bitte versuche es noch einmal.',
    unknown: 'Der Autorisierungsserver hat einen Fehler geschickt. Bitte versuche es noch einmal.',
    unknownCallback:
      'Diese Antwort gehört zu keiner Anmeldung, die hier begonnen hat, oder sie wurde schon verwendet. Bitte verbinde noch einmal.',
    byError: {
      access_denied: 'Du hast die Anfrage abgelehnt. Du kannst es jederzeit noch einmal versuchen.',
      invalid_scope: 'Die App hat nach einem Scope gefragt, für den sie nicht registriert ist.',
      invalid_client:
        'Das Client-Secret der App ist falsch. Lösche demo.json im Datenordner und starte neu: Dann registriert sich die Demo wieder.',
      invalid_grant:
        'Der Code ist abgelaufen oder wurde schon verwendet. Bitte versuche es noch einmal.',
      temporarily_unavailable:
        'Der Autorisierungsserver ist ausgelastet. Bitte versuche es gleich noch einmal.',
    },
  },
};

/** The texts by language. */
export const TEXTS: Readonly<Record<Language, Texts>> = { en: ENGLISH, de: GERMAN };

/**
 * Returns the language of a request: the chosen one, else German if the browser prefers it to English.
 * @param chosen value of the cookie
 */
export function languageOf(chosen: string | undefined, accepted: string | undefined): Language {
  const known = LANGUAGES.find((one) => one === chosen);
  if (known !== undefined) {
    return known;
  }
  const tags = (accepted ?? '').split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase());
  return LANGUAGES.find((one) => one === tags.find((tag) => tag === 'en' || tag === 'de')) ?? 'en';
}
