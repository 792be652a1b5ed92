/** Returns the reason of a failed fetch, which is in its cause. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : '';
  const message = inner instanceof Error ? inner.message || inner.name : String(inner);
  return message.includes(code) ? message : `${message} (${code})`;
}
