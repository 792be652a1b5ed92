import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ImportBody, importDirectory } from '../support/bulk.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { withServer } from '../support/fixture.ts';
import { callManagement, manage } from '../support/platform.ts';

const user = (id: string, more: object = {}) => ({
  user: { id, email: `${id}@example.com`, ...more },
});
const organizer = (slug: string, name: unknown = slug) => ({ organizer: { slug, name } });
const team = (at: string, id: string, more: object = {}) => ({
  team: { organizer: at, id, ...more },
});

const REQUIRED = ['This field is required.'];
const SHAPE =
  'Expected a JSON object with exactly one of "user", "organizer" and "team", which is an object.';

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`Importing the whole directory in one call, on ${engine}`, () => {
    const server = withServer(variables);

    const send = (body: ImportBody, query = '') => importDirectory(server, body, query);
    const get = (path: string) => manage(server, 'GET', `/api/v1${path}`);
    const logged = async () =>
      (
        await server.database.db
          .selectFrom('audit_events')
          .select(['action', 'actor', 'user_id as user', 'data'])
          // The command line has migrated the embedded database before the test.
          .where('action', '<>', 'stagedoor.operator.command')
          .orderBy('id')
          .execute()
      ).map(({ action, actor, user, data }) => ({
        action: action.replace('stagedoor.', ''),
        actor,
        user,
        data: JSON.parse(JSON.stringify(data)),
      }));

    const EVERYTHING = [
      organizer('red', { en: 'Red', de: 'Rot' }),
      organizer('blue'),
      user('ada', { full_name: 'Ada', locale: 'de', timezone: 'Europe/Berlin' }),
      user('ben', { password: 'correct horse' }),
      user('cleo', { is_active: false }),
      team('red', 'staff', {
        name: 'Staff',
        permissions: ['can_change_orders', 'can_view_orders'],
        all_events: false,
        limit_events: ['winter', 'summer'],
        members: ['ben', 'ada', 'ben'],
      }),
      team('blue', 'staff'),
    ];

    test('the report has the outcome of each line', async () => {
      const answer = await send(EVERYTHING);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('content-type'), 'application/jsonl');
      assert.deepEqual(answer.report, [
        { line: 1, organizer: 'red', outcome: 'created' },
        { line: 2, organizer: 'blue', outcome: 'created' },
        { line: 3, user: 'ada', outcome: 'created' },
        { line: 4, user: 'ben', outcome: 'created' },
        { line: 5, user: 'cleo', outcome: 'created' },
        { line: 6, organizer: 'red', team: 'staff', outcome: 'created' },
        { line: 7, organizer: 'blue', team: 'staff', outcome: 'created' },
      ]);
      assert.deepEqual(answer.end, {
        done: true,
        committed: true,
        created: 7,
        changed: 0,
        unchanged: 0,
        refused: 0,
      });
      assert.deepEqual(await get('/users/ada/'), {
        id: 'ada',
        email: 'ada@example.com',
        full_name: 'Ada',
        locale: 'de',
        timezone: 'Europe/Berlin',
        is_active: true,
        is_operator: false,
      });
      assert.deepEqual(await get('/directory/organizers/red/teams/staff/'), {
        id: 'staff',
        name: 'Staff',
        permissions: ['can_view_orders', 'can_change_orders'],
        all_events: false,
        limit_events: ['summer', 'winter'],
        members: ['ada', 'ben'],
      });
      assert.deepEqual(Reflect.get(Object(await get('/users/')), 'count'), 3);
    });

    test('the log has one entry for each change, and one for the call with its counts', async () => {
      const entries = await logged();
      assert.deepEqual(
        entries.map(({ action, user: of }) => [action, of]),
        [
          ['directory.organizer.changed', null],
          ['directory.organizer.changed', null],
          ['directory.user.changed', 'ada'],
          ['directory.user.changed', 'ben'],
          ['directory.user.changed', 'cleo'],
          ['directory.team.changed', null],
          ['directory.team.changed', null],
          ['operator.called', null],
          // The reading calls of the previous test.
          ['operator.called', null],
          ['operator.called', null],
          ['operator.called', null],
        ],
      );
      assert.ok(entries.every(({ actor }) => actor === 'operator:bootstrap'));
      assert.deepEqual(entries[7]?.data, {
        token: 'bootstrap',
        method: 'POST',
        path: '/api/v1/directory/bulk/',
        status: 200,
        calls: 1,
        counts: { created: 7, changed: 0, unchanged: 0, refused: 0 },
      });
      assert.doesNotMatch(JSON.stringify(entries), /correct horse/);
    });

    test('a repeated import leaves everything unchanged and logs only the call', async () => {
      const before = (await logged()).length;
      const answer = await send(EVERYTHING);
      assert.deepEqual(
        answer.report.map(({ outcome }) => outcome),
        EVERYTHING.map(() => 'unchanged'),
      );
      assert.equal(answer.end?.unchanged, 7);
      const [call, ...more] = (await logged()).slice(before);
      assert.deepEqual(more, []);
      assert.equal(call?.data.counts.unchanged, 7);
    });

    test('changed fields are reported as changed', async () => {
      const { report, end } = await send([
        organizer('red', 'Red'),
        user('ada', { full_name: 'Ada', locale: 'de', timezone: 'Europe/Berlin', password: 'x' }),
        user('ben', { password: 'better' }),
        user('cleo'),
        team('red', 'staff', { name: 'Staff', permissions: ['can_view_orders'], members: [] }),
      ]);
      assert.deepEqual(
        report.map(({ outcome }) => outcome),
        Array(5).fill('changed'),
      );
      assert.equal(end?.changed, 5);
      assert.equal(Reflect.get(Object(await get('/users/cleo/')), 'is_active'), true);
      assert.equal((await send([user('ben', { password: 'better' })])).end?.unchanged, 1);
      assert.deepEqual(
        Reflect.get(Object(await get('/directory/organizers/red/teams/staff/')), 'members'),
        [],
      );
    });

    test('an invalid line is refused with its field, and the other lines are carried out', async () => {
      const { report, end } = await send([
        user('dora'),
        user('eve', { email: 'ADA@example.com' }),
        user('a b'),
        { user: { email: 'x', is_active: 1 } },
        user('emil', { email: 'emil@example.com', locale: 'de_DE', password: '' }),
        user('emil', { upstream_subject: 'x' }),
        organizer('-x'),
        organizer('green', {}),
        { organizer: { name: 'Nameless' } },
        team('nowhere', 'staff'),
        team('-x', 'staff'),
        team('red', 'a b'),
        team('red', 'crew', { permissions: ['can_fly'], members: ['dora'] }),
        team('red', 'crew', { members: ['dora', 'nobody', 'noone'] }),
        team('red', 'crew', { members: ['dora', 7] }),
        {},
        { ...user('finn'), ...organizer('finn') },
        { ...user('finn'), dry_run: true },
        { user: null },
        { user: ['finn'] },
        { group: { id: 'x' } },
        team('red', 'crew', { members: ['dora'] }),
      ]);
      const refused = { outcome: 'refused' };
      const id = ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'];
      assert.deepEqual(report, [
        { line: 1, user: 'dora', outcome: 'created' },
        {
          ...{ line: 2, user: 'eve', ...refused },
          errors: { email: ['This e-mail address is already in use.'] },
        },
        // The address is invalid as well, but field errors are reported first.
        { line: 3, user: 'a b', ...refused, errors: { email: ['Enter a valid email address.'] } },
        {
          ...{ line: 4, ...refused },
          errors: {
            email: ['Enter a valid email address.'],
            is_active: ['Must be a valid boolean.'],
            id: REQUIRED,
          },
        },
        {
          ...{ line: 5, user: 'emil', ...refused },
          errors: {
            locale: ['Not a language tag such as "en" or "pt-BR".'],
            password: ['This field may not be blank.'],
          },
        },
        {
          ...{ line: 6, user: 'emil', ...refused },
          errors: {
            upstream_subject: ['Users sign in with passwords here: OIDC_ISSUER is not set.'],
          },
        },
        {
          ...{ line: 7, organizer: '-x', ...refused },
          errors: {
            slug: ['A slug is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.'],
          },
        },
        {
          ...{ line: 8, organizer: 'green', ...refused },
          errors: { name: ['This field may not be blank.'] },
        },
        { line: 9, ...refused, errors: { slug: REQUIRED } },
        {
          ...{ line: 10, organizer: 'nowhere', team: 'staff', ...refused },
          errors: { organizer: ['There is no organizer "nowhere".'] },
        },
        {
          ...{ line: 11, organizer: '-x', team: 'staff', ...refused },
          errors: { organizer: ['Not the slug of an organizer.'] },
        },
        { line: 12, organizer: 'red', team: 'a b', ...refused, errors: { id } },
        {
          ...{ line: 13, organizer: 'red', team: 'crew', ...refused },
          errors: { permissions: ['"can_fly" is not a valid choice.'] },
        },
        {
          ...{ line: 14, organizer: 'red', team: 'crew', ...refused },
          errors: { members: ['There is no user "nobody".', 'There is no user "noone".'] },
        },
        {
          ...{ line: 15, organizer: 'red', team: 'crew', ...refused },
          errors: { members: ['1: Not a valid string.'] },
        },
        ...[16, 17, 18, 19, 20, 21].map((line) => ({ line, ...refused, detail: SHAPE })),
        { line: 22, organizer: 'red', team: 'crew', outcome: 'created' },
      ]);
      assert.deepEqual(end, {
        done: true,
        committed: true,
        created: 2,
        changed: 0,
        unchanged: 0,
        refused: 20,
      });
      for (const path of ['/users/eve/', '/users/emil/', '/users/finn/']) {
        assert.equal((await callManagement(server, 'GET', `/api/v1${path}`)).status, 404, path);
      }
    });

    test('a team line before its organizer is refused, the same line after it is not', async () => {
      const { report } = await send([
        team('late', 'staff', { members: ['zoe'] }),
        organizer('late'),
        team('late', 'staff', { members: ['zoe'] }),
        user('zoe'),
        team('late', 'staff', { members: ['zoe'] }),
      ]);
      assert.deepEqual(
        report.map(({ outcome, errors }) => errors ?? outcome),
        [
          { organizer: ['There is no organizer "late".'] },
          'created',
          { members: ['There is no user "zoe".'] },
          'created',
          'created',
        ],
      );
    });

    test('several lines for the same object are carried out in order', async () => {
      const { report } = await send([
        user('twice', { full_name: 'One', password: 'one' }),
        user('twice', { full_name: 'One', password: 'one' }),
        user('twice', { full_name: 'Two', password: 'two' }),
        user('twice', { full_name: 'Two', password: 'one' }),
        user('other', { email: 'TWICE@example.com' }),
        organizer('twice', 'One'),
        organizer('twice', 'Two'),
      ]);
      assert.deepEqual(
        report.map(({ outcome }) => outcome),
        ['created', 'unchanged', 'changed', 'changed', 'refused', 'created', 'changed'],
      );
      assert.equal(
        (await send([user('twice', { full_name: 'Two', password: 'one' })])).end?.unchanged,
        1,
      );
    });

    describe('with atomic=true', () => {
      const LINES = [
        organizer('whole'),
        user('gina', { password: 'one of gina' }),
        team('whole', 'staff', { members: ['gina'] }),
      ];
      const exists = async (path: string) =>
        (await callManagement(server, 'GET', `/api/v1${path}`)).status === 200;

      test('one refused line: nothing is written, and all invalid lines are reported', async () => {
        const before = (await logged()).length;
        const { status, report, end } = await send(
          [...LINES, user('hugo', { email: 'x' }), user('ines'), team('nowhere', 'staff')],
          '?atomic=true',
        );
        assert.equal(status, 200);
        assert.deepEqual(
          report.map(({ outcome }) => outcome),
          ['created', 'created', 'created', 'refused', 'created', 'refused'],
        );
        assert.deepEqual(end, {
          done: true,
          committed: false,
          created: 4,
          changed: 0,
          unchanged: 0,
          refused: 2,
        });
        for (const path of ['/users/gina/', '/users/ines/', '/directory/organizers/whole/']) {
          assert.equal(await exists(path), false, path);
        }
        const [call, ...reading] = (await logged()).slice(before);
        assert.equal(call?.data.counts.refused, 2);
        assert.ok(reading.every(({ action }) => action === 'operator.called'));
      });

      test('no refused line: everything is written', async () => {
        const before = (await logged()).length;
        const { end } = await send(LINES, '?atomic=true');
        assert.deepEqual([end?.committed, end?.created], [true, 3]);
        const entries = (await logged()).slice(before);
        assert.deepEqual(
          entries.map(({ action }) => action),
          [
            'directory.organizer.changed',
            'directory.user.changed',
            'directory.team.changed',
            'operator.called',
          ],
        );
        assert.equal(await exists('/directory/organizers/whole/teams/staff/'), true);
        const again = await send(LINES, '?atomic=true');
        assert.deepEqual([again.end?.committed, again.end?.unchanged], [true, 3]);
      });
    });
  });
}
