// Dates, sizes and time limits as people say them. Legal dates are Asia/Shanghai calendar dates.

const WEEKDAYS = '日一二三四五六';

/** The Shanghai calendar date of an instant. */
export function shanghaiDate(instant: Date): string {
  return new Date(instant.getTime() + 8 * 3600_000).toISOString().slice(0, 10);
}

function parts(date: string): [number, number, number] | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(date);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : null;
}

/** 2026年11月23日（周一） */
export function longDate(date: string | null | undefined): string {
  const p = date ? parts(date.length > 10 ? shanghaiDate(new Date(date)) : date) : null;
  if (!p) return '';
  const day = new Date(Date.UTC(p[0], p[1] - 1, p[2])).getUTCDay();
  return `${p[0]}年${p[1]}月${p[2]}日（周${WEEKDAYS[day]}）`;
}

/** 2026年11月23日 */
export function plainDate(date: string | null | undefined): string {
  return longDate(date).replace(/（.*）$/, '');
}

/** 11月26日 */
export function monthDay(date: string): string {
  const p = parts(date);
  return p ? `${p[1]}月${p[2]}日` : '';
}

/** 2026年11月23日 15:04 */
export function dateTime(instant: string | null | undefined): string {
  if (!instant) return '';
  const shifted = new Date(new Date(instant).getTime() + 8 * 3600_000).toISOString();
  return `${plainDate(shifted.slice(0, 10))} ${shifted.slice(11, 16)}`;
}

/** 还剩3个工作日（11月26日前） · 今天到期（11月26日） · 已超过2个工作日（应在11月26日前） */
export function timeLeft(daysLeft: number | null | undefined, dueOn: string | null | undefined, provisional = false): string {
  if (!dueOn) return '';
  const about = provisional ? '约' : '';
  if (daysLeft === null || daysLeft === undefined) return `${about}${monthDay(dueOn)}前`;
  if (daysLeft < 0) return `已超过${-daysLeft}个工作日（应在${monthDay(dueOn)}前）`;
  if (daysLeft === 0) return `今天到期（${monthDay(dueOn)}）`;
  return `还剩${daysLeft}个工作日（${about}${monthDay(dueOn)}前）`;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Time limit of a permit: 当场办结 or N个工作日 */
export function workingDays(days: number): string {
  return days === 0 ? '当场办结' : `${days}个工作日`;
}
