import { readdirSync, readFileSync } from 'node:fs';

/** Returns the ids of child processes. Needs /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** Tests if a process runs. */
export function isAlive(pid: number): boolean {
  return statOf(pid) !== undefined;
}

/** Returns undefined if the process does not exist or is a zombie. */
function statOf(pid: number): { parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}
