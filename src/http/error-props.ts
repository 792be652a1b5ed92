import type { HttpError } from './http-error.ts';
import type { SharedText, Translate } from './translate.ts';
import type { ErrorProps } from './views.ts';

/** Texts of the catalogue by error code. */
const KINDS: Partial<Record<HttpError['code'], ErrorKind>> = {
  validation_failed: 'bad_request',
  unsupported_media_type: 'bad_request',
  not_acceptable: 'bad_request',
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  csrf_failed: 'csrf',
  not_found: 'not_found',
  method_not_allowed: 'method_not_allowed',
  conflict: 'conflict',
  gone: 'gone',
  payload_too_large: 'too_large',
  too_many_attempts: 'too_many',
  unavailable: 'unavailable',
};

type Kinds<Key> = Key extends `error.${infer Kind}.title` ? Kind : never;
/** The error pages that the catalogue has words for. */
type ErrorKind = Kinds<SharedText>;

/** The error page for what `errorResponses` caught, in the reader's language. */
export function httpErrorProps(t: Translate<SharedText>, error: HttpError): ErrorProps {
  const kind = KINDS[error.code] ?? (error.status < 500 ? 'bad_request' : 'internal');
  // A 500 is explained in the log; a 404 has no details.
  const silent = ['internal', 'not_found', 'unavailable'].includes(kind);
  return errorProps(t, kind, silent ? undefined : error.message);
}

/** `developer` is English. */
function errorProps(
  t: Translate<SharedText>,
  kind: ErrorKind,
  developer: string | undefined,
): ErrorProps {
  return {
    title: t(`error.${kind}.title`),
    message: t(`error.${kind}.message`),
    hint: t(`error.${kind}.hint`),
    developer,
    links: kind === 'unauthenticated' ? [{ href: '/login', label: t('link.login') }] : [],
  };
}
