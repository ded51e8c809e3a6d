// The public register (R7.7, R8.3, P29): found by anybody, nothing in it that is not public, proved by the log to whoever checks
// alone, following the licence in the same moment; decisions for 双公示 with their seven working days.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertPointer } from './lib/client.mjs';
import { addDays, dateOf } from './lib/calendar.mjs';
import { sql } from './lib/database.mjs';
import { ENGINES, run, yizheng } from './lib/env.mjs';
import { consistent, headSigned, leafHash, readAct, rootOf, treeRoot } from './lib/merkle.mjs';
import { startServer } from './lib/server.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

const ID = /[1-9]\d{5}(?:19|20)\d{9}[\dX]/;
const PHONE = /(?<![0-9A-Za-z])1[3-9]\d{9}(?!\d)/;

for (const engine of ENGINES)
  describe(`public register on ${engine}`, () => {
    let server, w, anybody, keys, dir;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      anybody = w.client();
      keys = (await anybody.get('/api/v1/keys')).items;
      dir = mkdtempSync(join(tmpdir(), 'yizheng-register-'));
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      rmSync(dir, { recursive: true, force: true });
      await server.stop();
    });
    const search = (q, more = '') => anybody.get(`/api/v1/register?q=${encodeURIComponent(q)}${more}`);
    const entry = (number) => anybody.get(`/api/v1/register/${number}`);
    const keyOf = (head) => keys.find((k) => k.key_id === head.key_id).public_hex;

    test('found by name, code, address, industry, number; in full width; with a mistake in it', async () => {
      const all = await anybody.get('/api/v1/register?limit=100');
      assert.equal(all.items.length, 100);
      assert.ok(all.next_cursor);
      const one = all.items[3];
      for (const q of [one.number, one.uscc, one.uscc.toLowerCase(), ` ${one.number} `])
        assert.ok((await search(q)).items.some((x) => x.number === one.number && x.match === 'exact'), q);
      const bare = one.holder.replace(/^（示例）/, '');
      for (const q of [one.holder, bare, `${bare.slice(1, 3)} ${bare.slice(-4)}`, `${bare.slice(0, 2)} ${bare.slice(-5)}`])
        assert.ok((await search(q)).items.some((x) => x.number === one.number && x.match === 'name'), q);
      const wide = bare.replace(/[0-9]/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0));
      assert.ok((await search(wide)).items.some((x) => x.number === one.number));
      const wrong = `${bare.slice(0, -2)}误${bare.slice(-1)}`;
      const [best] = (await search(wrong)).items;
      assert.equal(best.number, one.number);
      assert.equal(best.match, 'similar');
      const there = await search(`${one.industry.name} ${one.address.replace('（示例）', '').slice(0, 6)}`);
      assert.ok(there.items.length > 0 && there.items.every((x) => x.match === 'anywhere' || x.match === 'name'));
      assert.deepEqual((await search('并没有这样一家店铺')).items, []);
    });

    test('filters, pages without repeats, refusals', async () => {
      const seen = new Set();
      for (let cursor = ''; cursor !== null; ) {
        const page = await anybody.get(`/api/v1/register?q=${encodeURIComponent('示例')}&region=150302&state=valid&limit=7${cursor && `&cursor=${cursor}`}`);
        for (const one of page.items) {
          assert.ok(!seen.has(one.number), 'twice');
          seen.add(one.number);
          assert.equal(one.region.code, '150302');
          assert.equal(one.state, 'valid');
        }
        cursor = page.next_cursor;
      }
      assert.equal(seen.size, Number(sql(server.place, "SELECT COUNT(*) FROM licence WHERE is_current = 1 AND region = '150302' AND state = 'valid'")));
      for (const [query, pointer, code] of [['q=店', '/q', 'too_short'], [`q=${'长'.repeat(61)}`, '/q', 'too_long'], ['region=999', '/region', 'unknown_region'], ['state=x', '/state', 'unknown'], ['cursor=9.1', '/cursor', 'bad_cursor'], ['limit=0', '/limit', 'out_of_range']])
        assertPointer(await anybody.call('GET', `/api/v1/register?${encodeURI(query)}`), pointer, code);
      assert.equal((await anybody.call('GET', '/api/v1/register/WHZH00')).status, 404);
    });

    test('nothing that is not public: members by list, no number of a person, no person, no telephone', async () => {
      const MEMBERS = ['address', 'ended_on', 'expires_on', 'first_issued_on', 'holder', 'industry', 'issued_on', 'issuer', 'match', 'number', 'permits', 'region', 'state', 'state_text', 'uscc', 'verify_path', 'version'];
      const persons = sql(server.place, "SELECT DISTINCT person FROM licence WHERE person <> ''").split('\n');
      assert.ok(persons.length > 3);
      for (let cursor = ''; cursor !== null; ) {
        const a = await anybody.call('GET', `/api/v1/register?limit=100${cursor && `&cursor=${cursor}`}`);
        for (const one of a.json.items) {
          assert.deepEqual(Object.keys(one).sort(), MEMBERS);
          assert.deepEqual(Object.keys(one.permits[0]).sort(), ['department', 'name', 'number', 'state', 'state_text', 'valid_from', 'valid_until']);
          // A person's name only where it is a part of the business's own.
          const rest = JSON.stringify({ ...one, holder: '' });
          for (const person of persons) assert.ok(!rest.includes(person), `${person} in ${rest}`);
          assert.doesNotMatch(rest.replaceAll(one.uscc, '').replaceAll(one.number, ''), ID);
          assert.doesNotMatch(rest.replaceAll(one.uscc, '').replaceAll(one.number, ''), PHONE);
        }
        cursor = a.json.next_cursor;
      }
      const { items } = await anybody.get('/api/v1/register?limit=30');
      for (const { number } of items) {
        const { proof } = await entry(number);
        const shown = proof.entry ? Buffer.from(proof.entry, 'hex').toString() : '';
        for (const person of persons) assert.ok(!shown.includes(person));
        assert.doesNotMatch(JSON.stringify(readAct(proof.entry ?? '').body ?? {}), /person|reason|phone/);
      }
      const a = await fetch(`${server.base}/api/v1/register?q=${encodeURIComponent('示例')}`);
      assert.match(a.headers.get('cache-control'), /public, max-age=\d+/);
      assert.equal(a.headers.get('set-cookie'), null);
    });

    test('R8.3: an entry is proved by a signed head, to whoever computes it alone', async () => {
      const one = await entry((await search('示例')).items[0].number);
      const { proof } = one;
      assert.equal(rootOf(proof), proof.head.root);
      assert.equal(proof.head.size, proof.size);
      assert.ok(headSigned(proof.head, keyOf(proof.head)));
      assert.equal(leafHash(Buffer.from(proof.entry, 'hex')).toString('hex'), proof.leaf);
      const { seq, act, body } = readAct(proof.entry);
      assert.equal(seq, proof.seq);
      assert.equal(act, 'issue_licence');
      assert.equal(body.licence, one.number);
      assert.equal(body.version, one.version);
      assert.equal(body.uscc, one.uscc);
      // Another leaf, another place, another path: no.
      assert.notEqual(rootOf({ ...proof, leaf: proof.root }), proof.head.root);
      assert.notEqual(rootOf({ ...proof, seq: proof.seq + 1 }), proof.head.root);
      assert.ok(!headSigned({ ...proof.head, size: proof.size + 1 }, keyOf(proof.head)));
    });

    test('any two sizes are consistent, and a tampered proof is not', async () => {
      const head = await anybody.get('/api/v1/ledger/head');
      const size = head.size;
      const leaves = sql(server.place, server.db ? "SELECT encode(leaf, 'hex') FROM ledger ORDER BY seq" : 'SELECT lower(hex(leaf)) FROM ledger ORDER BY seq').split('\n').map((hex) => Buffer.from(hex, 'hex'));
      const at = (n) => treeRoot(leaves.slice(0, n)).toString('hex');
      const pairs = [[1, 1], [1, 2], [1, size], [2, 3], [3, 7], [4, 8], [6, 8], [7, 8], [255, 256], [256, 257], [256, 512], [257, 513], [511, 1024], [1000, size], [size - 1, size], [size, size]];
      for (let i = 0; i < 20; i++) {
        const to = 1 + ((i * 7919) % size);
        pairs.push([1 + ((i * 104729) % to), to]);
      }
      for (const [from, to] of pairs) {
        const p = await anybody.get(`/api/v1/ledger/consistency?from=${from}&to=${to}`);
        assert.equal(p.from_root, at(from), `${from}`);
        assert.equal(p.to_root, at(to), `${to}`);
        assert.ok(consistent(p), `${from} ${to}`);
        if (from < to) assert.ok(!consistent({ ...p, from_root: at(Math.max(1, from - 1)) === p.from_root ? at(to) : at(Math.max(1, from - 1)) }), `${from} ${to} tampered`);
      }
      assertPointer(await anybody.call('GET', '/api/v1/ledger/consistency'), '/from', 'required');
      assert.equal((await anybody.call('GET', `/api/v1/ledger/consistency?from=5&to=${size + 1000}`)).status, 404);
      assert.equal((await anybody.call('GET', '/api/v1/ledger/consistency?from=9&to=4')).status, 404);
    });

    test('P29, R7.7: the register follows a licence in the same moment; acts with a reason stay closed', async () => {
      const who = await w.applicant();
      const early = await anybody.get('/api/v1/ledger/head');
      const { licence: l } = await w.licensed(who, TWO);
      const first = await entry(l.number);
      assert.equal(first.holder, l.holder);
      assert.equal(first.state, 'valid');
      assert.equal(first.permits.length, l.permits.length);
      assert.equal(rootOf(first.proof), first.proof.head.root);
      assert.ok((await search(l.holder)).items.some((x) => x.number === l.number && x.match === 'name'));
      const permit = (await (await w.bureau(l.region.code)).get(`/api/v1/permits?q=${l.uscc}`)).items.find((p) => p.licence === l.number);
      const officer = await w.officer(loginOf(permit.department.code));
      const detail = await officer.get(`/api/v1/permits/${permit.id}`);
      const notice = { document: '示例市监撤〔2026〕9号', reason: '以欺骗手段取得，法定代表人张某某（示例）', basis: '行政许可法第六十九条第二款' };
      const done = await officer.call('POST', `/api/v1/permits/${permit.id}/acts/revoke_permit`, { json: notice, match: detail.version, key: true });
      assert.equal(done.status, 200, String(done.body));
      const second = await entry(l.number);
      assert.equal(second.version, 2);
      assert.equal(second.permits.filter((p) => p.state === 'revoked').length, 1);
      assert.equal(second.proof.entry, null, 'a reason is not public');
      assert.equal(rootOf(second.proof), second.proof.head.root);
      assert.doesNotMatch(JSON.stringify(second), /欺骗|张某某/);
      // Heads are kept and grow out of one another; the first is the beginning of the last.
      const { items } = await anybody.get('/api/v1/ledger/heads?limit=3');
      assert.ok(items[0].size > items[1].size && items.every((h) => headSigned(h, keyOf(h))));
      const growth = await anybody.get(`/api/v1/ledger/consistency?from=${early.size}&to=${items[0].size}`);
      assert.equal(growth.from_head.root, early.root);
      assert.equal(growth.to_head.root, items[0].root);
      assert.ok(consistent(growth));
    });

    test('rows that are missing come back by a command', async () => {
      const number = (await search('示例')).items[0].number;
      sql(server.place, `DELETE FROM register_gram WHERE id = (SELECT id FROM register_entry WHERE number = '${number}'); DELETE FROM register_entry WHERE number = '${number}'`);
      assert.equal((await anybody.call('GET', `/api/v1/register/${number}`)).status, 404);
      assert.equal(server.logVerify().code, 1);
      const r = yizheng(['register', 'rebuild', ...server.where]);
      assert.equal(r.code, 0, r.err);
      assert.equal((await entry(number)).number, number);
      server.assertLogClean();
      // A database from before there was a register has its rows after the next start.
      const all = Number(sql(server.place, 'SELECT COUNT(*) FROM register_entry'));
      await server.down();
      sql(server.place, "DELETE FROM register_gram; DELETE FROM register_entry; DELETE FROM meta WHERE key = 'register_form'");
      await server.up();
      assert.equal(Number(sql(server.place, 'SELECT COUNT(*) FROM register_entry')), all);
      assert.equal((await search(number)).items[0].number, number);
      assert.match(String((await anybody.call('GET', (await entry(number)).verify_path)).body), new RegExp(`href="/register/${number}"`));
    });

    test('yizheng log: saved proofs and heads are checked without the database', async () => {
      const file = (name) => join(dir, name);
      const log = (...args) => yizheng(['log', ...args]);
      const { number } = (await search('示例')).items.find((x) => x.version === 1);
      assert.equal(log('head', ...server.where, '--out', file('head.json')).code, 0);
      assert.equal(log('prove', ...server.where, '--licence', number, '--out', file('proof.json')).code, 0);
      writeFileSync(file('key.pem'), keys.find((k) => k.state === 'current').public_pem);
      writeFileSync(file('trust.json'), (await anybody.call('GET', '/api/v1/trust')).body);
      writeFileSync(file('entry.json'), JSON.stringify(await entry(number)));
      for (const trust of [['--key', file('key.pem')], ['--trust', file('trust.json')], ['--data', server.data]]) {
        const r = log('check', ...trust, '--head', file('head.json'), file('proof.json'));
        assert.equal(r.code, 0, r.out + r.err);
        assert.match(r.out, /核对通过：第 \d+ 条在 \d+ 条的日志里/);
      }
      assert.equal(log('check', '--key', file('key.pem'), file('entry.json')).code, 0);
      const head = JSON.parse(readFileSync(file('head.json'), 'utf8'));
      const proof = JSON.parse(readFileSync(file('proof.json'), 'utf8'));
      const bad = (change, words, more = []) => {
        writeFileSync(file('bad.json'), JSON.stringify(change(structuredClone(proof))));
        const r = log('check', '--key', file('key.pem'), ...more, file('bad.json'));
        assert.equal(r.code, 1, r.out + r.err);
        assert.match(r.out, words);
      };
      const flip = (hex) => (hex[0] === '0' ? '1' : '0') + hex.slice(1);
      bad((p) => ({ ...p, leaf: flip(p.leaf), entry: null }), /不在日志里/);
      bad((p) => ({ ...p, entry: p.entry.slice(0, -2) + '7c' }), /内容与其摘要不符/);
      bad((p) => ({ ...p, seq: p.seq + 1 }), /不在日志里/);
      bad((p) => ({ ...p, path: p.path.slice(1) }), /不在日志里/);
      bad((p) => ({ ...p, head: { ...p.head, root: flip(p.head.root) } }), /签名无效/);
      bad((p) => ({ ...p, head: { ...p.head, key_id: '0011223344556677' } }), /不在信任之列/);
      bad((p) => ({ ...p, head: null }), /没有签名的树头/);
      bad(() => ({}), /没有签名的树头/);
      assert.equal(log('consistency', ...server.where, '--from', String(head.size), '--out', file('same.json')).code, 0);
      assert.match(log('check', '--key', file('key.pem'), '--head', file('head.json'), file('same.json')).out, /核对通过/);
      for (const args of [['head'], ['prove', '--data', server.data], ['check', file('proof.json')], ['consistency', '--data', server.data], ['prove', '--data', server.data, '--seq', '-1']])
        assert.equal(log(...args).code, 2, args.join(' '));
    });

    test('P29: 双公示: decisions with their seven working days, as CSV and Excel; nothing runs in a spreadsheet', async () => {
      const bureau = await w.bureau('150300');
      const to = dateOf(server.now());
      const from = addDays(to, -200);
      const list = await bureau.get(`/api/v1/publicity?from=${from}&to=${to}`);
      assert.ok(list.total > 100 && list.overdue > 0);
      const late = list.items.findIndex((x) => x.state !== 'overdue');
      assert.equal(late, Math.min(list.overdue, list.items.length), 'what is overdue stands first');
      assert.ok(list.items.some((x) => x.kind === '不予许可' && x.number === '' && x.document_name === '不予许可决定书'));
      assert.ok(list.items.every((x) => x.due_on > x.decided_on));
      assert.ok(list.items.every((x) => (x.state === 'overdue' ? x.shown_on === null && x.due_on < to : true)));
      const csv = await bureau.call('GET', `/api/v1/publicity?from=${from}&to=${to}&format=csv`, { describe: false });
      assert.equal(csv.status, 200);
      const text = String(csv.body);
      assert.match(text, /^\uFEFF?"行政相对人名称","行政相对人类别","统一社会信用代码"/);
      assert.equal(text.trim().split('\r\n').length, list.total + 1);
      assert.doesNotMatch(text, /(^|,)"?[=+@-]/m);
      assert.doesNotMatch(text.replace(/[0-9A-HJ-NPQRTUWXY]{18}/g, ''), PHONE);
      const xlsx = await bureau.call('GET', `/api/v1/publicity?from=${from}&to=${to}&format=xlsx`, { describe: false });
      assert.equal(xlsx.body.subarray(0, 2).toString(), 'PK');
      assert.match(xlsx.headers['content-disposition'], /attachment; filename="publicity-.*\.xlsx"/);
      const out = join(dir, 'p.csv');
      const r = yizheng(['publicity', 'export', ...server.where, '--from', from, '--to', to, '--out', out]);
      assert.equal(r.code, 0, r.err);
      assert.ok(readFileSync(out).subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])));
      assert.equal(yizheng(['publicity', 'export', ...server.where, '--out', join(dir, 'p2.xlsx')]).code, 0);
      assert.match(run('unzip', ['-p', join(dir, 'p2.xlsx'), 'xl/worksheets/sheet1.xml']).out, /<sheetData>/);
      assert.doesNotMatch(run('unzip', ['-p', join(dir, 'p2.xlsx'), 'xl/worksheets/sheet1.xml']).out, /<f>/);
      // For the bureau only, each for its own region.
      assert.equal((await anybody.call('GET', '/api/v1/publicity')).status, 401);
      const district = await (await w.bureau('150303')).get(`/api/v1/publicity?from=${from}&to=${to}`);
      assert.ok(district.total > 0 && district.total < list.total);
      assertPointer(await bureau.call('GET', `/api/v1/publicity?from=${to}&to=${from}`), '/to', 'out_of_range');
      assertPointer(await bureau.call('GET', '/api/v1/publicity?from=x'), '/from', 'bad_date');
      assertPointer(await bureau.call('GET', '/api/v1/publicity?format=pdf'), '/format', 'bad_word');
    });
  });
