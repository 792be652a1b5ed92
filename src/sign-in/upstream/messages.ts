import type { Message, Translated } from '../../http/messages/message.ts';

/** English texts about signing in at the platform's own login. */
export const upstreamEn = {
  'upstream.sign_in.title': 'You are not signed in any more',
  'upstream.sign_in.text':
    'Nothing has been done. Sign in at {host}, then do it again: you come back to where you were.',
  'upstream.sign_in.submit': 'Sign in at {host}',
  'upstream.signed_out.elsewhere':
    'You may still be signed in at {host} itself. The next sign-in here asks you for your account there again.',
  'upstream.signed_out.link': 'Sign out at {host} as well',
  'upstream.consent.help':
    'You signed in some time ago. Before you can allow this, confirm at {host} that it is you. You come back here, and all that you ticked stays as it is.',
  'upstream.consent.confirm': 'Confirm that it is you',

  'upstream.link.again': 'Try again',
  'upstream.link.other': 'Sign in with another account',
  'upstream.link.go_on': 'Go on',

  'upstream.unavailable.title': 'Sign-in is not available right now',
  'upstream.unavailable.message': 'You sign in at {host}, and it does not answer at the moment.',
  'upstream.unavailable.hint': 'Wait a minute, then try again. You have done nothing wrong.',
  'upstream.refused.title': 'You were not signed in',
  'upstream.refused.message':
    '{host} has sent you back without signing you in. Perhaps you cancelled, or your account may not be used here.',
  'upstream.refused.hint': 'Try again. If it happens again, ask the people who run {host}.',
  'upstream.unknown_user.title': 'Your account is not known here yet',
  'upstream.unknown_user.message':
    'You are signed in at {host}, but nobody has set up that account here.',
  'upstream.unknown_user.hint':
    'Ask the people who run {host} to set it up here, and send them the line below. If you have another account, sign in with that one.',
  'upstream.deactivated.title': 'Your account is deactivated',
  'upstream.deactivated.message':
    'You are signed in at {host}, but your account may not be used here.',
  'upstream.deactivated.hint':
    'Ask the people who run {host} to activate it again. If you have another account, sign in with that one.',
  'upstream.signed_out.title': 'You have signed out',
  'upstream.signed_out.message':
    'You signed out at {host} while this sign-in was under way, so it was not completed.',
  'upstream.signed_out.hint': 'To go on, sign in again.',
  'upstream.clock.title': 'Two clocks do not agree',
  'upstream.clock.message':
    'The clocks of this server and of {host} differ too much, so nobody can be signed in safely.',
  'upstream.clock.hint':
    'Try again later. If it stays like that, tell the people who run {host}. Your own clock does not matter.',
  'upstream.foreign.title': 'This sign-in did not begin here',
  'upstream.foreign.message':
    'It began in another browser, or this browser does not keep cookies. Nobody has been signed in.',
  'upstream.foreign.hint': 'Allow cookies for this site, then sign in from the beginning.',
  'upstream.expired.title': 'That took too long',
  'upstream.expired.message': 'This sign-in has expired before you came back from {host}.',
  'upstream.expired.hint': 'Try again. Nothing that you have done is lost.',
  'upstream.used.title': 'This sign-in is done already',
  'upstream.used.message':
    'The address of this page works once only. You came here by the back button, or by reloading the page.',
  'upstream.used.hint': 'Go on to where the sign-in has led.',
  'upstream.invalid.title': 'The sign-in could not be checked',
  'upstream.invalid.message':
    'The answer of {host} does not fit to what was asked. That is a defect, or somebody tries to deceive you or us. Nobody has been signed in, and it has been logged.',
  'upstream.invalid.hint':
    'Try again. If it happens again, tell the people who run {host}, and send them the line below.',
  'upstream.misconfigured.title': 'Sign-in is not set up correctly',
  'upstream.misconfigured.message':
    'This server and {host} do not agree about each other. That is not your fault, and it has been logged.',
  'upstream.misconfigured.hint':
    'Tell the people who run this service, and send them the line below.',
  'upstream.not_fresh.title': 'You were not asked to sign in again',
  'upstream.not_fresh.message':
    'For this step your sign-in at {host} has to be a recent one, but it has sent you back without asking you.',
  'upstream.not_fresh.hint': 'Sign out at {host}, then try again.',
} as const satisfies Record<string, Message>;

/** German texts about signing in at the platform's own login. */
export const upstreamDe: Translated<typeof upstreamEn> = {
  'upstream.sign_in.title': 'Du bist nicht mehr angemeldet',
  'upstream.sign_in.text':
    'Es ist nichts geschehen. Melde dich bei {host} an und versuche es noch einmal: Du kommst dorthin zurück, wo du warst.',
  'upstream.sign_in.submit': 'Bei {host} anmelden',
  'upstream.signed_out.elsewhere':
    'Bei {host} selbst bist du vielleicht noch angemeldet. Die nächste Anmeldung hier fragt dich dort wieder nach deinem Konto.',
  'upstream.signed_out.link': 'Auch bei {host} abmelden',
  'upstream.consent.help':
    'Deine Anmeldung ist schon eine Weile her. Bestätige bei {host}, dass du es bist, bevor du das erlauben kannst. Du kommst hierher zurück, und alles Angekreuzte bleibt, wie es ist.',
  'upstream.consent.confirm': 'Bestätigen, dass du es bist',

  'upstream.link.again': 'Noch einmal versuchen',
  'upstream.link.other': 'Mit einem anderen Konto anmelden',
  'upstream.link.go_on': 'Weiter',

  'upstream.unavailable.title': 'Die Anmeldung ist gerade nicht möglich',
  'upstream.unavailable.message':
    'Du meldest dich bei {host} an, und dort kommt gerade keine Antwort.',
  'upstream.unavailable.hint':
    'Warte eine Minute und versuche es noch einmal. Du hast nichts falsch gemacht.',
  'upstream.refused.title': 'Du wurdest nicht angemeldet',
  'upstream.refused.message':
    '{host} hat dich zurückgeschickt, ohne dich anzumelden. Vielleicht hast du abgebrochen, oder dein Konto darf hier nicht verwendet werden.',
  'upstream.refused.hint':
    'Versuche es noch einmal. Passiert es wieder, frage die Betreiber von {host}.',
  'upstream.unknown_user.title': 'Dein Konto ist hier noch nicht bekannt',
  'upstream.unknown_user.message':
    'Du bist bei {host} angemeldet, aber dieses Konto hat hier noch niemand eingerichtet.',
  'upstream.unknown_user.hint':
    'Bitte die Betreiber von {host}, es hier einzurichten, und schicke ihnen die Zeile unten. Hast du ein anderes Konto, melde dich mit dem an.',
  'upstream.deactivated.title': 'Dein Konto ist deaktiviert',
  'upstream.deactivated.message':
    'Du bist bei {host} angemeldet, aber dein Konto darf hier nicht verwendet werden.',
  'upstream.deactivated.hint':
    'Bitte die Betreiber von {host}, es wieder zu aktivieren. Hast du ein anderes Konto, melde dich mit dem an.',
  'upstream.signed_out.title': 'Du hast dich abgemeldet',
  'upstream.signed_out.message':
    'Du hast dich bei {host} abgemeldet, während diese Anmeldung noch lief. Sie wurde deshalb nicht abgeschlossen.',
  'upstream.signed_out.hint': 'Melde dich noch einmal an, um weiterzumachen.',
  'upstream.clock.title': 'Zwei Uhren gehen verschieden',
  'upstream.clock.message':
    'Die Uhren dieses Servers und von {host} gehen zu weit auseinander, um jemanden sicher anzumelden.',
  'upstream.clock.hint':
    'Versuche es später noch einmal. Bleibt es so, sage den Betreibern von {host} Bescheid. Auf deine eigene Uhr kommt es nicht an.',
  'upstream.foreign.title': 'Diese Anmeldung hat nicht hier begonnen',
  'upstream.foreign.message':
    'Sie hat in einem anderen Browser begonnen, oder dieser Browser behält keine Cookies. Es wurde niemand angemeldet.',
  'upstream.foreign.hint': 'Erlaube Cookies für diese Seite und melde dich von vorn an.',
  'upstream.expired.title': 'Das hat zu lange gedauert',
  'upstream.expired.message': 'Diese Anmeldung ist abgelaufen, bevor du von {host} zurück warst.',
  'upstream.expired.hint': 'Versuche es noch einmal. Es ist nichts verloren.',
  'upstream.used.title': 'Diese Anmeldung ist schon erledigt',
  'upstream.used.message':
    'Die Adresse dieser Seite gilt nur einmal. Du bist mit der Zurück-Taste hierher gekommen oder hast die Seite neu geladen.',
  'upstream.used.hint': 'Gehe dorthin weiter, wohin die Anmeldung geführt hat.',
  'upstream.invalid.title': 'Die Anmeldung ließ sich nicht prüfen',
  'upstream.invalid.message':
    'Die Antwort von {host} passt nicht zu dem, was gefragt wurde. Das ist ein Fehler, oder jemand will dich oder uns täuschen. Es wurde niemand angemeldet, und es ist protokolliert.',
  'upstream.invalid.hint':
    'Versuche es noch einmal. Passiert es wieder, schicke den Betreibern von {host} die Zeile unten.',
  'upstream.misconfigured.title': 'Die Anmeldung ist nicht richtig eingerichtet',
  'upstream.misconfigured.message':
    'Dieser Server und {host} sind sich übereinander nicht einig. Du kannst nichts dafür, und es ist protokolliert.',
  'upstream.misconfigured.hint':
    'Sage den Betreibern dieses Dienstes Bescheid und schicke ihnen die Zeile unten.',
  'upstream.not_fresh.title': 'Du wurdest nicht noch einmal gefragt',
  'upstream.not_fresh.message':
    'Für diesen Schritt muss deine Anmeldung bei {host} frisch sein, aber du wurdest von dort zurückgeschickt, ohne gefragt zu werden.',
  'upstream.not_fresh.hint': 'Melde dich bei {host} ab und versuche es noch einmal.',
};
