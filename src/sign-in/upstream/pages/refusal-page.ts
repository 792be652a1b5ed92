import type { Context } from 'koa';
import { type UpstreamConfig, upstreamHost } from '../../../config/upstream.ts';
import { type PageAnswer, render } from '../../../http/page.ts';
import { type SharedText, translator } from '../../../http/translate.ts';
import type { Locale } from '../../../lib/locale.ts';
import type { SignInText } from '../../texts.ts';
import type { RefusalKind, UpstreamRefusal } from '../refusal.ts';
import { type PendingSignIn, wayBack } from '../sign-in.ts';

const STATUS: Record<RefusalKind, number> = {
  unavailable: 503,
  refused: 403,
  unknown_user: 403,
  deactivated: 403,
  signed_out: 403,
  clock: 503,
  foreign: 400,
  expired: 410,
  used: 410,
  invalid: 400,
  misconfigured: 503,
  not_fresh: 403,
};

/** Value of `Retry-After`, in seconds. */
const RETRY_AFTER = '10';

/**
 * Says why a sign-in failed. The page redirects nowhere, so there is no loop.
 * @param signOutAt path that signs out at the provider, if the page offers that
 */
export function showRefusal(
  { locale, upstream }: { readonly locale: Locale; readonly upstream: UpstreamConfig },
  ctx: Context,
  { kind, detail }: UpstreamRefusal,
  pending: PendingSignIn | undefined,
  signOutAt: string | undefined,
): PageAnswer {
  const t = translator<SignInText | SharedText>(locale);
  const host = upstreamHost(upstream);
  const way = wayOn(kind, pending);
  const status = STATUS[kind];
  if (status === 503) {
    ctx.set('Retry-After', RETRY_AFTER);
  }
  const props = {
    title: t(`upstream.${kind}.title`),
    message: t(`upstream.${kind}.message`, { host }),
    hint: t(`upstream.${kind}.hint`, { host }),
    developer: detail,
    links: [
      { href: way.href, label: t(way.label) },
      ...(signOutAt === undefined
        ? []
        : [{ href: signOutAt, label: t('upstream.link.sign_out', { host }) }]),
    ],
  };
  return render('error', props, status);
}

/** Returns the link beside those of every error page. */
function wayOn(
  kind: RefusalKind,
  pending: PendingSignIn | undefined,
): { readonly href: string; readonly label: SignInText | SharedText } {
  if (pending === undefined) {
    return { href: '/login', label: 'link.login' };
  }
  const href = wayBack(pending);
  switch (kind) {
    case 'unknown_user':
    case 'deactivated':
      return { href, label: 'upstream.link.other' };
    case 'used':
      return { href, label: 'upstream.link.go_on' };
    default:
      return { href, label: 'upstream.link.again' };
  }
}
