// Mutation of the tables of acts: every row, and every fact that a row needs, is taken away in turn, and the
// tests of the pure core must notice. A mutant that survives is a guard that no test proves.
// usage: node tools/mutate.mjs [--every N]     (N: only every N-th mutant, for a quick look)
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const every = Number(process.argv[process.argv.indexOf('--every') + 1] || 1) || 1;
const TABLES = ['item_table.c', 'case.c', 'visit.c', 'permit.c', 'supervise.c'];
/** What the tables and their tests are made of. */
const SOURCES = ['src/base/arena.c', 'src/base/buf.c', 'src/base/date.c', 'src/base/err.c', 'src/base/sv.c', 'src/base/utf8.c',
  'src/domain/law/calendar.c', 'src/domain/law/clock.c', 'src/domain/law/timer.c', 'src/domain/case/effect.c', 'src/domain/case/fact.c', 'src/domain/case/transition.c'];
const TESTS = ['test_item', 'test_case'];

/** Rows and needs of a table: where they stand, and what the text becomes without them. */
function mutants(file) {
  const source = readFileSync(join(root, 'src/domain/case', file), 'utf8');
  const start = source.indexOf('ROWS[] = {');
  const end = source.indexOf('\n};', start);
  const found = [];
  for (const m of source.slice(0, end).matchAll(/#define (\w+) (\((?:NEED|\s|\\|\||\(|\)|\w)+\))/g))
    for (const n of m[2].matchAll(/NEED\((\w+)\)/g))
      found.push({ name: `${file}: ${m[1]} without ${n[1]}`, at: m.index + m[0].indexOf(m[2]) + n.index, length: n[0].length, by: 'UINT64_C(0)' });
  for (const row of source.slice(start, end).matchAll(/\{ \w+, (ACT_\w+)[\s\S]*?\},/g)) {
    const at = start + row.index;
    found.push({ name: `${file}: no row ${row[1]} at ${at}`, at, length: row[0].length, by: '' });
    for (const n of row[0].matchAll(/NEED\((\w+)\)/g))
      found.push({ name: `${file}: ${row[1]} without ${n[1]}`, at: at + n.index, length: n[0].length, by: 'UINT64_C(0)' });
  }
  return found.map((m) => ({ ...m, file, text: source.slice(0, m.at) + m.by + source.slice(m.at + m.length) }));
}

const dir = mkdtempSync(join(tmpdir(), 'yizheng-mutants-'));
const flags = ['-std=gnu11', '-O1', '-w', '-D_GNU_SOURCE', `-I${join(root, 'src')}`, `-I${join(root, 'tests/unit')}`];
const cc = (...args) => spawnSync('cc', [...flags, ...args], { encoding: 'utf8' });

function object(path) {
  const out = join(dir, path.replace(/\W/g, '_') + '.o');
  const r = cc('-c', path, '-o', out);
  if (r.status !== 0) throw new Error(r.stderr);
  return out;
}

/** True when some test fails, or does not end, with this text in place of the table. */
function killed(mutant, objects, tests) {
  const path = join(dir, 'src', mutant.file);
  writeFileSync(path, mutant.text);
  const changed = join(dir, 'mutant.o');
  if (cc('-c', path, '-o', changed).status !== 0) throw new Error(`${mutant.name} does not compile`);
  return TESTS.some((name, k) => {
    const bin = join(dir, name);
    const r = cc(tests[k], changed, ...objects.filter((o) => !o.includes(mutant.file.replace(/\W/g, '_'))), '-lcmocka', '-o', bin);
    if (r.status !== 0) throw new Error(r.stderr);
    return spawnSync(bin, { timeout: 20000, stdio: 'ignore' }).status !== 0;
  });
}

mkdirSync(join(dir, 'src'));
try {
  const objects = [...SOURCES, ...TABLES.map((t) => `src/domain/case/${t}`)].map((p) => object(join(root, p)));
  const tests = TESTS.map((t) => object(join(root, 'tests/unit', `${t}.c`)));
  const original = { file: TABLES[0], text: readFileSync(join(root, 'src/domain/case', TABLES[0]), 'utf8'), name: 'the table as it is' };
  if (killed(original, objects, tests)) throw new Error('the tests fail without any change');
  const all = TABLES.flatMap(mutants).filter((_, i) => i % every === 0);
  const survivors = [];
  all.forEach((m, i) => {
    if (!killed(m, objects, tests)) survivors.push(m.name);
    if (i % 20 === 19) console.log(`  … ${i + 1}/${all.length}`);
  });
  for (const name of survivors) console.log(`survived: ${name}`);
  console.log(`mutants: ${all.length - survivors.length} passed, ${survivors.length} failed`);
  process.exitCode = survivors.length ? 1 : 0;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
