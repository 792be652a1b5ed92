import { directoryEndpoints } from '../directory/routes.ts';
import type { MakeEndpoints } from './operation.ts';

/** Makes the endpoints for users, organizers and teams. */
export const directoryApi: MakeEndpoints = (deps) =>
  directoryEndpoints(deps, deps.config, deps.passwordQueue);
