// A condition of the catalogue read aloud, for officials who edit it.
import { condWords as t } from './strings';

type Cond = Record<string, unknown>;

export interface Names {
  field: (code: string) => { label: string; option: (value: string) => string } | undefined;
  answer: (code: string) => { text: string; option: (value: string) => string } | undefined;
}

export const opWord = (op: string) => t.ops[op] ?? op;

function one(value: unknown, option: (value: string) => string): string {
  if (value === true) return t.yes;
  if (value === false) return t.no;
  return Array.isArray(value) ? value.map((each) => one(each, option)).join(t.comma) : option(String(value));
}

function leaf(cond: Cond, names: Names): string {
  const op = String(cond.op ?? '');
  const bare = op === 'filled' || op === 'empty';
  const say = (subject: string, option: (value: string) => string) => `${subject}${opWord(op)}${bare ? '' : t.quote(one(cond.value, option))}`;
  if (typeof cond.field === 'string') {
    const known = names.field(cond.field);
    return say(t.quote(known?.label ?? cond.field), known?.option ?? ((value) => value));
  }
  if (typeof cond.answer === 'string') {
    const known = names.answer(cond.answer);
    return say(t.question(t.quote(known?.text ?? cond.answer)), known?.option ?? ((value) => value));
  }
  return say(t.context(t.quote(String(cond.context ?? ''))), (value) => value);
}

const list = (value: unknown) => (Array.isArray(value) ? (value as Cond[]) : []);

/** An inner group of several stands in brackets. */
function inner(cond: Cond, names: Names): string {
  const many = list(cond.all).length > 1 || list(cond.any).length > 1;
  return many ? t.bracket(readCond(cond, names)) : readCond(cond, names);
}

export function readCond(cond: Cond, names: Names): string {
  if (Array.isArray(cond.all)) return list(cond.all).map((each) => inner(each, names)).join(t.and);
  if (Array.isArray(cond.any)) return list(cond.any).map((each) => inner(each, names)).join(t.or);
  if (cond.not && typeof cond.not === 'object') return t.not(inner(cond.not as Cond, names));
  return leaf(cond, names);
}
