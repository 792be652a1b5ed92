/** Reason why a sign-in at the provider failed; each has its own page. */
export type RefusalKind =
  /** The provider can't be reached, or does not answer in time. */
  | 'unavailable'
  /** It sent the person back without signing them in. */
  | 'refused'
  | 'unknown_user'
  | 'deactivated'
  /** The person has signed out at the provider since they signed in there. */
  | 'signed_out'
  /** Its clock and ours differ by more than is tolerated. */
  | 'clock'
  /** Not begun in this browser, or not at all. */
  | 'foreign'
  | 'expired'
  | 'used'
  /** An answer that the provider can't have given like that: a defect, or an attack. */
  | 'invalid'
  /** This server is not registered there as it is configured here. */
  | 'misconfigured'
  /** The provider did not authenticate the person again although it was asked to. */
  | 'not_fresh';

/** Outcome of a sign-in at the provider, for metrics. */
export type UpstreamOutcome = 'signed_in' | RefusalKind;

/** A sign-in that came to nothing. `detail` is for developers: never a token, code or secret. */
export class UpstreamRefusal extends Error {
  readonly kind: RefusalKind;
  readonly detail: string;

  constructor(kind: RefusalKind, detail: string, options?: ErrorOptions) {
    super(`${kind}: ${detail}`, options);
    this.name = 'UpstreamRefusal';
    this.kind = kind;
    this.detail = detail;
  }
}
