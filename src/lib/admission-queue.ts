import { ClientLeftError, RetryLaterError } from './errors.ts';
import { currentRequester, type Requester } from './requester.ts';

/** Milliseconds that a request waits at most. */
const PATIENCE = 5_000;
/** Milliseconds after which the queue is overloaded: from then on the newest request is served first. */
const OVERLOADED = 1_000;
/** Seconds after which a refused client may try again. */
const RETRY_SECONDS = 2;

/** Limits of a queue. */
export interface AdmissionLimits {
  /** Requests that are served at the same time. */
  readonly places: number;
  /** Requests that may wait for a place. */
  readonly waiting: number;
}

/** Use of a queue since the start of the process. */
export interface AdmissionUse {
  readonly inUse: number;
  readonly waiting: number;
  /** Number of requests that were refused: the queue was full, or they waited too long. */
  readonly refused: number;
  /** Number of requests that were dropped because their client had closed its connection. */
  readonly abandoned: number;
}

interface Waiting {
  readonly since: number;
  readonly requester: Requester | undefined;
  readonly serve: () => void;
  readonly drop: () => void;
}

/**
 * Queue for a limited number of places. Requests that have begun to work are served first, so that their
 * work is not lost. Of the others the oldest is served, but the newest under overload: if each waited
 * equally long, all would be served when their clients have given up. A request whose client has closed
 * its connection is dropped.
 */
export class AdmissionQueue {
  readonly #limits: AdmissionLimits;
  readonly #begun: Waiting[] = [];
  readonly #new: Waiting[] = [];
  #inUse = 0;
  #refused = 0;
  #abandoned = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  use(): AdmissionUse {
    return {
      inUse: this.#inUse,
      waiting: this.#waiting,
      refused: this.#refused,
      abandoned: this.#abandoned,
    };
  }

  get #waiting(): number {
    return this.#begun.length + this.#new.length;
  }

  /**
   * Waits for a place. The caller has to call `leave` afterwards.
   * @param requester by default the request for which the code runs
   * @throws RetryLaterError `unavailable` if too many wait, or if it takes too long; ClientLeftError
   */
  async enter(requester?: Requester): Promise<void> {
    if (this.#inUse < this.#limits.places) {
      this.#inUse += 1;
    } else if (this.#waiting >= this.#limits.waiting) {
      throw this.#refusal();
    } else {
      await this.#wait(requester ?? currentRequester());
    }
  }

  /** Hands the place to the next request. */
  leave(): void {
    const next = this.#next();
    if (next === undefined) {
      this.#inUse -= 1;
    } else {
      next.serve();
    }
  }

  async #wait(requester: Requester | undefined): Promise<void> {
    const queue = requester?.hasBegun ? this.#begun : this.#new;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const drop = () => {
      this.#abandoned += 1;
      reject(new ClientLeftError());
    };
    const waiting = { since: performance.now(), requester, serve: resolve, drop };
    queue.push(waiting);
    const timer = setTimeout(() => {
      queue.splice(queue.indexOf(waiting), 1);
      reject(this.#refusal());
    }, PATIENCE);
    await promise.finally(() => clearTimeout(timer));
  }

  #next(): Waiting | undefined {
    for (;;) {
      const oldest = this.#new[0];
      const isOverloaded = oldest !== undefined && performance.now() - oldest.since > OVERLOADED;
      const next = this.#begun.shift() ?? (isOverloaded ? this.#new.pop() : this.#new.shift());
      if (next?.requester?.isGone() !== true) {
        return next;
      }
      next.drop();
    }
  }

  #refusal(): RetryLaterError {
    this.#refused += 1;
    const message = 'Too many requests are waiting. Try again shortly.';
    return new RetryLaterError('unavailable', message, RETRY_SECONDS);
  }
}
