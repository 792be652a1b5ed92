import type { MessageParams } from '../http/translate.ts';
import type { InsightText } from './texts.ts';

/** What each view of the insights pages is given. Keys are file names in `views/`. */
export interface InsightsViews {
  'insights/statistics': StatisticsProps;
  'insights/errors': ClientErrorsProps;
  'insights/check': UrlCheckProps;
}

/** What the three pages begin with. */
export interface InsightsHeadProps {
  readonly application: { readonly name: string };
  /** Of the application's own page; the insights are below it. */
  readonly path: string;
  readonly here: 'statistics' | 'errors' | 'check';
}

/** How an application is used. */
export interface StatisticsProps extends InsightsHeadProps {
  readonly connectedUsers: number;
  readonly lastUsedAt: Date | null;
  readonly issued: number;
  readonly refreshed: number;
  readonly days: readonly {
    /** `2026-03-01` */
    readonly day: string;
    readonly label: string;
    readonly issued: number;
    readonly refreshed: number;
  }[];
  /** Undefined where there is nothing to draw. */
  readonly plot:
    | {
        readonly width: number;
        readonly height: number;
        /** What the top of the frame stands for, as it is written. */
        readonly top: string;
        readonly bars: readonly {
          readonly series: 'issued' | 'refreshed';
          readonly x: number;
          readonly y: number;
          readonly width: number;
          readonly height: number;
        }[];
      }
    | undefined;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/** What was sent, and what would be right. */
export interface ExplainedProps {
  readonly message: InsightText;
  /** What stands in the message: in part it comes from strangers, so it is isolated. */
  readonly params: MessageParams;
  /** The redirect URI that was sent, where it was that; shown as code. */
  readonly sent: string | undefined;
  /** The registered one that is most like it. */
  readonly nearest: string | undefined;
  readonly differences: readonly string[];
}

/** An application's failed requests. */
export interface ClientErrorsProps extends InsightsHeadProps {
  readonly errors: readonly (ExplainedProps & {
    readonly happenedAt: Date;
    readonly endpoint: string;
    /** RFC 6749's name for it. */
    readonly error: string;
  })[];
  readonly filters: readonly {
    readonly href: string;
    readonly label: string;
    readonly current: boolean;
  }[];
  readonly count: number;
  readonly newer: string | undefined;
  readonly older: string | undefined;
  readonly timezone: string;
}

/** Posts `url`. */
export interface UrlCheckProps extends InsightsHeadProps {
  readonly action: string;
  /** What was pasted, to be mended; it is not kept. */
  readonly url: string;
  /** Of this server, with the application's client id: what a URL looks like. */
  readonly example: string;
  /** Undefined before anything was pasted. */
  readonly result:
    | {
        readonly verdict: 'accepted' | 'remarks' | 'refused';
        readonly problems: number;
        readonly findings: readonly (ExplainedProps & {
          readonly verdict: 'ok' | 'info' | 'warning' | 'error';
          /** The name of a parameter, shown as code, or a word for what is none. */
          readonly component: string;
          readonly isParameter: boolean;
        })[];
      }
    | undefined;
}
