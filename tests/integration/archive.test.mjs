// The archive of closed cases (P31): complete or not at all, one package for each, checked by our command line and, with
// sm-crypto and openssl, without anything of ours; every way to change a package is found; nothing is lost when killed.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, newKey } from './lib/client.mjs';
import { ENGINES, run, sleep, yizheng } from './lib/env.mjs';
import { canonical, headSigned, leafHash, rootOf, sm3Hex } from './lib/merkle.mjs';
import { startServer } from './lib/server.mjs';
import { askFor, loginOf, SHOP, TWO, World } from './lib/world.mjs';
import { unzip, zip } from './lib/zip.mjs';

const { sm2 } = createRequire(import.meta.url)('sm-crypto');
const CRASHES = Number(process.env.SOAK ?? (process.env.YZ_SLOW ? 2 : 6));

const archivePath = (c) => `/api/v1/cases/${c.id}/archive`;
const codes = (state) => state.problems.map((p) => p.code).sort();

for (const engine of ENGINES)
  describe(`archive on ${engine}`, () => {
    let server, w, dir, who, bureau, c, bytes, files, manifest;
    const file = (name) => join(dir, name);
    const deliver = async (one) => {
      const b = await w.bureau(one.region.code);
      const now = await b.get(`/api/v1/cases/${one.id}`);
      return b.post(`/api/v1/cases/${one.id}/deliver`, { method: 'pickup', receiver: '示例签收人' }, { match: now.version, key: true });
    };
    const tryArchive = async (one, { by = bureau, match, key = true } = {}) => by.call('POST', archivePath(one), { match: match ?? (await bureau.get(archivePath(one))).version, key });
    const archive = async (one) => {
      const a = await tryArchive(one);
      assert.equal(a.status, 200, String(a.body));
      return a.json;
    };
    const verify = (name, ...trust) => yizheng(['archive', 'verify', file(name), ...(trust.length ? trust : ['--trust', file('trust.json')])]);
    /** What the command says of a package with these entries. */
    const verdict = (entries, mode) => {
      writeFileSync(file('changed.zip'), zip(entries, mode));
      return verify('changed.zip');
    };

    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      dir = mkdtempSync(join(tmpdir(), 'yizheng-archive-'));
      who = await w.applicant();
      bureau = await w.bureau('150302');
      writeFileSync(file('trust.json'), JSON.stringify(await bureau.get('/api/v1/trust')));
      const keys = await bureau.get('/api/v1/keys');
      writeFileSync(file('ca.pem'), keys.authority_pem);
      writeFileSync(file('key.pem'), keys.items[0].public_pem);
      c = (await w.licensed(who)).case;
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      rmSync(dir, { recursive: true, force: true });
      await server.stop();
    });

    test('P31 a case that is not complete is not archived, and everything that is missing is named at once', async () => {
      const open = await w.submitted(who);
      const early = await bureau.get(archivePath(open));
      assert.equal(early.closed, false);
      assert.equal(early.complete, false);
      assertProblem(await tryArchive(open), 409, 'refused_by_rule');
      const state = await bureau.get(archivePath(c));
      assert.deepEqual(codes(state), ['delivery_missing', 'delivery_missing', 'delivery_missing']);
      assert.ok(state.problems.every((p) => p.where === 'window' && /送达/.test(p.message)));
      const p = assertProblem(await tryArchive(c), 409, 'archive_incomplete', 'P31');
      assert.deepEqual(p.errors.map((e) => e.code), state.problems.map((one) => one.code));
      assert.equal((await bureau.get(`/api/v1/cases/${c.id}`)).state, 'issued');
      assertProblem(await bureau.call('GET', `${archivePath(c)}/package`), 404, 'not_found');
    });

    test('P31 decided, and the licence not issued yet: that is what is missing', async () => {
      const one = await w.submitted(who, SHOP);
      await w.grantAll(one);
      assert.deepEqual(codes(await bureau.get(archivePath(one))), ['delivery_missing', 'licence_not_issued']);
    });

    test('P31 archived once, by window or bureau of the case, and it stays as it is', async () => {
      await deliver(c);
      const state = await bureau.get(archivePath(c));
      assert.deepEqual(state.problems, []);
      assert.equal(state.complete, true);
      assert.ok(state.due_at > state.closed_at, 'the clock would do it one day');
      assertProblem(await tryArchive(c, { match: state.version - 1 }), 412, 'changed_meanwhile');
      assertProblem(await bureau.call('POST', archivePath(c), { key: true }), 428, 'precondition_required');
      for (const login of ['hn-spj', 'hn-ck']) assertProblem(await (await w.officer(login)).call('GET', archivePath(c)), 404, 'not_found');
      for (const other of [who, await w.reviewer(c.items[0])]) {
        assertProblem(await other.call('GET', archivePath(c)), 403, 'forbidden');
        assertProblem(await other.call('POST', archivePath(c), { match: state.version, key: true }), 403, 'forbidden');
        assertProblem(await other.call('GET', `${archivePath(c)}/package`), 403, 'forbidden');
      }
      const key = newKey();
      const done = await tryArchive(c, { key });
      assert.equal(done.status, 200, String(done.body));
      assert.equal(done.json.state, 'archived');
      assert.equal(done.json.package.files, done.json.files.length);
      const again = await tryArchive(c, { key, match: state.version });
      assert.equal(again.status, 200);
      assert.deepEqual(again.json.package, done.json.package);
      assertProblem(await tryArchive(c), 409, 'refused_by_rule');
      const seen = await who.get(`/api/v1/cases/${c.id}`);
      assert.equal(seen.state, 'archived');
      assert.equal(seen.timeline.at(-1).act, 'archive_case');
      assert.ok(!seen.allowed.includes('deliver'));
      const late = await w.tryAct(c.items[0], 'confirm_commitment', { material: 'M-CSZM' });
      assertProblem(late, 409, 'refused_by_rule', 'P31');
      const version = seen.version;
      for (const [path, body] of [['deliver', { method: 'pickup', receiver: '示例' }], ['issue', {}]]) assertProblem(await bureau.call('POST', `/api/v1/cases/${c.id}/${path}`, { json: body, match: version, key: true }), 409, 'refused_by_rule');
    });

    test('R8.2 the package is downloaded as stored, and whoever reads it is on record', async () => {
      const state = await bureau.get(archivePath(c));
      const answer = await bureau.call('GET', `${archivePath(c)}/package`);
      assert.equal(answer.headers['content-type'], 'application/zip');
      assert.match(answer.headers['content-disposition'], new RegExp(`${c.number}\\.zip`));
      bytes = answer.body;
      assert.equal(bytes.length, state.package.size);
      assert.equal(sm3Hex(bytes), state.package.sm3);
      writeFileSync(file('package.zip'), bytes);
      const readings = (await bureau.get(`/api/v1/cases/${c.id}/readings`)).items;
      assert.ok(readings.some((r) => r.place === 'archive' && r.why === '调阅归档包'));
      assert.deepEqual((await bureau.call('GET', `${archivePath(c)}/package`)).body, bytes, 'the same bytes every time');
    });

    test('R8.2 checked without us: unzip, sm-crypto, openssl', async () => {
      files = unzip(bytes);
      manifest = JSON.parse(files.get('manifest.json'));
      assert.equal(manifest.case.number, c.number);
      assert.deepEqual([...files.keys()].sort(), ['manifest.json', 'manifest.sig', ...manifest.files.map((f) => f.path)].sort());
      for (const f of manifest.files) {
        assert.equal(files.get(f.path).length, f.size, f.path);
        assert.equal(sm3Hex(files.get(f.path)), f.sm3, f.path);
      }
      const key = (await bureau.get('/api/v1/keys')).items.find((k) => k.key_id === manifest.key_id);
      assert.ok(sm2.doVerifySignature([...files.get('manifest.json')], files.get('manifest.sig').toString('hex'), key.public_hex, { hash: true, der: true, userId: '1234567812345678' }));
      for (const name of ['manifest.json', 'manifest.sig']) writeFileSync(file(name), files.get(name));
      const openssl = run('openssl', ['pkeyutl', '-verify', '-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678', '-pubin', '-inkey', file('key.pem'), '-in', file('manifest.json'), '-sigfile', file('manifest.sig')]);
      assert.match(openssl.out + openssl.err, /Verified Successfully/);
      const json = (piece) => JSON.parse(files.get(manifest.files.find((f) => f.piece === piece).path));
      const [log, proofs, head] = ['log', 'proofs', 'head'].map(json);
      assert.ok(headSigned(head, key.public_hex));
      assert.equal(head.size, manifest.head_size);
      assert.equal(log.acts[0].act, 'submit');
      for (const act of log.acts) {
        const leaf = leafHash(canonical(act)).toString('hex');
        const proof = proofs.proofs.find((p) => p.seq === act.seq);
        assert.equal(proof.leaf, leaf);
        assert.equal(rootOf({ ...proof, size: head.size }), head.root);
      }
      assert.equal(json('metadata').items.length, c.items.length);
      assert.equal(run('unzip', ['-tq', file('package.zip')]).code, 0);
    });

    test('R8.2 our command: by trust list, key, root or data directory; without any it does not know whose it is', () => {
      for (const trust of [['--trust', file('trust.json')], ['--key', file('key.pem')], ['--ca', file('ca.pem')], ['--data', server.data]]) {
        const r = verify('package.zip', ...trust);
        assert.equal(r.code, 0, r.out + r.err);
        assert.match(r.out, /归档包齐全、完整、真实/);
        assert.doesNotMatch(r.out, /不通过|不能确定|没有进行/);
      }
      const alone = yizheng(['archive', 'verify', file('package.zip')]);
      assert.equal(alone.code, 1);
      assert.match(alone.out, /签名密钥可信\s+不能确定/);
      assert.match(alone.out, /清单签名\s+通过/);
      assert.equal(verify('none.zip').code, 3);
      assert.equal(yizheng(['archive', 'verify']).code, 2);
    });

    // The command knows no engine: one is enough for what takes hundreds of processes.
    if (engine === ENGINES[0]) test('R8.2 changed, gone, added, renamed: every file is covered', () => {
      const entries = [...files];
      assert.equal(verdict(entries).code, 0, 'written by somebody else, with the same content');
      for (const [name, data] of entries) {
        const other = Buffer.from(data);
        other[other.length >> 1] ^= 1;
        const swap = (with_) => entries.flatMap(([n, d]) => (n === name ? with_ : [[n, d]]));
        for (const [how, changed] of [['changed', swap([[name, other]])], ['gone', swap([])], ['renamed', swap([[`${name}x`, data]])], ['emptied', swap([[name, Buffer.alloc(0)]])]]) {
          const r = verdict(changed);
          assert.equal(r.code, 1, `${how}: ${name}: ${r.out}`);
          assert.match(r.out, /没有通过核对/);
        }
      }
      assert.match(verdict([...entries, ['多出来.txt', Buffer.from('x')]]).out, /清单没有的文件：多出来/);
    });

    test('R8.2 a manifest made anew under another key, or that leaves a decision out, is found', () => {
      const remade = (change, pair = sm2.generateKeyPairHex()) => {
        const m = JSON.parse(files.get('manifest.json'));
        change(m);
        const text = Buffer.from(JSON.stringify(m));
        const sig = Buffer.from(sm2.doSignature([...text], pair.privateKey, { hash: true, der: true, userId: '1234567812345678' }), 'hex');
        const listed = new Set(m.files.map((f) => f.path));
        return verdict([['manifest.json', text], ['manifest.sig', sig], ...[...files].filter(([n]) => listed.has(n))]);
      };
      assert.match(remade(() => {}).out, /清单签名\s+不通过/);
      assert.match(remade((m) => (m.key_id = '0'.repeat(16))).out, /没有密钥/);
      const less = remade((m) => {
        const gone = m.facts.find((f) => f.fact === 'decided').ref;
        m.facts = m.facts.filter((f) => !(f.fact === 'decided' && f.ref === gone));
        m.files = m.files.filter((f) => !(f.piece === 'decision' && f.ref === gone));
      });
      assert.match(less.out, /案卷齐全\s+通过/);
      assert.match(less.out, /没有反映在清单里/, 'the log knows of the decision');
      assert.match(remade((m) => (m.files = m.files.filter((f) => f.piece !== 'delivery'))).out, /缺少“[^”]+”的送达回证/);
    });

    test('R8.2 archives that would do harm are not opened', () => {
      const entries = [...files];
      for (const name of ['../outside', '/etc/outside', 'a/../../b', 'a\\b', 'a\nb']) {
        const r = verdict([...entries, [name, Buffer.from('x')]]);
        assert.equal(r.code, 1, name);
        assert.match(r.out, /压缩包安全\s+不通过/);
      }
      assert.match(verdict([...entries, entries[3]]).out, /压缩包安全\s+不通过/, 'a name twice');
      assert.match(verdict(entries, 0o120777).out, /压缩包安全\s+不通过/);
      writeFileSync(file('changed.zip'), bytes.subarray(0, bytes.length - 30));
      assert.match(verify('changed.zip').out, /压缩包安全\s+不通过/);
      writeFileSync(file('changed.zip'), 'no zip');
      assert.equal(verify('changed.zip').code, 1);
    });

    test('P31 denied, corrected, withdrawn, with a promise kept: each its own package', async () => {
      const denied = await w.submitted(who, SHOP);
      await w.act(denied.items[0], 'accept');
      await w.act(denied.items[0], 'deny', { reason: '示例：布局不符合要求', basis: '行政许可法第三十八条' }, { by: 'hbw-scjg' });
      await deliver(denied);
      const withdrawn = await w.submitted(who, TWO);
      await w.act(withdrawn.items[0], 'ask_correction', askFor('field', 'F_ENT_NAME'));
      await who.post(`/api/v1/cases/${withdrawn.id}/withdraw`, { reason: '示例' }, { match: (await who.get(`/api/v1/cases/${withdrawn.id}`)).version, key: true });
      const [kept, late] = await w.promised(who, SHOP);
      for (const one of [denied, withdrawn]) {
        const state = await archive(one);
        writeFileSync(file('other.zip'), await bureau.get(`${archivePath(one)}/package`));
        const r = verify('other.zip');
        assert.equal(r.code, 0, r.out);
        assert.equal(state.files.some((f) => f.piece === 'licence_pdf'), false);
      }
      const open = await bureau.get(archivePath(kept));
      assert.ok(codes(open).includes('promise_open') && codes(open).includes('item_open'), `${late}: ${codes(open)}`);
    });

    test('P23, P31 cases about a licence: each package has the versions that its case made, as they were issued', async () => {
      const owner = await w.applicant();
      const { licence: l, case: first } = await w.licensed(owner, TWO);
      const about = async (kind, set = {}, more = {}) => {
        const one = await owner.post(`/api/v1/licences/${l.number}/cases`, { kind, ...more }, { key: true });
        const form = await owner.get(`/api/v1/cases/${one.id}/form`);
        const saved = await owner.ok('PUT', `/api/v1/cases/${one.id}/form`, { json: { values: { ...form.values, F_TRUTH: true, ...set } }, match: form.version });
        const sent = await owner.ok('POST', `/api/v1/cases/${one.id}/submit`, { json: { truth: true }, match: saved.version, key: true });
        await w.grantAll(sent);
        await deliver(sent);
        return sent;
      };
      const pieces = async (one) => {
        const state = await archive(one);
        const package_ = await bureau.get(`${archivePath(one)}/package`);
        writeFileSync(file('about.zip'), package_);
        const r = verify('about.zip');
        assert.equal(r.code, 0, r.out);
        return { state, inside: unzip(package_), titles: state.files.filter((f) => /^(licence|permit)_pdf$/.test(f.piece)).map((f) => f.title) };
      };
      const moved = await about('amend', { F_ADDR: '内蒙古自治区乌海市海勃湾区示例新街99号' });
      const given = await about('cancel', {}, { permits: [l.permits[1].id] });
      await deliver(first);
      const of = { first: await pieces(first), moved: await pieces(moved), given: await pieces(given) };
      assert.deepEqual(of.first.titles.filter((x) => /第\d版/.test(x)), ['行业综合许可证（第1版）']);
      assert.deepEqual(of.moved.titles.filter((x) => /第\d版/.test(x)), ['行业综合许可证（第2版）', '行业综合许可证（第3版）']);
      assert.deepEqual([of.first, of.moved, of.given].map((x) => x.titles.filter((t) => !/第\d版/.test(t)).length), [2, 2, 0], 'a permit given up has no certificate');
      const words = (x, name) => {
        writeFileSync(file('one.pdf'), [...x.inside].find(([n]) => n.includes(name) && n.endsWith('.pdf'))[1]);
        return run('pdftotext', ['-layout', file('one.pdf'), '-']).out.replace(/\s/g, '');
      };
      assert.doesNotMatch(words(of.first, '第1版'), /示例新街99号|本版已失效|已过期/, 'as it was on its day');
      assert.match(words(of.moved, '第3版'), /示例新街99号/);
      assert.match(words(of.moved, '申请表'), /示例新街99号/);
    });

    test('P31 the window that entered a case archives it; what was handed in there is in it', async () => {
      const clerk = await w.officer('hbw-ck');
      const entered = await w.submitted(clerk, SHOP, { applicant: { name: '示例柜台申请人', phone: '19900001234' }, authorisation: '本人到场' });
      await w.grantAll(entered);
      assert.equal((await w.issue(entered)).status, 200);
      await deliver(entered);
      const state = await clerk.get(archivePath(entered));
      assert.equal(state.complete, true);
      const a = await tryArchive(entered, { by: clerk, match: state.version });
      assert.equal(a.status, 200, String(a.body));
      assert.match(a.json.package.by, /窗口/);
      assert.equal((await clerk.get('/api/v1/archives?state=archived')).items[0].case_id, entered.id);
      const metadata = JSON.parse([...unzip(await clerk.get(`${archivePath(entered)}/package`))].find(([n]) => n.includes('元数据'))[1]);
      assert.deepEqual([metadata.channel, metadata.phone, metadata.authorisation], ['window', '19900001234', '本人到场']);
    });

    test('P27 the licence of an archived case is still reissued', async () => {
      const licence = await who.get(`/api/v1/licences/${c.licence.number}`);
      await who.post(`/api/v1/licences/${c.licence.number}/reissue`, { reason: '示例：遗失' }, { match: licence.version, key: true });
      assert.equal((await who.get(`/api/v1/cases/${c.id}`)).state, 'archived');
      writeFileSync(file('after.zip'), await bureau.get(`${archivePath(c)}/package`));
      assert.equal(verify('after.zip').code, 0, 'the package is what it was');
    });

    test('P23, P30 permits of an archived case live on: revoked, supervised, with their papers; the package stays as it was', async () => {
      const made = await w.licensed(who, TWO);
      await deliver(made.case);
      const state = await bureau.get(archivePath(made.case));
      assert.deepEqual(state.problems, []);
      await archive(made.case);
      const before = await bureau.get(`${archivePath(made.case)}/package`);
      const [permit] = (await bureau.get(`/api/v1/permits?q=${made.licence.uscc}`)).items;
      const officer = await w.officer(loginOf(permit.department.code));
      const gone = await officer.ok('POST', `/api/v1/permits/${permit.id}/acts/revoke_permit`, { json: { document: '示例撤〔2026〕7号', reason: '示例', basis: '行政许可法第六十九条' }, match: permit.version, key: true });
      assert.equal(gone.state, 'revoked');
      const { paper } = gone.events.at(-1);
      assert.equal((await who.get(`/api/v1/cases/${paper.case_id}/papers/${paper.paper}`)).subarray(0, 5).toString(), '%PDF-');
      const [task] = (await bureau.get(`/api/v1/permits/${permit.id}/supervision`)).items;
      const done = await (await w.officer(loginOf(task.department.code))).call('POST', `/api/v1/supervision/${task.id}/acts/acknowledge`, { json: {}, match: task.version, key: true });
      assert.equal(done.status, 200, String(done.body));
      assert.equal((await who.get(`/api/v1/licences/${made.licence.number}`)).version, 2);
      assert.ok(before.equals(await bureau.get(`${archivePath(made.case)}/package`)));
      server.assertLogClean();
    });

    test('P31 the list: what waits with what is missing, what is archived; by hall, region and words', async () => {
      const waiting = await bureau.get('/api/v1/archives?limit=100');
      assert.ok(waiting.total > 3 && waiting.items.every((one) => one.closed && !one.package));
      assert.ok(waiting.items.some((one) => codes(one).includes('licence_not_issued')));
      assert.equal(waiting.items.some((one) => one.case_id === c.id), false);
      const archived = await bureau.get('/api/v1/archives?state=archived');
      assert.deepEqual(archived.items.find((one) => one.case_id === c.id)?.problems, []);
      const found = await bureau.get(`/api/v1/archives?state=archived&q=${c.number}`);
      assert.deepEqual(found.items.map((one) => one.number), [c.number]);
      const first = await bureau.get('/api/v1/archives?limit=2');
      const second = await bureau.get(`/api/v1/archives?limit=2&cursor=${first.next_cursor}`);
      assert.equal(new Set([...first.items, ...second.items].map((one) => one.case_id)).size, 4);
      const elsewhere = await (await w.bureau('150303')).get('/api/v1/archives?state=archived');
      assert.equal(elsewhere.total, 0);
      assertProblem(await bureau.call('GET', '/api/v1/archives?state=lost'), 422, 'invalid_input');
      assertProblem(await who.call('GET', '/api/v1/archives'), 403, 'forbidden');
    });

    test('R8.2 exporting: resumed, damaged copies made anew, each reading on record', () => {
      const out = file('exported');
      const go = (...args) => yizheng(['archive', 'export', ...server.where, ...args, out]);
      const first = go('--all');
      assert.equal(first.code, 0, first.err);
      const names = readdirSync(out).sort();
      assert.ok(names.includes(`${c.number}.zip`) && names.length >= 3);
      assert.deepEqual(readFileSync(join(out, `${c.number}.zip`)), bytes);
      rmSync(join(out, names[1]));
      writeFileSync(join(out, names[0]), 'cut off');
      writeFileSync(join(out, `${names[0]}.part`), 'left behind');
      const second = go('--all');
      assert.match(second.out, new RegExp(`新写 2 个，已有 ${names.length - 2} 个`));
      assert.deepEqual(readdirSync(out).sort(), names);
      assert.match(go('--case', c.number).out, /共 1 个归档包，新写 0 个/);
      assert.equal(go('--case', 'nothing').code, 3);
      assert.match(go('--closed-before', '2020-01-01').out, /共 0 个/);
      assert.equal(go('--closed-before', 'soon').code, 2);
      assert.equal(go('--all', '--case', c.number).code, 2);
    });

    test('R9.3 killed while archiving: archived whole or not at all, and done by the next try', async () => {
      for (let k = 0; k < (engine === ENGINES[0] ? CRASHES : CRASHES / 2); k++) {
        const { case: one } = await w.licensed(who, SHOP);
        await deliver(one);
        const state = await bureau.get(archivePath(one));
        const key = newKey();
        const going = bureau.call('POST', archivePath(one), { match: state.version, key }).catch(() => null);
        await sleep(20 + (k % 8) * 90);
        await server.restart('SIGKILL');
        const answer = await going;
        const now = await bureau.get(archivePath(one));
        if (answer?.status === 200) assert.deepEqual(now.package, answer.json.package, 'acknowledged');
        const again = await bureau.call('POST', archivePath(one), { match: state.version, key });
        assert.equal(again.status, 200, String(again.body));
        if (now.package) assert.deepEqual(again.json.package, now.package);
        writeFileSync(file('killed.zip'), await bureau.get(`${archivePath(one)}/package`));
        assert.equal(verify('killed.zip').code, 0);
      }
      server.assertLogClean();
    });

    test('R8.3 a package changed or a row edited behind our back is found', async () => {
      const state = await bureau.get(archivePath(c));
      const blob = join(server.data, 'blobs', state.package.sm3.slice(0, 2), state.package.sm3);
      assert.ok(existsSync(blob));
      writeFileSync(blob, bytes.subarray(0, bytes.length - 1));
      assertProblem(await bureau.call('GET', `${archivePath(c)}/package`), 500, 'corrupt');
      const r = yizheng(['archive', 'export', ...server.where, '--case', c.number, file('fresh')]);
      assert.equal(r.code, 1, r.out + r.err);
      writeFileSync(blob, bytes);
    });
  });
