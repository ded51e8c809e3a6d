// Working days by whose time they were (P19), as parts of one bar.
import type { Schemas } from '../api/client';

export type Holder = 'ours' | 'applicant' | 'special';
export interface DayPart {
  holder: Holder;
  days: number;
  share: number; // of the bar, in percent; the shares add up to 100 unless no day has passed
}

const HOLDERS: Holder[] = ['ours', 'applicant', 'special'];

/** Parts with at least a day, each wide enough to be seen. */
export function daySplit(days: Pick<Schemas['Days'], Holder>): DayPart[] {
  const parts = HOLDERS.filter((holder) => days[holder] > 0).map((holder) => ({ holder, days: days[holder] }));
  const total = parts.reduce((sum, part) => sum + part.days, 0);
  const rounded = parts.map((part) => ({ ...part, share: Math.round((part.days * 100) / total) }));
  const last = rounded[rounded.length - 1];
  if (last) last.share = 100 - rounded.slice(0, -1).reduce((sum, part) => sum + part.share, 0);
  return rounded;
}

/** A value of the form as it was before, in words; tables as the number of their rows. */
export function plainValue(value: unknown, words: { yes: string; no: string; none: string; rows: (n: number) => string }): string {
  if (value === null || value === undefined || value === '') return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (Array.isArray(value)) return value.some((one) => typeof one === 'object') ? words.rows(value.length) : value.join('、');
  if (typeof value === 'object') return Object.values(value).map((one) => plainValue(one, words)).join('，');
  return String(value);
}

/** Share of what was decided in time, in whole percent; null when nothing was decided. */
export function onTimeRate(pace: Pick<Schemas['BoardPace'], 'decided' | 'on_time'>): number | null {
  return pace.decided ? Math.floor((pace.on_time * 100) / pace.decided) : null;
}

/** Average with one decimal, or null. */
export const average = (sum: number, n: number): string | null => (n ? (sum / n).toFixed(1) : null);
