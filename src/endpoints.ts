import type { ApiDeps, Endpoint } from './api/endpoint.ts';
import { applicationEndpoints } from './applications/routes.ts';
import { logEndpoints } from './audit/log-routes.ts';
import { accessEndpoints } from './bearer-api/endpoints.ts';
import { blockedHostEndpoints } from './client-documents/routes.ts';
import type { Config } from './config/config.ts';
import { deletionEndpoints } from './deletions/routes.ts';
import { directoryEndpoints } from './directory/routes.ts';
import { grantEndpoints } from './grants/management-routes.ts';
import type { RequestCounter } from './insights/request-counter.ts';
import { errorEndpoints } from './insights/routes.ts';
import type { JobConfig } from './jobs/jobs.ts';
import { pruneEndpoint } from './jobs/routes.ts';
import { operatorTokenEndpoints } from './operators/routes.ts';
import { resourceServerEndpoints } from './resource-servers/routes.ts';
import type { OnReplay } from './tokens/proof.ts';
import type { PasswordQueue } from './users/password-queue.ts';

/** All endpoints of the JSON API, in the order in which they are described. */
export function apiEndpoints(
  deps: ApiDeps & {
    readonly config: JobConfig &
      Pick<
        Config,
        | 'customSchemes'
        | 'metadataDocuments'
        | 'organizerPermissions'
        | 'permissions'
        | 'platform'
        | 'registration'
        | 'scopes'
        | 'upstream'
      >;
    readonly passwordQueue: PasswordQueue;
    readonly requestCounter?: Pick<RequestCounter, 'add'> | undefined;
    readonly onReplay?: OnReplay | undefined;
  },
): Endpoint[] {
  return [
    ...directoryEndpoints(deps, deps.config, deps.passwordQueue),
    ...applicationEndpoints(deps, deps.config),
    ...errorEndpoints(deps),
    ...blockedHostEndpoints(deps),
    ...resourceServerEndpoints(deps),
    ...grantEndpoints(deps),
    ...logEndpoints(deps),
    ...operatorTokenEndpoints(deps),
    ...deletionEndpoints(deps),
    pruneEndpoint(deps, deps.config),
    ...accessEndpoints(deps),
  ];
}
