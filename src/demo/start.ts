import { createDemoApi } from './api.ts';
import { createDemoApplication } from './application.ts';
import { DEMO_ORGANIZERS } from './directory.ts';
import { introspect } from './introspect.ts';
import { type Listening, listen } from './listen.ts';
import { createOAuth } from './oauth.ts';
import { type SeededDemo, seedDemo } from './seed.ts';

/** Dependencies of the demo; the server has to be running. */
export interface DemoOptions {
  readonly issuer: string;
  readonly operatorToken: string;
  readonly dataDir: string;
  readonly host: string;
  /** Folder of the mails; undefined if they are delivered. */
  readonly mailFolder: string | undefined;
  /** First port to try, 3001 by default. */
  readonly applicationPort?: number | undefined;
  /** First port to try, 3002 by default. */
  readonly apiPort?: number | undefined;
}

const APPLICATION_PORT = 3001;
const API_PORT = 3002;

/** Seeds the directory and starts the demo application and the demo API. */
export async function startDemo(options: DemoOptions) {
  const { issuer, host, dataDir } = options;
  const open: Listening[] = [];
  const close = async () => {
    await Promise.all(open.map((one) => one.close()));
  };
  try {
    const application = await listen(host, options.applicationPort ?? APPLICATION_PORT);
    open.push(application);
    const api = await listen(host, options.apiPort ?? API_PORT);
    open.push(api);
    const seeded = await seedDemo(options, { dataDir, applicationUrl: application.url });
    api.serve(createDemoApi({ ...seeded.resourceServer, issuer }));
    application.serve(createApplication(options, seeded, application.url, api.url));
    const users = seeded.users.map(({ fullName, email, password, note }) => {
      // The first name.
      const [name = ''] = fullName.split(' ');
      return { name, email, password, note };
    });
    return { applicationUrl: application.url, apiUrl: api.url, users, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createApplication(
  { issuer, mailFolder }: DemoOptions,
  seeded: SeededDemo,
  url: string,
  apiUrl: string,
) {
  const oauth = createOAuth({ ...seeded.application, issuer, redirectUri: `${url}/callback` });
  return createDemoApplication({
    url,
    issuer,
    apiUrl,
    oauth,
    organizers: new Map(DEMO_ORGANIZERS.map(({ slug, name }) => [slug, name])),
    clientId: seeded.application.clientId,
    lookBehind: (accessToken) => introspect(issuer, seeded.resourceServer, accessToken),
    mailFolder,
    hasMails: mailFolder !== undefined,
    recipients: seeded.users.map(({ email }) => email),
  });
}
