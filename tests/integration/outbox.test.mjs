// Notices to people: handed to an SMS gateway, an SMTP server or a file; once each, whatever dies meanwhile;
// tried again with growing pauses, then a dead letter that somebody can revive.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until, yizheng } from './lib/env.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { sql } from './lib/database.mjs';
import { configure } from './lib/gateways.mjs';
import { goingOut, phone, tell } from './lib/outbox.mjs';
import { demoPlace, startServer } from './lib/server.mjs';
import { World } from './lib/world.mjs';

goingOut('sqlite');

describe('what people read', () => {
  let server, w;
  before(async () => {
    server = await startServer();
    w = new World(server);
  });
  after(async () => {
    w.close();
    await server.stop();
  });

  test('officers see theirs and nobody else’s; reading is kept; what came later stays unread', async () => {
    const one = await w.officer('hbw-scjg');
    const other = await w.officer('hbw-wjw');
    const item = (await one.get('/api/v1/items')).items[0];
    // What the demonstration data has told them is no part of this.
    sql(server, `DELETE FROM message WHERE user_id IN (${one.user.id}, ${other.user.id})`);
    assert.deepEqual(await one.get('/api/v1/messages'), { items: [], unread: 0, next_cursor: null });
    const ids = [1, 2, 3].map((n) => tell(server, { title: `第${n}条`, user: one.user.id, item: item.id }));
    const list = await one.get('/api/v1/messages?limit=2');
    assert.deepEqual(list.items.map((m) => m.id), [ids[2], ids[1]]);
    assert.equal(list.unread, 3);
    assert.deepEqual([list.items[0].item_id, list.items[0].read_at, list.items[0].important], [item.id, null, false]);
    assert.deepEqual((await one.get(`/api/v1/messages?limit=2&cursor=${list.next_cursor}`)).items.map((m) => m.id), [ids[0]]);
    assert.equal((await other.get('/api/v1/messages')).unread, 0);
    assert.deepEqual((await one.get('/api/v1/messages?case=1')).items, [], 'about another case');
    assertPointer(await one.call('GET', '/api/v1/messages?case=x'), '/case', 'bad_id');
    assertProblem(await other.call('POST', `/api/v1/messages/${ids[0]}/read`), 404, 'not_found');
    assertProblem(await one.call('POST', '/api/v1/messages/999/read'), 404, 'not_found');
    assertProblem(await one.call('POST', `/api/v1/messages/${ids[0]}/read`, { headers: { 'X-CSRF-Token': 'x' } }), 403, 'csrf_failed');
    for (let i = 0; i < 2; i++) await one.ok('POST', `/api/v1/messages/${ids[0]}/read`);
    assert.equal((await one.get('/api/v1/messages')).unread, 2);
    await one.post('/api/v1/messages/read-all', { up_to: ids[1] });
    const now = await one.get('/api/v1/messages');
    assert.deepEqual(now.items.map((m) => m.read_at !== null), [false, true, true]);
    assert.equal(now.unread, 1);
    assertProblem(await one.call('POST', '/api/v1/messages/read-all', { json: { up_to: 'x' } }), 422, 'invalid_input');
    await one.ok('POST', '/api/v1/messages/read-all');
    assert.equal((await one.get('/api/v1/messages')).unread, 0);
    assertProblem(await w.client().call('GET', '/api/v1/messages'), 401, 'unauthenticated');
  });

  test('who may look at the dispatches', async () => {
    const who = await w.applicant();
    for (const client of [who, await w.officer('hbw-ck'), await w.officer('hbw-scjg')]) assertProblem(await client.call('GET', '/api/v1/dispatches'), 403, 'forbidden');
    for (const login of ['hbw-spj', 'wh-spj', 'admin']) assert.deepEqual((await (await w.officer(login)).get('/api/v1/dispatches')).items, []);
    assertProblem(await (await w.officer('admin')).call('GET', '/api/v1/dispatches?state=sent'), 422, 'invalid_input');
  });

  test('without a gateway everything goes to the file, readable by the service only', async () => {
    const to = phone();
    const sent = await w.client().post('/api/v1/codes', { phone: to });
    const file = join(server.data, 'outbox.jsonl');
    const line = await until('the line', () => existsSync(file) && readFileSync(file, 'utf8').split('\n').find((l) => l.includes(to)));
    const one = JSON.parse(line);
    assert.deepEqual([one.channel, one.to, one.template, one.title], ['sms', to, 'sign_in_code', '登录验证码']);
    assert.ok(one.text.includes(sent.demo_code));
    assert.match(one.at, /\+08:00$/);
    await until('the mark', () => sql(server, `SELECT channel FROM dispatch WHERE id = ${BigInt(/"id":(\d+)/.exec(line)[1])} AND state = 'sent'`) === 'file');
  });

  test('a wrong notices.ini keeps the server from starting, and says everything that is wrong', () => {
    const place = demoPlace();
    configure(place.data, '[sms]\nurl = example.org\nsecret = x\n[email]\nurl = smtp://127.0.0.1\ntoken_file = none\n');
    const r = yizheng(['serve', '--data', place.data, '--listen', '127.0.0.1:0']);
    assert.equal(r.code, 3, r.err);
    for (const what of ['notices.ini [sms] url：应为http', 'notices.ini [sms] secret：没有这个设置', 'notices.ini [email] token_file：', 'notices.ini [email] from：没有写']) assert.ok(r.err.includes(what), `${what} in ${r.err}`);
    place.remove();
  });
});
