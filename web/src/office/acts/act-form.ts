// What all forms of acts have in common: what they are given, and checking before they are sent.
import { computed, ref, type ComputedRef } from 'vue';
import type { Schemas } from '../../api/client';

export interface ActProps {
  item: Schemas['ItemDetail'];
  name: string; // of the act, as on its button
  busy: boolean;
  errors: Map<string, string>; // what the server found, by field
}
export type ActInput = Schemas['ActInput'];

/** rules: by field, the sentence when something is missing, or something falsy. */
export function useAct(props: Pick<ActProps, 'errors'>, rules: () => Record<string, string | false | undefined>): { errors: ComputedRef<Map<string, string>>; check: () => boolean } {
  const tried = ref(false);
  const found = computed(() => Object.entries(rules()).filter((one): one is [string, string] => !!one[1]));
  return {
    errors: computed(() => new Map([...props.errors, ...(tried.value ? found.value : [])])),
    check: () => {
      tried.value = true;
      return found.value.length === 0;
    },
  };
}

/** The note is sent only when there is one. */
export const noteOf = (note: string): ActInput => (note.trim() ? { note: note.trim() } : {});
