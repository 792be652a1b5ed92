import type { Message, Translated } from '../http/messages/message.ts';

/** English texts of the user's own account pages. */
export const accountEn = {
  'layout.account': 'Account',
  'account.navigation': 'Your account',
  'account.link.profile': 'Profile',
  'account.link.password': 'Password',
  'account.link.sessions': 'Sessions',

  'account.profile.title': 'Profile',
  'account.profile.who': 'Who you are',
  'account.profile.name': 'Name',
  'account.profile.no_name': 'not given',
  'account.profile.email': 'E-mail address',
  'account.profile.owned':
    'The platform keeps these. Change them there: this page shows them as soon as it is told.',
  'account.profile.preferences': 'Language and time zone',
  'account.profile.preferences.text':
    'For these pages and your mails, and for applications that you let see your profile. What you choose here stays, whatever the platform says later.',
  'account.profile.language': 'Language',
  'account.profile.language.platform': 'As the platform says: {language}',
  'account.profile.language.platform_none':
    'As the platform says: it names none, so your browser decides',
  'account.profile.language.browser': 'As my browser says (mails come in English)',
  'account.profile.timezone': 'Time zone',
  'account.profile.timezone.platform': 'As the platform says: {timezone}',
  'account.profile.timezone.now': 'In {timezone} it is now {time}.',
  'account.profile.timezone.area.Africa': 'Africa',
  'account.profile.timezone.area.America': 'America',
  'account.profile.timezone.area.Antarctica': 'Antarctica',
  'account.profile.timezone.area.Arctic': 'Arctic',
  'account.profile.timezone.area.Asia': 'Asia',
  'account.profile.timezone.area.Atlantic': 'Atlantic Ocean',
  'account.profile.timezone.area.Australia': 'Australia',
  'account.profile.timezone.area.Europe': 'Europe',
  'account.profile.timezone.area.Indian': 'Indian Ocean',
  'account.profile.timezone.area.Pacific': 'Pacific Ocean',
  'account.profile.timezone.area.other': 'Others',
  'account.profile.submit': 'Save',
  'account.profile.saved': 'Saved. It is used from now on.',
  'account.profile.error.language': 'Choose one of these languages.',
  'account.profile.error.timezone': 'That is no time zone that we know. Choose one from the list.',
  'account.errors.title': 'Nothing has been changed yet',

  'account.password.title': 'Password',
  'account.password.text': 'With a new password you are signed out everywhere but in this browser.',
  'account.password.grants':
    'Applications that you have allowed keep their access. If somebody else may have been in your account, look through them, too:',
  'account.password.current': 'Current password',
  'account.password.new': 'New password',
  'account.password.new.help':
    'At least {count} characters; more is better. Several words that do not belong together are good, and easy to remember.',
  'account.password.again': 'New password, once more',
  'account.password.submit': 'Change password',
  'account.password.error.current.missing': 'Enter your current password.',
  'account.password.error.current.wrong': 'That is not your current password.',
  'account.password.error.current.throttled': {
    one: 'Too many wrong passwords. Wait a minute, then try again.',
    other: 'Too many wrong passwords. Wait {count} minutes, then try again.',
  },
  'account.password.error.current.busy': {
    one: 'It could not be checked: too many people are signing in. Try again in a second.',
    other: 'It could not be checked: too many people are signing in. Try again in {count} seconds.',
  },
  'account.password.error.new.missing': 'Enter a new password.',
  'account.password.error.new.short': 'It is too short. It needs at least {count} characters.',
  'account.password.error.new.long': 'It is too long. At most {count} bytes can be kept.',
  'account.password.error.new.unprintable':
    'There is a character in it that nobody can type, such as a line break.',
  'account.password.error.new.personal':
    'It is your name, your e-mail address or the name of this site, which are tried first.',
  'account.password.error.new.common':
    'It is one of those that are tried first. Choose another one.',
  'account.password.error.new.same': 'That is the one that you have already.',
  'account.password.error.again.different': 'The two are not the same. Enter the new one again.',
  'account.password.retype': 'Enter the passwords again: they are never sent back to the page.',
  'account.password.changed.title': 'Your password is changed',
  'account.password.changed.others': {
    one: 'One other browser was signed out.',
    other: '{count} other browsers were signed out.',
  },
  'account.password.changed.none': 'You were signed in nowhere else.',
  'account.password.changed.mail': 'We have told you by mail, too.',
  'account.password.none.title': 'You have no password here',
  'account.password.none.text':
    'The platform has set none for your account, so nobody signs in with one. If you need one, ask the platform.',
  'account.password.elsewhere.title': 'Your password is not kept here',
  'account.password.elsewhere.text':
    'You sign in at {host}. Change your password there; this server never sees it.',
  'account.password.elsewhere.sessions':
    'Here you can sign out the browsers in which you are signed in:',

  'account.sessions.title': 'Where you are signed in',
  'account.sessions.text':
    'Each browser in which you are signed in here. If you do not know one, sign it out and change your password.',
  'account.sessions.text_upstream':
    'Each browser in which you are signed in here. If you do not know one, sign it out, and change your password at {host}.',
  'account.sessions.this': 'This browser',
  'account.sessions.unknown': 'Unknown device',
  'account.sessions.signed_in': 'Signed in',
  'account.sessions.last_seen': 'Last seen',
  'account.sessions.address': 'Address',
  'account.sessions.where': 'Where',
  'account.sessions.upstream': 'At the platform’s own login',
  'account.sessions.end': 'Sign out',
  'account.sessions.end_of': 'Sign out {device}',
  'account.sessions.end_others': 'Sign out everywhere else',
  'account.sessions.none': 'You are signed in nowhere else.',
  'account.sessions.more': { one: 'And {count} more.', other: 'And {count} more.' },
  'account.sessions.timezone': 'Times are those of your time zone ({timezone}).',
  'account.sessions.notice.ended': 'That browser is signed out, from its next request on.',
  'account.sessions.notice.ended_others':
    'You are signed out everywhere else, from the next request of each browser on.',
  'account.sessions.notice.already_ended': 'That session had already ended.',
  'account.sessions.end.title': 'Sign this browser out?',
  'account.sessions.end.text':
    'From the next request on nobody is signed in there. Applications that you have allowed keep their access.',
  'account.sessions.end.upstream':
    'At the platform’s own login that browser may still be signed in, and could come back without a password. End the session there, too.',
  'account.sessions.end.submit': 'Sign out there',
  'account.sessions.end.keep': 'Keep',
  'account.sessions.end_others.title': 'Sign out everywhere else?',
  'account.sessions.end_others.submit': {
    one: 'Sign out one browser',
    other: 'Sign out {count} browsers',
  },
} as const satisfies Record<string, Message>;

/** German texts of the user's own account pages. */
export const accountDe: Translated<typeof accountEn> = {
  'layout.account': 'Konto',
  'account.navigation': 'Dein Konto',
  'account.link.profile': 'Profil',
  'account.link.password': 'Passwort',
  'account.link.sessions': 'Sitzungen',

  'account.profile.title': 'Profil',
  'account.profile.who': 'Wer du bist',
  'account.profile.name': 'Name',
  'account.profile.no_name': 'nicht angegeben',
  'account.profile.email': 'E-Mail-Adresse',
  'account.profile.owned':
    'Beides verwaltet die Plattform. Ändere es dort: Diese Seite zeigt es, sobald sie davon erfährt.',
  'account.profile.preferences': 'Sprache und Zeitzone',
  'account.profile.preferences.text':
    'Für diese Seiten und deine Mails, und für Anwendungen, die dein Profil sehen dürfen. Was du hier wählst, bleibt, was auch immer die Plattform später sagt.',
  'account.profile.language': 'Sprache',
  'account.profile.language.platform': 'Wie die Plattform sagt: {language}',
  'account.profile.language.platform_none':
    'Wie die Plattform sagt: Sie nennt keine, also entscheidet dein Browser',
  'account.profile.language.browser': 'Wie mein Browser sagt (Mails kommen auf Englisch)',
  'account.profile.timezone': 'Zeitzone',
  'account.profile.timezone.platform': 'Wie die Plattform sagt: {timezone}',
  'account.profile.timezone.now': 'In {timezone} ist es jetzt {time}.',
  'account.profile.timezone.area.Africa': 'Afrika',
  'account.profile.timezone.area.America': 'Amerika',
  'account.profile.timezone.area.Antarctica': 'Antarktis',
  'account.profile.timezone.area.Arctic': 'Arktis',
  'account.profile.timezone.area.Asia': 'Asien',
  'account.profile.timezone.area.Atlantic': 'Atlantischer Ozean',
  'account.profile.timezone.area.Australia': 'Australien',
  'account.profile.timezone.area.Europe': 'Europa',
  'account.profile.timezone.area.Indian': 'Indischer Ozean',
  'account.profile.timezone.area.Pacific': 'Pazifischer Ozean',
  'account.profile.timezone.area.other': 'Andere',
  'account.profile.submit': 'Speichern',
  'account.profile.saved': 'Gespeichert. Es gilt ab jetzt.',
  'account.profile.error.language': 'Wähle eine von diesen Sprachen.',
  'account.profile.error.timezone':
    'Das ist keine Zeitzone, die wir kennen. Wähle eine aus der Liste.',
  'account.errors.title': 'Es ist noch nichts geändert',

  'account.password.title': 'Passwort',
  'account.password.text':
    'Mit einem neuen Passwort wirst du überall abgemeldet, nur in diesem Browser nicht.',
  'account.password.grants':
    'Anwendungen, die du zugelassen hast, behalten ihren Zugriff. Wenn vielleicht jemand anderes in deinem Konto war, sieh auch sie durch:',
  'account.password.current': 'Bisheriges Passwort',
  'account.password.new': 'Neues Passwort',
  'account.password.new.help':
    'Mindestens {count} Zeichen; mehr ist besser. Mehrere Wörter, die nicht zusammengehören, sind gut und leicht zu merken.',
  'account.password.again': 'Neues Passwort, noch einmal',
  'account.password.submit': 'Passwort ändern',
  'account.password.error.current.missing': 'Gib dein bisheriges Passwort ein.',
  'account.password.error.current.wrong': 'Das ist nicht dein bisheriges Passwort.',
  'account.password.error.current.throttled': {
    one: 'Zu viele falsche Passwörter. Warte eine Minute und versuche es noch einmal.',
    other: 'Zu viele falsche Passwörter. Warte {count} Minuten und versuche es noch einmal.',
  },
  'account.password.error.current.busy': {
    one: 'Es konnte nicht geprüft werden: Gerade melden sich zu viele Leute an. Versuche es in einer Sekunde noch einmal.',
    other:
      'Es konnte nicht geprüft werden: Gerade melden sich zu viele Leute an. Versuche es in {count} Sekunden noch einmal.',
  },
  'account.password.error.new.missing': 'Gib ein neues Passwort ein.',
  'account.password.error.new.short': 'Es ist zu kurz. Es braucht mindestens {count} Zeichen.',
  'account.password.error.new.long': 'Es ist zu lang. Höchstens {count} Bytes sind möglich.',
  'account.password.error.new.unprintable':
    'Darin ist ein Zeichen, das niemand tippen kann, etwa ein Zeilenumbruch.',
  'account.password.error.new.personal':
    'Es ist dein Name, deine E-Mail-Adresse oder der Name dieser Seite. Die werden als Erstes ausprobiert.',
  'account.password.error.new.common':
    'Es ist eines von denen, die als Erstes ausprobiert werden. Wähle ein anderes.',
  'account.password.error.new.same': 'Das ist das, das du schon hast.',
  'account.password.error.again.different':
    'Die beiden sind nicht gleich. Gib das neue noch einmal ein.',
  'account.password.retype':
    'Gib die Passwörter noch einmal ein: Sie werden nie an die Seite zurückgeschickt.',
  'account.password.changed.title': 'Dein Passwort ist geändert',
  'account.password.changed.others': {
    one: 'Ein anderer Browser wurde abgemeldet.',
    other: '{count} andere Browser wurden abgemeldet.',
  },
  'account.password.changed.none': 'Du warst sonst nirgends angemeldet.',
  'account.password.changed.mail': 'Wir haben es dir auch per Mail gesagt.',
  'account.password.none.title': 'Du hast hier kein Passwort',
  'account.password.none.text':
    'Die Plattform hat für dein Konto keines gesetzt, also meldet sich niemand mit einem an. Wenn du eines brauchst, frag die Plattform.',
  'account.password.elsewhere.title': 'Dein Passwort liegt nicht hier',
  'account.password.elsewhere.text':
    'Du meldest dich bei {host} an. Ändere dein Passwort dort; dieser Server sieht es nie.',
  'account.password.elsewhere.sessions':
    'Hier kannst du die Browser abmelden, in denen du angemeldet bist:',

  'account.sessions.title': 'Wo du angemeldet bist',
  'account.sessions.text':
    'Jeder Browser, in dem du hier angemeldet bist. Wenn du einen nicht kennst, melde ihn ab und ändere dein Passwort.',
  'account.sessions.text_upstream':
    'Jeder Browser, in dem du hier angemeldet bist. Wenn du einen nicht kennst, melde ihn ab und ändere dein Passwort bei {host}.',
  'account.sessions.this': 'Dieser Browser',
  'account.sessions.unknown': 'Unbekanntes Gerät',
  'account.sessions.signed_in': 'Angemeldet',
  'account.sessions.last_seen': 'Zuletzt gesehen',
  'account.sessions.address': 'Adresse',
  'account.sessions.where': 'Wo',
  'account.sessions.upstream': 'Bei der Anmeldung der Plattform',
  'account.sessions.end': 'Abmelden',
  'account.sessions.end_of': '{device} abmelden',
  'account.sessions.end_others': 'Überall sonst abmelden',
  'account.sessions.none': 'Du bist sonst nirgends angemeldet.',
  'account.sessions.more': { one: 'Und {count} weiterer.', other: 'Und {count} weitere.' },
  'account.sessions.timezone': 'Die Zeiten sind die deiner Zeitzone ({timezone}).',
  'account.sessions.notice.ended': 'Der Browser ist ab seiner nächsten Anfrage abgemeldet.',
  'account.sessions.notice.ended_others':
    'Du bist überall sonst abgemeldet, jeweils ab der nächsten Anfrage des Browsers.',
  'account.sessions.notice.already_ended': 'Diese Sitzung war schon beendet.',
  'account.sessions.end.title': 'Diesen Browser abmelden?',
  'account.sessions.end.text':
    'Ab der nächsten Anfrage ist dort niemand mehr angemeldet. Anwendungen, die du zugelassen hast, behalten ihren Zugriff.',
  'account.sessions.end.upstream':
    'Bei der Anmeldung der Plattform ist der Browser vielleicht noch angemeldet und könnte ohne Passwort zurückkommen. Beende die Sitzung auch dort.',
  'account.sessions.end.submit': 'Dort abmelden',
  'account.sessions.end.keep': 'Behalten',
  'account.sessions.end_others.title': 'Überall sonst abmelden?',
  'account.sessions.end_others.submit': {
    one: 'Einen Browser abmelden',
    other: '{count} Browser abmelden',
  },
};
