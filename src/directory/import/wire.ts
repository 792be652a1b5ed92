import { z } from 'zod';
import { type Component, component } from '../../api/endpoint.ts';
import { parseFields } from '../../api/fields.ts';
import type { JsonLine } from '../../api/json-lines.ts';
import { flag } from '../../api/query.ts';
import type { UpstreamConfig } from '../../config/upstream.ts';
import { type FieldErrors, StagedoorError, ValidationError } from '../../lib/errors.ts';
import { readTeam, teamBody } from '../team-wire.ts';
import { organizerBody, readUser, userBody } from '../wire.ts';
import { EXAMPLES } from '../wire-examples.ts';
import type { BulkLine, DoneLine, ImportItem, Subject, Tally } from './line.ts';

/** Query of `POST /directory/bulk/`. */
export const bulkQuery = z.object({
  atomic: flag('All lines or none: where one is refused, nothing is written.'),
});

/** Schema of an import line. */
export type BulkLineSchema = ReturnType<typeof bulkLine>['schema'];

/** A line of `POST /directory/bulk/`. */
export function bulkLine(permissions: readonly string[]) {
  return component(
    'BulkLine',
    z
      .object({
        user: userBody.schema
          .extend({ id: z.string().describe('The `id` of `PUT /users/{id}/`.') })
          .optional(),
        organizer: organizerBody.schema
          .extend({ slug: z.string().describe('The identifier in the path of its PUT.') })
          .optional(),
        team: teamBody(permissions)
          .schema.extend({
            id: z.string().describe('The identifier in the path of its PUT.'),
            organizer: z.string().describe('Slug of the organizer.'),
          })
          .optional(),
      })
      .meta({ minProperties: 1, maxProperties: 1, description: 'Exactly one of the fields.' }),
    EXAMPLES.bulkLine,
  );
}

const KINDS = ['user', 'organizer', 'team'] as const;
const SHAPE =
  'Expected a JSON object with exactly one of "user", "organizer" and "team", which is an object.';

/** Reads a line and its errors. Drops unknown fields, as a PUT does. */
export function readBulkLine(
  schema: BulkLineSchema,
  upstream: UpstreamConfig | undefined,
  line: JsonLine,
): BulkLine {
  const { number } = line;
  let subject: Subject = {};
  try {
    const [kind, fields] = kindOf(line.parse());
    subject = subjectOf(kind, fields);
    return { number, subject, item: itemOf(schema, upstream, kind, fields) };
  } catch (error) {
    return { number, subject, item: refusalOf(error) };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws StagedoorError `validation_failed` */
function kindOf(value: unknown): [(typeof KINDS)[number], Fields] {
  const entries: [string, unknown][] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [name, fields] = entries[0] ?? [];
  const kind = KINDS.find((one) => one === name);
  if (
    entries.length !== 1 ||
    kind === undefined ||
    typeof fields !== 'object' ||
    fields === null ||
    Array.isArray(fields)
  ) {
    throw new StagedoorError('validation_failed', SHAPE);
  }
  return [kind, { ...fields }];
}

/** @throws ValidationError */
function itemOf(
  { shape }: BulkLineSchema,
  upstream: UpstreamConfig | undefined,
  kind: (typeof KINDS)[number],
  fields: Fields,
): ImportItem {
  switch (kind) {
    case 'user': {
      const { id, ...body } = parseFields(shape.user.unwrap(), fields);
      return { kind, id, input: readUser(upstream, body) };
    }
    case 'organizer': {
      const { slug, ...input } = parseFields(shape.organizer.unwrap(), fields);
      return { kind, slug, input };
    }
    case 'team': {
      const { id, organizer, ...body } = parseFields(shape.team.unwrap(), fields);
      return { kind, id, organizer, input: readTeam(body) };
    }
  }
}

/** Longest name that the report repeats; the longest valid one has 64 characters. */
const NAME_LIMIT = 100;

function subjectOf(kind: (typeof KINDS)[number], fields: Fields): Subject {
  const named = (as: keyof Subject, field: 'id' | 'slug' | 'organizer'): Subject => {
    const name = fields[field];
    return typeof name === 'string' ? { [as]: name.slice(0, NAME_LIMIT) } : {};
  };
  switch (kind) {
    case 'user':
      return named('user', 'id');
    case 'organizer':
      return named('organizer', 'slug');
    case 'team':
      return { ...named('organizer', 'organizer'), ...named('team', 'id') };
  }
}

/** Rethrows errors that are not validation errors. */
function refusalOf(error: unknown): { errors: FieldErrors } | { detail: string } {
  if (error instanceof ValidationError) {
    return { errors: error.fields };
  }
  if (error instanceof StagedoorError && error.code === 'validation_failed') {
    return { detail: error.message };
  }
  throw error;
}

const count = z.int().min(0);

export const bulkReport: Component = component(
  'BulkReportLine',
  z.union([
    z.object({
      line: z.int().min(1).describe('Line number; blank lines count.'),
      user: z.string().optional(),
      organizer: z.string().optional(),
      team: z.string().optional(),
      outcome: z.enum(['created', 'changed', 'unchanged', 'refused']),
      errors: z
        .record(z.string(), z.array(z.string()))
        .optional()
        .describe('With `refused`: messages by field.'),
      detail: z.string().optional().describe('With `refused`: message about the line.'),
    }),
    z
      .object({
        done: z.boolean().describe('False: the import was interrupted; `detail` has the reason.'),
        committed: z
          .boolean()
          .describe('True if the reported changes were written. False only with `atomic=true`.'),
        created: count,
        changed: count,
        unchanged: count,
        refused: count,
        detail: z.string().optional(),
      })
      .describe('The last line. If it is missing, the import was interrupted.'),
  ]),
  EXAMPLES.bulkReportLine,
);

/** Presents the result of a line in the report. */
export function presentDone({ line: { number, subject }, result }: DoneLine): object {
  return { line: number, ...subject, ...result };
}

/** Presents the end of an import in the report. */
export function presentEnd(
  end: { readonly done: boolean; readonly committed: boolean; readonly detail?: string },
  { created, changed, unchanged, refused }: Tally,
): object {
  const { done, committed, detail } = end;
  return { done, committed, created, changed, unchanged, refused, ...(detail && { detail }) };
}
