import { readConfig } from '../../src/config/config.ts';
import { type Assets, openAssets } from '../../src/http/assets.ts';
import { csrfKeys } from '../../src/http/csrf.ts';
import { createRenderer, type Renderer } from '../../src/http/render.ts';

/** Makes a renderer and its assets from settings of the platform. */
export function testRenderer(
  settings: Readonly<Record<string, string>> = {},
): Renderer & { readonly assets: Assets } {
  const { platform } = readConfig({ DEMO: '0', ...settings });
  const assets = openAssets(platform);
  const options = { keys: csrfKeys(['k'.repeat(40)]), secure: false, platform, assets };
  return { ...createRenderer(options), assets };
}
