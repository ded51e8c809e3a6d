// Each of the 14 industries, from the guide to the licence on the wall, against the real program, on
// every engine (R2.1, R3, R5.1, R7.1-R7.4). Every answer on the way is checked against openapi.json.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, ROOT, run, yizheng } from './lib/env.mjs';
import { dateOf } from './lib/calendar.mjs';
import { startServer } from './lib/server.mjs';
import { straysSeen } from './lib/openapi.mjs';
import { World } from './lib/world.mjs';

const scenarios = JSON.parse(readFileSync(join(ROOT, 'tests', 'data', 'scenarios.json'), 'utf8'));
const codes = [...new Set(scenarios.map((s) => s.industry))];
/** The answers that need the most permits. */
const widest = (code) => scenarios.filter((s) => s.industry === code).sort((a, b) => b.permits.length - a.permits.length)[0];
const REGIONS = ['150302', '150303', '150304'];

function assertPdf(bytes) {
  assert.equal(bytes.subarray(0, 5).toString('latin1'), '%PDF-');
}

async function assertNotice(who, scenario, region) {
  const n = await who.post(`/api/v1/industries/${scenario.industry}/notice`, { region, answers: scenario.answers });
  assert.deepEqual(n.guide.permits.map((p) => p.code).sort(), [...scenario.permits].sort());
  assert.deepEqual(n.notice.permits.map((p) => p.code), n.guide.permits.map((p) => p.code));
  const materials = n.notice.materials.map((m) => m.code);
  assert.equal(new Set(materials).size, materials.length, 'the same document is listed once');
}

async function assertPapers(who, c) {
  assert.ok(c.papers.some((p) => p.paper === 'receipt'));
  for (const p of c.papers) {
    const bytes = await who.get(`/api/v1/cases/${c.id}/papers/${p.paper}`);
    assertPdf(bytes);
  }
}

/** The printed licence as a stranger would check it. */
async function assertPrinted(world, who, licence, dir) {
  const file = join(dir, 'licence.pdf');
  const bytes = await who.get(`/api/v1/licences/${licence.number}/document.pdf`);
  assertPdf(bytes);
  writeFileSync(file, bytes);
  const text = run('pdftotext', [file, '-']).out.replace(/\s+/g, '');
  for (const piece of [licence.number, licence.uscc, licence.holder, ...licence.permits.map((p) => p.number)])
    assert.ok(text.includes(piece.replace(/\s+/g, '')), `the PDF lacks ${piece}`);
  run('pdftoppm', ['-r', '300', '-gray', '-f', '1', '-l', '1', file, join(dir, 'page')]);
  const scan = run('sh', ['-c', `zbarimg -q --raw -Sdisable -Sqrcode.enable ${join(dir, 'page')}*.pgm`]);
  assert.equal(scan.out.trim(), licence.qr_text, 'the QR code at 300 dpi');
  return scan.out.trim();
}

async function assertOnline(stranger, qr, licence) {
  const path = new URL(qr).pathname;
  assert.match(qr, new RegExp(`/V/${licence.short_id.toUpperCase()}#2`));
  assert.equal(path, `/V/${licence.short_id.toUpperCase()}`);
  const page = await stranger.call('GET', path);
  const html = page.body.toString('utf8');
  assert.equal(page.status, 200);
  assert.ok(page.body.length < 30 * 1024, `page of ${page.body.length} bytes`);
  assert.doesNotMatch(html, /<script|javascript:|\son\w+=/i);
  assert.match(html, /有效/);
  for (const p of licence.permits) assert.ok(html.includes(p.number), `the page lacks ${p.number}`);
  assert.ok(html.includes(licence.number));
  assert.ok(!html.includes(`>${licence.person}<`), 'the person is masked');
  const status = await stranger.get(`/api/v1/licences/${licence.number}/status`);
  assert.equal(status.state, 'valid');
  assert.equal(status.version, 1);
  assert.equal(status.permits_valid, licence.permits.length);
  const verified = await stranger.post('/api/v1/verify', { text: qr });
  assert.equal(verified.ok, true);
  assert.equal(verified.status.state, 'valid');
  assert.equal(verified.licence.number, licence.number);
}

function assertOffline(qr, pem, licence, day) {
  const r = yizheng(['verify', '--key', pem, '--at', day, qr]);
  assert.equal(r.code, 0, r.out + r.err);
  assert.ok(r.out.includes(licence.number));
  for (const p of licence.permits) assert.ok(r.out.includes(p.number));
}

for (const engine of ENGINES)
  describe(`14 industries on ${engine}`, () => {
    let server, world, dir, pem;
    before(async () => {
      server = await startServer({ engine });
      world = new World(server);
      dir = mkdtempSync(join(tmpdir(), 'yizheng-print-'));
      pem = join(dir, 'published.pub');
      const keys = await world.client().get('/api/v1/keys');
      writeFileSync(pem, keys.items[0].public_pem);
    });
    after(async () => {
      server.assertLogClean();
      world.close();
      rmSync(dir, { recursive: true, force: true });
      await server.stop();
    });

    assert.equal(codes.length, 14);
    codes.forEach((code, i) => {
      const scenario = widest(code);
      const region = REGIONS[i % 3];
      test(`${code} ${scenario.name}: guide, notice, form, parallel review, licence, verification`, async () => {
        const who = await world.applicant();
        await assertNotice(who, scenario, region);
        const c = await world.submitted(who, { industry: code, region, answers: scenario.answers });
        assert.deepEqual(c.items.map((x) => x.permit.code).sort(), [...scenario.permits].sort());
        await world.grantAll(c);
        const issued = await world.issue(c);
        assert.equal(issued.status, 200, String(issued.body));
        const done = await who.get(`/api/v1/cases/${c.id}`);
        assert.equal(done.state, 'issued');
        assert.equal(done.licence.number, issued.json.number);
        const licence = await who.get(`/api/v1/licences/${issued.json.number}`);
        assert.equal(licence.permits.length, scenario.permits.length);
        await assertPapers(who, done);
        const qr = await assertPrinted(world, who, licence, dir);
        await assertOnline(world.client(), qr, licence);
        assertOffline(qr, pem, licence, dateOf(server.now()));
        const svg = await who.get(`/api/v1/licences/${licence.number}/qr.svg`);
        assert.match(svg.toString('utf8'), /^<\?xml|^<svg/);
        const told = await who.get('/api/v1/messages');
        assert.ok(told.items.some((m) => m.text.includes(licence.number)));
      });
    });

    test('nothing in any answer is missing from openapi.json', () => {
      assert.deepEqual(straysSeen(), []);
    });
  });
