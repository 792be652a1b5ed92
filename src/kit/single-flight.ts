import type { Introspect } from './introspection.ts';

/** Lets requests that come with a token about which a question is under way wait for its answer. */
export function withSingleFlight(introspect: Introspect): Introspect {
  const underWay = new Map<string, ReturnType<Introspect>>();
  return (token) => {
    const known = underWay.get(token);
    if (known !== undefined) {
      return known;
    }
    const question = introspect(token).finally(() => underWay.delete(token));
    underWay.set(token, question);
    return question;
  };
}
