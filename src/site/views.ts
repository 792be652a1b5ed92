import type { MessageParams } from '../http/translate.ts';
import type { SiteText } from './texts.ts';

/** What each view of the guide pages is given. Keys are file names in `views/`. */
export interface GuideViews {
  'docs/guide': GuideProps;
  'docs/examples': ExamplesProps;
  'docs/api-services': ApiServicesProps;
  'docs/api': ApiProps;
  'docs/api-tour': ApiTourProps;
}

/** What both pages have. */
export interface GuideFrame {
  /** The one that the examples are filled in with, if the reader came with one. */
  readonly clientId: string | undefined;
  /** Only for its owner. */
  readonly applicationName: string | undefined;
  /** Keeps the client id on the way to the other page; empty, or with its question mark. */
  readonly query: string;
  /** A message as HTML, with its marks for code and links. */
  readonly prose: (key: SiteText, params?: MessageParams) => string;
}

/** The guide. */
export interface GuideProps extends GuideFrame {
  readonly issuer: string;
  /** Organizers that one grant can have. */
  readonly organizerLimit: number;
  readonly defaultScope: string;
  /** Who may register applications. */
  readonly registration: 'open' | 'approval' | 'closed';
  /** As people say it: "1 hour". */
  readonly accessTokenLifetime: string;
  readonly refreshTokenLifetime: string;
  /** The messages `guide.endpoint.<name>` name them. */
  readonly endpoints: readonly { readonly name: string; readonly url: string }[];
  readonly scopes: readonly { readonly name: string; readonly text: string }[];
  /** Error codes by where they turn up; the last are reasons of `invalid_grant`. */
  readonly errors: Readonly<
    Record<'page' | 'redirect' | 'token' | 'api' | 'reasons', readonly string[]>
  >;
  /** The curl script, step by step; joined by empty lines they are the whole. */
  readonly parts: Readonly<
    Record<'settings' | 'authorize' | 'back' | 'token' | 'api' | 'refresh' | 'revoke', string>
  >;
  /** What binds tokens to a key, as a part of the program with oauth4webapi. */
  readonly dpop: string;
  /** What the server answers, as JSON. */
  readonly answers: Readonly<Record<'token' | 'organizers' | 'me' | 'error', string>>;
}

/** The complete programs. */
export interface ExamplesProps extends GuideFrame {
  /** The messages `guide.examples.<id>` and `guide.examples.<id>_text` tell of them. */
  readonly programs: readonly {
    readonly id: string;
    readonly file: string;
    readonly code: string;
  }[];
}

/** The guide for API services. */
export interface ApiServicesProps {
  readonly issuer: string;
  /** Organizers that one grant can have. */
  readonly organizerLimit: number;
  /** Names that teams may carry on this server. */
  readonly permissions: readonly string[];
  /** A message as HTML, with its marks for code and links. */
  readonly prose: GuideFrame['prose'];
  /** Services that do the same; `services.<id>` names them. */
  readonly programs: readonly {
    readonly id: string;
    readonly file: string;
    readonly code: string;
  }[];
  /** Codes of the kit's refusals; `services.refusals.<code>` tells of them. */
  readonly refusals: readonly string[];
  /** Code by the names of its places on the page. */
  readonly code: Readonly<
    Record<
      | 'register'
      | 'registered'
      | 'refusal'
      | 'strict'
      | 'introspect'
      | 'introspection'
      | 'inactive'
      | 'python'
      | 'apache',
      string
    >
  >;
}

/** The reference of the JSON API. What is not a message is English; `says` is HTML. */
export interface ApiProps {
  readonly prose: GuideFrame['prose'];
  readonly conventions: readonly string[];
  /** The ways to be let in; `apidocs.scheme.<name>` names them. */
  readonly schemes: readonly { readonly name: string; readonly says: string }[];
  readonly chapters: readonly {
    readonly id: string;
    readonly title: string;
    readonly says: string;
    readonly operations: readonly ApiOperation[];
  }[];
  readonly objects: readonly ApiObject[];
}

/** One operation of the JSON API. */
export interface ApiOperation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly details: string;
  /** One of these is enough; none: anybody. Rights or scopes; none of them: any. */
  readonly callers: readonly { readonly scheme: string; readonly names: readonly string[] }[];
  /** `apidocs.place.<place>` says where each goes. */
  readonly parameters: readonly (ApiRow & { readonly place: string })[];
  readonly body:
    | { readonly types: readonly string[]; readonly fields: readonly ApiRow[] }
    | undefined;
  readonly answers: readonly ApiAnswer[];
  readonly errors: readonly ApiAnswer[];
  readonly curl: string;
}

/** A field or a parameter. */
export interface ApiRow {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** As JSON. */
  readonly byDefault: string | undefined;
  readonly limits: readonly string[];
  readonly says: string;
}

/** One of the answers of an operation. */
export interface ApiAnswer {
  readonly status: string;
  readonly says: string;
  readonly headers: readonly string[];
  /** The name of what it consists of. */
  readonly object: string | undefined;
  readonly isList: boolean;
}

/** What answers consist of. */
export interface ApiObject {
  readonly name: string;
  readonly says: string;
  /** Mostly one; several: it is one of these. */
  readonly variants: readonly (readonly ApiRow[])[];
  readonly example: string;
}

/** The tour of the management API. */
export interface ApiTourProps {
  readonly prose: GuideFrame['prose'];
  /** The script until its first step. */
  readonly settings: string;
  /** Joined by empty lines after the settings, their code is the whole script. */
  readonly steps: readonly {
    readonly id: string;
    /** English, as the comments of the script are. */
    readonly title: string;
    readonly code: string;
    readonly answer: string;
  }[];
}
