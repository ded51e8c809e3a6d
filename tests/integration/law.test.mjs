// The rules of the process beyond filing and review, by number (PROCESS.md), over HTTP on every engine:
// clocks that stop with evidence, hearings, extensions, joint inspection, tolerance, delivery, bans.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { addDays, addWorking, dateOf, startOf } from './lib/calendar.mjs';
import { jpeg } from './lib/files.mjs';
import { uscc as anotherCode } from './lib/ids.mjs';
import { askFor, loginOf, SHOP, THREE, TWO, World } from './lib/world.mjs';

const FOOD = 'P-SPJYXK';
const TOBACCO = 'P-YCLS';
const byPermit = (c, code) => c.items.find((i) => i.permit.code === code);
/** A KTV: its permit must not be decided without a hearing. */
const KTV = { industry: 'I09', region: '150302', answers: { 'I09-Q1': ['A'], 'I09-Q2': ['C'], 'I09-Q3': ['B'], 'I09-Q4': ['B'], 'I09-Q5': ['A'] } };
/** What went out to an address without an account, as the file sink wrote it. */
const sentTo = (server, address) => {
  const file = join(server.data, 'outbox.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line.includes(address)) : [];
};
const working = (from, to) => {
  let n = 0;
  for (let d = from; d < to; n++) d = addWorking(d, 1);
  return n;
};

for (const engine of ENGINES)
  describe(`law on ${engine}`, () => {
    let server, w, who;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      await w.workday();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const today = () => dateOf(server.now());
    const see = (c, client = who) => client.get(`/api/v1/cases/${c.id}`);
    /** 10:00 of a date, and the clock job has run. */
    const goTo = async (date) => {
      const target = startOf(date) + 10 * 3600e3;
      assert.ok(target >= server.now() - 24 * 3600e3, 'time only moves on');
      if (target > server.now()) server.setOffset(target - Date.now());
      await server.restart();
    };
    const days = async (n) => goTo(addWorking(today(), n));
    const accepted = async (what = TWO) => {
      const c = await w.submitted(who, what);
      for (const i of c.items) await w.act(i, 'accept');
      return see(c);
    };
    const fresh = async (item) => w.item(item);

    test('P9, P20: a special procedure stops the clock with reason and document, and its days are not counted', async () => {
      const c = await accepted();
      const item = byPermit(c, TOBACCO);
      const start = today();
      const before = await fresh(item);
      assertPointer(await w.tryAct(item, 'open_special', { kind: 'lottery', reason: '检测', days: 3 }), '/kind', 'unknown_kind');
      assertProblem(await w.tryAct(item, 'open_special', { kind: 'testing', days: 3 }), 409, 'refused_by_rule', 'P9');
      assertProblem(await w.tryAct(item, 'open_special', { kind: 'testing', reason: '检测样品' }), 409, 'refused_by_rule', 'P9');
      await days(2);
      const opened = await w.act(item, 'open_special', { kind: 'testing', title: '样品检测', reason: '检测样品', days: 6 });
      const stopped = today();
      assert.equal(opened.clock.kind, 'special');
      assert.equal(opened.clock.due_on, addWorking(stopped, 6), 'told how long it takes');
      assert.equal(opened.days.holder, 'special');
      assertProblem(await w.tryAct(item, 'open_special', { kind: 'testing', reason: '再检', days: 1 }), 409, 'refused_by_rule', 'P9');
      assertProblem(await w.tryAct(item, 'deny', { reason: '不合格', basis: '第三条' }), 409, 'refused_by_rule', 'P9');
      await days(9);
      assertProblem(await w.tryAct(item, 'close_special', {}), 409, 'refused_by_rule', 'P9');
      const closed = await w.act(item, 'close_special', { result: '检测合格' });
      const resumed = today();
      const promised = working(start, before.clock.due_on);
      assert.equal(closed.clock.kind, 'decision');
      assert.equal(closed.clock.due_on, addWorking(resumed, promised - working(start, stopped)), 'what was left is left');
      assert.equal(closed.clock.days_used, 2);
      const events = closed.process.events.map((e) => [e.act, e.holder]);
      assert.deepEqual(events, [['submit', 'ours'], ['accept', 'ours'], ['open_special', 'special'], ['close_special', 'ours']]);
      for (const e of closed.process.events) assert.ok(e.reason && e.paper, `${e.act} has its reason and document`);
      assert.equal(closed.process.specials[0].closed_on, resumed);
    });

    test('P9: time beyond art. 45 only if the permit\'s own entry lists it', async () => {
      const c = await accepted({ industry: 'I13', region: '150302', answers: { 'I13-Q1': ['A'], 'I13-Q2': ['A'], 'I13-Q3': ['C'], 'I13-Q4': ['C'] } });
      const drug = byPermit(c, 'P-YPJY');
      assert.deepEqual((await fresh(drug)).excludes, ['企业整改时间']);
      assertProblem(await w.tryAct(drug, 'open_special', { kind: 'excluded', title: '领导出差', reason: '等待', days: 3 }), 409, 'refused_by_rule', 'P9');
      const open = await w.act(drug, 'open_special', { kind: 'excluded', title: '企业整改时间', reason: '货架间距不足', days: 3 });
      assert.equal(open.process.specials[0].title, '企业整改时间');
    });

    test('P9: hearing: told, asked for within 5 days, announced 7 days ahead, held within 20, decided by its minutes', async () => {
      const c = await accepted();
      const item = byPermit(c, TOBACCO);
      assertProblem(await w.tryAct(item, 'tell_hearing', { reason: '涉及他人重大利益' }), 409, 'refused_by_rule', 'P9');
      assertPointer(await w.tryAct(item, 'tell_hearing', { reason: '涉及', parties: [{ name: '邻店' }] }), '/parties/0/contact', 'required');
      const parties = [{ name: '示例邻店', contact: '示例电话', interest: '零售点间距' }, { name: '示例住户', contact: '13900009991', interest: '相邻' }];
      const told = await w.act(item, 'tell_hearing', { reason: '零售点间距涉及邻店', parties });
      assert.equal(told.hearing, 'told');
      const toParty = () => sentTo(server, '13900009991');
      await until('the interested party is told by message', async () => toParty().length === 1);
      assert.equal(told.hearing_until, addWorking(today(), 5));
      assertProblem(await w.tryAct(item, 'deny', { reason: '过近', basis: '细则' }), 409, 'refused_by_rule', 'P9');
      const now = await see(c);
      const waive = await who.call('POST', `/api/v1/cases/${c.id}/hearing`, { json: { item: item.id, act: 'waive' }, match: now.version, key: true });
      assertProblem(waive, 409, 'refused_by_rule', 'P9');
      await days(3);
      const asked = await who.post(`/api/v1/cases/${c.id}/hearing`, { item: item.id, act: 'ask' }, { match: (await see(c)).version, key: true });
      assert.equal(byPermit(asked, TOBACCO).hearing, 'asked');
      assert.equal(byPermit(asked, TOBACCO).clock.kind, 'special');
      const notice = { on: addWorking(today(), 6), time: '上午9:00', place: '示例：听证室', chair: '示例·主持人' };
      assertProblem(await w.tryAct(item, 'notify_hearing', notice), 409, 'refused_by_rule', 'P9');
      assertProblem(await w.tryAct(item, 'notify_hearing', { ...notice, on: addWorking(today(), 21) }), 409, 'refused_by_rule', 'P9');
      const reviewer = await w.reviewer(item);
      assertProblem(await w.tryAct(item, 'notify_hearing', { ...notice, on: addWorking(today(), 8), chair: reviewer.user.name }), 409, 'refused_by_rule', 'P9');
      // Entered by a colleague, it is still not for who accepted and told.
      const colleague = `${loginOf(item.department.code)}-2`;
      assert.notEqual((await w.officer(colleague)).user.name, reviewer.user.name);
      assertProblem(await w.tryAct(item, 'notify_hearing', { ...notice, on: addWorking(today(), 8), chair: reviewer.user.name }, { by: colleague }), 409, 'refused_by_rule', 'P9');
      const on = addWorking(today(), 8);
      await w.act(item, 'notify_hearing', { ...notice, on });
      await until('and of the day of the hearing', async () => toParty().length === 2 && toParty()[1].includes('示例：听证室'));
      assertProblem(await w.tryAct(item, 'hold_hearing', { minutes: '笔录' }), 409, 'refused_by_rule', 'P9');
      assertProblem(await w.tryAct(item, 'close_special', { result: '绕过听证' }), 409, 'refused_by_rule', 'P9');
      await goTo(on);
      assertProblem(await w.tryAct(item, 'hold_hearing', {}), 409, 'refused_by_rule', 'P9');
      const held = await w.act(item, 'hold_hearing', { minutes: '邻店到场陈述，申请人申辩。' });
      assert.equal(held.hearing, 'held');
      assert.equal(held.clock.kind, 'decision');
      await w.act(item, 'deny', { reason: '依据听证笔录，间距不足', basis: '细则第十三条' });
    });

    test('P9: a right that nobody used lapses after 5 days; asking later is refused; a sole applicant may waive it', async () => {
      const c = await accepted();
      const [one, two] = c.items;
      await w.act(one, 'tell_hearing', { reason: '重大利益', applicant_only: true });
      await w.act(two, 'tell_hearing', { reason: '重大利益', applicant_only: true });
      const waived = await who.post(`/api/v1/cases/${c.id}/hearing`, { item: one.id, act: 'waive' }, { match: (await see(c)).version, key: true });
      assert.equal(waived.items.find((i) => i.id === one.id).hearing, 'waived');
      await w.act(one, 'deny', { reason: '不符合', basis: '示例条款' });
      await days(6);
      const late = await who.call('POST', `/api/v1/cases/${c.id}/hearing`, { json: { item: two.id, act: 'ask' }, match: (await see(c)).version, key: true });
      assertProblem(late, 409, 'refused_by_rule', 'P9');
      await w.act(two, 'deny', { reason: '不符合', basis: '示例条款' });
    });

    test('P9: a permit whose law demands a hearing is not granted without one', async () => {
      const c = await w.submitted(who, KTV);
      const item = byPermit(c, 'P-YLCS');
      for (const i of c.items) await w.act(i, 'accept');
      await w.inspect(item);
      assert.equal((await fresh(item)).hearing_required, true);
      const refused = assertProblem(await w.tryAct(item, 'grant'), 409, 'refused_by_rule', 'P9');
      assert.match(refused.detail, /听证/);
      await w.hear(item);
      assert.equal((await w.act(item, 'grant')).state, 'granted');
    });

    test('P10: the head of the department extends once, with a reason, before the limit is over', async () => {
      const c = await accepted();
      const item = byPermit(c, TOBACCO);
      const login = loginOf(item.department.code);
      const start = today();
      assertProblem(await w.tryAct(item, 'extend', { reason: '案情复杂' }, { by: `${login}-2` }), 409, 'refused_by_rule');
      assertProblem(await w.tryAct(item, 'extend', {}, { by: login }), 409, 'refused_by_rule', 'P10');
      const before = (await fresh(item)).clock;
      const done = await w.act(item, 'extend', { reason: '需要向上级机关请示' }, { by: login });
      assert.equal(done.clock.extended, 10);
      assert.equal(done.clock.statutory_due, addWorking(before.statutory_due, 10));
      assert.equal(done.clock.due_on, addWorking(before.due_on, 10));
      assert.equal(done.process.extensions[0].due_on, addWorking(start, 30));
      assertProblem(await w.tryAct(item, 'extend', { reason: '再延' }, { by: login }), 409, 'refused_by_rule', 'P10');
      const food = byPermit(c, FOOD);
      assert.equal((await w.act(food, 'extend', { reason: '需要请示' }, { by: loginOf(food.department.code) })).clock.extended, 5, 'its own law gives less');
      const other = await accepted();
      const late = byPermit(other, TOBACCO);
      await days(21);
      assertProblem(await w.tryAct(late, 'extend', { reason: '晚了' }, { by: login }), 409, 'refused_by_rule', 'P10');
    });

    test('P11: one visit for all, agreed by every department, two officers each, both confirm', async () => {
      const c = await w.submitted(who, THREE);
      const bureau = await w.bureau();
      const plan = async () => ({ on: await w.workday(), time: '上午9:30', place: '示例：经营场所' });
      const propose = (body, options) => bureau.call('POST', `/api/v1/cases/${c.id}/visits`, { json: body, key: true, ...options });
      assertProblem(await propose(await plan()), 409, 'refused_by_rule', 'P11');
      for (const i of c.items) await w.act(i, 'accept');
      assertPointer(await propose({}), '/place', 'required');
      assertProblem(await propose({ ...(await plan()), on: '2026-10-01' }), 409, 'refused_by_rule', 'P11');
      const visit = (await propose(await plan())).json;
      assert.equal(visit.parts.length, 3, 'one visit serves every item that needs one');
      assertProblem(await propose(await plan()), 428, 'precondition_required');
      const codes = visit.parts.map((p) => p.department.code);
      const one = await w.officer(loginOf(codes[0]));
      const mates = (await one.get('/api/v1/colleagues')).items;
      const answer = (act, json, match) => one.call('POST', `/api/v1/visits/${visit.id}/acts/${act}`, { json, match, key: true });
      assertPointer(await answer('agree', { officer_a: mates[0].id }, 1), '/officer_b', 'unknown_officer');
      assertProblem(await answer('agree', { officer_a: mates[0].id, officer_b: mates[0].id }, 1), 409, 'refused_by_rule', 'P11');
      assertProblem(await answer('decline', {}, 1), 409, 'refused_by_rule', 'P11');
      const declined = await answer('decline', { reason: '当天另有任务', counter_on: addWorking(today(), 2) }, 1);
      assert.equal(declined.json.parts.find((p) => p.department.code === codes[0]).counter_on, addWorking(today(), 2));
      const moved = (await propose({ ...(await plan()), time: '下午2:30' }, { match: declined.json.version })).json;
      assert.equal(moved.id, visit.id);
      assert.ok(moved.parts.every((p) => !p.agreed && !p.declined_reason), 'everybody is asked again');
      const part = moved.parts[0];
      assertProblem(await w.tryAct({ ...c.items.find((i) => i.id === part.item_id) }, 'inspect', { checks: {}, result: 'pass' }, { match: part.version }), 403, 'forbidden', 'P11');
      let last;
      for (const code of new Set(codes)) last = await w.agree(moved, code);
      assert.equal(last.state, 'announced');
      assert.ok((await who.get('/api/v1/messages')).items.some((m) => m.case_id === c.id && /核查/.test(m.title)));
      const item = c.items.find((i) => i.id === part.item_id);
      const first = await w.officer(loginOf(item.department.code));
      const mine = (await first.get(`/api/v1/visits/${visit.id}`)).parts.find((p) => p.item_id === item.id);
      const checks = w.checks(mine);
      const [code] = Object.keys(checks);
      const act = (client, name, json, match) => client.call('POST', `/api/v1/items/${item.id}/acts/${name}`, { json, match, key: true });
      assertPointer(await act(first, 'inspect', { checks: { ...checks, [code]: { result: 'fail' } }, result: 'rectify', findings: '不符', rectify_by: addWorking(today(), 3) }, mine.version), `/checks/${code}`, 'required');
      assertPointer(await act(first, 'inspect', { checks: { ...checks, [code]: { result: 'fail', note: '不符' } }, result: 'pass' }, mine.version), '/result', 'key_item_failed');
      const { [code]: dropped, ...some } = checks;
      assert.ok(dropped);
      assertProblem(await act(first, 'inspect', { checks: some, result: 'pass' }, mine.version), 409, 'refused_by_rule', 'P11');
      assertProblem(await act(first, 'countersign', {}, mine.version), 409, 'refused_by_rule', 'P11');
      const written = await act(first, 'inspect', { checks, result: 'pass' }, mine.version);
      assert.equal(written.json.inspection, 'recorded');
      assertProblem(await act(first, 'countersign', {}, mine.version + 1), 409, 'refused_by_rule', 'P11');
      assertProblem(await w.tryAct(item, 'grant'), 409, 'refused_by_rule', 'P11');
      const second = await w.officer(`${loginOf(item.department.code)}-2`);
      const stale = assertProblem(await act(second, 'countersign', {}, mine.version), 412, 'changed_meanwhile');
      assert.ok(stale.changes.some((t) => t.act === 'inspect'));
      const signed = await act(second, 'countersign', {}, mine.version + 1);
      assert.equal(signed.json.inspection, 'passed');
      assertProblem(await act(first, 'inspect', { checks, result: 'fail', findings: '改主意' }, mine.version + 2), 409, 'refused_by_rule', 'P11');
      assert.equal((await w.act(item, 'grant')).state, 'granted');
      for (const p of last.parts.filter((x) => x.item_id !== item.id)) await w.record(visit, p);
      assert.equal((await bureau.get(`/api/v1/visits/${visit.id}`)).state, 'closed');
    });

    test('P11: 限期整改: no grant until a further visit has passed; a failed one only leads to denial', async () => {
      const c = await accepted(SHOP);
      const [item] = c.items;
      const visit = await w.planVisit(item);
      const rectify = { result: 'rectify', findings: '水池没有标识', rectify_by: addWorking(today(), 5) };
      const [part] = visit.parts;
      const one = await w.officer(loginOf(part.department.code));
      const mine = (await one.get(`/api/v1/visits/${visit.id}`)).parts[0];
      const checks = w.checks(mine);
      checks[Object.keys(checks)[0]] = { result: 'fail', note: '没有标识' };
      await w.record(visit, part, { ...rectify, checks });
      let now = await fresh(item);
      assert.equal(now.inspection, 'rectify');
      assert.equal(now.rectify_by, rectify.rectify_by);
      assertProblem(await w.tryAct(item, 'grant'), 409, 'refused_by_rule', 'P11');
      await days(3);
      const again = await w.planVisit(item);
      assert.notEqual(again.id, visit.id);
      assert.equal(again.round, 2);
      await w.record(again, again.parts[0]);
      assert.equal((await w.act(item, 'grant')).state, 'granted');
      const d = await accepted(SHOP);
      await w.inspect(d.items[0], { result: 'fail', findings: '场所不存在' });
      now = await fresh(d.items[0]);
      assert.equal(now.inspection, 'failed');
      assertProblem(await w.tryAct(d.items[0], 'grant'), 409, 'refused_by_rule', 'P11');
      await w.act(d.items[0], 'deny', { reason: '现场核查不通过', basis: '示例条款' });
    });

    test('P11: photos: only the officers named, of their own part, the same one kept once', async () => {
      const c = await accepted(SHOP);
      const [item] = c.items;
      const visit = await w.planVisit(item);
      const one = await w.officer(loginOf(item.department.code));
      const mine = (await one.get(`/api/v1/visits/${visit.id}`)).parts[0];
      const send = (client, body) => client.call('POST', `/api/v1/visits/${visit.id}/photos?item=${item.id}&check=${mine.checklist[0].code}&name=a.jpg&taken_at=${server.now()}`, { body, headers: { 'Content-Type': 'application/octet-stream' } });
      const first = await send(one, jpeg('现场'));
      assert.equal(first.status, 201);
      assert.equal((await send(one, jpeg('现场'))).json.id, first.json.id);
      assertProblem(await send(await w.officer(loginOf('D-WH-YC')), jpeg('别人')), 404);
      assertProblem(await send(one, Buffer.from('not a picture')), 422);
      const photos = (await one.get(`/api/v1/visits/${visit.id}`)).parts[0].photos;
      assert.equal(photos.length, 1);
      const got = await one.call('GET', `/api/v1/visits/${visit.id}/photos/${photos[0].id}`);
      assert.deepEqual(got.body, jpeg('现场'));
      assertProblem(await (await w.officer('wh-yc')).call('GET', `/api/v1/visits/${visit.id}/photos/${photos[0].id}`), 404);
      const schedule = await one.get('/api/v1/visits?open=1&mine=1');
      assert.ok(schedule.items.some((v) => v.id === visit.id));
      const gone = await one.ok('POST', `/api/v1/visits/${visit.id}/acts/cancel`, { json: { reason: '申请人改期' }, match: (await one.get(`/api/v1/visits/${visit.id}`)).version, key: true });
      assert.equal(gone.state, 'cancelled');
    });

    const promised = () => w.promised(who, SHOP);

    test('R3.4, P12: a promised material is signed with a due date, collected and confirmed on site', async () => {
      const [c, late] = await promised();
      const [promise] = c.commitments;
      assert.equal(promise.material, late);
      assert.equal(promise.state, 'promised');
      assert.equal(promise.due_on, addWorking(today(), 15));
      assert.ok(promise.signed_by && promise.signed_at);
      const [item] = c.items;
      await w.act(item, 'accept');
      await w.inspect(item);
      const one = await w.reviewer(item);
      assertProblem(await w.tryAct(item, 'confirm_commitment', { material: late }), 409, 'refused_by_rule', 'P12');
      assertPointer(await w.tryAct(item, 'confirm_commitment', { material: 'M-NO' }), '/material', 'unknown_material');
      const send = (material) => one.call('POST', `/api/v1/items/${item.id}/attachments?material=${material}&name=a.jpg`, { body: jpeg('现场收取'), headers: { 'Content-Type': 'application/octet-stream' } });
      const kept = () => readdirSync(join(server.data, 'blobs'), { recursive: true }).filter((f) => !f.includes('incoming-')).length;
      const before = kept();
      assertProblem(await send('M-YYZZ'), 409, 'refused_by_rule', 'P12');
      assert.equal(kept(), before, 'a refused file leaves nothing behind');
      assert.equal((await send(late)).status, 201);
      const done = await w.act(item, 'confirm_commitment', { material: late, note: '原件相符' });
      assert.equal(done.commitments[0].state, 'confirmed');
      assertProblem(await w.tryAct(item, 'confirm_commitment', { material: late }), 409, 'refused_by_rule', 'P12');
      assert.equal((await w.act(item, 'grant')).state, 'granted');
    });

    test('R3.4: never where security or industrial policy is concerned: the refusal names the reason', async () => {
      const c = await w.create(who, TWO);
      const form = await w.fillForm(who, c.id, { set: { F_MODE: '03' } });
      const needed = Object.entries(form.needs).find(([m, n]) => n === 'required' && form.definition.materials.find((x) => x.code === m)?.permits?.includes?.(TOBACCO))?.[0] ?? Object.keys(form.needs).find((m) => form.needs[m] === 'required');
      const saved = await who.get(`/api/v1/cases/${c.id}/form`);
      await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: saved.values, commitments: { [needed]: true } }, match: saved.version });
      const check = await who.post(`/api/v1/cases/${c.id}/check`, {});
      const problem = check.problems.find((p) => p.pointer === `/materials/${needed}`);
      assert.equal(problem.code, 'tolerance_refused');
      assert.match(problem.message, /不能承诺后补/);
    });

    test('P12, P32: reminded in time; overdue it blocks the grant; after a grant the breach is recorded', async () => {
      const [c, late] = await promised();
      const [blocked] = c.items;
      await w.act(blocked, 'accept');
      await w.inspect(blocked);
      const [g] = await promised();
      await w.act(g.items[0], 'accept');
      await w.inspect(g.items[0]);
      await w.act(g.items[0], 'grant');
      const due = c.commitments[0].due_on;
      await goTo(addDays(due, -1));
      const told = async () => (await who.get('/api/v1/messages?limit=100')).items.filter((m) => m.case_id === c.id);
      assert.equal((await told()).filter((m) => /承诺/.test(m.title) && !/逾期/.test(m.title)).length, 1);
      await goTo(addDays(due, 2));
      const refused = assertProblem(await w.tryAct(blocked, 'grant'), 409, 'refused_by_rule', 'P12');
      assert.match(refused.detail, /逾期/);
      assert.equal((await told()).filter((m) => /逾期/.test(m.title)).length, 1);
      assert.equal((await see(c)).commitments[0].state, 'broken');
      const broken = (await see(g)).timeline.filter((t) => t.act === 'break_commitment');
      assert.equal(broken.length, 1);
      assert.equal(broken[0].effective_on, due, 'effective at its legal moment');
      await w.attach(who, c.id, late).catch(() => null);
      const one = await w.reviewer(blocked);
      await one.ok('POST', `/api/v1/items/${blocked.id}/attachments?material=${late}&name=b.jpg`, { body: jpeg('迟到'), headers: { 'Content-Type': 'application/octet-stream' } });
      await w.act(blocked, 'confirm_commitment', { material: late });
      assert.equal((await w.act(blocked, 'grant')).state, 'granted', 'kept late, but kept');
    });

    test('P16, P19: 45 days for the case; their time is not ours; 15 more by the head of the government', async () => {
      const c = await w.submitted(who, TWO);
      const [a, b] = c.items;
      const start = today();
      await w.act(a, 'accept');
      const joint = async () => (await see(c)).process.joint;
      assert.equal((await joint()).due_on, addWorking(start, 45), 'from the first acceptance');
      await days(1);
      await w.act(b, 'ask_correction', askFor('field', 'F_ADDR'));
      assert.equal(await joint(), null, 'while the applicant is the one to act our clock stands');
      await days(4);
      await w.fillForm(who, c.id, { set: { F_ADDR: '（示例）乌海市新地址1号' } });
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: (await see(c)).version, key: true });
      assert.equal((await joint()).due_on, addWorking(today(), 44));
      const split = (await see(c)).process.days;
      assert.deepEqual([split.ours, split.applicant, split.special], [1, 4, 0]);
      assert.equal((await fresh(b)).days.applicant, 4);
      assert.equal((await fresh(a)).days.ours, 5, 'the other department went on working');
      const head = await w.officer('hbw-zf');
      const extend = (client, json, match) => client.call('POST', `/api/v1/cases/${c.id}/extend`, { json, match, key: true });
      const { version } = await see(c, head);
      assertProblem(await extend(await w.bureau(), { reason: '复杂' }, version), 403, 'forbidden');
      assertProblem(await extend(head, {}, version), 409, 'refused_by_rule', 'P16');
      const longer = await extend(head, { reason: '涉及多个部门，情况复杂' }, version);
      assert.equal(longer.status, 200, String(longer.body));
      assert.equal((await joint()).due_on, addWorking(today(), 59));
      assert.equal((await joint()).extended, 15);
      assertProblem(await extend(head, { reason: '再延' }, (await see(c, head)).version), 409, 'refused_by_rule', 'P16');
      assertProblem(await extend(await w.officer('hn-zf'), { reason: '外区' }, version), 404);
    });

    test('P17: decisions and licence are delivered with a record, once', async () => {
      const { case: c, licence } = await w.licensed(who, TWO);
      const clerk = await w.bureau();
      const deliver = (client, json, match) => client.call('POST', `/api/v1/cases/${c.id}/deliver`, { json, match, key: true });
      const version = async () => (await see(c)).version;
      assertPointer(await deliver(clerk, { method: 'post', receiver: '王掌柜' }, await version()), '/tracking', 'required');
      assertPointer(await deliver(clerk, { method: 'pigeon', receiver: '王掌柜' }, await version()), '/method');
      assertPointer(await deliver(who, { method: 'pickup', receiver: '本人' }, await version()), '/method', 'not_allowed');
      const done = await deliver(clerk, { method: 'pickup', receiver: '王掌柜', relation: '本人' }, await version());
      assert.equal(done.status, 200, String(done.body));
      assert.equal(done.json.process.deliveries.length, 3, 'two decisions and the licence');
      assert.ok(done.json.items.every((i) => i.delivered_on === today()));
      assert.ok(licence.number);
      assertProblem(await deliver(clerk, { method: 'pickup', receiver: '王掌柜' }, await version()), 409, 'refused_by_rule', 'P17');
      const { case: e } = await w.licensed(who, SHOP);
      const mine = await who.call('POST', `/api/v1/cases/${e.id}/deliver`, { json: { method: 'electronic', receiver: '本人' }, match: (await see(e)).version, key: true });
      assert.equal(mine.json.process.deliveries.length, 2);
    });

    test('P17: bureau and departments are warned before the ten days are over and told after, once', async () => {
      const { case: c } = await w.licensed(who, TWO);
      const decided = today();
      const bureau = await w.bureau();
      const readers = [bureau, await w.reviewer(c.items[0])];
      const told = async (client) => (await client.get('/api/v1/messages?limit=100')).items.filter((m) => m.case_id === c.id && /送达/.test(m.title)).map((m) => m.title);
      const due = addWorking(decided, 10);
      await goTo(addWorking(decided, 7));
      for (const client of readers) assert.deepEqual(await told(client), [], 'more than a quarter of the time is left');
      await goTo(addWorking(decided, 8));
      for (const client of readers) await until('the warning', async () => (await told(client)).length === 1);
      await goTo(due);
      await server.restart();
      for (const client of readers) assert.deepEqual(await told(client), ['决定还没有送达']);
      await goTo(addDays(due, 1));
      for (const client of readers) await until('the alert', async () => (await told(client)).length === 2);
      await server.restart();
      for (const client of readers) assert.deepEqual((await told(client)).sort(), ['决定还没有送达', '送达已超期'].sort());
      const done = await bureau.call('POST', `/api/v1/cases/${c.id}/deliver`, { json: { method: 'pickup', receiver: '王掌柜' }, match: (await see(c)).version, key: true });
      assert.equal(done.status, 200, String(done.body));
      assert.ok(!done.json.allowed.includes('deliver'));
    });

    test('P21: nobody back-dates: an act before the previous one of its item is refused', async () => {
      const c = await accepted(SHOP);
      server.setOffset((server.offset ?? 0) - 3 * 86400e3);
      try {
        for (const client of w.clients) client.since = undefined;
        const refused = assertProblem(await w.tryAct(c.items[0], 'open_special', { kind: 'testing', reason: '倒填', days: 1 }), 409, 'refused_by_rule', 'P21');
        assert.match(refused.detail, /不能早于/);
      } finally {
        server.setOffset(server.offset + 3 * 86400e3);
        for (const client of w.clients) client.since = 0; // signs in again
      }
    });

    test('P28: no other account, the bureau included, can change a department\'s decision', async () => {
      const c = await accepted();
      const item = byPermit(c, FOOD);
      const version = (await fresh(item)).version;
      for (const login of ['hbw-spj', 'hbw-ck', 'hbw-zf', 'admin', 'hn-scjg', 'wh-yc']) {
        const client = await w.officer(login);
        for (const act of ['grant', 'deny', 'open_special', 'extend', 'refuse']) {
          const a = await client.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json: { reason: 'x', basis: 'y' }, match: version, key: true });
          assert.ok([403, 404].includes(a.status), `${login} ${act}: ${a.status}`);
        }
      }
      assert.equal((await fresh(item)).version, version);
    });

    test('P33: denied for false material where public security is concerned: barred for a year, refused at the next filing', async () => {
      const drug = { industry: 'I13', region: '150302', answers: { 'I13-Q1': ['A'], 'I13-Q2': ['A'], 'I13-Q3': ['C'], 'I13-Q4': ['C'] } };
      const c = await w.submitted(who, drug);
      const item = byPermit(c, 'P-YPJY');
      await w.act(item, 'accept');
      await w.act(item, 'deny', { reason: '提供虚假材料', basis: '行政许可法第七十八条', false_material: true });
      const { uscc } = await see(c);
      const next = await w.create(who, drug);
      await w.attachAll(who, next.id, await w.fillForm(who, next.id, { set: { F_USCC: uscc } }));
      const check = await who.post(`/api/v1/cases/${next.id}/check`, {});
      assert.ok(check.warnings.some((x) => /一年|第七十八条/.test(x)), 'warned at filing');
      const again = await w.submit(who, await see(next));
      const barred = byPermit(again, 'P-YPJY');
      const seen = await fresh(barred);
      assert.equal(seen.ban.article, '行政许可法第七十八条');
      assertProblem(await w.tryAct(barred, 'accept'), 409, 'refused_by_rule', 'P33');
      await w.act(barred, 'refuse', { reason: '在禁止再次申请的期限内', right_organ: '期满后向本机关申请' });
      const elsewhere = await w.create(who, drug);
      await w.attachAll(who, elsewhere.id, await w.fillForm(who, elsewhere.id, { set: { F_USCC: anotherCode(777) } }));
      const other = await w.submit(who, await see(elsewhere));
      await w.act(byPermit(other, 'P-YPJY'), 'accept');
    });
  });
