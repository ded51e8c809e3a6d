// A list worked through with the keyboard: j and k move, Enter opens, single letters act (not while typing).
import { nextTick, onBeforeUnmount, onMounted, ref, type Ref } from 'vue';
import { inField } from './keys';

interface Rows {
  /** How many rows are shown now. */
  count: () => number;
  /** Enter; not given: rows open nothing. */
  open?: (at: number) => void;
  /** Further keys, lower case. */
  keys: Record<string, () => void>;
}

/** The current row. */
export function useRowKeys(rows: Rows): Ref<number> {
  const at = ref(0);
  async function move(step: number) {
    at.value = Math.max(0, Math.min(rows.count() - 1, at.value + step));
    await nextTick();
    document.querySelector<HTMLElement>('tr.current a, tr.current input')?.focus();
  }
  const keys: Record<string, () => void> = { j: () => void move(1), k: () => void move(-1), ...rows.keys };
  function key(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const box = (event.target as HTMLElement | null)?.matches?.('tbody input[type="checkbox"]');
    if (inField(event) && !box) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    const run = keys[event.key.toLowerCase()];
    if (run) {
      event.preventDefault();
      run();
    } else if (event.key === 'Enter' && rows.open && (box || document.activeElement === document.body) && at.value < rows.count()) rows.open(at.value);
  }
  onMounted(() => window.addEventListener('keydown', key));
  onBeforeUnmount(() => window.removeEventListener('keydown', key));
  return at;
}
