import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { findProgram } from '../support/find-program.ts';
import { withPlatform } from '../support/fixture.ts';
import { type Samples, samplesOf, sumOf } from '../support/metrics.ts';
import { exchange, introspect, obtainTokens, refresh, revoke } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const FOLDER = join(import.meta.dirname, '../../docs/operations');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const PROMTOOL = findProgram('promtool');
/** Words of PromQL that look like names of metrics. */
const WORDS =
  /^(sum|max|min|rate|increase|by|le|or|and|on|abs|absent|time|histogram_quantile|instance|route|status|cause|pool|outcome|reason|endpoint|limit|state|grant_type|exported_job|up|job)$/;

const dashboard = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) }),
  ),
});

describe('Metrics', () => {
  const { server, platform } = withPlatform();

  const text = async () => (await fetch(`${server.issuer}/metrics`)).text();
  const scrape = async () => samplesOf(await text());
  const changeOf = async (work: () => Promise<unknown>) => {
    const before = await scrape();
    await work();
    const after = await scrape();
    return (name: string) => sampleOf(after, name) - sampleOf(before, name);
  };

  it('count introspections, token responses, re-use and revocations by kind', async () => {
    const { application, resourceServer, ada } = platform;
    const count = await changeOf(async () => {
      const first = await obtainTokens(server, { application, user: ada });
      await introspect(server, resourceServer, first.accessToken);
      await introspect(server, resourceServer, 'unknown');
      await introspect(server, { ...resourceServer, clientSecret: 'wrong' }, first.accessToken);
      const second = await refresh(server, application, first.refreshToken);
      await refresh(server, application, first.refreshToken);
      await refresh(server, application, second.body.refresh_token ?? '');
      await refresh(server, application, first.refreshToken);
      const other = await obtainTokens(server, { application, user: ada });
      await revoke(server, application, other.refreshToken);
      await exchange(server, { ...application, clientSecret: 'wrong' }, other.authorization);
    });
    const expected = {
      'stagedoor_introspections_total{outcome="active"}': 1,
      'stagedoor_introspections_total{outcome="inactive"}': 1,
      'stagedoor_introspections_total{outcome="refused"}': 1,
      'stagedoor_token_responses_total{grant_type="authorization_code",outcome="issued"}': 2,
      'stagedoor_token_responses_total{grant_type="authorization_code",outcome="refused"}': 1,
      'stagedoor_token_responses_total{grant_type="refresh_token",outcome="issued"}': 2,
      'stagedoor_token_responses_total{grant_type="refresh_token",outcome="replayed"}': 1,
      'stagedoor_token_responses_total{grant_type="refresh_token",outcome="refused"}': 1,
      'stagedoor_grants_revoked_total{reason="reuse_detected"}': 1,
      'stagedoor_grants_revoked_total{reason="revoked_by_client"}': 1,
      'stagedoor_authentication_failures_total{endpoint="introspect"}': 1,
      'stagedoor_authentication_failures_total{endpoint="token"}': 1,
      'stagedoor_log_entries_total{action="stagedoor.user.oauth.authorized"}': 2,
    };
    const counted = Object.fromEntries(Object.keys(expected).map((name) => [name, count(name)]));
    assert.deepEqual(counted, expected);
  });

  it('count passwords and answers of the changes feed', async () => {
    const { resourceServer, ada } = platform;
    const count = await changeOf(async () => {
      for (const password of ['wrong', ada.password]) {
        const agent = new UserAgent(server);
        const page = await agent.get('/login');
        await agent.submit(page, { email: ada.email, password });
      }
      const { clientId, clientSecret } = resourceServer;
      const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
      await fetch(`${server.issuer}/api/v1/oauth/changes`, { headers: { authorization } });
    });
    assert.equal(count('stagedoor_password_checks_total{outcome="wrong"}'), 1);
    assert.equal(count('stagedoor_password_checks_total{outcome="right"}'), 1);
    assert.equal(count('stagedoor_changes_age_seconds_count'), 1);
  });

  it('have the state of database, mails, keys, clocks and build', async () => {
    const samples = await scrape();
    assert.equal(samples.get('stagedoor_database_up'), 1);
    assert.equal(samples.get('stagedoor_workers'), 1);
    assert.equal(sumOf(samples, /^stagedoor_build_info\{version="\d+\.\d+\.\d+",node="v/), 1);
    assert.ok(Math.abs(samples.get('stagedoor_database_clock_ahead_seconds') ?? 9) < 5);
    assert.ok((samples.get('stagedoor_signing_key_age_seconds') ?? 9e9) < 600);
    assert.ok((samples.get('stagedoor_mail_oldest_pending_seconds') ?? 9e9) < 600);
    const pools = sumOf(samples, /^stagedoor_database_pool_in_use\{pool="\w+"\}/);
    assert.equal(Number.isFinite(pools), true);
  });

  it('have labels with few values', async () => {
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => fetch(`${server.issuer}/page-${i}?id=${i}`)),
    );
    const names = [...(await scrape()).keys()];
    assert.doesNotMatch(names.join(), /page-|id=/);
    assert.ok(names.length < 1_500, String(names.length));
  });

  it('are all described in monitoring.md', async () => {
    const described = read('monitoring.md');
    for (const name of namesIn(await text()).filter((one) => one.startsWith('stagedoor_'))) {
      assert.ok(described.includes(`\`${name}\``), name);
    }
  });

  it('have the names and labels that alerts and dashboard ask for', async () => {
    const exposed = await text();
    const names = new Set(namesIn(exposed));
    const { panels } = dashboard.parse(JSON.parse(read('dashboard.json')));
    const ofPanels = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const ofAlerts = [...read('alerts.yml').matchAll(/^ +expr: (.+)$/gm)].map(([, expr]) => expr);
    assert.ok(ofAlerts.length >= 19 && ofPanels.length >= 30);
    for (const expression of [...ofAlerts, ...ofPanels]) {
      const bare = (expression ?? '').replace(/"[^"]*"/g, '').replace(/\[\w+\]/g, '');
      for (const [word] of bare.matchAll(/[a-z_]{2,}\w*/g)) {
        const name = word.replace(/(?<=_seconds)_(bucket|count|sum)$/, '');
        assert.ok(names.has(name) || WORDS.test(word), `${word} in ${expression}`);
      }
      for (const [, label, value] of (expression ?? '').matchAll(/(\w+)="([a-z_]+)"/g)) {
        const isThere = exposed.includes(`${label}="${value}"`);
        assert.ok(isThere || label === 'job', `${label}="${value}" in ${expression}`);
      }
    }
  });

  it('have an entry in alerts.md and a test for each alert', () => {
    const rules = read('alerts.yml');
    const headings = [...read('alerts.md').matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    const alerts = [...rules.matchAll(/- alert: (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(headings, alerts);
    const tests = read('alerts.test.yml');
    assert.deepEqual(
      alerts.filter(
        (name) => !tests.includes(`runbook: docs/operations/alerts.md#${name?.toLowerCase()}\n`),
      ),
      [],
      'an alert that no test lets ring',
    );
    const anchors = [...rules.matchAll(/alerts\.md#(\w+)$/gm)].map(([, anchor]) => anchor);
    assert.deepEqual(
      anchors,
      alerts.map((name) => name?.toLowerCase()),
    );
  });

  it('and alerts pass promtool', { skip: PROMTOOL === undefined && 'not installed' }, async () => {
    const path = join(FOLDER, 'alerts.yml');
    execFileSync(PROMTOOL ?? '', ['check', 'rules', '--lint-fatal', path], { stdio: 'pipe' });
    const cases = join(FOLDER, 'alerts.test.yml');
    execFileSync(PROMTOOL ?? '', ['test', 'rules', cases], { stdio: 'pipe' });
    const lint = spawnSync(PROMTOOL ?? '', ['check', 'metrics'], {
      input: await text(),
      encoding: 'utf8',
    });
    const complaints = lint.stderr.split('\n').filter((line) => /^(http|stagedoor)_/.test(line));
    assert.deepEqual(complaints, []);
    assert.doesNotMatch(lint.stderr, /error while linting/);
  });
});

function namesIn(exposed: string): string[] {
  return [...exposed.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? '');
}

function sampleOf(samples: Samples, name: string): number {
  return samples.get(name) ?? 0;
}
