import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A printed example that runs in a terminal. */
export class Program implements AsyncDisposable {
  readonly #child;
  #output = '';
  readonly #closed: Promise<unknown>;

  constructor(command: string, args: string[], cwd: string) {
    this.#child = spawn(command, args, { cwd });
    this.#child.stdout.on('data', (chunk) => {
      this.#output += String(chunk);
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#output += String(chunk);
    });
    this.#closed = once(this.#child, 'close');
  }

  /** Returns the URL that the example asks to open. */
  async url(): Promise<string> {
    for (let tries = 0; tries < 200; tries += 1) {
      const [url] = /http\S+authorize\S+(?=\s)/.exec(this.#output) ?? [];
      if (url !== undefined) {
        return url;
      }
      await sleep(50);
    }
    throw new Error(`The example printed no address: ${this.#output}`);
  }

  enter(line: string): void {
    this.#child.stdin.end(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#closed;
  }

  async ended(): Promise<string> {
    await this.#closed;
    return this.#output;
  }
}
