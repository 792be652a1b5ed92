/** The languages in which mails are written. */
export type MailLocale = 'en' | 'de';

const en = {
  'authorized.subject': 'New access to your account: {application}',
  'authorized.heading': '{application} can now use your account',
  'authorized.expected': 'If you allowed this yourself, there is nothing to do.',
  'authorized.unexpected': 'If it was not you, revoke the access and change your password.',
  'authorized.revoke': 'Revoke this access',
  list: 'Your authorized applications:',
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
