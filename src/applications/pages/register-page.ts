import type { Context } from 'koa';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import { assertRoomForOne, TooManyApplicationsError } from '../own-limit.ts';
import { registerApplication } from '../register.ts';
import { mayRegister } from '../registration.ts';
import type { ApplicationFormProps } from '../views.ts';
import {
  type AccountPagesDeps,
  APPLICATIONS,
  openPage,
  postedForm,
  seeOther,
  type Visitor,
} from './account-page.ts';
import { presentScopes } from './account-presenters.ts';
import { emptyForm, postedValues, readDetails, refusedFields } from './form-presenters.ts';
import { handOverSecret } from './new-secret-page.ts';

/** The form for a new application. */
export async function showRegister(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const visitor = await openPage(deps, ctx);
  if (visitor === undefined) {
    return;
  }
  if (!mayRegister(deps.config, visitor.user)) {
    // The list says why.
    return seeOther(ctx, APPLICATIONS);
  }
  render(deps, ctx, { values: emptyForm(deps.config), errors: {} });
}

/** Registers it, and goes on to the page with its client id and first secret. */
export async function answerRegister(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const visitor = await openPage(deps, ctx);
  if (visitor === undefined) {
    return;
  }
  if (!mayRegister(deps.config, visitor.user)) {
    throw new StagedoorError('forbidden', 'Only operators register applications on this server.');
  }
  const values = postedValues(form);
  const { details, errors } = readDetails(deps.config, visitor.t, values);
  if (details === undefined) {
    return render(deps, ctx, { values, errors });
  }
  const ownerId = visitor.user.id;
  const verdict = await deps.registrations.take(ownerId);
  if (!verdict.allowed) {
    ctx.set('Retry-After', String(verdict.retrySeconds));
    const count = Math.ceil(verdict.retrySeconds / 60);
    const refusal = visitor.t('applications.new.too_fast', { count });
    return render(deps, ctx, { values, errors: {}, refusal }, 429);
  }
  try {
    const input = { ...details, ownerId };
    const registered = await inTransaction(deps.db, async (tx) => {
      await assertRoomForOne(tx, deps.config, ownerId);
      return registerApplication(tx, visitor.actor, input, originOf(ctx));
    });
    goToStart(deps, ctx, visitor, registered.application.clientId, registered.clientSecret);
  } catch (error) {
    await deps.registrations.giveBack(ownerId);
    if (error instanceof ValidationError) {
      return render(deps, ctx, { values, errors: refusedFields(error) });
    }
    if (error instanceof TooManyApplicationsError) {
      const count = deps.config.applicationsPerOwner;
      const refusal = visitor.t('applications.new.too_many', { count });
      return render(deps, ctx, { values, errors: {}, refusal }, 409);
    }
    throw error;
  }
}

function goToStart(
  deps: AccountPagesDeps,
  ctx: Context,
  visitor: Visitor,
  clientId: string,
  secret: string | undefined,
): void {
  const path = `${APPLICATIONS}/${clientId}/start`;
  if (secret !== undefined) {
    handOverSecret(deps, ctx, { userId: visitor.user.id, clientId, path }, secret);
  }
  seeOther(ctx, `${path}?occasion=registered`);
}

function render(
  deps: AccountPagesDeps,
  ctx: Context,
  state: Pick<ApplicationFormProps, 'values' | 'errors' | 'refusal'>,
  status = Object.keys(state.errors).length > 0 ? 400 : 200,
): void {
  const props = {
    ...state,
    action: `${APPLICATIONS}/new`,
    cancel: APPLICATIONS,
    scopes: presentScopes(deps.config, deps.renderer.locale(ctx)),
    approval: deps.config.registration === 'approval',
  };
  deps.renderer.page(ctx, 'applications/new', props, { status });
}
