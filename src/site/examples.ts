import { readFileSync } from 'node:fs';
import { escapeHtml } from '../lib/html.ts';
import { lazy } from '../lib/lazy.ts';
import { type CodeLanguage, highlight } from './highlight.ts';

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

/** Files of `views/docs/examples/`, with their languages. */
const LANGUAGES = {
  'client.sh': 'bash',
  'client-fetch.mjs': 'javascript',
  'client-oauth4webapi.mjs': 'javascript',
  'dpop.mjs': 'javascript',
  'client.py': 'python',
  'client.php': 'php',
  'browser-app.html': 'xml',
  'desktop-app.mjs': 'javascript',
  'token-answer.txt': 'json',
  'organizers-answer.txt': 'json',
  'me-answer.txt': 'json',
  'error-answer.txt': 'json',
  'management.sh': 'bash',
  'management-answers.txt': 'json',
  'register-service.sh': 'bash',
  'registered-answer.txt': 'json',
  'service-koa.mjs': 'javascript',
  'service-express.mjs': 'javascript',
  'service-fastify.mjs': 'javascript',
  'service-node.mjs': 'javascript',
  'service-fetch.mjs': 'javascript',
  'register-mcp.sh': 'bash',
  'service-mcp.mjs': 'javascript',
  'refusal-answer.txt': 'http',
  'strict.mjs': 'javascript',
  'introspect.sh': 'bash',
  'token.sh': 'bash',
  'changes.sh': 'bash',
  'changes-answer.txt': 'json',
  'introspection-answer.txt': 'json',
  'inactive-answer.txt': 'json',
  'service.py': 'python',
  'apache.conf': 'apache',
} as const satisfies Readonly<Record<string, CodeLanguage>>;

/** A file of `views/docs/examples/`. */
export type ExampleName = keyof typeof LANGUAGES;

/** Programs with steps that pages show one by one. */
const HAS_STEPS = /^(client|management)/;

/** An example, cut before each of its numbered steps. */
interface Example {
  readonly parts: readonly string[];
  /** The same as HTML, made when it is first shown. */
  readonly html: () => readonly string[];
}

const FOLDER = new URL('../../views/docs/examples/', import.meta.url);

// Read once, at start, as the templates are.
const EXAMPLES = new Map(
  Object.entries(LANGUAGES).map(([name, language]) => [name, readExample(name, language)]),
);

function readExample(name: string, language: CodeLanguage): Example {
  const text = readFileSync(new URL(name, FOLDER), 'utf8').trimEnd();
  const parts = HAS_STEPS.test(name) ? text.split(/\n+(?=(?:#|\/\/) \d+\. )/) : [text];
  return { parts, html: lazy(() => parts.map((part) => highlightTemplate(part, language))) };
}

/** Tests if a value needs no escaping between quotes in bash, JavaScript, Python and PHP. */
export function isPlain(value: string): boolean {
  return /^[\w\-.~:/?[\]@!&()+,;=% ]*$/.test(value);
}

/**
 * Returns the text of an example with its values, cut before each numbered step: the settings first.
 * @throws Error if a value is missing, or could end the quotes that it stands in
 */
export function fillSteps(name: ExampleName, values: Partial<ExampleValues>): string[] {
  return fillIn(name, EXAMPLES.get(name)?.parts ?? [], values);
}

/** An example with its values, as HTML with a class for each kind of text. Throws as `fillSteps`. */
export function presentExample(name: ExampleName, values: Partial<ExampleValues>): string {
  return presentSteps(name, values).join('\n\n');
}

/** The HTML of an example with its values, cut as by `fillSteps`. */
export function presentSteps(name: ExampleName, values: Partial<ExampleValues>): string[] {
  const escaped = Object.entries(values).map(([key, value]) => [key, escapeHtml(value)]);
  return fillIn(name, EXAMPLES.get(name)?.html() ?? [], values, Object.fromEntries(escaped));
}

function fillIn(
  name: ExampleName,
  parts: readonly string[],
  values: Partial<ExampleValues>,
  shown = values,
): string[] {
  return parts.map((part) =>
    part.replace(/\{\{(\w+)\}\}/g, (placeholder, key: string) => {
      const value = isKey(values, key) ? values[key] : undefined;
      if (value === undefined || !isPlain(value)) {
        throw new Error(`${name}: ${placeholder} has no value that can stand there`);
      }
      return (isKey(shown, key) ? shown[key] : undefined) ?? '';
    }),
  );
}

/** Numbers and words that no example contains stand for the placeholders, so that each is one word. */
function highlightTemplate(text: string, language: CodeLanguage): string {
  const names: string[] = [];
  const code = text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    names.push(key);
    return `7077${names.length + 100}`;
  });
  return highlight(code, language).replace(/7077(\d{3})/g, (_, number: string) => {
    return `{{${names[Number(number) - 101]}}}`;
  });
}

function isKey(values: Partial<ExampleValues>, key: string): key is keyof ExampleValues {
  return Object.hasOwn(values, key);
}
