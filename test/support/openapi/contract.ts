import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import type { OpenApiDocument } from '../../../src/api/openapi.ts';
import { type Header, lookUp, type Reference } from '../../../src/api/openapi-document.ts';
import type { CallAnswer } from './call.ts';
import { answerOf, bodySchemaOf, type Documented } from './operations.ts';

/** Compares responses with the description. */
export interface Contract {
  /** Fails if a response differs from its documentation, or has more fields. */
  check(documented: Documented, answer: CallAnswer): void;
  /** Fails if a value does not match a schema of the description, or has more fields. */
  fits(name: string, value: unknown): void;
  /** Fails if a sent body does not match the documentation of the operation. */
  checkBody(documented: Documented, body: unknown): void;
}

/** Headers that a response must have if they are documented; others are optional. */
const ALWAYS = new Set(['Last-Modified', 'X-Page-Generated', 'ETag', 'Retry-After']);

/** Reads a description strictly: undocumented fields are errors. */
export function createContract(document: OpenApiDocument): Contract {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  ajvFormats.default(ajv);
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    ajv.addSchema(strict(schema), ROOT + name);
  }

  // Ajv caches by identity, and each strict copy is a new object.
  const copies = new Map<object, object>();
  function strictly(schema: object): object {
    const copy = copies.get(schema) ?? strict(schema);
    copies.set(schema, copy);
    return copy;
  }

  function validate(schema: object, value: unknown, where: string): void {
    const fits = ajv.compile(schema);
    assert.ok(
      fits(value),
      `${where}: ${ajv.errorsText(fits.errors)}\n${JSON.stringify(value, null, 2)}`,
    );
  }

  function checkHeaders(where: string, answer: CallAnswer, documented: Headers): void {
    for (const name of Object.keys(document.components.headers)) {
      const value = answer.headers.get(name);
      const reference = documented[name];
      if (reference === undefined) {
        assert.equal(value, null, `${where} has ${name}, which is not documented`);
        continue;
      }
      assert.ok(value !== null || !ALWAYS.has(name), `${where} has no ${name}`);
      const header = lookUp(document.components.headers, reference);
      if (value !== null) {
        validate(header.schema, typed(value, header), `${where} ${name}`);
      }
    }
  }

  return {
    check: (one, answer) => {
      const where = `${one.method} ${one.path} ${answer.status}`;
      const documented = answerOf(document, one.operation, answer.status);
      assert.ok(documented, `${where} is not documented: ${answer.text}`);
      checkHeaders(where, answer, documented.headers ?? {});
      if (documented.content === undefined) {
        assert.equal(answer.text, '', `${where} has a body`);
        assert.equal(answer.headers.get('content-type'), null, where);
        return;
      }
      const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
      const { schema } = documented.content[type] ?? {};
      assert.ok(schema, `${where} is not documented as ${type}`);
      const parts = type === 'application/json' ? [answer.text] : answer.text.trim().split('\n');
      for (const part of parts) {
        validate(strictly(schema), JSON.parse(part), where);
      }
    },
    fits: (name, value) => validate({ $ref: ROOT + name }, value, name),
    checkBody: (one, body) => {
      const schema = bodySchemaOf(document, one.operation);
      if (schema === undefined) {
        assert.equal(body, undefined, `${one.id} documents no body`);
      } else {
        validate(strictly(schema), body, `the body of ${one.id}`);
      }
    },
  };
}

type Headers = Readonly<Record<string, Reference>>;

/** Base URL of the named schemas, for the validator. */
const ROOT = 'https://stagedoor.example/schemas/';

/**
 * Returns a copy of a part of the description with absolute references, in which objects allow no
 * undocumented fields.
 */
function strict<T extends object>(part: T): T {
  const text = JSON.stringify(part).replaceAll('"#/components/schemas/', `"${ROOT}`);
  return JSON.parse(text, (_, value) =>
    value?.type === 'object' && 'properties' in value && !('additionalProperties' in value)
      ? { ...value, additionalProperties: false }
      : value,
  );
}

/** Converts a header, which is always text, to the type of its schema. */
function typed(value: string, { schema }: Header): unknown {
  return schema.type === 'integer' ? Number(value) : value;
}
