import assert from 'node:assert/strict';
import { it } from 'node:test';
import { registerApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { type Page, describe as textOf, UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform({ APPLICATIONS_PER_OWNER: '3' });

const FORM = '/account/applications/new';

/** Opens the registration form as Ada. */
async function openForm(agent = new UserAgent(server)): Promise<{ agent: UserAgent; form: Page }> {
  const page = await agent.get(FORM);
  const form = page.url.pathname === FORM ? page : await signIn(agent, page, platform.ada);
  return { agent, form };
}

const values = (name: string) => ({
  name,
  description: 'Words that took a while to write',
  client_type: 'confidential',
  redirect_uris: 'https://app.example.com/callback',
  scopes: ['read'],
  require_pkce: '1',
});

async function countOf(owner: string): Promise<number> {
  const { db } = server.database;
  const rows = await db
    .selectFrom('applications')
    .select('client_id')
    .where('owner_id', '=', owner)
    .execute();
  return rows.length;
}

it('Parallel registrations: no more than the limit succeed, and refused forms keep the entered values', async () => {
  const { agent, form } = await openForm();
  const pages = await Promise.all(
    Array.from({ length: 6 }, (_, index) => agent.submit(form, values(`App ${index}`), 'name')),
  );
  assert.equal(await countOf('ada'), 3, pages.map(textOf).join('\n'));
  const refused = pages.filter(({ status }) => status === 409);
  assert.equal(refused.length, 3);
  assert.match(textOf(refused[0] ?? form), says('applications.new.too_many', { count: 3 }));
  assert.match(refused[0]?.body ?? '', /Words that took a while to write/);
});

it('Registrations by the management API are not limited', async () => {
  for (let count = 0; count < 4; count += 1) {
    await registerApplication(server, { owner: 'ada' });
  }
  assert.ok((await countOf('ada')) > 3);
});

it('More than 20 registrations in an hour: 429 with Retry-After, and the form keeps the entered values', async () => {
  const { agent, form } = await openForm();
  const { db } = server.database;
  let page = form;
  for (let count = 0; count < 30 && page.status !== 429; count += 1) {
    await db.deleteFrom('applications').where('owner_id', '=', 'ada').execute();
    page = await agent.submit(form, values(`App ${count}`), 'name');
  }
  assert.equal(page.status, 429, textOf(page));
  assert.ok(Number(page.headers.get('retry-after')) > 0);
  assert.match(textOf(page), says('applications.new.too_fast'));
  assert.match(page.body, /Words that took a while to write/);
});
