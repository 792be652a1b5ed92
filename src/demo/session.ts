import { randomBytes } from 'node:crypto';
import type { Step } from './step.ts';
import { type Language, TEXTS, type Texts } from './texts.ts';

/** Tokens and state after a user has allowed access. */
export interface Connection {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly scope: string;
  /** Slugs. */
  readonly organizers: readonly string[];
  /** It was revoked, here or by the user. */
  readonly ended: boolean;
}

/** Message that is shown once. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  /** Detail for developers. */
  readonly detail?: string | undefined;
}

/** A sign-in that was started. */
export interface Pending {
  /** The authorization request. */
  readonly url: URL;
  /** PKCE verifier. */
  readonly verifier: string;
}

/** One browser. */
export interface Session {
  readonly id: string;
  /** Texts in the language of the last request. */
  texts: Texts;
  language: Language;
  /** The sign-ins that are under way, by `state`. */
  readonly pending: Map<string, Pending>;
  connection: Connection | undefined;
  notice: Notice | undefined;
  steps: Step[];
  stepCount: number;
  /** Action in progress: two clicks at once must not use one refresh token twice. */
  last: Promise<void>;
}

/** The browsers that have been here, in memory. */
export type Sessions = ReturnType<typeof createSessions>;

const SESSION_LIMIT = 1000;
const PENDING_LIMIT = 10;
const STEP_LIMIT = 40;

/** The oldest sessions are forgotten when there are too many. */
export function createSessions() {
  const sessions = new Map<string, Session>();
  return {
    find: (id: string | undefined) => (id === undefined ? undefined : sessions.get(id)),
    create: (language: Language) => {
      const session: Session = {
        id: randomBytes(32).toString('base64url'),
        language,
        texts: TEXTS[language],
        pending: new Map(),
        connection: undefined,
        notice: undefined,
        steps: [],
        stepCount: 0,
        last: Promise.resolve(),
      };
      sessions.set(session.id, session);
      dropOldest(sessions, SESSION_LIMIT);
      return session;
    },
  };
}

/** Remembers a sign-in that was started. */
export function addPending(session: Session, state: string, pending: Pending): void {
  session.pending.set(state, pending);
  dropOldest(session.pending, PENDING_LIMIT);
}

/** Returns a sign-in that was started here, once. */
export function takePending(session: Session, state: string | null): Pending | undefined {
  const pending = session.pending.get(state ?? '');
  session.pending.delete(state ?? '');
  return pending;
}

/** Adds what a request has shown. */
export function addStep(session: Session, step: Omit<Step, 'number'>): void {
  session.stepCount += 1;
  session.steps = [...session.steps, { ...step, number: session.stepCount }].slice(-STEP_LIMIT);
}

/** Does one thing after the other. */
export function inTurn(session: Session, task: () => Promise<void>): Promise<void> {
  const turn = session.last.then(task);
  session.last = turn.catch(() => undefined);
  return turn;
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) {
      return;
    }
    map.delete(key);
  }
}
