import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientCredentials } from './platform.ts';
import type { TestServer } from './server.ts';
import { refresh } from './tokens.ts';

/** An application that refreshes its tokens continuously, and must never be refused. */
export class RunningClient {
  client: ClientCredentials;
  token: string;
  requests = 0;
  #stopped = false;
  readonly #work: Promise<void>;

  constructor(server: TestServer, client: ClientCredentials, token: string) {
    this.client = client;
    this.token = token;
    this.#work = this.#run(server);
  }

  /** Waits until a request that began after this call has been answered. */
  async next(): Promise<void> {
    const enough = this.requests + 2;
    while (this.requests < enough && !this.#stopped) {
      await Promise.race([sleep(20), this.#work]);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  async #run(server: TestServer): Promise<void> {
    while (!this.#stopped) {
      const answer = await refresh(server, this.client, this.token);
      if (answer.status !== 200) {
        this.#stopped = true;
      }
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      this.token = answer.body.refresh_token ?? '';
      this.requests += 1;
      await sleep(30);
    }
  }
}
