/** What is in mails of more than one kind: English. */
export const commonEn = {
  'label.application': 'Application',
  'label.owner': 'Owner',
  'label.homepage': 'Homepage',
  'label.time': 'When',
  'label.origin': 'From where',
  'device.full': '{browser} on {system}',
  'device.system': 'a device with {system}',
  'device.unknown': 'an unknown device',
  origin: '{device}, address {ip}',
  'link.authorizations': 'Your authorized applications',
  'link.activity': 'Your activity',
  'link.password': 'Your password',
  'link.sessions': 'Where you are signed in',
  footer: 'Sent automatically by {host}',
} as const;

/** What is in mails of more than one kind: German. */
export const commonDe: Record<keyof typeof commonEn, string> = {
  'label.application': 'Anwendung',
  'label.owner': 'Inhaber',
  'label.homepage': 'Website',
  'label.time': 'Wann',
  'label.origin': 'Von wo',
  'device.full': '{browser} unter {system}',
  'device.system': 'ein Gerät mit {system}',
  'device.unknown': 'ein unbekanntes Gerät',
  origin: '{device}, Adresse {ip}',
  'link.authorizations': 'Deine zugelassenen Anwendungen',
  'link.activity': 'Deine Aktivität',
  'link.password': 'Dein Passwort',
  'link.sessions': 'Wo du angemeldet bist',
  footer: 'Automatisch verschickt von {host}',
};
