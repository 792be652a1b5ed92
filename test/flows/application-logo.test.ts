import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Transformer } from '@napi-rs/image';
import { LOGO_BYTES, LOGO_SIDE } from '../../src/applications/encode-logo.ts';
import { putUser, reviewApplication } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, authorize, challengeOf, signIn } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { says } from '../support/texts.ts';
import { UserAgent } from '../support/user-agent.ts';

describe('Logo of an application', () => {
  const { server, platform } = withPlatform();
  let ben: UserAgent;
  let home: string;
  let wide: Transformer;
  const { application } = platform;

  before(async () => {
    home = `/account/applications/${application.clientId}`;
    ben = new UserAgent(server);
    await signIn(ben, await ben.get('/login'), platform.ben);
    const red = Buffer.from([200, 0, 0, 255]);
    wide = Transformer.fromRgbaPixels(Buffer.alloc(400 * 200 * 4, red), 400, 200);
  });

  async function upload(file: Uint8Array, { agent = ben, csrf = '' } = {}) {
    const { body } = await agent.get(`${home}/logo`);
    const [, token = ''] = /name="csrf" value="([^"]+)"/.exec(body) ?? [];
    const form = new FormData();
    form.set('csrf', csrf || token);
    form.set('logo', new Blob([Buffer.from(file)], { type: 'image/png' }), 'logo.svg');
    const request = new Request(server.issuer, { method: 'POST', body: form });
    return agent.request(`${home}/logo`, {
      method: 'POST',
      body: new Uint8Array(await request.arrayBuffer()),
      headers: {
        origin: new URL(server.issuer).origin,
        'content-type': request.headers.get('content-type') ?? '',
      },
    });
  }

  const LOGO = /src="(\/application-logos\/[0-9a-f]{64}\.png)"/;
  const isReviewed = async () => {
    const { body } = await callManagement(
      server,
      'GET',
      `/api/v1/applications/${application.clientId}/`,
    );
    return Object(body).reviewed_at !== null;
  };
  async function consentPage(): Promise<string> {
    const agent = new UserAgent(server);
    await signIn(agent, await agent.get('/login'), platform.ada);
    const request = {
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: application.redirectUri,
      code_challenge: challengeOf('v'.repeat(43)),
      code_challenge_method: 'S256',
      prompt: 'consent',
    };
    return (await agent.get(authorizationUrl(server, request))).body;
  }

  it('is a square PNG of this server, and users see it after a review', async () => {
    const authorization = await authorize(server, { application, user: platform.ada });
    await reviewApplication(server, application.clientId);
    assert.equal(await isReviewed(), true);
    const saved = await upload(await wide.jpeg());
    assert.match(saved.body, says('applications.notice.logo_saved'));
    assert.equal(await isReviewed(), false);
    const [, path = ''] = LOGO.exec(saved.body) ?? [];
    const response = await fetch(server.issuer + path);
    assert.equal(response.headers.get('content-type'), 'image/png');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('cache-control') ?? '', /immutable/);
    assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/);
    const image = new Transformer(new Uint8Array(await response.arrayBuffer()));
    const { width, height, format } = await image.metadata();
    assert.deepEqual([width, height, format], [256, 256, 'png']);
    const pixels = await image.rawPixels();
    assert.deepEqual([...pixels.subarray(0, 3)], [255, 255, 255], 'white above the wide image');
    const center = pixels.subarray((128 * 256 + 128) * 4, (128 * 256 + 128) * 4 + 4);
    assert.ok((center[0] ?? 0) > 180 && center[3] === 255, `red in the center: ${center.join()}`);
    assert.match((await ben.get('/account/applications')).body, LOGO);
    assert.doesNotMatch(await consentPage(), LOGO);
    const connected = () => authorization.agent.get('/account/authorizations');
    assert.doesNotMatch((await connected()).body, LOGO);
    await reviewApplication(server, application.clientId);
    assert.match(await consentPage(), LOGO);
    assert.match((await connected()).body, LOGO);
  });

  it('stays reviewed if the same is uploaded again, and is removed with its image', async () => {
    const again = await upload(await wide.jpeg());
    assert.match(again.body, says('applications.notice.logo_saved'));
    assert.equal(await isReviewed(), true);
    const [, path = ''] = LOGO.exec(again.body) ?? [];
    const page = await ben.get(`${home}/logo`);
    const form = page.forms.find(({ action }) => action?.endsWith('/remove'));
    assert.ok(form);
    const gone = await ben.submit({ ...page, forms: [form] }, {}, 'csrf');
    assert.match(gone.body, says('applications.notice.logo_removed'));
    assert.doesNotMatch(gone.body, LOGO);
    assert.equal((await fetch(server.issuer + path)).status, 404);
    assert.equal(await isReviewed(), false);
  });

  const sized = (width: number, height: number) => {
    const header = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
    const size = Buffer.alloc(8);
    size.writeUInt32BE(width, 0);
    size.writeUInt32BE(height, 4);
    return Buffer.concat([header, size, Buffer.alloc(100)]);
  };
  /** A JPEG that states another size behind its own. */
  const twoSizes = async () => {
    const jpeg = await wide.jpeg();
    const frame = Buffer.from('ffc00011080fff0fff03012200021101031101', 'hex');
    return Buffer.concat([jpeg.subarray(0, -2), frame, jpeg.subarray(-2)]);
  };
  for (const [name, fault, make] of [
    ['an SVG', 'type', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a WebP', 'type', () => wide.webp()],
    ['no file', 'missing', () => Buffer.alloc(0)],
    ['more than 1 MB', 'large', () => Buffer.alloc(LOGO_BYTES + 1, 1)],
    ['a PNG of billions of pixels', 'size', () => sized(60_000, 60_000)],
    ['a PNG that is a bit too wide', 'size', () => sized(LOGO_SIDE + 1, 1)],
    ['a JPEG with two sizes', 'size', twoSizes],
    ['a damaged PNG', 'broken', () => sized(100, 100)],
    ['half of a PNG', 'broken', async () => (await wide.png()).subarray(0, 200)],
  ] as const) {
    it(`is refused: ${name}`, async () => {
      const page = await upload(await make());
      assert.equal(page.status, 422);
      const params = fault === 'size' ? { side: LOGO_SIDE } : {};
      assert.match(page.body, says(`applications.logo.${fault}`, params));
    });
  }

  it('is set by the owner only, with a CSRF token, in a form of moderate size', async () => {
    const png = await wide.png();
    assert.equal((await upload(png, { csrf: 'x' })).status, 403);
    assert.equal((await upload(Buffer.alloc(4 * LOGO_BYTES))).status, 413);
    const ada = new UserAgent(server);
    await signIn(ada, await ada.get('/login'), platform.ada);
    assert.equal((await upload(png, { agent: ada })).status, 404);
    const body = `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n`.repeat(100);
    for (const type of ['multipart/form-data; boundary=b', 'multipart/form-data', 'text/plain']) {
      const headers = { 'content-type': type, origin: new URL(server.issuer).origin };
      const page = await ben.request(`${home}/logo`, { method: 'POST', body, headers });
      assert.ok([400, 415, 422].includes(page.status), `${type}: ${page.status}`);
    }
    assert.equal((await fetch(`${server.issuer}/application-logos/x.png`)).status, 404);
  });

  it('operators see the logo of the review beside a later one, and the API names its address', async () => {
    const operator = await putUser(server, { id: 'olga', isOperator: true });
    const console = new UserAgent(server);
    await signIn(console, await console.get('/login'), operator);
    const page = async () =>
      (await console.get(`/operator/applications/${application.clientId}`)).body;
    const logos = (body: string) =>
      [...body.matchAll(/src="(data:image\/png;base64,|\/)([^"]+)" alt="[^"]/g)].map(
        ([, , source = '']) => source,
      );
    const address = async () => {
      const path = `/api/v1/applications/${application.clientId}/`;
      return Object((await callManagement(server, 'GET', path)).body).logo_url;
    };
    const side = 256;
    const pixels = (color: readonly number[]) =>
      Transformer.fromRgbaPixels(Buffer.alloc(side * side * 4, Buffer.from(color)), side, side);
    await upload(await pixels([0, 90, 0, 255]).png());
    await reviewApplication(server, application.clientId);
    const first = await address();
    const image = Buffer.from(await (await fetch(first)).arrayBuffer()).toString('base64');
    assert.deepEqual(logos(await page()), []);
    await upload(await pixels([0, 0, 90, 255]).png());
    const second = await address();
    assert.notEqual(first, second);
    assert.deepEqual(logos(await page()), [image, new URL(second).pathname.slice(1)]);
    const grants = (await console.get(`/operator/grants?application=${application.clientId}`)).body;
    assert.ok(grants.includes(new URL(second).pathname));
    const edit = (await ben.get(`${home}/edit`)).body;
    assert.ok(edit.slice(edit.indexOf('id="preview"')).includes(new URL(second).pathname));
    assert.match(edit, says('applications.preview.logo'));
    assert.equal((await fetch(first)).status, 404);
  });
});
