import type { Context } from 'koa';
import { toHttpError } from '../http/http-error.ts';
import { clientAddress, originOf } from '../http/origin.ts';
import { StagedoorError } from '../lib/errors.ts';
import { requireAcceptable } from './accept.ts';
import {
  type ApiDeps,
  type Endpoint,
  type EndpointDescription,
  type Method,
  pathTemplate,
} from './endpoint.ts';
import {
  type Demand,
  mayDo,
  type Operator,
  type OperatorAccess,
  type OperatorCall,
  type Right,
} from './operator.ts';

/** Method, path and required right of an endpoint, with its description. */
export interface OperatorEndpoint extends Omit<EndpointDescription, 'caller'> {
  readonly method: Method;
  readonly path: string;
  readonly demand: Demand;
}

/** A call that was let in. */
export interface AdmittedCall {
  readonly ctx: Context;
  readonly operator: Operator;
  /** The token as it was presented: what is sealed under it can be read by its holder only. */
  readonly token: string;
  /** Entry for the log, completed by the status of the answer. */
  readonly logged: Omit<OperatorCall, 'status'>;
}

/** True if the work has logged the call in the transaction of its change. */
export type Logged = 'logged' | 'not logged';

/**
 * An endpoint for operators: lets in `Authorization: Token <operator token>` with the right, and
 * sees to it that the call gets into the log, however it ends.
 * @param work answers on `ctx`, or throws what `errorResponses` answers
 */
export function operatorEndpoint(
  deps: ApiDeps,
  { method, path, demand, ...info }: OperatorEndpoint,
  work: (call: AdmittedCall) => Promise<Logged>,
): Endpoint {
  const handle = async (ctx: Context) => {
    const { operator, token } = await admit(deps.operators, ctx);
    const logged = {
      operator,
      method: ctx.method,
      path: pathTemplate(path),
      origin: originOf(ctx),
    };
    try {
      requireRight(operator, demand);
      requireAcceptable(ctx, info.answerTypes ?? ['application/json']);
      const call: AdmittedCall = { ctx, operator, token, logged };
      if ((await work(call)) === 'not logged') {
        await deps.operators.countCall({ ...logged, status: ctx.status });
      }
    } catch (error) {
      const { status } = toHttpError(error);
      if (status === 401) {
        // The token was revoked while the call was under way.
        ctx.set('WWW-Authenticate', 'Token');
      }
      await deps.operators.countCall({ ...logged, status });
      throw error;
    }
  };
  const caller = { kind: 'operator', rights: rightsFor(demand) } as const;
  return { method, path, description: { ...info, caller }, handle };
}

/** @throws StagedoorError `unauthenticated`, with the challenge already in the answer's headers */
async function admit(
  operators: OperatorAccess,
  ctx: Context,
): Promise<{ operator: Operator; token: string }> {
  ctx.vary('Authorization');
  // Answers hold personal data and, once, secrets.
  ctx.set('Cache-Control', 'no-store');
  const [, token] = /^Token +(.+)$/i.exec(ctx.get('Authorization')) ?? [];
  const operator =
    token === undefined ? undefined : await operators.authenticate(token, clientAddress(ctx));
  if (operator === undefined || token === undefined) {
    ctx.set('WWW-Authenticate', 'Token');
    throw new StagedoorError(
      'unauthenticated',
      ctx.get('Authorization') === ''
        ? 'Authentication credentials were not provided.'
        : 'Invalid token.',
    );
  }
  ctx.state.actor = operator.actor;
  return { operator, token };
}

function requireRight(operator: Operator, demand: Demand): void {
  if (!mayDo(operator, demand)) {
    throw new StagedoorError(
      'forbidden',
      `This token lacks the right ${inWords(rightsFor(demand))}.`,
    );
  }
}

/** Returns the rights of which one is enough; empty: every token is admitted. */
function rightsFor({ right, access }: Demand): Right[] {
  if (right === 'any') {
    return [];
  }
  return access === 'read' && right !== 'read' ? [right, 'read'] : [right];
}

function inWords(rights: readonly Right[]): string {
  return rights.map((right) => `"${right}"`).join(' or ');
}
