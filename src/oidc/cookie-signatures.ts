import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type Koa from 'koa';

/** Signs and verifies cookies. */
export type CookieSignatures = Exclude<Koa['keys'], string[]>;

/**
 * Creates and verifies the signatures of cookies, which are the same as those of Koa's default, the
 * package `keygrip`. That one needs three HMACs with keys of text for each cookie that it reads, which
 * was a seventh of the CPU time of an authorization request; this one needs one HMAC.
 * @param keys the first one signs, all verify
 */
export function cookieSignatures(keys: readonly string[]): CookieSignatures {
  const verifying = keys.map((key) => createSecretKey(key, 'utf8'));
  const [signing] = verifying;
  if (signing === undefined) {
    throw new Error('cookies need a key');
  }
  const signatureBy = (key: KeyObject, data: string) =>
    createHmac('sha1', key).update(data).digest('base64url');
  const index = (data: string, given: string) =>
    verifying.findIndex((key) => {
      const [a, b] = [Buffer.from(given), Buffer.from(signatureBy(key, data))];
      return a.length === b.length && timingSafeEqual(a, b);
    });
  return {
    sign: (data: string) => signatureBy(signing, data),
    index,
    verify: (data: string, given: string) => index(data, given) >= 0,
  };
}
