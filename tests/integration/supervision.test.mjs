// 审管联动 over HTTP (R8.1, P30): every decision is a task of those who supervise it; they acknowledge, report, propose; the
// department that granted answers, and only it decides about the permit (P24, P28).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertPointer, assertProblem, newKey } from './lib/client.mjs';
import { addDays, addWorking, dateOf } from './lib/calendar.mjs';
import { ENGINES, run, sleep, until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { loginOf, SHOP, TWO, World } from './lib/world.mjs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Medical devices: the city's market bureau takes the filing, the district's supervises. */
const DEVICE = { industry: 'I14', region: '150302', answers: { 'I14-Q1': ['B'], 'I14-Q2': ['A'], 'I14-Q3': ['C'], 'I14-Q4': ['A'] } };
const FOUND = { result: 'problem', reason: '示例：经营条件与许可不符' };
const PROPOSAL = { wants: 'revoke_permit', reason: '示例：以欺骗手段取得', basis: '行政许可法第六十九条第二款', document: '示例海市监函〔2026〕3号' };
const NOTICE = { document: '示例市监撤〔2026〕9号', reason: '以欺骗手段取得（示例）', basis: '行政许可法第六十九条第二款' };

for (const engine of ENGINES)
  describe(`supervision on ${engine}`, () => {
    let server, w;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    const today = () => dateOf(server.now());
    /** The tasks of a permit as its bureau sees them. */
    const tasksOf = async (permit) => (await (await w.bureau('150300')).get(`/api/v1/permits/${permit}/supervision`)).items;
    const permitIds = (licence) => licence.permits.map((p) => p.id);
    const officerOf = (task) => w.officer(loginOf(task.department.code));
    const tryAct = async (task, act, json = {}, { by, match, key = true } = {}) => (by ?? (await officerOf(task))).call('POST', `/api/v1/supervision/${task.id}/acts/${act}`, { json, match: match ?? task.version, key });
    const act = async (task, name, json, options) => {
      const a = await tryAct(task, name, json, options);
      assert.equal(a.status, 200, String(a.body));
      return a.json;
    };
    const device = async () => {
      const who = await w.applicant();
      const { licence } = await w.licensed(who, DEVICE);
      const [task] = await tasksOf(licence.permits[0].id);
      return { who, licence, permit: licence.permits[0], task };
    };
    const revoke = async (permit, by, json = NOTICE, name = 'revoke_permit') => {
      const now = await by.get(`/api/v1/permits/${permit.id}`);
      return by.ok('POST', `/api/v1/permits/${permit.id}/acts/${name}`, { json, match: now.version, key: true });
    };

    test('P30: every grant is a task of the department that supervises it, with a promised limit, and its officers are told', async () => {
      const who = await w.applicant();
      const { licence } = await w.licensed(who, TWO);
      for (const id of permitIds(licence)) {
        const tasks = await tasksOf(id);
        assert.deepEqual(tasks.map((t) => [t.kind, t.state, t.act, t.lead, t.permit_id]), [['start', 'pending', 'grant', true, id]]);
        assert.equal(tasks[0].due_on, addWorking(tasks[0].opened_on, 5));
        assert.equal(tasks[0].signal, 'green');
        assert.deepEqual(tasks[0].allowed, [], 'the bureau watches');
        assert.equal(tasks[0].limits.acknowledge_certainty, '待核定', 'no law, and says so');
        const mine = await (await officerOf(tasks[0])).get(`/api/v1/supervision/${tasks[0].id}`);
        assert.deepEqual(mine.allowed, ['acknowledge']);
        assert.equal(mine.holder, licence.holder);
        assert.equal(mine.licence, licence.number);
        const told = (await (await officerOf(tasks[0])).get('/api/v1/messages?limit=50')).items;
        assert.ok(told.some((m) => m.title === '监管任务待签收：纳入监管' && m.text.includes(licence.holder)));
      }
    });

    test('P30: helping departments get one each; denials are to know of, without a limit', async () => {
      const all = await (await w.bureau('150300')).get('/api/v1/supervision?limit=100&industry=I09');
      const helping = all.items.find((t) => !t.lead);
      assert.ok(helping, 'karaoke is supervised by culture, public security helps');
      const both = await tasksOf(helping.permit_id);
      assert.deepEqual(both.filter((t) => t.act === 'grant').map((t) => t.lead).sort(), [false, true]);
      assert.equal(new Set(both.filter((t) => t.act === 'grant').map((t) => t.department.code)).size, 2);
      const who = await w.applicant();
      const c = await w.submitted(who, SHOP);
      await w.act(c.items[0], 'accept');
      await w.act(c.items[0], 'deny', { reason: '示例：不符合条件', basis: '示例：设立条件' });
      const office = await w.reviewer(c.items[0]);
      const { items } = await office.get(`/api/v1/supervision?kind=inform&q=${encodeURIComponent((await w.seen(c.items[0])).holder_name)}`);
      assert.deepEqual(items.map((t) => [t.kind, t.act, t.permit_id, t.due_on, t.signal, t.case_number]), [['inform', 'deny', null, null, 'none', c.number]]);
      const seen = await act(items[0], 'acknowledge');
      assert.deepEqual([seen.state, seen.allowed.includes('propose_taking')], ['acknowledged', false]);
      const found = await act(seen, 'report_problem', FOUND);
      assertProblem(await tryAct(found, 'propose_taking', PROPOSAL), 409, 'refused_by_rule', 'P24');
    });

    test('P30, P28: acknowledged by the supervising department alone, once, guarded and idempotent', async () => {
      const { task } = await device();
      assert.notEqual(task.department.code, task.grantor.code);
      const granted = await w.officer(loginOf(task.grantor.code));
      assertProblem(await tryAct(task, 'acknowledge', {}, { by: granted }), 403, 'forbidden', 'P28');
      assert.equal((await tryAct(task, 'acknowledge', {}, { by: await w.officer('hbw-ga') })).status, 404);
      assert.equal((await (await w.officer('hbw-ga')).call('GET', `/api/v1/supervision/${task.id}`)).status, 404);
      assert.deepEqual((await (await w.officer('hbw-ga')).get(`/api/v1/permits/${task.permit_id}/supervision`)).items, []);
      assert.equal((await tryAct(task, 'acknowledge', {}, { by: await w.bureau() })).status, 403);
      assertProblem(await tryAct(task, 'report_sound', { reason: '示例' }), 409, 'refused_by_rule', 'state');
      assert.equal((await (await officerOf(task)).call('POST', `/api/v1/supervision/${task.id}/acts/acknowledge`, { json: {}, key: true })).status, 428);
      assertProblem(await tryAct(task, 'acknowledge', {}, { match: task.version + 3 }), 412, 'changed_meanwhile');
      const key = newKey();
      const first = await act(task, 'acknowledge', {}, { key });
      const again = await act(task, 'acknowledge', {}, { key });
      assert.deepEqual([first.state, first.version, again.version, again.events.length], ['acknowledged', 2, 2, 1]);
      assert.equal(first.acknowledged_on, today());
      const told = (await (await officerOf(task)).get('/api/v1/messages?limit=20')).items.find((m) => m.title.startsWith('监管任务待签收') && m.text.includes(task.holder));
      assert.deepEqual(told.subject, { kind: 'supervision', id: task.id }, 'the message leads to the task');
      assert.ok(told.read_at, 'what was asked is done');
      assert.equal(first.due_on, null);
    });

    test('P30: two officers acknowledge at once: one wins, twenty times', async () => {
      const { items } = await (await w.officer('hbw-scjg')).get('/api/v1/supervision?state=acknowledged&limit=20');
      const two = [await w.officer('hbw-scjg'), await w.officer('hbw-scjg-2')];
      for (const task of items) {
        const both = await Promise.all(two.map((by) => tryAct(task, 'close_supervision', { reason: '示例：已纳入日常监管' }, { by })));
        assert.deepEqual(both.map((a) => a.status).sort(), [200, 412]);
        const now = await two[0].get(`/api/v1/supervision/${task.id}`);
        assert.deepEqual([now.state, now.events.filter((v) => v.act === 'close_supervision').length], ['closed', 1]);
      }
      assert.ok(items.length >= 15);
    });

    test('P30: several at once, each answered for itself; lists filter, count and page', async () => {
      const made = [];
      for (let i = 0; i < 3; i++) made.push((await device()).task);
      const stale = (await device()).task;
      const by = await w.officer('hbw-scjg');
      const foreign = (await (await w.bureau('150300')).get('/api/v1/supervision?department=D-WH-YC&limit=1')).items[0];
      const before = await by.get('/api/v1/supervision?state=pending&limit=100');
      const body = { items: [...made.map((t) => ({ id: t.id, version: t.version })), { id: foreign.id, version: foreign.version }, { id: stale.id, version: 9 }] };
      const key = newKey();
      const { results } = await by.ok('POST', '/api/v1/supervision/acknowledge', { json: body, key });
      assert.deepEqual(results.map((r) => [r.acknowledged, r.code]), [[true, ''], [true, ''], [true, ''], [false, 'not_found'], [false, 'changed_meanwhile']]);
      assertPointer(await by.call('POST', '/api/v1/supervision/acknowledge', { json: { items: [] }, key: true }), '/items', 'out_of_range');
      const later = await by.get('/api/v1/supervision?state=pending&limit=100');
      assert.equal(before.counts.by_state.pending - later.counts.by_state.pending, 3);
      // What is due first comes first, page by page the same as at once.
      const whole = (await by.get('/api/v1/supervision?limit=100')).items.map((t) => t.id);
      const paged = [];
      for (let cursor = ''; cursor !== null && paged.length < 100; ) {
        const page = await by.get(`/api/v1/supervision?limit=25${cursor && `&cursor=${cursor}`}`);
        paged.push(...page.items.map((t) => t.id));
        cursor = page.next_cursor;
      }
      assert.deepEqual(paged.slice(0, whole.length), whole);
      for (const signal of ['red', 'yellow', 'green']) {
        const list = await by.get(`/api/v1/supervision?signal=${signal}&limit=100`);
        assert.ok(list.items.every((t) => t.signal === signal));
        assert.equal(list.items.length, Math.min(100, list.counts.by_signal[signal]));
      }
      const waiting = await by.get('/api/v1/supervision?state=waiting&region=150302&industry=I14&kind=start&limit=100');
      assert.ok(waiting.items.every((t) => ['pending', 'finding', 'proposed'].includes(t.state) && t.industry.code === 'I14' && t.department.code === 'D-HBW-SCJG'));
      const granted = await (await w.officer('wh-scjg')).get('/api/v1/supervision?scope=granted&limit=100');
      assert.ok(granted.items.length && granted.items.every((t) => t.grantor.code === 'D-WH-SCJG'));
      for (const [q, pointer] of [['scope=all', '/scope'], ['signal=blue', '/signal'], ['state=done', '/state'], ['kind=x', '/kind'], ['limit=0', '/limit'], ['cursor=x', '/cursor']]) assertPointer(await by.call('GET', `/api/v1/supervision?${q}`, { describe: false }), pointer);
      // A district's bureau sees its own district only.
      const district = await (await w.bureau('150303')).get('/api/v1/supervision?limit=100&region=150302');
      assert.deepEqual(district.items, []);
      assert.ok((await (await w.bureau('150303')).get('/api/v1/supervision?limit=5')).items.every((t) => t.region.code === '150303'));
    });

    test('P30, P24: a finding, a proposal, its answer; the revocation makes the next version and the next task', async () => {
      const { who, licence, permit, task } = await device();
      const grantor = await w.officer(loginOf(task.grantor.code));
      let t = await act(task, 'acknowledge');
      assertPointer(await tryAct(t, 'report_problem', { reason: '示例', result: 'great' }), '/result');
      assertPointer(await tryAct(t, 'report_problem', { reason: '示例', result: 'rectify' }), '/rectify_by', 'out_of_range');
      assertPointer(await tryAct(t, 'report_problem', { ...FOUND, on: addDays(today(), 1) }), '/on', 'out_of_range');
      assertPointer(await tryAct(t, 'report_problem', { ...FOUND, wants: 'revoke_permit' }), '/wants', 'not_allowed');
      assertProblem(await tryAct(t, 'report_problem', { reason: '示例' }), 409, 'refused_by_rule', 'P30');
      assertProblem(await tryAct(t, 'propose_taking', PROPOSAL), 409, 'refused_by_rule', 'state');
      t = await act(t, 'report_problem', { reason: '示例：健康证过期', result: 'rectify', rectify_by: addDays(today(), 20) });
      assert.deepEqual([t.state, t.result, t.due_on], ['finding', 'rectify', addDays(today(), 20)]);
      for (const left of ['reason', 'basis', 'document']) assertProblem(await tryAct(t, 'propose_taking', { ...PROPOSAL, [left]: '' }), 409, 'refused_by_rule', 'P30');
      assertPointer(await tryAct(t, 'propose_taking', { ...PROPOSAL, wants: 'nothing' }), '/wants', 'unknown_act');
      assertProblem(await tryAct(t, 'propose_taking', { ...PROPOSAL, wants: 'amend_permit' }), 409, 'refused_by_rule', 'P24');
      t = await act(t, 'propose_taking', PROPOSAL);
      assert.deepEqual([t.state, t.wants, t.due_on, t.allowed], ['proposed', 'revoke_permit', addWorking(today(), 10), []]);
      // Who supervises does not decide: neither by its own word nor about the permit.
      assertProblem(await tryAct(t, 'decline_proposal', { reason: '示例', document: '示例〔2026〕1号' }), 403, 'forbidden', 'P28');
      assert.equal((await (await officerOf(t)).call('POST', `/api/v1/permits/${permit.id}/acts/revoke_permit`, { json: NOTICE, match: 1, key: true })).status, 404);
      const asked = await grantor.get(`/api/v1/supervision/${t.id}`);
      assert.deepEqual(asked.allowed, ['decline_proposal']);
      assert.ok((await grantor.get('/api/v1/messages?limit=50')).items.some((m) => m.title === '监管部门函告：建议撤销许可' && m.text.includes(PROPOSAL.document)));
      t = await act(t, 'decline_proposal', { reason: '示例：尚可整改', document: '示例市监复〔2026〕1号' }, { by: grantor });
      assert.deepEqual([t.state, t.due_on], ['finding', null]);
      assert.ok((await (await officerOf(t)).get('/api/v1/messages?limit=50')).items.some((m) => m.title === '函告有答复：不采纳处理建议'));
      // Proposed again, and this time it is revoked.
      t = await act(await (await officerOf(t)).get(`/api/v1/supervision/${t.id}`), 'propose_taking', PROPOSAL);
      await revoke(permit, grantor);
      t = await (await officerOf(t)).get(`/api/v1/supervision/${t.id}`);
      const last = t.events.at(-1);
      assert.deepEqual([t.state, last.act, last.wants, last.officer], ['closed', 'adopt_proposal', 'revoke_permit', null]);
      assert.equal((await who.get(`/api/v1/licences/${licence.number}`)).state, 'void');
      const tasks = await tasksOf(permit.id);
      assert.deepEqual(tasks.map((x) => [x.kind, x.act, x.state]), [['start', 'grant', 'closed'], ['end', 'revoke_permit', 'pending']]);
      assert.deepEqual(t.events.map((v) => v.act), ['acknowledge', 'report_problem', 'propose_taking', 'decline_proposal', 'propose_taking', 'adopt_proposal']);
      // A later inspection of what goes on without a permit.
      let end = await act(tasks[1], 'acknowledge');
      end = await act(end, 'report_problem', { ...FOUND, result: 'filed' });
      assert.deepEqual([end.state, end.result_text], ['finding', '立案查处']);
      end = await act(end, 'report_sound', { reason: '示例：已停止经营' });
      assert.deepEqual([end.state, end.result], ['closed', 'sound']);
      server.assertLogClean();
    });

    test('P30: changes of a permit are tasks of their own', async () => {
      const { permit, task } = await device();
      const grantor = await w.officer(loginOf(task.grantor.code));
      await revoke(permit, grantor, { ...NOTICE, address: '内蒙古自治区乌海市海勃湾区示例新街9号' }, 'amend_permit');
      const tasks = await tasksOf(permit.id);
      assert.deepEqual(tasks.map((t) => [t.kind, t.act]), [['start', 'grant'], ['change', 'amend_permit']]);
      assert.match(tasks[1].address, /示例新街9号/);
      assert.equal((await act(tasks[1], 'acknowledge')).state, 'acknowledged');
      assert.equal((await act(await (await officerOf(tasks[1])).get(`/api/v1/supervision/${tasks[1].id}`), 'close_supervision', { reason: '示例：已更新' })).state, 'closed');
    });

    test('P30: not acknowledged: reminded once, then the bureau is told once', async () => {
      const { task, licence } = await device();
      const titles = async (by) => (await by.get('/api/v1/messages?limit=100')).items.filter((m) => m.text.includes(licence.holder)).map((m) => m.title);
      const [mine, bureau] = [await w.officer('hbw-scjg'), await w.bureau()];
      const count = async (by, title) => (await titles(by)).filter((x) => x === title).length;
      while (today() < addWorking(task.opened_on, 4)) server.advance({ days: 1 });
      await until('the reminder', async () => (await count(mine, '监管任务快到期：待签收')) === 1, 40000);
      assert.equal((await mine.get(`/api/v1/supervision/${task.id}`)).signal, 'yellow');
      assert.equal(await count(bureau, '监管任务已超期：待签收'), 0);
      while (today() <= task.due_on) server.advance({ days: 1 });
      await until('the alarm', async () => (await count(mine, '监管任务已超期：待签收')) === 1 && (await count(bureau, '监管任务已超期：待签收')) === 1, 40000);
      const late = await mine.get(`/api/v1/supervision/${task.id}`);
      assert.deepEqual([late.signal, late.days_left < 0], ['red', true]);
      await server.restart();
      await sleep(1500);
      assert.deepEqual([await count(mine, '监管任务快到期：待签收'), await count(bureau, '监管任务已超期：待签收')], [1, 1]);
      const done = await act(late, 'acknowledge');
      assert.equal(done.signal, 'none');
    });

    test('P30: what is supervised, by region and industry, as a page and as files without formulas', async () => {
      const who = await w.applicant();
      const c = await w.create(who, DEVICE);
      const evil = '=HYPERLINK("示例")店';
      const form = await w.fillForm(who, c.id);
      await w.attachAll(who, c.id, form);
      const done = await w.submit(who, await who.get(`/api/v1/cases/${c.id}`));
      await w.grantAll(done);
      const [permit] = (await (await w.officer('wh-scjg')).get(`/api/v1/permits?q=${encodeURIComponent((await w.seen(done.items[0])).holder_name)}`)).items;
      await revoke(permit, await w.officer('wh-scjg'), { ...NOTICE, holder: evil }, 'amend_permit');
      const by = await w.officer('hbw-scjg');
      const list = await by.get('/api/v1/supervised?region=150302&industry=I14&state=valid&limit=100');
      const mine = list.items.find((x) => x.permit_id === permit.id);
      assert.deepEqual([mine.holder, mine.permit_state, mine.waiting, mine.result, mine.grantor.code], [evil, 'valid', 2, null, 'D-WH-SCJG']);
      assert.ok(list.items.every((x) => x.industry.code === 'I14' && x.region.code === '150302' && x.department.code === 'D-HBW-SCJG'));
      let t = await act((await tasksOf(permit.id))[0], 'acknowledge');
      t = await act(t, 'report_sound', { reason: '示例：合格' });
      assert.equal((await by.get(`/api/v1/supervised?q=${permit.uscc}`)).items[0].result_text, '合格');
      const csv = await by.call('GET', '/api/v1/supervised/export?industry=I14');
      assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8');
      const text = csv.body.toString('utf8');
      assert.ok(text.startsWith('\uFEFF"市场主体","统一社会信用代码"'));
      assert.ok(text.includes('"\'=HYPERLINK(""示例"")店"'), 'no cell begins a formula');
      assert.doesNotMatch(text, /(^|,)"[=+@-]/m);
      const xlsx = await by.call('GET', '/api/v1/supervised/export?format=xlsx&industry=I14');
      assert.equal(xlsx.body.subarray(0, 2).toString(), 'PK');
      const dir = mkdtempSync(join(tmpdir(), 'yizheng-xlsx-'));
      writeFileSync(join(dir, 'list.xlsx'), xlsx.body);
      const sheet = run('python3', ['-c', 'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print("".join(z.read(n).decode() for n in z.namelist() if n.endswith(".xml")))', join(dir, 'list.xlsx')]);
      rmSync(dir, { recursive: true });
      assert.equal(sheet.code, 0, sheet.err);
      assert.ok(sheet.out.includes('HYPERLINK') && !sheet.out.includes('<f>'), 'text, no formula');
      assertPointer(await by.call('GET', '/api/v1/supervised/export?format=pdf', { describe: false }), '/format', 'bad_word');
      assertPointer(await by.call('GET', '/api/v1/supervised?state=gone', { describe: false }), '/state', 'out_of_range');
    });

    test('P30: killed while granting: no permit without its task, no task without its permit', async () => {
      const cases = [];
      for (let i = 0; i < 8; i++) cases.push(await w.submitted(await w.applicant(), DEVICE));
      const by = await w.officer('wh-scjg');
      const versions = await Promise.all(cases.map(async (c) => (await by.get(`/api/v1/items/${c.items[0].id}`)).version));
      const calls = cases.map((c, i) => by.call('POST', `/api/v1/items/${c.items[0].id}/acts/accept`, { json: {}, match: versions[i], key: true }).catch(() => null));
      await sleep(4);
      await server.down('SIGKILL');
      await Promise.all(calls);
      await server.up();
      let granted = 0;
      for (const c of cases) {
        const seen = await w.seen(c.items[0]);
        const [permit] = (await by.get(`/api/v1/permits?q=${encodeURIComponent(seen.holder_name)}`)).items;
        const tasks = permit ? await tasksOf(permit.id) : [];
        assert.equal(tasks.length, permit ? 1 : 0);
        assert.equal(!!permit, seen.items[0].state === 'granted');
        granted += permit ? 1 : 0;
      }
      server.assertLogClean();
      assert.ok(granted <= cases.length);
    });

    test('P30: a row changed behind the back is found', async () => {
      // Said by `log verify`, not by the program as it runs.
      const place = server.place;
      const { task } = await device();
      if (engine !== 'sqlite') return;
      await server.down();
      const sql = (text) => run('sqlite3', [join(place.data, 'yizheng.db'), text]);
      for (const [change, back, what] of [
        [`UPDATE supervision_task SET state='closed' WHERE id=${task.id}`, `UPDATE supervision_task SET state='pending' WHERE id=${task.id}`, /监管任务 \d+ 与日志/],
        ["UPDATE supervision_event SET reason=reason||'x' WHERE id=(SELECT MAX(id) FROM supervision_event)", "UPDATE supervision_event SET reason=substr(reason,1,length(reason)-1) WHERE id=(SELECT MAX(id) FROM supervision_event)", /监管记录 \d+ 与日志/],
      ]) {
        assert.equal(sql(change).code, 0);
        assert.match(server.logVerify().out, what);
        assert.equal(sql(back).code, 0);
      }
      await server.up();
      server.assertLogClean();
    });
  });
