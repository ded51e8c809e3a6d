// Last of the suites: openapi.json is the truth (R10.4). Every answer of every suite was compared with
// it on the way (lib/openapi.mjs); here: what is served is the file, and every operation was called.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from './lib/env.mjs';
import { api, coverage, faults, operations, straysSeen } from './lib/openapi.mjs';
import { startServer } from './lib/server.mjs';
import { pdf } from './lib/files.mjs';
import { askFor, THREE, TWO, World } from './lib/world.mjs';

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

test('the served description is the file', async () => {
  const served = await w.client().get('/api/openapi.json');
  assert.deepEqual(served, JSON.parse(readFileSync(join(ROOT, 'openapi', 'openapi.json'), 'utf8')));
  assert.match(served.openapi, /^3\.1/);
});

test('the validator sees what is wrong', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'string', enum: ['x'] }, c: { type: 'array', items: { type: 'string', format: 'date' } } }, required: ['a'], additionalProperties: false };
  assert.deepEqual(faults(schema, { a: 1, b: 'x', c: ['2026-01-01'] }), []);
  for (const bad of [{}, { a: '1' }, { a: 1.5 }, { a: 1, b: 'y' }, { a: 1, c: ['x'] }, { a: 1, d: 1 }, [], null]) assert.notDeepEqual(faults(schema, bad), [], JSON.stringify(bad));
});

test('operation ids are unique, and every operation describes its refusals', () => {
  assert.equal(new Set(operations).size, operations.length);
  for (const methods of Object.values(api.paths)) for (const op of Object.values(methods)) if (op.operationId) assert.ok(op.responses.default, op.operationId);
});

test('a walk through every operation: each answers as described', async () => {
  const anybody = w.client();
  const who = await w.applicant();
  for (const path of ['/healthz', '/readyz', '/metrics', '/api/v1/regions', '/api/v1/industries', '/api/v1/industries/I03', '/api/v1/windows?region=150302', '/api/v1/calendars', '/api/v1/calendars/150302/2026', '/api/v1/keys', '/api/v1/trust', '/api/v1/status/0', '/api/v1/ledger/head', '/api/v1/ledger/proof?seq=3', '/api/v1/session', '/v']) await anybody.get(path);
  await anybody.post('/api/v1/industries/I03/guide', { region: TWO.region, answers: TWO.answers });
  await anybody.post('/api/v1/industries/I03/notice', { region: TWO.region, answers: TWO.answers });
  await (await w.officer('admin')).post('/api/v1/calendars/150302/2026', { year: 2026, certainty: 'published', source: '示例', days: [] });
  const draft = await w.create(who, TWO);
  const changed = await who.ok('PUT', `/api/v1/cases/${draft.id}/answers`, { json: { region: '150303', answers: TWO.answers }, match: draft.version });
  const form = await w.fillForm(who, draft.id);
  const [material] = Object.entries(form.needs).find(([, need]) => need === 'required');
  const file = await w.attach(who, draft.id, material, pdf('walk'));
  await who.get(`/api/v1/cases/${draft.id}/attachments/${file.id}`);
  await who.ok('DELETE', `/api/v1/cases/${draft.id}/attachments/${file.id}`);
  assert.ok(changed.version < (await who.get(`/api/v1/cases/${draft.id}`)).version);
  await who.ok('DELETE', `/api/v1/cases/${draft.id}`, { match: (await who.get(`/api/v1/cases/${draft.id}`)).version });
  const asked = await w.submitted(who, THREE);
  await w.act(asked.items[0], 'ask_correction', askFor('field', 'F_ADDR'));
  for (const i of asked.items.slice(1)) await w.act(i, 'accept');
  await who.post(`/api/v1/cases/${asked.id}/supplement`, {}, { match: (await who.get(`/api/v1/cases/${asked.id}`)).version, key: true });
  await who.post(`/api/v1/cases/${asked.id}/withdraw`, {}, { match: (await who.get(`/api/v1/cases/${asked.id}`)).version, key: true });
  const { case: c, licence } = await w.licensed(who, TWO);
  await who.get('/api/v1/cases');
  await who.get(`/api/v1/cases/${c.id}/papers/receipt`);
  await (await w.reviewer(c.items[0])).get('/api/v1/items');
  await who.get('/api/v1/licences');
  for (const part of ['', '/status', '/document.pdf', '/papers/card.png', '/qr.svg']) await who.get(`/api/v1/licences/${licence.number}${part}`);
  await anybody.get(`/v/${licence.short_id}`);
  await anybody.post('/api/v1/verify', { text: licence.qr_text });
  const [told] = (await who.get('/api/v1/messages')).items;
  await who.ok('POST', `/api/v1/messages/${told.id}/read`);
  await who.post('/api/v1/messages/read-all', { up_to: told.id });
  await (await w.officer('admin')).get('/api/v1/dispatches?state=queued');
  await who.ok('DELETE', '/api/v1/session');
});

test('no answer had a member that openapi.json does not name', () => {
  assert.deepEqual(straysSeen(), []);
});

test('every operation was called with success', () => {
  const { called, files } = coverage();
  assert.deepEqual(operations.filter((id) => !called.has(id)), []);
  assert.ok(files >= 1);
});
