import type { Reading } from './answer.ts';
import { createChangeMarks } from './change-marks.ts';
import { type DatedReading, LEASE } from './dated.ts';
import { createMemory } from './memory.ts';
import { later } from './moment.ts';

type Active = Extract<Reading, { outcome: 'active' }>;

/** Answers by the SHA-256 of their token, in hex, by which the changes feed names tokens as well. */
export interface AnswerStore {
  /** Returns the answer of a live token, whose use needs a lease. */
  findActive(key: string): Active | undefined;
  /** Returns an answer of the last second, that a token is not live. */
  findInactive(key: string): DatedReading | undefined;
  /** Begins a question; returns the function that stores its answer, if there is one. */
  begin(key: string): (answer: DatedReading | undefined) => void;
  /** Removes what the changes feed names. */
  apply(changes: readonly string[]): void;
}

const TOKEN = 'token:';

/** Creates a store of limited size. */
export function createAnswerStore(limit: number, bytes: number): AnswerStore {
  const active = createMemory<Active>(limit, bytes);
  // Apart, so that made-up tokens do not push out those in use.
  const inactive = createMemory<DatedReading>(limit, bytes);
  const marks = createChangeMarks();
  const remove = (change: string) => {
    if (change === 'all') {
      active.clear();
    } else if (change.startsWith(TOKEN)) {
      active.delete(change.slice(TOKEN.length));
    } else {
      active.deleteTagged(change);
    }
  };
  const store = (key: string, answer: DatedReading, tags: readonly string[]) => {
    const { reading, until } = answer;
    if (reading.outcome === 'inactive') {
      active.delete(key);
      inactive.set(key, { value: answer, until, size: ENTRY, tags });
      return;
    }
    const { expiresIn, access } = reading;
    // A server without the feed says neither.
    if (expiresIn !== undefined && access.grant !== undefined) {
      const end = later(until, 1000 * expiresIn - LEASE);
      active.set(key, { value: reading, until: end, size: sizeOf(reading), tags });
    }
  };
  return {
    findActive: active.get,
    findInactive: inactive.get,
    begin: (key) => {
      const hasChanged = marks.begin();
      return (answer) => {
        const tags = answer?.reading.outcome === 'active' ? tagsOf(answer.reading) : [];
        // The answer may be from before the change: it is used once.
        if (!hasChanged([TOKEN + key, ...tags]) && answer !== undefined) {
          store(key, answer, tags);
        }
      };
    },
    apply: (changes) => {
      marks.note(changes);
      changes.forEach(remove);
    },
  };
}

/** Returns the changes, beside those of the token itself, that make this answer out of date. */
function tagsOf({ access }: Active): readonly string[] {
  const { grant, sub, clientId, organizers } = access;
  const parties = [`grant:${grant}`, `user:${sub}`, `application:${clientId}`];
  return [...parties, ...organizers.map((slug) => `organizer:${slug}`)];
}

/** Bytes of an entry with its key, objects and functions, and of each string beside its characters. */
const ENTRY = 2000;
const STRING = 40;
/** Bytes of an entry in an index by tag. */
const TAG = 100;

/** Estimates the memory that an answer takes, rather too high than too low. */
function sizeOf(reading: Active): number {
  const { organizers, permissions, eventPermissions, scopes } = reading.access;
  const byEvent = Object.values(eventPermissions);
  // Equal lists of an organizer's events are one.
  const ofEvents = new Set(byEvent.flatMap((lists) => Object.values(lists)));
  const lists = [organizers, scopes, ...Object.values(permissions), ...ofEvents];
  // Slugs are keys of two maps, those of organizers also tags.
  const slugs =
    4 * sizeOfTexts(organizers) +
    TAG * organizers.length +
    3 * sizeOfTexts(byEvent.flatMap((lists) => Object.keys(lists)));
  return ENTRY + slugs + lists.reduce((sum, list) => sum + STRING + sizeOfTexts(list), 0);
}

function sizeOfTexts(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + STRING + text.length, 0);
}
