/** Mails about an application of the reader’s own: English. */
export const applicationEn = {
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
  'changed.transferred_away.subject': 'Application handed over: {application}',
  'changed.transferred_away.heading': '{application} now belongs to somebody else',
  'changed.transferred_away.text':
    'You can no longer see or change it. The client secrets that it has now stop working within 24 hours.',
  'changed.transferred_to_you.subject': 'Application handed over: {application}',
  'changed.transferred_to_you.heading': '{application} now belongs to you',
  'changed.transferred_to_you.text':
    'Its former owner may know its client secrets, so those that it has now stop working within 24 hours. Add a new one and use it in the application before then. If an operator had reviewed the application, it has to be reviewed again.',
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
  'label.secret': 'Secret',
  'label.redirect_uris': 'Redirect URIs now',
  'label.offered_to': 'Offered to',
  'label.reason': 'Reason',
} as const;

/** Mails about an application of the reader’s own: German. */
export const applicationDe: Record<keyof typeof applicationEn, string> = {
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
  'changed.transferred_away.subject': 'Anwendung übergeben: {application}',
  'changed.transferred_away.heading': '{application} gehört jetzt jemand anderem',
  'changed.transferred_away.text':
    'Du kannst sie nicht mehr sehen und nicht mehr ändern. Die bisherigen Client-Secrets gelten höchstens noch 24 Stunden.',
  'changed.transferred_to_you.subject': 'Anwendung übergeben: {application}',
  'changed.transferred_to_you.heading': '{application} gehört jetzt dir',
  'changed.transferred_to_you.text':
    'Wer sie vorher hatte, kennt vielleicht ihre Client-Secrets. Die bisherigen gelten deshalb höchstens noch 24 Stunden: Leg vorher ein neues an und verwende es in der Anwendung. Falls die Anwendung geprüft war, muss sie neu geprüft werden.',
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
  'label.secret': 'Secret',
  'label.redirect_uris': 'Redirect-URIs jetzt',
  'label.offered_to': 'Angeboten an',
  'label.reason': 'Grund',
};
