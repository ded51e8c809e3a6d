// An outsider's check of the register: SM3 Merkle tree (RFC 9162 shape) and SM2 signatures, with
// sm-crypto only. Written from RFC 9162 and docs, not from the program.
import { createRequire } from 'node:module';

const { sm2, sm3 } = createRequire(import.meta.url)('sm-crypto');

export const sm3Hex = (bytes) => sm3([...bytes]);
const hash = (bytes) => Buffer.from(sm3Hex(bytes), 'hex');
const node = (l, r) => hash(Buffer.concat([Buffer.from([1]), l, r]));
export const leafHash = (data) => hash(Buffer.concat([Buffer.from([0]), data]));

/** RFC 9162, 2.1.3.2: the root that a path leads to. */
export function rootOf({ seq, size, leaf, path }) {
  let fn = BigInt(seq);
  let sn = BigInt(size) - 1n;
  let r = Buffer.from(leaf, 'hex');
  for (const hex of path) {
    const p = Buffer.from(hex, 'hex');
    if (sn === 0n) return null;
    if (fn & 1n || fn === sn) {
      r = node(p, r);
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else r = node(r, p);
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n ? r.toString('hex') : null;
}

/** The root of all leaves, by the definition. */
export function treeRoot(leaves) {
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return node(treeRoot(leaves.slice(0, k)), treeRoot(leaves.slice(k)));
}

const be64 = (n) => {
  const b = Buffer.alloc(8);
  b.writeBigInt64BE(BigInt(n));
  return b;
};

/** The canonical bytes of a row, as src/service/ledger.c documents them. */
export function canonical(row) {
  const text = (s) => {
    const b = Buffer.from(s ?? '');
    const n = Buffer.alloc(4);
    n.writeUInt32BE(b.length);
    return Buffer.concat([n, b]);
  };
  return Buffer.concat([
    Buffer.from('yizheng act v1\0'), ...[row.seq, row.at, row.effective_on, row.actor_id ?? 0, row.case_id ?? 0, row.item_id ?? 0].map(be64),
    ...[row.actor_kind, row.department, row.act, row.body].map(text),
  ]);
}

/** Is a signed tree head signed by this key? */
export function headSigned(head, publicHex) {
  const message = Buffer.concat([Buffer.from('yizheng tree head v1\0'), be64(head.size), be64(head.signed_at_ms), Buffer.from(head.root, 'hex')]);
  return sm2.doVerifySignature([...message], head.signature, publicHex, { hash: true, userId: '1234567812345678' });
}

/** Is the text of a QR code signed by this key (docs/qr-payload.md)? */
export function licenceSigned(qrText, publicHex) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./';
  const text = qrText.slice(qrText.indexOf('#') + 2);
  const bytes = [];
  for (let i = 0; i < text.length; i += 3) {
    const part = [...text.slice(i, i + 3)].map((c) => alphabet.indexOf(c));
    const n = part.reduce((s, v, k) => s + v * 41 ** k, 0);
    if (part.length === 3) bytes.push(n >> 8, n & 255);
    else bytes.push(n);
  }
  const all = Buffer.from(bytes);
  const message = Buffer.concat([Buffer.from('yizheng licence v1\0'), all.subarray(0, -64)]);
  return sm2.doVerifySignature([...message], all.subarray(-64).toString('hex'), publicHex, { hash: true, userId: '1234567812345678' });
}
