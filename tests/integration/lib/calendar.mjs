// Working days of Asia/Shanghai, computed here from the published holiday data, not by the program.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './env.mjs';

const dir = join(ROOT, 'catalog', 'calendar');
const special = new Map(readdirSync(dir).flatMap((f) => JSON.parse(readFileSync(join(dir, f), 'utf8')).days.map((d) => [d.date, d.kind])));

/** YYYY-MM-DD in Shanghai of an instant. */
export const dateOf = (ms) => new Date(ms + 8 * 3600e3).toISOString().slice(0, 10);
/** 00:00 of that date in Shanghai. */
export const startOf = (date) => Date.parse(`${date}T00:00:00+08:00`);
export const addDays = (date, n) => dateOf(startOf(date) + n * 86400e3);

export function works(date) {
  const kind = special.get(date);
  const day = new Date(startOf(date) + 12 * 3600e3).getUTCDay();
  return kind ? kind === 'work' : day !== 0 && day !== 6;
}

/** The last day of a limit of n working days; the day of the event is day 0. */
export function addWorking(date, n) {
  let d = date;
  for (let left = n; left > 0;) {
    d = addDays(d, 1);
    if (works(d)) left--;
  }
  return d;
}
