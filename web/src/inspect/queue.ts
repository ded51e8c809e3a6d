// What waits on the device to be sent, as values: which entry is next, what an answer does to it,
// what the whole amounts to. The states of an entry:
//
//   waiting --claim--> sending --ok------> (gone: the server has answered)
//      ^                  |-----retry----> waiting, later, longer each time
//      |                  |-----signin---> waiting, once somebody has signed in
//      |                  '-----refused--> stopped, until its owner decides
//      '------resubmit (new key, new version)------'
//
// A crash leaves "sending"; the same key makes sending again harmless, so it counts as waiting.
import type { InspectBody, Part } from './checks';

export type Kind = 'photo' | 'collect' | 'inspect' | 'confirm' | 'countersign';
export interface Refusal {
  status: number;
  code: string;
  title: string;
  detail: string;
  messages: string[];
}
export interface Entry {
  id: string;
  kind: Kind;
  state: 'waiting' | 'sending' | 'stopped';
  /** Rises with every entry of the device. */
  order: number;
  visit: string;
  item: string;
  /** What people read: the shop and the thing. */
  label: string;
  /** Idempotency-Key. */
  key: string;
  /** Version of the part that the officer saw (inspect, countersign). */
  version: number;
  body?: InspectBody;
  /** Photo on the device (photo, collect), its check or material, and when it was taken. */
  photo?: string;
  check?: string;
  material?: string;
  taken_at?: number;
  tries: number;
  next_at: number;
  refusal?: Refusal;
  /** The part as the server has it, fetched when it refused. */
  server?: Part | null;
}

export type Answered = { is: 'ok' } | { is: 'retry' } | { is: 'signin' } | { is: 'refused'; refusal: Refusal; server: Part | null };

const RANK: Record<Kind, number> = { photo: 0, collect: 1, inspect: 2, confirm: 3, countersign: 4 };
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 5 * 60_000;

/** 1 s, 2 s, 4 s … five minutes. */
export const pauseAfter = (tries: number): number => Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.max(0, tries - 1));

export const inOrder = (entries: Entry[]): Entry[] => [...entries].sort((a, b) => RANK[a.kind] - RANK[b.kind] || a.order - b.order);

/** A record follows its photos (unless one was refused); a confirmation follows the paper it is about, always. */
function blocked(entry: Entry, entries: Entry[]): boolean {
  return entries.some(
    (other) =>
      (entry.kind === 'inspect' && other.kind === 'photo' && other.item === entry.item && other.state !== 'stopped') ||
      (entry.kind === 'confirm' && other.kind === 'collect' && other.item === entry.item && other.material === entry.material),
  );
}

/** The entry to send now, or null. */
export function nextEntry(entries: Entry[], now: number): Entry | null {
  return inOrder(entries).find((entry) => entry.state === 'waiting' && entry.next_at <= now && !blocked(entry, entries)) ?? null;
}

/** When it makes sense to look again: ms since 1970, or null when nothing waits. */
export function nextTime(entries: Entry[]): number | null {
  const times = entries.filter((entry) => entry.state !== 'stopped' && !blocked(entry, entries)).map((entry) => entry.next_at);
  return times.length ? Math.min(...times) : null;
}

/** The entry after an answer; null: it is done and may leave the device. */
export function settled(entry: Entry, answer: Answered, now: number): Entry | null {
  switch (answer.is) {
    case 'ok':
      return null;
    case 'retry':
      return { ...entry, state: 'waiting', tries: entry.tries + 1, next_at: now + pauseAfter(entry.tries + 1) };
    case 'signin':
      return { ...entry, state: 'waiting' };
    case 'refused':
      return { ...entry, state: 'stopped', refusal: answer.refusal, server: answer.server };
  }
}

/** After a crash or a closed page nobody is sending. */
export const recovered = (entry: Entry): Entry => (entry.state === 'sending' ? { ...entry, state: 'waiting' } : entry);

/** Somebody asked, or the network came back: no more waiting for the pause to end. */
export const hurried = (entry: Entry): Entry => (entry.state === 'waiting' ? { ...entry, next_at: 0 } : entry);

/** A refused entry again, as a new act on what the server has now. */
export function resubmitted(entry: Entry, key: string): Entry {
  const { refusal: _refusal, server, ...rest } = entry;
  return { ...rest, state: 'waiting', key, version: server?.version ?? entry.version, tries: 0, next_at: 0 };
}

/** A signature that has never left the device may be taken back. */
export const mayTakeBack = (entry: Entry): boolean => entry.state === 'waiting' && entry.tries === 0;

export interface Summary {
  waiting: number;
  stopped: number;
  sending: boolean;
}
export function summary(entries: Entry[]): Summary {
  const stopped = entries.filter((entry) => entry.state === 'stopped').length;
  return { waiting: entries.length - stopped, stopped, sending: entries.some((entry) => entry.state === 'sending') };
}

/** What an HTTP status means for the queue; 0 is a network that failed. */
export function meaningOf(status: number, code: string): 'retry' | 'signin' | 'refused' {
  if (status === 401 || (status === 403 && code === 'csrf_failed')) return 'signin';
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) return 'retry';
  return 'refused';
}
