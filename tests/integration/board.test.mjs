// The boards: what a hall and a region have open, due, undelivered and promised; and the applicant handing in
// what was promised at any time before it is confirmed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { addDays, addWorking, dateOf } from './lib/calendar.mjs';
import { sql } from './lib/database.mjs';
import { pdf } from './lib/files.mjs';
import { askFor, TWO, World } from './lib/world.mjs';

const SHOP = { industry: 'I02', region: '150302', answers: { 'I02-Q1': ['A'], 'I02-Q2': ['C'], 'I02-Q3': ['B'], 'I02-Q4': ['B'] } };

for (const engine of ENGINES)
  describe(`board on ${engine}`, () => {
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
    const board = async (login) => (await w.officer(login)).get('/api/v1/board');
    const of = (b, code) => b.departments.find((d) => d.department.code === code) ?? { open: 0, by_state: {}, pace: { decided: 0, on_time: 0 } };
    /** A submitted case that promises one material instead of handing it in. */
    const promised = async () => {
      const c = await w.create(who, SHOP);
      const form = await w.fillForm(who, c.id, { set: { F_MODE: '03' } });
      const late = Object.keys(form.needs).find((m) => form.needs[m] === 'tolerable');
      assert.ok(late, 'something may be promised');
      const saved = await who.get(`/api/v1/cases/${c.id}/form`);
      await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: saved.values, commitments: { [late]: true } }, match: saved.version });
      for (const [material, need] of Object.entries(form.needs)) if (['required', 'tolerable'].includes(need) && material !== late) await w.attach(who, c.id, material);
      return [await w.submit(who, await who.get(`/api/v1/cases/${c.id}`)), late];
    };

    test('a department\'s open items are counted by state and signal, decided ones by the due date that held', async () => {
      const c = await w.submitted(who, TWO);
      const [one, other] = c.items;
      const before = await board('hbw-spj');
      assert.equal(before.scope, 'region');
      assert.equal(before.name, '海勃湾区');
      const open = of(before, one.department.code);
      assert.equal(open.open, Object.values(open.by_state).reduce((a, b) => a + b, 0));
      assert.equal(open.open, Object.values(open.by_signal).reduce((a, b) => a + b, 0));
      await w.act(one, 'accept');
      const accepted = of(await board('hbw-spj'), one.department.code);
      assert.equal(accepted.by_state.accepted ?? 0, (open.by_state.accepted ?? 0) + 1);
      assert.equal(accepted.by_state.received ?? 0, (open.by_state.received ?? 0) - 1);
      await w.act(one, 'deny', { reason: '不符合', basis: '示例条款' });
      const after = await board('hbw-spj');
      const done = of(after, one.department.code);
      assert.equal(done.open, open.open - 1);
      assert.equal(done.pace.decided, open.pace.decided + 1);
      assert.equal(done.pace.on_time, open.pace.on_time + 1, 'the same day is in time');
      assert.equal(after.pace.decided, before.pace.decided + 1);
      assert.ok(of(after, other.department.code).open > 0);
    });

    test('joint clocks, corrections and undelivered decisions carry their due dates', async () => {
      const c = await w.submitted(who, TWO);
      const [one, two] = c.items;
      await w.act(one, 'accept');
      const b = await board('hbw-spj');
      assert.ok(b.joint.total >= 1);
      assert.ok(b.joint.items.every((i, k, all) => !k || all[k - 1].due_on <= i.due_on), 'next due first');
      await w.act(one, 'deny', { reason: '不符合', basis: '示例条款' });
      await w.act(two, 'ask_correction', askFor('field', 'F_ADDR'));
      const after = await board('hbw-spj');
      assert.equal(after.undelivered.total, b.undelivered.total + 1);
      assert.equal(after.corrections.total, b.corrections.total + 1);
      const mine = after.undelivered.items.find((i) => i.id === one.id);
      if (mine) assert.equal(mine.due_on, addWorking(today(), 10));
      const clerk = await w.officer('hbw-spj');
      await clerk.post(`/api/v1/cases/${c.id}/deliver`, { method: 'pickup', receiver: '示例', items: [one.id] }, { match: (await clerk.get(`/api/v1/cases/${c.id}`)).version, key: true });
      assert.equal((await board('hbw-spj')).undelivered.total, b.undelivered.total);
    });

    test('a hall sees what was filed at it; the head of government the region; nobody else has a board', async () => {
      const before = await board('hbw-ck');
      assert.equal(before.scope, 'hall');
      const clerk = await w.officer('hbw-ck');
      await w.submitted(clerk, TWO, { applicant: { name: '示例', phone: '19912340000' }, authorisation: '本人到场（示例）' });
      await w.submitted(who, TWO);
      const after = await board('hbw-ck');
      assert.equal(after.cases.submitted, (before.cases.submitted ?? 0) + 1, 'the one filed online is not of this hall');
      const sum = (b) => b.departments.reduce((n, d) => n + d.open, 0);
      assert.equal(sum(after), sum(before) + 2);
      assert.equal((await board('hbw-zf')).scope, 'region');
      assert.ok(sum(await board('hbw-zf')) > sum(after));
      assertProblem(await (await w.officer('hbw-scjg')).call('GET', '/api/v1/board'), 403, 'forbidden');
      assertProblem(await who.call('GET', '/api/v1/board'), 403, 'forbidden');
    });

    test('planned visits of the next days are listed', async () => {
      const c = await w.submitted(who, TWO);
      const visit = await w.planVisit(c.items[0]);
      const b = await board('hbw-spj');
      const mine = b.visits.find((v) => v.id === visit.id);
      assert.equal(mine.on, today());
      assert.equal(mine.case_id, c.id);
      assert.ok(b.visits.every((v) => v.on >= today() && v.on <= addDays(today(), 40)));
    });

    test('P12: the applicant hands in a promised material outside a correction, and nothing else', async () => {
      const before = (await board('hbw-spj')).promises;
      const [c, late] = await promised();
      const promises = (await board('hbw-spj')).promises;
      assert.equal(promises.total, before.total + 1);
      assert.ok(promises.items.every((i) => ['promised', 'broken'].includes(i.state) && i.subject && i.due_on));
      const [item] = c.items;
      await w.act(item, 'accept');
      const send = (client, material, text) => client.call('POST', `/api/v1/cases/${c.id}/attachments?material=${material}&name=a.pdf`, { body: pdf(text), headers: { 'Content-Type': 'application/octet-stream' } });
      const other = c.attachments.find((f) => f.material !== late).material;
      assertProblem(await send(who, other, 'other'), 409, 'refused_by_rule', 'state');
      assertProblem(await send(await w.applicant(), late, 'stranger'), 404, 'not_found');
      const file = await send(who, late, 'promised');
      assert.equal(file.status, 201, String(file.body));
      const seen = await w.item(item);
      assert.ok(seen.attachments.some((f) => f.id === file.json.id), 'the department has it at once');
      assertProblem(await who.call('DELETE', `/api/v1/cases/${c.id}/attachments/${file.json.id}`), 409, 'refused_by_rule', 'state');
      await w.inspect(item);
      await w.act(item, 'confirm_commitment', { material: late });
      assertProblem(await send(who, late, 'too late'), 409, 'refused_by_rule', 'state');
      assert.equal((await board('hbw-spj')).promises.total, before.total);
    });
  });

for (const engine of ENGINES)
  test(`how long it usually takes, from what was decided in the last year, on ${engine}`, async () => {
    const server = await startServer({ engine });
    const w = new World(server);
    try {
      const who = await w.applicant();
      const c = await w.submitted(who, TWO);
      const pace = (await who.get(`/api/v1/cases/${c.id}/pace`)).items;
      for (const one of pace) {
        const item = c.items.find((i) => i.id === one.item);
        const days = sql(server, `SELECT days_ours FROM item WHERE permit = '${item.permit.code}' AND department = '${item.department.code}' AND state IN ('granted', 'denied') ORDER BY days_ours`).split('\n').map(Number);
        assert.ok(days.length >= 5);
        assert.equal(one.n, days.length);
        assert.equal(one.median, days[Math.ceil(days.length * 0.5) - 1]);
        assert.equal(one.most, days[Math.ceil(days.length * 0.8) - 1]);
      }
      assert.ok(pace.length > 0, 'the demonstration has enough of them');
      const other = await w.applicant();
      assert.ok([403, 404].includes((await other.call('GET', `/api/v1/cases/${c.id}/pace`)).status));
    } finally {
      w.close();
      await server.stop();
    }
  });

for (const engine of ENGINES)
  test(`四减: what one case saves, and all of a year by industry, on ${engine}`, async () => {
    const server = await startServer({ engine });
    const w = new World(server);
    try {
      const who = await w.applicant();
      const bureau = await w.bureau();
      const before = await bureau.get('/api/v1/reform');
      const { case: c } = await w.licensed(who, TWO);
      const { effect } = await who.get(`/api/v1/cases/${c.id}/effect`);
      const figure = (list, key) => list.find((f) => f.key === key);
      assert.ok(figure(effect.figures, 'materials').before.total > figure(effect.figures, 'materials').after.total);
      const after = await bureau.get('/api/v1/reform');
      assert.equal(after.cases, before.cases + 1);
      assert.equal(after.industries.reduce((n, i) => n + i.cases, 0), after.cases);
      const row = (r) => r.industries.find((i) => i.industry.code === TWO.industry) ?? { cases: 0, figures: [] };
      assert.equal(row(after).cases, row(before).cases + 1);
      for (const key of ['materials', 'visits', 'steps', 'days']) {
        const one = figure(effect.figures, key);
        const was = figure(row(before).figures, key) ?? { before: 0, after: 0 };
        assert.deepEqual([figure(row(after).figures, key).before - was.before, figure(row(after).figures, key).after - was.after], [one.before.total, one.after.total], key);
        assert.equal(after.industries.reduce((n, i) => n + figure(i.figures, key).before, 0), figure(after.figures, key).before);
      }
      assertProblem(await who.call('GET', '/api/v1/reform'), 403);
      assert.ok([403, 404].includes((await (await w.applicant()).call('GET', `/api/v1/cases/${c.id}/effect`)).status));
    } finally {
      w.close();
      await server.stop();
    }
  });
