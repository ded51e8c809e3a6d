// Conditions of the catalogue, evaluated as the server does (src/domain/catalog): over form
// values, guide answers and the catalogue's context. null or undefined is always true.

export type Values = Record<string, unknown>;
export type Answers = Record<string, string[]>;
export interface CondInput {
  values: Values;
  answers: Answers;
  context?: Record<string, unknown>;
}
export type Cond = { [key: string]: unknown } | null | undefined;

/** A decimal text or integer in hundredths; null when it is not a number with up to two decimals. */
export function hundredths(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const amount = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -amount : amount;
}

export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return Object.values(value).every(isEmpty);
  return false;
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const x = hundredths(a);
  const y = hundredths(b);
  if (x !== null && y !== null && (typeof a === 'number' || typeof b === 'number')) return x === y;
  return String(a ?? '') === String(b ?? '');
}

function compare(a: unknown, b: unknown): number | null {
  const x = hundredths(a);
  const y = hundredths(b);
  if (x !== null && y !== null) return x - y;
  // ISO dates order as text.
  if (typeof a === 'string' && typeof b === 'string' && a !== '' && b !== '') return a < b ? -1 : a > b ? 1 : 0;
  return null;
}

function test(op: string, have: unknown, want: unknown): boolean {
  switch (op) {
    case 'filled':
      return !isEmpty(have);
    case 'empty':
      return isEmpty(have);
    case 'eq':
      return !isEmpty(have) && same(have, want);
    case 'ne':
      return !same(have, want);
    case 'in':
      return Array.isArray(want) && want.some((one) => same(have, one));
    case 'has':
    case 'contains': {
      const wanted = Array.isArray(want) ? want : [want];
      const list = Array.isArray(have) ? have : isEmpty(have) ? [] : [have];
      return wanted.some((one) => list.some((item) => same(item, one)));
    }
    default: {
      const order = compare(have, want);
      if (order === null) return false;
      return op === 'lt' ? order < 0 : op === 'le' ? order <= 0 : op === 'gt' ? order > 0 : op === 'ge' ? order >= 0 : false;
    }
  }
}

export function holds(cond: Cond, input: CondInput): boolean {
  if (!cond) return true;
  if (Array.isArray(cond.all)) return cond.all.every((one) => holds(one as Cond, input));
  if (Array.isArray(cond.any)) return cond.any.some((one) => holds(one as Cond, input));
  if ('not' in cond) return !holds(cond.not as Cond, input);
  const op = String(cond.op ?? 'eq');
  if (typeof cond.field === 'string') return test(op, input.values[cond.field], cond.value);
  if (typeof cond.answer === 'string') return test(op, input.answers[cond.answer] ?? [], cond.value);
  if (typeof cond.context === 'string') return test(op, input.context?.[cond.context], cond.value);
  return false;
}
