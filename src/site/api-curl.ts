import type { JsonSchema, Parameter } from '../api/openapi-document.ts';
import type { Operation } from '../api/openapi-operation.ts';

/** Parts of a curl example. */
export interface CurlParts {
  /** Public URL of this server. */
  readonly issuer: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | undefined;
}

/** A call of an operation for bash, with the examples of the description filled in. */
export function curlExample({
  issuer,
  method,
  path,
  operation,
  parameters,
  body,
}: CurlParts): string {
  const filled = path.replace(/\{(\w+)\}/g, (whole, name) => {
    const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
    return encodeURIComponent(parameter?.example ?? whole);
  });
  const [type = ''] = Object.keys(operation.requestBody?.content ?? {});
  const isJson = type === 'application/json';
  const [example] = Array.isArray(body?.examples) ? body.examples : [];
  return [
    `curl --fail-with-body${method === 'get' ? '' : ` --request ${method.toUpperCase()}`} ${quoted(issuer + filled)}`,
    ...authorization(operation),
    ...(example === undefined
      ? []
      : [
          `--header ${quoted(`Content-Type: ${type}`)}`,
          `--data ${quoted(JSON.stringify(example, null, isJson ? 2 : 0))}`,
        ]),
  ].join(' \\\n  ');
}

function authorization({ security }: Operation): string[] {
  const [scheme] = security.flatMap((one) => Object.keys(one));
  switch (scheme) {
    case 'operatorToken':
      return ['--header "Authorization: Token $OPERATOR_TOKEN"'];
    case 'accessToken':
      return ['--header "Authorization: Bearer $ACCESS_TOKEN"'];
    default:
      return [];
  }
}

/** For bash: nothing in it means anything. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
