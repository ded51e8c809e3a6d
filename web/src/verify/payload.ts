// The text of a licence's QR code, taken apart as strictly as docs/qr-payload.md says and as
// src/domain/licence/payload.c does: every content has one encoding, everything else is refused.
import { inflateSync } from 'fflate';
import { DICTIONARY } from './dictionary';
import { toHex } from './sm2';

export interface Permit {
  name: string;
  number: string;
  department: string;
  granted: number | null; // days since 1970-01-01
  validUntil: number | null;
  statusIndex: number; // −1: none
}
export interface Payload {
  format: number;
  keyId: string;
  number: string;
  version: number;
  shortId: string;
  region: string;
  industry: string;
  holder: string;
  uscc: string;
  person: string;
  address: string;
  issuer: string;
  issued: number;
  issuedMs: number;
  permits: Permit[];
  statusIndex: number;
}
/** Taken apart, not yet believed. */
export interface Carried {
  format: number;
  bytes: Uint8Array;
  signature: string;
}
export type Fault = 'shape' | 'long' | 'format' | 'short'; // words in strings.ts
export class Malformed extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*-./';
const TEXT_MAX = 600;
const BYTES_MAX = 4096;
const PERMITS_MAX = 32;
const SIGNATURE = 64;
const DAY_MS = 86400_000;
const SHANGHAI_MS = 8 * 3600_000;
const FIRST_DAY = Date.UTC(1900, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2999, 11, 31) / DAY_MS;
const refuse = (): never => {
  throw new Malformed('shape');
};

export function base41(text: string): Uint8Array {
  const values = Array.from(text, (letter) => ALPHABET.indexOf(letter));
  if (values.includes(-1) || values.length % 3 === 1) refuse();
  const out: number[] = [];
  for (let i = 0; i < values.length; i += 3) {
    const [c = 0, d = 0, e] = values.slice(i, i + 3);
    const n = c + 41 * d + 1681 * (e ?? 0);
    if (n > (e === undefined ? 255 : 65535)) refuse();
    if (e !== undefined) out.push(n >> 8);
    out.push(n & 255);
  }
  return Uint8Array.from(out);
}

/** A whole URL or what stands behind its #. */
export function split(text: string): Carried {
  const bare = text.includes('#') ? text.slice(text.indexOf('#') + 1) : text;
  if (bare.length > 3000) throw new Malformed('long');
  const format = bare.charAt(0) === '1' ? 1 : bare.charAt(0) === '2' ? 2 : 0;
  if (!format) throw new Malformed('format');
  const all = base41(bare.slice(1));
  if (all.length < 2 + SIGNATURE) throw new Malformed('short');
  return { format, bytes: all.slice(0, -SIGNATURE), signature: toHex(all.slice(-SIGNATURE)) };
}

/** The short id in the path of a whole URL: not signed, only to be compared. */
export function shortInPath(text: string): string {
  if (!text.includes('#')) return '';
  return /\/[vV]\/([^/]*)$/.exec(text.slice(0, text.indexOf('#')))?.[1] ?? '';
}

export function toSign(carried: Carried): Uint8Array {
  const prefix = new TextEncoder().encode(`yizheng licence v${carried.format}\0`);
  const out = new Uint8Array(prefix.length + carried.bytes.length);
  out.set(prefix);
  out.set(carried.bytes, prefix.length);
  return out;
}

const inflated = (body: Uint8Array, flag: number): Uint8Array | null => {
  try {
    const out = new Uint8Array(BYTES_MAX + 1);
    const bytes = inflateSync(body, flag === 2 ? { dictionary: DICTIONARY, out } : { out });
    return bytes.length > BYTES_MAX ? null : bytes;
  } catch {
    return null;
  }
};

/** fflate does not say where the stream ended: whatever stands behind it shows by doing without the last byte. */
function unpack(carried: Uint8Array): Uint8Array {
  const flag = carried[0] ?? 255;
  const body = carried.subarray(1);
  if (flag === 0) return body;
  if (flag > 2 || inflated(body.subarray(0, -1), flag)) return refuse();
  return inflated(body, flag) ?? refuse();
}

/** The deterministic part of CBOR (RFC 8949 4.2.1) that payloads use. */
class Reader {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  private head(major: number): number {
    const first = this.bytes[this.at++] ?? refuse();
    const info = first & 31;
    if (first >> 5 !== major) return refuse();
    if (info < 24) return info;
    if (info > 27) return refuse();
    const size = 1 << (info - 24);
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (this.bytes[this.at++] ?? refuse());
    const least = [24, 256, 65536, 4294967296][info - 24] ?? 0;
    return value < least || value > 2 ** 53 ? refuse() : value;
  }
  int(): number {
    return (this.bytes[this.at] ?? refuse()) >> 5 === 1 ? -1 - this.head(1) : this.head(0);
  }
  private take(n: number): Uint8Array {
    if (this.at + n > this.bytes.length) refuse();
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  raw(n: number): Uint8Array {
    return this.head(2) === n ? this.take(n) : refuse();
  }
  text(): string {
    const n = this.head(3);
    if (n > TEXT_MAX) refuse();
    let text = '';
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(n));
    } catch {
      refuse();
    }
    // eslint-disable-next-line no-control-regex
    return /[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text) ? refuse() : text;
  }
  array(max: number): number {
    const n = this.head(4);
    return n <= max ? n : refuse();
  }
  map(n: number): void {
    if (this.head(5) !== n) refuse();
  }
  key(key: number): void {
    if (this.int() !== key) refuse();
  }
  date(): number | null {
    if (this.bytes[this.at] === 0xf6) {
      this.at++;
      return null;
    }
    const day = this.int();
    return day >= FIRST_DAY && day <= LAST_DAY ? day : refuse();
  }
  index(): number {
    const n = this.int();
    return n >= -1 ? n : refuse();
  }
  done(): void {
    if (this.at !== this.bytes.length) refuse();
  }
}

function permits(r: Reader): Permit[] {
  r.key(14);
  const names: string[] = [];
  for (let n = r.array(PERMITS_MAX); n > 0; n--) names.push(r.text());
  if (new Set(names).size !== names.length) refuse();
  r.key(15);
  const list: Permit[] = [];
  let used = 0;
  for (let n = r.array(PERMITS_MAX); n > 0; n--) {
    if (r.array(6) !== 6) refuse();
    const [name, number] = [r.text(), r.text()];
    const at = r.int();
    if (at < 0 || at > used || at >= names.length) refuse();
    if (at === used) used++;
    list.push({ name, number, department: names[at] ?? '', granted: r.date(), validUntil: r.date(), statusIndex: r.index() });
  }
  if (used !== names.length) refuse();
  return list;
}

export function decode(carried: Carried): Payload {
  const r = new Reader(unpack(carried.bytes));
  r.map(carried.format === 1 ? 15 : 16);
  const text = (key: number) => {
    r.key(key);
    return r.text();
  };
  r.key(1);
  const keyId = toHex(r.raw(8));
  const number = text(2);
  r.key(3);
  const version = r.int();
  const shortId = text(4);
  const region = text(5);
  const [industry, holder, uscc, person, address, issuer] = [text(6), text(7), text(8), text(9), text(10), text(11)];
  r.key(12);
  const issued = r.date() ?? refuse();
  r.key(13);
  const intoDay = r.int();
  if (version < 1 || !/^[0-9A-Za-z]{1,32}$/.test(shortId) || !/^\d{6}$/.test(region)) refuse();
  const list = permits(r);
  let statusIndex = -1;
  if (carried.format > 1) {
    r.key(16);
    statusIndex = r.index();
  }
  r.done();
  return { format: carried.format, keyId, number, version, shortId, region, industry, holder, uscc, person, address, issuer, issued, issuedMs: issued * DAY_MS - SHANGHAI_MS + intoDay, permits: list, statusIndex };
}

/** The calendar date in Shanghai of an instant, as days since 1970-01-01. */
export const dayOf = (ms: number): number => Math.floor((ms + SHANGHAI_MS) / DAY_MS);
