/** A row with its times as PostgreSQL writes them into JSON. */
export type JsonRow<T> = {
  [Key in keyof T]: T[Key] extends Date | null ? string | Extract<T[Key], null> : T[Key];
};
