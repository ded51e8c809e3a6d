// What an account keeps on this device: one IndexedDB per account, named by its id, so that no
// query can ever reach another's. Everything is written before it is shown as saved, and removed
// only when the server has answered or its owner said so.
import { answerOf, openStores } from '../shared/idb';
import { withoutPart, type Draft, type Visit } from './checks';
import { hurried, mayTakeBack, recovered, settled, type Answered, type Entry } from './queue';

export interface StoredVisit {
  id: string;
  visit: Visit;
  at: number;
}
/** A picture that was taken; its bytes lie apart so that lists stay small. */
export interface Photo {
  id: string;
  visit: string;
  /** Merged check, or the material it shows. */
  of: string;
  kind: 'check' | 'material';
  name: string;
  type: string;
  size: number;
  taken_at: number;
  state: 'draft' | 'queued';
}
type Bytes = { id: string; bytes: ArrayBuffer; type: string };

const STORES = ['visits', 'drafts', 'photos', 'bytes', 'queue', 'media'] as const;
type StoreName = (typeof STORES)[number];

const KEYS: Record<StoreName, string> = { visits: 'id', drafts: 'visit', photos: 'id', bytes: 'id', queue: 'id', media: 'id' };

export const isFull = (reason: unknown): boolean => reason instanceof Error && reason.name === 'QuotaExceededError';

export class Device {
  private constructor(
    readonly account: string,
    private readonly db: IDBDatabase,
  ) {}

  static async open(account: string): Promise<Device> {
    return new Device(account, await openStores(`yz-inspect-${account}`, KEYS));
  }

  close(): void {
    this.db.close();
  }

  /** One transaction: all of it or nothing; resolved when it is on the disk. */
  private run<T>(stores: StoreName[], mode: IDBTransactionMode, work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const tx = this.db.transaction(stores, mode, { durability: 'strict' });
      let result: T;
      let failure: unknown = null;
      tx.oncomplete = () => resolve(result);
      tx.onabort = () => reject(failure ?? tx.error ?? new Error('IndexedDB'));
      work((name) => tx.objectStore(name)).then(
        (value) => (result = value),
        (reason: unknown) => {
          failure = reason;
          try {
            tx.abort();
          } catch {
            reject(reason); // it has already ended
          }
        },
      );
    });
  }
  private all<T>(name: StoreName): Promise<T[]> {
    return this.run([name], 'readonly', (store) => answerOf(store(name).getAll() as IDBRequest<T[]>));
  }
  private one<T>(name: StoreName, id: string): Promise<T | undefined> {
    return this.run([name], 'readonly', (store) => answerOf(store(name).get(id) as IDBRequest<T | undefined>));
  }

  visits = () => this.all<StoredVisit>('visits');
  drafts = () => this.all<Draft>('drafts');
  photos = () => this.all<Photo>('photos');
  entries = () => this.all<Entry>('queue');
  bytes = (id: string) => this.one<Bytes>('bytes', id);
  media = (id: string) => this.one<Bytes>('media', id);
  mediaIds = () => this.run(['media'], 'readonly', (store) => answerOf(store('media').getAllKeys())).then((keys) => new Set(keys as string[]));

  putVisit(visit: Visit, at: number): Promise<void> {
    return this.run(['visits'], 'readwrite', async (store) => void (await answerOf(store('visits').put({ id: visit.id, visit, at }))));
  }
  dropVisits(ids: string[]): Promise<void> {
    return this.run(['visits'], 'readwrite', async (store) => {
      for (const id of ids) await answerOf(store('visits').delete(id));
    });
  }
  putMedia(one: Bytes): Promise<void> {
    return this.run(['media'], 'readwrite', async (store) => void (await answerOf(store('media').put(one))));
  }
  putDraft(draft: Draft): Promise<void> {
    return this.run(['drafts'], 'readwrite', async (store) => void (await answerOf(store('drafts').put(draft))));
  }
  dropDraft(visit: string): Promise<void> {
    return this.run(['drafts'], 'readwrite', async (store) => void (await answerOf(store('drafts').delete(visit))));
  }
  putPhoto(photo: Photo, bytes: ArrayBuffer): Promise<void> {
    return this.run(['photos', 'bytes'], 'readwrite', async (store) => {
      await answerOf(store('bytes').put({ id: photo.id, bytes, type: photo.type }));
      await answerOf(store('photos').put(photo));
    });
  }
  dropPhoto(id: string): Promise<void> {
    return this.run(['photos', 'bytes'], 'readwrite', async (store) => {
      await answerOf(store('photos').delete(id));
      await answerOf(store('bytes').delete(id));
    });
  }

  /** Entries and the photos they carry go into the queue together. */
  enqueue(entries: Entry[]): Promise<void> {
    return this.run(['queue', 'photos'], 'readwrite', async (store) => {
      for (const entry of entries) {
        await answerOf(store('queue').put(entry));
        if (!entry.photo) continue;
        const photo = (await answerOf(store('photos').get(entry.photo))) as Photo | undefined;
        if (photo) await answerOf(store('photos').put({ ...photo, state: 'queued' }));
      }
    });
  }

  private change(id: string, with_: (entry: Entry) => Entry | null): Promise<Entry | null> {
    return this.run(['queue', 'photos', 'bytes'], 'readwrite', async (store) => {
      const entry = (await answerOf(store('queue').get(id))) as Entry | undefined;
      if (!entry) return null;
      const after = with_(entry);
      if (after) {
        await answerOf(store('queue').put(after));
        return after;
      }
      await answerOf(store('queue').delete(id));
      await this.forgetPhoto(store, entry.photo);
      return null;
    });
  }
  /** A photo leaves when the last entry that carries it has left. */
  private async forgetPhoto(store: (name: StoreName) => IDBObjectStore, photo: string | undefined): Promise<void> {
    if (!photo) return;
    const rest = (await answerOf(store('queue').getAll())) as Entry[];
    if (rest.some((other) => other.photo === photo)) return;
    await answerOf(store('photos').delete(photo));
    await answerOf(store('bytes').delete(photo));
  }

  claim = (id: string) => this.change(id, (entry) => (entry.state === 'waiting' ? { ...entry, state: 'sending' } : entry));
  /** A record that arrived takes its part of the draft along. */
  async settle(entry: Entry, answer: Answered, now: number): Promise<void> {
    await this.change(entry.id, (stored) => settled(stored, answer, now));
    if (answer.is === 'ok' && entry.kind === 'inspect') await this.dropPart(entry.visit, entry.item);
  }
  dropPart(visit: string, item: string): Promise<void> {
    return this.run(['drafts'], 'readwrite', async (store) => {
      const draft = (await answerOf(store('drafts').get(visit))) as Draft | undefined;
      const rest = draft && withoutPart(draft, item);
      if (rest) await answerOf(store('drafts').put(rest));
      else await answerOf(store('drafts').delete(visit));
    });
  }
  replace = (entry: Entry) => this.change(entry.id, () => entry);
  drop = (id: string) => this.change(id, () => null);
  /** True when it had not left yet. */
  async takeBack(id: string): Promise<boolean> {
    let taken = false;
    await this.change(id, (entry) => {
      taken = mayTakeBack(entry);
      return taken ? null : entry;
    });
    return taken;
  }
  private each(with_: (entry: Entry) => Entry): Promise<void> {
    return this.run(['queue'], 'readwrite', async (store) => {
      for (const entry of (await answerOf(store('queue').getAll())) as Entry[]) await answerOf(store('queue').put(with_(entry)));
    });
  }
  recover = () => this.each(recovered);
  hurry = () => this.each(hurried);

  /** On signing out, what the server has as well goes: nothing that only lies here. */
  async forgetCopies(): Promise<void> {
    const [entries, drafts] = await Promise.all([this.entries(), this.drafts()]);
    if (entries.length || drafts.length) return;
    await this.run(['visits', 'media'], 'readwrite', async (store) => {
      await answerOf(store('visits').clear());
      await answerOf(store('media').clear());
    });
  }
}
