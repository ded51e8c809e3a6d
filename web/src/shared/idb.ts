// IndexedDB in promises: opening, and one request.
export const answerOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });

/** Opens a database of these stores and their key paths; a page of a newer version may take over. */
export async function openStores(name: string, stores: Record<string, string>): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    for (const [store, keyPath] of Object.entries(stores)) request.result.createObjectStore(store, { keyPath });
  };
  const db = await answerOf(request);
  db.onversionchange = () => db.close();
  return db;
}
