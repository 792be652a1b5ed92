import { SpanStatusCode } from '@opentelemetry/api';
import { STATEMENTS, StatementSent } from '../db/statements.ts';
import type { Spans } from './spans.ts';

/** First word of a statement, after comments and parentheses. */
const OPERATION = /^(?:\s|\(|\/\*.*?\*\/)*([a-z]+)/i;

/**
 * Makes a span of each SQL statement. It has the text, whose values are parameters, and no values.
 * @returns a function that ends it
 * @see https://opentelemetry.io/docs/specs/semconv/database/postgresql/
 */
export function traceStatements(spans: Spans): () => void {
  const onStatement = (message: unknown) => {
    if (message instanceof StatementSent) {
      traceStatement(spans, message);
    }
  };
  STATEMENTS.subscribe(onStatement);
  return () => STATEMENTS.unsubscribe(onStatement);
}

function traceStatement(spans: Spans, { text, result }: StatementSent): void {
  const operation = OPERATION.exec(text)?.[1]?.toUpperCase() ?? 'SQL';
  const span = spans.beginCall(operation, {
    'db.system.name': 'postgresql',
    'db.operation.name': operation,
    'db.query.text': text,
  });
  if (span === undefined) {
    return;
  }
  result.then(
    () => span.end(),
    (error: unknown) => {
      // Not the message, which quotes values.
      const code = error instanceof Error && 'code' in error ? String(error.code) : '_OTHER';
      span.setAttributes({ 'db.response.status_code': code, 'error.type': code });
      span.setStatus({ code: SpanStatusCode.ERROR }).end();
    },
  );
}
