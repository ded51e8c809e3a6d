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

/** RFC 9162, 2.1.4.2: is the tree of `from` leaves the beginning of that of `to` leaves? */
export function consistent({ from, to, path, from_root: fromRoot, to_root: toRoot }) {
  if (from === to) return path.length === 0 && fromRoot === toRoot;
  const c = path.map((hex) => Buffer.from(hex, 'hex'));
  if (Number.isInteger(Math.log2(from))) c.unshift(Buffer.from(fromRoot, 'hex'));
  let [fn, sn] = [BigInt(from) - 1n, BigInt(to) - 1n];
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [fr, sr] = [c[0], c[0]];
  for (const p of c.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      [fr, sr] = [node(p, fr), node(p, sr)];
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = node(sr, p);
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n && fr.toString('hex') === fromRoot && sr.toString('hex') === toRoot;
}

/** The act in the canonical bytes of an entry. */
export function readAct(hex) {
  const b = Buffer.from(hex, 'hex');
  const texts = [];
  for (let at = 15 + 48; texts.length < 4; at += 4 + b.readUInt32BE(at)) texts.push(b.subarray(at + 4, at + 4 + b.readUInt32BE(at)).toString());
  return { seq: Number(b.readBigUInt64BE(15)), kind: texts[0], act: texts[2], body: JSON.parse(texts[3]) };
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

/** Base41 of docs/qr-payload.md. */
export function base41(text) {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./';
  const bytes = [];
  for (let i = 0; i < text.length; i += 3) {
    const part = [...text.slice(i, i + 3)].map((c) => alphabet.indexOf(c));
    const n = part.reduce((s, v, k) => s + v * 41 ** k, 0);
    if (part.length === 3) bytes.push(n >> 8, n & 255);
    else bytes.push(n);
  }
  return Buffer.from(bytes);
}

/** Is the text of a QR code signed by this key (docs/qr-payload.md)? */
export function licenceSigned(qrText, publicHex) {
  const text = qrText.slice(qrText.indexOf('#') + 1);
  const all = base41(text.slice(1));
  const message = Buffer.concat([Buffer.from(`yizheng licence v${text[0]}\0`), all.subarray(0, -64)]);
  return sm2.doVerifySignature([...message], all.subarray(-64).toString('hex'), publicHex, { hash: true, userId: '1234567812345678' });
}

const canonicalJson = (v) =>
  Array.isArray(v) ? `[${v.map(canonicalJson).join(',')}]`
  : v && typeof v === 'object' ? `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonicalJson(v[k])}`).join(',')}}`
  : JSON.stringify(v);

/** Is this trust list or status list signed by this key (docs/status-list.md)? */
export function signedJson({ proof, ...bare }, purpose, publicHex) {
  const message = Buffer.from(`yizheng ${purpose} v1\0${canonicalJson(bare)}`);
  return sm2.doVerifySignature([...message], proof.proofValue, publicHex, { hash: true, userId: '1234567812345678' });
}
