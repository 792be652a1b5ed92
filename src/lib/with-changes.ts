/** Changes of an object; undefined fields stay. */
export type Changes<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Returns an object with changes. */
export function withChanges<T extends object>(before: T, changes: Changes<T>): T {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...before, ...Object.fromEntries(given) };
}
