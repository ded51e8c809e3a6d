// What the pages of supervision share.
import type { LocationQuery } from 'vue-router';
import type { Schemas } from '../api/client';

const NAMES = ['scope', 'department', 'region', 'industry', 'kind', 'state', 'signal', 'q'] as const;

/** The filters that stand in the address. */
export function superviseQuery(query: LocationQuery): Partial<Record<(typeof NAMES)[number], string>> {
  const out: Partial<Record<(typeof NAMES)[number], string>> = {};
  for (const name of NAMES) {
    const value = query[name];
    if (typeof value === 'string' && value) out[name] = value;
  }
  return out;
}

/** The clock of a task as signals show it; null: nothing is due. */
export function clockOf(task: Schemas['SupervisionTask']) {
  return task.due_on ? { signal: task.signal as Schemas['Clock']['signal'], days_left: task.days_left, due_on: task.due_on, provisional: false } : null;
}

/** The latest proposal of a task. */
export const proposalOf = (task: Schemas['SupervisionDetail']) => [...task.events].reverse().find((v) => v.act === 'propose_taking');
