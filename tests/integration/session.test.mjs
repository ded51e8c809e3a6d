// Sessions and signing in (R9.1): cookies, CSRF, throttling, and not telling who has an account.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from './lib/server.mjs';
import { assertProblem, freshAddress } from './lib/client.mjs';
import { phone } from './lib/ids.mjs';
import { TWO, World } from './lib/world.mjs';
import { sql } from './lib/database.mjs';

let server, w;
before(async () => {
  server = await startServer();
  w = new World(server);
});
after(async () => {
  server.assertLogClean();
  w.close();
  await server.stop();
});

const signIn = (client, login, password) => client.call('POST', '/api/v1/session/officer', { json: { login, password } });

test('the cookie is HttpOnly, SameSite=Strict, for the whole site, twelve hours; its token is long and random', async () => {
  const tokens = new Set();
  for (let i = 0; i < 5; i++) {
    const a = await signIn(w.client(), 'hbw-scjg', 'yizheng-demo');
    const set = a.headers['set-cookie'][0];
    assert.match(set, /^yz_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    assert.equal(a.headers['cache-control'], 'no-store');
    tokens.add(set);
  }
  assert.equal(tokens.size, 5);
});

test('behind https the cookie is Secure', async () => {
  const other = await startServer({ args: ['--public-url', 'https://zwfw.example.cn'] });
  const v = new World(other);
  const a = await signIn(v.client(), 'hbw-scjg', 'yizheng-demo');
  assert.match(a.headers['set-cookie'][0], /; Secure$/);
  v.close();
  await other.stop();
});

test('the database keeps no token that could be used', async () => {
  const who = await w.applicant();
  const token = who.cookie.split('=')[1];
  const dump = sql(server, 'SELECT hex(token_hash) FROM session');
  assert.ok(!dump.includes(token));
  assert.ok(!dump.toLowerCase().includes(Buffer.from(token).toString('hex')));
});

test('forged, damaged and foreign cookies are nobody', async () => {
  const who = await w.applicant();
  const token = who.cookie.split('=')[1];
  const forged = ['', 'x', 'A'.repeat(43), token.slice(0, -1), `${token}A`, token.split('').reverse().join(''), `${token}%00`, "' OR 1=1 --", '0'.repeat(5000)];
  for (const t of forged) {
    const a = await w.client().call('GET', '/api/v1/cases', { headers: { Cookie: `yz_session=${t}` } });
    assertProblem(a, 401, 'unauthenticated');
    const s = await w.client().call('GET', '/api/v1/session', { headers: { Cookie: `yz_session=${t}` } });
    assert.equal(s.json.user, null);
  }
  assert.equal((await w.client().call('GET', '/api/v1/cases', { headers: { Cookie: `a=b; yz_session=${token}; c=d` } })).status, 200);
});

test('after signing out the cookie is worth nothing', async () => {
  const who = await w.applicant();
  const { cookie, csrf } = who;
  assert.equal((await who.call('DELETE', '/api/v1/session')).status, 204);
  assert.equal(who.cookie, '', 'the browser is told to forget it');
  assertProblem(await w.client().call('GET', '/api/v1/cases', { headers: { Cookie: cookie } }), 401);
  assertProblem(await w.client().call('POST', '/api/v1/cases', { json: {}, key: true, headers: { Cookie: cookie, 'X-CSRF-Token': csrf } }), 401);
});

test('CSRF: every unsafe call needs the token of its own session', async () => {
  const who = await w.applicant();
  const other = await w.applicant();
  const body = { industry: TWO.industry, region: TWO.region, answers: TWO.answers };
  for (const token of [null, '', 'x', other.csrf, who.csrf.slice(1), `${who.csrf}0`, who.csrf.toUpperCase() + 'Z'])
    assertProblem(await who.call('POST', '/api/v1/cases', { json: body, key: true, headers: { 'X-CSRF-Token': token } }), 403, 'csrf_failed');
  const draft = await w.create(who, TWO);
  for (const [method, path] of [['DELETE', `/api/v1/cases/${draft.id}`], ['PUT', `/api/v1/cases/${draft.id}/form`], ['POST', `/api/v1/cases/${draft.id}/submit`], ['DELETE', '/api/v1/session'], ['POST', `/api/v1/cases/${draft.id}/attachments?material=M-YYZZ&name=a.pdf`]])
    assertProblem(await who.call(method, path, { json: method === 'DELETE' ? undefined : {}, key: true, match: 1, headers: { 'X-CSRF-Token': 'forged' } }), 403, 'csrf_failed');
  assert.equal((await who.get('/api/v1/session')).csrf, who.csrf);
});

test('a session ends after twelve hours', async () => {
  const who = await w.applicant();
  who.lasting = false;
  const offset = server.offset ?? 0;
  server.setOffset(offset + 12 * 3600e3 - 60e3);
  assert.equal((await who.call('GET', '/api/v1/cases')).status, 200);
  server.setOffset(offset + 12 * 3600e3 + 1000);
  assertProblem(await who.call('GET', '/api/v1/cases'), 401, 'unauthenticated');
  assert.equal((await who.get('/api/v1/session')).user, null);
});

test('passwords: unknown login and wrong password look and last the same', async () => {
  const answers = [];
  const times = { known: [], unknown: [] };
  for (let i = 0; i < 4; i++) {
    for (const [kind, login] of [['known', 'wd-spj'], ['unknown', `nobody-${i}`]]) {
      const start = performance.now();
      const a = await signIn(w.client(), login, 'wrong-password-here');
      times[kind].push(performance.now() - start);
      const p = assertProblem(a, 401, 'unauthenticated');
      answers.push(JSON.stringify({ ...p, request_id: '' }));
      assert.equal(a.headers['set-cookie'], undefined);
    }
  }
  assert.equal(new Set(answers).size, 1);
  const middle = (list) => list.sort((a, b) => a - b)[1];
  const [k, u] = [middle(times.known), middle(times.unknown)];
  assert.ok(Math.max(k, u) / Math.min(k, u) < 2.5, `known ${k} ms, unknown ${u} ms`);
});

test('passwords: five failures close the account for a while, for everybody; then it opens again', async () => {
  const login = 'wd-ck';
  for (let i = 0; i < 5; i++) assertProblem(await signIn(w.client(), login, `wrong-${i}-wrong`), 401);
  const closed = await signIn(w.client(), login, 'yizheng-demo');
  assertProblem(closed, 429, 'too_many_requests');
  assert.ok(Number(closed.headers['retry-after']) > 0);
  server.advance({ seconds: 901 });
  assert.equal((await signIn(w.client(), login, 'yizheng-demo')).status, 200);
});

test('passwords: one address cannot try many accounts', async () => {
  const address = freshAddress();
  let status = 0;
  for (let i = 0; i < 60 && status !== 429; i++) status = (await signIn(w.client({ address }), `someone-${i}`, 'wrong-wrong-wrong')).status;
  assert.equal(status, 429);
  assert.equal((await signIn(w.client(), 'hbw-scjg', 'yizheng-demo')).status, 200, 'others are not locked out');
});

test('codes: one a minute, five tries, five minutes, used once', async () => {
  const number = phone();
  const c = w.client();
  const sent = await c.post('/api/v1/codes', { phone: number });
  const wait = await c.call('POST', '/api/v1/codes', { json: { phone: number } });
  assertProblem(wait, 429, 'too_many_requests');
  const enter = (code, name = '示例') => w.client().call('POST', '/api/v1/session/applicant', { json: { phone: number, code, name } });
  const wrong = sent.demo_code === '000000' ? '111111' : '000000';
  for (let i = 0; i < 5; i++) assertProblem(await enter(wrong), 422);
  assertProblem(await enter(sent.demo_code), 422, 'invalid_input');
  server.advance({ seconds: 61 });
  const second = await c.post('/api/v1/codes', { phone: number });
  server.advance({ seconds: 301 });
  assertProblem(await enter(second.demo_code), 422, 'invalid_input');
  const third = await c.post('/api/v1/codes', { phone: number });
  assert.equal((await enter(third.demo_code)).status, 200);
  assertProblem(await enter(third.demo_code), 422, 'invalid_input');
});

test('codes: one address cannot send them to the whole town', async () => {
  const address = freshAddress();
  let status = 0;
  for (let i = 0; i < 60 && status !== 429; i++) status = (await w.client({ address }).call('POST', '/api/v1/codes', { json: { phone: phone() } })).status;
  assert.equal(status, 429);
});

test('codes: asking does not tell whether a phone has an account', async () => {
  const known = await w.applicant();
  server.advance({ seconds: 61 });
  const shape = async (number) => {
    const a = await w.client().call('POST', '/api/v1/codes', { json: { phone: number } });
    return [a.status, Object.keys(a.json).sort(), a.json.expires_in];
  };
  assert.deepEqual(await shape(known.user.phone), await shape(phone()));
  for (const bad of ['', '12345', '1390000111a', '+8613900001111', '139000011111'])
    assertProblem(await w.client().call('POST', '/api/v1/codes', { json: { phone: bad } }), 422, 'invalid_input');
});

test('demonstration accounts are listed before signing in, and are no part of a session', async () => {
  const anonymous = await w.client().get('/api/v1/session');
  assert.equal(anonymous.demo, true);
  assert.ok(anonymous.demo_accounts.length > 20);
  const who = await w.applicant();
  assert.equal((await who.get('/api/v1/session')).demo_accounts, undefined);
});
