import {
  type Operator,
  type OperatorAccess,
  type OperatorCall,
  RIGHTS,
} from '../../api/operator.ts';
import type { Tx } from '../../db/transaction.ts';
import type { Report } from '../../health/examination.ts';
import type { FormSchema } from '../../http/form.ts';
import { type Page, PageAnswer, seeOther } from '../../http/page.ts';
import { StagedoorError } from '../../lib/errors.ts';
import {
  type UserPageDeps,
  type UserRequest,
  userPageAbout,
} from '../../sessions/pages/user-page.ts';
import type { HashPassword } from '../../users/password.ts';
import { lockOperatorUser } from '../../users/user-store.ts';

export interface OperatorPageDeps extends UserPageDeps {
  /** Logs what operators open and do, as it logs calls of the API. */
  readonly operators: Pick<OperatorAccess, 'recordCall' | 'countCall'>;
  readonly hash: HashPassword;
  /** Runs the checks of the health page; see `createExamination`. */
  readonly examine: () => Promise<Report>;
}

/** A request of an operator to the console. The log names the actor `operator:user:<id>`. */
export type OperatorRequest = UserRequest<OperatorPageDeps> & {
  readonly actor: Operator['actor'];
  readonly operator: Operator;
};

/** Answer to a GET; of a page that reads the log with what the log tells about that. */
type Shown =
  | PageAnswer
  | { readonly answer: PageAnswer; readonly read: NonNullable<OperatorCall['read']> };

export interface OperatorPage<Form> {
  readonly path: string;
  /** Requires a recent sign-in: for what can't be undone. */
  readonly recent?: boolean;
  readonly show: (request: OperatorRequest) => Shown | Promise<Shown>;
  readonly post?: {
    readonly form: FormSchema<Form>;
    readonly submit: (
      request: OperatorRequest & { readonly form: Form; readonly tx: Tx },
    ) => Promise<PageAnswer>;
  };
}

/**
 * Makes a page of the operator console. People who are not signed in are sent to sign in; for other
 * users there is no such page. A change is refused if the user is no operator any more when it is
 * written, and is logged in its transaction.
 */
export function operatorPage<Form>(page: OperatorPage<Form>): Page<OperatorPageDeps> {
  const { path, recent = false, show, post } = page;
  return userPageAbout<
    OperatorPageDeps,
    Pick<OperatorRequest, 'actor' | 'operator'>,
    Form,
    undefined
  >(
    async ({ user: { id, isOperator } }: UserRequest<OperatorPageDeps>) => {
      requireOperator(isOperator);
      const name = `user:${id}`;
      const actor = `operator:${name}` as const;
      return { actor, operator: { id: name, name, actor, rights: RIGHTS, expiresAt: null } };
    },
    {
      path,
      recent,
      show: async (request) => {
        const shown = await show(request);
        const { answer, read } =
          shown instanceof PageAnswer ? { answer: shown, read: undefined } : shown;
        const call = callOf(request, { method: 'GET', path });
        await request.deps.operators.countCall({ ...call, ...(read && { read }) });
        return answer;
      },
      ...(post && {
        post: {
          form: post.form,
          submit: async (request) => {
            const { tx, deps, user } = request;
            requireOperator(await lockOperatorUser(tx, user.id));
            const answer = await post.submit(request);
            await deps.operators.recordCall(tx, callOf(request, { method: 'POST', path }));
            return answer;
          },
          signInAgain: ({ ctx }) => seeOther(ctx.url),
        },
      }),
    },
  );
}

/** @throws StagedoorError `not_found`: the console does not exist for others */
function requireOperator(isOperator: boolean): void {
  if (!isOperator) {
    throw new StagedoorError('not_found', 'Not found.');
  }
}

function callOf(
  { operator, origin }: Pick<OperatorRequest, 'operator' | 'origin'>,
  { method, path }: { readonly method: 'GET' | 'POST'; readonly path: string },
) {
  return { operator, method, path, status: method === 'GET' ? 200 : 303, origin };
}
