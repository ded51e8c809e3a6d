// The state of the phone page: account, its visits and queue as they are on the device, and when
// to sync. All writing goes through the device first; what is shown is read back from it.
import { computed, reactive, shallowRef } from 'vue';
import { api, ApiProblem, csrfHeader, get, type Session } from '../api/client';
import { shanghaiDate } from '../shared/format';
import { forgetAccount, isAccountEvent, keepAccount, leavingPending, readAccount, type Account } from './account';
import { draftTouched, emptyDraft, withoutPart, type Draft } from './checks';
import { Device, isFull, type Photo, type StoredVisit } from './device';
import { nextTime, pauseAfter, summary, type Entry } from './queue';
import { text } from './strings';
import { fetchVisits, sendAll, whoIsThere, type SyncEnd } from './sync';

export const app = reactive({
  ready: false,
  account: null as Account | null,
  online: navigator.onLine,
  syncing: false,
  expired: false,
  full: false,
  unsaved: false,
  /** The browser keeps nothing: no database. */
  broken: false,
  demo: [] as NonNullable<Session['demo_accounts']>,
  wrongRole: '',
  fetchedAt: 0,
});
export const visits = shallowRef<StoredVisit[]>([]);
export const entries = shallowRef<Entry[]>([]);
export const photos = shallowRef<Photo[]>([]);
export const drafts = reactive(new Map<string, Draft>());
export const total = computed(() => summary(entries.value));
export const openDrafts = computed(() => [...drafts.values()].filter((one) => draftTouched(one) && !entries.value.some((entry) => entry.kind === 'inspect' && entry.visit === one.visit)).length);

let device: Device | null = null;
export function deviceNow(): Device {
  if (!device) throw new Error('nobody is signed in');
  return device;
}
export const serverNow = (): Date => new Date(Date.now() + (app.account?.offset ?? 0));
export const today = (): string => shanghaiDate(serverNow());

const channel = 'BroadcastChannel' in window ? new BroadcastChannel('yz-inspect') : null;
const tellOthers = () => channel?.postMessage('changed');

/** Reads the device again; drafts only when another tab wrote, or typing would be disturbed. */
export async function reread(withDrafts = false): Promise<void> {
  const from = device;
  if (!from) return;
  const [v, e, p, d] = await Promise.all([from.visits(), from.entries(), from.photos(), from.drafts()]);
  if (from !== device) return;
  visits.value = v.sort((a, b) => a.visit.on.localeCompare(b.visit.on) || a.visit.time.localeCompare(b.visit.time));
  entries.value = e;
  photos.value = p.sort((a, b) => a.taken_at - b.taken_at);
  app.fetchedAt = Math.max(0, ...v.map((one) => one.at));
  if (!withDrafts) return;
  drafts.clear();
  for (const one of d) drafts.set(one.visit, one);
}

/** Somebody else's things leave the page before anything else happens. */
function clear(): void {
  device?.close();
  device = null;
  visits.value = [];
  entries.value = [];
  photos.value = [];
  drafts.clear();
  lastFetch = 0;
  Object.assign(app, { account: null, full: false, unsaved: false, expired: false, fetchedAt: 0 });
}

async function use(account: Account): Promise<void> {
  if (app.account?.id !== account.id) {
    clear();
    try {
      device = await Device.open(account.id);
    } catch {
      app.broken = true;
      return;
    }
    // What waits on the device is known before the page says how much that is.
    await reread(true);
    app.account = account;
    void navigator.storage?.persist?.();
  } else {
    app.account = account;
  }
  keepAccount(account);
}

// ---- saving: at once, in order, and loudly when it cannot be done ----

let writing: Promise<void> = Promise.resolve();
/** Runs a write after those before it; false (and a warning that stays) when the device is full. */
export function save(work: (device: Device) => Promise<void>): Promise<boolean> {
  const to = deviceNow();
  const done = writing.then(() => work(to)).then(
    () => {
      app.full = app.unsaved = false;
      tellOthers();
      return true;
    },
    (reason: unknown) => {
      app.full = isFull(reason);
      app.unsaved = true;
      return false;
    },
  );
  writing = done.then(() => undefined);
  return done;
}
export const draftOf = (visit: string): Draft => drafts.get(visit) ?? emptyDraft(visit);
export function saveDraft(draft: Draft): Promise<boolean> {
  drafts.set(draft.visit, draft);
  const plain = JSON.parse(JSON.stringify(draft)) as Draft;
  return save((to) => to.putDraft(plain));
}

/** The device has already dropped it (Device.settle), or does so now. */
export function forgetPart(visit: string, item: string): void {
  const rest = withoutPart(draftOf(visit), item);
  if (rest) drafts.set(visit, rest);
  else drafts.delete(visit);
}

// ---- session ----

interface Background {
  sync?: { register(tag: string): Promise<void> };
}
/** Asks the browser to send later, even when the page is closed; not every browser can. */
async function registerBackground(): Promise<void> {
  if (!entries.value.some((one) => one.state !== 'stopped')) return;
  const registration = (await navigator.serviceWorker?.getRegistration('/inspect')) as (ServiceWorkerRegistration & Background) | undefined;
  await registration?.sync?.register('yz-inspect').catch(() => undefined);
}

/** Takes over who the server says is there. */
async function checkSession(): Promise<void> {
  const session = await whoIsThere();
  app.demo = (session.demo_accounts ?? []).filter((one) => one.role_text === text.reviewer);
  if (session.user && leavingPending()) {
    await get(api.DELETE('/api/v1/session', { params: { header: csrfHeader() } }));
    forgetAccount(false);
    clear();
    return;
  }
  const user = session.user;
  app.expired = !user && !!app.account;
  app.wrongRole = user && user.role !== 'reviewer' ? user.role_text : '';
  if (!user) return;
  if (user.role !== 'reviewer') {
    clear();
    forgetAccount(false);
    return;
  }
  await use({ id: user.id, name: user.name, department: user.department?.name ?? '', offset: new Date(session.now).getTime() - Date.now() });
}

/** Throws a problem to show. */
export async function signIn(login: string, password: string): Promise<void> {
  await get(api.POST('/api/v1/session/officer', { body: { login, password } }));
  forgetAccount(false);
  await checkSession();
  void syncNow();
}
export async function signOut(): Promise<void> {
  const leaving = device;
  await writing;
  await leaving?.forgetCopies();
  forgetAccount(true);
  clear();
  await checkSession().catch(() => undefined);
}

// ---- syncing ----

let timer: ReturnType<typeof setTimeout> | undefined;
let again: 'no' | 'yes' | 'hurry' = 'no';
let lastFetch = 0;
/** Rounds in a row in which the server did not answer. */
let misses = 0;
/** Visits younger than this are not fetched again unless somebody asks or something was sent. */
const FRESH = 15_000;
const LOOK = 60_000;
function plan(): void {
  clearTimeout(timer);
  const at = nextTime(entries.value);
  const pause = misses ? Math.min(LOOK, pauseAfter(misses)) : 500;
  if (at !== null && device && app.online && !app.expired) timer = setTimeout(() => void syncNow(), Math.max(pause, at - Date.now()));
}

async function round(hurry: boolean): Promise<SyncEnd> {
  await checkSession();
  const from = device;
  if (!from) return 'signin';
  if (app.expired) return 'signin';
  if (hurry) await from.hurry();
  let stale = hurry || Date.now() - lastFetch > FRESH;
  const end = await sendAll(from, (arrived) => {
    if (from !== device) return;
    stale ||= !!arrived;
    if (arrived?.kind === 'inspect') forgetPart(arrived.visit, arrived.item);
    void reread();
    tellOthers();
  });
  if (end !== 'idle' || !stale) return end;
  const fetched = await fetchVisits(from, today());
  lastFetch = Date.now();
  return fetched;
}

/** Sends and fetches; a second call while one runs makes one more round. */
export async function syncNow(hurry = false): Promise<void> {
  if (app.syncing) {
    again = hurry || again === 'hurry' ? 'hurry' : 'yes';
    return;
  }
  app.syncing = true;
  try {
    app.online = navigator.onLine;
    if (app.online || leavingPending()) {
      const end = await round(hurry);
      misses = end === 'offline' ? misses + 1 : 0;
      if (end === 'signin' && app.account) app.expired = true;
      if (end === 'offline') void registerBackground();
    }
  } catch (reason) {
    misses++;
    if (reason instanceof ApiProblem && reason.status === 401) app.expired = !!app.account;
    void registerBackground();
  } finally {
    app.syncing = false;
    await reread();
    plan();
    const more = again;
    again = 'no';
    if (more !== 'no') void syncNow(more === 'hurry');
  }
}
/** After something was queued: shown at once, sent as soon as possible. */
export async function queued(): Promise<void> {
  await reread();
  void registerBackground();
  void syncNow();
}

export async function start(): Promise<void> {
  const known = readAccount();
  const asked = navigator.onLine ? checkSession().catch(() => undefined) : Promise.resolve();
  // Whoever else signed in since must be known before anything is shown; a slow network may not keep the page shut.
  await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 4000))]);
  if (!app.account && known && readAccount()?.id === known.id && !app.wrongRole) await use(known);
  app.ready = true;
  void syncNow(true);
  window.addEventListener('online', () => void syncNow(true));
  window.addEventListener('offline', () => (app.online = false));
  setInterval(() => document.visibilityState === 'visible' && app.account && void syncNow(), LOOK);
  window.addEventListener('focus', () => void syncNow());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void syncNow());
  window.addEventListener('storage', (event) => {
    if (isAccountEvent(event) && readAccount()?.id !== app.account?.id) location.reload();
  });
  channel?.addEventListener('message', () => void reread(!document.hasFocus()));
}
