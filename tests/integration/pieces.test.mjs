// Files that come in pieces (R3.3): a break loses nothing, everything arrives once, whatever is repeated;
// replacing keeps history; a scanner has its say before anything is kept.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, until } from './lib/env.mjs';
import { configure } from './lib/gateways.mjs';
import { demoPlace, Server, startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { sm3Hex } from './lib/merkle.mjs';
import { jpeg, pdf } from './lib/files.mjs';
import { TWO, World } from './lib/world.mjs';

const big = (mb) => Buffer.concat([pdf('big').subarray(0, 20), randomBytes(mb * 1048576), Buffer.from('\n%%EOF\n')]);
const PIECE = 1048576;

for (const engine of ENGINES)
  describe(`files in pieces on ${engine}`, () => {
    let server, w, who, c, material;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      c = await w.create(who, TWO);
      const form = await who.get(`/api/v1/cases/${c.id}/form`);
      material = Object.entries(form.needs).find(([, need]) => need === 'required')[0];
    });
    after(async () => {
      await until('no piece is left', () => incoming().length === 0, 5000);
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const incoming = () => readdirSync(join(server.data, 'blobs')).filter((f) => f.startsWith('incoming-'));
    const begin = (bytes, more = {}, key = true) => who.call('POST', `/api/v1/cases/${c.id}/uploads`, { json: { material, name: '大文件.pdf', size: bytes.length, ...more }, key });
    const send = (id, bytes, offset, client = who) => client.call('PATCH', `/api/v1/uploads/${id}`, { body: bytes, headers: { 'Content-Type': 'application/octet-stream', 'Upload-Offset': String(offset) } });
    const files = async () => (await who.get(`/api/v1/cases/${c.id}/form`)).attachments;

    test('in pieces, over a killed server, with every piece sent twice: the file arrives whole and once', async () => {
      const bytes = big(3);
      const key = 'upload-begun-twice-1';
      const one = (await begin(bytes, {}, key)).json;
      const again = (await begin(bytes, {}, key)).json;
      assert.equal(again.id, one.id, 'a repeated beginning is the same upload');
      let offset = 0;
      for (let n = 0; offset < bytes.length; n++) {
        const piece = bytes.subarray(offset, offset + PIECE);
        const a = await send(one.id, piece, offset);
        assert.equal(a.status, 200, String(a.body));
        offset += piece.length;
        assert.equal(a.json.offset, offset);
        if (offset < bytes.length) {
          const twice = assertProblem(await send(one.id, piece, offset - piece.length), 412, 'changed_meanwhile');
          assert.match(twice.detail, new RegExp(String(offset)));
        }
        if (n === 1) await server.restart('SIGKILL');
        assert.equal((await who.get(`/api/v1/uploads/${one.id}`)).offset, offset, 'what was answered for is there');
      }
      const done = await who.get(`/api/v1/uploads/${one.id}`);
      assert.ok(done.attachment);
      assert.equal((await send(one.id, Buffer.alloc(0), bytes.length)).json.attachment, done.attachment, 'asked again, the same answer');
      const list = (await files()).filter((f) => f.material === material);
      assert.equal(list.length, 1);
      assert.equal(list[0].sm3, sm3Hex(bytes));
      assert.deepEqual((await who.call('GET', `/api/v1/cases/${c.id}/attachments/${done.attachment}`)).body, bytes);
    });

    test('refused: nothing, too much, too long, not one\'s own, no such material, not a document', async () => {
      assertPointer(await begin(Buffer.alloc(0)), '/size', 'empty_file');
      assertPointer(await begin({ length: 51 * 1048576 }), '/size', 'too_large');
      assertPointer(await begin(pdf('x'), { material: 'M-NO' }), '/material', 'unknown_material');
      assertPointer(await begin(pdf('x'), { name: '' }), '/name', 'required');
      const one = (await begin(jpeg())).json;
      assertProblem(await send(one.id, Buffer.concat([jpeg(), Buffer.from('more')]), 0), 413);
      assertProblem(await who.call('PATCH', `/api/v1/uploads/${one.id}`, { body: jpeg() }), 400, 'malformed_request');
      const other = await w.applicant();
      assertProblem(await send(one.id, jpeg(), 0, other), 404, 'not_found');
      assertProblem(await other.call('GET', `/api/v1/uploads/${one.id}`), 404);
      assertProblem(await other.call('DELETE', `/api/v1/uploads/${one.id}`), 404);
      assert.equal((await who.call('DELETE', `/api/v1/uploads/${one.id}`)).status, 204);
      assertProblem(await send(one.id, jpeg(), 0), 404);
      const text = Buffer.from('not a document at all');
      const bad = (await begin(text)).json;
      const p = assertProblem(await send(bad.id, text, 0), 422, 'invalid_input');
      assert.equal(p.errors[0].code, 'bad_file_type');
      await until('nothing is left of it', () => incoming().length === 0, 3000);
    });

    test('in the place of another: the earlier one goes out of sight, the later one says so', async () => {
      const before = (await files()).find((f) => f.material === material);
      const bytes = pdf('better');
      const one = (await begin(bytes, { name: '新的.pdf', replaces: before.id })).json;
      assert.equal((await send(one.id, bytes, 0)).status, 200);
      const now = (await files()).filter((f) => f.material === material);
      assert.deepEqual(now.map((f) => [f.name, f.replaces]), [['新的.pdf', before.name]]);
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/attachments?material=${material}&name=x.pdf&replaces=${before.id}`, { body: pdf('third'), headers: { 'Content-Type': 'application/octet-stream' } }), 422, 'invalid_input');
    });

    test('turned once, turned for everybody', async () => {
      const one = (await files())[0];
      assert.equal(one.rotation, 0);
      assertPointer(await who.call('PUT', `/api/v1/cases/${c.id}/attachments/${one.id}/rotation`, { json: { rotation: 45 } }), '/rotation', 'out_of_range');
      assert.equal((await who.call('PUT', `/api/v1/cases/${c.id}/attachments/${one.id}/rotation`, { json: { rotation: 90 } })).status, 204);
      assert.equal((await files())[0].rotation, 90);
      const other = await w.applicant();
      assert.ok([403, 404].includes((await other.call('PUT', `/api/v1/cases/${c.id}/attachments/${one.id}/rotation`, { json: { rotation: 0 } })).status));
    });
  });

/** clamd as its manual says it talks; what it says of a file is the test's. */
function scanner() {
  const state = { answer: () => 'stream: OK', got: [] };
  const listener = net.createServer((socket) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      let at = 10;
      const parts = [];
      while (bytes.length >= at + 4) {
        const n = bytes.readUInt32BE(at);
        if (n === 0) {
          assert.equal(bytes.subarray(0, 10).toString(), 'zINSTREAM\0');
          const file = Buffer.concat(parts);
          state.got.push(file);
          const answer = state.answer(file);
          if (answer) socket.end(`${answer}\0`);
          else socket.destroy();
          return;
        }
        if (bytes.length < at + 4 + n) return;
        parts.push(bytes.subarray(at + 4, at + 4 + n));
        at += 4 + n;
      }
    });
  });
  return new Promise((resolve) => listener.listen(0, '127.0.0.1', () => resolve(Object.assign(state, { port: listener.address().port, close: () => listener.close() }))));
}

test('clamd: scanned before it is kept; found is refused with the name; no scanner, no file, try again later', async () => {
  const clam = await scanner();
  const place = demoPlace();
  configure(place.data, `[clamd]\naddress = tcp:127.0.0.1:${clam.port}\n`);
  const server = await new Server(place, []).up();
  const w = new World(server);
  try {
    const who = await w.applicant();
    const c = await w.create(who, TWO);
    const form = await who.get(`/api/v1/cases/${c.id}/form`);
    const material = Object.entries(form.needs).find(([, need]) => need === 'required')[0];
    const up = (bytes) => who.call('POST', `/api/v1/cases/${c.id}/attachments?material=${material}&name=a.pdf`, { body: bytes, headers: { 'Content-Type': 'application/octet-stream' } });
    const kept = () => readdirSync(join(server.data, 'blobs'), { recursive: true }).filter((f) => /[0-9a-f]{64}$/.test(f)).length;
    const bytes = big(1);
    assert.equal((await up(bytes)).status, 201);
    assert.deepEqual(clam.got[0], bytes, 'the scanner saw every byte');
    const before = kept();
    clam.answer = () => 'stream: Eicar-Test-Signature FOUND';
    const p = assertProblem(await up(pdf('evil')), 422, 'invalid_input');
    assert.equal(p.errors[0].code, 'infected');
    assert.match(p.errors[0].message, /Eicar-Test-Signature/);
    clam.answer = () => null;
    const one = (await who.call('POST', `/api/v1/cases/${c.id}/uploads`, { json: { material, name: 'b.pdf', size: pdf('later').length }, key: true })).json;
    const send = (body) => who.call('PATCH', `/api/v1/uploads/${one.id}`, { body, headers: { 'Content-Type': 'application/octet-stream', 'Upload-Offset': body.length ? '0' : String(pdf('later').length) } });
    assertProblem(await send(pdf('later')), 503, 'busy');
    assert.equal(kept(), before);
    clam.answer = () => 'stream: OK';
    assert.ok((await send(Buffer.alloc(0))).json.attachment, 'the pieces were still there');
    assert.equal(kept(), before + 1);
  } finally {
    w.close();
    await server.stop();
    clam.close();
  }
});
