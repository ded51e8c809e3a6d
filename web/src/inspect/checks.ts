// The checklist of one visit as one officer sees it: the checks of all own permits merged, where
// the catalogue says that two permits ask the same thing (`common`) it is answered once. Nothing
// here knows the page, the device or the network.
import type { Schemas } from '../api/client';
import { text } from './strings';

export type Visit = Schemas['Visit'];
export type Part = Schemas['VisitPart'];
export type CheckResult = 'pass' | 'fail' | 'na';
export type Outcome = 'pass' | 'rectify' | 'fail';

export interface Answer {
  result: CheckResult | '';
  note: string;
}
export interface PartDraft {
  result: Outcome | '';
  findings: string;
  rectify_by: string;
  /** Version of the part when the first answer was written: what the record is based on. */
  base: number;
}
/** What is written down on the device for one visit, before it is signed. */
export interface Draft {
  visit: string;
  answers: Record<string, Answer>;
  parts: Record<string, PartDraft>;
}
export interface MergedCheck {
  id: string;
  item: string;
  method: string;
  key: boolean;
  targets: { item_id: string; code: string }[];
}
export interface Missing {
  /** Id of the element that answers it: check-…, result-…, findings-…, rectify-… */
  at: string;
  message: string;
}
export interface CheckRecord {
  result: string;
  note: string;
}
export interface InspectBody {
  checks: Record<string, { result: CheckResult; note: string }>;
  result: Outcome;
  findings: string;
  rectify_by?: string;
  taken_at: number;
}

export const emptyDraft = (visit: string): Draft => ({ visit, answers: {}, parts: {} });
export const emptyPart = (part: Part): PartDraft => ({ result: '', findings: '', rectify_by: '', base: part.version });

/** The parts that this officer was named for. */
export const ownParts = (visit: Visit, me: string): Part[] => visit.parts.filter((part) => part.mine && part.officers.some((one) => one.id === me));

export type Stage = 'todo' | 'recorded' | 'confirm' | 'confirmed' | 'closed';
/** Where a part stands for this officer: to be written down, with the other one, or mine to confirm. */
export function stageOf(part: Part, me: string): Stage {
  if (part.confirmed_at) return 'confirmed';
  if (part.item_state !== 'accepted') return 'closed';
  if (!part.recorded_at) return 'todo';
  return part.recorded_by === me ? 'recorded' : 'confirm';
}

const checkId = (check: Schemas['CheckItem']) => check.common ?? check.code;

/** In the order of the parts; a common check stands where it is first asked, key if it is key for any. */
export function mergeChecks(parts: Part[]): MergedCheck[] {
  const merged = new Map<string, MergedCheck>();
  for (const part of parts) {
    for (const check of part.checklist ?? []) {
      const id = checkId(check);
      const known = merged.get(id);
      const target = { item_id: part.item_id, code: check.code };
      if (known) {
        known.targets.push(target);
        known.key ||= check.key;
      } else {
        merged.set(id, { id, item: check.item, method: check.method, key: check.key, targets: [target] });
      }
    }
  }
  return [...merged.values()];
}

const answered = (answer: Answer | undefined): answer is Answer & { result: CheckResult } => !!answer?.result;

/** The merged answers spread over one part's own codes. */
export function checksOf(part: Part, draft: Draft): InspectBody['checks'] {
  const checks: InspectBody['checks'] = {};
  for (const check of part.checklist ?? []) {
    const answer = draft.answers[checkId(check)];
    if (answered(answer)) checks[check.code] = { result: answer.result, note: answer.note.trim() };
  }
  return checks;
}

/** A key check of this part failed: the server will not take "pass". */
export const keyFailed = (part: Part, draft: Draft): boolean => (part.checklist ?? []).some((check) => check.key && draft.answers[checkId(check)]?.result === 'fail');

export function progressOf(checks: MergedCheck[], draft: Draft): { done: number; all: number } {
  return { done: checks.filter((check) => draft.answers[check.id]?.result).length, all: checks.length };
}

function missingOfPart(part: Part, draft: Draft, today: string): Missing[] {
  const written = draft.parts[part.item_id];
  const t = text.missing;
  if (!written?.result) return [{ at: `result-${part.item_id}`, message: t.result(part.permit) }];
  const missing: Missing[] = [];
  if (written.result === 'pass' && keyFailed(part, draft)) missing.push({ at: `result-${part.item_id}`, message: t.barred(part.permit) });
  if (written.result !== 'pass' && !written.findings.trim()) missing.push({ at: `findings-${part.item_id}`, message: t.findings(part.permit) });
  if (written.result === 'rectify' && !written.rectify_by) missing.push({ at: `rectify-${part.item_id}`, message: t.rectify(part.permit) });
  else if (written.result === 'rectify' && written.rectify_by <= today) missing.push({ at: `rectify-${part.item_id}`, message: t.rectifyPast(part.permit) });
  return missing;
}

/** Everything that stops signing, all at once: the rules of the server's inspect_check. */
export function missingOf(parts: Part[], draft: Draft, today: string): Missing[] {
  const missing: Missing[] = [];
  for (const check of mergeChecks(parts)) {
    const answer = draft.answers[check.id];
    if (!answer?.result) missing.push({ at: `check-${check.id}`, message: text.missing.check(check.item) });
    else if (answer.result === 'fail' && !answer.note.trim()) missing.push({ at: `note-${check.id}`, message: text.missing.note(check.item) });
    else if ([...answer.note.trim()].length > 300) missing.push({ at: `note-${check.id}`, message: text.missing.noteLong(check.item) });
  }
  return missing.concat(parts.flatMap((part) => missingOfPart(part, draft, today)));
}

/** What is sent for one part; only after missingOf said that nothing is missing. */
export function inspectBody(part: Part, draft: Draft, takenAt: number): InspectBody {
  const written = draft.parts[part.item_id] ?? emptyPart(part);
  return {
    checks: checksOf(part, draft),
    result: written.result || 'fail',
    findings: written.findings.trim(),
    ...(written.result === 'rectify' ? { rectify_by: written.rectify_by } : {}),
    taken_at: takenAt,
  };
}

/** The draft with what the server has for a part: to go on from there, or to take the other's side. */
export function withRecord(draft: Draft, part: Part): Draft {
  const answers = { ...draft.answers };
  for (const check of part.checklist ?? []) {
    const found = part.checks?.[check.code];
    if (found) answers[checkId(check)] = { result: found.result as CheckResult, note: found.note };
  }
  const written: PartDraft = {
    result: part.result === 'none' ? '' : part.result,
    findings: part.findings ?? '',
    rectify_by: part.rectify_by ?? '',
    base: part.version,
  };
  return { ...draft, answers, parts: { ...draft.parts, [part.item_id]: written } };
}

/** The draft after the record of one part has arrived or was given up; null when nothing is left of it. */
export function withoutPart(draft: Draft, item: string): Draft | null {
  const { [item]: _gone, ...parts } = draft.parts;
  return Object.keys(parts).length ? { ...draft, parts } : null;
}

/** Is this part mine to write down now? A record of mine that arrived is not, unless I took it up again. */
export function isWriting(part: Part, draft: Draft, me: string): boolean {
  const stage = stageOf(part, me);
  const written = draft.parts[part.item_id];
  if (stage === 'recorded') return !!written && written.base >= part.version;
  return stage === 'todo' || (stage === 'confirm' && !!written);
}

/** Has anything been written? */
export function draftTouched(draft: Draft | undefined): boolean {
  if (!draft) return false;
  return Object.values(draft.answers).some((one) => one.result || one.note) || Object.values(draft.parts).some((one) => one.result || one.findings);
}
