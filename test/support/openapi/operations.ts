import {
  type Answer,
  type JsonSchema,
  lookUp,
  type OpenApiDocument,
  type Operation,
  type Parameter,
} from '../../../src/api/openapi-document.ts';
import type { Issuer } from '../platform.ts';

/** An operation with its place. */
export interface Documented {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The description as a server gives it. */
export async function fetchDocument(server: Issuer): Promise<OpenApiDocument> {
  const response = await fetch(`${server.issuer}/api/v1/openapi.json`);
  return JSON.parse(await response.text());
}

/** All operations of a description. */
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

/** The answer of an operation with a status, if it is documented. */
export function answerOf(
  { components }: OpenApiDocument,
  { responses }: Operation,
  status: number,
): Answer | undefined {
  const answer = responses[String(status)];
  return answer && lookUp(components.responses, answer);
}

/** The parameters of an operation. */
export function parametersOf(
  { components }: OpenApiDocument,
  { parameters }: Operation,
): Parameter[] {
  return parameters.map((one) => lookUp(components.parameters, one));
}

/** The schema of the JSON that an operation takes. */
export function bodySchemaOf(
  { components }: OpenApiDocument,
  { requestBody }: Operation,
): JsonSchema | undefined {
  const schema = requestBody?.content['application/json']?.schema;
  return schema && lookUp(components.schemas, schema);
}
