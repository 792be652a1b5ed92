/** Tags for which changes are kept at most; beyond, each answer that is under way counts as changed. */
const MOST = 10_000;

/** Record of the changes that came while questions were under way. */
export interface ChangeMarks {
  /** Notes changes; `all` concerns every tag. */
  note(changes: readonly string[]): void;
  /**
   * Begins a question.
   * @returns a function that ends it, and tests if one of these tags has changed meanwhile
   */
  begin(): (tags: readonly string[]) => boolean;
}

export function createChangeMarks(): ChangeMarks {
  /** Number of the answer of the feed that last named a tag. */
  const marks = new Map<string, number>();
  let latest = 0;
  let latestOfAll = 0;
  let underWay = 0;
  return {
    note: (changes) => {
      latest += 1;
      if (changes.includes('all') || marks.size + changes.length > MOST) {
        marks.clear();
        latestOfAll = latest;
      } else if (underWay > 0) {
        for (const change of changes) {
          marks.set(change, latest);
        }
      }
    },
    begin: () => {
      const begun = latest;
      underWay += 1;
      return (tags) => {
        underWay -= 1;
        const changed = latestOfAll > begun || tags.some((tag) => (marks.get(tag) ?? 0) > begun);
        if (underWay === 0) {
          marks.clear();
        }
        return changed;
      };
    },
  };
}
