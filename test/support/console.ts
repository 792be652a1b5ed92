import { entriesOf, withBrowsers } from './account.ts';
import { putUser, registerApplication, type TestApplication } from './factories.ts';
import { prepared } from './fixture.ts';

/** Markup, a formula of a spreadsheet, and characters that turn the reading direction. */
export const EVIL = '=1+2<script>alert(1)</script>"\'';

/** Time zone of the operator, 14 hours ahead. */
export const ZONE = 'Pacific/Kiritimati';

/** Starts a server for the tests of a file, with a signed-in operator and a developer. */
export function withConsole() {
  const { server, platform, people } = withBrowsers();
  const operator = prepared(() =>
    putUser(server, { id: 'olga', isOperator: true, timezone: ZONE }),
  );
  const developer = prepared(() => putUser(server, { id: 'dev', fullName: EVIL }));
  let applications = 0;
  return {
    server,
    platform,
    people,
    operator,
    developer,
    /** The operator's browser. */
    console: prepared(() => people.signedIn(operator)),
    /** Registers an application of the developer. */
    register: (name = EVIL) => {
      applications += 1;
      return registerApplication(server, { owner: developer.id, name: `${name} ${applications}` });
    },
    inConsole: ({ clientId }: TestApplication) => `/operator/applications/${clientId}`,
    entries: (action: string) => entriesOf(server, action),
  };
}
