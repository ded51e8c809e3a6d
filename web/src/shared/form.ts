// The same form checks as the server's form_check, so that people see problems while typing.
// What the server says decides; this only comes earlier. Pure: today is given.
import type { components } from '../api/schema';
import { holds, hundredths, isEmpty, type CondInput } from './cond';
import { anyDocumentValid, dateValid, documentValid, emailValid, phoneValid, usccValid } from './ids';
import { text as strings } from './strings';

export type FormField = components['schemas']['FormField'];
export type FormColumn = components['schemas']['FormColumn'];
export type FormRule = components['schemas']['FormRule'];
export interface FieldProblem {
  pointer: string;
  code: string;
  message: string;
}

export function fieldShown(field: FormField, input: CondInput): boolean {
  return holds(field.show_if, input);
}

export function fieldRequired(field: FormField, input: CondInput): boolean {
  return field.required || (!!field.required_if && holds(field.required_if, input));
}

interface Shape {
  code: string;
  label: string;
  type: string;
  options?: { value: string; label: string }[];
  max_length?: number;
  any_document?: boolean;
}

const t = strings.fieldProblems;
const CHOOSES = new Set(['radio', 'select', 'multiselect', 'table', 'bool', 'date', 'region']);

export function missingMessage(field: Shape): string {
  return t.missing(field.label, CHOOSES.has(field.type));
}

/** What is wrong with one filled value by its type alone; null when nothing is. */
export function typeProblem(field: Shape, value: unknown, today: string, idKind = 'citizen'): { code: string; message: string } | null {
  const wrong = (message: string, code = 'format') => ({ code, message });
  const text = typeof value === 'string' ? value.trim() : '';
  switch (field.type) {
    case 'number':
      return hundredths(value) === null ? wrong(t.number(field.label)) : null;
    case 'integer': {
      const whole = typeof value === 'number' ? Number.isInteger(value) : /^-?\d{1,12}$/.test(text);
      return whole ? null : wrong(t.integer(field.label));
    }
    case 'date':
      return dateValid(text) ? null : wrong(t.date(field.label));
    case 'bool':
      return typeof value === 'boolean' ? null : wrong(t.bool(field.label));
    case 'phone':
      return phoneValid(text) ? null : wrong(t.phone(field.label));
    case 'email':
      return emailValid(text) ? null : wrong(t.email(field.label));
    case 'idcard':
      if (field.any_document) return anyDocumentValid(text, today) ? null : wrong(t.anyDocument(field.label), 'idcard');
      if (documentValid(idKind, text, today)) return null;
      return wrong(idKind === 'citizen' ? t.citizen(field.label) : t.document(field.label), 'idcard');
    case 'uscc':
      return usccValid(text) ? null : wrong(t.uscc(field.label), 'uscc');
    case 'radio':
    case 'select':
    case 'region':
      return !field.options?.length || field.options.some((one) => one.value === value) ? null : wrong(t.option(field.label), 'option');
    case 'multiselect': {
      const list = Array.isArray(value) ? value : [value];
      const known = (one: unknown) => !field.options?.length || field.options.some((option) => option.value === one);
      return list.every(known) ? null : wrong(t.option(field.label), 'option');
    }
    default:
      return field.max_length && [...text].length > field.max_length ? wrong(t.tooLong(field.label, field.max_length, [...text].length), 'too_long') : null;
  }
}

function order(a: unknown, b: unknown): number | null {
  const x = hundredths(a);
  const y = hundredths(b);
  if (x !== null && y !== null) return x - y;
  return typeof a === 'string' && typeof b === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : null;
}

/** Hidden fields count as empty. */
function visibleValue(code: string, input: CondInput): unknown {
  return holds(input.fields?.get(code)?.show_if, input) ? input.values[code] : undefined;
}

/** Is the rule kept? field and value are the whole value, or one cell when the rule is about a column. */
function ruleKept(rule: FormRule, value: unknown, input: CondInput, today: string): boolean {
  const arg = rule.arg ?? '';
  const limit = rule.limit ?? 0;
  switch (rule.kind) {
    case 'pattern':
      return new RegExp(arg).test(String(value));
    case 'min':
      return (hundredths(value) ?? limit) >= limit;
    case 'max':
      return (hundredths(value) ?? limit) <= limit;
    case 'le_field':
      return (order(value, visibleValue(arg, input)) ?? 0) <= 0;
    case 'ge_field':
      return (order(value, visibleValue(arg, input)) ?? 0) >= 0;
    case 'equals':
      return String(value) === arg || (hundredths(arg) !== null && hundredths(value) === hundredths(arg));
    case 'not_before_today':
      return String(value) >= today;
    case 'not_after_today':
      return String(value) <= today;
    case 'min_rows':
      return Array.isArray(value) && value.length >= limit;
    case 'only_if':
      return !(Array.isArray(value) && value.includes(arg)) || holds(rule.test, input);
    case 'quotient': {
      const above = hundredths(visibleValue(arg, input));
      const below = hundredths(visibleValue(rule.by ?? '', input));
      const have = hundredths(value);
      if (above === null || below === null || below <= 0 || have === null) return true;
      return Math.abs(have * below - above * 100) <= below;
    }
  }
}

/** The rules of a field, on its value or on the cells of the column that they name. */
function ruleProblems(field: FormField, value: unknown, input: CondInput, today: string, complete: boolean): FieldProblem[] {
  const found: FieldProblem[] = [];
  const pointer = `/values/${field.code}`;
  for (const rule of field.rules ?? []) {
    const notYet = !complete && (rule.kind === 'min_rows' || (rule.kind === 'equals' && rule.arg === 'true' && value === false));
    if (notYet || !holds(rule.when, input)) continue;
    const cells: [string, unknown][] = !rule.column
      ? [[pointer, value]]
      : Array.isArray(value)
        ? value.map((row, i) => [`${pointer}/${i}/${rule.column}`, (row as Record<string, unknown>)[rule.column ?? '']])
        : [[`${pointer}/${rule.column}`, (value as Record<string, unknown>)[rule.column]]];
    for (const [at, cell] of cells) {
      if (!isEmpty(cell) && !ruleKept(rule, cell, input, today)) found.push({ pointer: at, code: rule.kind, message: rule.message });
    }
  }
  return found;
}

function partProblems(columns: FormColumn[], row: Record<string, unknown>, pointer: string, today: string, complete: boolean): FieldProblem[] {
  const found: FieldProblem[] = [];
  for (const column of columns) {
    const value = row[column.code];
    const at = `${pointer}/${column.code}`;
    if (isEmpty(value)) {
      if (column.required && complete) found.push({ pointer: at, code: 'required', message: missingMessage(column) });
      continue;
    }
    const wrong = typeProblem(column, value, today);
    if (wrong) found.push({ pointer: at, ...wrong });
  }
  return found;
}

/** Problems of one field. complete=false leaves out what is only missing. */
export function checkField(field: FormField, input: CondInput, today: string, complete: boolean): FieldProblem[] {
  if (!fieldShown(field, input)) return [];
  const pointer = `/values/${field.code}`;
  const value = input.values[field.code];
  if (isEmpty(value)) {
    return complete && fieldRequired(field, input) ? [{ pointer, code: 'required', message: missingMessage(field) }] : [];
  }
  const found: FieldProblem[] = [];
  if (field.type === 'table' && Array.isArray(value)) {
    value.forEach((row, i) => {
      found.push(...partProblems(field.columns ?? [], (row ?? {}) as Record<string, unknown>, `${pointer}/${i}`, today, complete));
    });
  } else if (field.type === 'person') {
    found.push(...partProblems(field.columns ?? [], value as Record<string, unknown>, pointer, today, complete));
  } else {
    const kind = field.id_type?.kinds[String(input.values[field.id_type.field])];
    const wrong = typeProblem(field, value, today, kind);
    if (wrong) return [{ pointer, ...wrong }];
  }
  found.push(...ruleProblems(field, value, input, today, complete));
  return found;
}

export function checkForm(fields: FormField[], input: CondInput, today: string, complete: boolean): FieldProblem[] {
  return fields.flatMap((field) => checkField(field, input, today, complete));
}

/** How far a section is: used by the task list. */
export function sectionState(fields: FormField[], input: CondInput, today: string): 'empty' | 'started' | 'wrong' | 'done' {
  const shown = fields.filter((field) => fieldShown(field, input));
  const filled = shown.some((field) => !isEmpty(input.values[field.code]));
  if (checkForm(shown, input, today, false).length > 0) return 'wrong';
  if (checkForm(shown, input, today, true).length === 0) return 'done';
  return filled ? 'started' : 'empty';
}

