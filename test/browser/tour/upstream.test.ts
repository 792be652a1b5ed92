import { describe, it } from 'node:test';
import { startAgentWorld, tourAgents } from '../../support/browser/agent-tour.ts';
import { chromiumPath } from '../../support/browser/launch.ts';
import { assertSound } from '../../support/browser/soundness.ts';
import { tourDemo } from '../../support/browser/tour.ts';
import { startUpstreamWorld, tourUpstream } from '../../support/browser/upstream-tour.ts';
import { withBrowser } from '../../support/browser/window.ts';
import { prepared, withServer } from '../../support/fixture.ts';

const skip = chromiumPath() === undefined && 'Chromium is not installed';

describe('Every page of other setups, on both screens and for screen readers', { skip }, () => {
  const chromium = withBrowser();
  const world = prepared(startUpstreamWorld, (one) => one.close());
  const agents = prepared(startAgentWorld, (one) => one.close());
  const demo = withServer({ DEMO: '1' });

  it('pages with the platform’s own login have no defects', async () => {
    await tourUpstream({ ...chromium, options: {}, look: assertSound }, world);
  });

  it('pages about agents have no defects', async () => {
    await tourAgents({ ...chromium, options: {}, look: assertSound }, agents);
  });

  it('pages of the demo have no defects', async () => {
    await tourDemo({ ...chromium, options: {}, look: assertSound }, demo);
  });
});
