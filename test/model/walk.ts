import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ServerProcess } from '../support/server-process.ts';
import { introspect } from '../support/tokens.ts';
import { assertRows } from './assert-rows.ts';
import { expectedState, type ModelPair } from './model.ts';
import { PARTY_ACTIONS } from './party-actions.ts';
import { newModel, type System } from './system.ts';
import { TOKEN_ACTIONS } from './token-actions.ts';

/**
 * One step. Its numbers choose among existing objects when it runs, so that every shorter walk is
 * valid.
 */
export interface Action {
  readonly kind: keyof typeof HANDLERS;
  readonly target: number;
  readonly choice: number;
  readonly server: number;
}

/** Context of an action. */
export interface Walk extends System {
  readonly model: Awaited<ReturnType<typeof newModel>>;
  /** The process that this step uses. */
  readonly server: ServerProcess;
  readonly serverIndex: number;
  readonly choice: number;
  /** Chooses one; undefined if there is none. */
  pick<T>(from: readonly T[]): T | undefined;
  /** Returns the number of an object in the story. */
  nameOf(object: object): number;
}

/** Runs a step; returns a description of it, or undefined if it does not apply. */
export type ActionHandler = (walk: Walk) => Promise<string | undefined>;

const HANDLERS = { ...TOKEN_ACTIONS, ...PARTY_ACTIONS };

/** Relative frequency of each action. */
const WEIGHTS: Readonly<Record<keyof typeof HANDLERS, number>> = {
  authorize: 8,
  redeem: 12,
  'redeem a used code': 1,
  'redeem a code twice at once': 1,
  refresh: 12,
  'refresh with a used token': 6,
  'refresh twice at once': 4,
  'refresh, hang up, refresh again': 4,
  'use a token of another application': 2,
  'revoke as the application': 1,
  'revoke as the user': 1,
  'revoke as an operator': 1,
  narrow: 3,
  'suspend or resume': 2,
  'disable or enable': 2,
  'deactivate or activate': 2,
  'join or leave': 3,
  'delete the application': 1,
  'delete the user': 1,
  wait: 4,
};

const isKind = (name: string): name is Action['kind'] => name in HANDLERS;

export const actions = (maxLength: number): fc.Arbitrary<Action[]> =>
  fc.array(
    fc.record({
      kind: fc.oneof(
        ...Object.keys(HANDLERS)
          .filter(isKind)
          .map((kind) => ({ weight: WEIGHTS[kind], arbitrary: fc.constant(kind) })),
      ),
      target: fc.nat(99),
      choice: fc.nat(127),
      server: fc.nat(1),
    }),
    { minLength: 1, maxLength, size: 'max' },
  );

/**
 * Runs the actions, compares every token with the model after each one, and checks the rows at the
 * end.
 * @returns the number of steps that applied
 * @throws Error with the story so far
 */
export async function runWalk(system: System, steps: readonly Action[]): Promise<number> {
  const model = await newModel(system);
  const names = new Map<object, number>();
  const story: string[] = [];
  for (const { kind, target, choice, server: serverIndex } of steps) {
    const walk: Walk = {
      ...system,
      model,
      server: system.servers[serverIndex === 0 ? 0 : 1],
      serverIndex,
      choice,
      pick: (from) => from[target % from.length],
      nameOf: (object) => {
        names.set(object, names.get(object) ?? names.size + 1);
        return names.get(object) ?? 0;
      },
    };
    try {
      const told = await HANDLERS[kind](walk).catch((error: unknown) => {
        story.push(`fails: ${kind}`);
        throw error;
      });
      if (told !== undefined) {
        story.push(told);
        await compare(walk);
      }
    } catch (cause) {
      const lines = story.map((line, index) => `${index + 1}. ${line}`);
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${message}\nStory:\n${lines.join('\n')}`, { cause });
    }
  }
  await assertRows(system.database, model.applications);
  return story.length;
}

async function compare(walk: Walk): Promise<void> {
  for (const kind of ['accessToken', 'refreshToken'] as const) {
    await Promise.all(walk.model.pairs.map((pair, index) => comparePair(walk, pair, kind, index)));
  }
}

async function comparePair(
  { model, servers, resourceServer, serverIndex, nameOf }: Walk,
  pair: ModelPair,
  kind: 'accessToken' | 'refreshToken',
  index: number,
): Promise<void> {
  const { client } = pair.grant;
  const caller = kind === 'accessToken' ? resourceServer : client.application;
  if (caller.clientSecret === undefined || (caller !== resourceServer && client.deleted)) {
    return;
  }
  const server = servers[(index + serverIndex) % 2 === 0 ? 0 : 1];
  const { body } = await introspect(server, caller, pair[kind]);
  const found = {
    active: body.active,
    ...(body.scope !== undefined && { scopes: body.scope.split(' ').sort() }),
    ...(body.organizers !== undefined && { organizers: body.organizers.toSorted() }),
  };
  const name = `${kind} of grant ${nameOf(pair.grant)}, pair ${nameOf(pair)}`;
  assert.deepEqual(found, expectedState(model, pair, kind), name);
}
