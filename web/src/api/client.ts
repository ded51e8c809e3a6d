// The typed client: paths and shapes come from the OpenAPI description. It adds what is common
// to all calls: problems as exceptions, the CSRF token, another try when the network failed and
// the call may safely be repeated.
import createClient from 'openapi-fetch';
import { failures } from '../shared/strings';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Session = Schemas['Session'];

/** A problem of RFC 9457, or the network's failure (status 0). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly rule: string;
  readonly errors: { pointer: string; code: string; message: string }[];
  readonly changes: Schemas['TimelineEntry'][];

  constructor(body: Partial<Schemas['Problem']> & { title: string; status: number }) {
    super(body.title);
    this.status = body.status;
    this.code = body.code ?? 'unknown';
    this.detail = body.detail ?? '';
    this.rule = body.rule ?? '';
    this.errors = body.errors ?? [];
    this.changes = body.changes ?? [];
  }
}

export const networkProblem = () => new ApiProblem({ title: failures.offline, status: 0, code: 'network' });

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats a call that may be repeated: reading, or guarded by an Idempotency-Key. */
async function patientFetch(request: Request): Promise<Response> {
  const repeatable = request.method === 'GET' || request.headers.has('Idempotency-Key');
  const pauses = repeatable ? [400, 1200, 3000] : [];
  for (let round = 0; ; round++) {
    const pause = pauses[round];
    try {
      const response = await fetch(request.clone());
      if (pause === undefined || ![502, 503, 504].includes(response.status)) return response;
    } catch {
      if (pause === undefined) throw networkProblem();
    }
    await wait(pause ?? 0);
  }
}

export const api = createClient<paths>({ baseUrl: '/', fetch: patientFetch });

let csrfToken = '';
export function setCsrf(token: string): void {
  csrfToken = token;
}
export const csrfHeader = () => ({ 'X-CSRF-Token': csrfToken });
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` });
export const once = (key: string) => ({ 'Idempotency-Key': key });

let signedOutHandler: () => void = () => undefined;
/** What to do when a call finds that nobody is signed in any more. */
export function onSignedOut(handler: () => void): void {
  signedOutHandler = handler;
}

export function problemFrom(status: number, body: unknown): ApiProblem {
  const known = body && typeof body === 'object' ? (body as Partial<Schemas['Problem']>) : {};
  return new ApiProblem({ ...known, title: known.title ?? failures.server, status });
}

/** The data of a call, or an ApiProblem thrown. */
export async function get<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer;
  try {
    answer = await call;
  } catch (reason) {
    throw reason instanceof ApiProblem ? reason : networkProblem();
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401) signedOutHandler();
  throw problemFrom(answer.response.status, answer.error);
}

/** 32 hexadecimal digits; also where a page is not served over TLS. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** A key for one intended act, kept in this browser until the act has been answered. */
export function keyFor(act: string): string {
  const name = `yz-key:${act}`;
  let key = sessionStorage.getItem(name);
  if (!key) {
    key = newKey();
    sessionStorage.setItem(name, key);
  }
  return key;
}
export function forgetKey(act: string): void {
  sessionStorage.removeItem(`yz-key:${act}`);
}

/** Runs an act under its key; the key is kept when the network failed, so that a repeat is safe. */
export async function actOnce<T>(act: string, run: (key: string) => Promise<T>): Promise<T> {
  try {
    const result = await run(keyFor(act));
    forgetKey(act);
    return result;
  } catch (reason) {
    if (!(reason instanceof ApiProblem) || (reason.status > 0 && reason.status < 500)) forgetKey(act);
    throw reason;
  }
}

/** Sends one file raw, with progress from 0 to 1. */
function sendFile(path: string, material: string, file: File, progress: (part: number) => void, signal?: AbortSignal): Promise<Schemas['Attachment']> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ material, name: file.name });
    request.open('POST', `${path}?${query.toString()}`);
    request.setRequestHeader('X-CSRF-Token', csrfToken);
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status === 201 || request.status === 200) return resolve(request.response as Schemas['Attachment']);
      if (request.status === 401) signedOutHandler();
      reject(problemFrom(request.status, request.response));
    };
    request.onerror = () => reject(networkProblem());
    request.onabort = () => reject(new ApiProblem({ title: failures.stopped, status: 0, code: 'aborted' }));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** Gives up after so long; older browsers wait for the network to end by itself. */
export const within = (ms: number): AbortSignal | null => ('timeout' in AbortSignal ? AbortSignal.timeout(ms) : null);

/** Sends one file raw, without progress, where the server keeps the same content once: the queue of the inspection, also in its worker. */
export async function sendRaw(path: string, query: Record<string, string>, file: Blob, key: string): Promise<void> {
  const headers = { ...csrfHeader(), ...once(key), 'Content-Type': 'application/octet-stream' };
  const url = new URL(`${path}?${new URLSearchParams(query).toString()}`, location.origin);
  let response;
  try {
    response = await patientFetch(new Request(url, { method: 'POST', headers, body: file, signal: within(180_000) }));
  } catch {
    throw networkProblem();
  }
  if (!response.ok) throw problemFrom(response.status, await response.json().catch(() => null));
}
/** A promised material, collected on site by the department of the item. */
export const uploadCollected = (itemId: string, material: string, file: File, progress: (part: number) => void) =>
  sendFile(`/api/v1/items/${encodeURIComponent(itemId)}/attachments`, material, file, progress);

export const attachmentUrl = (caseId: string, id: string) => `/api/v1/cases/${encodeURIComponent(caseId)}/attachments/${encodeURIComponent(id)}`;
export const paperUrl = (caseId: string, paper: string) => `/api/v1/cases/${encodeURIComponent(caseId)}/papers/${encodeURIComponent(paper)}`;
export const licencePaperUrl = (number: string, paper: string) => `/api/v1/licences/${encodeURIComponent(number)}/papers/${encodeURIComponent(paper)}`;
export const licenceQrUrl = (number: string) => `/api/v1/licences/${encodeURIComponent(number)}/qr.svg`;
