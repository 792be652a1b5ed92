import type { Config } from '../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import { translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import { type ExampleName, fillExample } from './examples.ts';
import { createProse } from './prose.ts';
import type { SiteText } from './texts.ts';
import type { ApiServicesProps } from './views.ts';

const REFUSALS = [
  'token_missing',
  'token_invalid',
  'scope_missing',
  'organizer_closed',
  'permission_missing',
  'unavailable',
] as const;

/** The guide for those who write an API service of the platform. */
export function presentApiServices(config: Config, locale: Locale): ApiServicesProps {
  const fill = (name: ExampleName) => fillExample(name, { issuer: config.issuer });
  return {
    issuer: config.issuer,
    organizerLimit: ORGANIZERS_PER_GRANT,
    permissions: config.permissions,
    prose: createProse(translator<SiteText>(locale)),
    programs: [
      { id: 'koa', file: 'service.mjs', code: fill('service-koa.mjs') },
      { id: 'express', file: 'service.mjs', code: fill('service-express.mjs') },
      { id: 'fastify', file: 'service.mjs', code: fill('service-fastify.mjs') },
      { id: 'node', file: 'service.mjs', code: fill('service-node.mjs') },
      { id: 'fetch', file: 'service.mjs', code: fill('service-fetch.mjs') },
    ],
    refusals: REFUSALS,
    code: {
      register: fill('register-service.sh'),
      registered: fill('registered-answer.txt'),
      refusal: fill('refusal-answer.txt'),
      strict: fill('strict.mjs'),
      introspect: fill('introspect.sh'),
      introspection: fill('introspection-answer.txt'),
      inactive: fill('inactive-answer.txt'),
      python: fill('service.py'),
      apache: fill('apache.conf'),
    },
  };
}
