/** A public key in the form in which it is stored and used. Contains no other members. @see RFC 7517 */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg?: string;
  readonly [parameter: string]: string | undefined;
}
