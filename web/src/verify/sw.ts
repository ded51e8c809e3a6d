// The service worker of the verifier: keeps the page itself, so that it opens without a network. The
// addresses of QR codes (/V/…, /v/…) still go to the server's page first; only when that cannot be
// reached the verifier answers for them. Lists are kept by the page (store.ts), not here.
declare const SHELL: string[];
declare const VERSION: string;

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  addEventListener(name: 'fetch', handler: (event: Fetching) => void): void;
  addEventListener(name: 'install' | 'activate', handler: (event: Extendable) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}
const scope = self as unknown as Scope;
const PREFIX = 'yz-verify-';
const CACHE = PREFIX + VERSION;
const PAGE = '/verify';
const PATIENCE_MS = 4000;

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  const missing = await Promise.all(SHELL.map(async (path) => ((await cache.match(path)) ? [] : [path])));
  await cache.addAll(missing.flat().map((path) => new Request(path, { cache: 'reload' })));
  await scope.skipWaiting();
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

const kept = async (path: string): Promise<Response | undefined> => (await caches.open(CACHE)).match(path);

/** The server's page; without an answer in a few seconds, the one that is kept. */
async function serverFirst(request: Request): Promise<Response> {
  const late = new Promise<null>((done) => setTimeout(done, PATIENCE_MS, null));
  const answer = await Promise.race([fetch(request).catch(() => null), late]);
  return answer ?? (await kept(PAGE)) ?? Response.error();
}
async function keptFirst(request: Request, path: string): Promise<Response> {
  return (await kept(path)) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(keepShell()));
scope.addEventListener('activate', (event) => event.waitUntil(takeOver()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  if (request.mode === 'navigate' && /^\/v\//i.test(url.pathname)) event.respondWith(serverFirst(request));
  else if (request.mode === 'navigate' && url.pathname === PAGE) event.respondWith(keptFirst(request, PAGE));
  else if (SHELL.includes(url.pathname)) event.respondWith(keptFirst(request, url.pathname));
});
