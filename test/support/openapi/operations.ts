import type { OpenApiDocument } from '../../../src/api/openapi.ts';
import {
  type Answer,
  type JsonSchema,
  lookUp,
  type Parameter,
} from '../../../src/api/openapi-document.ts';
import type { Operation } from '../../../src/api/openapi-operation.ts';
import type { Issuer } from '../platform.ts';

/** An operation with its method and path. */
export interface Documented {
  readonly id: string;
  /** Method in upper case. */
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Fetches the description of a server. */
export async function fetchDocument(server: Issuer): Promise<OpenApiDocument> {
  const response = await fetch(`${server.issuer}/api/v1/openapi.json`);
  return JSON.parse(await response.text());
}

/** Returns all operations of a description. */
export function operationsOf({ paths }: OpenApiDocument): Documented[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/** Returns the response of an operation for a status, if documented. */
export function answerOf(
  { components }: OpenApiDocument,
  { responses }: Operation,
  status: number,
): Answer | undefined {
  const answer = responses[String(status)];
  return answer && lookUp(components.responses, answer);
}

/** Returns the parameters of an operation. */
export function parametersOf(
  { components }: OpenApiDocument,
  { parameters }: Operation,
): Parameter[] {
  return parameters.map((one) => lookUp(components.parameters, one));
}

/** Returns the schema of the JSON body of an operation. */
export function bodySchemaOf(
  { components }: OpenApiDocument,
  { requestBody }: Operation,
): JsonSchema | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  return schema && lookUp(components.schemas, schema);
}
