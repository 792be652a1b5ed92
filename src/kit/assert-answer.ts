import { UnavailableError } from './unavailable.ts';

/** Expected properties of an answer. */
export interface ExpectedAnswer {
  readonly url: string;
  /** The media type of the body. */
  readonly type: string;
  /** Advice for a status that means: wrong address or wrong caller. */
  readonly advice: string;
}

/**
 * Lets nothing but a 200 of the right type pass. The library reads whatever parses.
 * @throws UnavailableError
 */
export async function assertAnswer(response: Response, expected: ExpectedAnswer): Promise<void> {
  const failure = failureOf(response, expected);
  if (failure !== undefined) {
    // The connection of a refused answer is not to wait for the garbage collector.
    await response.body?.cancel().catch(() => undefined);
    throw failure;
  }
}

function failureOf(
  response: Response,
  { url, type, advice }: ExpectedAnswer,
): UnavailableError | undefined {
  const { status } = response;
  if (status >= 500 || status === 429) {
    const message = `${url} answered ${status}. The log of the authorization server tells why.`;
    const isOutage = status >= 502 && status <= 504;
    return new UnavailableError('server_error', message, { isOutage });
  }
  if (status !== 200) {
    const answered = status >= 300 && status < 400 ? `${status}, a redirect` : status;
    return new UnavailableError('misconfigured', `${url} answered ${answered}: ${advice}`);
  }
  const [given = ''] = (response.headers.get('content-type') ?? '').split(';');
  return given.trim().toLowerCase() === type
    ? undefined
    : new UnavailableError('bad_answer', `${url} did not answer with ${type}. Check issuer.`);
}
