// Conditions of the catalogue, with the same meaning as src/domain/catalog/cond.c:
// - a missing condition is true;
// - a field hidden by its own show_if counts as empty, so does the answer to an invisible question;
// - `ne` and the comparisons are true only for a filled value.

export type Values = Record<string, unknown>;
export type Answers = Record<string, string[]>;
export type Cond = { [key: string]: unknown } | null | undefined;
export interface CondInput {
  values: Values;
  answers: Answers;
  context?: Record<string, unknown>;
  /** Type and visibility of the fields that conditions may name. */
  fields?: Map<string, { type: string; show_if?: Cond }>;
  questions?: Map<string, { show_if?: Cond }>;
}

/** A decimal text or integer in hundredths; null when it is not a number with up to two decimals. */
export function hundredths(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const amount = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -amount : amount;
}

/** Has the user filled in this value? false and 0 are values. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return Object.values(value).every(isEmpty);
  return false;
}

function same(numeric: boolean, a: unknown, b: unknown): boolean {
  if (!numeric) return a === b;
  const x = hundredths(a);
  return x !== null && x === hundredths(b);
}

function order(numeric: boolean, a: unknown, b: unknown): number | null {
  if (numeric) {
    const x = hundredths(a);
    const y = hundredths(b);
    return x === null || y === null ? null : x - y;
  }
  if (typeof a !== 'string' || typeof b !== 'string') return null;
  return a < b ? -1 : a > b ? 1 : 0;
}

function test(op: string, have: unknown, want: unknown, numeric: boolean): boolean {
  if (op === 'empty') return isEmpty(have);
  if (isEmpty(have)) return false;
  switch (op) {
    case 'filled':
      return true;
    case 'eq':
      return same(numeric, have, want);
    case 'ne':
      return !same(numeric, have, want);
    case 'in':
      return Array.isArray(want) && want.some((one) => same(numeric, have, one));
    case 'has':
    case 'contains':
      return Array.isArray(have) && have.includes(want);
  }
  const sign = order(numeric, have, want);
  if (sign === null) return false;
  return op === 'lt' ? sign < 0 : op === 'le' ? sign <= 0 : op === 'gt' ? sign > 0 : op === 'ge' && sign >= 0;
}

export function holds(cond: Cond, input: CondInput): boolean {
  if (!cond) return true;
  if (Array.isArray(cond.all)) return cond.all.every((one) => holds(one as Cond, input));
  if (Array.isArray(cond.any)) return cond.any.some((one) => holds(one as Cond, input));
  if ('not' in cond) return !holds(cond.not as Cond, input);
  const op = String(cond.op);
  if (typeof cond.field === 'string') {
    const field = input.fields?.get(cond.field);
    const value = holds(field?.show_if, input) ? input.values[cond.field] : undefined;
    return test(op, value, cond.value, field?.type === 'number' || field?.type === 'integer');
  }
  if (typeof cond.answer === 'string') {
    const visible = holds(input.questions?.get(cond.answer)?.show_if, input);
    return test(op, visible ? input.answers[cond.answer] : undefined, cond.value, false);
  }
  return test(op, input.context?.[String(cond.context)], cond.value, false);
}
