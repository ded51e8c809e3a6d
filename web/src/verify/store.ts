// What the device carries: the city's trust list, issuers imported on this device, and status lists, as
// the signed documents they came as. They are checked again whenever they are read: whoever can write
// here still cannot make a licence valid.
import { answerOf, openStores } from '../shared/idb';
import { findKey, overlap, readStatus, readTrust, Refused, type Issuer, type StatusList, type TrustList } from './documents';

interface Kept {
  id: string; // 'trust', 'trust:REGION', 'status:REGION:N'
  doc: unknown;
  at: number; // when it was taken over, ms
}
export interface Carried {
  trust: TrustList | null;
  imported: Issuer[];
  issuers: Issuer[]; // of both
  lists: StatusList[];
}

const LISTS_MAX = 64;
const PATIENCE_MS = 8000;
const open = () => openStores('yz-verify', { kept: 'id' });

async function all(): Promise<Kept[]> {
  const db = await open();
  try {
    return await answerOf(db.transaction('kept').objectStore('kept').getAll() as IDBRequest<Kept[]>);
  } finally {
    db.close();
  }
}
async function change(work: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const db = await open();
  try {
    await answerOf(work(db.transaction('kept', 'readwrite').objectStore('kept')));
  } finally {
    db.close();
  }
}
const keep = (id: string, doc: unknown) => change((store) => store.put({ id, doc, at: Date.now() } satisfies Kept));
export const forget = (region: string) => change((store) => store.delete(`trust:${region}`));

const good = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch {
    return null;
  }
};

/** Everything that is at hand and still passes its own checks. */
export async function carried(): Promise<Carried> {
  const rows = await all().catch(() => []);
  const own = rows.find((row) => row.id === 'trust');
  const trust = own ? good(() => readTrust(own.doc)) : null;
  const issuers = [...(trust?.issuers ?? [])];
  const imported: Issuer[] = [];
  for (const row of rows.filter((one) => one.id.startsWith('trust:'))) {
    const issuer = good(() => readTrust(row.doc).self);
    if (!issuer || issuers.some((one) => overlap(one.region, issuer.region))) continue;
    issuers.push(issuer);
    imported.push(issuer);
  }
  const lists = rows.filter((row) => row.id.startsWith('status:')).map((row) => good(() => readStatus(row.doc, { issuers })));
  return { trust, imported, issuers, lists: lists.filter((one): one is StatusList => one !== null) };
}

async function fetched(url: string): Promise<unknown> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    // What a cache kept may be five minutes old: here the newest is asked for.
    const answer = await fetch(url, { signal: stop.signal, credentials: 'omit', cache: 'no-cache' });
    const body = await answer.text(); // read in any case, so that the connection is done with
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return JSON.parse(body) as unknown;
  } finally {
    clearTimeout(timer);
  }
}

async function keepStatus(doc: unknown, now: Carried): Promise<StatusList> {
  const list = readStatus(doc, now);
  const have = now.lists.find((one) => one.region === list.region && one.list === list.list);
  if (!have || have.from <= list.from) await keep(`status:${list.region}:${list.list}`, doc);
  return list;
}

/** All lists of one issuer, from the first to the one that is not there. */
async function refreshLists(url: string, now: Carried): Promise<void> {
  for (let n = 0; n < LISTS_MAX; n++) {
    const doc = await fetched(`${url}/${n}`);
    if (doc === null) return;
    await keepStatus(doc, now);
  }
}

/** The newest of what this server gives; of other cities what can be reached. Fails when the server cannot be reached. */
export async function refresh(): Promise<void> {
  const before = await carried();
  const doc = await fetched('/api/v1/trust');
  const list = readTrust(doc);
  if (before.trust && before.trust.self.region !== list.self.region) throw new Error('another city');
  await keep('trust', doc);
  const now = await carried();
  await refreshLists('/api/v1/status', now);
  const others = now.issuers.filter((one) => one.region !== list.self.region && one.statusUrl.startsWith('https:'));
  await Promise.allSettled(others.map((one) => refreshLists(one.statusUrl, now)));
}

export interface Import {
  kind: 'trust' | 'own' | 'status';
  issuer: Issuer;
  list?: StatusList;
  doc: unknown;
}

/** What is in this file, checked but not yet taken over. A list of another city needs somebody's word. */
export function examine(text: string, now: Carried): Import {
  const doc = JSON.parse(text) as { type?: unknown };
  if (doc.type !== 'YizhengTrustList') {
    const list = readStatus(doc, now);
    const issuer = now.issuers.find((one) => one.region === list.region);
    if (!issuer) throw new Refused('signer');
    return { kind: 'status', issuer, list, doc };
  }
  const list = readTrust(doc);
  const own = now.trust?.self;
  if (!own || !overlap(own.region, list.self.region)) return { kind: 'trust', issuer: list.self, doc };
  // A newer list of our own city by file: only under a key that is known already.
  const signer = (doc as { proof?: { verificationMethod?: unknown } }).proof?.verificationMethod;
  const known = typeof signer === 'string' && findKey({ issuers: [own] }, signer);
  if (own.region !== list.self.region || !known || list.issuedMs < (now.trust?.issuedMs ?? 0)) throw new Refused('own');
  return { kind: 'own', issuer: list.self, doc };
}

export async function take(found: Import, now: Carried): Promise<void> {
  if (found.kind === 'status') await keepStatus(found.doc, now);
  else await keep(found.kind === 'own' ? 'trust' : `trust:${found.issuer.region}`, found.doc);
}
