import { Agent, request } from 'node:http';

/** A request that is sent repeatedly. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Part of the expected response. */
  readonly expect: string;
}

/**
 * Calls `send` `count` times from `connections` senders; each of them waits for its result.
 * @returns the milliseconds of each call
 */
export async function drive(
  count: number,
  connections: number,
  send: (index: number, connection: number) => Promise<unknown>,
): Promise<number[]> {
  const milliseconds: number[] = [];
  let next = 0;
  const sender = async (connection: number) => {
    while (next < count) {
      const index = next;
      next += 1;
      const start = performance.now();
      await send(index, connection);
      milliseconds.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => sender(connection)));
  return milliseconds;
}

/**
 * Sends `count` requests over `connections` keep-alive connections, each of which waits for the
 * response.
 * @returns the seconds of all requests
 * @throws Error at the first unexpected response
 */
export async function load(target: Target, count: number, connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = performance.now();
  try {
    await drive(count, connections, () => post(target, agent));
  } finally {
    agent.destroy();
  }
  return (performance.now() - start) / 1000;
}

/**
 * Sends one request.
 * @throws Error if the response is not the expected one
 */
export function post(target: Target, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(target.url, { method: 'POST', agent, headers: target.headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200 && text.includes(target.expect)) {
          resolve();
        } else {
          reject(new Error(`${target.url}: ${response.statusCode} ${text.slice(0, 300)}`));
        }
      });
    });
    sent.end(target.body);
  });
}
