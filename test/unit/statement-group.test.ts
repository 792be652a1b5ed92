import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import pg from 'pg';
import { statementGroup } from '../../src/db/statement-group.ts';

/** Creates a connection to nowhere that lists what is sent, one entry per system call. */
function connect() {
  const sent: Buffer[] = [];
  const stream = new Duplex({
    read: () => {},
    write: (chunk, _encoding, done) => {
      sent.push(chunk);
      done();
    },
    writev: (chunks, done) => {
      sent.push(Buffer.concat(chunks.map(({ chunk }) => chunk)));
      done();
    },
  });
  const connection = new pg.Connection({ stream: () => stream });
  return { sent, stream, connection };
}

const statement = (value: unknown) => ({
  name: 'named',
  text: 'select $1',
  values: [value],
  fields: [],
});

test('Statements of a group are sent in one system call, with one Sync', () => {
  const { sent, connection } = connect();
  statementGroup([statement('a'), statement('b')], () => {}).submit(connection);
  assert.equal(sent.length, 1);
  const count = (message: string) => sent.join('').split(message).length - 1;
  assert.equal(count('E\0\0\0\x09\0\0\0\0\0'), 2);
  assert.equal(count('S\0\0\0\x04'), 1);
});

test('If one of a group can’t be sent, its connection is lost', async () => {
  const { stream, connection } = connect();
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const lost = once(stream, 'error');
  statementGroup([statement('a'), statement(cyclic)], () => {}).submit(connection);
  const [error] = await lost;
  assert.match(error.message, /Connection terminated/);
});
