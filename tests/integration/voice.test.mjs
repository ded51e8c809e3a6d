// Questions to the hall (R4.4) and ratings (R8.4): who may ask, answer and read what; who is told; once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { TWO, World } from './lib/world.mjs';

for (const engine of ENGINES)
  describe(`voice on ${engine}`, () => {
    let server, w, who, other, clerk, bureau;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      other = await w.applicant();
      clerk = await w.officer('hbw-ck');
      bureau = await w.bureau();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const ask = (client, json) => client.call('POST', '/api/v1/questions', { json: { region: '150302', ...json }, key: true });
    const titles = async (client) => (await client.get('/api/v1/messages?limit=100')).items.map((m) => m.title);

    test('an applicant asks, the hall of the region is told, answers, and the applicant is told', async () => {
      assertPointer(await ask(who, { question: '' }), '/question', 'required');
      assertPointer(await ask(who, { question: '开店', region: '999999' }), '/region', 'unknown_region');
      assertPointer(await ask(who, { question: '开店', industry: 'I99' }), '/industry', 'unknown_industry');
      const asked = (await ask(who, { question: '便利店卖关东煮要办什么证？', industry: 'I02' })).json;
      assert.deepEqual([asked.channel, asked.industry.code, asked.answer, asked.public], ['online', 'I02', null, false]);
      const told = (await clerk.get('/api/v1/messages?limit=100')).items.find((m) => m.subject?.id === asked.id);
      assert.deepEqual([told?.title, told?.subject.kind], ['有人咨询', 'consultation']);
      assert.ok(!(await titles(await w.bureau('150303'))).includes('有人咨询'), 'not the neighbour district');
      const open = (await clerk.get('/api/v1/questions?open=1')).items;
      assert.ok(open.some((q) => q.id === asked.id && q.asker));
      assert.deepEqual((await (await w.officer('hn-spj')).get('/api/v1/questions')).items.filter((q) => q.id === asked.id), []);
      const answer = (client, json, match) => client.call('POST', `/api/v1/questions/${asked.id}/answer`, { json, match, key: true });
      assertProblem(await answer(await w.officer('hn-spj'), { answer: '不归我' }, 1), 404);
      assertProblem(await answer(await w.officer('hbw-scjg'), { answer: '部门' }, 1), 403);
      assertPointer(await answer(clerk, { answer: '' }, 1), '/answer', 'required');
      const done = await answer(clerk, { answer: '现制现售热食需要食品生产经营登记。', public: true }, asked.version);
      assert.equal(done.status, 200, String(done.body));
      assertProblem(await answer(bureau, { answer: '迟了' }, asked.version), 412, 'changed_meanwhile');
      assert.ok((await titles(who)).includes('您的咨询有答复了'));
      const mine = (await who.get('/api/v1/questions')).items[0];
      assert.deepEqual([mine.id, mine.answer], [asked.id, '现制现售热食需要食品生产经营登记。']);
      assert.deepEqual((await other.get('/api/v1/questions')).items, []);
      const shown = await w.client().get('/api/v1/questions/public?industry=I02');
      const one = shown.items.find((q) => q.id === asked.id);
      assert.ok(one.answer && !('asker' in one) && !('phone' in one), 'without the asker');
      assert.deepEqual((await w.client().get('/api/v1/questions/public?industry=I09')).items, []);
      assert.ok((await w.client().get(`/api/v1/questions/public?q=${encodeURIComponent('关东煮')}`)).items.length >= 1);
      const back = await answer(clerk, { answer: '现制现售热食需要食品生产经营登记。', public: false }, done.json.version);
      assert.equal(back.status, 200);
      assert.ok(!(await w.client().get('/api/v1/questions/public?industry=I02')).items.some((q) => q.id === asked.id));
    });

    test('what is asked at the window or by telephone is written down with its answer', async () => {
      assertPointer(await ask(clerk, { question: '几点开门？', channel: 'online', name: '王女士' }), '/channel', 'out_of_range');
      assertPointer(await ask(clerk, { question: '几点开门？', channel: 'phone', name: '' }), '/name', 'required');
      assertPointer(await ask(clerk, { question: '几点开门？', channel: 'phone', name: '王女士', phone: '123' }), '/phone', 'bad_phone');
      assertPointer(await ask(clerk, { question: '几点开门？', channel: 'phone', name: '王女士', region: '150303' }), '/region', 'other_region');
      const one = (await ask(clerk, { question: '几点开门？', channel: 'phone', name: '王女士', phone: '13900009992', answer: '工作日9点。' })).json;
      assert.equal(one.answer, '工作日9点。');
      assert.ok(!(await bureau.get('/api/v1/questions?open=1')).items.some((q) => q.id === one.id));
    });

    test('no flood: five open questions of one account', async () => {
      for (let i = 0; i < 5; i++) assert.equal((await ask(other, { question: `问题${i}` })).status, 201);
      assertProblem(await ask(other, { question: '第六个' }), 409, 'refused_by_rule', 'R4.4');
      const key = 'same-question-key-1';
      const third = await w.applicant();
      const first = await third.call('POST', '/api/v1/questions', { json: { region: '150302', question: '同一个' }, key });
      const again = await third.call('POST', '/api/v1/questions', { json: { region: '150302', question: '同一个' }, key });
      assert.equal(first.json.id, again.json.id);
    });

    test('a finished case is rated once; a low one waits for a reply and the applicant is told', async () => {
      const open = await w.submitted(who, TWO);
      const rate = (client, id, json) => client.call('POST', `/api/v1/cases/${id}/rating`, { json, key: true });
      assertProblem(await rate(who, open.id, { stars: 5 }), 409, 'refused_by_rule', 'R8.4');
      const { case: c } = await w.licensed(who, TWO);
      assert.equal((await who.get(`/api/v1/cases/${c.id}/rating`)).rating, null);
      assertPointer(await rate(who, c.id, { stars: 6 }), '/stars', 'out_of_range');
      assertPointer(await rate(who, c.id, { stars: 1, tags: ['slow', 'nonsense'] }), '/tags/1', 'unknown_tag');
      assertProblem(await rate(other, c.id, { stars: 5 }), 404);
      const done = await rate(who, c.id, { stars: 2, tags: ['slow'], note: '等太久' });
      assert.equal(done.status, 200, String(done.body));
      assert.deepEqual([done.json.rating.word, done.json.rating.tags[0].name, done.json.rating.waits], ['不满意', '办得慢', true]);
      assertProblem(await rate(who, c.id, { stars: 5 }), 409, 'refused_by_rule', 'R8.4');
      assert.ok((await titles(bureau)).includes('有差评要答复'));
      const waiting = (await bureau.get('/api/v1/ratings?waiting=1')).items;
      assert.ok(waiting.some((r) => r.case_id === c.id && r.number === c.number));
      const reply = (client, json) => client.call('POST', `/api/v1/cases/${c.id}/rating/reply`, { json, key: true });
      assertPointer(await reply(bureau, { reply: ' ' }), '/reply', 'required');
      assertProblem(await reply(await w.officer('hn-spj'), { reply: '外区' }), 404);
      assertProblem(await reply(clerk, { reply: '窗口' }), 403);
      assert.equal((await reply(bureau, { reply: '抱歉，已增加人手。' })).json.rating.waits, false);
      assertProblem(await reply(bureau, { reply: '再答' }), 409, 'refused_by_rule', 'R8.4');
      assert.ok((await titles(who)).includes('您的评价有答复了'));
      assert.ok(!(await bureau.get('/api/v1/ratings?waiting=1')).items.some((r) => r.case_id === c.id));
      const all = await bureau.get('/api/v1/ratings');
      assert.ok(all.year.find((y) => y.stars === 2).n >= 1);
      assert.equal(all.items.find((r) => r.case_id === c.id).reply, '抱歉，已增加人手。');
    });
  });
