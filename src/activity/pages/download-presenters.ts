import type { ActivityEntry } from '../activity.ts';
import { type PresentDeps, presentForDownload } from './presenters.ts';

/** A log as one JSON array, an entry a piece of text. */
export async function* downloadOf(
  deps: PresentDeps,
  batches: AsyncIterable<readonly ActivityEntry[]>,
): AsyncGenerator<string> {
  let before = '[';
  for await (const batch of batches) {
    for (const entry of batch) {
      yield `${before}\n${JSON.stringify(presentForDownload(deps, entry))}`;
      before = ',';
    }
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}
