// Which days one can pick: working days by the calendar in use, from today on. Dates are
// YYYY-MM-DD of Asia/Shanghai, counted in UTC so that no time zone of a device gets between.
export interface Mark {
  kind: 'off' | 'work';
  name: string;
}
export interface Day {
  date: string;
  n: number;
  works: boolean;
  open: boolean;
  mark: Mark | undefined;
}
const two = (n: number) => String(n).padStart(2, '0');
export const dateOf = (year: number, month: number, day: number): string => `${year}-${two(month)}-${two(day)}`;

/** Monday to Friday, unless the calendar says otherwise. */
export function works(date: string, marks: ReadonlyMap<string, Mark>): boolean {
  const mark = marks.get(date);
  if (mark) return mark.kind === 'work';
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return day !== 0 && day !== 6;
}

/** Weeks from Monday; null before the first and after the last day of the month. */
export function monthOf(year: number, month: number, marks: ReadonlyMap<string, Mark>, from: string): (Day | null)[][] {
  const blanks = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const cells: (Day | null)[] = Array.from({ length: blanks }, () => null);
  for (let n = 1; n <= length; n++) {
    const date = dateOf(year, month, n);
    const working = works(date, marks);
    cells.push({ date, n, works: working, open: working && date >= from, mark: marks.get(date) });
  }
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7));
}

/** The month before or after: [year, month]. */
export function monthBeside(year: number, month: number, step: 1 | -1): [number, number] {
  const at = year * 12 + month - 1 + step;
  return [Math.floor(at / 12), (at % 12) + 1];
}
