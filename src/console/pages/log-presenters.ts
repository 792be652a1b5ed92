import { detailsOf } from '../../activity/pages/detail-presenters.ts';
import type { ActivityText } from '../../activity/texts.ts';
import { selectNamesAndLogos } from '../../applications/store.ts';
import type { LogEntry } from '../../audit/log-entry.ts';
import { translator } from '../../http/translate.ts';
import { toIpAddress } from '../../lib/ip-address.ts';
import { ownValue } from '../../lib/own-value.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import { selectUserNames } from '../../users/user-store.ts';
import { LOG_WORDS } from '../log-words.ts';
import type { ConsoleText } from '../texts.ts';
import {
  type Fact,
  joined,
  type Pen,
  penOf,
  type Row,
  SECTIONS,
  type Section,
  shown,
} from './list-view.ts';
import type { OperatorRequest } from './operator-page.ts';

const CALLED = 'stagedoor.operator.called';

/** Longest name in a sentence, and longest detail, in characters. */
const [NAME_LIMIT, DETAIL_LIMIT] = [80, 300];

/** Data that the sentence or `detailsOf` shows. */
const TOLD = new Set([
  ...['application', 'scopes', 'organizers', 'apis', 'removed_scopes', 'removed_organizers'],
  ...['replaced', 'changed', 'review_reset', 'label', 'last_four', 'email', 'email_before'],
  ...['email_after', 'client_type'],
]);

/** Data that have a label, `console.data.<name>`. */
const LABELLED = [
  ...(['calls', 'path', 'status', 'method', 'filters', 'entries', 'name', 'reason'] as const),
  ...(['count', 'changed', 'organizer', 'command', 'by_owner'] as const),
] as const;

/** Names of the users and applications in entries. */
interface Names {
  readonly users: ReadonlyMap<string, string>;
  readonly applications: ReadonlyMap<string, { readonly name: string }>;
}

/** Presents entries of the log as sentences, which open to their details. */
export async function presentEntries(
  request: OperatorRequest,
  entries: readonly LogEntry[],
): Promise<Row[]> {
  const { db } = request.deps;
  const users = entries.flatMap(({ userId, actor }) => [userId ?? '', userOf(actor) ?? '']);
  const clients = entries.flatMap(({ clientId, actor }) => [
    clientId ?? '',
    actor.startsWith('client:') ? actor.slice('client:'.length) : '',
  ]);
  const names = {
    users: await selectUserNames(db, [...new Set(users)]),
    applications: await selectNamesAndLogos(db, [...new Set(clients)]),
  };
  return entries.map((entry) => presentEntry(request, names, entry));
}

/** Returns the user who did something, as a user or as an operator. */
function userOf(actor: string): string | undefined {
  return /^(?:operator:)?user:(.*)$/s.exec(actor)?.[1];
}

function presentEntry(request: OperatorRequest, names: Names, entry: LogEntry): Row {
  const pen = penOf(request);
  const { t, when } = pen;
  const [kind, , alarming] = ownValue(LOG_WORDS, entry.action) ?? [];
  return {
    title: sentenceOf(pen, names, entry),
    below: joined(when(entry.happenedAt), toIpAddress(entry.ip) ?? ''),
    chips: kind ? [{ text: t(`console.log.kind.${kind}`), kind: alarming ? 'warning' : '' }] : [],
    facts: factsOf(request, names, entry).filter(([, values]) => values.some((one) => one !== '')),
  };
}

function sentenceOf({ t }: Pen, { users, applications }: Names, entry: LogEntry): string {
  const { action, data, userId, clientId } = entry;
  const key = textOf(entry);
  const user = userId === null ? t('console.log.nobody') : (users.get(userId) ?? userId);
  const application =
    textIn(data.application) || applications.get(clientId ?? '')?.name || clientId;
  return t(key, {
    actor: short(actorOf(t, { users, applications }, entry)),
    user: short(user),
    application: short(application ?? ''),
    name: short(nameOf(t, entry) || action),
  });
}

function textOf({ action, data }: LogEntry): ConsoleText {
  if (action === CALLED && sectionOf(data.path) !== undefined) {
    return data.method === 'GET' ? 'console.log.opened' : 'console.log.used';
  }
  const isNew = Array.isArray(data.changed) && data.changed.includes('created');
  if (action === 'stagedoor.directory.user.changed' && isNew) {
    return 'console.log.user_created';
  }
  const [, text = 'unknown'] = ownValue(LOG_WORDS, action) ?? [];
  return `console.log.${text}`;
}

/** Returns the section of the console that a path belongs to. */
function sectionOf(path: unknown): Section | undefined {
  const [, root, section = 'queue'] = textIn(path).split('/');
  return root === 'operator' ? SECTIONS.find((one) => one === section) : undefined;
}

/** Returns the name of what an entry is about, if that is neither a user nor an application. */
function nameOf(t: Pen['t'], { action, data, clientId }: LogEntry): string {
  if (action === CALLED) {
    const section = sectionOf(data.path);
    return section === undefined
      ? `${textIn(data.method)} ${textIn(data.path)}`
      : t(`console.${section}.title`);
  }
  return (
    [data.name, data.command, data.host, data.organizer].map(textIn).find((one) => one !== '') ??
    clientId ??
    ''
  );
}

function actorOf(t: Pen['t'], { users, applications }: Names, { actor }: LogEntry): string {
  const user = userOf(actor);
  if (user !== undefined) {
    return users.get(user) ?? user;
  }
  const [kind, name = ''] = splitOnce(actor);
  if (kind === 'client') {
    return t('console.log.actor.application', { name: applications.get(name)?.name ?? name });
  }
  if (kind !== 'operator') {
    return t('console.log.actor.system');
  }
  return name === 'cli' || name === 'bootstrap'
    ? t(`console.log.actor.${name}`)
    : t('console.log.actor.token', { name });
}

function splitOnce(actor: string): [kind: string, name: string] {
  const at = actor.indexOf(':');
  return at < 0 ? [actor, ''] : [actor.slice(0, at), actor.slice(at + 1)];
}

function factsOf(request: OperatorRequest, { applications }: Names, entry: LogEntry): Fact[] {
  const { locale, deps } = request;
  const { t } = penOf(request);
  const { action, actor, userId, clientId, grantId, userAgent, data } = entry;
  // What users have in their logs, too, has words there.
  const hasWords = /^stagedoor\.(user|application|directory\.user)\./.test(action);
  const words = { t: translator<ActivityText>(locale), locale, scopes: deps.config.scopes };
  const rest = Object.entries(data).filter(([name]) => !(hasWords && TOLD.has(name)));
  const name = applications.get(clientId ?? '')?.name;
  return [
    ...(hasWords ? detailsOf(words, entry) : []).map(({ label, items }): Fact => [label, items]),
    ...rest.map(([field, value]): Fact => {
      const label = LABELLED.find((one) => one === field);
      return [
        label === undefined ? detail(field) : t(`console.data.${label}`),
        [value === true ? t('console.yes') : detail(value)],
      ];
    }),
    [t('console.field.actor'), [shown(actor)]],
    [t('console.field.user'), [userId ?? '']],
    [t('console.field.client_id'), [joined(clientId ?? '', name === undefined ? '' : shown(name))]],
    [t('console.field.grant'), [grantId ?? '']],
    [t('console.field.device'), userAgent === null ? [] : [deviceWords(userAgent, locale)]],
    [t('console.field.event'), [action]],
  ];
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function short(name: string): string {
  const line = shown(name);
  return line.length > NAME_LIMIT ? `${line.slice(0, NAME_LIMIT)}…` : line;
}

function detail(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return visibleLine(text ?? '').slice(0, DETAIL_LIMIT);
}
