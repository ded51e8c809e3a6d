// The rules of the process over HTTP, by number (docs: PROCESS.md), on every engine.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { addWorking, dateOf } from './lib/calendar.mjs';
import { askFor, loginOf, THREE, TWO, World } from './lib/world.mjs';

const byPermit = (c, code) => c.items.find((i) => i.permit.code === code);
const FOOD = 'P-SPJYXK';
const TOBACCO = 'P-YCLS';

for (const engine of ENGINES)
  describe(`process on ${engine}`, () => {
    let server, w, who;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const see = (c, client = who) => client.get(`/api/v1/cases/${c.id}`);

    test('P1: all items are received at the same moment and the receipt names every department', async () => {
      const c = await w.submitted(who, THREE);
      assert.equal(c.items.length, 3);
      assert.equal(new Set(c.items.map((i) => i.received_at)).size, 1);
      for (const i of c.items) assert.equal(i.state, 'received');
      const today = dateOf(server.now());
      const named = c.receipt.departments.map((d) => `${d.department}|${d.permit}`).sort();
      assert.deepEqual(named, c.items.map((i) => `${i.department.name}|${i.permit.name}`).sort());
      for (const d of c.receipt.departments) assert.equal(d.due_on, addWorking(today, 5));
      assert.match(c.number, /\d/);
      assert.equal(c.receipt.number, c.number);
      assert.equal(c.state, 'submitted');
      for (const i of c.items) assert.equal((await w.item(i)).id, i.id, 'each department has it in hand at once');
    });

    test('P1: submitting twice is refused, and nothing unfinished can be submitted', async () => {
      const c = await w.submitted(who, TWO);
      const again = await who.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: c.version, key: true });
      assertProblem(again, 409, 'refused_by_rule', 'P1');
      const draft = await w.create(who, TWO);
      const empty = await who.call('POST', `/api/v1/cases/${draft.id}/submit`, { json: { truth: true }, match: draft.version, key: true });
      const p = assertProblem(empty, 422, 'invalid_input');
      assert.ok(p.errors.length > 10, 'all problems at once');
      assert.ok(p.errors.some((e) => e.pointer.startsWith('/values/')));
      assert.ok(p.errors.some((e) => /attachments|materials|M-/.test(e.pointer)), 'missing documents are named too');
      assertPointer(await who.call('POST', `/api/v1/cases/${draft.id}/submit`, { json: { truth: false }, match: draft.version, key: true }), '/truth');
    });

    test('P1: the form keeps only what these permits ask for (art. 31)', async () => {
      const c = await w.create(who, TWO);
      const form = await who.get(`/api/v1/cases/${c.id}/form`);
      const saved = await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: { ...form.values, LGTZ_KF: 8 } }, match: form.version });
      assert.ok(!('LGTZ_KF' in saved.values));
      const a = await who.call('POST', `/api/v1/cases/${c.id}/attachments?material=M-NO&name=a.pdf`, { body: Buffer.from('%PDF-1.4 %%EOF') });
      assertPointer(a, '/material', 'unknown_material');
    });

    test('P2: accepting gives a dated written proof and starts the clock (P15)', async () => {
      const c = await w.submitted(who, TWO);
      const item = await w.act(byPermit(c, FOOD), 'accept');
      const today = dateOf(server.now());
      assert.equal(item.accepted_on, today);
      assert.equal(item.accept_deemed, false);
      assert.equal(item.clock.kind, 'decision');
      assert.equal(item.clock.started_on, today);
      const seen = await see(c);
      assert.equal(seen.state, 'in_progress');
      assert.ok(seen.papers.some((p) => p.paper === `acceptance-${item.id}`));
      assert.ok(seen.timeline.some((t) => t.act === 'accept' && t.effective_on === today));
      assertProblem(await w.tryAct(byPermit(c, FOOD), 'accept'), 409, 'refused_by_rule');
    });

    test('P3: refusing to accept needs a reason and the right organ', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, TOBACCO);
      assertProblem(await w.tryAct(item, 'refuse', {}), 409, 'refused_by_rule', 'P3');
      assertProblem(await w.tryAct(item, 'refuse', { reason: '不属于本机关职权' }), 409, 'refused_by_rule', 'P3');
      const done = await w.act(item, 'refuse', { reason: '依法不需要取得许可', right_organ: '无需许可' });
      assert.equal(done.state, 'refused');
      assert.equal(done.refusal.reason, '依法不需要取得许可');
      const seen = await see(c);
      assert.ok(seen.papers.some((p) => p.paper.endsWith(String(item.id))), '不予受理通知书');
    });

    test('P4: all requests go out in ONE notice; nobody sees it before every department has spoken', async () => {
      const c = await w.submitted(who, THREE);
      const [a, b, last] = c.items;
      await w.act(a, 'ask_correction', askFor('field', 'F_ADDR', '地址写到门牌号'));
      assert.equal((await see(c)).correction, null, 'gathered, not sent');
      await w.act(b, 'ask_correction', askFor('field', 'F_AREA', '面积与平面图不一致'));
      assert.equal((await see(c)).correction, null);
      assert.equal((await who.get(`/api/v1/cases/${c.id}/form`)).editable, false);
      await w.act(last, 'accept');
      const notice = (await see(c)).correction;
      assert.equal(notice.state, 'issued');
      assert.equal(notice.round, 1);
      assert.deepEqual(notice.entries.map((e) => e.code).sort(), ['F_ADDR', 'F_AREA']);
      assert.ok(notice.due_on > dateOf(server.now()));
      assert.ok((await see(c)).papers.some((p) => p.paper === 'correction'));
      assert.equal((await who.get(`/api/v1/cases/${c.id}/form`)).editable, true);
    });

    test('P4: what the first notice could have named may not be asked for later', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, FOOD);
      await w.act(byPermit(c, TOBACCO), 'accept');
      await w.act(item, 'ask_correction', askFor('field', 'F_ADDR'));
      await w.fillForm(who, c.id, { set: { F_ADDR: '（示例）乌海市新地址9号' } });
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: (await see(c)).version, key: true });
      assertProblem(await w.tryAct(item, 'ask_correction', askFor('field', 'F_AREA')), 409, 'refused_by_rule', 'P4');
      await w.act(item, 'ask_correction', askFor('field', 'F_ADDR', '上次的问题仍未解决'));
      assert.equal((await see(c)).correction.round, 2);
    });

    test('P4: only what this permit asks for may be asked for, with what and why', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, FOOD);
      assertPointer(await w.tryAct(item, 'ask_correction', askFor('field', 'YCLS_YT')), '/entries/0/code', 'unknown_target');
      assertPointer(await w.tryAct(item, 'ask_correction', askFor('material', 'M-NOPE')), '/entries/0/code', 'unknown_target');
      assertPointer(await w.tryAct(item, 'ask_correction', askFor('field', 'F_ADDR', '')), '/entries/0/what', 'required');
      assertPointer(await w.tryAct(item, 'ask_correction', askFor('field', 'F_ADDR', '补正', ' ')), '/entries/0/why', 'required');
      assertProblem(await w.tryAct(item, 'ask_correction', { entries: [] }), 409, 'refused_by_rule', 'P4');
    });

    test('P6: only who asked looks again; who was not concerned keeps its state; changed inputs are flagged', async () => {
      const c = await w.submitted(who, THREE);
      const [asks, other, third] = c.items;
      await w.act(asks, 'ask_correction', askFor('field', 'F_ADDR'));
      await w.act(other, 'accept');
      await w.act(third, 'accept');
      await w.fillForm(who, c.id, { set: { F_ADDR: '（示例）乌海市新地址88号' } });
      const form = await who.get(`/api/v1/cases/${c.id}`);
      const done = await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: form.version, key: true });
      const states = Object.fromEntries(done.items.map((i) => [i.id, i.state]));
      assert.deepEqual(states, { [asks.id]: 'received', [other.id]: 'accepted', [third.id]: 'accepted' });
      assert.equal(done.correction.state, 'answered');
      assert.equal((await w.item(other)).inputs_changed, true, 'the address is an input of the others too');
      assert.equal((await w.item(other)).fields.find((f) => f.code === 'F_ADDR').value, '（示例）乌海市新地址88号');
    });

    test('P6: a field that only one permit asks for does not disturb the others', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, TOBACCO);
      await w.act(byPermit(c, FOOD), 'accept');
      await w.act(item, 'ask_correction', askFor('field', 'YCLS_YT'));
      const form = await who.get(`/api/v1/cases/${c.id}/form`);
      const options = form.definition.fields.find((f) => f.code === 'YCLS_YT').options;
      const value = options.find((o) => o.value !== form.values.YCLS_YT).value;
      await w.fillForm(who, c.id, { set: { YCLS_YT: value } });
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: (await see(c)).version, key: true });
      const food = await w.item(byPermit(c, FOOD));
      assert.equal(food.inputs_changed, false);
      assert.equal(food.state, 'accepted');
    });

    test('P6: while being corrected the departments still see what was submitted', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, FOOD);
      const before = (await w.item(item)).fields.find((f) => f.code === 'F_ENT_NAME').value;
      await w.act(byPermit(c, TOBACCO), 'accept');
      await w.act(item, 'ask_correction', askFor('field', 'F_ENT_NAME'));
      await w.fillForm(who, c.id, { set: { F_ENT_NAME: '（示例）还没有提交的名称' } });
      assert.equal((await w.item(item)).fields.find((f) => f.code === 'F_ENT_NAME').value, before);
    });

    test('P8: denying needs reason and basis, and the applicant is told the remedies', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, TOBACCO);
      await w.act(item, 'accept');
      assertProblem(await w.tryAct(item, 'deny', {}), 409, 'refused_by_rule', 'P8');
      assertProblem(await w.tryAct(item, 'deny', { reason: '距离学校过近' }), 409, 'refused_by_rule', 'P8');
      assertProblem(await w.tryAct(item, 'deny', { basis: '第四十三条' }), 409, 'refused_by_rule', 'P8');
      const done = await w.act(item, 'deny', { reason: '距离学校过近', basis: '烟草专卖许可证管理办法实施细则' });
      assert.equal(done.state, 'denied');
      assert.match(JSON.stringify(done.decision.remedies), /60日|复议/);
      assert.match(JSON.stringify(done.decision.remedies), /6个月|诉讼/);
      const told = await who.get('/api/v1/messages');
      assert.ok(told.items.some((m) => m.case_id === c.id && /距离学校过近/.test(m.text) && /复议/.test(m.text)));
      assertProblem(await w.tryAct(item, 'grant'), 409, 'refused_by_rule');
    });

    test('P8: who received at the window cannot decide, nor can any clerk', async () => {
      const clerk = await w.officer('hbw-ck');
      const c = await w.submitted(clerk, TWO, { applicant: { name: '示例老人', phone: '13500000001' }, authorisation: '本人到场口述' });
      assert.equal(c.channel, 'window');
      const item = byPermit(c, FOOD);
      const a = await clerk.call('POST', `/api/v1/items/${item.id}/acts/accept`, { json: {}, match: 1, key: true });
      assertProblem(a, 403, 'forbidden');
    });

    test('P8: a grant must carry a number of the right shape, used once, and dates within the law', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, FOOD);
      const now = await w.act(item, 'accept');
      await w.inspect(item);
      assertPointer(await w.tryAct(item, 'grant', { number: 'XX' }), '/number', 'bad_number');
      assertPointer(await w.tryAct(item, 'grant', { valid_from: '2020-01-01' }), '/valid_from', 'out_of_range');
      assertPointer(await w.tryAct(item, 'grant', { valid_until: '2999-01-01' }), '/valid_until', 'out_of_range');
      assertPointer(await w.tryAct(item, 'grant', { valid_from: '2026-02-30' }), '/valid_from', 'bad_date');
      const done = await w.act(item, 'grant', { number: now.suggested.number || undefined });
      assert.equal(done.decision.granted, true);
      const other = await w.submitted(who, TWO);
      await w.act(byPermit(other, FOOD), 'accept');
      await w.inspect(byPermit(other, FOOD));
      assertPointer(await w.tryAct(byPermit(other, FOOD), 'grant', { number: done.decision.number }), '/number', 'number_taken');
    });

    test('P13: the applicant withdraws what is open, all or some; never after the decision', async () => {
      const c = await w.submitted(who, TWO);
      const [a, b] = c.items;
      const some = await who.post(`/api/v1/cases/${c.id}/withdraw`, { items: [a.id], reason: '不经营了' }, { match: c.version, key: true });
      assert.deepEqual(some.items.map((i) => i.state), ['withdrawn', 'received']);
      await w.grant(b);
      const late = await who.call('POST', `/api/v1/cases/${c.id}/withdraw`, { json: {}, match: (await see(c)).version, key: true });
      assertProblem(late, 409, 'refused_by_rule', 'P13');
      const whole = await w.submitted(who, TWO);
      const gone = await who.post(`/api/v1/cases/${whole.id}/withdraw`, {}, { match: whole.version, key: true });
      assert.equal(gone.state, 'withdrawn');
      assertProblem(await w.tryAct(whole.items[0], 'accept'), 409, 'refused_by_rule');
      const draft = await w.create(who, TWO);
      assertProblem(await who.call('POST', `/api/v1/cases/${draft.id}/withdraw`, { json: {}, match: draft.version, key: true }), 409, 'refused_by_rule', 'P13');
    });

    test('P14: a filing is done on acceptance', async () => {
      const answers = { 'I14-Q1': ['B'], 'I14-Q2': ['A'], 'I14-Q3': ['C'] };
      const guide = await who.post('/api/v1/industries/I14/guide', { region: '150302', answers });
      for (const q of guide.missing) answers[q] = ['A'];
      const c = await w.submitted(who, { industry: 'I14', region: '150302', answers });
      const filing = c.items.find((i) => i.permit.kind === 'filing');
      assert.ok(filing, 'a second-class device filing');
      const done = await w.act(filing, 'accept');
      assert.equal(done.state, 'granted');
      assert.ok(done.decision.number);
      assert.equal(done.decided_on, dateOf(server.now()));
    });

    test('P22: no licence while anything is open, none without a grant, never two', async () => {
      const c = await w.submitted(who, TWO);
      await w.grant(c.items[0]);
      assertProblem(await w.issue(c), 409, 'refused_by_rule', 'P22');
      await w.act(c.items[1], 'deny', { reason: '不符合布局规划', basis: '实施细则第十三条' });
      const issued = await w.issue(c);
      assert.equal(issued.status, 200);
      assert.equal(issued.json.permits.length, 1);
      assert.match(issued.json.ended_note, new RegExp(c.items[1].permit.name.slice(0, 3)), 'it says what it does not carry');
      assertProblem(await w.issue(c), 409, 'refused_by_rule', 'P22');
      const none = await w.submitted(who, TWO);
      for (const i of none.items) await w.act(i, 'refuse', { reason: '不属于本机关', right_organ: '无需许可' });
      assertProblem(await w.issue(none), 409, 'refused_by_rule', 'P22');
    });

    test('P22: 8 attempts to issue at once give exactly one licence', async () => {
      const c = await w.submitted(who, TWO);
      await w.grantAll(c);
      const now = await see(c);
      const all = await Promise.all(Array.from({ length: 8 }, () => w.issue(c, { match: now.version })));
      assert.equal(all.filter((a) => a.status === 200).length, 1, all.map((a) => a.status).join());
      for (const a of all.filter((x) => x.status !== 200)) assert.ok([409, 412].includes(a.status));
      const list = await who.get('/api/v1/licences?limit=100');
      assert.equal(list.items.filter((l) => l.case_id === c.id).length, 1);
    });

    test('P28: neither the bureau nor another department nor the applicant can act on an item', async () => {
      const c = await w.submitted(who, TWO);
      const item = byPermit(c, FOOD);
      const version = (await w.item(item)).version;
      const post = (client, act, body = {}) => client.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json: body, match: version, key: true });
      assertProblem(await post(await w.bureau(), 'accept'), 403, 'forbidden');
      assertProblem(await post(who, 'accept'), 403, 'forbidden');
      assertProblem(await post(await w.officer('admin'), 'accept'), 403, 'forbidden');
      assertProblem(await post(await w.officer(loginOf(byPermit(c, TOBACCO).department.code)), 'accept'), 404, 'not_found');
      assertProblem(await post(await w.officer('hn-scjg'), 'accept'), 404, 'not_found');
      const reviewer = await w.officer('hbw-scjg');
      assertProblem(await reviewer.call('POST', `/api/v1/cases/${c.id}/issue`, { json: {}, match: 1, key: true }), 403, 'forbidden');
      assert.equal((await w.item(item)).state, 'received');
    });
  });
