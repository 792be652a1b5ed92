import { channel } from 'node:diagnostics_channel';

/** Channel on which each statement is announced, for traces. */
export const STATEMENTS = channel('stagedoor.statement');

/** A statement that is being sent. */
export class StatementSent {
  /** With placeholders in place of values. */
  readonly text: string;
  readonly result: Promise<unknown>;

  constructor(text: string, result: Promise<unknown>) {
    this.text = text;
    this.result = result;
  }
}

/** Announces a statement. Costs nothing without a subscriber. */
export function announceStatement(text: unknown, result: Promise<unknown>): void {
  if (STATEMENTS.hasSubscribers) {
    STATEMENTS.publish(new StatementSent(String(text), result));
  }
}
