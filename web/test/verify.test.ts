// The verifier without a browser: the same cases as tests/unit/test_verdict.c, the vectors of
// docs/qr-payload.md, and the examples of W3C Bitstring Status List.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { canonical, readStatus, readTrust, type StatusList } from '../src/verify/documents';
import { DICTIONARY } from '../src/verify/dictionary';
import { base41, Malformed } from '../src/verify/payload';
import { keyId, signedBy } from '../src/verify/sm2';
import { verifyOffline } from '../src/verify/verdict';

const root = join(process.cwd(), '..');
interface Case {
  name: string;
  text: string;
  now_ms: number;
  lists: string[];
  expect: { verdict: string; number: string; list?: string; as_of_ms?: number; issuer?: string; permits: string[] };
}
const file = JSON.parse(readFileSync(join(root, 'tests/data/verify-cases.json'), 'utf8')) as {
  trust: unknown;
  lists: Record<string, unknown>;
  cases: Case[];
  refused: { name: string; kind: string; doc: unknown }[];
};
const trust = readTrust(file.trust);
const lists: Record<string, StatusList> = Object.fromEntries(Object.entries(file.lists).map(([name, doc]) => [name, readStatus(doc, trust)]));

test('the shared cases', () => {
  assert.ok(file.cases.length > 30);
  for (const one of file.cases) {
    const v = verifyOffline(one.text, trust, one.lists.map((name) => lists[name]!), one.now_ms);
    const is: Case['expect'] = { verdict: v.verdict, number: v.payload?.number ?? '', permits: v.permits };
    if (v.payload) Object.assign(is, { list: v.list, as_of_ms: v.asOf, issuer: v.issuer?.name });
    assert.deepEqual(is, one.expect, one.name);
  }
});

test('documents that must be refused', () => {
  assert.ok(file.refused.length >= 8);
  for (const one of file.refused) assert.throws(() => (one.kind === 'trust' ? readTrust(one.doc) : readStatus(one.doc, trust)), one.name);
});

test('base41: the vectors of the documentation, and what is no base41', () => {
  const bytes = (text: string) => [...new TextEncoder().encode(text)];
  assert.deepEqual([...base41('')], []);
  assert.deepEqual([...base41('00')], [0]);
  assert.deepEqual([...base41('96')], [255]);
  assert.deepEqual([...base41('H/-')], [255, 255]);
  assert.deepEqual([...base41('J-9')], bytes('AB'));
  assert.deepEqual([...base41('11B/KG$*GX0')], bytes('Hello!!'));
  for (const bad of ['0', '0000', '00a', '00 ', '0+0', '0:0', 'I/-', '///', 'A6', '//']) assert.throws(() => base41(bad), Malformed, bad);
});

test('the dictionary is the one of the C source', () => {
  const source = readFileSync(join(root, 'src/domain/licence/payload_dictionary.c'), 'utf8');
  assert.equal(new TextDecoder().decode(DICTIONARY), [...source.matchAll(/^\s+"(.*)";?$/gm)].map((m) => m[1]).join(''));
});

test('the vector of GB/T 32918.5', () => {
  const pub = '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
  const signature = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
  const message = new TextEncoder().encode('message digest');
  assert.ok(signedBy(pub, message, signature));
  assert.ok(!signedBy(pub, message, signature.replace(/..$/, 'ab')));
  assert.ok(!signedBy(pub, message, '0'.repeat(64) + signature.slice(64)));
  assert.ok(!signedBy(pub, message, signature.slice(0, 64) + 'f'.repeat(64)));
  assert.ok(!signedBy(pub.replace(/..$/, '14'), message, signature), 'no point of the curve');
  assert.equal(keyId(pub).length, 16);
});

test('canonical JSON is that of RFC 8785, and refuses what writers differ on', () => {
  assert.equal(canonical({ b: [1, 'ä"\\/\n'], a: { z: null, y: true } }), '{"a":{"y":true,"z":null},"b":[1,"ä\\"\\\\/\\n"]}');
  for (const bad of [1.5, 2 ** 60, 'a\u0001', { 文: 1 }]) assert.throws(() => canonical(bad));
});
