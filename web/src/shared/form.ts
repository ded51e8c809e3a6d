// The same form checks as the server's form_check, so that people see problems while typing.
// What the server says decides; this only comes earlier. Pure: today is given.
import type { components } from '../api/schema';
import { holds, hundredths, isEmpty, type CondInput } from './cond';
import { anyDocumentValid, dateValid, documentValid, emailValid, phoneValid, usccValid } from './ids';

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

const CHOOSES = new Set(['radio', 'select', 'multiselect', 'table', 'bool', 'date', 'region']);

export function missingMessage(field: Shape): string {
  return `${CHOOSES.has(field.type) ? '请选择' : '请填写'}“${field.label}”`;
}

/** What is wrong with one filled value by its type alone; null when nothing is. */
export function typeProblem(field: Shape, value: unknown, today: string, idKind = 'citizen'): { code: string; message: string } | null {
  const wrong = (message: string, code = 'format') => ({ code, message });
  const text = typeof value === 'string' ? value.trim() : '';
  switch (field.type) {
    case 'number':
      return hundredths(value) === null ? wrong(`“${field.label}”要填数字，最多两位小数`) : null;
    case 'integer': {
      const whole = typeof value === 'number' ? Number.isInteger(value) : /^-?\d{1,12}$/.test(text);
      return whole ? null : wrong(`“${field.label}”要填整数`);
    }
    case 'date':
      return dateValid(text) ? null : wrong(`“${field.label}”不是有效的日期`);
    case 'bool':
      return typeof value === 'boolean' ? null : wrong(`“${field.label}”要选是或否`);
    case 'phone':
      return phoneValid(text) ? null : wrong(`“${field.label}”要填11位手机号，或带区号的座机号`);
    case 'email':
      return emailValid(text) ? null : wrong(`“${field.label}”不是有效的邮箱地址`);
    case 'idcard':
      if (field.any_document) return anyDocumentValid(text, today) ? null : wrong(`“${field.label}”不是有效的证件号码，请对照证件检查`, 'idcard');
      if (documentValid(idKind, text, today)) return null;
      return wrong(idKind === 'citizen' ? `“${field.label}”不是有效的18位居民身份证号码，请对照证件检查` : `“${field.label}”与所选证件的号码格式不符，请对照证件检查`, 'idcard');
    case 'uscc':
      return usccValid(text) ? null : wrong(`“${field.label}”不正确：应为18位，请对照营业执照逐位检查`, 'uscc');
    case 'radio':
    case 'select':
    case 'region':
      return !field.options?.length || field.options.some((one) => one.value === value) ? null : wrong(`“${field.label}”选了不存在的选项`, 'option');
    case 'multiselect': {
      const list = Array.isArray(value) ? value : [value];
      const known = (one: unknown) => !field.options?.length || field.options.some((option) => option.value === one);
      return list.every(known) ? null : wrong(`“${field.label}”选了不存在的选项`, 'option');
    }
    default:
      return field.max_length && [...text].length > field.max_length
        ? wrong(`“${field.label}”最多${field.max_length}个字，现在有${[...text].length}个字`, 'too_long')
        : null;
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

