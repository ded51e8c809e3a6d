// Steps of change on a catalogue document, as the server takes them (src/domain/catalog/patch.c), and
// what undoes them. Without page or network.

export interface Operation {
  op: 'add' | 'replace' | 'remove' | 'move';
  path: string;
  value?: unknown;
  from?: string;
}
type Box = Record<string, unknown> | unknown[];

const unescape = (part: string) => part.replace(/~1/g, '/').replace(/~0/g, '~');
export const escape = (part: string) => part.replace(/~/g, '~0').replace(/\//g, '~1');
export const parts = (path: string) => path.split('/').slice(1).map(unescape);
export const join = (base: string, key: string | number) => `${base}/${escape(String(key))}`;

/** What a pointer leads to, or undefined. */
export function at(doc: unknown, path: string): unknown {
  let value: unknown = doc;
  for (const part of parts(path)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Array.isArray(value) ? value[Number(part)] : (value as Record<string, unknown>)[part];
  }
  return value;
}

const copy = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T));

function box(doc: unknown, path: string): [Box, string] {
  const all = parts(path);
  const last = all.pop() ?? '';
  const found = at(doc, all.map((part) => `/${escape(part)}`).join(''));
  if (found === null || typeof found !== 'object') throw new Error(`no place ${path}`);
  return [found as Box, last];
}

/** Changes doc in place; gives the operation that undoes it. */
export function apply(doc: unknown, operation: Operation): Operation {
  const [into, key] = box(doc, operation.path);
  if (operation.op === 'move') {
    const from = operation.from ?? '';
    const value = at(doc, from);
    apply(doc, { op: 'remove', path: from });
    apply(doc, { op: 'add', path: operation.path, value });
    return { op: 'move', from: operation.path, path: from };
  }
  if (Array.isArray(into)) {
    const index = key === '-' ? into.length : Number(key);
    const path = key === '-' ? operation.path.replace(/-$/, String(index)) : operation.path;
    const before = into[index];
    if (operation.op === 'remove') into.splice(index, 1);
    else if (operation.op === 'replace') into[index] = copy(operation.value);
    else into.splice(index, 0, copy(operation.value));
    if (operation.op === 'add') return { op: 'remove', path };
    return { op: operation.op === 'remove' ? 'add' : 'replace', path, value: copy(before) };
  }
  const had = key in into;
  const before = into[key];
  if (operation.op === 'remove') delete into[key];
  else into[key] = copy(operation.value);
  return had ? { op: 'add', path: operation.path, value: copy(before) } : { op: 'remove', path: operation.path };
}

/** How to set a member, making the objects it stands in when they are not there yet; undefined removes it. */
export function setting(doc: unknown, path: string, value: unknown): Operation | null {
  const all = parts(path);
  for (let n = 1; n < all.length; n++) {
    const upper = all.slice(0, n).map((part) => `/${escape(part)}`).join('');
    if (at(doc, upper) !== undefined) continue;
    if (value === undefined) return null;
    const nested = all.slice(n).reduceRight<unknown>((inner, part) => ({ [part]: inner }), value);
    return { op: 'add', path: upper, value: nested };
  }
  const [into] = box(doc, path);
  const before = at(doc, path);
  if (value === undefined) return before === undefined ? null : { op: 'remove', path };
  if (JSON.stringify(before) === JSON.stringify(value)) return null;
  return { op: Array.isArray(into) ? 'replace' : 'add', path, value };
}
