import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { withServer } from '../support/fixture.ts';
import { send } from '../support/send.ts';

describe('Demo application', () => {
  const server = withServer({ DEMO: '1' });
  let url: string;

  before(async () => {
    url = server.demo?.applicationUrl ?? '';
    await mkdir(server.mailFolder, { recursive: true });
    const mails = { ada: 'ada@example.org', real: 'real.person@example.com' };
    for (const [name, to] of Object.entries(mails)) {
      const mail = `To: ${to}\r\nSubject: =?UTF-8?Q?For_=E2=80=9C${name}=E2=80=9D?=\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<b>=E2=80=9C${name}=E2=80=9D</b>\r\n`;
      await writeFile(join(server.mailFolder, `2030-01-01-${name}.eml`), mail);
    }
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    send(new URL(path, url), { headers: new Headers(headers) });

  it('speaks the language of the browser, and the one that was chosen', async () => {
    const language = async (headers: Record<string, string>) =>
      /<html lang="(..)">/.exec((await get('/', headers)).text)?.[1];
    assert.equal(await language({ 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' }), 'de');
    assert.equal(await language({ 'accept-language': 'fr' }), 'en');
    const chosen = await get('/language?to=de');
    assert.equal(chosen.status, 303);
    const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? '';
    assert.equal(await language({ cookie, 'accept-language': 'en' }), 'de');
  });

  it('shows the mails of the demo’s users, on this machine only', async () => {
    const shown = await get('/mails');
    assert.equal(shown.status, 200);
    assert.match(shown.text, /For “ada”[\s\S]*&#60;b&#62;“ada”/);
    assert.doesNotMatch(shown.text, /real/);
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { host: 'evil.example' }]) {
      const refused = await get('/mails', headers);
      assert.equal(refused.status, 403);
      assert.doesNotMatch(refused.text, /“ada”/);
    }
  });

  it('makes a mistake that the authorization server refuses', async () => {
    const { status, headers } = await get('/mistake');
    assert.equal(status, 303);
    const refused = await fetch(headers.get('location') ?? '', { redirect: 'manual' });
    assert.equal(refused.status, 400);
  });
});
