// The notice that an address asks for. The router begins to ask while the script of the page is still on
// its way; the page then takes that answer.
import type { RouteLocationNormalized } from 'vue-router';
import { api, get, type Schemas } from '../api/client';
import { readQuery } from '../shared/case/query';
import type { Answers } from '../shared/cond';

export interface Asked {
  notice: Schemas['Notice'];
  guide: Schemas['GuideResult'];
  answers: Answers;
}

/** Only the answers to questions that these answers make visible come back. */
export async function askNotice(code: string, region: string, answers: Answers): Promise<Asked> {
  const answer = await get(api.POST('/api/v1/industries/{code}/notice', { params: { path: { code } }, body: { region, answers } }));
  const asked = new Set(answer.guide.visible);
  return { ...answer, answers: Object.fromEntries(Object.entries(answers).filter(([question]) => asked.has(question))) };
}

let begun: { path: string; answer: Promise<Asked> } | null = null;
export function beginNotice(to: RouteLocationNormalized): void {
  const { region, answers } = readQuery(to.query);
  const answer = askNotice(String(to.params.industry), region, answers);
  answer.catch(() => undefined); // the page hears of it when it takes the answer
  begun = { path: to.fullPath, answer };
}
/** The answer that was begun for this address, once. */
export function takeNotice(path: string): Promise<Asked> | null {
  const mine = begun?.path === path ? begun.answer : null;
  begun = null;
  return mine;
}
