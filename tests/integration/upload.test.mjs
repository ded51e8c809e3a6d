// Files (R3.3): type told from content, sizes limited, names harmless, nothing left behind.
import assert from 'node:assert/strict';
import http from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { sm3Hex } from './lib/merkle.mjs';
import { jpeg, ofd, pdf, png, zip, zipBomb } from './lib/files.mjs';
import { TWO, World } from './lib/world.mjs';

let server, w, who, c, material;
before(async () => {
  server = await startServer();
  w = new World(server);
  who = await w.applicant();
  c = await w.create(who, TWO);
  const form = await who.get(`/api/v1/cases/${c.id}/form`);
  material = Object.entries(form.needs).find(([, need]) => need === 'required')[0];
});
after(async () => {
  await until('no temporary file', () => incoming() === 0, 5000);
  assert.ok(server.rss() < 200, `${server.rss()} MB`);
  server.assertLogClean();
  w.close();
  await server.stop();
});

const path = (name = 'a.pdf', m = material) => `/api/v1/cases/${c.id}/attachments?material=${m}&name=${encodeURIComponent(name)}`;
const up = (body, name) => who.call('POST', path(name), { body, headers: { 'Content-Type': 'application/octet-stream' } });
const walk = (dir) => readdirSync(dir, { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? walk(join(dir, f.name)) : [join(dir, f.name)]));
/** Kept files; what is still coming in does not count as kept, but must go away. */
const blobs = () => walk(join(server.data, 'blobs')).filter((f) => !f.includes('incoming-')).length;
const incoming = () => walk(join(server.data, 'blobs')).filter((f) => f.includes('incoming-')).length;

const GOOD = { 'application/pdf': pdf('good'), 'image/jpeg': jpeg(), 'image/png': png(), 'application/ofd': ofd() };
for (const [type, bytes] of Object.entries(GOOD))
  test(`${type}: taken under a wrong name, stored whole, given back as what it is`, async () => {
    const a = await up(bytes, '其实.exe');
    assert.equal(a.status, 201, String(a.body));
    assert.equal(a.json.media_type, type);
    assert.equal(a.json.size, bytes.length);
    assert.equal(a.json.sm3, sm3Hex(bytes));
    const got = await who.call('GET', `/api/v1/cases/${c.id}/attachments/${a.json.id}`);
    assert.deepEqual(got.body, bytes);
    assert.equal(got.headers['content-type'], type);
    assert.equal(got.headers['x-content-type-options'], 'nosniff');
    assert.match(got.headers['content-security-policy'], /sandbox/);
    assert.equal((await up(bytes, 'again.pdf')).json.duplicate, true);
  });

const BAD = {
  'text named .pdf': Buffer.from('hello'), 'HTML': Buffer.from('<html><script>alert(1)</script>'), 'SVG': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  'an ELF program': Buffer.from('\x7fELF\x02\x01\x01'), 'a DOCX': zip({ '[Content_Types].xml': Buffer.from('x'), 'word/document.xml': Buffer.from('y') }), 'a plain ZIP': zip({ 'a.txt': Buffer.from('x') }),
  'a PDF cut off': pdf('cut').subarray(0, 40), 'a header alone': Buffer.from('%PDF-'), 'GIF': Buffer.from('GIF89a...'), 'half a PNG header': png().subarray(0, 6), 'PDF behind HTML': Buffer.concat([Buffer.from('<script>'), pdf('x')]),
};
for (const [name, bytes] of Object.entries(BAD))
  test(`refused by content: ${name}`, async () => {
    const before = blobs();
    const p = assertProblem(await up(bytes, 'x.pdf'), 422, 'invalid_input');
    assert.equal(blobs(), before);
    assert.equal(p.errors[0].code, 'bad_file_type');
  });

test('an empty file is refused', async () => {
  assert.equal(assertProblem(await up(Buffer.alloc(0)), 422).errors[0].code, 'empty_file');
});

test('a polyglot is served as its type only, sandboxed; a zip bomb is never unpacked', async () => {
  const polyglot = Buffer.concat([pdf('p').subarray(0, -6), Buffer.from('\n<script>alert(1)</script>\n%%EOF\n')]);
  const a = await up(polyglot);
  assert.equal(a.status, 201);
  assert.equal((await who.call('GET', `/api/v1/cases/${c.id}/attachments/${a.json.id}`)).headers['content-type'], 'application/pdf');
  const start = Date.now();
  assert.equal((await up(zipBomb(), 'b.ofd')).status, 201);
  assert.ok(Date.now() - start < 3000);
  assert.ok(server.rss() < 150);
});

for (const name of ['../../etc/passwd', 'a/b.pdf', 'a\\b.pdf', '..', '.', '', ' ', 'x'.repeat(200), 'a\u0000.pdf', 'a\n.pdf', 'fdp.\u202eexe', 'a\u2066b', '\u0007'])
  test(`file name refused: ${JSON.stringify(name).slice(0, 30)}`, async () => {
    assert.equal(assertProblem(await up(pdf('n'), name), 422).errors[0].code, 'bad_file_name');
  });

test('50 MB is the limit, announced or streamed', async () => {
  const big = Buffer.alloc(51 << 20, 0x20);
  big.write('%PDF-1.4');
  big.write('%%EOF', big.length - 6);
  const before = blobs();
  const announced = await up(big).catch((e) => e.code);
  if (typeof announced === 'object') assertProblem(announced, 413, 'too_large');
  else assert.ok(['ECONNRESET', 'EPIPE'].includes(announced), announced);
  const chunked = await new Promise((resolve, reject) => {
    const rq = http.request({ port: server.port, method: 'POST', path: path(), headers: { Cookie: who.cookie, 'X-CSRF-Token': who.csrf, 'Transfer-Encoding': 'chunked' } }, (rs) => rs.resume().on('end', () => resolve(rs.statusCode)));
    rq.on('error', (e) => (['ECONNRESET', 'EPIPE'].includes(e.code) ? resolve('closed') : reject(e)));
    for (let i = 0; i < 52; i++) rq.write(big.subarray(i << 20, (i + 1) << 20));
    rq.end();
  });
  assert.ok([413, 'closed'].includes(chunked), String(chunked));
  await until('nothing kept', () => blobs() === before, 5000);
});

test('an upload broken off leaves nothing', async () => {
  const before = blobs();
  for (let i = 0; i < 5; i++)
    await new Promise((resolve) => {
      const rq = http.request({ port: server.port, method: 'POST', path: path(), headers: { Cookie: who.cookie, 'X-CSRF-Token': who.csrf, 'Content-Length': 1 << 20 } });
      rq.on('error', resolve);
      rq.write(pdf('broken').subarray(0, 100));
      rq.write(Buffer.alloc(300000, 0x20), () => setTimeout(() => rq.destroy(new Error('cut')), 30));
    });
  await until('no temporary file', () => incoming() === 0 && blobs() === before, 5000);
});

test('nobody may send bytes without being allowed to', async () => {
  const before = blobs();
  const other = await w.applicant();
  assertProblem(await w.client().call('POST', path(), { body: pdf('anonymous') }), 401);
  assertProblem(await other.call('POST', path(), { body: pdf('stranger') }), 404);
  assertProblem(await who.call('POST', path('a.pdf', 'M-NOPE'), { body: pdf('nope') }), 422);
  assertProblem(await (await w.officer('hbw-scjg')).call('POST', path(), { body: pdf('officer') }), 403);
  await until('refused uploads are not kept', () => blobs() === before, 5000);
});

test('a file can be removed while the case is a draft, not once it is submitted', async () => {
  const ready = await w.prepare(who, TWO);
  const file = ready.attachments[0];
  const url = `/api/v1/cases/${ready.id}/attachments/${file.id}`;
  const again = await w.attach(who, ready.id, file.material, pdf('second'));
  assert.equal((await who.call('DELETE', `/api/v1/cases/${ready.id}/attachments/${again.id}`)).status, 204);
  assertProblem(await who.call('GET', `/api/v1/cases/${ready.id}/attachments/${again.id}`), 404);
  await w.submit(who, await who.get(`/api/v1/cases/${ready.id}`));
  assertProblem(await who.call('DELETE', url), 409, 'refused_by_rule');
  assertProblem(await who.call('POST', `/api/v1/cases/${ready.id}/attachments?material=${file.material}&name=late.pdf`, { body: pdf('late') }), 409, 'refused_by_rule');
});
