import { challengeOf } from '../../support/flow.ts';
import {
  CODE_VERIFIER,
  codeOf,
  GRANTS,
  REDIRECT_URI,
  SCOPES,
  STOCK_CLIENT,
  tokenOf,
  USERS,
} from '../data.ts';

/** A stored model of oidc-provider. */
export interface StoredRecord {
  readonly model: string;
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly grantId?: string };
}

/** Yields the models that are stored before the first request. */
export function* storedRecords(): Generator<StoredRecord> {
  const iat = Math.floor(Date.now() / 1000);
  const exp = iat + 86_400;
  const scope = SCOPES.join(' ');
  const codeChallenge = challengeOf(CODE_VERIFIER);
  for (let grant = 0; grant < GRANTS; grant += 1) {
    const grantId = `grant-${grant}`;
    const accountId = `user-${grant % USERS}`;
    const common = { iat, exp, accountId, clientId: STOCK_CLIENT.clientId };
    const record = (model: string, id: string, more: object): StoredRecord => ({
      model,
      id,
      payload: { ...common, kind: model, jti: id, ...more },
    });
    const token = { grantId, scope, gty: 'authorization_code' };
    yield record('Grant', grantId, { openid: { scope } });
    yield record('AccessToken', tokenOf('sda', grant), { ...token, extra: {} });
    yield record('RefreshToken', tokenOf('sdr', grant), { ...token, rotations: 0, iiat: iat });
    yield record('AuthorizationCode', codeOf(grant), {
      grantId,
      scope,
      redirectUri: REDIRECT_URI,
      codeChallenge,
      codeChallengeMethod: 'S256',
    });
  }
}
