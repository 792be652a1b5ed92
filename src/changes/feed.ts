import { setTimeout as sleep } from 'node:timers/promises';
import { StagedoorError } from '../lib/errors.ts';
import { MOST_CHANGES } from './changes-store.ts';
import { type Cursor, formatCursor, hasSeenAllOf, parseCursor } from './cursor.ts';
import { ageOf, type FeedSource, type FeedView, readFeed } from './feed-view.ts';

/** Milliseconds from one reading of the table to the next. */
const INTERVAL = 100;
/** Milliseconds for which a request is held while there is nothing new. */
const HOLD = 250;
/** Age in milliseconds from which on an answer is useless to its reader. */
const LEASE = 1_000;
/** Milliseconds after the last request for which the table is read. */
const IDLE = 2_000;
/** Views that are kept: those of the last ten seconds. */
const VIEWS = 100;

export interface FeedAnswer {
  readonly changes: readonly string[];
  readonly cursor: string;
  /** Age of the snapshot in milliseconds. */
  readonly ageMs: number;
}

/** The feed of changes, which all requests of this process share. */
export interface ChangesFeed {
  /**
   * Returns the changes after a cursor: as soon as there are any, and after a quarter of a second in any
   * case.
   * @param after a cursor, of any process; for any other text all has changed
   * @throws StagedoorError `database_unreachable` if the newest snapshot is too old
   */
  changesAfter(after: string): Promise<FeedAnswer>;
}

/** Creates the feed. It reads the table only while requests come. */
export function createChangesFeed(source: FeedSource): ChangesFeed {
  const reader = createReader(source);
  return {
    changesAfter: async (after) => {
      const cursor = parseCursor(after);
      const begun = performance.now();
      let isLast = false;
      const end = sleep(HOLD).then(() => {
        isLast = true;
      });
      for (;;) {
        const next = reader.next();
        const views = reader.views();
        const answer = views && (await answerFrom(source, views, cursor, isLast));
        if (answer !== undefined) {
          return answer;
        }
        if (performance.now() - begun >= LEASE) {
          const reason = 'The changes could not be read in time.';
          throw new StagedoorError('database_unreachable', reason, { cause: reader.failure() });
        }
        await Promise.race([next, isLast ? sleep(LEASE - HOLD) : end]);
      }
    },
  };
}

/** Consecutive views; each one's changes are those that the one before had not seen. */
type Views = readonly [FeedView, ...FeedView[]];

async function answerFrom(
  source: FeedSource,
  views: Views,
  cursor: Cursor | undefined,
  isLast: boolean,
): Promise<FeedAnswer | undefined> {
  const newest = views.at(-1) ?? views[0];
  if (cursor === undefined || cursor.epoch !== newest.epoch) {
    return answerOf(newest, ['all'], newest);
  }
  if (!hasSeenAllOf(newest.snapshot, cursor.snapshot)) {
    // A cursor of another process, whose snapshot is newer.
    return isLast ? answerOf(newest, [], cursor) : undefined;
  }
  const known = views.findLastIndex(({ snapshot }) => hasSeenAllOf(cursor.snapshot, snapshot));
  if (known === -1) {
    return answerFromTable(source, cursor);
  }
  const changes = changesOf(views.slice(known + 1));
  return changes.length > 0 || isLast ? answerOf(newest, changes, newest) : undefined;
}

/** Reads changes that are older than the views. */
async function answerFromTable(source: FeedSource, { epoch, snapshot }: Cursor) {
  const { xmin } = snapshot;
  // The rest of the snapshot came from outside, and may be no snapshot.
  const view = await readFeed(source, { xmin, text: '1:1:' });
  const changes = view.epoch === epoch ? changesOf([view]) : ['all'];
  return answerOf(view, changes, view);
}

function changesOf(views: readonly FeedView[]): readonly string[] {
  const changes = new Set(views.flatMap((view) => view.changes ?? ['all']));
  return changes.size > MOST_CHANGES || changes.has('all') ? ['all'] : [...changes];
}

function answerOf(
  { askedAt }: FeedView,
  changes: readonly string[],
  cursor: Cursor,
): FeedAnswer | undefined {
  const ageMs = ageOf(askedAt);
  return ageMs < LEASE ? { changes, cursor: formatCursor(cursor), ageMs } : undefined;
}

/** Reads the table every 100 ms while `next` is called. */
function createReader(source: FeedSource) {
  let views: Views | undefined;
  let wantedUntil = 0;
  let isRunning = false;
  let failure: unknown;
  let reading = Promise.withResolvers<void>();

  const read = async () => {
    const last = views?.at(-1);
    const view = await readFeed(source, last?.snapshot);
    const follows = view.epoch === last?.epoch && view.changes !== undefined;
    views = follows && views ? [...dropOldest(views), view] : [view];
  };
  const run = async () => {
    while (performance.now() < wantedUntil) {
      const begun = performance.now();
      try {
        await read();
        failure = undefined;
      } catch (error) {
        // Its consequence is that the newest view gets old.
        failure = error;
      }
      reading.resolve();
      reading = Promise.withResolvers();
      const pause = begun + INTERVAL - performance.now();
      await sleep(Math.max(1, pause), undefined, { ref: false });
    }
    isRunning = false;
    views = undefined;
  };
  return {
    /** Undefined until the first view. */
    views: () => views,
    /** The error of the last reading, if it failed. */
    failure: () => failure,
    /** Waits for the end of the next reading, also of one that fails. */
    next: (): Promise<void> => {
      wantedUntil = performance.now() + IDLE;
      if (!isRunning) {
        isRunning = true;
        void run();
      }
      return reading.promise;
    },
  };
}

function dropOldest(views: Views): Views {
  const [, second, ...others] = views;
  return views.length < VIEWS || second === undefined ? views : [second, ...others];
}
