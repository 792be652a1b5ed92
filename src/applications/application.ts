/** Confidential clients can keep a secret, public ones cannot. @see RFC 6749 §2.1 */
export type ClientType = 'confidential' | 'public';

/**
 * Origin of an application: a developer or an operator registered it, its client ID is the address of
 * a document that describes it, or the program itself registered.
 */
export const APPLICATION_KINDS = ['registered', 'metadata_document', 'dynamic'] as const;
export type ApplicationKind = (typeof APPLICATION_KINDS)[number];

/** An OAuth client. */
export interface Application {
  readonly clientId: string;
  readonly kind: ApplicationKind;
  /** Null: an operator's own, or its owner was deleted. */
  readonly ownerId: string | null;
  /** Null also where the owner's name is empty. */
  readonly ownerName: string | null;
  readonly name: string;
  readonly description: string;
  readonly homepageUrl: string | null;
  readonly privacyPolicyUrl: string | null;
  readonly termsUrl: string | null;
  /** Hash of its logo. Null: none. */
  readonly logo: string | null;
  readonly clientType: ClientType;
  readonly redirectUris: readonly string[];
  /** The scopes that it may ask for. */
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
  /** The owner's own switch. */
  readonly isActive: boolean;
  /** Set by an operator. */
  readonly suspendedAt: Date | null;
  readonly suspensionReason: string | null;
  /** Increases with every change of anything that a user or an operator could judge. */
  readonly version: number;
  /** Time of the review of this version. Null: this version is not reviewed. */
  readonly reviewedAt: Date | null;
  /** Not reviewed, and its name looks like one under which another owner's was reviewed last. */
  readonly nameLikeReviewed: boolean;
  /**
   * Live applications of other owners that receive at the same private-use URI scheme; `reviewed` if
   * one of them had it at its last review.
   */
  readonly schemeSharedWith: 'reviewed' | 'unreviewed' | null;
  /** SHA-256 of redirect hosts and keys: if it changes, users are asked again. Null if registered. */
  readonly fingerprint: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Fields that the owner or an operator sets. */
export type ApplicationDetails = Pick<
  Application,
  | 'ownerId'
  | 'name'
  | 'description'
  | 'homepageUrl'
  | 'privacyPolicyUrl'
  | 'termsUrl'
  | 'redirectUris'
  | 'scopes'
  | 'requirePkce'
  | 'isActive'
>;

/** Filters of the list of applications; an undefined one matches all. */
export interface ApplicationFilters {
  readonly ownerId?: string | undefined;
  readonly kind?: ApplicationKind | undefined;
  readonly reviewed?: boolean | undefined;
  readonly suspended?: boolean | undefined;
  /** Client ID or user ID of the owner, or a part of the name. */
  readonly search?: string | undefined;
}

/**
 * Tests if an operator has reviewed the application as it is now. The trigger
 * `applications_note_version` ends a review with every change of what was reviewed.
 */
export function isReviewed({ reviewedAt }: Pick<Application, 'reviewedAt'>): boolean {
  return reviewedAt !== null;
}

/** State of an application; its grants are live only while it is `active`. */
export type ApplicationState = 'active' | 'disabled' | 'suspended';

/** The application's state; a suspension outweighs the owner's own switch. */
export function applicationState(
  application: Pick<Application, 'suspendedAt' | 'isActive'>,
): ApplicationState {
  if (application.suspendedAt !== null) {
    return 'suspended';
  }
  return application.isActive ? 'active' : 'disabled';
}

/**
 * Checks for a native application: a public one with a redirect URI on loopback or with a
 * private-use scheme. It may use any port on loopback. A public application without such a redirect
 * URI runs in the browser.
 * @see RFC 8252 §7
 */
export function isNative({
  clientType,
  redirectUris,
}: Pick<Application, 'clientType' | 'redirectUris'>): boolean {
  return clientType === 'public' && redirectUris.some((uri) => !uri.startsWith('https:'));
}
