// Values of the form in words, for checking and for officers.
import { isEmpty } from '../cond';
import type { FormColumn, FormField } from '../form';
import { longDate } from '../format';
import { text } from '../strings';

function part(column: Pick<FormColumn, 'type' | 'options'>, value: unknown): string {
  if (typeof value === 'boolean') return value ? text.yes : text.no;
  const known = column.options?.find((one) => one.value === value);
  if (known) return known.label;
  if (column.type === 'date' && typeof value === 'string') return longDate(value) || value;
  return String(value);
}

/** One or several lines. */
export function displayValue(field: FormField, value: unknown): string[] {
  if (isEmpty(value)) return [];
  const line = (row: Record<string, unknown>) =>
    (field.columns ?? [])
      .filter((column) => !isEmpty(row[column.code]))
      .map((column) => `${column.label}：${part(column, row[column.code])}`)
      .join('，');
  if (field.type === 'table' && Array.isArray(value)) return value.map((row) => line(row as Record<string, unknown>));
  if (field.type === 'person') return [line(value as Record<string, unknown>)];
  if (Array.isArray(value)) return [value.map((one) => part(field, one)).join('、')];
  return [part(field, value) + (field.unit ?? '')];
}
