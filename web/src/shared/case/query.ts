// Region and answers of the guide as they stand in an address. Pure, and small: the router needs it.
import type { Answers } from '../cond';

export const REGION = 'region';
/** Members of the address that are no answers. */
export const OTHERS = new Set([REGION, 'case', 'start', 'next', 'step', 'customer', 'licence']);
/** The answer "I do not know": both ways are shown, nothing can be applied for yet. */
export const UNSURE = '?';

export function readQuery(query: Record<string, unknown>): { region: string; answers: Answers } {
  const answers: Answers = {};
  for (const [name, value] of Object.entries(query)) {
    if (!OTHERS.has(name) && typeof value === 'string' && value) answers[name] = value.split(',').filter(Boolean);
  }
  return { region: typeof query[REGION] === 'string' ? (query[REGION] as string) : '', answers };
}

export function writeQuery(region: string, answers: Answers): Record<string, string> {
  const query: Record<string, string> = region ? { region } : {};
  for (const [name, options] of Object.entries(answers)) if (options.length) query[name] = options.join(',');
  return query;
}
