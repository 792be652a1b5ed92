import { Agent, request } from 'node:http';

/** One request, sent again and again. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A part of the answer, by which a wrong one is noticed. */
  readonly expect: string;
}

/**
 * Sends `count` requests over `connections` keep-alive connections, each waiting for its answer.
 * @returns seconds that it took
 * @throws Error at the first answer that is not the expected one
 */
export async function load(target: Target, count: number, connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await post(target, agent);
    }
  };
  const start = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, worker));
  } finally {
    agent.destroy();
  }
  return (performance.now() - start) / 1000;
}

function post(target: Target, agent: Agent): Promise<void> {
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
