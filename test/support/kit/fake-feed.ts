import type { IncomingMessage, ServerResponse } from 'node:http';

/** A changes feed that a test controls. */
export interface FakeFeed {
  /** Sends changes to all readers. */
  announce(...changes: readonly string[]): void;
  /** Sets the age of its answers in milliseconds; 0 by default. */
  age: number;
  answer(request: IncomingMessage, response: ServerResponse): void;
}

/** Milliseconds for which a request is held. */
const HOLD = 60;

/** Creates a feed whose cursors are positions in a list. */
export function createFakeFeed(): FakeFeed {
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const feed: FakeFeed = {
    age: 0,
    announce: (...changes) => {
      log.push(...changes);
      for (const wake of waiting) {
        wake();
      }
    },
    answer: (request, response) => {
      const after = new URL(request.url ?? '', 'http://feed.invalid').searchParams.get('after');
      const position = after ? Number(after) : undefined;
      const send = () => {
        clearTimeout(timer);
        waiting.delete(send);
        const changes = position === undefined ? ['all'] : log.slice(position);
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ changes, cursor: String(log.length), age_ms: feed.age }));
      };
      const isNews = position === undefined || position < log.length;
      const timer = setTimeout(send, isNews ? 0 : HOLD);
      waiting.add(send);
    },
  };
  return feed;
}
