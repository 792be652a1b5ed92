import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { findWeakness } from '../../src/db/connection-options.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

/** Values of DATABASE_URL that the start refuses, with the advice. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'mysql://user:secret@host/db': /must begin with postgres:\/\//,
  'postgres://user:sec/ret@host/db': /write %2F, %3F or %23/,
  'postgres://user:12/34@host/db': /write %2F, %3F or %23/,
  'postgres://user:sec?ret@host/db': /write %2F, %3F or %23/,
  'postgres://user:sec#ret@host/db': /write %2F, %3F or %23/,
  'postgres://user:s@ec/ret@host/db': /write %2F, %3F or %23/,
  'postgres://user:s@ec?ret@host/db': /write %2F, %3F or %23/,
  'postgres://user:s@ec?r=et@host/db': /write %2F, %3F or %23/,
  'postgres://user:secret@host/db?sslMode=verify-full': /unknown parameter sslMode: use sslmode/,
  'postgres://user:secret@host/db?sslmode=verify-full&ssl=0': /unknown parameter ssl:/,
  'postgres://user:secret@host/db?sslmode=require&sslnegotiation=direct':
    /parameter sslnegotiation/,
  'postgres://user:secret@host/db?sslmode=prefer&sslrootcert=system': /use verify-full/,
  'postgres://user:secret%FF@host/db': /%25/,
  'postgres://user:secret@host:port/db': /port that is no number/,
  'postgres://user:secret@one:5432,two:many/db': /port that is no number/,
  'postgres://user:secret@one:5432,/db': /empty host/,
  'postgres://user:secret@one,two/db?target_session_attrs=any':
    /target_session_attrs: use read-write/,
  'postgres://user:secret@one/db?target_session_attrs=standby': /target_session_attrs/,
  'postgres://user:secret@::1/db': /write \[::1\]/,
  'postgres://user:secret@fe80::1:5432/db': /write \[::1\]/,
  'postgres://user:secret@host:99999/db': /postgres:\/\/user:password@host:5432\/database/,
  'postgres://user:secret@host/db?sslmode=always': /unknown sslmode: .*verify-full/,
  'postgres://user:secret@host/db?sslmode=verify-ca': /add sslrootcert/,
  'postgres://user:secret@host/db?sslcert=a.pem': /both sslcert and sslkey/,
};

/** Values that are used. */
const ACCEPTED = [
  'postgres://',
  'postgresql:///db?host=/run/postgresql',
  'postgres://user@/db?host=/run/postgresql',
  'postgres://user:secret@%2Frun%2Fpostgresql/db',
  'postgres://user:s@c:r%2Fe%23t 100%@host/db',
  'postgres://user:secret@[::1]:5432/db',
  'postgres://host:5432/db?user=ada@tenant',
  'postgres://user:secret@one,two:5433,[::1]:5434/db?target_session_attrs=read-write',
  'postgres://user:secret@one,two/db',
  'postgres://user:secret@host/db?sslmode=verify-full&sslrootcert=system',
];

describe('DATABASE_URL', () => {
  for (const [url, advice] of Object.entries(REFUSED)) {
    it(`${url}: is refused with advice and without the password`, () => {
      assert.throws(
        () => readConfig({ DATABASE_URL: url }),
        (error) => {
          assert.ok(error instanceof StagedoorError);
          assert.match(error.message, advice);
          assert.doesNotMatch(error.message, /sec\W?ret/);
          return true;
        },
      );
    });
  }

  it('a connection to another machine that is not encrypted or verified is noticed', () => {
    for (const [url, expected] of [
      ['postgres://user@db.example/db', 'unencrypted'],
      ['postgres://user@db.example/db?sslmode=disable', 'unencrypted'],
      ['postgres://user@db.example/db?sslmode=prefer', 'seldom_encrypted'],
      ['postgres://user@db.example/db?sslmode=require', 'unverified'],
      ['postgres://user@db.example/db?sslmode=no-verify', 'unverified'],
      ['postgres://user@db.example/db?sslmode=require&sslrootcert=ca.pem', undefined],
      ['postgres://user@db.example/db?sslrootcert=ca.pem', undefined],
      ['postgres://user@db.example/db?sslmode=verify-full', undefined],
      ['postgres://user@localhost/db?sslmode=require', 'unverified'],
      ['postgres://user@localhost/db?sslmode=prefer', undefined],
      ['postgres://user@[::1]/db', undefined],
      ['postgres://user@localhost,db.example/db', 'unencrypted'],
      ['postgres://user@/db?host=/run/postgresql&sslmode=prefer', undefined],
    ] as const) {
      assert.equal(findWeakness(url), expected, url);
    }
  });

  for (const url of ACCEPTED) {
    it(`${url}: is accepted`, () => {
      assert.equal(readConfig({ DATABASE_URL: url }).databaseUrl, url);
    });
  }
});
