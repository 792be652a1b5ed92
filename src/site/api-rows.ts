import type { JsonSchema } from '../api/openapi-document.ts';
import type { Translate } from '../http/translate.ts';
import { renderInline } from './markdown.ts';
import type { SiteText } from './texts.ts';

/** A field or a parameter. */
type ApiRow = ReturnType<typeof schemaRow>;

/** The fields of an object, and those of the objects in it, a row each. */
export function fieldRows(schema: JsonSchema, t: Translate<SiteText>, prefix = ''): ApiRow[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const field = plain(given);
    return [
      schemaRow(prefix + name, field, required.includes(name), t),
      ...fieldRows(field, t, `${prefix}${name}.`),
    ];
  });
}

/** One field or parameter. */
export function schemaRow(
  name: string,
  schema: JsonSchema,
  isRequired: boolean,
  t: Translate<SiteText>,
) {
  return {
    name,
    type: typeOf(schema),
    isRequired,
    /** As JSON. */
    byDefault: schema.default === undefined ? undefined : JSON.stringify(schema.default),
    limits: limitsOf(schema, t),
    /** HTML. */
    says: renderInline(schema.description ?? ''),
  };
}

/** A type as TypeScript would write it, which needs no translation. */
function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) {
    return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
  }
  if (schema.anyOf !== undefined) {
    return schema.anyOf.map((one) => typeOf(plain(one))).join(' | ');
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  }
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'any'];
  return types.map((type) => singleType(String(type), schema)).join(' | ');
}

function singleType(type: string, { format, items, additionalProperties }: JsonSchema): string {
  switch (type) {
    case 'array': {
      const entry = typeOf(plain(Array.isArray(items) ? items[0] : items));
      return entry.includes(' ') ? `(${entry})[]` : `${entry}[]`;
    }
    case 'object':
      return typeof additionalProperties === 'object' && additionalProperties.type !== undefined
        ? `{ [key]: ${typeOf(additionalProperties)} }`
        : 'object';
    default:
      return format === undefined || format === 'password' ? type : `${type} (${format})`;
  }
}

function limitsOf(schema: JsonSchema, t: Translate<SiteText>): string[] {
  // Of a field that may be null, the limits are those of what else it may be.
  const [inner = schema] = (schema.anyOf ?? []).map(plain).filter(({ type }) => type !== 'null');
  const length = rangeOf(inner.minLength, inner.maxLength);
  const items = rangeOf(inner.minItems, inner.maxItems);
  const value = rangeOf(inner.minimum, inner.maximum);
  return [
    ...(length === undefined ? [] : [t('apidocs.characters', { range: length })]),
    ...(items === undefined ? [] : [t('apidocs.entries', { range: items })]),
    ...(value === undefined ? [] : [value]),
  ];
}

function rangeOf(min: number | undefined, max: number | undefined): string | undefined {
  if (max === undefined) {
    return min === undefined || min === 0 ? undefined : `≥ ${min}`;
  }
  return min === undefined || min === 0 ? `≤ ${max}` : `${min}–${max}`;
}

function plain(schema: JsonSchema | boolean | undefined): JsonSchema {
  return typeof schema === 'object' ? schema : {};
}
