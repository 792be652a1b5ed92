/** Counts of events by kind. */
export interface EventCounts<Kind extends string> {
  /** Adds one event. It is one addition, so the hot path can do it. */
  count(kind: Kind): void;
  /** Returns each kind with the number of its events. */
  entries(): Iterable<[kind: string, count: number]>;
}

/** Creates counts that begin at 0 for these kinds, so that the first event shows as an increase. */
export function createEventCounts<Kind extends string>(kinds: readonly Kind[]): EventCounts<Kind> {
  const counts = new Map<string, number>(kinds.map((kind) => [kind, 0]));
  return {
    count: (kind) => {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    },
    entries: () => counts,
  };
}
