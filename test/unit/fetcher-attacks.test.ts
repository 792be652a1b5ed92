import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isGlobalAddress } from '../../src/fetch/global-address.ts';
import {
  type CountingHost,
  failureOf,
  fetcherFor,
  INSIDE,
  OUTSIDE,
  startHost,
} from '../support/fetch-hosts.ts';

/** Hosts and URLs that are refused by their form. `PORT` is the port of the listener inside. */
const URLS = [
  'http://client.example/c',
  'HTTP://client.example/c',
  'ftp://client.example/c',
  'file:///etc/passwd',
  'data:application/json,{}',
  'javascript:alert(1)',
  'gopher://127.0.0.1:PORT/_GET',
  'unix:/var/run/docker.sock',
  'client.example/c',
  '//client.example/c',
  'https://',
  'https://user@client.example:PORT/c',
  'https://user:password@client.example:PORT/c',
  'https://client.example:PORT@127.0.0.1:PORT/c',
  'https://client.example:PORT/c#fragment',
  'https://client.example:PORT/c#',
  'https://client.example:22/c',
  'https://client.example:8443/c',
  'https://localhost:PORT/c',
  'https://LOCALHOST:PORT/c',
  'https://localhost.:PORT/c',
  'https://a.localhost:PORT/c',
  'https://localhost.localdomain:PORT/c',
  'https://printer.local:PORT/c',
  'https://metadata.google.internal:PORT/c',
  'https://router.home.arpa:PORT/c',
  'https://service.onion:PORT/c',
  'https://intranet:PORT/c',
  'https://kubernetes.:PORT/c',
  'https://client.example.:PORT/c',
  'https://client..example:PORT/c',
  'https://127.0.0.1:PORT/c',
  'https://127.0.0.1.:PORT/c',
  'https://127.1:PORT/c',
  'https://127.0.1:PORT/c',
  'https://2130706433:PORT/c',
  'https://0x7f000001:PORT/c',
  'https://0x7f.0.0.1:PORT/c',
  'https://0177.0.0.1:PORT/c',
  'https://017700000001:PORT/c',
  'https://0:PORT/c',
  'https://0.0.0.0:PORT/c',
  'https://１２７.0.0.1:PORT/c',
  'https://127。0。0。1:PORT/c',
  'https://%31%32%37.0.0.1:PORT/c',
  'https://[::1]:PORT/c',
  'https://[::]:PORT/c',
  'https://[::ffff:127.0.0.1]:PORT/c',
  'https://[::ffff:7f00:1]:PORT/c',
  'https://[::127.0.0.1]:PORT/c',
  'https://[64:ff9b::7f00:1]:PORT/c',
  'https://[fe80::1%25eth0]:PORT/c',
  'https://93.184.216.34:PORT/c',
  'https://[2606:4700::1111]:PORT/c',
  'https://client.example:PORT\\@127.0.0.1:PORT/c',
  'https://client.example\t:PORT@127.0.0.1/c',
  `https://client.example:PORT/${'a'.repeat(2_048)}`,
  `https://${'a'.repeat(64)}.example:PORT/c`,
];

/** Addresses that a name must not lead to, by the reason. */
const ADDRESSES = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'IPv4 inside IPv6': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:127.0.0.1', '::127.0.0.1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::a00:1', '64:ff9b::5db8:d822', '64:ff9b:1::7f00:1'],
  '6to4 and Teredo': ['2002:7f00:1::1', '2002:a00:1::', '2001:0:7f00:1::1', '192.88.99.1'],
  'private networks': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1'],
  'shared by providers': ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  'link-local': ['169.254.169.254', '169.254.170.2', 'fe80::1', 'febf::1', 'fec0::1'],
  'cloud platforms': ['168.63.129.16', 'fd00:ec2::254', '192.0.0.192'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  'protocols and benchmarks': ['192.0.0.8', '198.18.0.1', '2001:2::1', '2001:20::1', '100::1'],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1'],
  unassigned: ['240.0.0.1', '255.255.255.255', '4000::1', '5f00::1', '::2'],
  'no address': ['', 'localhost', '127.1', '0177.0.0.1', '2130706433', 'fe80::1%eth0'],
};

describe('The fetcher', () => {
  let inside: CountingHost;
  let outside: CountingHost;

  before(async () => {
    inside = await startHost(INSIDE);
    outside = await startHost(OUTSIDE, { port: inside.port });
  });
  after(async () => {
    await inside.close();
    await outside.close();
  });

  for (const given of URLS) {
    test(`${given.slice(0, 70)}: refused without a look-up`, async () => {
      const { port } = inside;
      const lookedUp: string[] = [];
      const resolve = async (name: string) => {
        lookedUp.push(name);
        return [INSIDE];
      };
      const fetcher = fetcherFor({ port, resolve, isGlobal: () => true });
      const { code } = await failureOf(fetcher.get(given.replaceAll('PORT', String(port))));
      assert.equal(code, 'fetch_refused');
      assert.deepEqual(lookedUp, []);
      assert.equal(inside.connections() + outside.connections(), 0);
    });
  }

  test('a name that does not exist and one that leads inside: the same sentence', async () => {
    const messages = [];
    for (const answer of [[], [INSIDE]]) {
      const resolve = async () => answer;
      const fetcher = fetcherFor({ port: inside.port, resolve, isGlobal: isGlobalAddress });
      const { message } = await failureOf(fetcher.get(`https://client.example:${inside.port}/c`));
      messages.push(message);
    }
    const sentence = 'The name client.example was not found on the internet.';
    assert.deepEqual(messages, [sentence, sentence]);
  });

  for (const [reason, addresses] of Object.entries(ADDRESSES)) {
    for (const address of addresses) {
      test(`a name that leads to ${address} (${reason}): refused`, async () => {
        const { port } = inside;
        for (const answer of [[address], ['93.184.216.34', address]]) {
          const fetcher = fetcherFor({
            port,
            resolve: async () => answer,
            isGlobal: isGlobalAddress,
          });
          const { code } = await failureOf(fetcher.get(`https://client.example:${port}/c`));
          assert.equal(code, 'fetch_refused');
        }
        assert.equal(inside.connections() + outside.connections(), 0);
      });
    }
  }

  test('addresses of the internet are not refused', () => {
    for (const address of ['93.184.216.34', '1.1.1.1', '100.63.0.1', '172.32.0.1', '192.0.1.1']) {
      assert.ok(isGlobalAddress(address), address);
    }
    for (const address of ['2606:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888']) {
      assert.ok(isGlobalAddress(address), address);
    }
  });
});

describe('The fetcher, answered by a hostile host', () => {
  const ORIGIN = 'http://localhost';
  let inside: CountingHost;
  let hostile: CountingHost;
  const url = (path: string) => `${ORIGIN}:${hostile.port}${path}`;
  const fetcher = () => fetcherFor({ settings: { fetchPrivateHosts: ['localhost'] } });

  before(async () => {
    inside = await startHost(OUTSIDE);
    hostile = await startHost(INSIDE);
  });
  after(async () => {
    await inside.close();
    await hostile.close();
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`redirect ${status} to the inside: not followed`, async () => {
      const path = `/redirect-${status}`;
      hostile.serve(path, (_, response) => {
        const Location = `http://${OUTSIDE}:${inside.port}/`;
        response.writeHead(status, { Location, 'Content-Type': 'application/json' }).end('{}');
      });
      assert.equal((await failureOf(fetcher().get(url(path)))).code, 'fetch_failed');
      assert.equal(inside.connections(), 0);
    });
  }

  const JSON_HEAD = { 'Content-Type': 'application/json' };
  const ANSWERS: Record<string, Parameters<CountingHost['serve']>[1]> = {
    'no content': (_, response) => response.writeHead(204).end(),
    'part of a document': (_, response) => response.writeHead(206, JSON_HEAD).end('{}'),
    'not found': (_, response) => response.writeHead(404, JSON_HEAD).end('{}'),
    'an error': (_, response) => response.writeHead(500, JSON_HEAD).end('{}'),
    'another protocol': (request) => {
      request.socket.end(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      );
    },
    HTML: (_, response) => response.setHeader('Content-Type', 'text/html').end('<p>'),
    'plain text': (_, response) => response.setHeader('Content-Type', 'text/plain').end('{}'),
    'a type that ends like JSON': (_, response) =>
      response.setHeader('Content-Type', 'text/html+json').end('{}'),
    'no type': (_, response) => response.end('{}'),
    'a gzip bomb': (_, response) =>
      response
        .writeHead(200, { ...JSON_HEAD, 'Content-Encoding': 'gzip' })
        .end(gzipSync('0'.repeat(4_000_000))),
    'a compressed document': (_, response) =>
      response.writeHead(200, { ...JSON_HEAD, 'Content-Encoding': 'br' }).end('{}'),
    'a large body that is announced': (_, response) =>
      response.writeHead(200, { ...JSON_HEAD, 'Content-Length': 5_121 }).end('0'.repeat(5_121)),
    'a large body in chunks': (_, response) =>
      response.writeHead(200, JSON_HEAD).end('0'.repeat(5_121)),
    'fewer bytes than announced': (request) => {
      request.socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}',
      );
    },
    'two lengths': (request) => {
      request.socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
      );
    },
    'bytes that are not UTF-8': (_, response) =>
      response.writeHead(200, JSON_HEAD).end(Buffer.from([0x22, 0xff, 0x22])),
    'a closed connection': (request) => request.socket.destroy(),
    'no HTTP': (request) => request.socket.end('220 mail.example ESMTP\r\n'),
    'very long headers': (_, response) =>
      response.writeHead(200, { ...JSON_HEAD, 'X-Long': 'a'.repeat(20_000) }).end('{}'),
  };
  for (const [name, listener] of Object.entries(ANSWERS)) {
    test(`${name}: no document`, async () => {
      const path = `/${name.replaceAll(' ', '-')}`;
      hostile.serve(path, listener);
      assert.equal((await failureOf(fetcher().get(url(path)))).code, 'fetch_failed');
    });
  }

  const SLOW: Record<string, Parameters<CountingHost['serve']>[1]> = {
    'no response': () => {},
    'slow headers': (request) => {
      request.socket.write('HTTP/1.1 200 OK\r\n');
      drip(request.socket, 'X: y\r\n');
    },
    'endless early hints': (request) => drip(request.socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    'a slow body': (_, response) => {
      response.writeHead(200, { ...JSON_HEAD, 'Content-Length': 5_000 });
      drip(response, ' ');
    },
    'an endless body': (_, response) => {
      response.writeHead(200, JSON_HEAD);
      drip(response, ' ');
    },
  };
  test('slow answers end after two seconds', { concurrency: true }, async (t) => {
    await Promise.all(
      Object.entries(SLOW).map(([name, listener], index) =>
        t.test(name, async () => {
          const path = `/slow-${index}`;
          hostile.serve(path, listener);
          const since = performance.now();
          const { code } = await failureOf(fetcher().get(url(path)));
          const milliseconds = performance.now() - since;
          assert.equal(code, 'fetch_failed');
          assert.ok(milliseconds > 1_500 && milliseconds < 10_000, `${milliseconds} ms`);
        }),
      ),
    );
  });
});

/** Writes a text every 50 milliseconds until the connection ends. */
function drip(to: NodeJS.WritableStream, text: string): void {
  const timer = setInterval(() => to.write(text), 50);
  to.on('close', () => clearInterval(timer));
  to.on('error', () => clearInterval(timer));
}
