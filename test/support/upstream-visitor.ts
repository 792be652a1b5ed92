import type { Issuer } from './platform.ts';
import type { UpstreamAccount, UpstreamProvider } from './upstream-provider.ts';
import { type FormValues, type Page, showsForm, UserAgent } from './user-agent.ts';

/** Path of a browser from one page of Stagedoor to another one. */
export interface Passage {
  /** Current page: of Stagedoor, or the redirect to an application. */
  readonly page: Page;
  /** Sign-in pages of the platform on the way. */
  readonly asked: readonly Page[];
  /** Requests of Stagedoor to the platform. */
  readonly requests: readonly URL[];
  /** Responses of the platform. */
  readonly answers: readonly URL[];
}

const CANCEL: FormValues = { cancel: '1' };

/** A browser that visits Stagedoor and the upstream login. */
export class UpstreamVisitor {
  readonly stagedoor: UserAgent;
  readonly platform: UserAgent;
  readonly #upstream: UpstreamProvider;

  constructor(
    server: Issuer,
    upstream: UpstreamProvider,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.stagedoor = new UserAgent(server, headers);
    this.platform = new UserAgent(upstream, headers);
    this.#upstream = upstream;
  }

  /**
   * Opens a page of Stagedoor, and signs in at the platform if it asks; without an account, cancels
   * there.
   */
  async open(url: string | URL, account?: UpstreamAccount): Promise<Passage> {
    return this.follow(await this.stagedoor.get(url), account);
  }

  /** Continues from a page that may lead to the platform. */
  async follow(start: Page, account?: UpstreamAccount): Promise<Passage> {
    const passage = { asked: [] as Page[], requests: [] as URL[], answers: [] as URL[] };
    let page = start;
    while (page.leavesTo?.origin === this.#upstream.issuer) {
      passage.requests.push(page.leavesTo);
      const answer = await this.#atPlatform(page.leavesTo, account, passage.asked);
      passage.answers.push(answer);
      page = await this.stagedoor.get(answer);
    }
    return { page, ...passage };
  }

  async #atPlatform(
    request: URL,
    account: UpstreamAccount | undefined,
    asked: Page[],
  ): Promise<URL> {
    let page = await this.platform.get(request);
    if (showsForm(page, 'email', 'password')) {
      asked.push(page);
      const { email, password } = account ?? { email: '', password: '' };
      page = await this.platform.submit(page, account ? { email, password } : CANCEL);
    }
    if (showsForm(page, 'xsrf')) {
      // Another user was signed in there; the page submits this form with a script.
      page = await this.platform.submit(page, {}, 'xsrf');
    }
    if (page.leavesTo === undefined) {
      throw new Error(`The platform did not redirect to Stagedoor: ${page.status} ${page.body}`);
    }
    return page.leavesTo;
  }
}
