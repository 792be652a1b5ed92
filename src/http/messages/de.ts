import { accountDe } from '../../account/messages.ts';
import { activityDe } from '../../activity/messages.ts';
import { applicationsDe } from '../../applications/messages.ts';
import { authorizationsDe } from '../../grants/messages.ts';
import { insightsDe } from '../../insights/messages.ts';
import { upstreamDe } from '../../sign-in/upstream/messages.ts';
import { guideDe } from '../../site/messages.ts';
import { apiDocsDe } from '../../site/messages-api-docs.ts';
import { apiServicesDe } from '../../site/messages-api-services.ts';
import type { Catalogue } from './en.ts';

/** German, with "du". */
export const de = {
  'layout.skip': 'Zum Inhalt springen',
  'layout.navigation': 'Konto',
  'layout.authorizations': 'Zugelassene Anwendungen',
  'layout.logout': 'Abmelden',
  'layout.footer':
    'Anwendungen handeln hier nur mit deiner Zustimmung für dich, und nur bis du sie widerrufst.',
  'layout.error_title': 'Fehler: {title}',
  'layout.new_tab': '(öffnet in einem neuen Tab)',
  'link.home': 'Startseite',
  'link.login': 'Anmelden',
  'link.sign_in_and_continue': 'Anmelden und fortfahren',
  'link.restart': 'Diese Anfrage von vorn beginnen',
  'link.authorizations': 'Deine zugelassenen Anwendungen',
  'link.application': 'Zu {application}',

  'landing.title': 'Anwendungen hereinlassen, zu deinen Bedingungen',
  'landing.what':
    'Stagedoor lässt Anwendungen mit deinen Veranstaltern arbeiten, ohne dass sie je dein Passwort sehen. Du wählst die Veranstalter und was die Anwendung dort darf, und du kannst den Zugriff jederzeit beenden.',
  'landing.login': 'Anmelden',
  'landing.authorizations': 'Deine zugelassenen Anwendungen',
  'landing.demo.title': 'Dies ist eine Demo: Probiere alles einmal durch',
  'landing.demo.open': 'Öffne die Demo-Anwendung und wähle „Connect“.',
  'landing.demo.link': 'Demo-Anwendung öffnen',
  'landing.demo.sign_in': 'Melde dich hier als eine dieser Personen an:',
  'landing.demo.consent':
    'Wähle einen Veranstalter, erlaube den Zugriff und sieh zu, was die Anwendung damit kann.',
  'landing.demo.email': 'E-Mail-Adresse',
  'landing.demo.password': 'Passwort',
  'landing.demo.password_in_terminal': 'Steht im Terminal, in dem der Server gestartet wurde',
  'landing.demo.note': 'Wer das ist',

  'login.title': 'Anmelden',
  'login.title_recent': 'Bestätige, dass du es bist',
  'login.title_switch': 'Mit einem anderen Konto anmelden',
  'login.continue': 'Melde dich an, um mit {application} fortzufahren.',
  'login.recent':
    'Deine Anmeldung ist schon etwas her. Gib dein Passwort noch einmal ein, um fortzufahren.',
  'login.switch': 'Wer jetzt angemeldet ist, wird dabei abgemeldet.',
  'login.email': 'E-Mail-Adresse',
  'login.password': 'Passwort',
  'login.submit': 'Anmelden',
  'login.submit_recent': 'Bestätigen',
  'login.error.credentials':
    'E-Mail-Adresse und Passwort passen zu keinem Konto hier. Prüfe beides und versuche es noch einmal.',
  'login.error.throttled': {
    one: 'Zu viele Versuche. Warte eine Minute und versuche es dann noch einmal.',
    other: 'Zu viele Versuche. Warte {count} Minuten und versuche es dann noch einmal.',
  },
  'login.error.busy': {
    one: 'Gerade melden sich zu viele Leute an. Versuche es in einer Sekunde noch einmal.',
    other: 'Gerade melden sich zu viele Leute an. Versuche es in {count} Sekunden noch einmal.',
  },

  'consent.title': 'Zugriff erlauben?',
  'consent.heading': '{application} bittet um Zugriff',
  'consent.by': 'von {owner}',
  'consent.homepage': 'Website',
  'consent.signed_in': 'Angemeldet als {name}',
  'consent.switch': 'Nicht du?',
  'consent.unreviewed.title': 'Diese Anwendung wurde hier nicht geprüft',
  'consent.unreviewed.text':
    'Der Betreiber dieser Plattform hat sie nicht geprüft. Erlaube den Zugriff nur, wenn du die Leute dahinter kennst und ihnen vertraust.',
  'consent.reviewed': 'Der Betreiber dieser Plattform hat diese Anwendung geprüft.',
  'consent.scheme.title': 'Hast du das selbst gestartet?',
  'consent.scheme.text':
    'Mehr als eine Anwendung empfängt auf deinem Gerät Antworten unter {scheme}. Erlaube den Zugriff nur, wenn du das gerade in der Anwendung gestartet hast, die du verbinden möchtest.',
  'consent.again.title': 'Du hast diese Anwendung schon einmal zugelassen',
  'consent.again.more': 'Zuletzt am {date}. Was sie darüber hinaus möchte, ist als neu markiert.',
  'consent.again.same': 'Zuletzt am {date}. Sie möchte nichts Neues.',
  'consent.again.stays':
    'Was du damals erlaubt hast, bleibt, wie es ist, bis du es änderst oder widerrufst:',
  'consent.new': 'Neu',
  'consent.scopes': 'Was sie darf',
  'consent.scopes.help': 'Entferne die Häkchen bei dem, was du nicht erlauben willst.',
  'consent.organizers': 'Für welche Veranstalter',
  'consent.organizers.help':
    'Sie erhält keinen Zugriff auf Veranstalter, bei denen du kein Häkchen setzt.',
  'consent.organizers.again': 'Die du beim letzten Mal gewählt hast, stehen oben.',
  'consent.organizers.limit': 'Ein Zugriff umfasst höchstens {limit} Veranstalter.',
  'consent.organizers.earlier': 'letztes Mal',
  'consent.organizers.none':
    'Du bist in keinem Team eines Veranstalters. Deshalb gibt es nichts, was du dieser Anwendung erlauben könntest. Bitte einen Veranstalter, dich in ein Team aufzunehmen, und beginne dann in der Anwendung von vorn.',
  'consent.filter': 'Veranstalter suchen',
  'consent.filter.all': 'Alle gezeigten wählen',
  'consent.filter.clear': 'Keinen wählen',
  'consent.filter.count': '{selected} von {total} gewählt',
  'consent.filter.shown': '{shown} gezeigt',
  'consent.filter.full': 'höchstens {limit}',
  'consent.filter.empty': 'Kein Veranstalter hat das in seinem Namen.',
  'consent.password': 'Dein Passwort',
  'consent.password.help':
    'Deine Anmeldung ist schon etwas her. Bestätige bitte, dass du es bist. Zum Ablehnen brauchst du kein Passwort.',
  'consent.allow': 'Erlauben',
  'consent.deny': 'Ablehnen',
  'consent.back':
    'In beiden Fällen geht es zurück zu {host}. Du kannst den Zugriff hier jederzeit widerrufen.',
  'consent.back_deny': 'Es geht zurück zu {host}.',
  'consent.privacy': 'Datenschutzerklärung',
  'consent.terms': 'Nutzungsbedingungen',
  'consent.error.title': 'Noch ist nichts erlaubt',
  'consent.error.organizers.required': 'Wähle mindestens einen Veranstalter, oder lehne ab.',
  'consent.error.organizers.foreign':
    'Über einen der Veranstalter darfst du nicht verfügen, vielleicht weil du gerade ein Team verlassen hast. Prüfe die Liste und erlaube noch einmal.',
  'consent.error.organizers.too_many':
    'Ein Zugriff umfasst höchstens {limit} Veranstalter. Nimm einige Häkchen weg, oder lehne ab.',
  'consent.error.scopes.required':
    'Lass mindestens eines von dem stehen, was die Anwendung darf, oder lehne ab.',
  'consent.error.scopes.foreign':
    'Es war etwas gewählt, worum die Anwendung nicht gebeten hat. Prüfe die Liste und erlaube noch einmal.',
  'consent.error.password.wrong':
    'Das Passwort stimmt nicht. Versuche es noch einmal, oder lehne ab.',
  'consent.error.password.throttled':
    'Zu viele falsche Passwörter. Warte einige Minuten und versuche es noch einmal, oder lehne ab.',
  'consent.error.password.busy':
    'Dein Passwort konnte nicht geprüft werden: Gerade melden sich zu viele Leute an. Versuche es in ein paar Sekunden noch einmal.',

  'over.title.expired': 'Diese Anfrage ist abgelaufen',
  'over.title.answered': 'Diese Anfrage ist schon beantwortet',
  'over.title.other_user': 'Jetzt ist jemand anderes angemeldet',
  'over.title.signed_out': 'Diese Anfrage gehört zu einer früheren Anmeldung',
  'over.title.application_deleted': 'Diese Anwendung gibt es nicht mehr',
  'over.title.application_suspended': 'Diese Anwendung ist abgeschaltet',
  'over.title.application_disabled': 'Diese Anwendung ist abgeschaltet',
  'over.title.awaits_review': 'Diese Anwendung kann noch nicht benutzt werden',
  'over.title.redirect_uri_removed': 'Diese Anwendung wurde inzwischen geändert',
  'over.title.scope_removed': 'Diese Anwendung wurde inzwischen geändert',
  'over.title.pkce_required': 'Diese Anwendung wurde inzwischen geändert',
  'over.title.replayed': 'Dieses Formular wurde schon abgeschickt',
  'over.text.expired':
    'Die Seite war zu lange offen, deshalb wurde nichts erlaubt. Beginne in der Anwendung von vorn.',
  'over.text.answered':
    'Du hast sie schon erlaubt oder abgelehnt, vielleicht in einem anderen Tab. Wenn du es dir anders überlegt hast, widerrufe den Zugriff oder beginne in der Anwendung von vorn.',
  'over.text.other_user':
    'Die Anfrage gehört zu einem anderen Konto als dem, das in diesem Browser angemeldet ist. Deshalb wurde nichts erlaubt. Beginne in der Anwendung von vorn.',
  'over.text.signed_out':
    'Seit sie begonnen hat, wurde diese Anmeldung beendet oder ist abgelaufen. Es wurde nichts erlaubt. Beginne die Anfrage von vorn.',
  'over.text.application_deleted':
    'Sie ist hier nicht mehr registriert. Es wurde nichts erlaubt, und wir leiten dich nicht zu ihr weiter.',
  'over.text.application_suspended':
    'Sie wurde von uns angehalten. Es wurde nichts erlaubt, und wir leiten dich nicht zu ihr weiter. Frag die Betreiber der Anwendung, wann sie wieder da ist.',
  'over.text.application_disabled':
    'Sie wurde von ihren Betreibern angehalten. Es wurde nichts erlaubt, und wir leiten dich nicht zu ihr weiter. Frag die Betreiber der Anwendung, wann sie wieder da ist.',
  'over.text.awaits_review':
    'Wir müssen sie erst prüfen. Bis dahin funktioniert sie nur für die Person, der sie gehört. Es wurde nichts erlaubt. Versuche es später noch einmal.',
  'over.text.redirect_uri_removed':
    'Die Adresse, zu der wir dich zurückleiten sollten, gehört nicht mehr zu ihr. Es wurde nichts erlaubt. Beginne in der Anwendung von vorn.',
  'over.text.scope_removed':
    'Sie darf nicht mehr um alles bitten, worum diese Anfrage bittet. Es wurde nichts erlaubt. Beginne in der Anwendung von vorn.',
  'over.text.pkce_required':
    'Anfragen von dort müssen jetzt besser geschützt sein als diese. Es wurde nichts erlaubt. Beginne in der Anwendung von vorn.',
  'over.text.replayed':
    'Das erste Mal zählt, und nichts wurde doppelt ausgeführt. Falls die Anwendung keine Antwort bekommen hat, beginne dort von vorn.',

  'logout.title': 'Abmelden?',
  'logout.text':
    'Du bist als {email} angemeldet. Anwendungen, die du zugelassen hast, behalten ihren Zugriff.',
  'logout.submit': 'Abmelden',
  'logout.cancel': 'Angemeldet bleiben',
  'signed_out.title': 'Du bist abgemeldet',
  'signed_out.text':
    'Anwendungen, die du zugelassen hast, behalten ihren Zugriff, bis du ihn widerrufst. Schließe an einem gemeinsam genutzten Computer auch den Browser.',
  'signed_out.again': 'Wieder anmelden',

  'error.developer': 'Für Entwickler',
  'error.bad_request.title': 'Diese Anfrage geht so nicht',
  'error.bad_request.message': 'In dem, was gesendet wurde, fehlt etwas oder ist etwas falsch.',
  'error.bad_request.hint': 'Geh zurück, prüfe deine Eingaben und versuche es noch einmal.',
  'error.unauthenticated.title': 'Bitte melde dich an',
  'error.unauthenticated.message': 'Diese Seite ist nur für angemeldete Personen.',
  'error.unauthenticated.hint': 'Melde dich an und öffne die Seite dann noch einmal.',
  'error.forbidden.title': 'Das darfst du nicht',
  'error.forbidden.message': 'Dein Konto darf diese Seite nicht sehen oder dies nicht tun.',
  'error.forbidden.hint': 'Wenn du ein anderes Konto hast, melde dich damit an.',
  'error.csrf.title': 'Das Formular ließ sich nicht prüfen',
  'error.csrf.message':
    'Wir konnten nicht sicherstellen, dass du das Formular von dieser Seite aus abgeschickt hast. Deshalb ist nichts passiert.',
  'error.csrf.hint':
    'Wenn du dich in einem anderen Tab angemeldet hast, stammt das Formular von davor. Öffne seine Seite neu, fülle sie aus und schicke sie ab. Cookies müssen für diese Seite erlaubt sein.',
  'error.entered': 'Das hattest du eingegeben',
  'error.not_found.title': 'Hier ist nichts',
  'error.not_found.message':
    'Diese Adresse führt zu keiner Seite. Vielleicht ist sie vertippt oder veraltet.',
  'error.not_found.hint': 'Prüfe die Adresse, oder mach auf einer dieser Seiten weiter.',
  'error.method_not_allowed.title': 'So geht diese Seite nicht',
  'error.method_not_allowed.message': 'Die Adresse gibt es, aber nicht für diese Art von Anfrage.',
  'error.method_not_allowed.hint': 'Mach auf einer dieser Seiten weiter.',
  'error.conflict.title': 'Etwas anderes war schneller',
  'error.conflict.message':
    'In der Zwischenzeit hat sich etwas geändert, deshalb ist nichts passiert.',
  'error.conflict.hint':
    'Lade die Seite neu, sieh dir den neuen Stand an und versuche es noch einmal.',
  'error.gone.title': 'Das gibt es nicht mehr',
  'error.gone.message': 'Was du suchst, hat es gegeben, aber es ist beendet.',
  'error.gone.hint': 'Beginne dort von vorn, wo du hergekommen bist.',
  'error.too_large.title': 'Das war zu viel',
  'error.too_large.message':
    'Es wurde mehr gesendet, als diese Seite annimmt. Deshalb ist nichts passiert.',
  'error.too_large.hint': 'Geh zurück und sende weniger.',
  'error.too_many.title': 'Zu viele Versuche',
  'error.too_many.message': 'Es gab zu viele Versuche in kurzer Zeit.',
  'error.too_many.hint': 'Warte einige Minuten und versuche es dann noch einmal.',
  'error.unavailable.title': 'Wir sind gleich wieder da',
  'error.unavailable.message': 'Der Dienst ist gerade nicht erreichbar.',
  'error.unavailable.hint': 'Warte einige Sekunden und lade die Seite dann neu.',
  'error.internal.title': 'Hier ist etwas schiefgegangen',
  'error.internal.message': 'Das ist unser Fehler und nicht deiner. Er wurde protokolliert.',
  'error.internal.hint':
    'Versuche es noch einmal. Wenn es wieder passiert, sag dem Betreiber, wann es war.',
  'error.unknown_client.title': 'Wir kennen diese Anwendung nicht',
  'error.unknown_client.message':
    'Der Link, der dich hergebracht hat, gehört zu einer Anwendung, die hier nicht oder nicht mehr registriert ist. Wir leiten dich nicht weiter, und es wurde nichts erlaubt.',
  'error.unknown_client.hint': 'Geh zurück zur Anwendung und sag ihren Betreibern Bescheid.',
  'error.redirect_uri.title': 'Wir kennen den Rückweg nicht',
  'error.redirect_uri.message':
    'Die Anwendung will dich an eine Adresse zurückschicken, die für sie nicht registriert ist. Das kann ein Versehen sein, oder jemand will dich täuschen. Wir leiten dich nicht weiter, und es wurde nichts erlaubt.',
  'error.redirect_uri.hint': 'Geh zurück zur Anwendung und sag ihren Betreibern Bescheid.',
  'error.authorize.title': 'Die Anwendung hat falsch gefragt',
  'error.authorize.message':
    'Die Anfrage der Anwendung ist nicht zu verstehen, deshalb wurde nichts erlaubt.',
  'error.authorize.hint': 'Geh zurück zur Anwendung und sag ihren Betreibern Bescheid.',
  'error.not_signed_in.title': 'Diese Anfrage kann nicht ausgeführt werden',
  'error.not_signed_in.message':
    'Eine Anwendung hat dich mit einer Anfrage hergeschickt, die so nicht geht. Niemand hat diese Anwendung geprüft. Deshalb leiten wir dich nur zu ihr zurück, wenn du angemeldet bist.',
  'error.not_signed_in.hint':
    'Melde dich an, wenn du der Anwendung vertraust. Sonst schließe diese Seite.',
  'error.inactive_client.title': 'Diese Anwendung ist abgeschaltet',
  'error.inactive_client.message':
    'Die Anwendung, die dich hergeschickt hat, wurde von ihren Betreibern oder von uns angehalten. Es wurde nichts erlaubt.',
  'error.inactive_client.hint': 'Frag die Betreiber der Anwendung, wann sie wieder da ist.',
  ...accountDe,
  ...activityDe,
  ...apiDocsDe,
  ...apiServicesDe,
  ...applicationsDe,
  ...authorizationsDe,
  ...guideDe,
  ...insightsDe,
  ...upstreamDe,
} as const satisfies Catalogue;
