// Proofs against the definition of the tree (RFC 9162, 2.1.1): every leaf of every size, every pair of sizes; and what was
// changed on the way is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sm2, sm3 } from 'sm-crypto-v2';
import { checkEntry, checkGrowth, fromHex, grownFrom, headSigned, leafHash, readAct, rootOf } from '../src/shared/proof';

const MOST = 33;
const node = (l: string, r: string): string => sm3(Uint8Array.from([1, ...fromHex(l), ...fromHex(r)]));
const leaves = Array.from({ length: MOST }, (_, i) => leafHash(Uint8Array.of(i)));
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));
function root(list: string[]): string {
  if (list.length === 1) return list[0]!;
  const k = split(list.length);
  return node(root(list.slice(0, k)), root(list.slice(k)));
}
function inclusion(m: number, list: string[]): string[] {
  if (list.length === 1) return [];
  const k = split(list.length);
  return m < k ? [...inclusion(m, list.slice(0, k)), root(list.slice(k))] : [...inclusion(m - k, list.slice(k)), root(list.slice(0, k))];
}
function growth(m: number, list: string[], whole: boolean): string[] {
  if (m === list.length) return whole ? [] : [root(list)];
  const k = split(list.length);
  return m <= k ? [...growth(m, list.slice(0, k), whole), root(list.slice(k))] : [...growth(m - k, list.slice(k), false), root(list.slice(0, k))];
}
const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
const flip = (text: string): string => (text.startsWith('0') ? '1' : '0') + text.slice(1);

test('every leaf of every size leads to the root, and to no other from another place', () => {
  for (let size = 1; size <= MOST; size++) {
    const list = leaves.slice(0, size);
    const want = root(list);
    for (let seq = 0; seq < size; seq++) {
      const proof = { seq, size, leaf: leaves[seq]!, path: inclusion(seq, list) };
      assert.equal(rootOf(proof), want);
      assert.notEqual(rootOf({ ...proof, leaf: flip(proof.leaf) }), want);
      if (seq + 1 < size) assert.notEqual(rootOf({ ...proof, seq: seq + 1 }), want);
      if (size > 1) assert.notEqual(rootOf({ ...proof, path: proof.path.slice(1) }), want);
      assert.equal(rootOf({ ...proof, path: [...proof.path, want] }), '');
    }
  }
  assert.equal(rootOf({ seq: 3, size: 3, leaf: leaves[0]!, path: [] }), '');
  assert.equal(rootOf({ seq: 0, size: 1, leaf: 'x', path: [] }), '');
});

test('any size is the beginning of any later one, and of nothing that was changed', () => {
  for (let to = 1; to <= MOST; to++)
    for (let from = 1; from <= to; from++) {
      const [a, b] = [root(leaves.slice(0, from)), root(leaves.slice(0, to))];
      const path = growth(from, leaves.slice(0, to), true);
      assert.ok(grownFrom(from, a, to, b, path), `${from} ${to}`);
      assert.ok(!grownFrom(from, flip(a), to, b, path));
      assert.ok(!grownFrom(from, a, to, flip(b), path));
      if (path.length) assert.ok(!grownFrom(from, a, to, b, [flip(path[0]!), ...path.slice(1)]));
    }
  assert.ok(!grownFrom(0, leaves[0]!, 1, leaves[0]!, []));
  assert.ok(!grownFrom(3, leaves[0]!, 2, leaves[0]!, []));
});

const pair = sm2.generateKeyPairHex();
const be = (n: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => Math.floor(n / 2 ** (8 * (bytes - 1 - i))) % 256);
const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const act = (seq: number, body: object): Uint8Array =>
  Uint8Array.from([...utf8('yizheng act v1\0'), ...be(seq, 8), ...Array<number>(40).fill(0), ...['bureau', 'D', 'issue_licence', JSON.stringify(body)].flatMap((text) => [...be(utf8(text).length, 4), ...utf8(text)])]);

test('an entry: head, path, act, in this order', () => {
  const entry = act(2, { licence: 'N1', version: 1, list: [{ name: '食品经营许可证' }] });
  const list = [leaves[0]!, leaves[1]!, leafHash(entry), leaves[3]!];
  const head = { size: 4, root: root(list), signed_at: '', signed_at_ms: 1795534888695, key_id: 'k1', signature: '' };
  const message = Uint8Array.from([...utf8('yizheng tree head v1\0'), ...be(4, 8), ...be(head.signed_at_ms, 8), ...fromHex(head.root)]);
  head.signature = sm2.doSignature(message, pair.privateKey, { hash: true, userId: '1234567812345678' });
  const keys = [{ key_id: 'k1', public_hex: pair.publicKey, state: 'current' as const }];
  const proof = { kind: 'inclusion' as const, seq: 2, size: 4, leaf: list[2]!, path: inclusion(2, list), root: head.root, head, entry: hex(entry) };
  const one = { number: 'N1', version: 1, proof };
  assert.ok(headSigned(head, keys));
  assert.deepEqual(readAct(entry), { seq: 2, act: 'issue_licence', body: { licence: 'N1', version: 1, list: [{ name: '食品经营许可证' }] } });
  assert.equal(readAct(Uint8Array.of(1, 2, 3)), null);
  assert.deepEqual(checkEntry(one, keys), { good: true, seen: true });
  assert.deepEqual(checkEntry({ ...one, proof: { ...proof, entry: null } }, keys), { good: true, seen: false });
  assert.deepEqual(checkEntry(one, [{ ...keys[0]!, state: 'revoked' }]), { good: false, why: 'signature' });
  assert.deepEqual(checkEntry({ ...one, proof: { ...proof, head: null } }, keys), { good: false, why: 'form' });
  assert.deepEqual(checkEntry({ ...one, proof: { ...proof, path: [] } }, keys), { good: false, why: 'path' });
  assert.deepEqual(checkEntry({ ...one, proof: { ...proof, entry: flip(proof.entry) } }, keys), { good: false, why: 'act' });
  assert.deepEqual(checkEntry({ ...one, number: 'N2' }, keys), { good: false, why: 'other' });
  const before = { size: 3, root: root(list.slice(0, 3)) };
  const grown = { kind: 'consistency' as const, from: 3, to: 4, path: growth(3, list, true), from_root: before.root, to_root: head.root, from_head: null, to_head: head };
  assert.ok(checkGrowth(before, head, grown));
  assert.ok(!checkGrowth({ ...before, root: flip(before.root) }, head, grown));
  assert.ok(!checkGrowth({ ...before, size: 2 }, head, grown));
});
