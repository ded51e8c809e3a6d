// Verifying from outside: the signature by two other programs, the status list and the trust list as an outsider reads them, and the offline verifier of the command line.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { assertProblem } from './lib/client.mjs';
import { sql } from './lib/database.mjs';
import { ENGINES, ROOT, run, until, yizheng } from './lib/env.mjs';
import { base41, licenceSigned, signedJson } from './lib/merkle.mjs';
import { straysSeen } from './lib/openapi.mjs';
import { startServer } from './lib/server.mjs';
import { World } from './lib/world.mjs';

const CASES = JSON.parse(readFileSync(join(ROOT, 'tests/data/verify-cases.json'), 'utf8'));
const caseText = (name) => CASES.cases.find((one) => one.name === name).text;

for (const engine of ENGINES)
  describe(`verifying without us, on ${engine}`, () => {
    let server, w, dir, licence, who, key;
    const file = (name) => join(dir, name);
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      dir = mkdtempSync(join(tmpdir(), 'yizheng-verify-'));
      who = await w.applicant();
      licence = (await w.licensed(who)).licence;
      key = (await w.client().get('/api/v1/keys')).items[0];
      writeFileSync(file('key.pub'), key.public_pem);
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      rmSync(dir, { recursive: true, force: true });
      await server.stop();
    });
    const carry = async () => {
      const anybody = w.client();
      const trust = await anybody.get('/api/v1/trust');
      const status = await anybody.get('/api/v1/status/0');
      writeFileSync(file('trust.json'), JSON.stringify(trust));
      writeFileSync(file('status.json'), JSON.stringify(status));
      return { trust, status };
    };
    const verify = (text, ...args) => yizheng(['verify', ...args, text]);

    test('the signature holds for sm-crypto and for the openssl command', () => {
      assert.equal(licenceSigned(licence.qr_text, key.public_hex), true);
      const text = licence.qr_text.split('#')[1];
      const all = base41(text.slice(1));
      const der = (half) => {
        let at = 0;
        while (half[at] === 0) at++;
        const n = half[at] >> 7 ? Buffer.concat([Buffer.from([0]), half.subarray(at)]) : half.subarray(at);
        return Buffer.concat([Buffer.from([2, n.length]), n]);
      };
      const halves = Buffer.concat([der(all.subarray(-64, -32)), der(all.subarray(-32))]);
      writeFileSync(file('sig.der'), Buffer.concat([Buffer.from([0x30, halves.length]), halves]));
      writeFileSync(file('message'), Buffer.concat([Buffer.from(`yizheng licence v${text[0]}\0`), all.subarray(0, -64)]));
      const check = ['dgst', '-sm3', '-verify', file('key.pub'), '-sigopt', 'distid:1234567812345678', '-signature', file('sig.der'), file('message')];
      const r = run('openssl', check);
      assert.match(r.out, /Verified OK/, r.err);
      writeFileSync(file('message'), Buffer.concat([readFileSync(file('message')), Buffer.from('x')]));
      assert.doesNotMatch(run('openssl', check).out, /Verified OK/);
    });

    test('the trust list is signed by the city itself', async () => {
      const { trust } = await carry();
      assert.equal(trust.issuer.region, '1503');
      assert.deepEqual(trust.issuers.map((one) => one.region), ['1503']);
      assert.equal(trust.issuers[0].keys[0].public_hex, key.public_hex);
      assert.equal(signedJson(trust, 'trust', key.public_hex), true);
      assert.equal(signedJson({ ...trust, version: 2 }, 'trust', key.public_hex), false);
    });

    test('the status list: shape of W3C, signed, with age, ETag and 304', async () => {
      const { status } = await carry();
      assert.ok(status.type.includes('BitstringStatusListCredential'));
      assert.equal(status.credentialSubject.statusPurpose, 'revocation');
      assert.ok(status.id.endsWith('/api/v1/status/0'));
      assert.equal(signedJson(status, 'status', key.public_hex), true);
      const bits = gunzipSync(Buffer.from(status.credentialSubject.encodedList.slice(1), 'base64url'));
      assert.equal(bits.length * 8, 1 << 20);
      const a = await w.client().call('GET', '/api/v1/status/0');
      assert.match(a.headers['cache-control'], /public, max-age=300/);
      assert.equal(a.headers['access-control-allow-origin'], '*');
      assert.match(a.headers.age, /^\d+$/);
      assert.match(a.headers['content-type'], /^application\/vc\+json/);
      const again = await w.client().call('GET', '/api/v1/status/0', { headers: { 'If-None-Match': a.headers.etag } });
      assert.equal(again.status, 304);
      assert.equal(again.body.length, 0);
      for (const path of ['/api/v1/status/1', '/api/v1/status/-1', '/api/v1/status/x', '/api/v1/status/99999999999999999999']) assertProblem(await w.client().call('GET', path), 404, 'not_found');
    });

    test('yizheng verify: with trust list and status list, without either, and in another address', async () => {
      await carry();
      const both = verify(licence.qr_text, '--trust', file('trust.json'), '--status', file('status.json'));
      assert.equal(both.code, 0, both.out + both.err);
      assert.match(both.out, /^有效：.*（valid）/);
      assert.match(both.out, /状态名单 .*0分钟前/);
      const bare = verify(licence.qr_text, '--trust', file('trust.json'));
      assert.equal(bare.code, 0);
      assert.match(bare.out, /unconfirmed[^]*没有可用的/);
      const moved = verify(licence.qr_text.replace(/\/V\/[^#]*/, '/V/0000000000'), '--trust', file('trust.json'));
      assert.equal(moved.code, 1);
      assert.match(moved.out, /replayed/);
      assert.match(verify(caseText('in force'), '--trust', file('trust.json')).out, /unknown_key/);
      assert.equal(verify(licence.qr_text).code, 2);
      writeFileSync(file('bad.json'), readFileSync(file('status.json'), 'utf8').replace('"list":0', '"list":1'));
      const bad = verify(licence.qr_text, '--trust', file('trust.json'), '--status', file('bad.json'));
      assert.equal(bad.code, 1);
      assert.match(bad.err, /签名不符/);
    });

    test('POST /api/v1/verify gives the same verdicts', async () => {
      const anybody = w.client();
      const ask = (text) => anybody.post('/api/v1/verify', { text });
      const good = await ask(licence.qr_text);
      assert.equal(good.ok, true);
      assert.equal(good.verdict, 'valid');
      assert.equal(good.signed_by.code, '1503');
      assert.deepEqual(good.licence.permits.map((one) => one.state), good.licence.permits.map(() => 'valid'));
      const text = licence.qr_text.split('#')[1];
      const turned = text.slice(0, -1) + (text.at(-1) === '0' ? '1' : '0');
      const wanted = [[`HTTPS://X.CN/V/0000000000#${text}`, 'replayed'], [text.slice(0, 200), 'malformed'], [`1${text.slice(1)}`, 'malformed'], [caseText('in force'), 'unknown_key'], [caseText('imported city'), 'unknown_key'], ['hello', 'malformed']];
      for (const [bad, verdict] of wanted) {
        const a = await ask(bad);
        assert.deepEqual([a.ok, a.verdict, 'licence' in a], [false, verdict, false], bad.slice(0, 60));
        assert.ok(a.reason);
      }
      assert.equal((await ask(turned)).ok, false);
    });

    test('what has ended is in the list within seconds: a permit, then the version', async () => {
      const { licence: other } = await w.licensed(await w.applicant());
      const seen = async (wanted) => {
        const anybody = w.client();
        return until(wanted, async () => (await anybody.post('/api/v1/verify', { text: other.qr_text })).verdict === wanted);
      };
      await seen('valid');
      const before = await carry();
      const end = (statement) => sql(server, `${statement}; INSERT INTO counter (name, value) VALUES ('status_revision', 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`);
      end(`UPDATE permit SET state = 'revoked' WHERE number = '${other.permits[0].number}'`);
      await seen('partly_revoked');
      const after = await carry();
      assert.notEqual(after.status.credentialSubject.encodedList, before.status.credentialSubject.encodedList);
      const bits = gunzipSync(Buffer.from(after.status.credentialSubject.encodedList.slice(1), 'base64url'));
      const index = Number(sql(server, `SELECT status_index FROM permit WHERE number = '${other.permits[0].number}'`));
      assert.equal(bits[index >> 3] & (0x80 >> (index & 7)), 0x80 >> (index & 7), 'the bit as the specification counts them');
      const partly = verify(other.qr_text, '--trust', file('trust.json'), '--status', file('status.json'));
      assert.equal(partly.code, 1);
      assert.match(partly.out, /partly_revoked[^]*【已失效】[^]*【有效】/);
      end(`UPDATE licence SET state = 'superseded' WHERE number = '${other.number}'`);
      await seen('superseded');
      await carry();
      assert.match(verify(other.qr_text, '--trust', file('trust.json'), '--status', file('status.json')).out, /superseded/);
      assert.equal(verify(licence.qr_text, '--trust', file('trust.json'), '--status', file('status.json')).code, 0, 'others stay as they were');
      end(`UPDATE permit SET state = 'valid' WHERE number = '${other.permits[0].number}'; UPDATE licence SET state = 'valid' WHERE number = '${other.number}'`); // the log would tell
    });

    test('another city: its list is imported, listed, vouches for its own region only, and is removed', async () => {
      writeFileSync(file('other.json'), JSON.stringify(CASES.other_trust));
      const trust = (...args) => yizheng(['trust', ...args.slice(0, 1), ...server.where, ...args.slice(1)]);
      const added = trust('add', file('other.json'));
      assert.equal(added.code, 0, added.out + added.err);
      assert.match(added.out, new RegExp(`赤峰市（区划 1504）[^]*${CASES.other_trust.proof.verificationMethod}`));
      assert.match(trust('list', '--out', file('mine.json')).out, /乌海市[^]*赤峰市/);
      const anybody = w.client();
      const published = await anybody.get('/api/v1/trust');
      assert.deepEqual(published.issuers.map((one) => one.region), ['1503', '1504']);
      const theirs = await anybody.post('/api/v1/verify', { text: caseText('imported city') });
      assert.deepEqual([theirs.ok, theirs.verdict, theirs.signed_by.name, theirs.status.state], [true, 'unconfirmed', '赤峰市', 'unknown']);
      assert.equal((await anybody.post('/api/v1/verify', { text: caseText('imported city for our region') })).verdict, 'other_region');
      assert.match(verify(caseText('imported city'), '--trust', file('mine.json')).out, /unconfirmed/);
      writeFileSync(file('overlap.json'), JSON.stringify(CASES.trust));
      const overlap = trust('add', file('overlap.json'));
      assert.equal(overlap.code, 1);
      assert.match(overlap.err, /与本市重叠/);
      for (const one of CASES.refused.filter((doc) => doc.kind === 'trust')) {
        writeFileSync(file('refused.json'), JSON.stringify(one.doc));
        assert.equal(trust('add', file('refused.json')).code, 1, one.name);
      }
      assert.equal(trust('remove', '1504').code, 0);
      assert.equal(trust('remove', '1504').code, 3);
      assert.equal((await anybody.post('/api/v1/verify', { text: caseText('imported city') })).verdict, 'unknown_key');
    });

    test('the verifier page is there with its worker and manifest', async () => {
      const anybody = w.client();
      const page = await anybody.call('GET', '/verify');
      assert.match(page.headers['content-security-policy'], /connect-src 'self' https:/);
      assert.match(page.body.toString(), /verify\.webmanifest/);
      assert.equal((await anybody.call('GET', '/verify.webmanifest')).headers['content-type'], 'application/manifest+json');
      const worker = await anybody.call('GET', '/verify-sw.js');
      assert.match(worker.headers['content-type'], /javascript/);
      assert.match(worker.headers['cache-control'], /no-cache/);
    });

    test('nothing in any answer is missing from openapi.json', () => {
      assert.deepEqual(straysSeen(), []);
    });
  });
