// A second language over the Chinese texts. A file of src/lang carries what has been translated; it is
// merged over the texts in place before anything is shown, so that pages need not know of it, and what
// it does not have stays Chinese. Pure: where languages come from is portal/languages.ts.
import type { text as portalText } from '../portal/strings';
import type { text as sharedText } from './strings';

type Plain<T> = T extends string ? string : T extends number ? number : T;
/** Any part of a tree of texts; a function stays a function with the same arguments, a list is replaced whole. */
export type Part<T> = T extends (...args: infer A) => string
  ? (...args: A) => string
  : T extends readonly (infer E)[]
    ? readonly Plain<E>[]
    : T extends object
      ? { [K in keyof T]?: Part<T[K]> }
      : Plain<T>;

export interface Language {
  /** BCP 47, also the file's name; becomes <html lang>. */
  tag: string;
  /** The language's own name for itself, on the switch. */
  name: string;
  /** A sample that nobody has proofread: the note is then shown on every page. */
  sample?: true;
  note?: string;
  /** Routes whose frame is translated; the others keep lang="zh-CN" in the page. "frame": header, menu, footer. */
  covers: readonly string[];
  shared: Part<typeof sharedText>;
  portal: Part<typeof portalText>;
}
export type About = Pick<Language, 'tag' | 'name'>;

const shapeOf = (value: unknown) => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);

/** Puts a part over a tree of texts, in place. Returns the paths that do not fit (left as they were). */
export function mergeText(base: object, part: object, path = ''): string[] {
  const into = base as Record<string, unknown>;
  return Object.entries(part).flatMap(([name, value]) => {
    const here = path ? `${path}.${name}` : name;
    if (value === undefined) return [];
    if (!Object.prototype.hasOwnProperty.call(into, name) || shapeOf(into[name]) !== shapeOf(value)) return [here];
    if (shapeOf(value) === 'object') return mergeText(into[name] as object, value as object, here);
    into[name] = value;
    return [];
  });
}
