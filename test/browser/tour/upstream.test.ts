import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type AgentWorld, startAgentWorld, tourAgents } from '../../support/browser/agent-tour.ts';
import { chromiumPath, openBrowser } from '../../support/browser/launch.ts';
import { assertSound } from '../../support/browser/soundness.ts';
import { tourDemo } from '../../support/browser/tour.ts';
import {
  startUpstreamWorld,
  tourUpstream,
  type UpstreamWorld,
} from '../../support/browser/upstream-tour.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('Every page of other setups, on both screens and for screen readers', { skip }, () => {
  let browser: Browser;
  let world: UpstreamWorld;
  let demo: TestServer;
  let agents: AgentWorld;

  before(async () => {
    browser = await openBrowser();
    world = await startUpstreamWorld();
    agents = await startAgentWorld();
    demo = await startServer({ DEMO: '1' });
  });
  after(async () => {
    await browser?.close();
    await world?.close();
    await demo?.close();
    await agents?.close();
  });

  it('pages with the platform’s own login have no defects', async () => {
    await tourUpstream({ browser, options: {}, look: assertSound }, world);
  });

  it('pages about agents have no defects', async () => {
    await tourAgents({ browser, options: {}, look: assertSound }, agents);
  });

  it('pages of the demo have no defects', async () => {
    await tourDemo({ browser, options: {}, look: assertSound }, demo);
  });
});
