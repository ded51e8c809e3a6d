// The department's queue: filters, who has what in hand, accepting several at once; the tables of acts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem, newKey } from './lib/client.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

for (const engine of ENGINES)
  describe(`queue on ${engine}`, () => {
    let server, w, who, officer, mate;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      officer = await w.officer('wh-yc');
      mate = await w.officer('wh-yc-2');
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const tobacco = async () => (await w.submitted(who, TWO)).items.find((i) => i.permit.code === 'P-YCLS');
    const assign = (client, item, body, match) => client.call('POST', `/api/v1/items/${item.id}/assign`, { json: body, match });

    test('an item is taken, handed over and put back, and the queue can be narrowed by it', async () => {
      const item = await tobacco();
      const mine = async (client, q) => (await client.get(`/api/v1/items?officer=${q}&limit=100`)).items.map((i) => i.id);
      assert.ok((await mine(officer, 'none')).includes(item.id));
      const taken = await assign(officer, item, { officer: officer.user.id }, 1);
      assert.equal(taken.json.officer_id, officer.user.id);
      assert.ok((await mine(officer, 'me')).includes(item.id));
      assert.ok(!(await mine(mate, 'me')).includes(item.id));
      assertProblem(await assign(mate, item, { officer: mate.user.id }, 1), 412, 'changed_meanwhile');
      const given = await assign(officer, item, { officer: mate.user.id }, 2);
      assert.ok((await mine(mate, 'me')).includes(item.id));
      assert.ok((await mine(officer, mate.user.id)).includes(item.id));
      assert.equal((await assign(mate, item, {}, given.json.version)).json.officer_id, undefined);
      assertPointer(await assign(officer, item, { officer: (await w.officer('hbw-scjg')).user.id }, 4), '/officer', 'unknown_officer');
      assertPointer(await assign(officer, item, { officer: 'x' }, 4), '/officer', 'unknown_officer');
      assertProblem(await assign(await w.officer('hbw-scjg'), item, {}, 4), 404, 'not_found');
      assertPointer(await officer.call('GET', '/api/v1/items?officer=nobody'), '/officer', 'out_of_range');
    });

    test('several complete items are accepted at once; each is answered for itself, and a replay acts once', async () => {
      const items = [await tobacco(), await tobacco(), await tobacco()];
      await w.act(items[2], 'ask_correction', { entries: [{ kind: 'field', code: 'F_ADDR', what: '写到门牌号', why: '无法核对' }] });
      const key = newKey();
      const body = { items: [...items.map((i) => ({ id: i.id, version: i.version })), { id: '1', version: 1 }] };
      const send = () => officer.post('/api/v1/items/accept', body, { key });
      const { results } = await send();
      assert.deepEqual(results.map((r) => r.accepted), [true, true, false, false]);
      assert.equal(results[2].code, 'changed_meanwhile');
      assert.equal(results[3].code, 'not_found');
      assert.ok(results[2].detail);
      await send();
      for (const i of items.slice(0, 2)) {
        const now = await w.item(i);
        assert.equal(now.state, 'accepted');
        assert.equal(now.timeline.filter((t) => t.act === 'accept').length, 1);
      }
      assertPointer(await officer.call('POST', '/api/v1/items/accept', { json: { items: [] }, key: true }), '/items', 'out_of_range');
    });

    test('what lacks something, or is granted by accepting, is not accepted in a heap', async () => {
      const answers = { 'I14-Q1': ['B'], 'I14-Q2': ['A'], 'I14-Q3': ['C'] };
      const guide = await who.post('/api/v1/industries/I14/guide', { region: '150302', answers });
      for (const q of guide.missing) answers[q] = ['A'];
      const c = await w.submitted(who, { industry: 'I14', region: '150302', answers });
      const filing = c.items.find((i) => i.permit.kind === 'filing');
      const { results } = await (await w.reviewer(filing)).post('/api/v1/items/accept', { items: [{ id: filing.id, version: 1 }] }, { key: true });
      assert.equal(results[0].accepted, false);
      assert.match(results[0].detail, /备案/);
    });

    test('inspection and delivery narrow the queue; clerks see their hall, the head of government the region', async () => {
      const c = await w.submitted(who, TWO);
      for (const i of c.items) await w.act(i, 'accept');
      const list = async (client, q) => (await client.get(`/api/v1/items?${q}&limit=100`)).items;
      const [item] = c.items;
      const reviewer = await w.officer(loginOf(item.department.code));
      const waiting = await list(reviewer, 'inspection=required');
      assert.ok(waiting.some((i) => i.id === item.id));
      assert.ok(waiting.every((i) => i.inspection === 'required'));
      await w.inspect(item);
      assert.ok(!(await list(reviewer, 'inspection=required')).some((i) => i.id === item.id));
      await w.act(item, 'deny', { reason: '不符合', basis: '示例条款' });
      assert.ok((await list(reviewer, 'undelivered=1')).some((i) => i.id === item.id));
      const head = await w.officer('hbw-zf');
      assert.ok((await list(head, 'state=denied')).some((i) => i.id === item.id));
      const clerk = await w.officer('hbw-ck');
      assert.ok(!(await list(clerk, 'state=denied')).some((i) => i.id === item.id), 'filed online: no hall');
    });

    test('the tables of acts are served as the program asks them', async () => {
      const tables = await w.client().get('/api/v1/process');
      const grant = tables.item.find((t) => t.act === 'grant');
      assert.equal(grant.rule, 'P8');
      assert.match(grant.article, /第三十八条/);
      assert.ok(grant.needs.some((n) => n.fact === 'INSPECTION_PASSED'));
      assert.ok(tables.case.some((t) => t.act === 'extend_joint' && /政府负责人/.test(t.who)));
      assert.ok(tables.visit.some((t) => t.act === 'agree_visit'));
    });
  });
