// Databases of test servers: a SQLite file inside the data directory, or a PostgreSQL database of
// its own made through YZ_TEST_PG. sql() edits either behind the server's back.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PG, run } from './env.mjs';

let serial = 0;

export function databaseUrl(name) {
  const url = new URL(PG);
  url.pathname = `/${name}`;
  return url.href;
}

function psql(url, text) {
  return run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url], { input: text });
}

function admin(text) {
  const r = psql(PG, text);
  assert.equal(r.code, 0, `${text}: ${r.err}`);
}

export function createDatabase(template) {
  const name = `yz_test_${process.pid}_${Date.now().toString(36)}_${serial++}`;
  admin(`CREATE DATABASE ${name} TEMPLATE ${template ?? 'template0'} ENCODING 'UTF8'`);
  return name;
}

export function dropDatabase(name) {
  admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

export function databaseExists(name) {
  return psql(PG, `SELECT 1 FROM pg_database WHERE datname = '${name}'`).out.trim() === '1';
}

/** SQL on a (stopped or running) server's database; gives the output lines. */
export function sql(place, text) {
  const r = place.db ? psql(place.db, text) : run('sqlite3', ['-batch', join(place.data, 'yizheng.db')], { input: `.timeout 5000\n${text}` });
  assert.equal(r.code, 0, `${text}: ${r.err}`);
  return r.out.trim();
}
