import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { sql } from 'kysely';
import { passwordsAtOnce } from '../../src/users/password-queue.ts';
import { browsers, logOf } from '../support/account.ts';
import { putUser, type TestUser } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { says } from '../support/texts.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

/**
 * A wrong password that is refused without hashing it, so that a thousand attempts take seconds.
 */
const CHEAP = 'x'.repeat(1100);
const HOUR = 3600;

let server: TestServer;
let other: ServerProcess;
let user: TestUser;
let users = 0;

before(async () => {
  // Uses the real cost: the flood must make passwords wait, and two processes share the hashes.
  server = await startServer({ TRUST_PROXY: '1' }, {});
  const databaseUrl = server.config.databaseUrl ?? '';
  other = await startServerProcess({ TRUST_PROXY: '1', DATABASE_URL: databaseUrl });
});
after(async () => {
  await other.close();
  await server.close();
});
beforeEach(async () => {
  users += 1;
  user = await putUser(server, { id: `user${users}` });
  await server.database.db.deleteFrom('rate_limits').execute();
});

/** Returns a function that guesses a password of `email` on one process, from a given address. */
async function guesser(email: string, through: { readonly issuer: string } = server) {
  const agent = new UserAgent(through);
  const page = await agent.get('/login');
  return (address: string, password = CHEAP): Promise<Page> =>
    new UserAgent(through, { 'x-forwarded-for': address }, agent.cookies.copy()).submit(page, {
      email,
      password,
    });
}

/** Returns address `n` of an attacker who has one in each of many networks. */
const scattered = (n: number) => `10.${n >> 8}.${n & 0xff}.9`;

const statuses = (pages: readonly Page[]) => pages.map(({ status }) => status);
const retryAfter = (page: Page) => Number(page.headers.get('retry-after'));
const canSignIn = async (agent: UserAgent) => {
  const page = await signIn(agent, await agent.get('/login?reason=recent'), user);
  return page.url.pathname === '/account/authorizations' ? true : page;
};
async function repeat(count: number, work: (n: number) => Promise<Page>): Promise<Page[]> {
  const pages: Page[] = [];
  for (let n = 0; n < count; n += 1) {
    pages.push(await work(n));
  }
  return pages;
}

describe('Password guesses on an account from many addresses', () => {
  const GUESSES = Number(process.env.GUESSES ?? 40);

  test('a known browser can sign in, and a new one of the owner has three attempts an hour', async () => {
    const open = browsers(server);
    const known = await open.signedIn(user);
    const guess = await guesser(user.email);
    const answers = await repeat(GUESSES, (n) => guess(scattered(n)));
    assert.ok(statuses(answers).every((status) => status === 401));

    assert.equal(await canSignIn(known), true);
    const fresh = open.open();
    const page = await fresh.get('/login');
    const wrong = { email: user.email, password: CHEAP };
    for (let n = 0; n < 3; n += 1) {
      assert.equal((await fresh.submit(page, wrong)).status, 401);
    }
    const refused = await signIn(fresh, page, user);
    assert.equal(refused.status, 429);
    assert.ok(retryAfter(refused) > HOUR - 120 && retryAfter(refused) <= HOUR);
    assert.match(refused.body, says('login.error.throttled', { count: 60 }));
    assert.equal(await canSignIn(open.open()), true, 'from another network');
    assert.equal(await canSignIn(known), true, 'still');
    const actions = (await logOf(server, user.id)).map(({ action }) => action);
    const count = (name: string) => actions.filter((one) => one.endsWith(name)).length;
    assert.equal(count('sign_in_failed'), 30, 'later ones are not logged separately');
    assert.equal(count('sign_in_throttled'), 1);
  });

  test('a known browser can sign in although its network is limited', async () => {
    const known = await browsers(server).signedIn(user, { 'x-forwarded-for': '192.0.2.1' });
    const guess = await guesser(user.email);
    const answers = await repeat(11, () => guess('192.0.2.1'));
    assert.equal(answers.at(-1)?.status, 429);
    assert.equal(await canSignIn(known), true);
  });

  test('the owner can still confirm and change the password', async () => {
    const owner = await browsers(server).signedIn(user);
    const guess = await guesser(user.email);
    await repeat(GUESSES, (n) => guess(scattered(n)));
    const page = await owner.get('/account/password');
    const typed = { current_password: 'wrong', new_password: 'kettle drum and bass' };
    const answer = await owner.submit(page, { ...typed, new_password_again: typed.new_password });
    assert.equal(answer.status, 400, textOf(answer));
    assert.match(answer.body, says('account.password.error.current.wrong'));
  });
});

describe('Known browser', () => {
  test('has ten failures an hour, which do not limit other browsers', async () => {
    const open = browsers(server);
    const [first, second] = [await open.signedIn(user), await open.signedIn(user)];
    const page = await first.get('/login?reason=recent');
    const wrong = { email: user.email, password: CHEAP };
    const answers = await repeat(10, () => first.submit(page, wrong));
    assert.deepEqual(new Set(statuses(answers)), new Set([401]));
    const refused = await signIn(first, page, user);
    assert.equal(refused.status, 429);
    assert.ok(retryAfter(refused) > HOUR - 120);
    assert.equal(await canSignIn(second), true);
    assert.equal(await canSignIn(open.open()), true);
  });

  test('of another account counts as unknown', async () => {
    const mallory = await putUser(server, { id: `mallory${users}` });
    const open = browsers(server);
    const agent = await open.signedIn(mallory);
    const page = await agent.get('/login?reason=recent');
    const wrong = { email: user.email, password: CHEAP };
    const answers = await repeat(11, () => agent.submit(page, wrong));
    assert.deepEqual(statuses(answers), [...Array(10).fill(401), 429]);
    assert.equal(await canSignIn(open.open()), true);
  });
});

test('Successful sign-ins of one account are limited, so that its owner can’t occupy the server', async () => {
  const known = await browsers(server).signedIn(user);
  const page = await known.get('/login?reason=recent');
  await sql`update rate_limits set points = 200
    where key like 'sign_in.successes:%'`.execute(server.database.db);
  for (const agent of [known, browsers(server).open()]) {
    const refused = await signIn(agent, agent === known ? page : await agent.get('/login'), user);
    assert.equal(refused.status, 429);
    assert.ok(retryAfter(refused) > HOUR - 120);
  }
});

describe('Password guesses on an account from one network', () => {
  const VARIATIONS: Readonly<Record<string, (n: number) => string>> = {
    'one address': () => '192.0.2.1',
    'a /24': (n) => `192.0.2.${n}`,
    'a /48': (n) => `2001:db8:1:${n}::1`,
    'no address': () => 'unknown',
  };
  for (const [name, address] of Object.entries(VARIATIONS)) {
    test(`${name}: ten failures at most, on two processes together`, async () => {
      const both = [await guesser(user.email), await guesser(user.email, other)] as const;
      const answers = await repeat(14, (n) => both[n % 2 === 0 ? 0 : 1](address(n)));
      assert.deepEqual(statuses(answers), [...Array(10).fill(401), ...Array(4).fill(429)]);
    });
  }

  test('the limit survives a restart', async () => {
    const guess = await guesser(user.email, other);
    await repeat(10, () => guess('192.0.2.1'));
    await other.kill();
    await other.start();
    assert.equal((await guess('192.0.2.1')).status, 429);
  });

  test('parallel on two processes: ten failures at most', async () => {
    const both = [await guesser(user.email), await guesser(user.email, other)] as const;
    const burst = Array.from({ length: 30 }, (_, n) => both[n % 2 === 0 ? 0 : 1]('192.0.2.1'));
    const answers = statuses(await Promise.all(burst));
    assert.equal(answers.filter((status) => status === 401).length, 10);
    assert.equal(answers.filter((status) => status === 429).length, 20);
  });

  test('an address without an account gets identical responses', async () => {
    const answers = await Promise.all(
      [user.email, 'nobody@example.net'].map(async (email) => {
        const guess = await guesser(email);
        const pages = await repeat(12, () => guess('192.0.2.1'));
        return pages.map(({ status, body, headers }) => ({
          status,
          body: body.replaceAll(email, 'E-MAIL').replaceAll(/value="[^"]{20,}"/g, ''),
          wait: headers.has('retry-after'),
        }));
      }),
    );
    assert.deepEqual(answers[0], answers[1]);
  });

  test('the log of the account gets one entry', async () => {
    const guess = await guesser(user.email);
    await repeat(13, () => guess('192.0.2.1'));
    await repeat(13, () => guess('198.51.100.1'));
    const throttled = 'stagedoor.user.sign_in_throttled';
    const entries = (await logOf(server, user.id)).filter(({ action }) => action === throttled);
    assert.deepEqual(
      entries.map(({ actor, ip, data }) => ({ actor, ip, data })),
      [{ actor: 'system', ip: '192.0.2.1', data: {} }],
    );
    const owner = await browsers(server).signedIn(user);
    const { body } = await owner.get('/account/activity?kind=sign_ins');
    assert.match(body, says('activity.sign_in_throttled'));
  });
});

describe('Password guesses on many accounts', () => {
  const GROUPS: readonly (readonly [group: string, from: string, elsewhere: string])[] = [
    ['address', '2001:db8:1:1::1', '2001:db8:1:2::1'],
    ['network', '2001:db8:1:2::1', '2001:db8:2:1::1'],
    ['provider', '2001:db8:2:2::1', '2001:db9:1:1::1'],
    ['address', '192.0.2.1', '192.0.2.2'],
    ['network', '192.0.2.2', '192.0.3.1'],
    ['provider', '192.0.3.1', '192.1.1.1'],
  ];
  for (const [group, from, elsewhere] of GROUPS) {
    test(`are limited per ${group}, as for ${from}`, async () => {
      const tryAt = async (n: number, ip: string) => (await guesser(`nobody${n}@example.net`))(ip);
      await tryAt(0, from);
      // As after the maximum number of failures of the group.
      await sql`update rate_limits set points = 1000
        where key like ${`sign_in.source.${group}:%`}`.execute(server.database.db);
      const refused = await tryAt(1, from);
      assert.equal(refused.status, 429);
      assert.ok(retryAfter(refused) > 500 && retryAfter(refused) <= 600);
      assert.equal((await tryAt(2, elsewhere)).status, 401);
    });
  }
});

describe('Flood of passwords that are hashed', () => {
  test('a server with default options hashes at the full cost', async () => {
    const { password_hash } = await server.database.db
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', user.id)
      .executeTakeFirstOrThrow();
    assert.match(String(password_hash), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('a known and an unknown address take the same CPU time', async () => {
    const kinds = {
      known: [user.email, 'wrong'],
      unknown: ['nobody@example.org', 'wrong'],
      // Too long, so it is refused without a hash; everything else is the same.
      unhashed: ['nobody@example.org', CHEAP],
    } as const;
    const times: Record<keyof typeof kinds, number[]> = { known: [], unknown: [], unhashed: [] };
    for (let round = 0; round < 5; round += 1) {
      for (const kind of ['known', 'unknown', 'unhashed'] as const) {
        const [email, password] = kinds[kind];
        const guess = await guesser(email);
        // CPU time of this process, which contains the server, so that other programs do not
        // matter.
        const before = process.cpuUsage();
        await guess(scattered(round), password);
        const { user: used, system } = process.cpuUsage(before);
        times[kind].push(used + system);
      }
    }
    const rest = median(times.unhashed);
    const [known, unknown] = [median(times.known) - rest, median(times.unknown) - rest];
    const figures = `${known} µs and ${unknown} µs above ${rest} µs`;
    assert.ok(known < unknown * 3 && unknown < known * 3, figures);
  });

  test('is answered with 503 if too many wait, and a known browser is served first', async () => {
    const known = await browsers(server).signedIn(user);
    const login = await known.get('/login?reason=recent');
    const guess = await guesser('nobody@example.net');
    const places = 30 * passwordsAtOnce(1);
    let checked = 0;
    const flood = Array.from({ length: places + 10 }, async (_, n) => {
      const answer = await guess(scattered(n), 'wrong');
      checked += answer.status === 401 ? 1 : 0;
      return answer;
    });
    const page = await signIn(known, login, user);
    const before = checked;
    const answers = await Promise.all(flood);
    assert.equal(page.url.pathname, '/account/authorizations');
    assert.ok(before < checked / 2, `after ${before} of ${checked} strangers`);

    const busy = answers.filter(({ status }) => status === 503);
    assert.ok(busy.length > 0, `${statuses(answers)}`);
    assert.equal(answers.length, busy.length + answers.filter((one) => one.status === 401).length);
    const [refused] = busy;
    assert.ok(refused !== undefined);
    assert.equal(refused.headers.get('retry-after'), '5');
    assert.match(refused.body, says('login.error.busy', { count: 5 }));
    assert.match(refused.body, /value="nobody@example\.net"/);
    assert.doesNotMatch(refused.body, /value="wrong"/);
    const metrics = await fetch(`${server.issuer}/metrics`);
    const text = await metrics.text();
    assert.match(text, /stagedoor_limit_refusals_total\{limit="password_queue"\} [1-9]/);
    assert.match(text, /stagedoor_password_queue_waiting\{priority="stranger"\} 0/);
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
