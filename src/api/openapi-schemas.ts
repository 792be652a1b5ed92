import { z } from 'zod';
import type { Component, EndpointDescription } from './endpoint.ts';
import { type JsonSchema, refer } from './openapi-document.ts';

/** Bodies and answers by their names, from the schemas that check them. They refer to each other. */
export function describeSchemas(
  descriptions: readonly EndpointDescription[],
): Record<string, JsonSchema> {
  const bodies = descriptions.flatMap(({ body }) => body ?? []);
  const answers = descriptions
    .flatMap((one) => one.answers.flatMap(({ body }) => body ?? []))
    .flatMap((body) => (body.entry === undefined ? [body] : [body, body.entry]));
  return { ...named(bodies, 'input'), ...named(answers, 'output') };
}

/** Returns the JSON schemas of the fields of a query or a body, by name. */
export function describeFields(object: z.ZodObject): Record<string, JsonSchema> {
  const { properties = {} } = plain(z.toJSONSchema(object, { io: 'input', override }));
  return Object.fromEntries(
    Object.entries(properties).filter(
      (entry): entry is [string, JsonSchema] => typeof entry[1] === 'object',
    ),
  );
}

/** Tests if a body of this schema may be omitted: none of its fields is required. */
export function isOptional(schema: z.ZodObject): boolean {
  return schema.safeParse({}).success;
}

function named(components: readonly Component[], io: 'input' | 'output') {
  const registry = z.registry<{ id: string }>();
  const examples = new Map<string, unknown>();
  for (const { name, schema, example } of components) {
    // Several endpoints create the same schema, a page for example; the first one counts.
    if (!examples.has(name)) {
      registry.add(schema, { id: name });
      examples.set(name, example);
    }
  }
  const { schemas } = z.toJSONSchema(registry, {
    io,
    override,
    uri: (name) => refer('schemas', name).$ref,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      { ...plain(schema), examples: [examples.get(name)] },
    ]),
  );
}

/** Corrects what zod would describe differently. */
function override({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: JsonSchema;
}): void {
  const { def } = zodSchema._zod;
  if (jsonSchema.additionalProperties === false) {
    // Answers may have more fields some day.
    delete jsonSchema.additionalProperties;
  }
  if (def.type === 'default' && jsonSchema.default === undefined) {
    // zod leaves it out before a transformation, because that could change it. None of ours does.
    jsonSchema.default = def.defaultValue;
  }
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) {
    delete jsonSchema.maximum;
  }
  // Keys of JSON objects are nothing else.
  delete jsonSchema.propertyNames;
}

/** Its place says which dialect it is in and what it is called. */
function plain({ $schema: _, $id: __, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
