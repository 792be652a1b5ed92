import type { Endpoint, EndpointDescription } from '../api/endpoint.ts';
import { describeFields } from '../api/openapi-schemas.ts';
import { type Config, readConfig } from '../config/config.ts';
import type { apiEndpoints } from '../endpoints.ts';
import { ownValue } from '../lib/own-value.ts';
import { createPasswordQueue } from '../users/password-queue.ts';
import { pathTo, quote, type Request } from './management.ts';

/** Dependencies of the endpoints. */
export type EndpointDeps = Omit<Parameters<typeof apiEndpoints>[0], 'config'> & {
  readonly config: Config;
};

/** Makes the endpoints that a command calls. A command loads no others: loading takes most of its time. */
export type MakeEndpoints = (deps: EndpointDeps) => readonly Endpoint[];

/** Finds operations by the id that they have in `openapi.json`. */
export type Operations = (id: string) => Endpoint;

/** Makes endpoints for their descriptions; their handlers have no database and must not be called. */
export function describedOperations(make: MakeEndpoints): Operations {
  const missing = {} as Pick<EndpointDeps, 'database' | 'operators'>;
  const passwordQueue = createPasswordQueue(1, () => {});
  const endpoints = make({ ...missing, config: readConfig({}), passwordQueue });
  const byId = new Map(endpoints.map((one) => [one.description.id, one] as const));
  return (id) => {
    const endpoint = byId.get(id);
    if (endpoint === undefined) {
      throw new Error(`The API has no operation ${id}.`);
    }
    return endpoint;
  };
}

const ORDERS: Readonly<Record<string, string>> = {
  id: ', by id',
  slug: ', by slug',
  created_at: ', the oldest first',
  '-created_at': ', the newest first',
};

/** Writes the help of a command from the description of its operation. */
export function helpOf({ summary, details, query, answers }: EndpointDescription): string {
  const ordering = query && ownValue(describeFields(query), 'ordering')?.default;
  const answer = answers.map(({ body }) => JSON.stringify(body?.example)).join();
  return [
    `${summary}${ownValue(ORDERS, String(ordering)) ?? ''}.`,
    ...(details === undefined ? [] : [details]),
    ...(/"(client_secret|token)":/.test(answer) ? ['The secret is printed, this once.'] : []),
    ...(ordering === undefined ? [] : ['With --json one array.']),
  ].join(' ');
}

/** Indicates whether an operation answers with a list. */
export function isList({ description }: Endpoint): boolean {
  return description.answers.some(({ body }) => body?.entry !== undefined);
}

/** Returns what an operation is about: `operator token`. */
export function nounOf({ path }: Pick<Endpoint, 'path'>): string {
  const collection = /\/([^/:]+)s$/.exec(path)?.[1];
  return collection?.replaceAll('-', ' ') ?? objectsIn(path).at(-1)?.noun ?? '';
}

/** Makes the request of an operation; reading and deleting take their fields in the query. */
export function requestOf(
  { method, path }: Pick<Endpoint, 'method' | 'path'>,
  args: readonly string[],
  fields: object = {},
): Request {
  const request = { method, path: pathTo(path, args), missing: missingIn(method, path, args) };
  if (method !== 'get' && method !== 'delete') {
    return { ...request, body: fields };
  }
  const query = Object.entries(fields).map(([name, value]) => [name, String(value)]);
  return { ...request, query: Object.fromEntries(query) };
}

/** The error of a call whose object does not exist. */
function missingIn(method: Endpoint['method'], path: string, args: readonly string[]): string {
  const objects = objectsIn(path);
  // A PUT creates its object, so only the one around that can be missing.
  const [first, second] = method === 'put' ? objects.slice(0, -1) : objects;
  const [id = '', inner = ''] = args.map(quote);
  return second === undefined
    ? `There is no ${first?.noun} with the ${first?.key} ${id}.`
    : `The ${first?.noun} ${id} has no ${second.noun} with the ${second.key} ${inner}.`;
}

/** The objects that a path names: each a collection and a parameter. */
function objectsIn(path: string): { readonly noun: string; readonly key: string }[] {
  return [...path.matchAll(/\/([^/:]+)s\/:(\w+)/g)].map(([, noun = '', key = '']) => ({
    noun: noun.replaceAll('-', ' '),
    key: key.replaceAll('_', ' '),
  }));
}
