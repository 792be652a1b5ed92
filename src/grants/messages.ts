import type { Message, Translated } from '../http/messages/message.ts';

/** English texts of the pages about what a user has allowed. */
export const authorizationsEn = {
  'authorizations.title': 'Authorized applications',
  'authorizations.intro':
    'These applications may act for you. What you change or revoke here holds from their next request on.',
  'authorizations.empty.title': 'No application has access',
  'authorizations.empty.text':
    'When you allow an application to act for you, it will be listed here, and you can change or revoke the access here.',
  'authorizations.notice.revoked':
    'The access has been revoked. From its next request on the application can no longer act for you.',
  'authorizations.notice.revoked_one':
    'The access has been revoked and opens nothing from the next request on. The application has other access that you have given it: it is listed below.',
  'authorizations.notice.already_revoked': 'This access had already ended.',
  'authorizations.notice.revoked_application':
    'All access of the application has been revoked. From its next request on it can no longer act for you.',
  'authorizations.notice.revoked_unused':
    'The unused access has been revoked. It opens nothing from the next request on.',
  'authorizations.notice.none_unused':
    'There was nothing left to revoke: all other access has been used in the meantime, or had already ended.',
  'authorizations.notice.narrowed': 'The change is saved and holds from the next request on.',
  'authorizations.notice.unchanged': 'Nothing was different, so nothing has been changed.',
  'authorizations.sort': 'Sort by',
  'authorizations.sort.name': 'Name',
  'authorizations.sort.granted': 'Last allowed',
  'authorizations.sort.used': 'Last used',
  'authorizations.homepage': 'Website',
  'authorizations.granted_on': 'Allowed on {date}',
  'authorizations.scopes': 'It may',
  'authorizations.organizers': {
    one: 'For {count} organizer',
    other: 'For {count} organizers',
  },
  'authorizations.organizers.none': 'For no organizer',
  'authorizations.organizers.more': { one: '{count} more', other: '{count} more' },
  'authorizations.used': 'Last used',
  'authorizations.unused': 'Not used yet',
  'authorizations.used.from':
    'from around {network}, which is most often the server of the application',
  'authorizations.ends': 'Ends',
  'authorizations.ends.own': 'as you have set it, used or not',
  'authorizations.ends.idle': 'if it is not used until then; each use puts it off',
  'authorizations.ends.idle_first': 'or on {date} already, if it is not used until then',
  'authorizations.change': 'Change',
  'authorizations.change_of': 'Change access of {application}',
  'authorizations.revoke': 'Revoke access',
  'authorizations.revoke_of': 'Revoke access of {application}',
  'authorizations.revoke_all': 'Revoke all {count}',
  'authorizations.revoke_all_of': 'Revoke all {count} of {application}',
  'authorizations.unused.link': 'Revoke unused access',

  'change.title': 'Change access',
  'change.heading': 'Change the access of {application}',
  'change.intro': 'Take away what it no longer needs. The change holds from its next request on.',
  'change.wider':
    'Here you can only take away. To give it more, start again from the application, which asks you then.',
  'change.others': {
    one: 'The application has {count} other access that you have given it. That one stays as it is.',
    other: 'The application has {count} others that you have given it. Those stay as they are.',
  },
  'change.scopes': 'What it may still do',
  'change.scopes.help':
    'Untick what you want to take away. If nothing is left, the access is revoked as a whole; you will be asked before.',
  'change.organizers': 'For which organizers',
  'change.organizers.help':
    'It loses those that you untick. If none is left, the access is revoked as a whole; you will be asked before.',
  'change.end': 'Last day',
  'change.end.help':
    'At the end of this day in your time zone ({timezone}) the access ends, used or not. Leave it empty if there is no such day.',
  'change.end.set':
    'At the end of this day in your time zone ({timezone}) the access ends, used or not. You have set it before: it can only be moved to an earlier day.',
  'change.submit': 'Save',
  'change.cancel': 'Cancel',
  'change.revoke': 'Revoke it as a whole',
  'change.error.title': 'Nothing has been changed yet',
  'change.error.meanwhile.title': 'This access has been changed in the meantime',
  'change.error.meanwhile':
    'Something that you wanted to keep is no longer part of it, perhaps because you took it away in another tab. Below is what it still has, with your ticks. Nothing has been changed by this form yet.',
  'change.error.end.invalid': 'This is not a day. Enter it as year-month-day, like {example}.',
  'change.error.end.past':
    'This day is over. Enter today or a later day, or revoke the access now.',
  'change.error.end.later':
    'The end can only be moved to an earlier day. Enter {date} or a day before it.',
  'change.error.end.kept':
    'The end that you have set can’t be taken away here. Leave {date}, or enter a day before it. To give access for longer, start again from the application.',

  'revoke.title': 'Revoke access?',
  'revoke.heading': 'Revoke the access of {application}?',
  'revoke.text':
    'From its next request on it can no longer act for you. To use it again, you will have to allow it again.',
  'revoke.text.others': {
    one: 'From its next request on this access opens nothing any more. The application keeps {count} other access that you have given it.',
    other:
      'From its next request on this access opens nothing any more. The application keeps {count} others that you have given it.',
  },
  'revoke.nothing_left.title': 'Nothing would be left',
  'revoke.nothing_left.text':
    'What you left ticked would open nothing any more, so all that can be done is to revoke the access. Nothing has been changed yet.',
  'revoke.nothing_left.back': 'Back to the change',
  'revoke.ends': 'This ends',
  'revoke.submit': 'Revoke access',
  'revoke.cancel': 'Keep it',
  'revoke.application.title': 'Revoke all access?',
  'revoke.application.heading': 'Revoke all access of {application}?',
  'revoke.application.submit': { one: 'Revoke access', other: 'Revoke all {count}' },
  'revoke.application.cancel': 'Keep all',

  'unused.title': 'Revoke unused access',
  'unused.intro': 'Choose for how many days. You see which ones they are before anything ends.',
  'unused.idle': {
    one: 'What is not used for {count} day ends by itself.',
    other: 'What is not used for {count} days ends by itself.',
  },
  'unused.days': 'Not used for (days)',
  'unused.choice': { one: '{count} day', other: '{count} days' },
  'unused.choices': 'Days',
  'unused.show': 'Show',
  'unused.error': 'Enter a whole number of days from 1 to 9999.',
  'unused.found': 'Not used for {time} ({number})',
  'unused.text':
    'From the next request on this opens nothing any more. An application that has no other access has to ask you again.',
  'unused.meanwhile.title': 'There is more than you were shown',
  'unused.meanwhile.text':
    'The list has changed since you opened it. Nothing has been revoked yet: look at it again.',
  'unused.none.title': 'There is nothing to revoke',
  'unused.none.text': 'Nothing that you have allowed was left unused for {time}.',
  'unused.submit': { one: 'Revoke it', other: 'Revoke these {count}' },
  'unused.cancel': 'Keep all',
} as const satisfies Record<string, Message>;

/** German texts of the same. */
export const authorizationsDe = {
  'authorizations.title': 'Zugelassene Anwendungen',
  'authorizations.intro':
    'Diese Anwendungen dürfen für dich handeln. Was du hier änderst oder widerrufst, gilt ab ihrer nächsten Anfrage.',
  'authorizations.empty.title': 'Keine Anwendung hat Zugriff',
  'authorizations.empty.text':
    'Wenn du einer Anwendung erlaubst, für dich zu handeln, erscheint sie hier, und du kannst den Zugriff hier ändern oder widerrufen.',
  'authorizations.notice.revoked':
    'Der Zugriff ist widerrufen. Ab ihrer nächsten Anfrage kann die Anwendung nicht mehr für dich handeln.',
  'authorizations.notice.revoked_one':
    'Der Zugriff ist widerrufen und öffnet ab der nächsten Anfrage nichts mehr. Die Anwendung hat noch anderen Zugriff, den du ihr gegeben hast: Er steht unten.',
  'authorizations.notice.already_revoked': 'Dieser Zugriff war schon beendet.',
  'authorizations.notice.revoked_application':
    'Alle Zugriffe der Anwendung sind widerrufen. Ab ihrer nächsten Anfrage kann sie nicht mehr für dich handeln.',
  'authorizations.notice.revoked_unused':
    'Die unbenutzten Zugriffe sind widerrufen. Ab der nächsten Anfrage öffnen sie nichts mehr.',
  'authorizations.notice.none_unused':
    'Es gab nichts mehr zu widerrufen: Alle anderen Zugriffe wurden inzwischen benutzt oder waren schon beendet.',
  'authorizations.notice.narrowed':
    'Die Änderung ist gespeichert und gilt ab der nächsten Anfrage.',
  'authorizations.notice.unchanged': 'Es war nichts anders, also wurde nichts geändert.',
  'authorizations.sort': 'Sortieren nach',
  'authorizations.sort.name': 'Name',
  'authorizations.sort.granted': 'Zuletzt erlaubt',
  'authorizations.sort.used': 'Zuletzt benutzt',
  'authorizations.homepage': 'Website',
  'authorizations.granted_on': 'Erlaubt am {date}',
  'authorizations.scopes': 'Sie darf',
  'authorizations.organizers': {
    one: 'Für {count} Veranstalter',
    other: 'Für {count} Veranstalter',
  },
  'authorizations.organizers.none': 'Für keinen Veranstalter',
  'authorizations.organizers.more': {
    one: '{count} weiterer',
    other: '{count} weitere',
  },
  'authorizations.used': 'Zuletzt benutzt',
  'authorizations.unused': 'Noch nicht benutzt',
  'authorizations.used.from':
    'ungefähr von {network} aus, das ist meistens der Server der Anwendung',
  'authorizations.ends': 'Endet',
  'authorizations.ends.own': 'wie von dir festgelegt, ob benutzt oder nicht',
  'authorizations.ends.idle':
    'wenn er bis dahin nicht benutzt wird; jede Benutzung schiebt das hinaus',
  'authorizations.ends.idle_first': 'oder schon am {date}, wenn er bis dahin nicht benutzt wird',
  'authorizations.change': 'Ändern',
  'authorizations.change_of': 'Ändern, was {application} darf',
  'authorizations.revoke': 'Zugriff widerrufen',
  'authorizations.revoke_of': 'Zugriff widerrufen: {application}',
  'authorizations.revoke_all': 'Alle {count} widerrufen',
  'authorizations.revoke_all_of': 'Alle {count} widerrufen: {application}',
  'authorizations.unused.link': 'Unbenutzte Zugriffe widerrufen',

  'change.title': 'Zugriff ändern',
  'change.heading': 'Zugriff von {application} ändern',
  'change.intro':
    'Nimm weg, was sie nicht mehr braucht. Die Änderung gilt ab ihrer nächsten Anfrage.',
  'change.wider':
    'Hier kannst du nur wegnehmen. Um ihr mehr zu geben, beginne neu bei der Anwendung; sie fragt dich dann.',
  'change.others': {
    one: 'Die Anwendung hat {count} anderen Zugriff, den du ihr gegeben hast. Er bleibt, wie er ist.',
    other:
      'Die Anwendung hat {count} andere Zugriffe, die du ihr gegeben hast. Sie bleiben, wie sie sind.',
  },
  'change.scopes': 'Was sie noch darf',
  'change.scopes.help':
    'Entferne die Häkchen bei dem, was du wegnehmen willst. Bleibt nichts übrig, wird der Zugriff ganz widerrufen; du wirst vorher gefragt.',
  'change.organizers': 'Für welche Veranstalter',
  'change.organizers.help':
    'Sie verliert die, bei denen du das Häkchen entfernst. Bleibt keiner übrig, wird der Zugriff ganz widerrufen; du wirst vorher gefragt.',
  'change.end': 'Letzter Tag',
  'change.end.help':
    'Am Ende dieses Tages in deiner Zeitzone ({timezone}) endet der Zugriff, ob benutzt oder nicht. Lass das Feld leer, wenn es keinen solchen Tag gibt.',
  'change.end.set':
    'Am Ende dieses Tages in deiner Zeitzone ({timezone}) endet der Zugriff, ob benutzt oder nicht. Du hast ihn schon festgelegt: Er kann nur auf einen früheren Tag verschoben werden.',
  'change.submit': 'Speichern',
  'change.cancel': 'Abbrechen',
  'change.revoke': 'Ganz widerrufen',
  'change.error.title': 'Noch ist nichts geändert',
  'change.error.meanwhile.title': 'Dieser Zugriff wurde inzwischen geändert',
  'change.error.meanwhile':
    'Etwas, das du behalten wolltest, gehört nicht mehr dazu, vielleicht weil du es in einem anderen Tab weggenommen hast. Unten steht, was er noch umfasst, mit deinen Häkchen. Durch dieses Formular ist noch nichts geändert.',
  'change.error.end.invalid':
    'Das ist kein Tag. Gib ihn als Jahr-Monat-Tag an, zum Beispiel {example}.',
  'change.error.end.past':
    'Dieser Tag ist vorbei. Gib heute oder einen späteren Tag an, oder widerrufe den Zugriff jetzt.',
  'change.error.end.later':
    'Das Ende kann nur auf einen früheren Tag verschoben werden. Gib {date} oder einen Tag davor an.',
  'change.error.end.kept':
    'Das Ende, das du festgelegt hast, lässt sich hier nicht wegnehmen. Lass {date} stehen oder gib einen Tag davor an. Um länger Zugriff zu geben, beginne neu bei der Anwendung.',

  'revoke.title': 'Zugriff widerrufen?',
  'revoke.heading': 'Zugriff von {application} widerrufen?',
  'revoke.text':
    'Ab ihrer nächsten Anfrage kann sie nicht mehr für dich handeln. Um sie wieder zu benutzen, musst du sie noch einmal zulassen.',
  'revoke.text.others': {
    one: 'Ab der nächsten Anfrage öffnet dieser Zugriff nichts mehr. Die Anwendung behält {count} anderen Zugriff, den du ihr gegeben hast.',
    other:
      'Ab der nächsten Anfrage öffnet dieser Zugriff nichts mehr. Die Anwendung behält {count} andere Zugriffe, die du ihr gegeben hast.',
  },
  'revoke.nothing_left.title': 'Es bliebe nichts übrig',
  'revoke.nothing_left.text':
    'Was du angehakt gelassen hast, würde nichts mehr öffnen. Deshalb lässt sich der Zugriff nur noch widerrufen. Noch ist nichts geändert.',
  'revoke.nothing_left.back': 'Zurück zur Änderung',
  'revoke.ends': 'Das endet',
  'revoke.submit': 'Zugriff widerrufen',
  'revoke.cancel': 'Behalten',
  'revoke.application.title': 'Alle Zugriffe widerrufen?',
  'revoke.application.heading': 'Alle Zugriffe von {application} widerrufen?',
  'revoke.application.submit': { one: 'Zugriff widerrufen', other: 'Alle {count} widerrufen' },
  'revoke.application.cancel': 'Alle behalten',

  'unused.title': 'Unbenutzte Zugriffe widerrufen',
  'unused.intro': 'Wähle, seit wie vielen Tagen. Du siehst, welche es sind, bevor etwas endet.',
  'unused.idle': {
    one: 'Was {count} Tag nicht benutzt wird, endet von selbst.',
    other: 'Was {count} Tage nicht benutzt wird, endet von selbst.',
  },
  'unused.days': 'Nicht benutzt seit (Tage)',
  'unused.choice': { one: '{count} Tag', other: '{count} Tage' },
  'unused.choices': 'Tage',
  'unused.show': 'Anzeigen',
  'unused.error': 'Gib eine ganze Zahl von Tagen an, von 1 bis 9999.',
  'unused.found': '{time} nicht benutzt ({number})',
  'unused.text':
    'Ab der nächsten Anfrage öffnet das nichts mehr. Eine Anwendung, die keinen anderen Zugriff hat, muss dich dann wieder fragen.',
  'unused.meanwhile.title': 'Es ist mehr, als du gesehen hast',
  'unused.meanwhile.text':
    'Die Liste hat sich geändert, seit du sie geöffnet hast. Noch ist nichts widerrufen: Sieh sie dir noch einmal an.',
  'unused.none.title': 'Es gibt nichts zu widerrufen',
  'unused.none.text': 'Nichts, was du erlaubt hast, blieb {time} unbenutzt.',
  'unused.submit': { one: 'Widerrufen', other: 'Diese {count} widerrufen' },
  'unused.cancel': 'Alle behalten',
} as const satisfies Translated<typeof authorizationsEn>;
