// Loading of a page's data: content, problem and another try.
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { ApiProblem } from '../api/client';
import { asProblem } from './problems';

export interface Loaded<T> {
  data: ShallowRef<T | null>;
  problem: ShallowRef<ApiProblem | null>;
  busy: Ref<boolean>;
  load: () => Promise<void>;
}

/** Later answers win over earlier ones that arrive late. */
export function useLoad<T>(fetcher: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<ApiProblem | null>(null);
  const busy = ref(false);
  let round = 0;
  async function load() {
    const mine = ++round;
    busy.value = true;
    problem.value = null;
    try {
      const answer = await fetcher();
      if (mine === round) data.value = answer;
    } catch (reason) {
      if (mine === round) problem.value = asProblem(reason);
    } finally {
      if (mine === round) busy.value = false;
    }
  }
  return { data, problem, busy, load };
}

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that grows by cursor. */
export function usePages<T, P extends Page<T>>(fetcher: (cursor?: string) => Promise<P>) {
  const items = shallowRef<T[]>([]);
  const more = ref<string | null>(null);
  const first = useLoad(async () => {
    const page = await fetcher();
    items.value = page.items;
    more.value = page.next_cursor;
    return page;
  });
  const extending = ref(false);
  async function extend() {
    if (!more.value || extending.value) return;
    extending.value = true;
    try {
      const page = await fetcher(more.value);
      items.value = [...items.value, ...page.items];
      more.value = page.next_cursor;
    } catch (reason) {
      first.problem.value = asProblem(reason);
    } finally {
      extending.value = false;
    }
  }
  return { ...first, items, more, extending, extend };
}

/** After the next frame has been drawn. */
export const frame = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));
