// Who may see and do what (R9.1): others' objects do not exist for you, whatever you try on them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { loginOf, THREE, TWO, World } from './lib/world.mjs';

let server, w, owner, stranger, c, draft, licence, attachment;
before(async () => {
  server = await startServer();
  w = new World(server);
  owner = await w.applicant('示例甲');
  stranger = await w.applicant('示例乙');
  const done = await w.licensed(owner, THREE);
  c = done.case;
  licence = done.licence;
  attachment = c.attachments[0];
  draft = await w.prepare(owner, TWO);
});
after(async () => {
  server.assertLogClean();
  w.close();
  await server.stop();
});

const key = { key: true, match: 1 };
/** Every way to touch the case, its draft, its files, papers and licence. */
const touches = () => [
  ['GET', `/api/v1/cases/${c.id}`], ['GET', `/api/v1/cases/${c.id}/form`], ['GET', `/api/v1/cases/${c.id}/attachments/${attachment.id}`],
  ['GET', `/api/v1/cases/${c.id}/papers/receipt`], ['GET', `/api/v1/cases/${c.id}/papers/acceptance-${c.items[0].id}`],
  ['POST', `/api/v1/cases/${c.id}/check`, { json: {} }],
  ['POST', `/api/v1/cases/${c.id}/withdraw`, { json: {}, ...key }], ['POST', `/api/v1/cases/${c.id}/supplement`, { json: {}, ...key }],
  ['PUT', `/api/v1/cases/${draft.id}/form`, { json: { values: {} }, match: draft.version }],
  ['POST', `/api/v1/cases/${draft.id}/prefill`, { json: {}, match: draft.version }],
  ['PUT', `/api/v1/cases/${draft.id}/answers`, { json: { region: '150302', answers: {} }, match: draft.version }],
  ['POST', `/api/v1/cases/${draft.id}/submit`, { json: { truth: true }, key: true, match: draft.version }],
  ['DELETE', `/api/v1/cases/${draft.id}`, { match: draft.version }], ['GET', `/api/v1/cases/${draft.id}`], ['GET', `/api/v1/cases/${draft.id}/form`],
  ['POST', `/api/v1/cases/${draft.id}/attachments?material=M-YYZZ&name=a.pdf`, { body: Buffer.from('%PDF-1.4 x %%EOF') }],
  ['DELETE', `/api/v1/cases/${draft.id}/attachments/${draft.attachments[0].id}`, {}],
  ['GET', `/api/v1/licences/${licence.number}`], ['GET', `/api/v1/licences/${licence.number}/document.pdf`], ['GET', `/api/v1/licences/${licence.number}/papers/licence.ofd`], ['GET', `/api/v1/licences/${licence.number}/papers/permit-1.pdf`], ['GET', `/api/v1/licences/${licence.number}/qr.svg`],
];

async function assertShutOut(client, name, statuses) {
  for (const [method, path, options] of touches()) {
    const a = await client.call(method, path, options);
    assert.ok(statuses.includes(a.status), `${name}: ${method} ${path} gave ${a.status}`);
    assertProblem(a, a.status);
  }
  assert.equal((await owner.get(`/api/v1/cases/${draft.id}`)).version, draft.version, `${name} changed nothing`);
}

test('another applicant finds none of it, as if it did not exist', () => assertShutOut(stranger, 'stranger', [404]));
test('nobody signed in: nothing', () => assertShutOut(w.client(), 'anonymous', [401]));
test('a clerk of another hall finds none of it', async () => assertShutOut(await w.officer('wh-ck'), 'clerk', [404]));
test('the administrator keeps accounts and sees no case', async () => assertShutOut(await w.officer('admin'), 'admin', [403]));
test('an uninvolved department finds none of it', async () => assertShutOut(await w.officer('hn-scjg'), 'department', [403, 404]));
test('the bureau of another district finds none of it', async () => assertShutOut(await w.officer('hn-spj'), 'bureau', [403, 404]));

test('a stranger\'s lists are empty of it', async () => {
  const cases = await stranger.get('/api/v1/cases?limit=100');
  assert.deepEqual(cases.items, []);
  assert.equal(cases.total, 0);
  assert.deepEqual((await stranger.get('/api/v1/licences?limit=100')).items, []);
  assert.deepEqual((await stranger.get(`/api/v1/cases?q=${encodeURIComponent(c.holder_name)}`)).items, []);
  assert.deepEqual((await stranger.get('/api/v1/messages')).items, []);
  assertProblem(await stranger.call('GET', '/api/v1/items'), 403, 'forbidden');
});

test('an attachment is only reachable through its own case', async () => {
  const mine = await w.prepare(stranger, TWO);
  assertProblem(await stranger.call('GET', `/api/v1/cases/${mine.id}/attachments/${attachment.id}`), 404, 'not_found');
  assertProblem(await stranger.call('DELETE', `/api/v1/cases/${mine.id}/attachments/${attachment.id}`), 404, 'not_found');
});

test('the same file handed in by two people stays with each', async () => {
  const mine = await w.prepare(stranger, TWO);
  const bytes = await owner.get(`/api/v1/cases/${c.id}/attachments/${attachment.id}`);
  const material = mine.attachments[0].material;
  const up = await w.attach(stranger, mine.id, material, bytes);
  assert.equal(up.duplicate, false);
  await stranger.ok('DELETE', `/api/v1/cases/${mine.id}/attachments/${up.id}`);
  assert.deepEqual(await owner.get(`/api/v1/cases/${c.id}/attachments/${attachment.id}`), bytes);
});

test('a reviewer sees own items only, and of the others no more than their state', async () => {
  const item = c.items[0];
  const mine = await w.reviewer(item);
  const list = await mine.get('/api/v1/items?limit=100');
  assert.ok(list.items.every((i) => i.department.code === item.department.code));
  for (const other of c.items.filter((i) => i.department.code !== item.department.code))
    assertProblem(await mine.call('GET', `/api/v1/items/${other.id}`), 404, 'not_found');
  const detail = await mine.get(`/api/v1/items/${item.id}`);
  for (const s of detail.siblings) assert.deepEqual(Object.keys(s).sort(), ['department', 'permit', 'state', 'state_text']);
  assertProblem(await mine.call('GET', `/api/v1/cases/${c.id}`), 403, 'forbidden');
});

test('a reviewer sees only the fields and files that the own permit asks for', async () => {
  let closed = 0;
  const { definition } = await owner.get(`/api/v1/cases/${c.id}/form`);
  for (const item of c.items) {
    const reviewer = await w.reviewer(item);
    const detail = await reviewer.get(`/api/v1/items/${item.id}`);
    const seen = new Set(detail.attachments.map((a) => a.id));
    const asked = new Set(detail.needs.map((n) => n.material));
    for (const a of detail.attachments) assert.ok(asked.has(a.material));
    const mine = new Set(definition.fields.filter((f) => f.permits.includes(item.permit.code)).map((f) => f.code));
    assert.ok(mine.size < definition.fields.length);
    for (const f of detail.fields) assert.ok(mine.has(f.code), `${item.permit.code} is shown ${f.code}`);
    for (const a of c.attachments) {
      const got = await reviewer.call('GET', `/api/v1/cases/${c.id}/attachments/${a.id}`);
      assert.equal(got.status, seen.has(a.id) ? 200 : 404, `${loginOf(item.department.code)} ${a.material}`);
      closed += got.status === 404;
    }
    for (const other of c.items) {
      const paper = await reviewer.call('GET', `/api/v1/cases/${c.id}/papers/decision-${other.id}`);
      assert.equal(paper.status, other.department.code === item.department.code ? 200 : 404);
    }
  }
  assert.ok(closed > 0, 'the three permits ask for different documents');
});

test('a clerk sees the own hall, and nothing online', async () => {
  const clerk = await w.officer('hbw-ck');
  const mine = await w.prepare(clerk, TWO, { applicant: { name: '示例丙', phone: '13500000002' }, authorisation: '本人到场' });
  const list = await clerk.get('/api/v1/cases?limit=100');
  assert.ok(list.items.some((x) => x.id === mine.id));
  assert.ok(list.items.every((x) => x.channel === 'window'));
  assertProblem(await clerk.call('GET', `/api/v1/cases/${c.id}`), 404, 'not_found');
  assertProblem(await (await w.officer('wh-ck')).call('GET', `/api/v1/cases/${mine.id}`), 404, 'not_found');
  const person = await w.client().applicant('13500000002');
  assert.equal((await person.get(`/api/v1/cases/${mine.id}`)).id, mine.id, 'the person whom it is for sees it');
});

test('drafts are private: no bureau sees them', async () => {
  for (const login of ['hbw-spj', 'wh-spj']) {
    const bureau = await w.officer(login);
    assertProblem(await bureau.call('GET', `/api/v1/cases/${draft.id}`), 404, 'not_found');
    const list = await bureau.get('/api/v1/cases?limit=100');
    assert.ok(list.items.every((x) => x.state !== 'draft'));
    assert.equal(list.counts.by_state.draft ?? 0, 0);
    assert.deepEqual((await bureau.get('/api/v1/cases?state=draft')).items, []);
  }
});

test('a district\'s bureau sees its district, the city\'s all; region= does not widen it', async () => {
  const hn = await w.officer('hn-spj');
  const regions = (list) => new Set(list.items.map((x) => x.region.code));
  assert.deepEqual([...regions(await hn.get('/api/v1/cases?limit=100'))], ['150303']);
  assert.deepEqual([...regions(await hn.get('/api/v1/cases?limit=100&region=150302'))], ['150303']);
  assert.deepEqual([...regions(await hn.get('/api/v1/items?limit=100&region=150302'))], ['150303']);
  const city = await w.officer('wh-spj');
  assert.ok(regions(await city.get('/api/v1/cases?limit=100')).size > 1);
  assert.deepEqual([...regions(await city.get('/api/v1/cases?limit=100&region=150304'))], ['150304']);
  assert.equal((await city.get(`/api/v1/cases/${c.id}`)).id, c.id);
});

test('phones are masked for everybody but the owner; the receiving clerk sees them', async () => {
  assert.equal((await owner.get(`/api/v1/cases/${c.id}`)).applicant.phone, owner.user.phone);
  const seen = (await (await w.bureau()).get(`/api/v1/cases/${c.id}`)).applicant.phone;
  assert.match(seen, /^\d{3}\*{4}\d{4}$/);
});

test('the register says no more about the person than it must', async () => {
  const a = await w.client().get(`/api/v1/licences/${licence.number}/status`);
  assert.deepEqual(Object.keys(a).sort(), ['as_of', 'expires_on', 'number', 'permits_valid', 'state', 'state_text', 'version']);
  const byNumber = await w.client().post('/api/v1/verify', { text: licence.number });
  assert.equal(byNumber.ok, true);
  assert.notEqual(byNumber.licence.person, licence.person);
  assert.ok(!('case_id' in byNumber.licence) && !('qr_text' in byNumber.licence));
});
