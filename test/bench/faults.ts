import { setTimeout as sleep } from 'node:timers/promises';
import { postForm, refresh, type TokenAnswer } from '../support/tokens.ts';
import { GRANTS, tokenOf } from './data.ts';
import { drive } from './load.ts';
import type { OAuthService } from './operations.ts';

/** Result of a mistake that well-meaning clients can make. */
export interface Fault {
  readonly name: string;
  readonly times: number;
  /** Number of grants that it ended. */
  readonly ended: number;
  /** Number of times at which the responses differed. */
  readonly different: number;
}

const HANG_UPS = 200;
/** Milliseconds after which a client that hung up sends the request again. */
const RETRY_AFTER = 300;
/** The connection is closed after 0 to this number of milliseconds. */
const LATEST_HANG_UP = 20;
const SENDERS = 8;
/** Number of refresh tokens that are used in this way at the same time. */
const CHAINS = 4;

/** Closes the connection of a refresh before the response arrives, and sends the request again. */
export async function hangUps(service: OAuthService): Promise<Fault> {
  let ended = 0;
  await drive(HANG_UPS, SENDERS, async (index) => {
    const token = tokenOf('sdr', GRANTS - 1 - index);
    const parameters = { grant_type: 'refresh_token', refresh_token: token };
    const signal = AbortSignal.timeout(index % LATEST_HANG_UP);
    await postForm(service, 'token', service.application, parameters, {}, signal).catch(() => {});
    await sleep(RETRY_AFTER);
    const { status } = await refresh(service, service.application, token);
    ended += status === 200 ? 0 : 1;
  });
  const name = 'client hangs up and sends the refresh again';
  return { name, times: HANG_UPS, ended, different: 0 };
}

/** Uses the same refresh token in several clients at once, and then the new token. */
export async function parallelUse(service: OAuthService, rounds: number): Promise<Fault> {
  let ended = 0;
  let different = 0;
  const chain = async (grant: number) => {
    let token = tokenOf('sdr', grant);
    for (let round = 0; round < rounds / CHAINS; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: SENDERS }, () => refresh(service, service.application, token)),
      );
      different += new Set(answers.map(pairOf)).size > 1 ? 1 : 0;
      const next = answers.find(({ status }) => status === 200)?.body.refresh_token;
      if (next === undefined || answers.some(({ status }) => status !== 200)) {
        ended += 1;
        return;
      }
      token = next;
    }
  };
  const first = GRANTS - 1 - HANG_UPS - CHAINS;
  await Promise.all(Array.from({ length: CHAINS }, (_, index) => chain(first + index)));
  return {
    name: `${SENDERS} clients refresh with the same token`,
    times: rounds,
    ended,
    different,
  };
}

function pairOf({ status, body }: TokenAnswer): string {
  return `${status} ${body.access_token} ${body.refresh_token}`;
}
