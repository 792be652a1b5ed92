/** Effect of a PUT. */
export type PutOutcome = 'created' | 'changed' | 'unchanged';

/** Returns the answer to a PUT. */
export function putAnswer<Answer>(outcome: PutOutcome, answer: Answer) {
  return {
    status: outcome === 'created' ? (201 as const) : (200 as const),
    changed: outcome !== 'unchanged',
    answer,
  };
}
