/** What a PUT did to what it names. */
export type PutOutcome = 'created' | 'changed' | 'unchanged';
