// The service worker of /inspect: keeps the page itself (never data of the API) so that it opens
// without a network, and sends what waits when the browser wakes it (Background Sync). The list of
// files is put in by the build (vite.config.ts), so every build is a new worker with its own cache.
import { Device } from './device';
import { nextTime } from './queue';
import { sendAll, whoIsThere } from './sync';

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
  addEventListener(name: 'install' | 'activate' | 'sync', handler: (event: Extendable) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}
const scope = self as unknown as Scope;
const PREFIX = 'yz-inspect-';
const CACHE = PREFIX + VERSION;

/** Each file is asked for anew: the browser's own cache might hold another build's. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((path) => new Request(path, { cache: 'reload' })));
  await scope.skipWaiting();
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  await scope.clients.claim();
}

async function fromShell(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(path)) ?? fetch(request);
}

/** Only the queue of whoever is signed in; an error makes the browser try again later. */
async function sendInBackground(): Promise<void> {
  const session = await whoIsThere();
  if (!session.user) return;
  const device = await Device.open(session.user.id);
  const channel = new BroadcastChannel('yz-inspect');
  try {
    const end = await sendAll(device, () => channel.postMessage('changed'));
    if (end === 'offline' || (end === 'idle' && nextTime(await device.entries()) !== null)) throw new Error('not all sent');
  } finally {
    channel.close();
    device.close();
  }
}

scope.addEventListener('install', (event) => event.waitUntil(keepShell()));
scope.addEventListener('activate', (event) => event.waitUntil(takeOver()));
scope.addEventListener('sync', (event) => event.waitUntil(sendInBackground()));
scope.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== scope.location.origin) return;
  const path = event.request.mode === 'navigate' ? '/inspect' : url.pathname;
  if (SHELL.includes(path)) event.respondWith(fromShell(event.request, path));
});
