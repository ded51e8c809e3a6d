// The log's proofs, checked here and not by the server that gives them: SM3 Merkle tree in the shape of RFC 9162 and signed
// heads, as src/service/{ledger,register_proof}.c make them (docs/register.md). Pure.
import { sm3 } from 'sm-crypto-v2';
import type { Schemas } from '../api/client';
import { signedBy } from '../verify/sm2';

type Head = Schemas['LedgerHead'];
type Inclusion = Schemas['LedgerProof'];
type Growth = Schemas['LedgerConsistency'];
type Key = Pick<Schemas['Key'], 'key_id' | 'public_hex' | 'state'>;

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
const isHash = (hex: string): boolean => /^[0-9a-f]{64}$/.test(hex);
const nodeHash = (left: string, right: string): string => sm3(join(Uint8Array.of(1), fromHex(left), fromHex(right)));
export const leafHash = (entry: Uint8Array): string => sm3(join(Uint8Array.of(0), entry));

/** Eight bytes, big-endian; sizes and instants are far below 2^53. */
function be64(value: number): Uint8Array {
  const out = new Uint8Array(8);
  for (let i = 7, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
  return out;
}

/** RFC 9162, 2.1.3.2: the root that the path leads to; '' when it leads nowhere. */
export function rootOf(proof: Pick<Inclusion, 'seq' | 'size' | 'leaf' | 'path'>): string {
  if (proof.seq < 0 || proof.seq >= proof.size || !isHash(proof.leaf) || !proof.path.every(isHash)) return '';
  let fn = proof.seq;
  let sn = proof.size - 1;
  let root = proof.leaf;
  for (const other of proof.path) {
    if (sn === 0) return '';
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(other, root);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else root = nodeHash(root, other);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? root : '';
}

/** RFC 9162, 2.1.4.2: is the tree of `from` leaves the beginning of that of `to` leaves? */
export function grownFrom(from: number, fromRoot: string, to: number, toRoot: string, path: string[]): boolean {
  if (from < 1 || from > to || !isHash(fromRoot) || !isHash(toRoot) || !path.every(isHash)) return false;
  if (from === to) return path.length === 0 && fromRoot === toRoot;
  let fn = from - 1;
  let sn = to - 1;
  while (fn % 2 === 1) {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  const rest = fn === 0 ? [fromRoot, ...path] : [...path];
  const first = rest.shift();
  if (!first) return false;
  let before = first;
  let after = first;
  for (const other of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      before = nodeHash(other, before);
      after = nodeHash(other, after);
      while (fn % 2 === 0 && fn !== 0) {
        fn /= 2;
        sn = Math.floor(sn / 2);
      }
    } else after = nodeHash(after, other);
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && before === fromRoot && after === toRoot;
}

/** Is the head signed by one of the published keys that is not revoked? */
export function headSigned(head: Head, keys: Key[]): boolean {
  const key = keys.find((one) => one.key_id === head.key_id && one.state !== 'revoked');
  const message = join(new TextEncoder().encode('yizheng tree head v1\0'), be64(head.size), be64(head.signed_at_ms), fromHex(head.root));
  return !!key && signedBy(key.public_hex, message, head.signature);
}

export interface Act {
  seq: number;
  act: string;
  body: Record<string, unknown>;
}
/** The act in its canonical bytes; null when they are none. */
export function readAct(entry: Uint8Array): Act | null {
  const intro = 'yizheng act v1\0';
  const utf8 = new TextDecoder();
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  try {
    if (utf8.decode(entry.subarray(0, intro.length)) !== intro) return null;
    const seq = view.getUint32(intro.length) * 2 ** 32 + view.getUint32(intro.length + 4);
    const texts: string[] = [];
    for (let at = intro.length + 48; texts.length < 4; ) {
      const size = view.getUint32(at);
      texts.push(utf8.decode(entry.subarray(at + 4, at + 4 + size)));
      at += 4 + size;
    }
    return { seq, act: texts[2] ?? '', body: JSON.parse(texts[3] ?? '') as Record<string, unknown> };
  } catch {
    return null;
  }
}

/** What a proof comes to. seen: it also shows the act, and that is the one of this licence and version. */
export type Outcome = { good: true; seen: boolean } | { good: false; why: 'form' | 'signature' | 'path' | 'act' | 'other' };

export function checkEntry(entry: Pick<Schemas['RegisterDetail'], 'number' | 'version' | 'proof'>, keys: Key[]): Outcome {
  const { proof } = entry;
  if (!proof.head || proof.head.size !== proof.size || !isHash(proof.head.root)) return { good: false, why: 'form' };
  if (!headSigned(proof.head, keys)) return { good: false, why: 'signature' };
  if (rootOf(proof) !== proof.head.root) return { good: false, why: 'path' };
  if (!proof.entry) return { good: true, seen: false };
  const bytes = fromHex(proof.entry);
  const act = readAct(bytes);
  if (!act || leafHash(bytes) !== proof.leaf) return { good: false, why: 'act' };
  return act.seq === proof.seq && act.body.licence === entry.number && act.body.version === entry.version ? { good: true, seen: true } : { good: false, why: 'other' };
}

/** Has the log that was seen before only grown? */
export const checkGrowth = (before: Pick<Head, 'size' | 'root'>, now: Pick<Head, 'size' | 'root'>, proof: Growth): boolean =>
  proof.from === before.size && proof.to === now.size && grownFrom(before.size, before.root, now.size, now.root, proof.path);
