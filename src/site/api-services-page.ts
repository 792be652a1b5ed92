import type { Config } from '../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import type { Page } from '../http/page.ts';
import { type ExampleName, presentExample } from './examples.ts';
import { presentDocument } from './guide.ts';
import { readGuide } from './guide-document.ts';
import { type SiteDeps, staticPage } from './site-page.ts';

const EXAMPLES: Readonly<Record<string, ExampleName>> = {
  'register-script': 'register-service.sh',
  'register-answer': 'registered-answer.txt',
  'service-koa': 'service-koa.mjs',
  'service-express': 'service-express.mjs',
  'service-fastify': 'service-fastify.mjs',
  'service-node': 'service-node.mjs',
  'service-fetch': 'service-fetch.mjs',
  'token-script': 'token.sh',
  refusal: 'refusal-answer.txt',
  'service-strict': 'strict.mjs',
  introspect: 'introspect.sh',
  'answer-active': 'introspection-answer.txt',
  'changes-script': 'changes.sh',
  'changes-answer': 'changes-answer.txt',
  'answer-inactive': 'inactive-answer.txt',
  'service-python': 'service.py',
  'service-apache': 'apache.conf',
};

/** The guide for developers of API services. */
export function apiServicesPage({
  issuer,
  permissions,
  organizerPermissions,
}: Config): Page<SiteDeps> {
  const values = { issuer, limit: String(ORGANIZERS_PER_GRANT) };
  return staticPage('/docs/api-services', 'docs/guide', (locale) => {
    const examples = Object.fromEntries(
      Object.entries(EXAMPLES).map(([id, file]) => [id, presentExample(file, { issuer })]),
    );
    return {
      ...presentDocument(readGuide('api-services', locale, { values }), examples),
      permissions: permissions.map((name) => ({
        name,
        isOrganizerLevel: organizerPermissions.has(name),
      })),
    };
  });
}
