// Dates, sizes and time limits as people say them (the words are in strings.ts). Legal dates are
// Asia/Shanghai calendar dates.
import { text } from './strings';

const t = text.dates;

/** The Shanghai calendar date of an instant. */
export function shanghaiDate(instant: Date): string {
  return new Date(instant.getTime() + 8 * 3600_000).toISOString().slice(0, 10);
}

function parts(date: string | null | undefined): [number, number, number] | null {
  const match = date ? /^(\d{4})-(\d{2})-(\d{2})/.exec(date.length > 10 ? shanghaiDate(new Date(date)) : date) : null;
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

/** 2026-11-23 with the weekday; '' for no date. */
export function longDate(date: string | null | undefined): string {
  const p = parts(date);
  return p ? t.withWeekday(t.day(...p), new Date(Date.UTC(p[0], p[1] - 1, p[2])).getUTCDay()) : '';
}

/** 2026-11-23 without the weekday. */
export function plainDate(date: string | null | undefined): string {
  const p = parts(date);
  return p ? t.day(...p) : '';
}

/** Month and day. */
export function monthDay(date: string): string {
  const p = parts(date);
  return p ? t.monthDay(p[1], p[2]) : '';
}

/** Date, hour and minute of an instant. */
export function dateTime(instant: string | null | undefined): string {
  if (!instant) return '';
  const shifted = new Date(new Date(instant).getTime() + 8 * 3600_000).toISOString();
  return `${plainDate(shifted.slice(0, 10))} ${shifted.slice(11, 16)}`;
}

/** How many working days are left until which day; that it is today; by how many it has passed. */
export function timeLeft(daysLeft: number | null | undefined, dueOn: string | null | undefined, provisional = false): string {
  if (!dueOn) return '';
  const day = monthDay(dueOn);
  if (daysLeft === null || daysLeft === undefined) return t.before(day, provisional);
  if (daysLeft < 0) return t.over(-daysLeft, day);
  return daysLeft === 0 ? t.today(day) : t.left(daysLeft, day, provisional);
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return t.bytes(bytes);
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Time limit of a permit: at once, or so many working days. */
export function workingDays(days: number): string {
  return days === 0 ? t.atOnce : t.workingDays(days);
}
