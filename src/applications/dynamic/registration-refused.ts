/** Error codes of dynamic registration. @see RFC 7591 §3.2.2 */
export type RegistrationErrorCode = 'invalid_redirect_uri' | 'invalid_client_metadata';

/** A registration that is refused. Answered with 400 and the code. */
export class RegistrationRefusedError extends Error {
  readonly error: RegistrationErrorCode;
  readonly status = 400;
  readonly expose = true;

  constructor(error: RegistrationErrorCode, message: string) {
    super(message);
    this.name = 'RegistrationRefusedError';
    this.error = error;
  }
}
