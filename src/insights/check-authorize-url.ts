import { type ParsedUrlQuery, parse } from 'node:querystring';
import { type Application, applicationState } from '../applications/application.ts';
import { resourceKey } from '../lib/resource-uri.ts';
import {
  AUTHORIZE_PATH,
  type CheckedAgainst,
  KNOWN_PARAMETERS,
  type Parameters,
} from './authorize-request.ts';
import { checkOtherParameters, IGNORED } from './check-other-parameters.ts';
import {
  checkChallenge,
  checkRedirectUriParameter,
  checkResourceParameter,
  checkScopeParameter,
  readResources,
} from './check-parameters.ts';
import { asDetail } from './client-error.ts';
import { type Finding, problem, remark } from './finding.ts';

/** Characters; the server refuses a longer query. */
const LENGTH_LIMIT = 12_000;
const PUSHED = 'urn:ietf:params:oauth:request_uri:';
/** Most resources that are looked up. */
const RESOURCE_LIMIT = 50;
/** Parameters that may be sent more than once. */
const REPEATABLE: readonly string[] = ['max_age', 'resource'];
/** Characters below which a state can be guessed. */
const STATE_LENGTH = 8;

/** Returns the keys of the resources that a URL names. */
export function resourcesInUrl(text: string): string[] {
  const url = URL.parse(text.trim());
  const sent = url === null ? [] : readResources(parse(url.search.slice(1)));
  return sent.flatMap((uri) => resourceKey(uri) ?? []).slice(0, RESOURCE_LIMIT);
}

/**
 * Says of a URL, component by component, whether this server takes it as an authorization request
 * of the application. It does exactly where no finding is an error.
 */
export function checkAuthorizeUrl(
  application: Application,
  config: CheckedAgainst['config'],
  resources: CheckedAgainst['resources'],
  text: string,
): Finding[] {
  const trimmed = text.trim();
  if (trimmed === '') {
    return [problem('url', 'url_empty')];
  }
  if (trimmed.length > LENGTH_LIMIT) {
    return [problem('url', 'url_too_long', { length: String(trimmed.length) })];
  }
  const url = URL.parse(trimmed);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return [problem('url', 'url_invalid', { expected: config.issuer + AUTHORIZE_PATH })];
  }
  // The parser that the server's framework uses: on broken encoding, others read other values.
  const sent = parse(url.search.slice(1));
  return [
    ...checkEndpoint(config.issuer, url),
    ...checkState(application),
    ...checkParameters({ application, config, resources }, sent),
  ];
}

function checkEndpoint(issuer: string, url: URL): Finding[] {
  const expected = issuer + AUTHORIZE_PATH;
  const fragment = url.hash === '' ? [] : [remark('endpoint', 'warning', 'fragment_dropped')];
  if (url.origin !== issuer) {
    const details = { sent: asDetail(url.origin), expected };
    return [problem('endpoint', 'endpoint_origin', details), ...fragment];
  }
  return [checkPath(url.pathname, expected), ...fragment];
}

function checkPath(sent: string, expected: string): Finding {
  if (sent === AUTHORIZE_PATH) {
    return remark('endpoint', 'ok', 'fits');
  }
  // The provider's router accepts this today, without documenting it.
  return sent.toLowerCase().replace(/\/$/, '') === AUTHORIZE_PATH
    ? remark('endpoint', 'warning', 'endpoint_spelling', { expected })
    : problem('endpoint', 'endpoint_path', { sent: asDetail(sent), expected });
}

function checkState(application: Application): Finding[] {
  const state = applicationState(application);
  return state === 'active' ? [] : [problem('application', `application_${state}`)];
}

function checkParameters(against: CheckedAgainst, sent: ParsedUrlQuery): Finding[] {
  const twice = KNOWN_PARAMETERS.filter(
    (name) => Array.isArray(sent[name]) && !REPEATABLE.includes(name) && !IGNORED.includes(name),
  );
  const parameters = readParameters(sent);
  const { request_uri: requestUri } = parameters;
  const pushed = requestUri?.startsWith(PUSHED) && parameters.request === undefined;
  const findings: Finding[] = [
    ...checkClientId(against.application, parameters),
    // All else was in the pushed request, and counts as it was there.
    ...(pushed
      ? [remark('request_uri', 'info', 'pushed_request')]
      : [...checkAll(against, parameters), ...checkResourceParameter(against, sent)]),
  ];
  return [
    // One that is there twice was read as missing: being there twice is what has to be mended.
    ...findings.filter(({ component }) => !twice.some((name) => name === component)),
    ...twice.map((name) => problem(name, 'parameter_twice', { parameters: [name] })),
    ...checkOtherParameters(parameters, sent),
  ];
}

function readParameters(sent: ParsedUrlQuery): Parameters {
  return Object.fromEntries(
    KNOWN_PARAMETERS.flatMap((name) => {
      const value = sent[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );
}

function checkAll(against: CheckedAgainst, parameters: Parameters): Finding[] {
  return [
    ...checkResponseType(parameters),
    ...checkRedirectUriParameter(against.application, parameters),
    ...checkScopeParameter(against, parameters),
    ...checkStateParameter(parameters),
    ...checkChallenge(against.application, parameters),
    ...(parameters.request === undefined ? [] : [problem('request', 'request_object_unsupported')]),
    ...(parameters.request_uri === undefined
      ? []
      : [problem('request_uri', 'request_uri_unsupported')]),
    ...checkControlCharacters(parameters),
  ];
}

function checkClientId({ clientId }: Application, { client_id: sent }: Parameters): Finding[] {
  if (sent === undefined) {
    return [problem('client_id', 'parameter_missing', { parameters: ['client_id'] })];
  }
  if (sent === clientId) {
    return [remark('client_id', 'ok', 'client_id_fits')];
  }
  const almost = sent.trim().toLowerCase() === clientId.toLowerCase();
  return [
    problem('client_id', almost ? 'client_id_spelling' : 'client_id_foreign', {
      sent: asDetail(sent),
      expected: clientId,
    }),
  ];
}

function checkResponseType({ response_type: sent }: Parameters): Finding[] {
  if (sent === undefined) {
    return [problem('response_type', 'parameter_missing', { parameters: ['response_type'] })];
  }
  // Values may come more than once.
  return [...new Set(sent.split(' '))].join(' ') === 'code'
    ? [remark('response_type', 'ok', 'fits')]
    : [problem('response_type', 'response_type_unsupported', { sent: asDetail(sent) })];
}

function checkStateParameter({ state }: Parameters): Finding[] {
  if (state === undefined) {
    return [remark('state', 'warning', 'state_missing')];
  }
  return state.length < STATE_LENGTH
    ? [remark('state', 'warning', 'state_short')]
    : [remark('state', 'ok', 'state_there')];
}

function checkControlCharacters(parameters: Parameters): Finding[] {
  return Object.entries(parameters)
    .filter(([name]) => !IGNORED.some((ignored) => ignored === name))
    .filter(([, value]) => [...value].some((symbol) => symbol < ' ' || symbol === '\u{7f}'))
    .map(([name]) => problem(name, 'control_characters', { parameter: name }));
}
