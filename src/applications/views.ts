/** What each view of the applications pages is given. Keys are file names in `views/`. */
export interface ApplicationsViews {
  'applications/list': ApplicationListProps;
  'applications/new': ApplicationFormProps;
  'applications/edit': ApplicationEditProps;
  'applications/show': ApplicationProps;
  'applications/start': ApplicationStartProps;
  'applications/secret_new': SecretFormProps;
  'applications/secret_delete': SecretDeleteProps;
  'applications/delete': ApplicationDeleteProps;
  'applications/transfer': TransferFormProps;
}

/** How an application is recognised, on every page about it. */
export interface ApplicationHead {
  readonly name: string;
  /** For `<img src>`. */
  readonly picture: string;
  readonly state: 'active' | 'disabled' | 'suspended';
  readonly reviewed: boolean;
  /** `/account/applications/…`, what every page about it begins with. */
  readonly path: string;
}

/** Why an application works for its owner only until an operator reviews it. */
type ReviewNeed =
  | 'name_like_reviewed'
  | 'name_like_platform'
  | 'name_claims_review'
  | 'scheme_of_reviewed'
  | 'registration';

/** Somebody else's application that the user is asked to take over. */
export interface IncomingTransfer {
  readonly name: string;
  readonly picture: string;
  readonly from: string;
  readonly acceptAction: string;
  readonly declineAction: string;
}

/** The developer's applications. */
export interface ApplicationListProps {
  readonly applications: readonly (ApplicationHead & {
    readonly suspensionReason: string | null;
    readonly connectedUsers: number;
    readonly lastUsedAt: Date | null;
    readonly reviewNeed: ReviewNeed | undefined;
  })[];
  readonly transfers: readonly IncomingTransfer[];
  readonly mayRegister: boolean;
  readonly notice?: 'deleted' | 'transfer_accepted' | 'transfer_declined' | undefined;
  readonly timezone: string;
}

/** The fields of the forms for registering and editing, by their names on the wire. */
export type ApplicationField =
  | 'name'
  | 'description'
  | 'homepage_url'
  | 'privacy_policy_url'
  | 'terms_url'
  | 'client_type'
  | 'redirect_uris'
  | 'scopes'
  | 'require_pkce';

/** What is wrong with each field: finished sentences. */
export type FormErrors<Field extends string> = Readonly<Partial<Record<Field, readonly string[]>>>;

/** What was typed, as it was typed. */
export interface ApplicationFormValues {
  readonly name: string;
  readonly description: string;
  readonly homepageUrl: string;
  readonly privacyPolicyUrl: string;
  readonly termsUrl: string;
  readonly clientType: string;
  /** One a line. */
  readonly redirectUris: string;
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
}

/** Posts the fields of `ApplicationField`; `redirect_uris` one a line, `scopes` repeated. */
export interface ApplicationFormProps {
  readonly action: string;
  readonly cancel: string;
  readonly values: ApplicationFormValues;
  readonly scopes: readonly { readonly name: string; readonly text: string }[];
  readonly errors: FormErrors<ApplicationField>;
  /** The sign-in is too old for this: nothing was done, and all that was typed is kept. */
  readonly signInAgain?: boolean | undefined;
  /** Reason why nothing was registered, with what to do. All that was typed is kept. */
  readonly refusal?: string | undefined;
  /** Applications of this server work for their owner only until an operator has reviewed them. */
  readonly approval?: boolean | undefined;
}

/** As for registering; posts `updated_at` too. The client type can't be changed. */
export interface ApplicationEditProps extends ApplicationFormProps {
  readonly application: ApplicationHead;
  readonly updatedAt: string;
  /** What somebody, or another tab, saved meanwhile: the field and what it holds now. */
  readonly meanwhile: readonly { readonly field: ApplicationField; readonly now: string }[];
  /** Saved by somebody else, with no field of this form changed. */
  readonly changedMeanwhile: boolean;
}

/** One secret, as far as it can be shown. */
export interface SecretProps {
  readonly label: string;
  readonly lastFour: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly expired: boolean;
  /** The page that asks once more; undefined for the only one. */
  readonly deletePath: string | undefined;
}

/** What a page may say of what has just been done. */
export type ApplicationNotice =
  | 'saved'
  | 'unchanged'
  | 'enabled'
  | 'disabled'
  | 'secret_deleted'
  | 'transfer_offered'
  | 'transfer_withdrawn';

/** All about one application. */
export interface ApplicationProps {
  readonly application: ApplicationHead;
  readonly clientId: string;
  readonly confidential: boolean;
  /** The owner's own switch; a suspension hides it in the state. */
  readonly switchedOn: boolean;
  readonly suspensionReason: string | null;
  readonly reviewNeed: ReviewNeed | undefined;
  readonly connectedUsers: number;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly description: string;
  readonly homepageUrl: string | null;
  readonly privacyPolicyUrl: string | null;
  readonly termsUrl: string | null;
  readonly redirectUris: readonly string[];
  /** Sentences. */
  readonly scopes: readonly string[];
  readonly requirePkce: boolean;
  /** Empty for public ones. */
  readonly secrets: readonly SecretProps[];
  readonly maySecrets: boolean;
  readonly secretLimit: number;
  /** To whom it is offered. */
  readonly transferTo: string | null;
  readonly notice?: ApplicationNotice | undefined;
  readonly timezone: string;
}

/** Client id, the new secret where there is one, and examples. */
export interface ApplicationStartProps {
  readonly application: ApplicationHead;
  readonly clientId: string;
  readonly confidential: boolean;
  /** Shown this one time. */
  readonly newSecret: string | undefined;
  /** Why the page is shown. */
  readonly occasion: 'registered' | 'secret_added' | 'look';
  readonly curl: string;
  readonly javascript: string;
}

/** Posts `label` and `expires_on`, a date or empty. */
export interface SecretFormProps {
  readonly application: ApplicationHead;
  readonly action: string;
  readonly values: { readonly label: string; readonly expiresOn: string };
  /** The first date that is accepted. */
  readonly earliest: string;
  readonly errors: FormErrors<'label' | 'expires_on'>;
  readonly signInAgain?: boolean | undefined;
}

/** Asks once more. Posts nothing but the CSRF token. */
export interface SecretDeleteProps {
  readonly application: ApplicationHead;
  readonly action: string;
  readonly secret: SecretProps;
  readonly timezone: string;
  readonly signInAgain?: boolean | undefined;
}

/** Posts `name`, which has to be the application's. */
export interface ApplicationDeleteProps {
  readonly application: ApplicationHead;
  readonly action: string;
  readonly connectedUsers: number;
  readonly typed: string;
  readonly errors: FormErrors<'name'>;
  readonly signInAgain?: boolean | undefined;
}

/** Posts `email`. */
export interface TransferFormProps {
  readonly application: ApplicationHead;
  readonly action: string;
  readonly email: string;
  readonly errors: FormErrors<'email'>;
  readonly signInAgain?: boolean | undefined;
}
