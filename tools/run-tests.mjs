// Runs the suites one after another, shows progress, keeps each one's output in test-output/logs,
// and ends with "N passed, N failed" over all of them.
// usage: node tools/run-tests.mjs BUILD_DIR [SUITE...]     (no suite: all but "sanitize-tsan")
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signalGroup, startLogged } from './processes.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [build = 'build', ...wanted] = process.argv.slice(2);
const logs = join(root, 'test-output', 'logs');
mkdirSync(logs, { recursive: true });

/** A suite has its limit, the whole run too: what hangs is ended and named while somebody still reads the output. */
const LIMIT_MINUTES = process.env.SOAK ? 120 : 30;
const RUN_MINUTES = process.env.SOAK ? 600 : 80;
const FILE_MINUTES = process.env.SOAK ? 60 : 20;
const runEnds = Date.now() + RUN_MINUTES * 60000;
/** The tests end our program, never the power: their data may lie in memory, so that no disk makes them wait. */
function workplace() {
  const free = (dir) => existsSync(dir) && statfsSync(dir).bavail * statfsSync(dir).bsize;
  if (process.env.SOAK || !(free('/dev/shm') > 4 * 2 ** 30)) return {};
  const dir = mkdtempSync('/dev/shm/yizheng-test-');
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return { TMPDIR: dir };
}
const place = workplace();

const asan = 'build-asan';
const tsan = 'build-tsan';
const program = (dir) => ({ YZ_BIN: join(root, dir, 'yizheng'), YZ_PROGRAM: join(root, dir, 'yizheng') });
const sanitizerOptions = {
  // A small quarantine: the suites bound the server's memory.
  ASAN_OPTIONS: 'quarantine_size_mb=32:abort_on_error=1:detect_leaks=1:strict_string_checks=1',
  LSAN_OPTIONS: `suppressions=${join(root, 'tests', 'lsan.supp')}:print_suppressions=0`,
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  TSAN_OPTIONS: `suppressions=${join(root, 'tests', 'tsan.supp')}:halt_on_error=0:exitcode=66`,
};

/** Counters: how each runner says how many passed and failed. */
const counters = {
  meson(text) {
    const passed = [...text.matchAll(/\[ {2}PASSED {2}\] (\d+) test/g)].reduce((n, m) => n + Number(m[1]), 0);
    const failed = [...text.matchAll(/\[ {2}FAILED {2}\] \S/g)].length + Number(text.match(/^(?:Fail|Timeout):\s+(\d+)/m)?.[1] ?? 0);
    return { passed, failed };
  },
  node(text) {
    const sum = (word) => [...text.matchAll(new RegExp(`^(?:#|ℹ) ${word} (\\d+)`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
    return { passed: sum('pass'), failed: sum('fail') };
  },
  line(text) {
    const m = [...text.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
    return { passed: Number(m?.[1] ?? 0), failed: Number(m?.[2] ?? 1) };
  },
  none() {
    return { passed: 0, failed: 0 };
  },
};

/** Test files of a folder, side by side; zz-* are for suites of their own. */
const LONGEST_FIRST = ['industries', 'archive', 'ledger', 'law', 'crash', 'pages', 'process', 'journey', 'life', 'inspect', 'keyboard'];
function files(suite, folder, concurrency) {
  const rank = (name) => (LONGEST_FIRST.indexOf(name.replace('.test.mjs', '')) + 1 || 99);
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.mjs') && !name.startsWith('zz-')).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return ['node', ['tools/test-files.mjs', join(logs, suite), String(concurrency), String(FILE_MINUTES), ...names.map((name) => join(folder, name))]];
}

const meson = (dir, ...more) => ['tools/with-postgres.sh', ['meson', 'test', '-C', dir, '--no-rebuild', '-v', ...more]];
/** -O1 -g1: built in half the time, and a trace still has its lines. */
const setup = (dir, options) => ['sh', ['-c', `test -f ${dir}/build.ninja || meson setup ${dir} . --buildtype=plain -Dc_args='-O1 -g1' ${options} >/dev/null; ninja -C ${dir}`]];

const suites = [
  { name: 'install', what: '测试所需的 npm 包', run: ['sh', ['-c', 'cd tests && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; }']], count: 'none' },
  { name: 'lint', what: '分层、大小、路由与接口说明', run: ['node', ['tools/lint.mjs']], count: 'line' },
  { name: 'unit', what: '单元与存储（SQLite、PostgreSQL）', run: meson(build), count: 'meson' },
  { name: 'mutants', what: '逐行、逐条删去规则表，必有测试失败', run: ['node', ['tools/mutate.mjs']], count: 'line' },
  { name: 'simulate', what: '模拟一个城市的二十个工作日', run: ['tools/simulate.sh', [build, '20', '30']], count: 'line' },
  { name: 'web', what: '网页：类型检查与单元', run: ['sh', ['-c', 'cd web && npm run --silent check && npm test --silent']], count: 'node' },
  { name: 'integration', what: '真实程序经 HTTP（SQLite、PostgreSQL）', run: ['tools/with-postgres.sh', files('integration', 'tests/integration', 6).flat()], env: { ...program(build), YZ_CRASHES: process.env.YZ_CRASHES ?? '12' }, count: 'line' },
  // After all others: it asks which operations they have called.
  { name: 'openapi', what: '接口说明与每个接口', run: ['node', ['--test', '--test-reporter=spec', 'tests/integration/zz-openapi.test.mjs']], env: program(build), count: 'node' },
  { name: 'browser', what: '真实浏览器', run: files('browser', 'tests/browser', 3), env: program(build), count: 'line' },
  // Alone: its scores are about time.
  { name: 'lighthouse', what: '首次打开的速度与可用性评分', run: ['node', ['--test', '--test-reporter=spec', 'tests/browser/zz-lighthouse.test.mjs']], env: program(build), count: 'node' },
  { name: 'asan-build', what: '构建 ASan+UBSan 版本', run: setup(asan, '-Db_sanitize=address,undefined -Db_lundef=false'), count: 'none', group: 'asan' },
  { name: 'asan-unit', what: '单元测试（ASan+UBSan）', run: meson(asan, '--timeout-multiplier=6'), env: { ...sanitizerOptions, YZ_SLOW: '1' }, count: 'meson', group: 'asan' },
  { name: 'asan-integration', what: '集成测试（ASan+UBSan）', run: files('asan-integration', 'tests/integration', 6), env: { ...program(asan), ...sanitizerOptions, YZ_SLOW: '1', YZ_CRASHES: '2' }, count: 'line', group: 'asan' },
  { name: 'tsan-build', what: '构建 TSan 版本', run: setup(tsan, '-Db_sanitize=thread -Db_lundef=false'), count: 'none', group: 'sanitize' },
  { name: 'tsan-integration', what: '集成测试（TSan）', run: files('tsan-integration', 'tests/integration', 1), env: { ...program(tsan), ...sanitizerOptions, YZ_SLOW: '1', YZ_CRASHES: '2' }, count: 'line', group: 'sanitize' },
];

/** Which suites a word on the command line means. */
function chosen(suite) {
  if (wanted.length === 0) return suite.group !== 'sanitize';
  return wanted.some((w) => w === suite.name || w === suite.group || (w === 'sanitize' && suite.group === 'asan')) || suite.name === 'install';
}

/** Asked to end: with what is under way, and without what it kept in memory. */
let current;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    if (current) signalGroup(current, 'SIGTERM');
    setTimeout(() => process.exit(1), 5000);
  });

/** Runs one suite: {passed, failed, seconds, text}. */
async function run(suite) {
  const path = join(logs, `${suite.name}.log`);
  const env = { ...process.env, ...place, YZ_RUN: String(process.pid), FORCE_COLOR: '0', MESON_TESTTHREADS: String(availableParallelism()), ...suite.env };
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  let last = '';
  const { child, over } = startLogged(...suite.run, path, { cwd: root, env }, (text) => (last = text.trimEnd().split('\n').at(-1).trim().slice(0, 200) || last));
  current = child;
  const limit = setTimeout(() => {
    console.log(`  ✘ ${suite.name}：${seconds()} 秒仍未结束，终止`);
    // Asked first, so that a database it began is stopped as well.
    signalGroup(child, 'SIGTERM');
    setTimeout(() => signalGroup(child, 'SIGKILL'), 30000).unref();
  }, Math.max(1000, Math.min(LIMIT_MINUTES * 60000, runEnds - Date.now())));
  const dots = setInterval(() => console.log(`  … ${suite.name} ${seconds()} 秒  ${last}`), 30000);
  const status = await over;
  clearInterval(dots);
  clearTimeout(limit);
  const text = readFileSync(path, 'utf8');
  const result = counters[suite.count](text);
  // A suite that ends badly has failed, whatever it counted.
  if (status !== 0 && result.failed === 0) result.failed = 1;
  return { ...result, seconds: seconds(), text };
}

const broken = [];
let passed = 0;
let failed = 0;
for (const suite of suites.filter(chosen)) {
  console.log(`== ${suite.name}：${suite.what}`);
  const result = await run(suite);
  passed += result.passed;
  failed += result.failed;
  console.log(`   ${result.failed ? '✘' : '✔'} ${result.passed} 通过，${result.failed} 失败，${result.seconds} 秒`);
  if (result.failed) {
    console.log(result.text.split('\n').slice(-200).join('\n'));
    broken.push(suite.name, ...result.text.split('\n').filter((line) => /^\s*(✖|✘|not ok|\[ {2}FAILED|FAIL)/.test(line)).slice(0, 40));
  }
  if (result.failed && suite.count === 'none') break;
}
if (broken.length) console.log(`没有通过的：\n${broken.join('\n')}`);
console.log(`日志在 test-output/logs/`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
