import { directoryEndpoints } from '../directory/routes.ts';
import type { MakeEndpoints } from './operation.ts';

/** Users, organizers and teams. */
export const directoryApi: MakeEndpoints = (deps) =>
  directoryEndpoints(deps, deps.config, deps.passwordQueue);
