// Is this licence genuine, and in force as far as can be known here? The mirror of
// src/domain/licence/verdict.c; tests/data/verify-cases.json holds the two together.
import { findKey, keySigns, type Issuer, type StatusList, type Trust } from './documents';
import { dayOf, decode, Malformed, shortInPath, split, toSign, type Fault, type Payload } from './payload';
import { signedBy } from './sm2';

export type Verdict = 'valid' | 'unconfirmed' | 'partly_revoked' | 'revoked' | 'superseded' | 'expired' | 'future' | 'replayed' | 'other_region' | 'key_revoked' | 'unknown_key' | 'forged' | 'malformed';
export type PermitState = 'valid' | 'unconfirmed' | 'expired' | 'revoked';
export type ListState = 'none' | 'old' | 'fresh';
export interface Verified {
  verdict: Verdict;
  fault: Fault | null; // of a malformed text, more exactly
  payload: Payload | null; // of a genuine licence only
  issuer: Issuer | null;
  permits: PermitState[];
  list: ListState;
  asOf: number; // ms of the oldest list used; 0 without
}

const SLACK_MS = 10 * 60_000;
const LIST_SIZE = 1 << 20;
const RANK: ListState[] = ['none', 'old', 'fresh'];

const bit = (bits: Uint8Array, index: number): boolean => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;

interface Standing {
  lists: StatusList[];
  region: string;
  now: number;
  list: ListState;
  asOf: number;
}

/** Is the bit of this number set? Notes what the answer rests on. */
function ended(s: Standing, index: number): { gone: boolean; state: ListState } {
  let best: StatusList | null = null;
  for (const one of s.lists) {
    const fits = index >= 0 && one.region === s.region && one.list === Math.floor(index / LIST_SIZE) && (index % LIST_SIZE) / 8 < one.bits.length;
    if (fits && (!best || one.from > best.from)) best = one;
  }
  const state: ListState = !best ? 'none' : s.now > best.until ? 'old' : 'fresh';
  if (best && (s.asOf === 0 || best.from < s.asOf)) s.asOf = best.from;
  if (RANK.indexOf(state) < RANK.indexOf(s.list)) s.list = state;
  return { gone: !!best && bit(best.bits, index % LIST_SIZE), state };
}

function standing(p: Payload, issuer: Issuer, lists: StatusList[], now: number): Verified {
  const s: Standing = { lists, region: issuer.region, now, list: 'fresh', asOf: 0 };
  const superseded = ended(s, p.statusIndex).gone;
  const permits = p.permits.map((one): PermitState => {
    const { gone, state } = ended(s, one.statusIndex);
    if (gone) return 'revoked';
    if (one.validUntil !== null && dayOf(now) > one.validUntil) return 'expired';
    return state === 'fresh' ? 'valid' : 'unconfirmed';
  });
  const usable = permits.some((one) => one === 'valid' || one === 'unconfirmed');
  let verdict: Verdict = s.list === 'fresh' ? 'valid' : 'unconfirmed';
  if (superseded) verdict = 'superseded';
  else if (permits.includes('revoked')) verdict = usable ? 'partly_revoked' : 'revoked';
  else if (permits.length && !usable) verdict = 'expired';
  return { verdict, fault: null, payload: p, issuer, permits, list: s.list, asOf: s.asOf };
}

export function verifyOffline(text: string, trust: Trust, lists: StatusList[], now: number): Verified {
  const no = (verdict: Verdict, fault: Fault | null = null): Verified => ({ verdict, fault, payload: null, issuer: null, permits: [], list: 'none', asOf: 0 });
  try {
    const carried = split(text);
    const payload = decode(carried);
    const signer = findKey(trust, payload.keyId);
    if (!signer) return no('unknown_key');
    if (!signedBy(signer.key.publicHex, toSign(carried), carried.signature)) return no('forged');
    if (!keySigns(signer.key, payload.issuedMs)) return no('key_revoked');
    if (!payload.region.startsWith(signer.issuer.region)) return no('other_region');
    const inPath = shortInPath(text);
    if (inPath && inPath.toUpperCase() !== payload.shortId.toUpperCase()) return no('replayed');
    if (payload.issuedMs > now + SLACK_MS) return { ...no('future'), payload, issuer: signer.issuer, permits: payload.permits.map(() => 'unconfirmed') };
    return standing(payload, signer.issuer, lists, now);
  } catch (reason) {
    if (reason instanceof Malformed) return no('malformed', reason.fault);
    throw reason;
  }
}
