// Where a value of the form came from, in words.
import type { Schemas } from '../api/client';
import { plainDate } from './format';
import { text } from './strings';

type Mark = Schemas['PrefillMark'];

const from = (mark: Mark, reference: string): string => text.prefill.from(mark.source + reference, plainDate(mark.on));

/** For the person who fills the form. */
export const markText = (mark: Mark): string => (mark.changed ? text.prefill.changed(from(mark, '')) : text.prefill.check(from(mark, '')));

/** For whoever reads it afterwards, with the number to look it up by. */
export function markNote(mark: Mark): string {
  const words = from(mark, mark.reference ? `（${mark.reference}）` : '');
  return mark.changed ? text.prefill.changedByApplicant(words) : words;
}

/** What the sources have to say: nothing of those that were not asked or that merely had nothing. */
export function tellings(sources: Schemas['PrefillSource'][]): Schemas['PrefillSource'][] {
  const asked = (kind: string) => kind === 'register' || kind === 'library';
  return sources.filter((one) => one.status !== 'skipped' && (asked(one.kind) || one.filled > 0));
}
