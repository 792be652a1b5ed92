/** The languages in which mails are written. */
export type MailLocale = 'en' | 'de';

const en = {
  'authorized.subject': 'New access to your account: {application}',
  'authorized.heading': '{application} can now use your account',
  'authorized.expected': 'If you allowed this yourself, there is nothing to do.',
  'authorized.unexpected': 'If it was not you, revoke the access and change your password.',
  'authorized.revoke': 'Revoke this access',
  list: 'Your authorized applications:',
  'changed.secret_added.subject': 'New client secret: {application}',
  'changed.secret_added.heading': 'A client secret was added to {application}',
  'changed.secret_deleted.subject': 'Client secret deleted: {application}',
  'changed.secret_deleted.heading': 'A client secret of {application} was deleted',
  'changed.secret_deleted.text': 'Nothing opens with it any more.',
  'changed.redirect_uris_changed.subject': 'Redirect URIs changed: {application}',
  'changed.redirect_uris_changed.heading': 'The redirect URIs of {application} were changed',
  'changed.redirect_uris_changed.text':
    'Users who allow the application are sent to one of these, with a code that opens their account to it.',
  'changed.transfer_offered.subject': 'Transfer offered: {application}',
  'changed.transfer_offered.heading': '{application} was offered to somebody else',
  'changed.transfer_offered.text':
    'It becomes theirs when they accept. Until then you can withdraw the offer.',
  'changed.transfer_received.subject': 'You are offered an application: {application}',
  'changed.transfer_received.heading': '{application} is offered to you',
  'changed.transfer_received.text':
    'Nothing happens unless you accept. You would then answer for it, so accept only what you expect, from somebody you know.',
  'changed.transferred_away.subject': 'Transfer accepted: {application}',
  'changed.transferred_away.heading': '{application} now belongs to somebody else',
  'changed.transferred_away.text': 'You can no longer see or change it.',
  'changed.transferred_to_you.subject': 'Transfer accepted: {application}',
  'changed.transferred_to_you.heading': '{application} now belongs to you',
  'changed.transferred_to_you.text':
    'Its former owner may still know its client secrets. Replace them.',
  'changed.suspended.subject': 'Application suspended: {application}',
  'changed.suspended.heading': 'We suspended {application}',
  'changed.suspended.text':
    'It can do nothing until we end the suspension. Its users’ authorizations are kept.',
  'changed.resumed.subject': 'Application works again: {application}',
  'changed.resumed.heading': 'We ended the suspension of {application}',
  'changed.resumed.text': 'It works again, with the authorizations that its users kept.',
  'changed.expected': 'If this was you, there is nothing to do.',
  'changed.unexpected':
    'If it was not you, change your password, then check the application’s secrets and redirect URIs.',
  'changed.open': 'Open the application',
  'changed.open_list': 'Open your applications',
  'reuse.subject': 'Access ended for your safety: {application}',
  'reuse.heading': 'We ended an access of {application} to your account',
  'reuse.happened.title': 'What happened',
  'reuse.happened':
    'A key to your account, given to this application for one use only, was used a second time. Either somebody else got hold of it, or the application made a mistake.',
  'reuse.done.title': 'What was done',
  'reuse.done':
    'All keys of this access were made invalid at once. Nobody can reach your account with them any more. Your password was not involved.',
  'reuse.todo.title': 'What you can do',
  'reuse.todo':
    'To keep using the application, open it and connect it to your account again. If you do not trust it, or if this happens again, leave it unconnected and tell its owner.',
  'label.application': 'Application',
  'label.owner': 'Owner',
  'label.homepage': 'Homepage, as given by the owner',
  'label.secret': 'Secret',
  'label.redirect_uris': 'Redirect URIs now',
  'label.offered_to': 'Offered to',
  'label.reason': 'Reason',
  'label.scopes': 'What it may do',
  'label.organizers': 'For these organizers',
  'label.time': 'When',
  'label.origin': 'From where',
  'organizers.more': '… and {count} more',
  'device.full': '{browser} on {system}',
  'device.system': 'a device with {system}',
  'device.unknown': 'an unknown device',
  origin: '{device}, address {ip}',
  footer: 'Sent automatically by {host}',
} as const;

/** The name of a text. */
export type MailMessageKey = keyof typeof en;

const de: Record<MailMessageKey, string> = {
  'authorized.subject': 'Neuer Zugriff auf dein Konto: {application}',
  'authorized.heading': '{application} kann jetzt auf dein Konto zugreifen',
  'authorized.expected': 'Wenn du das selbst erlaubt hast, musst du nichts tun.',
  'authorized.unexpected':
    'Wenn du es nicht warst, widerrufe den Zugriff und ändere dein Passwort.',
  'authorized.revoke': 'Diesen Zugriff widerrufen',
  list: 'Deine zugelassenen Anwendungen:',
  'changed.secret_added.subject': 'Neues Client-Secret: {application}',
  'changed.secret_added.heading': '{application} hat ein neues Client-Secret',
  'changed.secret_deleted.subject': 'Client-Secret gelöscht: {application}',
  'changed.secret_deleted.heading': 'Ein Client-Secret von {application} wurde gelöscht',
  'changed.secret_deleted.text': 'Damit lässt sich nichts mehr öffnen.',
  'changed.redirect_uris_changed.subject': 'Redirect-URIs geändert: {application}',
  'changed.redirect_uris_changed.heading': 'Die Redirect-URIs von {application} wurden geändert',
  'changed.redirect_uris_changed.text':
    'Wer die Anwendung zulässt, wird an eine dieser Adressen geschickt, mit einem Code, der ihr das Konto öffnet.',
  'changed.transfer_offered.subject': 'Übertragung angeboten: {application}',
  'changed.transfer_offered.heading': '{application} wurde jemand anderem angeboten',
  'changed.transfer_offered.text':
    'Sie gehört der anderen Person, sobald diese annimmt. Bis dahin kannst du das Angebot zurückziehen.',
  'changed.transfer_received.subject': 'Dir wird eine Anwendung angeboten: {application}',
  'changed.transfer_received.heading': '{application} wird dir angeboten',
  'changed.transfer_received.text':
    'Es passiert nichts, solange du nicht annimmst. Danach bist du für sie verantwortlich: Nimm nur an, was du erwartest, und nur von jemandem, den du kennst.',
  'changed.transferred_away.subject': 'Übertragung angenommen: {application}',
  'changed.transferred_away.heading': '{application} gehört jetzt jemand anderem',
  'changed.transferred_away.text': 'Du kannst sie nicht mehr sehen und nicht mehr ändern.',
  'changed.transferred_to_you.subject': 'Übertragung angenommen: {application}',
  'changed.transferred_to_you.heading': '{application} gehört jetzt dir',
  'changed.transferred_to_you.text':
    'Wer sie vorher hatte, kennt vielleicht noch ihre Client-Secrets. Ersetze sie.',
  'changed.suspended.subject': 'Anwendung gesperrt: {application}',
  'changed.suspended.heading': 'Wir haben {application} gesperrt',
  'changed.suspended.text':
    'Sie kann nichts mehr tun, bis wir die Sperre aufheben. Was Nutzer ihr erlaubt haben, bleibt gespeichert.',
  'changed.resumed.subject': 'Anwendung läuft wieder: {application}',
  'changed.resumed.heading': 'Wir haben die Sperre von {application} aufgehoben',
  'changed.resumed.text': 'Sie läuft wieder, mit allem, was ihre Nutzer ihr weiterhin erlauben.',
  'changed.expected': 'Wenn du das selbst warst, musst du nichts tun.',
  'changed.unexpected':
    'Wenn du es nicht warst, ändere dein Passwort und prüfe dann Secrets und Redirect-URIs der Anwendung.',
  'changed.open': 'Anwendung öffnen',
  'changed.open_list': 'Deine Anwendungen öffnen',
  'reuse.subject': 'Zugriff zu deiner Sicherheit beendet: {application}',
  'reuse.heading': 'Wir haben einen Zugriff von {application} auf dein Konto beendet',
  'reuse.happened.title': 'Was passiert ist',
  'reuse.happened':
    'Ein Schlüssel zu deinem Konto, den diese Anwendung nur einmal benutzen darf, wurde ein zweites Mal benutzt. Entweder hat ihn jemand anderes in die Hände bekommen, oder die Anwendung hat einen Fehler gemacht.',
  'reuse.done.title': 'Was wir getan haben',
  'reuse.done':
    'Alle Schlüssel dieses Zugriffs sind seitdem ungültig. Niemand kommt damit mehr an dein Konto. Dein Passwort war nicht betroffen.',
  'reuse.todo.title': 'Was du tun kannst',
  'reuse.todo':
    'Wenn du die Anwendung weiter nutzen möchtest, öffne sie und verbinde sie neu mit deinem Konto. Wenn du ihr nicht traust oder das noch einmal passiert, verbinde sie nicht wieder und sag dem Inhaber Bescheid.',
  'label.application': 'Anwendung',
  'label.owner': 'Inhaber',
  'label.homepage': 'Website, laut Inhaber',
  'label.secret': 'Secret',
  'label.redirect_uris': 'Redirect-URIs jetzt',
  'label.offered_to': 'Angeboten an',
  'label.reason': 'Grund',
  'label.scopes': 'Was sie darf',
  'label.organizers': 'Für diese Veranstalter',
  'label.time': 'Wann',
  'label.origin': 'Von wo',
  'organizers.more': '… und {count} weitere',
  'device.full': '{browser} unter {system}',
  'device.system': 'ein Gerät mit {system}',
  'device.unknown': 'ein unbekanntes Gerät',
  origin: '{device}, Adresse {ip}',
  footer: 'Automatisch verschickt von {host}',
};

const CATALOGUES: Readonly<Record<MailLocale, Readonly<Record<MailMessageKey, string>>>> = {
  en,
  de,
};

/** Looks a text up and fills it in. */
export type MailTranslate = (
  key: MailMessageKey,
  params?: Readonly<Record<string, string | number>>,
) => string;

/** The texts of one language. */
export function mailTranslator(locale: MailLocale): MailTranslate {
  return (key, params = {}) =>
    CATALOGUES[locale][key].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(params[name] ?? placeholder),
    );
}

/** The language for a tag: `de`, `de-AT` and `de_CH` are German, all else is English. */
export function mailLocale(tag: string): MailLocale {
  return /^de(?:[-_]|$)/i.test(tag) ? 'de' : 'en';
}
