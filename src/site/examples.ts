import { readFileSync } from 'node:fs';

/** Values that the examples are filled with, between the quotes of four languages. */
export interface ExampleValues {
  readonly issuer: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly redirect_uri: string;
  /** Separated by spaces. */
  readonly scope: string;
  /** Seconds. */
  readonly expires_in: string;
}

const NAMES = [
  'client.sh',
  'client-fetch.mjs',
  'client-oauth4webapi.mjs',
  'dpop.mjs',
  'client.py',
  'client.php',
  'browser-app.html',
  'desktop-app.mjs',
  'token-answer.txt',
  'organizers-answer.txt',
  'me-answer.txt',
  'error-answer.txt',
  'management.sh',
  'management-answers.txt',
  'register-service.sh',
  'registered-answer.txt',
  'service-koa.mjs',
  'service-express.mjs',
  'service-fastify.mjs',
  'service-node.mjs',
  'service-fetch.mjs',
  'register-mcp.sh',
  'service-mcp.mjs',
  'refusal-answer.txt',
  'strict.mjs',
  'introspect.sh',
  'changes-answer.txt',
  'introspection-answer.txt',
  'inactive-answer.txt',
  'service.py',
  'apache.conf',
] as const;

/** A file of `views/docs/examples/`. */
export type ExampleName = (typeof NAMES)[number];

const FOLDER = new URL('../../views/docs/examples/', import.meta.url);

// Read once, at start, as the templates are.
const TEXTS = new Map(
  NAMES.map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8').trimEnd()]),
);

/** Tests if a value needs no escaping between quotes in bash, JavaScript, Python and PHP. */
export function isPlain(value: string): boolean {
  return /^[\w\-.~:/?[\]@!&()+,;=% ]*$/.test(value);
}

/**
 * An example with its values.
 * @throws Error where one is missing, or could end the quotes that it stands in
 */
export function fillExample(name: ExampleName, values: Partial<ExampleValues>): string {
  const text = TEXTS.get(name) ?? '';
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, key: string) => {
    const value = isKey(values, key) ? values[key] : undefined;
    if (value === undefined || !isPlain(value)) {
      throw new Error(`${name}: ${placeholder} has no value that can stand there`);
    }
    return value;
  });
}

/** The curl script cut before each of its numbered steps: the settings first, then step 1. */
export function scriptParts(values: ExampleValues): string[] {
  return partsOf(fillExample('client.sh', values));
}

/** A script or its answers, cut before each numbered step. */
export function partsOf(text: string): string[] {
  return text.split(/\n+(?=# \d+\. )/).map((part) => part.trimEnd());
}

function isKey(values: Partial<ExampleValues>, key: string): key is keyof ExampleValues {
  return Object.hasOwn(values, key);
}
