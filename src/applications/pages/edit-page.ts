import type { Context } from 'koa';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { ValidationError } from '../../lib/errors.ts';
import { ChangedMeanwhileError, updateOwnApplication } from '../update.ts';
import type { ApplicationEditProps, ApplicationField } from '../views.ts';
import {
  type AccountPagesDeps,
  type Owner,
  openOwnPage,
  openSecurityPage,
  postedForm,
  seeOther,
} from './account-page.ts';
import { presentHead, presentScopes } from './account-presenters.ts';
import {
  type FormDetails,
  postedValues,
  readDetails,
  refusedFields,
  valuesOf,
} from './form-presenters.ts';

type State = Pick<ApplicationEditProps, 'values' | 'errors'> &
  Partial<Pick<ApplicationEditProps, 'signInAgain' | 'meanwhile' | 'changedMeanwhile'>> & {
    /** What the form was made from; the save fails where somebody saved since. */
    readonly updatedAt: string;
    readonly status: number;
  };

/** The form with what the application is now. */
export async function showEdit(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openSecurityPage(deps, ctx);
  if (owner !== undefined) {
    const { application } = owner.own;
    const updatedAt = application.updatedAt.toISOString();
    const values = valuesOf(application);
    render(deps, ctx, owner, { values, errors: {}, updatedAt, status: 200 });
  }
}

/** Saves all of it, or says what is wrong and keeps what was typed. */
export async function answerEdit(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { clientType } = owner.own.application;
  const values = { ...postedValues(form), clientType };
  const updatedAt = form.get('updated_at') ?? '';
  if (!owner.recent) {
    const state = { values, errors: {}, updatedAt, signInAgain: true, status: 403 };
    return render(deps, ctx, owner, state);
  }
  const { details, errors } = readDetails(deps.config, owner.t, values);
  if (details === undefined) {
    return render(deps, ctx, owner, { values, errors, updatedAt, status: 400 });
  }
  try {
    await save(deps, ctx, owner, updatedAt, details);
    seeOther(ctx, `${owner.path}?notice=saved`);
  } catch (error) {
    if (error instanceof ValidationError) {
      const refused = { values, errors: refusedFields(error), updatedAt, status: 400 };
      return render(deps, ctx, owner, refused);
    }
    if (error instanceof ChangedMeanwhileError) {
      return showMeanwhile(deps, ctx, values, error.fields);
    }
    throw error;
  }
}

async function save(
  deps: AccountPagesDeps,
  ctx: Context,
  { actor, user, clientId }: Owner,
  updatedAt: string,
  details: FormDetails,
): Promise<void> {
  const date = new Date(updatedAt);
  // A form without its date is taken for one that is too old: it is shown again.
  const expected = Number.isNaN(date.getTime()) ? new Date(0) : date;
  await inTransaction(deps.db, (tx) =>
    updateOwnApplication(tx, actor, user.id, clientId, expected, details, originOf(ctx)),
  );
}

/** The second of two tabs: nothing is saved, the form says what the first one saved. */
async function showMeanwhile(
  deps: AccountPagesDeps,
  ctx: Context,
  values: ApplicationEditProps['values'],
  changed: readonly string[],
): Promise<void> {
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const { application } = owner.own;
  const now = nowOf(deps, ctx, owner);
  render(deps, ctx, owner, {
    values,
    errors: {},
    updatedAt: application.updatedAt.toISOString(),
    meanwhile: changed.flatMap((field) => now.filter((one) => one.name === field)),
    changedMeanwhile: true,
    status: 409,
  });
}

/** What each field holds now, in words. */
function nowOf(
  deps: AccountPagesDeps,
  ctx: Context,
  { own: { application }, t }: Owner,
): { name: string; field: ApplicationField; now: string }[] {
  const scopes = presentScopes(deps.config, deps.renderer.locale(ctx));
  const empty = t('applications.meanwhile.empty');
  const field = (name: string, wire: ApplicationField, now: string | null) => ({
    name,
    field: wire,
    now: now === null || now === '' ? empty : now,
  });
  return [
    field('name', 'name', application.name),
    field('description', 'description', application.description),
    field('homepageUrl', 'homepage_url', application.homepageUrl),
    field('privacyPolicyUrl', 'privacy_policy_url', application.privacyPolicyUrl),
    field('termsUrl', 'terms_url', application.termsUrl),
    field('redirectUris', 'redirect_uris', application.redirectUris.join('\n')),
    field(
      'scopes',
      'scopes',
      scopes
        .filter(({ name }) => application.scopes.includes(name))
        .map(({ text }) => text)
        .join('\n'),
    ),
    field(
      'requirePkce',
      'require_pkce',
      t(application.requirePkce ? 'applications.pkce.required' : 'applications.pkce.optional'),
    ),
  ];
}

function render(deps: AccountPagesDeps, ctx: Context, owner: Owner, state: State): void {
  const { status, meanwhile = [], changedMeanwhile = false, ...rest } = state;
  const props = {
    ...rest,
    meanwhile,
    changedMeanwhile,
    application: presentHead(owner.own.application),
    action: ctx.path,
    cancel: owner.path,
    scopes: presentScopes(deps.config, deps.renderer.locale(ctx)),
  };
  deps.renderer.page(ctx, 'applications/edit', props, { status });
}
