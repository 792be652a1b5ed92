/** Effect of a PUT. */
export type PutOutcome = 'created' | 'changed' | 'unchanged';
