// Builds the entries of the queue: what signing, collecting and confirming mean in calls.
import { inspectBody, mergeChecks, type Draft, type Part, type Visit } from './checks';
import type { Photo } from './device';
import type { Entry, Kind } from './queue';

/** 32 hex digits: an Idempotency-Key, or an id on the device. */
export const newKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

let last = 0;
/** Rises strictly, also within a millisecond. */
function nextOrder(now: number): number {
  last = Math.max(now, last + 1);
  return last;
}

function entry(kind: Kind, visit: Visit, part: Part, now: number, more: Partial<Entry>): Entry {
  return {
    id: newKey(),
    kind,
    state: 'waiting',
    order: nextOrder(now),
    visit: visit.id,
    item: part.item_id,
    label: `${visit.holder_name} · ${part.permit}`,
    key: newKey(),
    version: part.version,
    tries: 0,
    next_at: 0,
    ...more,
  };
}

/** Signing: each photo once for every permit that asks its check, then one record for each permit. */
export function signing(visit: Visit, parts: Part[], draft: Draft, photos: Photo[], takenAt: number, now: number): Entry[] {
  const entries: Entry[] = [];
  const byItem = new Map(parts.map((part) => [part.item_id, part]));
  for (const check of mergeChecks(parts)) {
    for (const photo of photos.filter((one) => one.visit === visit.id && one.kind === 'check' && one.state === 'draft' && one.of === check.id)) {
      for (const target of check.targets) {
        const part = byItem.get(target.item_id);
        if (part) entries.push(entry('photo', visit, part, now, { photo: photo.id, check: target.code, taken_at: photo.taken_at }));
      }
    }
  }
  for (const part of parts) {
    // Where nothing is recorded there is nothing to overwrite: a moved date alone is no conflict.
    const version = part.recorded_at ? (draft.parts[part.item_id]?.base ?? part.version) : part.version;
    entries.push(entry('inspect', visit, part, now, { version, body: inspectBody(part, draft, takenAt) }));
  }
  return entries;
}

/** A promised material: its picture, then the confirmation that it was collected. */
export function collecting(visit: Visit, part: Part, material: string, name: string, photo: Photo, now: number): Entry[] {
  const label = `${visit.holder_name} · ${name}`;
  return [
    entry('collect', visit, part, now, { label, material, photo: photo.id, taken_at: photo.taken_at }),
    entry('confirm', visit, part, now, { label, material }),
  ];
}

export const countersigning = (visit: Visit, part: Part, now: number): Entry[] => [entry('countersign', visit, part, now, {})];
