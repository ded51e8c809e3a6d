// No bad input crashes, hangs or corrupts; each gets a precise problem (R9.5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { TWO, World } from './lib/world.mjs';

let server, w, who, officer, draft, item;
before(async () => {
  server = await startServer();
  w = new World(server);
  who = await w.applicant();
  draft = await w.create(who, TWO);
  const c = await w.submitted(who, TWO);
  item = c.items[0];
  officer = await w.reviewer(item);
});
after(async () => {
  assert.ok(server.alive());
  assert.ok(server.rss() < 200, `${server.rss()} MB`);
  server.assertLogClean();
  w.close();
  await server.stop();
});

const JSON_TYPE = { 'Content-Type': 'application/json' };
const guide = (body, headers = JSON_TYPE) => who.call('POST', '/api/v1/industries/I03/guide', { body: Buffer.isBuffer(body) ? body : Buffer.from(body), headers });

const MALFORMED = {
  'nothing but a brace': '{', 'two values': '{} {}', 'a trailing comma': '{"region":"150302",}', 'single quotes': "{'region':1}",
  'a bare word': 'region', 'an array at the top': '[]', 'a number at the top': '1', 'null at the top': 'null', 'an unfinished string': '{"region":"15',
  'NaN': '{"region":NaN}', 'a duplicate member': '{"region":"150302","region":"150303","answers":{}}', 'a lone surrogate': '{"region":"\\ud800","answers":{}}',
  'an escaped NUL': '{"region":"1503\\u000002","answers":{}}', 'invalid UTF-8': Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'overlong UTF-8': Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]), 'a NUL byte': Buffer.from('{"region":"a\0b"}'), 'a byte order mark': '\ufeff{}',
  'UTF-16': Buffer.from('{"region":"150302"}', 'utf16le'), 'a number that is no number': '{"region":1e999999}', 'a huge integer': `{"region":${'9'.repeat(400)}}`,
  'deep arrays': '['.repeat(30000), 'deep objects': '{"a":'.repeat(10000), 'closed deep arrays': `{"region":"150302","answers":{"x":${'['.repeat(20000)}${']'.repeat(20000)}}}`,
};
for (const [name, body] of Object.entries(MALFORMED))
  test(`malformed JSON: ${name}`, async () => assertProblem(await guide(body), 400, 'malformed_request'));

test('a million levels of nesting exceed the limit before they are parsed', async () => {
  for (const body of ['['.repeat(1e6), '[{"a":'.repeat(5e5)]) assertProblem(await guide(body), 413, 'too_large');
});

test('wrong media type', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml'])
    assertProblem(await guide('{"region":"150302","answers":{}}', { 'Content-Type': type }), 415, 'unsupported_media_type');
});

const TYPES = [
  ['unknown members', { region: '150302', answers: {}, extra: 1 }, '/extra'], ['a number for text', { region: 150302, answers: {} }, '/region'],
  ['text for an object', { region: '150302', answers: 'x' }, '/answers'], ['an array for an object', { region: '150302', answers: [] }, '/answers'],
  ['a missing member', { region: '150302' }, '/answers'], ['null', { region: null, answers: {} }, '/region'],
  ['a bool', { region: true, answers: {} }, '/region'], ['an object for text', { region: { a: 1 }, answers: {} }, '/region'],
  ['too long a text', { region: '1'.repeat(5000), answers: {} }, '/region'], ['an odd key', { region: '150302', answers: {}, 'a/b~c': 1 }, '/a~1b~0c'],
];
for (const [name, body, pointer] of TYPES)
  test(`wrong types: ${name} at ${pointer}`, async () => assertPointer(await guide(JSON.stringify(body)), pointer));

test('all problems at once', async () => {
  const p = assertProblem(await guide('{"region":1,"answers":2,"x":3}'), 422, 'invalid_input');
  assert.deepEqual(p.errors.map((e) => e.pointer).sort(), ['/answers', '/region', '/x']);
});

test('forms: every type refuses every other, with a pointer to the cell', async () => {
  const form = await who.get(`/api/v1/cases/${draft.id}/form`);
  let version = form.version;
  const wrong = [1, 'x', true, [], {}, [1], ['x'], [[]], [{}], { a: 1 }, -1, '1e5', '-0', '９９', '\u202e', 'a'.repeat(3000), '2026-02-30', '<script>', "'; DROP TABLE item; --", '1.005', 99999999999999];
  for (const value of wrong) {
    const values = Object.fromEntries(form.definition.fields.map((f) => [f.code, value]));
    const a = await who.call('PUT', `/api/v1/cases/${draft.id}/form`, { json: { values }, match: version });
    assert.equal(a.status, 200, String(a.body).slice(0, 500));
    const empty = JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}';
    assert.ok(empty || a.json.problems.length > 0, JSON.stringify(value));
    for (const p of a.json.problems) assert.match(p.pointer, /^\/values\/\w+/);
    version = a.json.version;
    assertProblem(await who.call('POST', `/api/v1/cases/${draft.id}/submit`, { json: { truth: true }, match: version, key: true }), 422, 'invalid_input');
  }
});

test('forms: too much is refused', async () => {
  const at = async () => (await who.get(`/api/v1/cases/${draft.id}`)).version;
  const save = async (json) => who.call('PUT', `/api/v1/cases/${draft.id}/form`, { json, match: await at() });
  assertProblem(await save({ values: { F_ENT_NAME: 'a'.repeat(400 * 1024) } }), 413, 'too_large');
  assertProblem(await save({ values: { F_ENT_NAME: 'a'.repeat(270 * 1024) } }), 413, 'too_large');
  const rows = await save({ values: { SPJY_AQY: Array(3000).fill({ name: 'x' }) } });
  assert.ok(rows.json.problems.some((p) => p.code === 'too_many_rows'));
  assertProblem(await save({ values: [] }), 422);
  assertProblem(await save({ values: {}, commitments: 'x' }), 422);
});

const act = (name, body, match = 1) => officer.call('POST', `/api/v1/items/${item.id}/acts/${name}`, { json: body, match, key: true });
test('acts: unknown acts, acts that are not a department\'s, overlong and odd bodies', async () => {
  for (const name of ['submit', 'supplement', 'withdraw', 'issue_licence', 'send_correction', 'deem_accepted', 'end_correction', 'ACCEPT', 'x', '%61ccept%00', '..%2faccept', 'accept%2f..']) {
    const a = await act(name, {});
    assert.ok([400, 404, 409].includes(a.status), `${name} ${a.status}`);
    assertProblem(a, a.status);
  }
  assertPointer(await act('refuse', { reason: 'x'.repeat(6000), right_organ: 'y' }), '/reason');
  assertPointer(await act('refuse', { reason: 5, right_organ: 'y' }), '/reason');
  assertPointer(await act('ask_correction', { entries: 'x' }), '/entries');
  for (const entries of [[1], [null], ['x'], [{}], [[]], [{ kind: 'field' }], [{ kind: 'x', code: 'F_ADDR', what: 'a', why: 'b' }], [{ kind: 'field', code: 5, what: {}, why: [] }]])
    assertProblem(await act('ask_correction', { entries }), 422, 'invalid_input');
  assertProblem(await act('ask_correction', { entries: Array(61).fill({ kind: 'other', what: 'a', why: 'b' }) }), 413, 'too_large');
  assert.equal((await w.item(item)).state, 'received');
});

const IDS = ['0', '-1', '1', '9223372036854775807', '9223372036854775808', '99999999999999999999999', '1.5', '1e3', 'abc', '%31', '0x10', ' 1', '１', '%00', '1%00', '..', '..%2f..%2fetc%2fpasswd', "1'or'1", '%ff', '%', '%zz', '%c0%af', '%ed%a0%80'];
/** Leaves escapes alone, escapes what node would refuse to send. */
const sendable = (path) => path.replace(/[^\x21-\x7e]/g, encodeURIComponent);
for (const id of IDS)
  test(`ids: ${id}`, async () => {
    const paths = [`/api/v1/cases/${id}`, `/api/v1/cases/${id}/form`, `/api/v1/cases/${id}/attachments/${id}`, `/api/v1/cases/${id}/papers/${id}`, `/api/v1/licences/${id}/status`, `/api/v1/licences/${id}`, `/api/v1/industries/${id}`];
    for (const path of paths) {
      const a = await who.call('GET', sendable(path), { describe: false });
      assert.ok([400, 404].includes(a.status), `${path}: ${a.status}`);
      assertProblem(a, a.status);
    }
    const page = await who.call('GET', `/v/${sendable(id)}`, { describe: false });
    assert.ok([200, 400, 404].includes(page.status), `page ${page.status}`);
    assert.doesNotMatch(page.body.toString('utf8'), /root:x:/);
  });
test('cursors, limits and filters', async () => {
  for (const q of ['limit=0', 'limit=-1', 'limit=101', 'limit=x', 'limit=99999999999999999999', 'cursor=x', 'cursor=1.2', 'cursor=99999999999999999999'])
    assertProblem(await who.call('GET', `/api/v1/cases?${q}`), 422, 'invalid_input');
  for (const q of ['limit=0', 'cursor=x', 'cursor=1', 'cursor=1.x', 'cursor=.', 'signal=blue', 'state=x', 'limit=999'])
    assertProblem(await officer.call('GET', `/api/v1/items?${q}`), 422, 'invalid_input');
  for (const q of ['cursor=-1', 'cursor=0', 'q=%25', 'q=_', 'q=%5c', 'q=%27', `q=${'x'.repeat(3000)}`, 'state=nonsense', 'industry=%27%3b--', 'q=%00', 'q=%ff', 'limit=1&limit=2', '&&&', '=', '%00=%00']) {
    const a = await who.call('GET', `/api/v1/cases?${q}`);
    assert.ok([200, 400, 422].includes(a.status), `${q} ${a.status}`);
  }
  const all = await who.get('/api/v1/cases?limit=1');
  assert.equal(all.items.length, 1);
  const next = await who.get(`/api/v1/cases?limit=1&cursor=${all.next_cursor}`);
  assert.notEqual(next.items[0]?.id, all.items[0].id);
  assert.deepEqual((await who.get('/api/v1/cases?q=%25')).items.filter((c) => !c.holder_name.includes('%')), [], '% is a letter');
});

test('methods and paths that do not exist', async () => {
  const a = await who.call('DELETE', '/api/v1/industries', { describe: false });
  assertProblem(a, 405, 'method_not_allowed');
  assert.match(a.headers.allow, /GET/);
  for (const [m, p] of [['GET', '/api/v1/nothing'], ['POST', '/api/v1/'], ['GET', '/api'], ['GET', '/api/v1/cases/1/2/3'], ['GET', '/API/v1/cases'], ['GET', '//api/v1/cases'], ['GET', '/api/v1/cases/'], ['GET', '/api/v1/./cases'], ['GET', '/assets/..%2f..%2fetc/passwd'], ['GET', '/assets/../../etc/passwd'], ['GET', '/..%2f..%2f..%2fetc%2fpasswd']]) {
    const r = await who.call(m, p, { describe: false });
    assert.ok([400, 404, 405].includes(r.status) || /^<!doctype html/i.test(r.body.toString('utf8', 0, 40)), `${m} ${p} ${r.status}`);
    assert.doesNotMatch(r.body.toString('utf8'), /root:x:/);
  }
  for (const m of ['TRACE', 'OPTIONS', 'PATCH', 'PROPFIND']) {
    const r = await who.raw(m, '/api/v1/cases');
    assert.ok([400, 404, 405, 501].includes(r.status), `${m} ${r.status}`);
  }
});

test('licence texts: nothing but the truth verifies, and nothing crashes', async () => {
  const texts = ['', '#', '#1', '#2AAA', 'x', '#1' + '0'.repeat(2999), '#1' + '/'.repeat(300), 'HTTP://X/V/Y#1ABC', '#1' + 'ABC'.repeat(900), '\u0000', 'WHZH', 'WHZH' + '1'.repeat(500), '#1' + 'a'.repeat(60)];
  for (const text of texts) {
    const a = await who.call('POST', '/api/v1/verify', { json: { text } });
    assert.ok([200, 400, 422].includes(a.status), `${text.slice(0, 20)} ${a.status}`);
    if (a.status === 200) assert.equal(a.json.ok, false);
  }
  assertPointer(await who.call('POST', '/api/v1/verify', { json: { text: 'x'.repeat(9000) } }), '/text');
});

test('reordered and repeated steps of a case are refused one by one and change nothing', async () => {
  const c = await w.submitted(who, TWO);
  for (const [path, body] of [['supplement', {}], ['submit', { truth: true }]])
    assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/${path}`, { json: body, match: c.version, key: true }), 409, 'refused_by_rule');
  assertProblem(await who.call('DELETE', `/api/v1/cases/${c.id}`, { match: c.version }), 409, 'refused_by_rule');
  assertProblem(await who.call('PUT', `/api/v1/cases/${c.id}/answers`, { json: { region: '150302', answers: TWO.answers }, match: c.version }), 409, 'refused_by_rule');
  assertProblem(await who.call('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: {} }, match: c.version }), 409, 'refused_by_rule');
  for (const act of ['grant', 'deny']) assertProblem(await w.tryAct(c.items[0], act, { reason: 'x', basis: 'y' }), 409, 'refused_by_rule');
  assert.equal((await who.get(`/api/v1/cases/${c.id}`)).version, c.version);
});
