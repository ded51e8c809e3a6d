// Filters that stand in the address, so that boards and messages can link to them.
import { ref, watch, type Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';

interface QueryFilters {
  pick: (name: string) => string;
  filter: (name: string, value: string) => void;
  /** What is being typed; goes into `q` a moment later. */
  words: Ref<string>;
  /** The value that a select has now. */
  chosen: (event: Event) => string;
}

export function useQueryFilters(): QueryFilters {
  const route = useRoute();
  const router = useRouter();
  const pick = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : '');
  const words = ref(pick('q'));
  function filter(name: string, value: string) {
    const query = { ...route.query };
    if (value) query[name] = value;
    else delete query[name];
    void router.replace({ query });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(words, (value) => {
    clearTimeout(timer);
    if (value.trim() !== pick('q')) timer = setTimeout(() => filter('q', value.trim()), 300);
  });
  watch(() => pick('q'), (value) => {
    if (value !== words.value.trim()) words.value = value;
  });
  return { pick, filter, words, chosen: (event) => (event.target as HTMLSelectElement).value };
}
