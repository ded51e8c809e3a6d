// The languages that there are, and the one that was chosen. Its texts are loaded before the pages are
// built (main.ts) and only then; choosing another one loads the page anew.
import { shallowRef } from 'vue';
import { mergeText, type About, type Language } from '../shared/language';
import { text as shared } from '../shared/strings';
import { text } from './strings';

export const CHINESE = 'zh-CN';
const KEPT = 'yz-language';

const abouts = import.meta.glob<About>('../lang/*.ts', { query: '?about', import: 'default', eager: true });
const files = import.meta.glob<Language>('../lang/*.ts', { import: 'language' });

/** Chinese first. */
export const languages: About[] = [{ tag: CHINESE, name: text.chinese }, ...Object.values(abouts)];
/** null: Chinese. */
export const language = shallowRef<Omit<Language, 'shared' | 'portal'> | null>(null);

/** The language of a part of the page: 'frame', or the name of a route. */
export const langOf = (part: string): string => (language.value && !language.value.covers.includes(part) ? CHINESE : (language.value?.tag ?? CHINESE));

export function chooseLanguage(tag: string): void {
  localStorage.setItem(KEPT, tag);
  location.reload();
}

/** Puts the chosen language over the texts. A file that is gone, or does not load, leaves Chinese. */
export async function restoreLanguage(): Promise<void> {
  const wanted = localStorage.getItem(KEPT) ?? CHINESE;
  const path = Object.keys(abouts).find((one) => abouts[one]?.tag === wanted);
  const loaded = path && (await files[path]?.().catch(() => null));
  if (!loaded) return;
  mergeText(shared, loaded.shared);
  mergeText(text, loaded.portal);
  language.value = loaded;
  document.documentElement.lang = loaded.tag;
}
