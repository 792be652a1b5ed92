import { type Endpoint, pathTemplate } from './endpoint.ts';
import { describeOperation, type Operation } from './openapi-operation.ts';
import { describeSchemas } from './openapi-schemas.ts';
import {
  CONVENTIONS,
  ERROR_SCHEMAS,
  ERRORS,
  HEADERS,
  PARAMETERS,
  SECURITY_SCHEMES,
  TAGS,
} from './openapi-words.ts';

/** As much of OpenAPI 3.1 as this server says of itself. Paths are by method in lower case. */
export type OpenApiDocument = ReturnType<typeof describeApi>;

/**
 * Describes the JSON API in OpenAPI 3.1, from the endpoints themselves: the schemas of bodies and
 * queries are those that check them.
 * @param issuer public URL of this server
 */
export function describeApi(endpoints: readonly Endpoint[], issuer: string) {
  const paths = new Map<string, Record<string, Operation>>();
  for (const endpoint of endpoints) {
    const path = pathTemplate(endpoint.path);
    paths.set(path, { ...paths.get(path), [endpoint.method]: describeOperation(endpoint) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stagedoor JSON API',
      version: '1',
      description: CONVENTIONS.join('\n\n'),
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: issuer }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        ...describeSchemas(endpoints.map(({ description }) => description)),
        ...ERROR_SCHEMAS,
      },
      responses: ERRORS,
      parameters: PARAMETERS,
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
