// Trust lists and status lists: signed JSON, as src/service/{signed_json,trust_doc,status_doc}.c make
// and check them (docs/offline-verification.md, docs/status-list.md).
import { gunzipSync } from 'fflate';
import { keyId, signedBy } from './sm2';

export interface TrustKey {
  id: string;
  publicHex: string;
  from: number;
  until: number | null;
  revoked: number | null;
  goodBefore: boolean;
  reason: string;
}
export interface Issuer {
  name: string;
  region: string;
  statusUrl: string;
  keys: TrustKey[];
}
export interface Trust {
  issuers: Issuer[];
}
export interface TrustList extends Trust {
  self: Issuer;
  issuedMs: number;
}
export interface StatusList {
  region: string;
  list: number;
  from: number;
  until: number;
  bits: Uint8Array;
}
/** Why a document is not taken; words in strings.ts. */
export type Why = 'kind' | 'form' | 'trust' | 'overlap' | 'signer' | 'signature' | 'own';
export class Refused extends Error {
  constructor(readonly why: Why) {
    super(why);
  }
}

const SLACK_MS = 10 * 60_000;
const LIST_MIN = 131072 / 8;
const LIST_MAX = 1 << 20;
const DAYS_31 = 31 * 86400_000;
const refuse = (why: Why): never => {
  throw new Refused(why);
};

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
const object = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** RFC 8785 of what every writer puts alike: integers, names of ASCII, text without control characters. */
export function canonical(value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) refuse('form');
  // eslint-disable-next-line no-control-regex
  if (typeof value === 'string' && /[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(value)) refuse('form');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort();
  if (!names.every((name) => /^[ -~]*$/.test(name))) refuse('form');
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`).join(',')}}`;
}

function proofFits(doc: Record<string, unknown>, purpose: string, key: TrustKey): boolean {
  const { proof, ...bare } = doc;
  const message = new TextEncoder().encode(`yizheng ${purpose} v1\0${canonical(bare as Json)}`);
  return signedBy(key.publicHex, message, text(object(proof).proofValue));
}
const proofKey = (doc: Record<string, unknown>): string => {
  const proof = object(doc.proof);
  return proof.type === 'YizhengSm2Signature2026' ? text(proof.verificationMethod) : '';
};

export function findKey(trust: Trust, id: string): { issuer: Issuer; key: TrustKey } | null {
  for (const issuer of trust.issuers) {
    const key = issuer.keys.find((one) => one.id === id);
    if (key) return { issuer, key };
  }
  return null;
}

/** May this key sign something made at this time? */
export function keySigns(key: TrustKey, at: number): boolean {
  if (at < key.from - SLACK_MS || (key.until !== null && at > key.until + SLACK_MS)) return false;
  return key.revoked === null || (key.goodBefore && at < key.revoked);
}

export const overlap = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);

function readKey(value: unknown): TrustKey {
  const o = object(value);
  const publicHex = text(o.public_hex);
  if (o.algorithm !== 'SM2-with-SM3' || !/^04[0-9a-f]{128}$/.test(publicHex) || keyId(publicHex) !== o.id) refuse('trust');
  const when = (one: unknown, required: boolean): number | null => (Number.isSafeInteger(one) && (one as number) > 0 ? (one as number) : one === null && !required ? null : refuse('trust'));
  return { id: text(o.id), publicHex, from: when(o.from_ms, true) ?? 0, until: when(o.until_ms, false), revoked: when(o.revoked_ms, false), goodBefore: o.good_before === true, reason: text(o.reason) };
}

function readIssuer(value: unknown): Issuer {
  const o = object(value);
  const keys = list(o.keys).map(readKey);
  const issuer = { name: text(o.name), region: text(o.region), statusUrl: text(o.status_url), keys };
  if (!issuer.name || !/^\d{2,6}$/.test(issuer.region) || keys.length === 0 || keys.length > 64) refuse('trust');
  return issuer;
}

/** Checks shape, key ids, regions and the list's own signature. */
export function readTrust(doc: unknown): TrustList {
  const o = object(doc);
  const issuers = list(o.issuers).map(readIssuer);
  const issuedMs = o.issued_ms;
  if (o.type !== 'YizhengTrustList' || o.version !== 1 || issuers.length === 0 || issuers.length > 64 || !Number.isSafeInteger(issuedMs)) refuse('kind');
  issuers.forEach((one, i) => {
    if (issuers.slice(0, i).some((other) => overlap(one.region, other.region))) refuse('overlap');
  });
  const ids = issuers.flatMap((one) => one.keys.map((key) => key.id));
  if (new Set(ids).size !== ids.length) refuse('trust');
  const signer = findKey({ issuers }, proofKey(o));
  if (!signer || signer.issuer.region !== object(o.issuer).region || !keySigns(signer.key, issuedMs as number)) return refuse('signer');
  if (!proofFits(o, 'trust', signer.key)) refuse('signature');
  return { issuers, self: signer.issuer, issuedMs: issuedMs as number };
}

function bitsOf(encoded: string): Uint8Array {
  if (!/^u[A-Za-z0-9_-]+$/.test(encoded) || encoded.length > 2 << 20) refuse('form');
  try {
    const packed = atob(encoded.slice(1).replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
    const bits = gunzipSync(bytes, { out: new Uint8Array(LIST_MAX + 1) });
    if (bits.length >= LIST_MIN && bits.length <= LIST_MAX) return bits;
  } catch {
    // said below
  }
  return refuse('form');
}

/** Checks shape and signature against the keys of one trusted issuer. */
export function readStatus(doc: unknown, trust: Trust): StatusList {
  const o = object(doc);
  const subject = object(o.credentialSubject);
  const { validFrom_ms: from, validUntil_ms: until } = o;
  if (!list(o.type).includes('BitstringStatusListCredential') || subject.type !== 'BitstringStatusList' || subject.statusPurpose !== 'revocation') refuse('kind');
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (!whole(subject.list) || subject.list >= 65536 || !whole(from) || !whole(until) || from === 0 || until < from || until - from > DAYS_31) return refuse('form');
  const signer = findKey(trust, proofKey(o));
  if (!signer) return refuse('signer');
  if (object(o.issuer).region !== signer.issuer.region) refuse('signer');
  if (!keySigns(signer.key, from) || !proofFits(o, 'status', signer.key)) refuse('signature');
  return { region: signer.issuer.region, list: subject.list, from, until, bits: bitsOf(text(subject.encodedList)) };
}
