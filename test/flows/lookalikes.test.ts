import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { z } from 'zod';
import {
  putUser,
  registerApplication,
  reviewApplication,
  type TestApplication,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { authorizationUrl, requestOf, signedIn } from '../support/flow.ts';
import { callManagement, manage } from '../support/platform.ts';
import { pattern, says } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import type { Page } from '../support/user-agent.ts';

const { server, platform } = withPlatform({ PLATFORM_NAME: 'Ticket Harbor' });
const ada = prepared(() => signedIn(server, platform.ada));
const stranger = prepared(() =>
  putUser(server, { id: 'tim', fullName: 'Tim\u3164\u202e Example' }),
);
const tim = prepared(() => signedIn(server, stranger));

const answer = z.object({ review_needed: z.string().nullable() });
const pathOf = ({ clientId }: TestApplication) => `/api/v1/applications/${clientId}/`;
const need = async (application: TestApplication) =>
  answer.parse(await manage(server, 'GET', pathOf(application))).review_needed;
const named = (name: string, owner = 'tim') => registerApplication(server, { owner, name });
const native = (owner: string, uri: string, name = `Door of ${owner}`) =>
  registerApplication(server, { owner, name, clientType: 'public', redirectUris: [uri] });

/** Registers an application of Ben and reviews it. */
async function reviewed(name: string): Promise<TestApplication> {
  const application = await named(name, 'ben');
  await reviewApplication(server, application.clientId);
  return application;
}

/** Opens the consent page as Ada, who owns none of the applications. */
function consent({ clientId, redirectUri }: TestApplication): Promise<Page> {
  return ada.get(authorizationUrl(server, requestOf({ clientId, redirectUri })));
}

describe('Application name', () => {
  const refused: Record<string, string> = {
    'blank Braille': '\u2800',
    'a Hangul filler': '\u115f',
    'another Hangul filler': '\u3164',
    'a half-width Hangul filler': '\uffa0',
    'zero-width characters': '\u200b\u200c\u200d\u2060\ufeff',
    'spaces of other widths': '\u00a0\u2003\u3000',
    'an accent alone': '\u0301',
    'an accent at the start': '\u0301Tickets',
    'too many accents': `T${'\u0301'.repeat(9)}ickets`,
    'a soft hyphen': 'Tick\u00adets',
    'a zero-width space in a word': 'Tick\u200bets',
    'a joiner between Latin letters': 'Tick\u200dets',
    'a non-joiner at the end': 'Tickets\u200c',
    'a grapheme joiner': 'Tick\u034fets',
    'a variation selector': 'Tick\ufe0fets',
    'an override': '\u202estekciT',
    'a directional mark': 'Tickets\u200f',
    'an Arabic letter mark': 'Tickets\u061c',
    'a tag': 'Tickets\u{e0041}',
    'a private-use character': 'Tickets \uf8ff',
    'an object placeholder': 'Tickets\ufffc',
    'a line separator': 'Tick\u2028ets',
    'a blank hieroglyph': '\u{13441}',
    'a half-blank hieroglyph': '\u{13442}',
    'a musical symbol without a shape': '\u{1d159}',
  };
  for (const [what, name] of Object.entries(refused)) {
    test(`with ${what} is refused`, async () => {
      const body = { name, redirect_uris: ['https://app.example.com/'] };
      const { status, body: errors } = await callManagement(
        server,
        'POST',
        '/api/v1/applications/',
        body,
      );
      assert.equal(status, 400, JSON.stringify(errors));
      assert.deepEqual(Object.keys(Object(errors)), ['name']);
    });
  }

  for (const name of [
    'نرم\u200cافزار',
    'क्\u200dष',
    '👩\u200d👩\u200d👧 Tickets',
    '❤\ufe0f Tickets',
    '1\ufe0f\u20e3 Ticket',
    '東京チケット',
    'שלום',
    'Cafe\u0301',
    'Việt Nam',
    '★',
  ]) {
    test(`is accepted: ${name}`, async () => assert.equal(await need(await named(name)), null));
  }

  test('is stored with single spaces instead of any white space', async () => {
    const application = await named('Box\u00a0\u2003 \u3000Office');
    assert.match(JSON.stringify(await manage(server, 'GET', pathOf(application))), /"Box Office"/);
  });

  test('with only invisible characters is refused by the form with an explanation', async () => {
    const form = await tim.get('/account/applications/new');
    const page = await tim.submit(form, { name: 'a\u3164', redirect_uris: 'https://a.example/' });
    assert.equal(page.status, 400);
    assert.match(page.body, says('applications.error.name'));
  });
});

describe('Application with a name like that of a reviewed one', () => {
  before(() => reviewed('Inkwell Tickets'));

  for (const name of [
    'Inkwell Tickets',
    'inkwell tickets',
    'INKWELL-TICKETS!',
    'InkwellTickets',
    'lnkwell Tickets',
    '1nkwe11 T1ckets',
    'Іnkwеll Тісkеtѕ',
    'Ｉｎｋｗｅｌｌ Ｔｉｃｋｅｔｓ',
    '𝕀𝕟𝕜𝕨𝕖𝕝𝕝 𝕋𝕚𝕔𝕜𝕖𝕥𝕤',
    'Ínkwéll Tickets',
    'Inkvvell Tickets',
    'Inkwell ⓉickeⓉs',
    'inкwell тickets',
    'ɪɴᴋᴡᴇʟʟ ᴛɪᴄᴋᴇᴛꜱ',
    '🅸🅽🅺🆆🅴🅻🅻 🅣🅘🅒🅚🅔🅣🅢',
    '🇮🇳🇰🇼🇪🇱🇱 Tickets',
    'Inkwell Tickets™',
  ]) {
    test(`works for its owner only: ${name}`, async () => {
      const application = await named(name);
      assert.equal(await need(application), 'name_like_reviewed');
      const page = await consent(application);
      assert.match(page.body, says('over.title.awaits_review'));
      assert.doesNotMatch(page.body, /value="allow"/);
    });
  }

  test('of the same owner, or with a different name, needs no review', async () => {
    assert.equal(await need(await named('Inkwell Tickets', 'ben')), null);
    assert.equal(await need(await named('Inkwell Tickets Two')), null);
  });

  test('shows the reason to its owner, and works for all after a review', async () => {
    const application = await named('Inkwell Tickets');
    const page = await tim.get(`/account/applications/${application.clientId}`);
    assert.match(page.body, says('applications.awaits.name_like_reviewed'));
    await reviewApplication(server, application.clientId);
    assert.equal(await need(application), null);
    assert.match((await consent(application)).body, /value="allow"/);
  });

  test('registered twice at the same time: both need a review', async () => {
    const both = await Promise.all([named('Inkwell Tickets'), named('lnkwell tickets')]);
    assert.deepEqual(await Promise.all(both.map(need)), Array(2).fill('name_like_reviewed'));
  });

  test('works for its owner only, also while the reviewed one has unreviewed changes', async () => {
    const other = await reviewed('Harbour Hall');
    const copy = await named('Harbour Hall');
    await manage(server, 'PATCH', pathOf(other), { description: 'A typo less.' });
    assert.equal(await need(other), null);
    assert.equal(await need(copy), 'name_like_reviewed');
    await manage(server, 'PATCH', pathOf(other), { name: 'Harbour House' });
    assert.equal(await need(copy), 'name_like_reviewed');
    assert.equal(await need(await named('Harbour House')), null);
  });

  test('stops working for others only after the other’s new name is reviewed', async () => {
    const application = await named('Redwood Seats');
    await obtainTokens(server, { application, user: platform.ada, agent: ada });
    assert.ok((await consent(application)).leavesTo?.searchParams.get('code'));
    const other = await reviewed('Seat Planner');
    await manage(server, 'PATCH', pathOf(other), { name: 'Redwood  seats' });
    assert.equal(await need(application), null);
    await reviewApplication(server, other.clientId);
    assert.equal(await need(application), 'name_like_reviewed');
    assert.match((await consent(application)).body, says('over.title.awaits_review'));
    await manage(server, 'PATCH', pathOf(other), { name: 'Seat Planner' });
    assert.equal(await need(application), 'name_like_reviewed');
    await reviewApplication(server, other.clientId);
    assert.equal(await need(application), null);
  });
});

describe('Application name needs a review', () => {
  for (const [name, expected] of [
    ['Stagedoor', 'name_like_platform'],
    ['Ѕtаgеdооr Login', 'name_like_platform'],
    ['S T A G E · D O O R', 'name_like_platform'],
    ['My stagedoor helper', 'name_like_platform'],
    ['Тicket-Harbor Sync', 'name_like_platform'],
    ['TicketHarborSync', 'name_like_platform'],
    ['MCPTicketHarbor2', 'name_like_platform'],
    ['$tagedoor', 'name_like_platform'],
    ['Ticket Harbors of Kiel', null],
    ['Official Seats', 'name_claims_review'],
    ['Seats (verified)', 'name_claims_review'],
    ['Оffісіаl Seats', 'name_claims_review'],
    ['Offizielle Plätze', 'name_claims_review'],
    ['O f f i c i a l Seats', 'name_claims_review'],
    ['V.e.r.i.f.i.e.d Seats', 'name_claims_review'],
    ['ᴏꜰꜰɪᴄɪᴀʟ Seats', 'name_claims_review'],
    ['Seats ✅', 'name_claims_review'],
    ['Seats √', 'name_claims_review'],
    ['Seats ⓥ', 'name_claims_review'],
    ['A B C Official', 'name_claims_review'],
    ['A b c Seats', null],
    ['🛡 Seats', 'name_claims_review'],
    ['Unofficial Seats', null],
    ['Stage Manager', null],
  ] as const) {
    test(`${name}: ${expected ?? 'no'}`, async () => {
      assert.equal(await need(await named(name)), expected);
    });
  }
});

describe('Private-use URI scheme', () => {
  const SHARED = pattern`${says('consent.scheme.text', { scheme: '<bdi>com.example.door:</bdi>' })}|${says('consent.scheme.title')}`;

  test('registered by two owners at the same time: both consent pages mention it', async () => {
    const uri = 'com.example.door:/callback';
    const both = await Promise.all([native('tim', uri), native('ben', 'com.example.door:/other')]);
    for (const application of both) {
      assert.match((await consent(application)).body, SHARED);
      assert.equal(await need(application), null);
    }
    const [stranger, good] = both;
    await reviewApplication(server, good.clientId);
    assert.doesNotMatch((await consent(good)).body, SHARED);
    assert.equal(await need(stranger), 'scheme_of_reviewed');
    assert.match((await consent(stranger)).body, says('over.title.awaits_review'));
    await reviewApplication(server, stranger.clientId);
    assert.match((await consent(good)).body, SHARED);
  });

  test('of a reviewed application needs a review for others, also with unreviewed changes', async () => {
    const good = await native('ben', 'com.example.kept:/callback');
    await reviewApplication(server, good.clientId);
    const stranger = await native('tim', 'com.example.kept:/callback');
    await manage(server, 'PATCH', pathOf(good), { description: 'A typo less.' });
    assert.equal(await need(good), null);
    assert.equal(await need(stranger), 'scheme_of_reviewed');
  });

  test('used only by one owner or by disabled applications: the consent page does not mention it', async () => {
    const first = await native('tim', 'com.example.mine:/a');
    await native('tim', 'com.example.mine:/b');
    const off = await native('ben', 'com.example.mine:/a');
    await manage(server, 'PATCH', pathOf(off), { is_active: false });
    assert.doesNotMatch((await consent(first)).body, SHARED);
    await manage(server, 'PATCH', pathOf(off), { is_active: true });
    assert.match((await consent(first)).body, SHARED);
  });

  test('the consent page shows the scheme, not the host part', async () => {
    const page = await consent(await native('tim', 'com.example.evil://bank.example/callback'));
    assert.match(page.body, /com\.example\.evil:/);
    assert.doesNotMatch(page.body, />bank\.example</);
  });
});

describe('Application name stored before these rules', () => {
  for (const [name, shown] of [
    ['Seats\u202e of\u3164 old', 'Seats of old'],
    ['\u3164', undefined],
  ] as const) {
    test(`is shown as ${shown ?? 'the client id'}`, async () => {
      const application = await named('Seats of old');
      const { clientId } = application;
      await server.database.db
        .updateTable('applications')
        .set({ name })
        .where('client_id', '=', clientId)
        .execute();
      const page = await consent(application);
      assert.ok(page.body.includes(`<bdi>${shown ?? clientId}</bdi>`));
      assert.doesNotMatch(page.body, /\u3164|\u202e/);
    });
  }
});

describe('Owner name', () => {
  test('is shown without invisible characters', async () => {
    const page = await consent(await named('Plain Seats'));
    assert.match(page.body, /Tim Example/);
    assert.doesNotMatch(page.body, /\u3164|\u202e/);
  });
});
