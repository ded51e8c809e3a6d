// Sends what waits on the device, one entry after the other, and fetches the visits. Used by the
// page and by the service worker; a lock shared by all tabs and the worker keeps two from sending
// at once. Before anything is sent or stored the session must be the account's own: its CSRF token
// then ties every call to it, should somebody else sign in meanwhile.
import { api, ApiProblem, csrfHeader, get, ifMatch, once, sendRaw, setCsrf, within, type Schemas } from '../api/client';
import { ownParts, type Part, type Visit } from './checks';
import { alreadyThere } from './conflict';
import type { Device } from './device';
import { meaningOf, nextEntry, type Answered, type Entry } from './queue';
import { text } from './strings';

export type SyncEnd = 'idle' | 'signin' | 'offline';

const statusOf = (reason: unknown): ApiProblem => (reason instanceof ApiProblem ? reason : new ApiProblem({ title: String(reason), status: 0, code: 'client' }));

/** Who is signed in, or null; throws when the network does not answer. */
export async function whoIsThere(): Promise<Schemas['Session']> {
  const session = await get(api.GET('/api/v1/session', { signal: within(20_000) }));
  setCsrf(session.csrf);
  return session;
}

const visitOf = (id: string): Promise<Visit> => get(api.GET('/api/v1/visits/{id}', { params: { path: { id } } }));

/** null: it is not mine any more. */
async function visitOrGone(id: string): Promise<Visit | null> {
  try {
    return await visitOf(id);
  } catch (reason) {
    if (statusOf(reason).status === 404) return null;
    throw reason;
  }
}

async function send(device: Device, entry: Entry): Promise<void> {
  switch (entry.kind) {
    case 'photo':
    case 'collect': {
      const stored = await device.bytes(entry.photo ?? '');
      if (!stored) throw new ApiProblem({ title: text.sheet.photoGone, status: 422, code: 'no_photo' });
      const body = new Blob([stored.bytes], { type: stored.type });
      const name = `${new Date(entry.taken_at ?? 0).toISOString().replace(/[:.]/g, '-')}.jpg`;
      if (entry.kind === 'photo')
        return sendRaw(`/api/v1/visits/${entry.visit}/photos`, { item: entry.item, check: entry.check ?? '', name, taken_at: String(entry.taken_at ?? 0) }, body, entry.key);
      return sendRaw(`/api/v1/items/${entry.item}/attachments`, { material: entry.material ?? '', name }, body, entry.key);
    }
    case 'confirm': {
      const item = await get(api.GET('/api/v1/items/{id}', { params: { path: { id: entry.item } } }));
      return act(entry, 'confirm_commitment', item.version, { material: entry.material ?? '', note: '' });
    }
    case 'inspect':
      return act(entry, 'inspect', entry.version, entry.body ?? {});
    case 'countersign':
      return act(entry, 'countersign', entry.version, {});
  }
}

async function act(entry: Entry, name: Schemas['ItemAct'], version: number, body: Schemas['ActInput']): Promise<void> {
  const params = { path: { id: entry.item, act: name }, header: { ...csrfHeader(), ...once(entry.key), ...ifMatch(version) } };
  await get(api.POST('/api/v1/items/{id}/acts/{act}', { params, body, signal: within(60_000) }));
}

async function partNow(entry: Entry): Promise<Part | null> {
  try {
    return (await visitOf(entry.visit)).parts.find((part) => part.item_id === entry.item) ?? null;
  } catch {
    return null;
  }
}

async function attempt(device: Device, entry: Entry): Promise<Answered> {
  try {
    await send(device, entry);
    return { is: 'ok' };
  } catch (reason) {
    const problem = statusOf(reason);
    const meaning = meaningOf(problem.status, problem.code);
    if (meaning !== 'refused') return { is: meaning };
    const server = await partNow(entry);
    if (entry.body && alreadyThere(entry.body, server, device.account)) return { is: 'ok' };
    const messages = problem.errors.map((one) => one.message);
    return { is: 'refused', server, refusal: { status: problem.status, code: problem.code, title: problem.message, detail: problem.detail, messages } };
  }
}

/** Alone among all tabs and the worker; browsers without locks rely on the keys alone. */
async function alone<T>(account: string, work: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return work();
  return navigator.locks.request(`yz-inspect-${account}`, work);
}

/** Sends until nothing is due. Three failures of the network in a row end the round. */
export function sendAll(device: Device, changed: (arrived?: Entry) => void): Promise<SyncEnd> {
  return alone(device.account, async () => {
    await device.recover();
    if (!nextEntry(await device.entries(), Date.now())) return 'idle';
    const session = await whoIsThere().catch(() => null);
    if (!session) return 'offline';
    if (session.user?.id !== device.account) return 'signin';
    let failed = 0;
    for (;;) {
      const entry = nextEntry(await device.entries(), Date.now());
      if (!entry) return 'idle';
      await device.claim(entry.id);
      changed();
      const answer = await attempt(device, entry);
      await device.settle(entry, answer, Date.now());
      changed(answer.is === 'ok' ? entry : undefined);
      if (answer.is === 'signin') return 'signin';
      failed = answer.is === 'retry' ? failed + 1 : 0;
      if (failed === 3) return 'offline';
    }
  });
}

async function openVisits(): Promise<Visit[]> {
  const found: Visit[] = [];
  let cursor: string | null = null;
  do {
    const query: { open: '1'; mine: '1'; limit: number; cursor?: string } = { open: '1', mine: '1', limit: 50, ...(cursor ? { cursor } : {}) };
    const page: Schemas['VisitList'] = await get(api.GET('/api/v1/visits', { params: { query } }));
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

/** Photos of the parts that this officer still has to look at, for seeing them without a network. */
async function fetchMedia(device: Device, visit: Visit): Promise<void> {
  const known = await device.mediaIds();
  for (const part of ownParts(visit, device.account)) {
    if (part.confirmed_at) continue;
    for (const photo of part.photos ?? []) {
      if (known.has(photo.id)) continue;
      const answer = await fetch(`/api/v1/visits/${visit.id}/photos/${photo.id}`);
      if (answer.ok) await device.putMedia({ id: photo.id, bytes: await answer.arrayBuffer(), type: photo.media_type });
    }
  }
}

/** Downloads all open visits of the account with everything needed on site, and what the device still uses. */
export async function fetchVisits(device: Device, today: string): Promise<SyncEnd> {
  const session = await whoIsThere();
  if (session.user?.id !== device.account) return 'signin';
  const [stored, entries, drafts] = await Promise.all([device.visits(), device.entries(), device.drafts()]);
  const inUse = new Set([...entries, ...drafts].map((one) => one.visit));
  const recent = stored.filter((one) => inUse.has(one.id) || one.visit.on >= today).map((one) => one.id);
  const ids = new Set([...(await openVisits()).map((one) => one.id), ...recent]);
  const full = (await Promise.all([...ids].map(visitOrGone))).filter((one) => one !== null);
  // Somebody else may have signed in while this was under way: then nothing of it is stored.
  if ((await whoIsThere()).user?.id !== device.account) return 'signin';
  for (const visit of full) await device.putVisit(visit, Date.now());
  await device.dropVisits(stored.map((one) => one.id).filter((id) => !inUse.has(id) && !full.some((visit) => visit.id === id)));
  for (const visit of full) await fetchMedia(device, visit);
  return 'idle';
}
