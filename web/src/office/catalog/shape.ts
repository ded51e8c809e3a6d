// The table of what a catalogue is made of (GET /api/v1/catalog/shape), and what the editor asks of it.
import type { Schemas } from '../../api/client';
import type { Names } from './cond-words';
import { at } from './patch';

export type Member = Schemas['CatalogMember'];
export type Shapes = Record<string, Schemas['CatalogShape']>;
export type Thing = Record<string, unknown>;

export const things = (value: unknown): Thing[] => (Array.isArray(value) ? (value as Thing[]) : []);
export const words = (value: unknown) => (typeof value === 'string' ? value : '');

/** What people call an element: its title, else its code. */
export function callOf(shape: Schemas['CatalogShape'], value: Thing, index: number, name: (kind: string, code: string) => string): string {
  const id = shape.id ? words(value[shape.id]) : '';
  const member = shape.members.find((one) => one.name === shape.id);
  if (member?.ref && id) return name(member.ref, id);
  return (shape.title && words(value[shape.title])) || id || `${shape.label} ${index + 1}`;
}

/** Kinds that the tree lists: every list of the document, with its path. */
export function kindsOf(shapes: Shapes): { path: string; label: string; shape: string }[] {
  return (shapes.catalog?.members ?? []).filter((one) => one.kind === 'list').map((one) => ({ path: `/${one.name}`, label: one.label, shape: one.of ?? '' }));
}

/** The shape of the element that a path leads to, going down from the document. */
export function shapeAt(shapes: Shapes, path: string): string {
  let key = 'catalog';
  for (const part of path.split('/').slice(1)) {
    if (/^\d+$/.test(part)) continue;
    const member = shapes[key]?.members.find((one) => one.name === part);
    if (!member?.of) break;
    key = member.of;
  }
  return key;
}

/** A new element with everything that must be there, as little as will do. */
export function blank(shapes: Shapes, key: string): Thing {
  const out: Thing = {};
  for (const one of shapes[key]?.members ?? []) {
    if (!one.required) continue;
    out[one.name] = first(shapes, one);
  }
  return out;
}
function first(shapes: Shapes, member: Member): unknown {
  switch (member.kind) {
    case 'int':
      return 0;
    case 'bool':
      return false;
    case 'word':
      return member.words?.[0] ?? '';
    case 'texts':
    case 'refs':
    case 'list':
    case 'choices':
      return [];
    case 'object':
      return blank(shapes, member.of ?? '');
    case 'map':
    case 'json':
    case 'cond':
      return {};
    default:
      return '';
  }
}

export interface Choice {
  code: string;
  name: string;
}

/** What references of a kind may name. */
export function choicesOf(doc: Thing, kind: string): Choice[] {
  const list = (path: string, title: string) => things(doc[path]).map((one) => ({ code: words(one.code), name: words(one[title]) }));
  switch (kind) {
    case 'region':
      return list('regions', 'name');
    case 'department':
      return list('departments', 'name');
    case 'role': {
      const seen = new Map<string, string>();
      for (const one of things(doc.departments)) if (!seen.has(words(one.role))) seen.set(words(one.role), words(one.role_name) || words(one.name));
      return [...seen].map(([code, name]) => ({ code, name }));
    }
    case 'law':
      return list('laws', 'title');
    case 'material':
      return list('materials', 'name');
    case 'permit':
      return list('permits', 'name');
    case 'industry':
      return list('industries', 'name');
    case 'batch':
      return list('batches', 'name');
    case 'related':
      return list('related', 'name');
    case 'common_check':
      return list('common_checks', 'item');
    case 'field':
      return [...list('fields', 'label'), ...things(doc.permits).flatMap((one) => things(one.fields).map((f) => ({ code: words(f.code), name: words(f.label) })))];
    case 'answer':
      return things(doc.industries).flatMap((one) => things(one.questions).map((q) => ({ code: words(q.code), name: words(q.text) })));
    default:
      return [];
  }
}

/** Fields and questions by code, for reading conditions aloud. */
export function namesOf(doc: Thing): Names {
  const fields = new Map<string, Thing>();
  const questions = new Map<string, Thing>();
  for (const one of things(doc.fields)) fields.set(words(one.code), one);
  for (const permit of things(doc.permits)) for (const one of things(permit.fields)) fields.set(words(one.code), one);
  for (const industry of things(doc.industries)) for (const one of things(industry.questions)) questions.set(words(one.code), one);
  const label = (list: unknown, key: string, value: string) => words(things(list).find((one) => words(one[key]) === value)?.label) || value;
  return {
    field: (code) => {
      const found = fields.get(code);
      return found && { label: words(found.label), option: (value) => label(found.options, 'value', value) };
    },
    answer: (code) => {
      const found = questions.get(code);
      return found && { text: words(found.text), option: (value) => label(found.options, 'code', value) };
    },
  };
}

/** Where in the tree a pointer belongs: the element of a top list ("/permits/3"), or "" for the document. */
export function ownerOf(doc: Thing, pointer: string): string {
  const found = /^\/[^/]+\/\d+/.exec(pointer)?.[0] ?? '';
  return at(doc, found) === undefined ? '' : found;
}
