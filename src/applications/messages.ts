import type { Message, Translated } from '../http/messages/message.ts';

/** English texts of the applications pages. */
export const applicationsEn = {
  'layout.applications': 'Your applications',
  'applications.title': 'Your applications',
  'applications.intro':
    'Applications that you have registered here. They ask people for access to their organizers.',
  'applications.register': 'Register an application',
  'applications.guide': 'Developer guide',
  'applications.closed':
    'Only the operator of this platform registers applications. Ask them if you want to connect one; it appears here once it is yours.',
  'applications.empty.title': 'You have no application yet',
  'applications.empty.text':
    'Register one to get a client id. With it your program can ask people for access to their organizers, and you can have a first token within minutes.',
  'applications.empty.other': 'You are looking for the applications that may act for you?',
  'applications.state.active': 'Active',
  'applications.state.disabled': 'Switched off',
  'applications.state.suspended': 'Suspended',
  'applications.reviewed': 'Reviewed',
  'applications.not_reviewed': 'Not reviewed',
  'applications.status': 'Status',
  'applications.users': 'Connected users',
  'applications.last_used': 'Last used',
  'applications.never_used': 'Not used yet',
  'applications.created': 'Registered',
  'applications.suspended.title': 'The operator has suspended this application',
  'applications.suspended.text':
    'Nothing of it works until the operator lifts the suspension. Those who have connected it stay connected.',
  'applications.suspended.reason': 'The reason given:',
  'applications.awaits.title': 'For now it works only for you',
  'applications.awaits.registration':
    'The operator of this platform reviews each application before other people can connect it.',
  'applications.awaits.name_like_reviewed':
    'Its name looks like the name of another application that the operator of this platform has reviewed. Choose another name, or wait until the operator has reviewed this application, too.',
  'applications.awaits.name_like_platform':
    'Its name contains the name of this platform. Choose another name, or wait until the operator has reviewed the application.',
  'applications.awaits.name_claims_review':
    'Its name claims that somebody has checked or approved it. Choose another name, or wait until the operator of this platform has reviewed the application.',
  'applications.awaits.scheme_of_reviewed':
    'Its redirect URI has the same scheme as another application that the operator of this platform has reviewed. Choose a scheme after a domain of your own, or wait until the operator has reviewed this application, too.',
  'applications.disabled.title': 'This application is switched off',
  'applications.disabled.text': 'Nothing of it works until you switch it on again.',
  'applications.notice.deleted':
    'The application has been deleted, and with it all access that people had given it.',
  'applications.notice.transfer_accepted': 'The application is yours now.',
  'applications.notice.transfer_declined': 'You have declined the application.',
  'applications.notice.saved': 'Saved. It holds from now on.',
  'applications.notice.unchanged': 'Nothing was different.',
  'applications.notice.enabled': 'The application is switched on.',
  'applications.notice.disabled': 'The application is switched off. Nothing of it works any more.',
  'applications.notice.secret_deleted': 'The secret has been deleted. It does not work any more.',
  'applications.notice.transfer_offered':
    'The application has been offered. If there is somebody with this address here, they get a mail and can accept.',
  'applications.notice.transfer_withdrawn': 'The offer has been withdrawn.',
  'applications.transfers.title': 'Offered to you',
  'applications.transfers.text':
    '{from} wants to hand {application} over to you. If you accept, you are responsible for it: its settings and secrets are yours, and people see your name. The client secrets that it has now stop working within 24 hours, and a review ends.',
  'applications.transfers.accept': 'Accept',
  'applications.transfers.decline': 'Decline',
  'applications.transfers.accept_of': 'Accept {application}',
  'applications.transfers.decline_of': 'Decline {application}',
  'applications.new.title': 'Register an application',
  'applications.new.intro': 'You can change all of this later, except for the type.',
  'applications.new.approval':
    'On this platform an application works only for you until the operator has reviewed it.',
  'applications.new.too_many': {
    one: 'You own an application already, and one is the limit here. Delete it if it is not used, or ask the operator to register another one for you. Nothing that you typed is lost.',
    other:
      'You own {count} applications, which is the limit. Delete one that is not used, or ask the operator to register another one for you. Nothing that you typed is lost.',
  },
  'applications.new.too_fast': {
    one: 'You have registered many applications within an hour. Try again in a minute. Nothing that you typed is lost.',
    other:
      'You have registered many applications within an hour. Try again in {count} minutes. Nothing that you typed is lost.',
  },
  'applications.new.submit': 'Register',
  'applications.edit.title': 'Edit application',
  'applications.edit.heading': 'Edit {application}',
  'applications.edit.intro':
    'Changes hold at once. A redirect URI or a scope that you take away stops working with the next request.',
  'applications.edit.review':
    'The operator has reviewed what is here now. Any change ends the review until the operator has reviewed the application again.',
  'applications.edit.submit': 'Save',
  'applications.cancel': 'Cancel',
  'applications.optional': 'optional',
  'applications.field.name': 'Name',
  'applications.field.name.help':
    'People see it when they are asked for access. Up to 255 characters.',
  'applications.field.description': 'Description',
  'applications.field.description.help':
    'What it is for, for you and for the operator who reviews it.',
  'applications.field.homepage_url': 'Website',
  'applications.field.homepage_url.help': 'People can look there before they allow anything.',
  'applications.field.privacy_policy_url': 'Privacy policy',
  'applications.field.terms_url': 'Terms of service',
  'applications.field.links': 'Links for people who are asked for access',
  'applications.field.client_type': 'Where does it run?',
  'applications.field.client_type.fixed':
    'The type can not be changed: secrets belong to one type only. Register another application instead.',
  'applications.type.confidential': 'On a server',
  'applications.type.confidential.help':
    'Confidential: it keeps a secret that nobody else can read. Web applications, background jobs.',
  'applications.type.public': 'On the devices of its users',
  'applications.type.public.help':
    'Public: a browser, phone or desktop application, in which a secret could be read. It gets none.',
  'applications.field.redirect_uris': 'Redirect URIs',
  'applications.field.redirect_uris.help':
    'Where people are sent back to, one a line, up to 20. The request has to name one of them, letter for letter.',
  'applications.field.redirect_uris.web':
    'https://app.example.com/callback – for applications on the web',
  'applications.field.redirect_uris.loopback':
    'http://127.0.0.1/callback – for desktop applications, and while you develop; of a public application any port will do',
  'applications.field.redirect_uris.native':
    'com.example.app:/callback – for public applications on a phone',
  'applications.field.scopes': 'What may it ask for?',
  'applications.field.scopes.help':
    'People decide each time what of this they allow. Take only what you need.',
  'applications.field.require_pkce': 'PKCE',
  'applications.field.require_pkce.label': 'Every authorization has to use PKCE',
  'applications.field.require_pkce.help':
    'It keeps a stolen authorization code from being used. Switch it off only for software that can not do it. Public applications always need it.',
  'applications.pkce.required': 'Required',
  'applications.pkce.optional': 'Not required',
  'applications.meanwhile.title': 'This was changed in the meantime',
  'applications.meanwhile.text':
    'Nothing has been saved yet. Below is what you typed, and at each field what was saved in the meantime. Save again to let yours hold.',
  'applications.meanwhile.now': 'Saved in the meantime:',
  'applications.meanwhile.empty': '(empty)',
  'applications.sign_in.title': 'Please confirm that it is you',
  'applications.sign_in.text':
    'You signed in some time ago, so nothing has been done. Confirm your password in a new tab, then send this form again: all that you typed is still here.',
  'applications.sign_in.link': 'Confirm my password',
  'applications.errors.title': 'Nothing has been done yet',
  'applications.error.name.blank': 'Give it a name.',
  'applications.error.name':
    'The name has to be one line that begins with a visible character, without invisible characters and without characters that change the reading direction.',
  'applications.error.text.long':
    'These are {given} characters; up to {limit} are possible. Shorten it.',
  'applications.error.description':
    'Invisible characters and control characters are not possible in the description, except for line breaks. Write plain text.',
  'applications.error.url':
    'Enter a web address that begins with https:// or http://, without a user name, or leave it empty.',
  'applications.error.client_type': 'Choose one of the two.',
  'applications.error.scopes.none': 'Tick at least one.',
  'applications.error.scopes.unknown':
    'There was something ticked that this server does not have. Look at the list and try again.',
  'applications.error.redirect_uris.none':
    'At least one redirect URI is needed, for example https://app.example.com/callback.',
  'applications.error.redirect_uris.many':
    'These are {given}; up to {limit} are possible. Take some away.',
  'applications.error.redirect_uris.twice':
    'Line {line} is the same as line {first}. Take one of them away.',
  'applications.error.redirect_uris.line': 'Line {line}: {problem}',
  'applications.error.label': 'The label can be one line of up to {limit} plain characters.',
  'applications.error.expires_on':
    'Choose a day from tomorrow on, within {years} years, or leave it empty.',
  'applications.error.secret_limit':
    'An application has at most {limit} secrets. Delete one that is not used any more.',
  'applications.error.delete': 'That is not its name. Type the name as it stands above.',
  'applications.error.email': 'Enter an e-mail address such as ada@example.com.',
  'applications.error.email.own': 'That is your own address. The application is yours already.',
  'applications.error.email.many':
    'You have offered applications too often today, or this address was offered too many. Try again tomorrow.',
  'applications.links': 'About this application',
  'applications.link.all': 'All applications',
  'applications.link.edit': 'Edit',
  'applications.link.start': 'First steps',
  'applications.link.statistics': 'Statistics',
  'applications.link.check': 'Check an authorize URL',
  'applications.link.back': 'Back to {application}',
  'applications.client_id': 'Client id',
  'applications.copy': 'Copy',
  'applications.copy.client_id': 'Copy the client id',
  'applications.copy.secret': 'Copy the secret',
  'applications.copy.curl': 'Copy the curl example',
  'applications.copy.javascript': 'Copy the JavaScript example',
  'applications.copy.done': 'Copied',
  'applications.copy.failed': 'Selected: press Ctrl+C',
  'applications.settings': 'Settings',
  'applications.type': 'Type',
  'applications.type.confidential.short': 'Confidential (on a server)',
  'applications.type.public.short': 'Public (on devices)',
  'applications.none': 'None',
  'applications.secrets': 'Secrets',
  'applications.secrets.text':
    'To replace one without an interruption, add a new one, let your application use it, then delete the old one.',
  'applications.secrets.last': 'The last secret can only be replaced: add a new one first.',
  'applications.secrets.full':
    'There are {limit} secrets, which is the most. Delete one that is not used to add another.',
  'applications.secrets.public':
    'This application is public and has no secret. PKCE protects it instead.',
  'applications.secret': 'Secret',
  'applications.secret.unnamed': 'Without a label',
  'applications.secret.ends': 'ends in {end}',
  'applications.secret.created': 'Added',
  'applications.secret.used': 'Last used',
  'applications.secret.unused': 'Never',
  'applications.secret.expires': 'Expires',
  'applications.secret.lasting': 'Never',
  'applications.secret.expired': 'Expired',
  'applications.secret.add': 'Add a secret',
  'applications.secret.delete': 'Delete',
  'applications.secret.delete_of': 'Delete the secret that ends in {end}',
  'applications.secret.new.title': 'Add a secret',
  'applications.secret.new.text':
    'It is shown once, on the next page. The secrets that there are stay good.',
  'applications.secret.label': 'Label',
  'applications.secret.label.help':
    'What it is for, so that you know it again: “production server”.',
  'applications.secret.expires_on': 'Good until the end of',
  'applications.secret.expires_on.help':
    'The day ends at midnight UTC. Leave it empty for a secret without an end.',
  'applications.secret.new.submit': 'Add',
  'applications.secret.delete.title': 'Delete this secret?',
  'applications.secret.delete.text':
    'It stops at once. Whatever still uses it gets no token any more until it uses another secret.',
  'applications.secret.delete.used': 'It was last used at this time. Is it still in use somewhere?',
  'applications.secret.delete.submit': 'Delete the secret',
  'applications.keep': 'Keep it',
  'applications.start.title.registered': 'Your application is registered',
  'applications.start.title.secret_added': 'The new secret',
  'applications.start.title.look': 'First steps',
  'applications.start.secret': 'Client secret',
  'applications.start.secret.once':
    'Copy it now: it is shown this one time, and we keep only a fingerprint of it. If it gets lost, add another one.',
  'applications.start.secret.where':
    'Keep it where only your server can read it: not in a browser, an app or a repository.',
  'applications.start.secret.gone':
    'The secret was shown once and is not shown again. If you did not keep it, add another one.',
  'applications.start.public': 'It is public and has no secret; PKCE protects each authorization.',
  'applications.start.token': 'Get a first token',
  'applications.start.token.text':
    'Both examples use your client id and your first redirect URI. Run one in a terminal; nothing has to listen at the redirect URI yet, since you paste the address yourself.',
  'applications.start.placeholder': 'Put your secret in place of “your client secret”.',
  'applications.start.curl': 'With curl',
  'applications.start.javascript':
    'With JavaScript (Node.js 20 or later, saved as first-token.mjs)',
  'applications.start.next': 'Go on',
  'applications.start.settings': 'Settings of the application',
  'applications.danger': 'Stop, hand over or delete',
  'applications.disable': 'Switch off',
  'applications.disable.text':
    'Nothing of it works while it is off: no token, no new authorization. Nothing is lost, and switching it on brings it all back.',
  'applications.enable': 'Switch on',
  'applications.enable.text':
    'Everything works again as before, for everybody who has connected it.',
  'applications.transfer': 'Hand over',
  'applications.transfer.text':
    'Give it to another user, who has to accept. Until then it stays yours.',
  'applications.transfer.pending': 'It is offered to {email}. Until they accept, it stays yours.',
  'applications.transfer.withdraw': 'Withdraw the offer',
  'applications.transfer.title': 'Hand over application',
  'applications.transfer.heading': 'Hand over {application}?',
  'applications.transfer.intro':
    'If there is somebody with this address here, they get a mail and can accept. Then settings, secrets and statistics are theirs, and you no longer see the application. The client secrets that it has now stop working within 24 hours after that, and a review ends. What people have allowed stays as it is.',
  'applications.transfer.email': 'E-mail address of the other user',
  'applications.transfer.submit': 'Offer it',
  'applications.delete': 'Delete',
  'applications.delete.text': 'For good, with every access that people have given it.',
  'applications.delete.title': 'Delete application',
  'applications.delete.heading': 'Delete {application}?',
  'applications.delete.intro':
    'Its client id, secrets and statistics are gone for good, and its tokens stop at once. This can not be undone.',
  'applications.delete.users': {
    one: '{count} person has connected it and loses the connection.',
    other: '{count} people have connected it and lose the connection.',
  },
  'applications.delete.instead': 'To stop it for a while, switch it off instead.',
  'applications.delete.type': 'Type its name to confirm',
  'applications.delete.submit': 'Delete for good',
  'redirect_uri.empty': 'It is empty. Give an https URL such as https://app.example.com/callback.',
  'redirect_uri.long': 'It is longer than {limit} characters. Give a shorter one.',
  'redirect_uri.space':
    'It holds a space, a control character or a backslash. Leave them out, or percent-encode them.',
  'redirect_uri.wildcard': 'Wildcards (*) are not possible. Register each redirect URI in full.',
  'redirect_uri.fragment':
    'A fragment (#…) is not possible (RFC 6749 section 3.1.2). Leave it out.',
  'redirect_uri.relative':
    'It is not an absolute URI. Give an https URL such as https://app.example.com/callback.',
  'redirect_uri.scheme_case': 'The scheme is not in lower case. Write it as {scheme}:.',
  'redirect_uri.host':
    "It has no host, or one that can't be. Give an https URL such as https://app.example.com/callback.",
  'redirect_uri.user':
    'A user name or password is not possible. Leave out what stands before the @.',
  'redirect_uri.address_form':
    'The IP address is not written in its usual form. Write it as {host}.',
  'redirect_uri.address_form_host':
    'The IP address is not written in its usual form. Give an https URL such as https://app.example.com/callback, with a host name instead of an IP address.',
  'redirect_uri.host_name':
    '{host} is not a host name. Give an https URL such as https://app.example.com/callback.',
  'redirect_uri.http':
    'http is possible for 127.0.0.1, [::1] and localhost only. Use https for any other host.',
  'redirect_uri.address':
    'An IP address is possible on loopback only. Give an https URL such as https://app.example.com/callback, with a host name.',
  'redirect_uri.loopback_tls':
    'A public application receives on loopback without TLS (RFC 8252 section 7.3). Use http://{host}.',
  'redirect_uri.scheme_public':
    'The scheme {scheme}: is not possible. Give an https URL such as https://app.example.com/callback, or a scheme after a domain of yours such as com.example.app:/callback.',
  'redirect_uri.scheme':
    'The scheme {scheme}: is not possible. Give an https URL such as https://app.example.com/callback.',
  'redirect_uri.scheme_own':
    'A scheme of its own is for public applications. Give an https URL such as https://app.example.com/callback.',
  'redirect_uri.path': 'After the scheme, a path has to follow. Write it as {scheme}:/callback.',
  'redirect_uri.characters':
    "It holds a character that a URI can't have as it is (RFC 3986). Percent-encode it; write a host name with other letters in Punycode (xn--…).",
  'redirect_uri.normal_form': 'It is not in its normal form. Write it as {uri}.',
} as const satisfies Record<string, Message>;

/** German texts of the applications pages. */
export const applicationsDe = {
  'layout.applications': 'Deine Anwendungen',
  'applications.title': 'Deine Anwendungen',
  'applications.intro':
    'Anwendungen, die du hier registriert hast. Sie bitten Menschen um Zugriff auf deren Veranstalter.',
  'applications.register': 'Anwendung registrieren',
  'applications.guide': 'Anleitung für Entwickler',
  'applications.closed':
    'Nur der Betreiber dieser Plattform registriert Anwendungen. Wende dich an ihn, wenn du eine anbinden willst; sie erscheint hier, sobald sie dir gehört.',
  'applications.empty.title': 'Du hast noch keine Anwendung',
  'applications.empty.text':
    'Registriere eine, um eine Client-ID zu bekommen. Damit kann dein Programm Menschen um Zugriff auf ihre Veranstalter bitten, und in wenigen Minuten hast du ein erstes Token.',
  'applications.empty.other': 'Du suchst die Anwendungen, die für dich handeln dürfen?',
  'applications.state.active': 'Aktiv',
  'applications.state.disabled': 'Abgeschaltet',
  'applications.state.suspended': 'Gesperrt',
  'applications.reviewed': 'Geprüft',
  'applications.not_reviewed': 'Nicht geprüft',
  'applications.status': 'Status',
  'applications.users': 'Verbundene Personen',
  'applications.last_used': 'Zuletzt benutzt',
  'applications.never_used': 'Noch nicht benutzt',
  'applications.created': 'Registriert',
  'applications.suspended.title': 'Der Betreiber hat diese Anwendung gesperrt',
  'applications.suspended.text':
    'Bis der Betreiber die Sperre aufhebt, funktioniert nichts davon. Wer sie verbunden hat, bleibt verbunden.',
  'applications.suspended.reason': 'Die angegebene Begründung:',
  'applications.awaits.title': 'Vorerst funktioniert sie nur für dich',
  'applications.awaits.registration':
    'Der Betreiber dieser Plattform prüft jede Anwendung, bevor andere sie verbinden können.',
  'applications.awaits.name_like_reviewed':
    'Der Name sieht aus wie der einer anderen Anwendung, die der Betreiber dieser Plattform geprüft hat. Wähle einen anderen Namen oder warte, bis der Betreiber auch diese Anwendung geprüft hat.',
  'applications.awaits.name_like_platform':
    'Im Namen steht der Name dieser Plattform. Wähle einen anderen Namen oder warte, bis der Betreiber die Anwendung geprüft hat.',
  'applications.awaits.name_claims_review':
    'Der Name behauptet, dass jemand sie geprüft oder zugelassen hat. Wähle einen anderen Namen oder warte, bis der Betreiber dieser Plattform die Anwendung geprüft hat.',
  'applications.awaits.scheme_of_reviewed':
    'Die Redirect-URI hat dasselbe Schema wie eine andere Anwendung, die der Betreiber dieser Plattform geprüft hat. Wähle ein Schema nach einer eigenen Domain oder warte, bis der Betreiber auch diese Anwendung geprüft hat.',
  'applications.disabled.title': 'Diese Anwendung ist abgeschaltet',
  'applications.disabled.text': 'Bis du sie wieder einschaltest, funktioniert nichts davon.',
  'applications.notice.deleted':
    'Die Anwendung ist gelöscht, und mit ihr jeder Zugriff, den ihr jemand gegeben hatte.',
  'applications.notice.transfer_accepted': 'Die Anwendung gehört jetzt dir.',
  'applications.notice.transfer_declined': 'Du hast die Anwendung abgelehnt.',
  'applications.notice.saved': 'Gespeichert. Es gilt ab sofort.',
  'applications.notice.unchanged': 'Es war nichts anders.',
  'applications.notice.enabled': 'Die Anwendung ist eingeschaltet.',
  'applications.notice.disabled': 'Die Anwendung ist abgeschaltet. Nichts davon funktioniert mehr.',
  'applications.notice.secret_deleted': 'Das Secret ist gelöscht. Es funktioniert nicht mehr.',
  'applications.notice.transfer_offered':
    'Die Anwendung ist angeboten. Wenn hier jemand diese Adresse hat, bekommt er oder sie eine Mail und kann annehmen.',
  'applications.notice.transfer_withdrawn': 'Das Angebot ist zurückgezogen.',
  'applications.transfers.title': 'Dir angeboten',
  'applications.transfers.text':
    '{from} möchte dir {application} übergeben. Wenn du annimmst, bist du für sie verantwortlich: Einstellungen und Secrets liegen bei dir, und andere sehen deinen Namen. Die bisherigen Client-Secrets gelten dann höchstens noch 24 Stunden, und eine Prüfung endet.',
  'applications.transfers.accept': 'Annehmen',
  'applications.transfers.decline': 'Ablehnen',
  'applications.transfers.accept_of': '{application} annehmen',
  'applications.transfers.decline_of': '{application} ablehnen',
  'applications.new.title': 'Anwendung registrieren',
  'applications.new.intro': 'Alles außer der Art kannst du später ändern.',
  'applications.new.approval':
    'Auf dieser Plattform funktioniert eine Anwendung nur für dich, bis der Betreiber sie geprüft hat.',
  'applications.new.too_many': {
    one: 'Du hast schon eine Anwendung, mehr sind hier nicht vorgesehen. Lösche sie, wenn du sie nicht mehr brauchst, oder bitte den Betreiber, eine weitere für dich zu registrieren. Deine Eingaben bleiben erhalten.',
    other:
      'Du hast {count} Anwendungen, mehr sind nicht vorgesehen. Lösche eine, die du nicht mehr brauchst, oder bitte den Betreiber, eine weitere für dich zu registrieren. Deine Eingaben bleiben erhalten.',
  },
  'applications.new.too_fast': {
    one: 'Du hast innerhalb einer Stunde viele Anwendungen registriert. Versuche es in einer Minute noch einmal. Deine Eingaben bleiben erhalten.',
    other:
      'Du hast innerhalb einer Stunde viele Anwendungen registriert. Versuche es in {count} Minuten noch einmal. Deine Eingaben bleiben erhalten.',
  },
  'applications.new.submit': 'Registrieren',
  'applications.edit.title': 'Anwendung bearbeiten',
  'applications.edit.heading': '{application} bearbeiten',
  'applications.edit.intro':
    'Änderungen gelten sofort. Eine Redirect-URI oder ein Recht, das du entfernst, wirkt ab der nächsten Anfrage nicht mehr.',
  'applications.edit.review':
    'Der Betreiber hat geprüft, was hier jetzt steht. Mit jeder Änderung endet die Prüfung, bis der Betreiber die Anwendung wieder geprüft hat.',
  'applications.edit.submit': 'Speichern',
  'applications.cancel': 'Abbrechen',
  'applications.optional': 'freiwillig',
  'applications.field.name': 'Name',
  'applications.field.name.help':
    'Andere sehen ihn, wenn sie um Zugriff gebeten werden. Bis zu 255 Zeichen.',
  'applications.field.description': 'Beschreibung',
  'applications.field.description.help':
    'Wozu sie dient, für dich und für den Betreiber, der sie prüft.',
  'applications.field.homepage_url': 'Website',
  'applications.field.homepage_url.help': 'Andere können dort nachsehen, bevor sie etwas erlauben.',
  'applications.field.privacy_policy_url': 'Datenschutzerklärung',
  'applications.field.terms_url': 'Nutzungsbedingungen',
  'applications.field.links': 'Links für Menschen, die um Zugriff gebeten werden',
  'applications.field.client_type': 'Wo läuft sie?',
  'applications.field.client_type.fixed':
    'Die Art lässt sich nicht ändern: Secrets gehören nur zu einer Art. Registriere stattdessen eine weitere Anwendung.',
  'applications.type.confidential': 'Auf einem Server',
  'applications.type.confidential.help':
    'Vertraulich (confidential): Sie bewahrt ein Secret auf, das sonst niemand lesen kann. Webanwendungen, Hintergrunddienste.',
  'applications.type.public': 'Auf den Geräten der Leute, die sie benutzen',
  'applications.type.public.help':
    'Öffentlich (public): eine Anwendung im Browser, auf dem Telefon oder dem Rechner, in der ein Secret lesbar wäre. Sie bekommt keines.',
  'applications.field.redirect_uris': 'Redirect-URIs',
  'applications.field.redirect_uris.help':
    'Wohin die Leute zurückgeschickt werden, eine je Zeile, bis zu 20. Die Anfrage muss eine davon nennen, Zeichen für Zeichen.',
  'applications.field.redirect_uris.web':
    'https://app.example.com/callback – für Anwendungen im Web',
  'applications.field.redirect_uris.loopback':
    'http://127.0.0.1/callback – für Anwendungen auf dem Rechner und während der Entwicklung; bei öffentlichen Anwendungen passt jeder Port',
  'applications.field.redirect_uris.native':
    'com.example.app:/callback – für öffentliche Anwendungen auf dem Telefon',
  'applications.field.scopes': 'Worum darf sie bitten?',
  'applications.field.scopes.help':
    'Andere entscheiden jedes Mal, was davon sie erlauben. Nimm nur, was du brauchst.',
  'applications.field.require_pkce': 'PKCE',
  'applications.field.require_pkce.label': 'Jede Autorisierung muss PKCE verwenden',
  'applications.field.require_pkce.help':
    'Es verhindert, dass ein gestohlener Autorisierungscode benutzt wird. Schalte es nur für Software ab, die es nicht kann. Öffentliche Anwendungen brauchen es immer.',
  'applications.pkce.required': 'Vorgeschrieben',
  'applications.pkce.optional': 'Nicht vorgeschrieben',
  'applications.meanwhile.title': 'Das wurde inzwischen geändert',
  'applications.meanwhile.text':
    'Noch ist nichts gespeichert. Unten steht, was du eingegeben hast, und bei jedem Feld, was inzwischen gespeichert wurde. Speichere noch einmal, damit deines gilt.',
  'applications.meanwhile.now': 'Inzwischen gespeichert:',
  'applications.meanwhile.empty': '(leer)',
  'applications.sign_in.title': 'Bitte bestätige, dass du es bist',
  'applications.sign_in.text':
    'Deine Anmeldung ist schon etwas her, deshalb ist nichts passiert. Bestätige dein Passwort in einem neuen Tab und schicke dieses Formular dann noch einmal ab: Alles, was du eingegeben hast, ist noch da.',
  'applications.sign_in.link': 'Mein Passwort bestätigen',
  'applications.errors.title': 'Noch ist nichts geschehen',
  'applications.error.name.blank': 'Gib ihr einen Namen.',
  'applications.error.name':
    'Der Name muss eine Zeile sein und mit einem sichtbaren Zeichen beginnen, ohne unsichtbare Zeichen und ohne Zeichen, die die Schreibrichtung ändern.',
  'applications.error.text.long':
    'Das sind {given} Zeichen; möglich sind bis zu {limit}. Kürze den Text.',
  'applications.error.description':
    'In der Beschreibung sind keine unsichtbaren Zeichen und keine Steuerzeichen möglich, außer Zeilenumbrüchen. Schreibe einfachen Text.',
  'applications.error.url':
    'Gib eine Webadresse ein, die mit https:// oder http:// beginnt, ohne Benutzernamen, oder lass das Feld leer.',
  'applications.error.client_type': 'Wähle eines von beiden.',
  'applications.error.scopes.none': 'Wähle mindestens eines.',
  'applications.error.scopes.unknown':
    'Es war etwas gewählt, das es auf diesem Server nicht gibt. Prüfe die Liste und versuche es noch einmal.',
  'applications.error.redirect_uris.none':
    'Mindestens eine Redirect-URI ist nötig, zum Beispiel https://app.example.com/callback.',
  'applications.error.redirect_uris.many':
    'Das sind {given}; möglich sind bis zu {limit}. Entferne einige.',
  'applications.error.redirect_uris.twice':
    'Zeile {line} ist dieselbe wie Zeile {first}. Entferne eine davon.',
  'applications.error.redirect_uris.line': 'Zeile {line}: {problem}',
  'applications.error.label':
    'Die Bezeichnung kann eine Zeile mit bis zu {limit} einfachen Zeichen sein.',
  'applications.error.expires_on':
    'Wähle einen Tag ab morgen, innerhalb von {years} Jahren, oder lass das Feld leer.',
  'applications.error.secret_limit':
    'Eine Anwendung hat höchstens {limit} Secrets. Lösche eines, das nicht mehr benutzt wird.',
  'applications.error.delete': 'Das ist nicht ihr Name. Gib den Namen so ein, wie er oben steht.',
  'applications.error.email': 'Gib eine E-Mail-Adresse wie ada@example.com ein.',
  'applications.error.email.own': 'Das ist deine eigene Adresse. Die Anwendung gehört dir schon.',
  'applications.error.email.many':
    'Du hast heute zu oft Anwendungen angeboten, oder dieser Adresse wurden zu viele angeboten. Versuche es morgen wieder.',
  'applications.links': 'Zu dieser Anwendung',
  'applications.link.all': 'Alle Anwendungen',
  'applications.link.edit': 'Bearbeiten',
  'applications.link.start': 'Erste Schritte',
  'applications.link.statistics': 'Statistik',
  'applications.link.check': 'Authorize-URL prüfen',
  'applications.link.back': 'Zurück zu {application}',
  'applications.client_id': 'Client-ID',
  'applications.copy': 'Kopieren',
  'applications.copy.client_id': 'Client-ID kopieren',
  'applications.copy.secret': 'Secret kopieren',
  'applications.copy.curl': 'curl-Beispiel kopieren',
  'applications.copy.javascript': 'JavaScript-Beispiel kopieren',
  'applications.copy.done': 'Kopiert',
  'applications.copy.failed': 'Markiert: drücke Strg+C',
  'applications.settings': 'Einstellungen',
  'applications.type': 'Art',
  'applications.type.confidential.short': 'Vertraulich (auf einem Server)',
  'applications.type.public.short': 'Öffentlich (auf Geräten)',
  'applications.none': 'Keine',
  'applications.secrets': 'Secrets',
  'applications.secrets.text':
    'Um eines ohne Unterbrechung zu ersetzen, lege ein neues an, lass deine Anwendung es benutzen und lösche dann das alte.',
  'applications.secrets.last':
    'Das letzte Secret lässt sich nur ersetzen: Lege zuerst ein neues an.',
  'applications.secrets.full':
    'Es gibt {limit} Secrets, mehr sind nicht möglich. Lösche eines, das nicht benutzt wird, um ein weiteres anzulegen.',
  'applications.secrets.public':
    'Diese Anwendung ist öffentlich und hat kein Secret. Stattdessen schützt sie PKCE.',
  'applications.secret': 'Secret',
  'applications.secret.unnamed': 'Ohne Bezeichnung',
  'applications.secret.ends': 'endet auf {end}',
  'applications.secret.created': 'Angelegt',
  'applications.secret.used': 'Zuletzt benutzt',
  'applications.secret.unused': 'Nie',
  'applications.secret.expires': 'Läuft ab',
  'applications.secret.lasting': 'Nie',
  'applications.secret.expired': 'Abgelaufen',
  'applications.secret.add': 'Secret anlegen',
  'applications.secret.delete': 'Löschen',
  'applications.secret.delete_of': 'Secret löschen, das auf {end} endet',
  'applications.secret.new.title': 'Secret anlegen',
  'applications.secret.new.text':
    'Es wird einmal gezeigt, auf der nächsten Seite. Die vorhandenen Secrets bleiben gültig.',
  'applications.secret.label': 'Bezeichnung',
  'applications.secret.label.help':
    'Wofür es ist, damit du es wiedererkennst: „Produktionsserver“.',
  'applications.secret.expires_on': 'Gültig bis zum Ende des',
  'applications.secret.expires_on.help':
    'Der Tag endet um Mitternacht UTC. Lass das Feld für ein Secret ohne Ende leer.',
  'applications.secret.new.submit': 'Anlegen',
  'applications.secret.delete.title': 'Dieses Secret löschen?',
  'applications.secret.delete.text':
    'Es gilt sofort nicht mehr. Was es noch benutzt, bekommt keine Tokens mehr, bis es ein anderes Secret benutzt.',
  'applications.secret.delete.used':
    'Zu dieser Zeit wurde es zuletzt benutzt. Ist es irgendwo noch in Gebrauch?',
  'applications.secret.delete.submit': 'Secret löschen',
  'applications.keep': 'Behalten',
  'applications.start.title.registered': 'Deine Anwendung ist registriert',
  'applications.start.title.secret_added': 'Das neue Secret',
  'applications.start.title.look': 'Erste Schritte',
  'applications.start.secret': 'Client-Secret',
  'applications.start.secret.once':
    'Kopiere es jetzt: Es wird nur dieses eine Mal gezeigt, und wir behalten nur einen Fingerabdruck davon. Wenn es verloren geht, lege ein anderes an.',
  'applications.start.secret.where':
    'Bewahre es auf, wo nur dein Server es lesen kann: nicht im Browser, in einer App oder in einem Repository.',
  'applications.start.secret.gone':
    'Das Secret wurde einmal gezeigt und wird nicht wieder gezeigt. Wenn du es nicht aufbewahrt hast, lege ein anderes an.',
  'applications.start.public':
    'Sie ist öffentlich und hat kein Secret; PKCE schützt jede Autorisierung.',
  'applications.start.token': 'Ein erstes Token holen',
  'applications.start.token.text':
    'Beide Beispiele verwenden deine Client-ID und deine erste Redirect-URI. Führe eines in einem Terminal aus; an der Redirect-URI muss noch nichts antworten, denn du fügst die Adresse selbst ein.',
  'applications.start.placeholder': 'Setze dein Secret an die Stelle von „your client secret“.',
  'applications.start.curl': 'Mit curl',
  'applications.start.javascript':
    'Mit JavaScript (Node.js ab 20, gespeichert als first-token.mjs)',
  'applications.start.next': 'Weiter',
  'applications.start.settings': 'Einstellungen der Anwendung',
  'applications.danger': 'Anhalten, übergeben oder löschen',
  'applications.disable': 'Abschalten',
  'applications.disable.text':
    'Solange sie abgeschaltet ist, funktioniert nichts davon: kein Token, keine neue Autorisierung. Nichts geht verloren; nach dem Einschalten ist alles wieder da.',
  'applications.enable': 'Einschalten',
  'applications.enable.text':
    'Alles funktioniert wieder wie zuvor, für alle, die sie verbunden haben.',
  'applications.transfer': 'Übergeben',
  'applications.transfer.text':
    'Gib sie einer anderen Person, die annehmen muss. Bis dahin bleibt sie bei dir.',
  'applications.transfer.pending': 'Sie ist {email} angeboten. Bis zur Annahme bleibt sie bei dir.',
  'applications.transfer.withdraw': 'Angebot zurückziehen',
  'applications.transfer.title': 'Anwendung übergeben',
  'applications.transfer.heading': '{application} übergeben?',
  'applications.transfer.intro':
    'Wenn hier jemand diese Adresse hat, bekommt er oder sie eine Mail und kann annehmen. Dann gehören Einstellungen, Secrets und Statistik der anderen Person, und du siehst die Anwendung nicht mehr. Die bisherigen Client-Secrets gelten danach höchstens noch 24 Stunden, und eine Prüfung endet. Was andere erlaubt haben, bleibt bestehen.',
  'applications.transfer.email': 'E-Mail-Adresse der anderen Person',
  'applications.transfer.submit': 'Anbieten',
  'applications.delete': 'Löschen',
  'applications.delete.text': 'Endgültig, mit jedem Zugriff, den ihr jemand gegeben hat.',
  'applications.delete.title': 'Anwendung löschen',
  'applications.delete.heading': '{application} löschen?',
  'applications.delete.intro':
    'Client-ID, Secrets und Statistik sind endgültig weg, und ihre Tokens gelten sofort nicht mehr. Das lässt sich nicht rückgängig machen.',
  'applications.delete.users': {
    one: '{count} Person hat sie verbunden und verliert die Verbindung.',
    other: '{count} Personen haben sie verbunden und verlieren die Verbindung.',
  },
  'applications.delete.instead': 'Um sie eine Weile anzuhalten, schalte sie stattdessen ab.',
  'applications.delete.type': 'Gib zur Bestätigung ihren Namen ein',
  'applications.delete.submit': 'Endgültig löschen',
  'redirect_uri.empty': 'Sie ist leer. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.long': 'Sie ist länger als {limit} Zeichen. Gib eine kürzere an.',
  'redirect_uri.space':
    'Sie enthält ein Leerzeichen, ein Steuerzeichen oder einen umgekehrten Schrägstrich. Lass es weg oder schreibe es in Prozent-Kodierung.',
  'redirect_uri.wildcard':
    'Platzhalter (*) sind nicht möglich. Trage jede Redirect-URI vollständig ein.',
  'redirect_uri.fragment':
    'Ein Fragment (#…) ist nicht möglich (RFC 6749, Abschnitt 3.1.2). Lass es weg.',
  'redirect_uri.relative':
    'Sie ist keine absolute URI. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.scheme_case': 'Das Schema ist nicht kleingeschrieben. Schreibe es als {scheme}:.',
  'redirect_uri.host':
    'Sie hat keinen Host oder einen, den es nicht geben kann. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.user':
    'Ein Benutzername oder Passwort ist nicht möglich. Lass weg, was vor dem @ steht.',
  'redirect_uri.address_form':
    'Die IP-Adresse ist nicht in ihrer üblichen Form geschrieben. Schreibe sie als {host}.',
  'redirect_uri.address_form_host':
    'Die IP-Adresse ist nicht in ihrer üblichen Form geschrieben. Gib eine https-URL wie https://app.example.com/callback an, mit einem Hostnamen anstelle einer IP-Adresse.',
  'redirect_uri.host_name':
    '{host} ist kein Hostname. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.http':
    'http ist nur für 127.0.0.1, [::1] und localhost möglich. Verwende für jeden anderen Host https.',
  'redirect_uri.address':
    'Eine IP-Adresse ist nur auf dem eigenen Rechner (loopback) möglich. Gib eine https-URL wie https://app.example.com/callback an, mit einem Hostnamen.',
  'redirect_uri.loopback_tls':
    'Eine öffentliche Anwendung empfängt auf dem eigenen Rechner ohne TLS (RFC 8252, Abschnitt 7.3). Verwende http://{host}.',
  'redirect_uri.scheme_public':
    'Das Schema {scheme}: ist nicht möglich. Gib eine https-URL wie https://app.example.com/callback an oder ein Schema nach einer Domain von dir wie com.example.app:/callback.',
  'redirect_uri.scheme':
    'Das Schema {scheme}: ist nicht möglich. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.scheme_own':
    'Ein eigenes Schema ist für öffentliche Anwendungen. Gib eine https-URL wie https://app.example.com/callback an.',
  'redirect_uri.path': 'Nach dem Schema muss ein Pfad folgen. Schreibe sie als {scheme}:/callback.',
  'redirect_uri.characters':
    'Sie enthält ein Zeichen, das eine URI so nicht haben kann (RFC 3986). Schreibe es in Prozent-Kodierung, einen Hostnamen mit anderen Buchstaben in Punycode (xn--…).',
  'redirect_uri.normal_form': 'Sie ist nicht in ihrer Normalform. Schreibe sie als {uri}.',
} as const satisfies Translated<typeof applicationsEn>;
