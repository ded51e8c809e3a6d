// docs/process.md is made from the program's tables and the tests' names; a page that was not made again is a lie.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

test('docs/process.md says what the program does, with a test for every rule', () => {
  const made = spawnSync('node', [join(root, 'tools/process-doc.mjs'), process.env.YZ_BIN, '--check'], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
});
