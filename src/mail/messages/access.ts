/** Mails about what applications may do in the reader’s account: English. */
export const accessEn = {
  'authorized.subject': 'New access to your account: {application}',
  'authorized.heading': '{application} can now use your account',
  'authorized.expected': 'If you allowed this yourself, there is nothing to do.',
  'authorized.unexpected': 'If it was not you, revoke the access and change your password.',
  'reuse.subject': 'Access ended for your safety: {application}',
  'reuse.heading': 'We ended an access of {application} to your account',
  'reuse.happened':
    'A key to your account, given to this application for one use only, was used a second time. Either somebody else got hold of it, or the application made a mistake.',
  'reuse.done':
    'All keys of this access were made invalid at once. Nobody can reach your account with them any more. Your password was not involved.',
  'reuse.todo':
    'To keep using the application, open it and connect it to your account again. If you do not trust it, or if this happens again, leave it unconnected and tell its owner.',
  'operator.subject': 'Access ended by the operator: {application}',
  'operator.heading': 'An access of {application} to your account was ended',
  'operator.happened':
    'The operator of {host} ended this access. It was neither you nor the application.',
  'operator.done':
    'All keys of this access were made invalid at once. Nobody can reach your account with them any more. What else you allowed goes on as before.',
  'operator.todo':
    'To keep using the application, open it and connect it to your account again. If that is refused, or if you want to know the reason, ask the operator.',
  'deleted.subject': 'Access ended, application deleted: {application}',
  'deleted.heading': 'The access of {application} to your account has ended',
  'deleted.happened': 'The application was deleted from {host}, and is no more.',
  'deleted.done':
    'All keys that it had to your account were made invalid at once. What you allowed other applications goes on as before.',
  'deleted.todo':
    'There is nothing to do here. If data of yours is still with the application, ask its owner for it, or to delete it.',
  'ending.subject': 'Access ends soon: {application}',
  'ending.heading': 'The access of {application} to your account ends soon',
  'ending.happened':
    'The application has not used this access for a long time. If that stays so, the access ends by itself: {time}.',
  'ending.keep.title': 'If you still need it',
  'ending.keep':
    'Open the application and work with it as usual. As soon as it uses the access, the access stays.',
  'ending.revoke.title': 'If you do not need it any more',
  'ending.revoke': 'There is nothing to do. You can also end the access right now.',
  'access.happened': 'What happened',
  'access.done': 'What was done',
  'access.todo': 'What you can do',
  'access.revoke': 'Revoke this access',
  'label.scopes': 'What it may do',
  'label.scopes_ended': 'What it was allowed to do',
  'label.organizers': 'For these organizers',
  'label.granted': 'Allowed',
  'label.ends': 'Ends',
  'organizers.more': '… and {count} more',
} as const;

/** Mails about what applications may do in the reader’s account: German. */
export const accessDe: Record<keyof typeof accessEn, string> = {
  'authorized.subject': 'Neuer Zugriff auf dein Konto: {application}',
  'authorized.heading': '{application} kann jetzt auf dein Konto zugreifen',
  'authorized.expected': 'Wenn du das selbst erlaubt hast, musst du nichts tun.',
  'authorized.unexpected':
    'Wenn du es nicht warst, widerrufe den Zugriff und ändere dein Passwort.',
  'reuse.subject': 'Zugriff zu deiner Sicherheit beendet: {application}',
  'reuse.heading': 'Wir haben einen Zugriff von {application} auf dein Konto beendet',
  'reuse.happened':
    'Ein Schlüssel zu deinem Konto, den diese Anwendung nur einmal benutzen darf, wurde ein zweites Mal benutzt. Entweder hat ihn jemand anderes in die Hände bekommen, oder die Anwendung hat einen Fehler gemacht.',
  'reuse.done':
    'Alle Schlüssel dieses Zugriffs sind seitdem ungültig. Niemand kommt damit mehr an dein Konto. Dein Passwort war nicht betroffen.',
  'reuse.todo':
    'Wenn du die Anwendung weiter nutzen möchtest, öffne sie und verbinde sie neu mit deinem Konto. Wenn du ihr nicht traust oder das noch einmal passiert, verbinde sie nicht wieder und sag dem Inhaber Bescheid.',
  'operator.subject': 'Zugriff vom Betreiber beendet: {application}',
  'operator.heading': 'Ein Zugriff von {application} auf dein Konto wurde beendet',
  'operator.happened':
    'Der Betreiber von {host} hat diesen Zugriff beendet. Weder du noch die Anwendung haben das getan.',
  'operator.done':
    'Alle Schlüssel dieses Zugriffs sind seitdem ungültig. Niemand kommt damit mehr an dein Konto. Was du sonst erlaubt hast, gilt weiter.',
  'operator.todo':
    'Wenn du die Anwendung weiter nutzen möchtest, öffne sie und verbinde sie neu mit deinem Konto. Wenn das abgelehnt wird oder du den Grund wissen möchtest, frag den Betreiber.',
  'deleted.subject': 'Zugriff beendet, Anwendung gelöscht: {application}',
  'deleted.heading': 'Der Zugriff von {application} auf dein Konto ist beendet',
  'deleted.happened': 'Die Anwendung wurde bei {host} gelöscht, es gibt sie nicht mehr.',
  'deleted.done':
    'Alle Schlüssel, die sie zu deinem Konto hatte, sind seitdem ungültig. Was du anderen Anwendungen erlaubt hast, gilt weiter.',
  'deleted.todo':
    'Hier musst du nichts tun. Wenn noch Daten von dir bei der Anwendung liegen, frag ihren Inhaber danach oder bitte ihn, sie zu löschen.',
  'ending.subject': 'Zugriff endet bald: {application}',
  'ending.heading': 'Der Zugriff von {application} auf dein Konto endet bald',
  'ending.happened':
    'Die Anwendung hat diesen Zugriff lange nicht benutzt. Wenn es dabei bleibt, endet er von selbst: {time}.',
  'ending.keep.title': 'Wenn du ihn noch brauchst',
  'ending.keep':
    'Öffne die Anwendung und arbeite damit wie gewohnt. Sobald sie den Zugriff benutzt, bleibt er bestehen.',
  'ending.revoke.title': 'Wenn du ihn nicht mehr brauchst',
  'ending.revoke': 'Du musst nichts tun. Du kannst den Zugriff auch sofort beenden.',
  'access.happened': 'Was passiert ist',
  'access.done': 'Was wir getan haben',
  'access.todo': 'Was du tun kannst',
  'access.revoke': 'Diesen Zugriff widerrufen',
  'label.scopes': 'Was sie darf',
  'label.scopes_ended': 'Was sie durfte',
  'label.organizers': 'Für diese Veranstalter',
  'label.granted': 'Erlaubt',
  'label.ends': 'Endet',
  'organizers.more': '… und {count} weitere',
};
