// Where things are, and running the program and other tools to their end.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
export const BIN = process.env.YZ_BIN ?? join(ROOT, 'build', 'yizheng');
/** Shared by the test files of one run (node starts each file as a child of one process). */
export const RUN_DIR = join(tmpdir(), `yizheng-integration-${process.getuid()}`);
export const PG = process.env.YZ_TEST_PG ?? '';
export const ENGINES = PG ? ['sqlite', 'postgres'] : ['sqlite'];
export const DEMO_PASSWORD = 'yizheng-demo';

export const isRoot = process.getuid() === 0;
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Run a program to its end: {code, signal, out, err}. Never throws for exit codes. */
export function run(program, args, options = {}) {
  const r = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, timeout: 120000, ...options });
  if (r.error && r.error.code !== 'ETIMEDOUT') throw r.error;
  return { code: r.status, signal: r.signal, out: r.stdout, err: r.stderr };
}

export const yizheng = (args, options) => run(BIN, args, options);

/** The same without blocking, for what runs beside a server under load. */
export function runAsync(program, args, input = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args);
    const parts = { out: '', err: '' };
    child.stdout.on('data', (d) => (parts.out += d));
    child.stderr.on('data', (d) => (parts.err += d));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...parts }));
    child.stdin.end(input);
  });
}

export const hasTool = (name) => (process.env.PATH ?? '').split(':').some((dir) => existsSync(join(dir, name)));

/** Wait until probe() gives something true; fails loudly with what was waited for. */
export async function until(what, probe, ms = 15000) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await probe();
    if (got) return got;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await sleep(50);
  }
}
