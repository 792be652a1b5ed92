import type { Context } from 'koa';
import { isUsable, SECRET_LIMIT } from '../../client-secrets/client-secret.ts';
import { inTransaction } from '../../db/transaction.ts';
import { originOf } from '../../http/origin.ts';
import { StagedoorError, ValidationError } from '../../lib/errors.ts';
import { addSecret, deleteSecret, listSecrets } from '../secrets.ts';
import type { SecretFormProps } from '../views.ts';
import {
  type AccountPagesDeps,
  type Owner,
  openOwnPage,
  openSecurityPage,
  postedForm,
  seeOther,
} from './account-page.ts';
import { presentHead, presentSecrets } from './account-presenters.ts';
import { handOverSecret } from './new-secret-page.ts';
import { readSecretForm } from './secret-form-presenters.ts';

const DAY = 86_400_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NO_SECRET = '00000000-0000-0000-0000-000000000000';

/** The form for one more secret. */
export async function showAddSecret(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openSecurityPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const secrets = await listSecrets(deps.db, confidential(owner));
  if (secrets.filter(isUsable).length >= SECRET_LIMIT) {
    // The page of the application says why.
    return seeOther(ctx, owner.path);
  }
  renderForm(deps, ctx, owner, { values: { label: '', expiresOn: '' }, errors: {} });
}

/** Adds a secret, and goes on to the page that shows it this one time. */
export async function answerAddSecret(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const form = await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  const clientId = confidential(owner);
  const values = { label: form.get('label') ?? '', expiresOn: form.get('expires_on') ?? '' };
  if (!owner.recent) {
    return renderForm(deps, ctx, owner, { values, errors: {}, signInAgain: true }, 403);
  }
  const { input, errors } = readSecretForm(owner.t, values, new Date());
  if (input === undefined) {
    return renderForm(deps, ctx, owner, { values, errors }, 400);
  }
  try {
    const { clientSecret } = await inTransaction(deps.db, (tx) =>
      addSecret(tx, owner.actor, clientId, input, originOf(ctx)),
    );
    const path = `${owner.path}/start`;
    handOverSecret(deps, ctx, { userId: owner.user.id, clientId, path }, clientSecret);
    seeOther(ctx, `${path}?occasion=secret_added`);
  } catch (error) {
    if (error instanceof ValidationError) {
      const label = Object.values(error.fields).flat();
      return renderForm(deps, ctx, owner, { values, errors: { label } }, 400);
    }
    throw error;
  }
}

/** Asks once more before a secret stops. */
export async function showDeleteSecret(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const owner = await openSecurityPage(deps, ctx);
  if (owner !== undefined) {
    await renderDelete(deps, ctx, owner);
  }
}

/** Deletes a secret: it stops at once. */
export async function answerDeleteSecret(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  await postedForm(deps, ctx);
  const owner = await openOwnPage(deps, ctx);
  if (owner === undefined) {
    return;
  }
  if (!owner.recent) {
    return renderDelete(deps, ctx, owner, true);
  }
  await inTransaction(deps.db, (tx) =>
    deleteSecret(tx, owner.actor, owner.clientId, secretIdOf(ctx), originOf(ctx)),
  );
  seeOther(ctx, `${owner.path}?notice=secret_deleted`);
}

/** @throws StagedoorError `not_found`: a public application has no secrets */
function confidential({ own, clientId }: Owner): string {
  if (own.application.clientType !== 'confidential') {
    throw new StagedoorError('not_found', 'A public application has no secrets.');
  }
  return clientId;
}

function renderForm(
  deps: AccountPagesDeps,
  ctx: Context,
  owner: Owner,
  state: Pick<SecretFormProps, 'values' | 'errors' | 'signInAgain'>,
  status = 200,
): void {
  const props = {
    ...state,
    application: presentHead(owner.own.application),
    action: ctx.path,
    earliest: new Date(Date.now() + DAY).toISOString().slice(0, 10),
  };
  deps.renderer.page(ctx, 'applications/secret_new', props, { status });
}

async function renderDelete(
  deps: AccountPagesDeps,
  ctx: Context,
  owner: Owner,
  signInAgain = false,
): Promise<void> {
  const id = secretIdOf(ctx);
  const secrets = await listSecrets(deps.db, owner.clientId);
  const place = secrets.findIndex((one) => one.id === id);
  const secret = presentSecrets(owner.path, secrets)[place];
  if (secret?.deletePath === undefined) {
    // Deleted in another tab, or the last one: the page of the application shows either.
    return seeOther(ctx, owner.path);
  }
  const props = {
    application: presentHead(owner.own.application),
    action: ctx.path,
    secret,
    timezone: owner.user.timezone,
    signInAgain,
  };
  const status = signInAgain ? 403 : 200;
  deps.renderer.page(ctx, 'applications/secret_delete', props, { status });
}

/** Anything else is no secret's, and never reaches the database. */
function secretIdOf(ctx: Context): string {
  const { secretId } = ctx.params;
  return typeof secretId === 'string' && UUID.test(secretId) ? secretId : NO_SECRET;
}
