// The one correction notice: what several departments ask of the same field or material is one entry.
import type { Schemas } from '../api/client';

export type CorrectionEntry = Schemas['CorrectionEntry'];
export interface CorrectionGroup {
  key: string;
  kind: CorrectionEntry['kind'];
  code: string;
  label: string;
  entries: CorrectionEntry[];
}

/** In the order of the notice. What is no field or material stays by itself. */
export function mergeEntries(entries: CorrectionEntry[]): CorrectionGroup[] {
  const groups = new Map<string, CorrectionGroup>();
  for (const entry of entries) {
    const code = entry.kind === 'other' ? '' : (entry.code ?? '');
    const key = code ? `${entry.kind}-${code}` : `other-${entry.id}`;
    const group = groups.get(key) ?? { key, kind: entry.kind, code, label: entry.label ?? '', entries: [] };
    group.entries.push(entry);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Names of the departments of a group, each once. */
export const askedBy = (group: CorrectionGroup) => [...new Set(group.entries.map((entry) => entry.department))];
