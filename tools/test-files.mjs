// Runs test files side by side, each as a process of its own with its own log and its own limit of time, and says
// after each how it went and which are still at work: a file that hangs is named, shown and ended, not waited for.
// usage: node tools/test-files.mjs LOG_DIR CONCURRENCY MINUTES_EACH FILE...      (ends with "N passed, N failed")
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { signalGroup, startLogged } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [logs, concurrency, minutes, ...files] = process.argv.slice(2);
mkdirSync(logs, { recursive: true });

const nameOf = (file) => basename(file, '.test.mjs');
const waiting = [...files];
const running = new Map();
let ended = 0;
const total = { passed: 0, failed: 0 };
/** What failed, said together at the end, where somebody looks. */
const failures = [];

/** Processes of a group, each thread with what it waits for in the kernel; our program's with its stacks too, where
 * there is a debugger. */
function groupOf(leader) {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).flatMap((pid) => {
    try {
      const [, comm, state, , group] = /^\d+ \((.*)\) (\S) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      if (Number(group) !== leader) return [];
      const threads = readdirSync(`/proc/${pid}/task`).map((task) => readFileSync(`/proc/${pid}/task/${task}/wchan`, 'utf8') || '-');
      const stacks = comm === 'yizheng' ? spawnSync('gdb', ['-p', pid, '-batch', '-ex', 'thread apply all backtrace 24'], { encoding: 'utf8', timeout: 30000 }).stdout : '';
      return [`    ${pid} ${comm} ${state} ${threads.join(' ')}`, ...(stacks ?? '').split('\n').filter((l) => /^(#|Thread)/.test(l))];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** The tests that a trace says have begun and not ended. */
function open(trace) {
  const begun = [];
  for (const text of trace.split('\n')) {
    const [, what, name] = /^(begin|pass \d+ ms|FAIL \d+ ms) (.*)$/.exec(text) ?? [];
    if (what === 'begin') begun.push(name);
    else if (begun.includes(name)) begun.splice(begun.lastIndexOf(name), 1);
  }
  return begun;
}

/** What a report counts; a file that ends badly has failed, whatever it counted. */
function count(text, status) {
  const sum = (word) => Number(text.match(new RegExp(`^(?:#|ℹ) ${word} (\\d+)`, 'm'))?.[1] ?? 0);
  return { passed: sum('pass'), failed: Math.max(sum('fail') + sum('cancelled'), status === 0 ? 0 : 1) };
}

async function start(file) {
  const name = nameOf(file);
  const report = join(logs, `${name}.log`);
  const tracePath = join(logs, `${name}.trace`);
  const args = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${join(here, 'test-trace.mjs')}`, `--test-reporter-destination=${tracePath}`, file];
  const { child, over } = startLogged(process.execPath, args, report);
  running.set(name, child);
  const began = Date.now();
  const limit = setTimeout(() => {
    console.log(`  ✘ ${name}：${minutes} 分钟仍未结束，终止。正在进行：${open(readFileSync(tracePath, 'utf8')).join(' › ') || '（没有）'}`);
    console.log(groupOf(child.pid).join('\n'));
    signalGroup(child, 'SIGKILL');
  }, minutes * 60000);
  const status = await over;
  clearTimeout(limit);
  finish(name, readFileSync(report, 'utf8'), status, (Date.now() - began) / 1000);
}

function finish(name, text, status, seconds) {
  running.delete(name);
  ended++;
  const { passed, failed } = count(text, status);
  total.passed += passed;
  total.failed += failed;
  if (failed) failures.push(`== ${name}\n${(text.split('✖ failing tests:')[1] ?? text).split('\n').slice(-100).join('\n')}`);
  console.log(`  ${failed ? '✘' : '✔'} ${ended}/${files.length} ${name}：${passed} 通过，${failed} 失败，${seconds.toFixed(0)} 秒${running.size ? `（还在进行：${[...running.keys()].join(' ')}）` : ''}`);
  next();
}

function next() {
  while (running.size < Number(concurrency) && waiting.length) start(waiting.shift());
  if (running.size) return;
  for (const one of failures) console.log(one);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed ? 1 : 0;
}

process.on('SIGTERM', () => {
  for (const [name, child] of running) {
    console.log(`  ✘ ${name} 被终止`);
    signalGroup(child, 'SIGKILL');
  }
  console.log(`${total.passed} passed, ${total.failed + running.size + waiting.length} failed`);
  process.exit(1);
});

next();
