// Keys and personal data (R9.2, R9.4): files of the service only, a passphrase, rotation and revoking while a server runs,
// personal data unreadable at rest, re-encrypted under a new key even when cut off, and every reading on record.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem } from './lib/client.mjs';
import { sql } from './lib/database.mjs';
import { BIN, ENGINES, hasTool, run, sleep, until, yizheng } from './lib/env.mjs';
import { licenceSigned } from './lib/merkle.mjs';
import { demoPlace, Server, startServer } from './lib/server.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

const SECRET_FILE = /\.(pem|key|mac|json)$|^(current|lock)$/;
const mode = (path) => statSync(path).mode & 0o777;

describe('the key directory', () => {
  let base;
  before(() => (base = mkdtempSync(join(tmpdir(), 'yizheng-keys-'))));
  after(() => rmSync(base, { recursive: true, force: true }));
  const withPassphrase = (text) => ({ env: { ...process.env, YIZHENG_KEY_PASSPHRASE: text } });

  test('secrets are readable by the service only, and it does not start otherwise', () => {
    const data = join(base, 'modes');
    assert.equal(yizheng(['init', '--data', data]).code, 0);
    const keys = join(data, 'keys');
    assert.equal(mode(keys), 0o700);
    const names = readdirSync(keys);
    for (const purpose of ['ca', 'licence', 'seal', 'data']) assert.ok(names.some((n) => n.startsWith(`${purpose}-`)), purpose);
    for (const n of names) if (SECRET_FILE.test(n)) assert.equal(mode(join(keys, n)), 0o600, n);
    for (const [path, wrong, right] of [[join(keys, names.find((n) => n.startsWith('licence-') && n.endsWith('.pem'))), 0o640, 0o600], [join(keys, 'index.key'), 0o604, 0o600], [keys, 0o750, 0o700]]) {
      chmodSync(path, wrong);
      const r = yizheng(['serve', '--data', data, '--listen', '127.0.0.1:0']);
      assert.equal(r.code, 3);
      assert.match(r.err, /本机其他用户可以读取；请先执行 chmod go-rwx/);
      chmodSync(path, right);
    }
    assert.equal(yizheng(['log', 'verify', '--data', data]).code, 0);
  });

  test('private keys are PKCS#8; certificates of the directory’s own authority verify with openssl', { skip: !hasTool('openssl') }, () => {
    const data = join(base, 'certificates');
    assert.equal(yizheng(['init', '--data', data]).code, 0);
    const keys = join(data, 'keys');
    const file = (purpose, ending) => join(keys, readdirSync(keys).find((n) => n.startsWith(`${purpose}-`) && n.endsWith(ending)));
    for (const purpose of ['licence', 'seal']) {
      assert.match(readFileSync(file(purpose, '.pem'), 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
      const r = run('openssl', ['verify', '-CAfile', file('ca', '.crt'), '-vfyopt', 'distid:1234567812345678', file(purpose, '.crt')]);
      assert.equal(r.code, 0, r.err);
      assert.match(run('openssl', ['x509', '-in', file(purpose, '.crt'), '-noout', '-text']).out, /SM2-with-SM3/);
    }
  });

  test('a passphrase: right, wrong, missing, from a file; it is nowhere in clear', () => {
    const data = join(base, 'passphrase');
    const secret = '示例口令 correct horse';
    assert.equal(yizheng(['init', '--data', data], withPassphrase(secret)).code, 0);
    const keys = join(data, 'keys');
    for (const n of readdirSync(keys)) {
      const text = readFileSync(join(keys, n), 'utf8');
      assert.ok(!text.includes(secret));
      if (n.endsWith('.pem')) assert.match(text, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
      if (/\.(key|mac)$/.test(n)) assert.match(text, /^wrapped:1:/);
    }
    const check = (options) => yizheng(['log', 'verify', '--data', data], options);
    assert.equal(check(withPassphrase(secret)).code, 0);
    const wrong = check(withPassphrase(`${secret}!`));
    assert.equal(wrong.code, 3);
    assert.match(wrong.err, /密钥口令不对/);
    assert.ok(!wrong.err.includes(secret));
    const missing = check({});
    assert.equal(missing.code, 3);
    assert.match(missing.err, /有口令保护，但没有给出口令/);
    writeFileSync(join(base, 'key-passphrase'), `${secret}\n`, { mode: 0o600 });
    assert.equal(check({ env: { ...process.env, YIZHENG_KEY_PASSPHRASE_FILE: join(base, 'key-passphrase') } }).code, 0);
    assert.equal(check({ env: { ...process.env, CREDENTIALS_DIRECTORY: base } }).code, 0);
    const rotated = yizheng(['keys', 'rotate', '--data', data], withPassphrase(secret));
    assert.equal(rotated.code, 0, rotated.err);
    assert.equal(check(withPassphrase(secret)).code, 0);
  });

  test('a passphrase given later, changed, taken away; cut off, it is the one or the other', async () => {
    const data = join(base, 'later');
    const keys = join(data, 'keys');
    const rewrap = (input, { with: now = '', args = [] } = {}) => yizheng(['keys', 'passphrase', '--data', data, ...args], { input, ...withPassphrase(now) });
    const check = (text) => yizheng(['log', 'verify', '--data', data], withPassphrase(text)).code;
    assert.equal(yizheng(['init', '--data', data, '--demo']).code, 0);
    writeFileSync(join(keys, 'sms-token'), 'geheim\n', { mode: 0o600 });
    const before = new Map(readdirSync(keys).map((n) => [n, readFileSync(join(keys, n), 'utf8')]));
    const first = rewrap('口令一\n');
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /新口令/);
    assert.deepEqual([check('口令一'), check(''), check('口令二')], [0, 3, 3]);
    assert.ok(!existsSync(`${keys}.new`), 'nothing stays in clear beside it');
    for (const [n, text] of before) {
      if (n === 'lock') continue;
      const now = readFileSync(join(keys, n), 'utf8');
      if (n.endsWith('.pem')) assert.match(now, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/, n);
      else if (/\.(key|mac)$/.test(n)) assert.match(now, /^wrapped:1:/, n);
      else assert.equal(now, text, n);
      assert.equal(mode(join(keys, n)), SECRET_FILE.test(n) || n === 'sms-token' ? 0o600 : 0o644, n);
    }
    assert.equal(mode(keys), 0o700);
    assert.equal(rewrap('口令二\n', { with: '口令零' }).code, 3, 'the old one must be right');
    assert.equal(rewrap('\n', { with: '口令一' }).code, 2);
    assert.equal(rewrap('x'.repeat(1500), { with: '口令一' }).code, 3);
    assert.equal(check('口令一'), 0, 'what failed changed nothing');
    assert.equal(rewrap('口令二\n', { with: '口令一' }).code, 0);
    assert.deepEqual([check('口令二'), check('口令一')], [0, 3]);
    // Killed at any moment: whole under one of them, and what was left beside it does not stand in the way.
    let current = '口令二';
    for (let i = 0; i < 6; i++) {
      const child = spawn(BIN, ['keys', 'passphrase', '--data', data], { stdio: ['pipe', 'ignore', 'ignore'], ...withPassphrase(current) });
      const over = new Promise((end) => child.once('exit', end));
      child.stdin.end(`口令三${i}\n`);
      await sleep(40 * i);
      child.kill('SIGKILL');
      await over;
      const good = [current, `口令三${i}`].filter((text) => check(text) === 0);
      assert.equal(good.length, 1, `after ${40 * i} ms`);
      [current] = good;
    }
    const last = rewrap('', { with: current, args: ['--none'] });
    assert.equal(last.code, 0, last.err);
    assert.deepEqual([check(''), existsSync(`${keys}.new`)], [0, false]);
    assert.equal(readFileSync(join(keys, 'ledger.mac'), 'utf8').trim(), before.get('ledger.mac').trim());
    const server = await new Server({ data, engine: 'sqlite', db: null, remove: () => rmSync(data, { recursive: true, force: true }) }, []).up();
    await new World(server).officer('hbw-scjg');
    await server.stop();
  });

  test('a directory from before the manifest is completed, and keeps its key', () => {
    const data = join(base, 'older');
    assert.equal(yizheng(['init', '--data', data]).code, 0);
    const keys = join(data, 'keys');
    const current = readFileSync(join(keys, 'current'), 'utf8');
    for (const n of readdirSync(keys)) if (!n.startsWith(`licence-${current}`) && n !== 'current' && n !== 'ledger.mac') rmSync(join(keys, n));
    rmSync(join(keys, `licence-${current}.crt`));
    assert.equal(yizheng(['log', 'verify', '--data', data]).code, 0);
    assert.equal(readFileSync(join(keys, 'current'), 'utf8'), current);
    const list = yizheng(['keys', 'list', '--data', data]);
    assert.match(list.out, new RegExp(`${current}  证照签发  .*现行`));
    for (const what of ['证书签发', '印章制作', '数据加密']) assert.match(list.out, new RegExp(what));
    assert.ok(existsSync(join(keys, `licence-${current}.crt`)));
  });

  test('a manifest that was broken, or files that do not fit it, are refused with the reason', () => {
    const data = join(base, 'broken');
    assert.equal(yizheng(['init', '--data', data]).code, 0);
    const path = join(data, 'keys', 'manifest.json');
    const good = readFileSync(path, 'utf8');
    const id = readFileSync(join(data, 'keys', 'current'), 'utf8');
    for (const [bad, why] of [['{', /无法识别/], [good.replace('"format":1', '"format":2'), /比本程序新/], [good.replace(id, 'x'), /第 \d+ 项有误/], [good.replace(id, '0123456789abcdef'), /0123456789abcdef/]]) {
      writeFileSync(path, bad, { mode: 0o600 });
      const r = yizheng(['log', 'verify', '--data', data]);
      assert.equal(r.code, 3, r.out);
      assert.match(r.err, why);
    }
  });
});

/** Telephone and identity numbers anywhere in a value. */
function personalIn(value, out = new Set()) {
  if (typeof value === 'string' && (/^1[3-9]\d{9}$/.test(value) || /^[1-8]\d{16}[\dX]$/.test(value))) out.add(value);
  else if (value && typeof value === 'object') for (const v of Object.values(value)) personalIn(v, out);
  return out;
}

for (const engine of ENGINES)
  describe(`rotation and personal data on ${engine}`, () => {
    let server, w, who, old;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant('示例·申请人');
      old = await w.licensed(who, TWO);
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const keys = (command, ...args) => yizheng(['keys', command, '--data', server.data, ...(command === 'rotate' || command === 'list' || !server.db ? [] : ['--db', server.db]), ...args]);
    const verify = (text) => w.client().post('/api/v1/verify', { text });

    test('no telephone or identity number stands in the database', () => whoseNumbers().then(async (numbers) => {
      assert.ok(numbers.size >= 2, [...numbers].join());
      await sleep(2500); // what waits to go out goes out
      if (server.db) {
        if (!hasTool('pg_dump')) return;
        const dump = run('pg_dump', ['-d', server.db]).out;
        assert.match(dump, /~1:[0-9a-f]{16}:/);
        for (const n of numbers) assert.ok(!dump.includes(n), n);
        return;
      }
      for (const name of readdirSync(server.data).filter((n) => n.startsWith('yizheng.db'))) {
        const bytes = readFileSync(join(server.data, name));
        for (const n of numbers) assert.equal(bytes.indexOf(n), -1, `${n} in ${name}`);
      }
    }));

    async function whoseNumbers() {
      const form = await who.get(`/api/v1/cases/${old.case.id}/form`);
      const numbers = personalIn(form.values);
      numbers.add((await who.get('/api/v1/session')).user.phone);
      return numbers;
    }

    test('rotation: a running server signs with the new key, the old licence verifies for ever', async () => {
      const before = await w.client().get('/api/v1/keys');
      const r = keys('rotate', '--overlap', '7');
      assert.equal(r.code, 0, r.err);
      assert.match(r.out, /旧密钥 [0-9a-f]{16} 过渡到\d+年\d+月\d+日为止/);
      const now = await until('the new key', async () => {
        const list = await w.client().get('/api/v1/keys');
        return list.items.length === 2 && list;
      });
      assert.equal(now.items[0].state, 'current');
      assert.deepEqual([now.items[1].key_id, now.items[1].state], [before.items[0].key_id, 'retired']);
      assert.ok(now.items[1].valid_until);
      assert.match(now.items[0].certificate_pem, /BEGIN CERTIFICATE/);
      const fresh = await w.licensed(who, TWO);
      const [one, two] = [await verify(fresh.licence.qr_text), await verify(old.licence.qr_text)];
      assert.deepEqual([one.ok, one.licence.key_id], [true, now.items[0].key_id]);
      assert.deepEqual([two.ok, two.licence.key_id], [true, now.items[1].key_id]);
      assert.ok(licenceSigned(fresh.licence.qr_text, now.items[0].public_hex));
      for (const text of [fresh.licence.qr_text, old.licence.qr_text]) assert.equal(yizheng(['verify', '--data', server.data, text]).code, 0);
      const head = await until('a head by the new key', async () => {
        const h = await w.client().get('/api/v1/ledger/head');
        return h.key_id === now.items[0].key_id && h;
      });
      assert.ok(head.size > 0);
      server.assertLogClean();
    });

    test('personal data under a new data key while the server runs, also when cut off', async () => {
      const dataKeys = () => JSON.parse(readFileSync(join(server.data, 'keys', 'manifest.json'), 'utf8')).keys.filter((k) => k.purpose === 'data');
      const first = dataKeys()[0].id;
      const where = server.db ? ['--db', server.db] : [];
      // Killed while it waits for nodes to take the key up: the key is in use, nothing is under it yet but what the server writes.
      const child = spawn(BIN, ['keys', 'rotate-data', '--data', server.data, ...where], { stdio: 'ignore' });
      await until('the new data key in use', () => dataKeys().length === 2 && dataKeys()[1].current, 20000);
      child.kill('SIGKILL');
      await until('the server to use it', async () => {
        const c = await w.create(who, TWO);
        return !sql(server, `SELECT applicant_phone FROM licensing_case WHERE id = ${c.id}`).startsWith(`~1:${first}`);
      });
      await server.restart('SIGKILL');
      const numbers = await whoseNumbers();
      assert.ok(numbers.size >= 2, 'everything reads, under whichever key it is');
      const r = keys('rotate-data');
      assert.equal(r.code, 0, r.err);
      assert.match(r.out, /已全部改用新的数据密钥/);
      assert.equal(dataKeys().length, 2, 'the run that was cut off was finished, not begun anew');
      for (const [table, column] of [['user_account', 'phone'], ['licensing_case', 'applicant_phone'], ['case_form', 'body'], ['dispatch', 'address']])
        assert.equal(sql(server, `SELECT COUNT(*) FROM ${table} WHERE ${column} LIKE '~1:${first}%' OR ${column} NOT LIKE '~1:%'`), '0', `${table}.${column}`);
      const again = await w.client().applicant([...numbers].find((n) => n.startsWith('199')), '示例·申请人');
      assert.equal((await again.get(`/api/v1/cases/${old.case.id}`)).number, old.case.number, 'found by telephone number');
      assert.deepEqual(await whoseNumbers(), numbers);
    });

    test('a value moved to another row does not open', async () => {
      const other = await w.applicant('示例·另一人');
      const c = await w.create(other);
      const mine = sql(server, `SELECT applicant_phone FROM licensing_case WHERE id = ${c.id}`);
      const theirs = sql(server, `SELECT applicant_phone FROM licensing_case WHERE id = ${old.case.id}`);
      sql(server, `UPDATE licensing_case SET applicant_phone = '${theirs}' WHERE id = ${c.id};`);
      assertProblem(await other.call('GET', `/api/v1/cases/${c.id}`), 500, 'corrupt');
      sql(server, `UPDATE licensing_case SET applicant_phone = '${mine}' WHERE id = ${c.id};`);
      assert.equal((await other.get(`/api/v1/cases/${c.id}`)).id, c.id);
    });

    test('who was shown personal data is on record, for the bureau and the administrator', async () => {
      const item = old.case.items[0];
      await w.item(item);
      const reviewer = await w.reviewer(item);
      const file = (await reviewer.get(`/api/v1/items/${item.id}`)).attachments[0];
      await reviewer.call('GET', `/api/v1/cases/${old.case.id}/attachments/${file.id}`);
      const bureau = await w.bureau();
      const list = await bureau.get(`/api/v1/cases/${old.case.id}/readings`);
      const seen = list.items.find((x) => x.place === 'item' && x.department === item.department.name);
      assert.ok(seen, JSON.stringify(list));
      assert.match(seen.fields.join(), /电话|手机|身份证|证件/);
      assert.equal(seen.role, 'reviewer');
      assert.ok(list.items.some((x) => x.place === 'file' && x.fields.includes(file.name)));
      const again = await (await w.officer('admin')).get(`/api/v1/cases/${old.case.id}/readings`);
      assert.equal(again.items.length, list.items.length, 'looking again within ten minutes is the same reading');
      assertProblem(await reviewer.call('GET', `/api/v1/cases/${old.case.id}/readings`), 403, 'forbidden');
      assertProblem(await who.call('GET', `/api/v1/cases/${old.case.id}/readings`), 403, 'forbidden');
    });

    test('a compromised key: its licences are refused with the reason, and listed', async () => {
      const id = (await verify(old.licence.qr_text)).licence.key_id;
      const wrong = [keys('revoke', id), keys('revoke', '--reason', '示例', '0123456789abcdef')];
      assert.deepEqual(wrong.map((r) => r.code), [2, 3]);
      const r = keys('revoke', '--reason', '示例：私钥外泄', id);
      assert.equal(r.code, 0, r.err);
      assert.ok(r.out.includes(old.licence.number));
      assert.equal(keys('revoke', '--reason', '再来一次', id).code, 1);
      const answer = await until('the revocation', async () => {
        const a = await verify(old.licence.qr_text);
        return !a.ok && a;
      });
      assert.match(answer.reason, /作废（示例：私钥外泄）/);
      const offline = yizheng(['verify', '--data', server.data, old.licence.qr_text]);
      assert.equal(offline.code, 1);
      assert.match(offline.out, /核验不通过：.*作废（示例：私钥外泄）/);
      const page = String((await w.client().call('GET', `/v/${old.licence.short_id}`)).body);
      assert.match(page, /签发这一版的密钥已作废[^]*示例：私钥外泄[^]*免费重出一版[^]*所载许可/);
      const listed = (await w.client().get('/api/v1/keys')).items.find((k) => k.key_id === id);
      assert.deepEqual([listed.state, listed.revoked_reason], ['revoked', '示例：私钥外泄']);
      const fresh = await w.licensed(who, TWO);
      assert.equal((await verify(fresh.licence.qr_text)).ok, true);
      assert.doesNotMatch(String((await w.client().call('GET', `/v/${fresh.licence.short_id}`)).body), /密钥已作废/);
    });
  });

test('rows from before are sealed at the next start', async () => {
  const place = demoPlace();
  const phone = '19900001234';
  const id = sql(place, "SELECT id FROM licensing_case ORDER BY id LIMIT 1");
  sql(place, `UPDATE licensing_case SET applicant_phone = '${phone}' WHERE id = ${id}; UPDATE user_account SET phone = '${phone}', phone_index = NULL WHERE id = (SELECT applicant_id FROM licensing_case WHERE id = ${id}); DELETE FROM meta WHERE key = 'personal_sealed';`);
  const server = await new Server(place, []).up();
  try {
    assert.match(sql(place, `SELECT applicant_phone FROM licensing_case WHERE id = ${id}`), /^~1:/);
    for (const name of readdirSync(place.data).filter((n) => n.startsWith('yizheng.db'))) assert.equal(readFileSync(join(place.data, name)).indexOf(phone), -1, name);
    const w = new World(server);
    const owner = await w.client().applicant(phone, '示例');
    assert.equal((await owner.get(`/api/v1/cases/${id}`)).applicant.phone, phone);
    w.close();
  } finally {
    await server.stop();
  }
});
