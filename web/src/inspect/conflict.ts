// What I wrote beside what the server has, row by row, only where they differ.
import type { InspectBody, Part } from './checks';
import { text } from './strings';

export interface Difference {
  label: string;
  mine: string;
  theirs: string;
}

const resultText = (result: string | undefined) => (result ? (text.sheet.results[result] ?? result) : '');
const outcomeText = (result: string | undefined) => (result && result !== 'none' ? (text.sheet.outcome[result] ?? result) : '');
const checkText = (check: { result: string; note: string } | undefined) => (check ? [resultText(check.result), check.note].filter(Boolean).join('：') : '');

/** Rows that differ; empty when both say the same. */
export function differences(mine: InspectBody, server: Part): Difference[] {
  const rows: Difference[] = [];
  const compare = (label: string, a: string, b: string) => {
    if (a !== b) rows.push({ label, mine: a, theirs: b });
  };
  for (const check of server.checklist ?? []) compare(check.item, checkText(mine.checks[check.code]), checkText(server.checks?.[check.code]));
  compare(text.fields.result, outcomeText(mine.result), outcomeText(server.result));
  compare(text.fields.findings, mine.findings, server.findings ?? '');
  compare(text.fields.rectify_by, mine.rectify_by ?? '', server.rectify_by ?? '');
  return rows;
}

/** My own record, already there: sent from another device, or its answer was lost beyond the key. */
export const alreadyThere = (mine: InspectBody, server: Part | null, me: string): boolean => !!server?.recorded_at && server.recorded_by === me && differences(mine, server).length === 0;
