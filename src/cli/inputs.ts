import { Option } from 'commander';
import type { z } from 'zod';
import type { JsonSchema } from '../api/openapi-document.ts';
import { describeFields } from '../api/openapi-schemas.ts';
import { ownValue } from '../lib/own-value.ts';
import type { Line } from './command.ts';
import { parseTime } from './parse-time.ts';
import { UsageError } from './shell.ts';

/** An option without a value: its help, and the fields of the request that it sets. */
export type Flag = readonly [help: string, sets: Readonly<Record<string, unknown>>];

/** Flags by name: `--inactive`, `--no-password`. */
export type Flags = Readonly<Record<string, Flag>>;

/** An option that reads one field of the request. */
export interface Input {
  readonly field: string;
  readonly option: Option;
  /** Converts the value for the API. */
  readonly read: (given: unknown) => unknown;
}

/** Placeholders of option values; `text` for other fields. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  application: 'client_id',
  email: 'address',
  expires_at: 'when',
  full_name: 'name',
  homepage_url: 'url',
  limit_events: 'slug',
  locale: 'tag',
  members: 'user',
  organizer: 'slug',
  owner: 'user',
  permissions: 'name',
  privacy_policy_url: 'url',
  redirect_uris: 'uri',
  resources: 'uri',
  rights: 'right',
  scopes: 'name',
  terms_url: 'url',
  timezone: 'name',
  upstream_subject: 'sub',
  user: 'id',
};

/** Returns the option for a field of the API: `--redirect-uri` for `redirect_uris`. */
export function optionName(field: string): string {
  return `--${field.replace(/_at$|s$/, '').replaceAll('_', '-')}`;
}

/**
 * Derives options from a schema of the API. Booleans and choices get none, because a `Flag` names
 * them better; passwords get none, because arguments are visible in the list of processes.
 */
export function inputsOf(
  schema: z.ZodObject,
  { required = [], help = {} }: { required?: readonly string[]; help?: Record<string, string> },
): Input[] {
  return Object.entries(describeFields(schema)).flatMap(([field, described]) => {
    const kind = kindOf(described);
    if (kind === undefined || field === 'ordering') {
      return [];
    }
    const text = ownValue(help, field) ?? helpOf(described, kind);
    const option = new Option(
      `${optionName(field)} <${ownValue(PLACEHOLDERS, field) ?? 'text'}>`,
      text,
    );
    if (kind === 'list') {
      option.argParser(several);
    }
    option.makeOptionMandatory(required.includes(field) || isRequired(schema, field));
    const name = option.long ?? '';
    const read = (given: unknown) =>
      kind === 'time' ? parseTime(name, String(given), true) : given;
    return { field, option, read };
  });
}

/** Indicates whether a schema has a password, which is read from a terminal or a pipe. */
export function hasPassword(schema: z.ZodObject): boolean {
  return Object.values(describeFields(schema)).some((field) => formOf(field).format === 'password');
}

/**
 * Reads the fields that were given as options.
 * @throws UsageError for contradicting flags and blank required options
 */
export function readInputs(
  { name, options }: Line<Readonly<Record<string, unknown>>>,
  inputs: readonly Input[],
  flags: Flags,
): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const { field, option, read } of inputs) {
    const given = ownValue(options, option.attributeName());
    if (option.mandatory && typeof given === 'string' && given.trim() === '') {
      throw new UsageError(`${name} needs a ${option.long}.`);
    }
    if (typeof given === 'string' || Array.isArray(given)) {
      fields.set(field, read(given));
    }
  }
  const setBy = new Map<string, string>();
  const given = Object.entries(flags).filter(([flag]) => {
    const option = new Option(flag);
    return ownValue(options, option.attributeName()) === !option.negate;
  });
  for (const [flag, [, sets]] of given) {
    for (const [field, value] of Object.entries(sets)) {
      const other = setBy.get(field);
      if (other !== undefined) {
        throw new UsageError(`${other} and ${flag} exclude each other.`);
      }
      setBy.set(field, flag);
      fields.set(field, value);
    }
  }
  return Object.fromEntries(fields);
}

/** Collects an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function kindOf(schema: JsonSchema): 'text' | 'list' | 'time' | undefined {
  const { types, format } = formOf(schema);
  // A text that may have several languages is given once for each.
  if (types.includes('array') || types.includes('object')) {
    return 'list';
  }
  if (!types.includes('string') || format === 'password' || schema.enum !== undefined) {
    return undefined;
  }
  return format === 'date-time' ? 'time' : 'text';
}

/** Returns types and format of a field, of which `null` may be an alternative. */
function formOf(schema: JsonSchema): { types: readonly unknown[]; format: string | undefined } {
  const all = [schema, ...(schema.anyOf ?? [])].filter((one) => typeof one === 'object');
  return {
    types: all.flatMap(({ type }) => type ?? []),
    format: all.find(({ format }) => format !== undefined)?.format,
  };
}

/** The first sentence of the description, as option texts are written. */
function helpOf({ description = '' }: JsonSchema, kind: 'text' | 'list' | 'time'): string {
  if (kind === 'time') {
    return 'a time, or a distance such as 90d; never by default';
  }
  const [sentence = ''] = /^[^.]*/.exec(description) ?? [];
  const text = /^[A-Z][a-z]/.test(sentence)
    ? `${sentence[0]?.toLowerCase()}${sentence.slice(1)}`
    : sentence;
  return kind === 'list' ? `${text}; may be repeated` : text;
}

function isRequired(schema: z.ZodObject, field: string): boolean {
  return new Map(Object.entries(schema.shape)).get(field)?.safeParse(undefined).success === false;
}
