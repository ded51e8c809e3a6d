// A full disk (R9.3): writes are refused with a clear problem, reads go on, nothing is damaged, and
// work resumes when there is space again. Needs root for a small tmpfs.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isRoot, run, until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { pdf } from './lib/files.mjs';
import { TWO, World } from './lib/world.mjs';

function mount() {
  if (!isRoot) return null;
  const dir = mkdtempSync(join(tmpdir(), 'yizheng-small-'));
  const r = run('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', dir]);
  if (r.code === 0) return dir;
  rmSync(dir, { recursive: true, force: true });
  return null;
}

const free = (dir) => {
  const s = statfsSync(dir);
  return s.bavail * s.bsize;
};

test('a full disk refuses writes, keeps reading, and heals', async (t) => {
  const dir = mount();
  if (!dir) {
    t.diagnostic('FULL DISK NOT TESTED: this needs root and mount(2)');
    return t.skip('needs root and mount(2): full disk not tested here');
  }
  const ballast = join(dir, 'ballast');
  let server, w;
  try {
    server = await startServer({ parent: dir });
    w = new World(server);
    const who = await w.applicant();
    const c = await w.prepare(who, TWO);
    const before = await w.submitted(who, TWO);
    await w.reviewer(before.items[0]);

    writeFileSync(ballast, Buffer.alloc(Math.max(0, free(dir) - 64 * 1024)));
    for (let i = 0; free(dir) > 0 && i < 20; i++) try { writeFileSync(`${ballast}-${i}`, Buffer.alloc(free(dir))); } catch { break; }

    const refused = [];
    for (let i = 0; i < 60 && refused.length < 5; i++) {
      const a = await who.call('POST', '/api/v1/cases', { json: { industry: TWO.industry, region: TWO.region, answers: TWO.answers }, key: true });
      if (a.status !== 201) refused.push(a);
    }
    assert.ok(refused.length > 0, 'the disk never filled');
    for (const a of refused) {
      assert.ok([503, 507].includes(a.status), `${a.status} ${a.body}`);
      assertProblem(a, a.status);
    }
    assert.ok(refused.some((a) => a.status === 507 && a.json.code === 'storage_full'), refused.map((a) => a.json.code).join());
    const file = await who.call('POST', `/api/v1/cases/${c.id}/attachments?material=${c.attachments[0].material}&name=big.pdf`, { body: Buffer.concat([pdf('x'), Buffer.alloc(1 << 20), Buffer.from('%%EOF')]) });
    assert.ok([503, 507].includes(file.status), `upload: ${file.status}`);
    assertProblem(file, file.status);
    const acted = await w.tryAct(before.items[0], 'accept', {}, { match: 1 });
    assert.ok([503, 507].includes(acted.status), `accept: ${acted.status}`);
    assert.equal((await w.item(before.items[0])).state, 'received', 'refused means not done');

    assert.equal((await who.get(`/api/v1/cases/${before.id}`)).number, before.number, 'reads go on');
    assert.equal((await w.client().get('/api/v1/industries')).items.length, 14);
    assert.equal((await who.get(`/api/v1/cases/${c.id}/attachments/${c.attachments[0].id}`)).subarray(0, 5).toString(), '%PDF-');
    assert.ok(server.alive());

    rmSync(ballast);
    await until('writes work again', async () => (await who.call('POST', '/api/v1/cases', { json: { industry: TWO.industry, region: TWO.region, answers: TWO.answers }, key: true })).status === 201, 10000);
    assert.equal((await w.submit(who, await who.get(`/api/v1/cases/${c.id}`))).state, 'submitted');
    await w.act(before.items[0], 'accept');
    const readings = await (await w.officer('admin')).get(`/api/v1/cases/${before.id}/readings`);
    assert.ok(readings.items.some((x) => x.place === 'item'), 'what was shown while the disk was full is on record');
    await server.restart();
    server.assertLogClean();
    assert.equal(run('sqlite3', [join(server.data, 'yizheng.db'), 'PRAGMA integrity_check']).out.trim(), 'ok');
  } finally {
    w?.close();
    await server?.stop();
    run('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
});
