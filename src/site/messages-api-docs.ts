import type { Message, Translated } from '../http/messages/message.ts';

// Two marks are made into HTML by `guide/prose.ts`: `code` and [a link](/to).

/** English texts of the reference of the JSON API. */
export const apiDocsEn = {
  'apidocs.title': 'API reference',
  'apidocs.landing': 'You operate this server, or the platform?',
  'apidocs.lead':
    'Every endpoint of the JSON API: who may call it, what it takes, and what it answers. This page is made from the same schemas that check the requests.',
  'apidocs.machine':
    'The same for programs, as OpenAPI 3.1: [/api/v1/openapi.json](/api/v1/openapi.json).',
  'apidocs.others':
    'How applications get tokens is in the [developer guide](/docs), how API services check them in the [guide for API services](/docs/api-services).',
  'apidocs.try':
    'To try it: [a tour in curl](/docs/api/tour), from the first user to the last token.',
  'apidocs.conventions': 'What holds for all',
  'apidocs.access': 'Who is let in',
  'apidocs.scheme.operatorToken': 'Operator token',
  'apidocs.scheme.accessToken': 'Access token',
  'apidocs.objects': 'Objects',
  'apidocs.objects.text': 'What answers consist of. New fields may be added at any time.',
  'apidocs.example': 'Example',
  'apidocs.caller': 'Who may call it',
  'apidocs.caller.anybody': 'Anybody.',
  'apidocs.caller.operatorToken': 'An operator token with the right',
  'apidocs.caller.accessToken': 'An access token with the scope',
  'apidocs.caller.any': 'Any operator token.',
  'apidocs.or': 'or',
  'apidocs.parameters': 'Parameters',
  'apidocs.body': 'Body',
  'apidocs.answers': 'Answers',
  'apidocs.fields': 'Fields',
  'apidocs.name': 'Name',
  'apidocs.type': 'Type',
  'apidocs.default': 'Default',
  'apidocs.meaning': 'Meaning',
  'apidocs.status': 'Status',
  'apidocs.required': 'required',
  'apidocs.optional': 'not always',
  'apidocs.place.path': 'in the path',
  'apidocs.place.query': 'in the query',
  'apidocs.place.header': 'header',
  'apidocs.page_of': 'Page of',
  'apidocs.headers': 'With',
  'apidocs.characters': '{range} characters',
  'apidocs.entries': '{range} entries',
  'apidocs.curl': 'bash with curl',
  'tour.title': 'A tour of the API in curl',
  'tour.lead':
    'Every endpoint of the management API at least once, as a new operator tries it. Paste it step by step into bash, or save it as a file and run it.',
  'tour.start':
    'On your own machine: `npm start`, and this in another terminal in the same folder, where `data/operator-token` is. What the tour makes, it deletes again.',
  'tour.grants':
    'Step 9 ends a grant, the newest one that there is. Only a user can give one: sign in to the demo application before, and allow it something. Without one, the step does nothing.',
  'tour.back': 'API reference',
  'tour.settings': 'Before the first step',
  'tour.answer': 'What is answered',
} as const satisfies Record<string, Message>;

/** German texts of the reference of the JSON API. */
export const apiDocsDe = {
  'apidocs.title': 'API-Referenz',
  'apidocs.landing': 'Du betreibst diesen Server oder die Plattform?',
  'apidocs.lead':
    'Alle Endpunkte der JSON-API: wer sie aufrufen darf, was sie annehmen und was sie antworten. Diese Seite entsteht aus denselben Schemas, die die Anfragen prüfen.',
  'apidocs.machine':
    'Dasselbe für Programme, als OpenAPI 3.1: [/api/v1/openapi.json](/api/v1/openapi.json).',
  'apidocs.others':
    'Wie Anwendungen zu Tokens kommen, steht in der [Anleitung für Entwickler](/docs), wie API-Dienste sie prüfen, in der [Anleitung für API-Dienste](/docs/api-services).',
  'apidocs.try':
    'Zum Ausprobieren: [eine Tour mit curl](/docs/api/tour), vom ersten Benutzer bis zum letzten Token.',
  'apidocs.conventions': 'Was für alle gilt',
  'apidocs.access': 'Wer hineinkommt',
  'apidocs.scheme.operatorToken': 'Operator-Token',
  'apidocs.scheme.accessToken': 'Access-Token',
  'apidocs.objects': 'Objekte',
  'apidocs.objects.text': 'Woraus Antworten bestehen. Neue Felder können jederzeit dazukommen.',
  'apidocs.example': 'Beispiel',
  'apidocs.caller': 'Wer ihn aufrufen darf',
  'apidocs.caller.anybody': 'Alle.',
  'apidocs.caller.operatorToken': 'Ein Operator-Token mit dem Recht',
  'apidocs.caller.accessToken': 'Ein Access-Token mit dem Scope',
  'apidocs.caller.any': 'Jedes Operator-Token.',
  'apidocs.or': 'oder',
  'apidocs.parameters': 'Parameter',
  'apidocs.body': 'Inhalt',
  'apidocs.answers': 'Antworten',
  'apidocs.fields': 'Felder',
  'apidocs.name': 'Name',
  'apidocs.type': 'Typ',
  'apidocs.default': 'Vorgabe',
  'apidocs.meaning': 'Bedeutung',
  'apidocs.status': 'Status',
  'apidocs.required': 'nötig',
  'apidocs.optional': 'nicht immer',
  'apidocs.place.path': 'im Pfad',
  'apidocs.place.query': 'in der Query',
  'apidocs.place.header': 'Header',
  'apidocs.page_of': 'Seite von',
  'apidocs.headers': 'Mit',
  'apidocs.characters': '{range} Zeichen',
  'apidocs.entries': '{range} Einträge',
  'apidocs.curl': 'bash mit curl',
  'tour.title': 'Eine Tour durch die API mit curl',
  'tour.lead':
    'Jeder Endpunkt der Verwaltungs-API mindestens einmal, wie neue Operatoren sie ausprobieren. Füge es Schritt für Schritt in bash ein, oder speichere es als Datei und führe sie aus.',
  'tour.start':
    'Auf deinem eigenen Rechner: `npm start`, und das hier in einem anderen Terminal im selben Ordner, wo `data/operator-token` liegt. Was die Tour anlegt, löscht sie wieder.',
  'tour.grants':
    'Schritt 9 beendet eine Freigabe, die neueste, die es gibt. Nur Benutzer können eine erteilen: Melde dich vorher in der Demo-Anwendung an und erlaube ihr etwas. Ohne Freigabe tut der Schritt nichts.',
  'tour.back': 'API-Referenz',
  'tour.settings': 'Vor dem ersten Schritt',
  'tour.answer': 'Was geantwortet wird',
} as const satisfies Translated<typeof apiDocsEn>;
