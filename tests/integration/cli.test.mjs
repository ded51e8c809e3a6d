// The command line (R10.1, R9.4): exit codes as src/cli/cli.h documents them, and no half-made things.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BIN, isRoot, ROOT, run, runAsync, yizheng } from './lib/env.mjs';
import { demoPlace, startServer } from './lib/server.mjs';
import { sql } from './lib/database.mjs';
import { TWO, World } from './lib/world.mjs';

const COMMANDS = ['init', 'serve', 'catalog check', 'verify', 'log verify', 'user add', 'calendar import', 'calendar list', 'calendar show', 'keys list', 'keys rotate', 'keys revoke', 'keys rotate-data', 'keys passphrase', 'docs', 'sample-source', 'version'];
const OK = 0, NO = 1, USAGE = 2, ENVIRONMENT = 3;
let base, demo, licence, pub;

before(async () => {
  base = mkdtempSync(join(tmpdir(), 'yizheng-cli-'));
  const server = await startServer();
  const w = new World(server);
  const anybody = w.client();
  pub = join(base, 'key.pub');
  writeFileSync(pub, (await anybody.get('/api/v1/keys')).items[0].public_pem);
  licence = (await w.licensed(await w.applicant(), TWO)).licence;
  w.close();
  await server.stop();
  demo = demoPlace();
});
after(() => {
  demo.remove();
  rmSync(base, { recursive: true, force: true });
});

const fresh = (name) => join(base, name);
const expect = (r, code) => assert.equal(r.code, code, `exit ${r.code} ${r.signal}: ${r.out}${r.err}`);

test('--help everywhere: on standard output, exit 0, in Chinese', () => {
  for (const c of COMMANDS) {
    const r = yizheng([...c.split(' '), '--help']);
    expect(r, OK);
    assert.match(r.out, new RegExp(`yizheng ${c}`));
    assert.match(r.out, /[\u4e00-\u9fff]/);
    assert.equal(r.err, '');
  }
  const all = yizheng(['--help']);
  expect(all, OK);
  for (const c of COMMANDS) assert.ok(all.out.includes(`yizheng ${c}`));
  assert.match(all.out, /退出码/);
});

test('wrong use: usage on standard error, exit 2', () => {
  const wrong = [[], ['frobnicate'], ['init'], ['init', '--nope'], ['init', '--data'], ['serve'], ['serve', '--data', base], ['serve', '--data', base, '--listen', 'x'], ['serve', '--data', base, '--listen', '127.0.0.1:99999'],
    ['serve', '--data', base, '--listen', '127.0.0.1:0', '--workers', '0'], ['serve', '--data', base, '--listen', '127.0.0.1:0', '--log-level', 'loud'], ['catalog'], ['catalog', 'check'], ['catalog', 'check', 'a', 'b'], ['verify'], ['verify', 'text'], ['verify', '--key', pub], ['log'], ['log', 'verify'], ['user'], ['user', 'add'], ['calendar'], ['calendar', 'import', '--data', base], ['calendar', 'import', 'x'], ['calendar', 'list'], ['calendar', 'show', '--data', base, 'x'], ['keys'], ['keys', 'list'], ['keys', 'rotate', '--data', base, '--overlap', '-1'], ['keys', 'revoke', '--data', base, 'x'], ['keys', 'revoke', '--data', base, '--reason', 'x'], ['keys', 'rotate-data', '--reason', 'x', '--data', base], ['sample-source'], ['sample-source', '--listen', '127.0.0.1:0', '--fault', 'none'], ['version', 'x']];
  for (const args of wrong) {
    const r = yizheng(args, { input: '' });
    expect(r, USAGE);
    assert.equal(r.out, '', args.join(' '));
    assert.match(r.err, /yizheng/);
  }
});

test('version', () => {
  const r = yizheng(['version']);
  expect(r, OK);
  assert.match(r.out, /yizheng \d+\.\d+\.\d+/);
});

test('init makes everything once; a second time changes nothing', () => {
  const data = fresh('once');
  expect(yizheng(['init', '--data', data]), OK);
  const keys = readdirSync(join(data, 'keys')).sort();
  const bytes = () => keys.map((k) => readFileSync(join(data, 'keys', k), 'hex')).join();
  const first = bytes();
  for (const k of keys.filter((k) => !/\.(pub|crt)$/.test(k))) assert.equal(statSync(join(data, 'keys', k)).mode & 0o077, 0, `${k} is private`);
  expect(yizheng(['init', '--data', data]), OK);
  assert.equal(bytes(), first);
  expect(yizheng(['log', 'verify', '--data', data]), OK);
});

test('init --demo twice: the same people and cases; a real directory takes no demonstration data', () => {
  const count = () => sql(demo, 'SELECT (SELECT COUNT(*) FROM user_account), (SELECT COUNT(*) FROM licensing_case), (SELECT COUNT(*) FROM ledger)');
  const before = count();
  expect(yizheng(['init', '--data', demo.data, '--demo']), OK);
  assert.equal(count(), before);
  const real = fresh('real');
  expect(yizheng(['init', '--data', real]), OK);
  const r = yizheng(['init', '--data', real, '--demo']);
  assert.notEqual(r.code, OK);
  assert.equal(sql({ data: real }, 'SELECT COUNT(*) FROM user_account'), '0');
});

test('init --demo cut off: neither init nor serve takes the half-made data for whole', async () => {
  const dir = fresh('half');
  const child = spawn(BIN, ['init', '--data', dir, '--demo'], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((begun) => child.stderr.once('data', begun));
  const over = new Promise((end) => child.once('exit', (code, signal) => end(signal)));
  child.kill('SIGKILL');
  assert.equal(await over, 'SIGKILL');
  for (const args of [['init', '--data', dir, '--demo'], ['serve', '--data', dir, '--listen', '127.0.0.1:0']]) {
    const r = yizheng(args);
    assert.equal(r.code, ENVIRONMENT, r.err);
    assert.match(r.err, /示例数据时被中断.*请删除这个目录/);
    assert.ok(r.err.includes(dir));
  }
});

test('a real directory takes no test clock and lists no accounts', async () => {
  const data = fresh('noclock');
  expect(yizheng(['init', '--data', data]), OK);
  expect(yizheng(['serve', '--data', data, '--listen', '127.0.0.1:0', '--test-clock', join(data, 'clock')], { timeout: 10000 }), ENVIRONMENT);
});

test('the environment in the way: exit 3, and it says what', async () => {
  const file = fresh('file');
  writeFileSync(file, 'x');
  expect(yizheng(['init', '--data', join(file, 'sub')]), ENVIRONMENT);
  expect(yizheng(['init', '--data', file]), ENVIRONMENT);
  expect(yizheng(['serve', '--data', fresh('absent'), '--listen', '127.0.0.1:0'], { timeout: 10000 }), ENVIRONMENT);
  expect(yizheng(['log', 'verify', '--data', fresh('absent')]), ENVIRONMENT);
  expect(yizheng(['log', 'verify', '--data', demo.data, '--db', 'postgres://nobody@127.0.0.1:1/none']), ENVIRONMENT);
  expect(yizheng(['catalog', 'check', fresh('absent.json')]), ENVIRONMENT);
  expect(yizheng(['verify', '--key', fresh('absent.pub'), licence.qr_text]), ENVIRONMENT);
  assert.ok(!existsSync(fresh('absent')), 'looking makes no directory');
});

test('an unwritable directory', async (t) => {
  const dir = fresh('locked');
  mkdirSync(dir);
  chmodSync(dir, 0o500);
  if (!isRoot) return expect(yizheng(['init', '--data', join(dir, 'x')]), ENVIRONMENT);
  chmodSync(base, 0o755);
  const id = Number(run('id', ['-u', 'nobody']).out);
  const probe = run(BIN, ['version'], { uid: id });
  if (probe.code !== 0) return t.skip('the program cannot be run as nobody from where it lies');
  expect(run(BIN, ['init', '--data', join(dir, 'x')], { uid: id }), ENVIRONMENT);
});

test('a taken port', async () => {
  const other = net.createServer().listen(0, '127.0.0.1');
  await new Promise((done) => other.once('listening', done));
  const r = await runAsync(BIN, ['serve', '--data', demo.data, '--listen', `127.0.0.1:${other.address().port}`]);
  other.close();
  expect(r, ENVIRONMENT);
  assert.match(r.err, /端口已被占用/);
});

test('a database newer than the program is left alone', () => {
  const data = fresh('newer');
  expect(yizheng(['init', '--data', data]), OK);
  sql({ data }, "INSERT INTO schema_version (number, name) VALUES (999, 'from the future')");
  for (const args of [['log', 'verify', '--data', data], ['init', '--data', data]]) {
    const r = yizheng(args);
    expect(r, ENVIRONMENT);
    assert.match(r.err, /新|升级|版本/);
  }
});

test('catalog check: good is 0, every problem of a bad one is listed with file and pointer, exit 1', () => {
  const good = join(ROOT, 'catalog', 'wuhai-2026.json');
  expect(yizheng(['catalog', 'check', good]), OK);
  const c = JSON.parse(readFileSync(good, 'utf8'));
  c.industries[0].questions[0].options[0].extra = 1;
  c.permits[0].materials[0].code = 'M-NOPE';
  c.departments[0].role = 5;
  const bad = fresh('bad.json');
  writeFileSync(bad, JSON.stringify(c));
  const r = yizheng(['catalog', 'check', bad]);
  expect(r, NO);
  for (const place of ['/industries/0/questions/0/options/0/extra', '/permits/0/materials/0', '/departments/0/role']) assert.ok(r.out.includes(`${bad}#${place}`), `${place} in ${r.out}`);
  for (const text of ['', '{', '[]', 'null', '{}', '\0']) {
    writeFileSync(bad, text);
    expect(yizheng(['catalog', 'check', bad]), NO);
  }
});

const addUser = (args, password) => yizheng(['user', 'add', '--data', demo.data, ...args], { input: password });
test('user add: the password comes from standard input, is checked, and works', async () => {
  const person = (login, more = []) => ['--login', login, '--name', '示例丁', '--role', 'reviewer', '--department', 'D-HBW-SCJG', ...more];
  expect(addUser(person('new-one'), 'a long enough password\n'), OK);
  expect(addUser(person('new-one'), 'a long enough password\n'), NO);
  expect(addUser(person('no-input'), ''), USAGE);
  for (const [args, pointer] of [[person('weak'), 'password'], [person('x'), 'login'], [['--login', 'aa1', '--name', '丁', '--role', 'king'], 'role'], [['--login', 'aa2', '--name', '丁', '--role', 'reviewer', '--department', 'D-X'], 'department'], [['--login', 'aa3', '--name', '丁', '--role', 'clerk', '--region', '150302'], 'hall'], [['--login', 'aa4', '--name', '丁', '--role', 'bureau', '--region', '999'], 'region']]) {
    const r = addUser(args, pointer === 'password' ? 'short\n' : 'a long enough password\n');
    expect(r, NO);
    assert.match(r.err, new RegExp(`/${pointer}`));
  }
  const stored = sql(demo, "SELECT password FROM user_account WHERE login = 'new-one'");
  assert.match(stored, /^\$argon2id\$/);
});

test('verify: the text, a file, standard input; with the published key or the data directory', () => {
  const text = fresh('licence.txt');
  writeFileSync(text, `${licence.qr_text}\n`);
  for (const args of [[licence.qr_text], [text], ['-'], [licence.qr_text.slice(licence.qr_text.indexOf('#') + 1)]]) {
    const r = yizheng(['verify', '--key', pub, ...args], { input: licence.qr_text });
    expect(r, OK);
    assert.match(r.out, new RegExp(licence.number));
  }
  expect(yizheng(['verify', '--data', demo.data, licence.qr_text]), OK);
  const foreign = fresh('foreign');
  expect(yizheng(['init', '--data', foreign]), OK);
  expect(yizheng(['verify', '--data', foreign, licence.qr_text]), NO);
  const [address, bare] = licence.qr_text.split('#');
  expect(yizheng(['verify', '--key', pub, `HTTPS://OTHER.EXAMPLE/V/${address.split('/').pop()}#${bare}`]), OK);
  expect(yizheng(['verify', '--key', pub, `HTTPS://OTHER.EXAMPLE/V/WRONG#${bare}`]), NO); // moved from one licence to another
});

const CHANGES = process.env.SOAK ? 1000 : 80; // each is a process; the unit tests do a hundred thousand
test(`verify: no single-character change of a licence passes (${CHANGES} at random)`, async () => {
  const at = licence.qr_text.indexOf('#') + 1;
  const body = licence.qr_text.slice(at);
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./abc %';
  const changes = Array.from({ length: CHANGES }, (_, i) => {
    const pos = i < 4 ? i : Math.floor(Math.random() * body.length);
    const options = [...alphabet].filter((c) => c !== body[pos]);
    const c = options[Math.floor(Math.random() * options.length)];
    const kind = i % 10;
    if (kind === 8) return body.slice(0, pos) + body.slice(pos + 1);
    if (kind === 9) return `${body.slice(0, pos)}${c}${body.slice(pos)}`;
    return body.slice(0, pos) + c + body.slice(pos + 1);
  });
  // A character lost or doubled in a run may leave the same text, and spaces at the ends do not count.
  const forged = changes.filter((t) => t.trim() !== body);
  for (let i = 0; i < forged.length; i += 4) {
    const four = await Promise.all(forged.slice(i, i + 4).map((t) => runAsync(BIN, ['verify', '--key', pub, '-'], `#${t}`)));
    four.forEach((r, k) => {
      assert.equal(r.code, NO, `passed: ${forged[i + k]}`);
      assert.match(r.out, /核验不通过/);
    });
  }
});

test('verify: nonsense is a plain no', () => {
  for (const t of ['', ' ', '#', 'x', '#1', '#2AB', 'A'.repeat(10000), '../../etc/passwd', '\u202e']) expect(yizheng(['verify', '--key', pub, '-'], { input: t }), NO);
  writeFileSync(fresh('notakey'), 'hello');
  assert.notEqual(yizheng(['verify', '--key', fresh('notakey'), licence.qr_text]).code, OK);
});

test('SIGTERM and SIGINT end the server cleanly, exit 0', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await startServer();
    assert.equal(await server.down(signal), 0);
    server.place.remove();
  }
});
