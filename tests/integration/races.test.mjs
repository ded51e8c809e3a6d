// Every act is idempotent and guarded (R5.5): two officers at once, replays, stale and missing versions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem, newKey } from './lib/client.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

const ROUNDS = Number(process.env.YZ_RACES ?? 1000);

/* Accepted, stopped and resumed again and again, denied: every act raced for. */
const STOP = [['open_special', { kind: 'testing', reason: '示例：检测', days: 5 }], ['close_special', { result: '示例：合格' }]];
const LIFE = [['accept', {}], ...Array.from({ length: 8 }, () => STOP).flat(), ['deny', { reason: '示例：不符合条件', basis: '示例：设立条件' }]];

for (const engine of ENGINES)
  describe(`races on ${engine}`, () => {
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

    test(`R5.5: two officers of a department at once, ${ROUNDS} times: one wins, the other is told what changed`, async () => {
      let races = 0;
      while (races < ROUNDS) {
        const c = await w.submitted(who, TWO);
        for (const item of c.items) {
          const login = loginOf(item.department.code);
          const officers = await Promise.all([w.officer(login), w.officer(`${login}-2`)]);
          for (const [act, json] of LIFE) {
            const { version } = await officers[0].get(`/api/v1/items/${item.id}`);
            const both = await Promise.all(officers.map((o) => o.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json, match: version, key: true })));
            assert.deepEqual(both.map((a) => a.status).sort(), [200, 412]);
            const lost = assertProblem(both.find((a) => a.status === 412), 412, 'changed_meanwhile');
            assert.ok(lost.changes.some((t) => t.act === act), 'the loser learns of the winner\'s act');
            races++;
          }
        }
      }
    });

    const post = (client, item, act, body, match, key) => client.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json: body, match, key });

    test('Idempotency-Key: a replay gives the same outcome and acts once; another body is a conflict', async () => {
      const c = await w.submitted(who, TWO);
      const item = c.items[0];
      const officer = await w.reviewer(item);
      const key = newKey();
      const first = await post(officer, item, 'accept', { note: '齐全' }, 1, key);
      const again = await post(officer, item, 'accept', { note: '齐全' }, 1, key);
      assert.equal(first.status, 200);
      assert.equal(again.status, 200);
      assert.equal(again.json.version, first.json.version);
      assert.equal(again.json.timeline.filter((t) => t.act === 'accept').length, 1);
      assertProblem(await post(officer, item, 'accept', { note: '别的' }, 1, key), 409, 'conflict');
      assertProblem(await post(officer, item, 'grant', { note: '齐全' }, 2, key), 409, 'conflict');
    });

    test('Idempotency-Key: the same key of another person is another key', async () => {
      const key = newKey();
      const other = await w.applicant();
      const body = { industry: TWO.industry, region: TWO.region, answers: TWO.answers };
      const mine = await who.post('/api/v1/cases', body, { key });
      const theirs = await other.post('/api/v1/cases', body, { key });
      assert.notEqual(mine.id, theirs.id);
      assert.equal((await who.post('/api/v1/cases', body, { key })).id, mine.id);
    });

    test('Idempotency-Key: submit, supplement, withdraw and issue replay as well, also in parallel', async () => {
      const c = await w.prepare(who, TWO);
      const key = newKey();
      const all = await Promise.all(Array.from({ length: 6 }, () => who.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: c.version, key })));
      assert.deepEqual(all.map((a) => a.status), Array(6).fill(200));
      assert.equal(new Set(all.map((a) => a.json.number)).size, 1);
      const done = await w.grantAll(all[0].json);
      assert.equal(done.length, 2);
      const now = await who.get(`/api/v1/cases/${c.id}`);
      const issueKey = newKey();
      const issued = await Promise.all(Array.from({ length: 4 }, () => w.issue(now, { key: issueKey, match: now.version })));
      assert.deepEqual(issued.map((a) => a.status), Array(4).fill(200));
      assert.equal(new Set(issued.map((a) => a.json.number)).size, 1);
      const gone = await w.submitted(who, TWO);
      const wk = newKey();
      for (let i = 0; i < 2; i++) assert.equal((await who.post(`/api/v1/cases/${gone.id}/withdraw`, { reason: '不办了' }, { match: gone.version, key: wk })).state, 'withdrawn');
    });

    test('If-Match: missing is 428, stale is 412, nonsense is 400; nothing is done', async () => {
      const c = await w.submitted(who, TWO);
      const item = c.items[0];
      const officer = await w.reviewer(item);
      assertProblem(await post(officer, item, 'accept', {}, undefined, true), 428, 'precondition_required');
      assertProblem(await post(officer, item, 'accept', {}, 99, true), 412, 'changed_meanwhile');
      for (const bad of ['*', '1', '"x"', '"-1"', '"0"', 'W/"1"', '"1", "2"', '"99999999999999999999"'])
        assertProblem(await officer.call('POST', `/api/v1/items/${item.id}/acts/accept`, { json: {}, key: true, headers: { 'If-Match': bad } }), 400, 'malformed_request');
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/withdraw`, { json: {}, key: true }), 428, 'precondition_required');
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/withdraw`, { json: {}, key: true, match: 77 }), 412, 'changed_meanwhile');
      const draft = await w.create(who, TWO);
      assertProblem(await who.call('PUT', `/api/v1/cases/${draft.id}/form`, { json: { values: {} } }), 428, 'precondition_required');
      assertProblem(await who.call('PUT', `/api/v1/cases/${draft.id}/answers`, { json: { region: '150302', answers: TWO.answers } }), 428, 'precondition_required');
      assertProblem(await who.call('DELETE', `/api/v1/cases/${draft.id}`), 428, 'precondition_required');
      assert.equal((await w.item(item)).state, 'received');
    });

    test('Idempotency-Key: missing is refused, malformed is 400', async () => {
      const body = { industry: TWO.industry, region: TWO.region, answers: TWO.answers };
      assertProblem(await who.call('POST', '/api/v1/cases', { json: body }), 428, 'precondition_required');
      for (const bad of ['short', 'x'.repeat(65), 'has space1', '中文中文中文'.slice(0, 0) + 'a/b/c/d/e'])
        assertProblem(await who.call('POST', '/api/v1/cases', { json: body, key: bad }), 400, 'malformed_request');
    });

    test('two devices save the same draft: the second is told, nothing is lost', async () => {
      const draft = await w.create(who, TWO);
      const form = await who.get(`/api/v1/cases/${draft.id}/form`);
      const save = (text) => who.call('PUT', `/api/v1/cases/${draft.id}/form`, { json: { values: { ...form.values, F_ENT_NAME: text } }, match: form.version });
      const both = await Promise.all([save('甲店'), save('乙店')]);
      assert.deepEqual(both.map((a) => a.status).sort(), [200, 412]);
      const kept = both.find((a) => a.status === 200).json.values.F_ENT_NAME;
      assert.equal((await who.get(`/api/v1/cases/${draft.id}/form`)).values.F_ENT_NAME, kept);
    });

    test('a file that comes in while submitting is either part of what was submitted or refused', async () => {
      const c = await w.prepare(who, TWO);
      const material = c.attachments[0].material;
      const up = (i) => who.call('POST', `/api/v1/cases/${c.id}/attachments?material=${material}&name=late${i}.pdf`, { body: Buffer.from(`%PDF-1.4 late ${i} %%EOF`) });
      const [a, b, sent, d] = await Promise.all([up(1), up(2), who.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: c.version, key: true }), up(3)]);
      assert.equal(sent.status, 200, String(sent.body));
      const accepted = [a, b, d].filter((x) => x.status === 201).length;
      const now = await who.get(`/api/v1/cases/${c.id}`);
      assert.equal(now.attachments.length, c.attachments.length + accepted);
      const seenByDepartment = (await w.item(now.items[0])).attachments;
      for (const f of seenByDepartment) assert.ok(now.attachments.some((x) => x.id === f.id));
    });
  });
