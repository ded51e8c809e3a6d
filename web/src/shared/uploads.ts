// Files on their way to the server, per case. A file is kept in this browser until the server has it
// whole, sent in pieces that are smaller on a bad network, and goes on from where it stopped: after a
// break, after a reload, after signing in again. Files of one account are never another's.
import { reactive } from 'vue';
import { ApiProblem, api, csrfHeader, get, networkProblem, newKey, once, problemFrom, type Schemas } from '../api/client';
import { answerOf, openStores } from './idb';
import { asProblem } from './problems';
import { session } from './session';

const PIECE_MIN = 64 * 1024;
const PIECE_MAX = 4 * 1024 * 1024;
const AT_ONCE = 2;
const PAUSES = [1, 2, 4, 8, 15, 30];

/** waiting: its turn has not come; sending; paused: the network failed, tried again by itself; failed: somebody must look. */
export interface Upload {
  key: string;
  caseId: string;
  material: string;
  name: string;
  size: number;
  replaces: string;
  sent: number;
  state: 'waiting' | 'sending' | 'paused' | 'failed';
  problem: string;
  duplicate: boolean;
}
interface Kept {
  key: string;
  caseId: string;
  material: string;
  name: string;
  type: string;
  size: number;
  replaces: string;
  /** The server's id, once it was begun. */
  id: string;
  blob: Blob;
}

/** What is on its way, newest last; pages filter by case and material. */
export const uploads = reactive<Upload[]>([]);
const kept = new Map<string, Kept>();
const stops = new Map<string, AbortController>();
const listeners = new Set<(done: Upload) => void>();
let piece = 256 * 1024;

/** Called when a file has arrived. Gives the way to stop listening. */
export function onArrived(listener: (done: Upload) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// ---- kept in the browser ----

let stores: Promise<IDBDatabase | null> | null = null;
let storesOf = '';
function storage(): Promise<IDBDatabase | null> {
  const account = session.user?.id ?? '';
  if (!stores || storesOf !== account) {
    storesOf = account;
    // Private windows may have no storage: uploads then live as long as the page.
    stores = account ? openStores(`yz-uploads-${account}`, { files: 'key' }).catch(() => null) : Promise.resolve(null);
  }
  return stores;
}
async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  const db = await storage();
  if (!db) return undefined;
  return answerOf(work(db.transaction('files', mode).objectStore('files'))).catch(() => undefined);
}

// ---- sending ----

const find = (key: string) => uploads.find((one) => one.key === key);
function leave(key: string): void {
  const at = uploads.findIndex((one) => one.key === key);
  if (at >= 0) uploads.splice(at, 1);
  kept.delete(key);
  stops.delete(key);
  void inStore('readwrite', (store) => store.delete(key));
}

async function begin(file: Kept): Promise<Schemas['Upload']> {
  const body = { material: file.material, name: file.name, size: file.size, ...(file.replaces ? { replaces: file.replaces } : {}) };
  const begun = await get(api.POST('/api/v1/cases/{id}/uploads', { params: { path: { id: file.caseId }, header: { ...csrfHeader(), ...once(file.key) } }, body }));
  file.id = begun.id;
  await inStore('readwrite', (store) => store.put(file));
  return begun;
}

async function sendPiece(file: Kept, offset: number, signal: AbortSignal): Promise<Schemas['Upload']> {
  const started = performance.now();
  let response;
  try {
    response = await fetch(`/api/v1/uploads/${encodeURIComponent(file.id)}`, {
      method: 'PATCH',
      headers: { ...csrfHeader(), 'Content-Type': 'application/octet-stream', 'Upload-Offset': String(offset) },
      body: file.blob.slice(offset, offset + piece),
      signal,
    });
  } catch {
    piece = Math.max(PIECE_MIN, piece / 2);
    throw networkProblem();
  }
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
  if (performance.now() - started < 800) piece = Math.min(PIECE_MAX, piece * 2);
  return (await response.json()) as Schemas['Upload'];
}

/** The server forgot it, or never heard of it: from the beginning, under a new key. */
function startAnew(upload: Upload, file: Kept): void {
  const key = newKey();
  kept.delete(upload.key);
  void inStore('readwrite', (store) => store.delete(file.key));
  Object.assign(file, { key, id: '' });
  upload.key = key;
  kept.set(key, file);
}

async function sendAll(upload: Upload, file: Kept, signal: AbortSignal): Promise<Schemas['Upload']> {
  let now = file.id ? await get(api.GET('/api/v1/uploads/{id}', { params: { path: { id: file.id } } })) : await begin(file);
  while (!now.attachment) {
    upload.sent = now.offset;
    try {
      now = await sendPiece(file, now.offset, signal);
    } catch (reason) {
      if (asProblem(reason).code !== 'changed_meanwhile') throw reason;
      now = await get(api.GET('/api/v1/uploads/{id}', { params: { path: { id: file.id } } }));
    }
  }
  return now;
}

/** A network that comes and goes, a server that restarts: worth another try by itself. */
const passes = (problem: ApiProblem) => problem.code === 'network' || problem.status >= 500 || problem.status === 408 || problem.status === 429;

async function run(upload: Upload): Promise<void> {
  const file = kept.get(upload.key);
  if (!file) return;
  for (let round = 0; ; round++) {
    const stop = new AbortController();
    stops.set(upload.key, stop);
    upload.state = 'sending';
    upload.problem = '';
    const before = upload.sent;
    try {
      const done = await sendAll(upload, file, stop.signal);
      upload.duplicate = done.duplicate;
      leave(upload.key);
      for (const listener of listeners) listener(upload);
      return;
    } catch (reason) {
      if (!find(upload.key)) return;
      const problem = asProblem(reason);
      if (problem.status === 404 && file.id) {
        startAnew(upload, file);
        continue;
      }
      if (!passes(problem)) {
        upload.state = 'failed';
        upload.problem = problem.errors[0]?.message || problem.detail || problem.message;
        return;
      }
      upload.state = 'paused';
      if (upload.sent > before) round = 0;
      await pause(PAUSES[Math.min(round, PAUSES.length - 1)] ?? 30);
      if (!find(upload.key)) return;
    }
  }
}

/** So many seconds, or until the network is back. */
function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    addEventListener('online', done);
  });
}

let running = 0;
function next(): void {
  while (running < AT_ONCE) {
    const waiting = uploads.find((one) => one.state === 'waiting');
    if (!waiting) return;
    running++;
    waiting.state = 'sending';
    void run(waiting).finally(() => {
      running--;
      next();
    });
  }
}

function take(file: Kept): Upload {
  kept.set(file.key, file);
  uploads.push({ key: file.key, caseId: file.caseId, material: file.material, name: file.name, size: file.size, replaces: file.replaces, sent: 0, state: 'waiting', problem: '', duplicate: false });
  return uploads[uploads.length - 1] as Upload;
}

// ---- what pages do ----

/** replaces: the id of a file of this material that the new one takes the place of. */
export async function addUpload(caseId: string, material: string, file: File, replaces = ''): Promise<void> {
  const one: Kept = { key: newKey(), caseId, material, name: file.name, type: file.type, size: file.size, replaces, id: '', blob: file };
  take(one);
  await inStore('readwrite', (store) => store.put(one));
  next();
}
export function retryUpload(upload: Upload): void {
  upload.state = 'waiting';
  next();
}
export function dropUpload(upload: Upload): void {
  const file = kept.get(upload.key);
  stops.get(upload.key)?.abort();
  if (file?.id) void api.DELETE('/api/v1/uploads/{id}', { params: { path: { id: file.id }, header: csrfHeader() } }).catch(() => undefined);
  leave(upload.key);
}
/** What an earlier page of this account left on its way to this case goes on. */
export async function resumeUploads(caseId: string): Promise<void> {
  const files = (await inStore<Kept[]>('readonly', (store) => store.getAll() as IDBRequest<Kept[]>)) ?? [];
  for (const file of files) if (file.caseId === caseId && !kept.has(file.key)) take(file);
  next();
}
