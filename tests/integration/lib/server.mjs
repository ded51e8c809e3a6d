// The real program on fresh data and a free port, on either engine, with a movable clock.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN, PG, RUN_DIR, until, yizheng } from './env.mjs';
import { createDatabase, databaseExists, databaseUrl, dropDatabase } from './database.mjs';

const live = new Set();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

/** Which database belongs to a template directory: keys and database must be of the same making. */
const databaseOf = (dir) => readFileSync(join(dir, 'template-database'), 'utf8');

/** Templates of builds that nobody has used for hours. */
function sweep() {
  for (const name of readdirSync(RUN_DIR)) {
    const dir = join(RUN_DIR, name);
    const age = Date.now() - (statSync(dir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age < 6 * 3600e3) continue;
    if (PG && name.startsWith('postgres-') && existsSync(join(dir, 'template-database'))) dropDatabase(databaseOf(dir));
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Demonstration data made once per build of the program and copied for every server. */
function template(engine) {
  const built = statSync(BIN);
  const dir = join(RUN_DIR, `${engine}-${Math.floor(built.mtimeMs)}-${built.size}`);
  const good = () => existsSync(dir) && (engine === 'sqlite' || databaseExists(databaseOf(dir)));
  if (good()) return dir;
  mkdirSync(RUN_DIR, { recursive: true });
  return alone(`${dir}.lock`, () => {
    // What failed for one file of this run is not tried again by every other.
    const failed = existsSync(`${dir}.failed`) && Date.now() - statSync(`${dir}.failed`).mtimeMs < 600e3;
    assert.ok(!failed, failed && readFileSync(`${dir}.failed`, 'utf8'));
    return good() ? dir : makeTemplate(engine, dir);
  });
}

/** One process at a time does the work; the others wait for what it makes. A lock is a folder; one left behind
 * by a run that was ended is taken over. */
function alone(lock, work) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (e) {
      if (e.code !== 'EEXIST') throw e;
      if (Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 400e3) rmSync(lock, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function makeTemplate(engine, dir) {
  sweep();
  const fresh = mkdtempSync(join(RUN_DIR, 'making-'));
  const made = engine === 'postgres' ? createDatabase() : '';
  const r = yizheng(['init', '--data', fresh, '--demo', ...(made ? ['--db', databaseUrl(made)] : [])], { timeout: 300000 });
  if (r.code !== 0) writeFileSync(`${dir}.failed`, `init --demo: ${r.code ?? r.signal} ${r.err}`);
  assert.equal(r.code, 0, `init --demo: ${r.err}`);
  writeFileSync(join(fresh, 'template-database'), made);
  // One that is there now belongs to a database that is gone.
  rmSync(dir, { recursive: true, force: true });
  renameSync(fresh, dir);
  return dir;
}

/** A directory with demonstration data: {data, db, engine, remove()}. */
export function demoPlace(engine = 'sqlite', parent = tmpdir()) {
  const from = template(engine);
  const data = mkdtempSync(join(parent, 'yizheng-it-'));
  cpSync(from, data, { recursive: true, preserveTimestamps: true });
  const database = engine === 'postgres' ? createDatabase(databaseOf(from)) : null;
  const remove = () => {
    rmSync(data, { recursive: true, force: true });
    if (database) dropDatabase(database);
  };
  return { data, engine, db: database && databaseUrl(database), remove };
}

export class Server {
  constructor(place, args) {
    this.place = place;
    this.args = args;
    this.clockFile = join(place.data, 'test-clock');
    this.log = '';
    this.memory = {};
  }

  get data() {
    return this.place.data;
  }

  get db() {
    return this.place.db;
  }

  /** --data and --db as every subcommand takes them. */
  get where() {
    return ['--data', this.data, ...(this.db ? ['--db', this.db] : [])];
  }

  async up() {
    const args = ['serve', ...this.where, '--listen', '127.0.0.1:0', '--test-clock', this.clockFile, ...this.args];
    const child = spawn(BIN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    live.add(child);
    child.once('exit', () => live.delete(child));
    // A test that failed before stopping its server must not keep the file from ending.
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (this.log = (this.log + d).slice(-20000)));
    this.child = child;
    await until('server start', () => {
      assert.equal(child.exitCode, null, `server ended: ${this.log}`);
      assert.equal(child.signalCode, null, `server died: ${this.log}`);
      return out.includes('\n');
    }, 30000);
    this.port = Number(/http:\/\/[^:]+:(\d+)\//.exec(out)[1]);
    this.base = `http://127.0.0.1:${this.port}`;
    return this;
  }

  /** Ends it: the exit code, or the signal. One that does not stop when asked is a failure, not something to wait for. */
  down(signal = 'SIGTERM') {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child?.exitCode);
    return new Promise((done, fail) => {
      const limit = setTimeout(() => {
        child.kill('SIGKILL');
        fail(new Error(`server still there 60 s after ${signal}: ${this.log}`));
      }, 60000);
      child.once('exit', (code, killed) => {
        clearTimeout(limit);
        done(killed ?? code);
      });
      child.kill(signal);
    });
  }

  async restart(signal) {
    await this.down(signal);
    return this.up();
  }

  async stop() {
    const code = await this.down();
    this.place.remove();
    assert.equal(code, 0, `server did not end cleanly: ${code} ${this.log}`);
  }

  /** Move the server's clock to an offset from real time, in milliseconds. */
  setOffset(ms) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(ms)));
    writeFileSync(this.clockFile, bytes, { flag: 'r+' });
    this.offset = ms;
  }

  now() {
    return Date.now() + (this.offset ?? 0);
  }

  /** Forward by whole days and hours. */
  advance({ days = 0, hours = 0, seconds = 0 }) {
    this.setOffset((this.offset ?? 0) + ((days * 24 + hours) * 3600 + seconds) * 1000);
  }

  alive() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resident memory in MB. */
  rss() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
  }

  openFiles() {
    return Number(/FDSize:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  logVerify() {
    return yizheng(['log', 'verify', ...this.where]);
  }

  assertLogClean() {
    const r = this.logVerify();
    assert.equal(r.code, 0, `log verify: ${r.out}${r.err}`);
    assert.match(r.out, /全部一致/);
  }
}

/** options: engine, args (more of serve's), parent (where the data directory lies). */
export function startServer({ engine = 'sqlite', args = [], parent } = {}) {
  return new Server(demoPlace(engine, parent), args).up();
}
