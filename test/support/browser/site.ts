import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  putOrganizer,
  putTeam,
  putUser,
  registerApplication,
  reviewApplication,
  type TestApplication,
  type TestUser,
} from '../factories.ts';
import { authorizationUrl, requestOf } from '../flow.ts';
import { manage } from '../platform.ts';
import { startServer, type TestServer } from '../server.ts';

/** A server with a user for each case that pages can show. No user has a language. */
export interface Site {
  readonly server: TestServer;
  /** Member of two organizers. */
  readonly ada: TestUser;
  /** Member of 200 organizers. */
  readonly max: TestUser;
  /** Member of no organizer. */
  readonly cleo: TestUser;
  /** Reviewed by the operator. */
  readonly boxOffice: TestApplication;
  /** Not reviewed. */
  readonly seatmap: TestApplication;
  /** Application with a name of maximum length and without spaces. */
  readonly longName: TestApplication;
  /** Returns the path of an authorization request. */
  request(application: TestApplication, parameters?: Readonly<Record<string, string>>): string;
  close(): Promise<void>;
}

/** A second redirect URI, with a host that is suitable for pictures. */
export const ELSEWHERE = 'https://boxoffice.example.com/callback';

/** Starts the server. */
export async function startSite(): Promise<Site> {
  const [server, application] = [await startServer(), await startApplication()];
  const ben = await putUser(server, { id: 'ben', fullName: 'Ben Nevis', locale: '' });
  const register = (name: string) =>
    registerApplication(server, {
      name,
      owner: ben.id,
      redirectUris: [`${application.url}/callback`, ELSEWHERE],
    });
  const boxOffice = await register('Box Office Sync');
  const path = `/api/v1/applications/${boxOffice.clientId}/`;
  await manage(server, 'PATCH', path, {
    privacy_policy_url: `${application.url}/privacy`,
    terms_url: `${application.url}/terms`,
  });
  await reviewApplication(server, boxOffice.clientId);
  return {
    server,
    ...(await putPeople(server)),
    boxOffice,
    seatmap: await register('Seatmap Studio'),
    longName: await register('Antidisestablishmentarianism'.repeat(10).slice(0, 255)),
    request: ({ clientId, redirectUri }, parameters = {}) => {
      const url = authorizationUrl(
        server,
        requestOf(
          { clientId, redirectUri },
          { scope: 'read write', state: 'some-state', approval_prompt: 'force', ...parameters },
        ),
      );
      return url.pathname + url.search;
    },
    close: async () => {
      await application.close();
      await server.close();
    },
  };
}

async function putPeople(server: TestServer): Promise<Pick<Site, 'ada' | 'max' | 'cleo'>> {
  const ada = await putUser(server, { id: 'ada', fullName: 'Ada Lovelace', locale: '' });
  const max = await putUser(server, { id: 'max', fullName: 'Max Reinhardt', locale: '' });
  const cleo = await putUser(server, { id: 'cleo', fullName: 'Cleo de Mérode', locale: '' });
  await putOrganizer(server, 'redstage', { en: 'Red Stage', de: 'Rote Bühne' });
  await putOrganizer(server, 'bluehall', { en: 'Blue Hall', de: 'Blauer Saal' });
  const permissions = ['can_view_orders', 'can_change_orders'];
  await putTeam(server, { organizer: 'redstage', permissions, members: [ada.id] });
  await putTeam(server, { organizer: 'bluehall', permissions, members: [ada.id] });
  for (const [index, name] of manyNames().entries()) {
    const slug = await putOrganizer(server, `many-${index}`, name);
    await putTeam(server, { organizer: slug, permissions, members: [max.id] });
  }
  return { ada, max, cleo };
}

const KINDS = ['Kulturhaus', 'Stadthalle', 'Festival', 'Jazzclub', 'Théâtre', 'Open Air', 'Messe'];
const PLACES = ['Köln', 'Heidelberg', 'Zürich', 'Basel', 'Wien', 'Aarhus', 'Łódź', 'São Paulo'];

/** Returns 200 names: one has an unusual accent, one has the maximum length. */
function manyNames(): string[] {
  const names = Array.from({ length: 198 }, (_, index) => {
    const kind = KINDS[index % KINDS.length];
    const place = PLACES[index % PLACES.length];
    const number = Math.floor(index / (KINDS.length * PLACES.length));
    return number === 0 ? `${kind} ${place}` : `${kind} ${place} ${number + 1}`;
  });
  return [
    ...names,
    'Café Müller',
    'Verein zur Förderung der zeitgenössischen Kammermusik im ländlichen Raum e. V., Ortsgruppe Süd',
  ];
}

/** Serves the redirect URI: a page that shows what it received. */
export async function startApplication(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://application.invalid');
    const outcome = searchParams.has('code') ? 'a code' : searchParams.get('error');
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Back</title><h1>Back with ${outcome}</h1>`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  return {
    url: `http://localhost:${address.port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
