// Rows chosen in a list, and one act for all of them, each answered for itself.
import { reactive, ref, shallowRef, watch, type Ref } from 'vue';
import { asProblem } from '../shared/problems';

interface Row {
  id: string;
  version: number;
}
interface Answer {
  id: string;
  detail: string;
}
interface Bulk<R extends Row, A extends Answer> {
  /** The rows that are shown. */
  rows: () => R[];
  may: (row: R) => boolean;
  most: number;
  nameOf: (row: R) => string;
  /** Sends them; the same for the same rows at the same versions. */
  send: (items: Row[], act: string) => Promise<A[]>;
  after: () => Promise<unknown>;
}
/** The dialog that asks first. */
interface Dialog {
  open: () => unknown;
  close: () => void;
}

export function useBulk<R extends Row, A extends Answer>(b: Bulk<R, A>, dialog: Ref<Dialog | undefined>) {
  const chosen = reactive(new Set<string>());
  const busy = ref(false);
  const failure = ref('');
  const results = shallowRef<(A & { name: string })[]>([]);
  const selectable = () => b.rows().filter(b.may);
  watch(b.rows, (rows) => {
    for (const id of [...chosen]) if (!rows.some((row) => row.id === id)) chosen.delete(id);
  });
  function toggle(row: R | undefined) {
    if (row && b.may(row) && !chosen.delete(row.id) && chosen.size < b.most) chosen.add(row.id);
  }
  function toggleAll() {
    const all = selectable().every((row) => chosen.has(row.id));
    for (const row of selectable()) if (all) chosen.delete(row.id);
      else if (chosen.size < b.most) chosen.add(row.id);
  }
  function ask() {
    failure.value = '';
    if (chosen.size) void dialog.value?.open();
  }
  async function run() {
    const rows = b.rows().filter((row) => chosen.has(row.id));
    const names = new Map(rows.map((row) => [row.id, b.nameOf(row)]));
    busy.value = true;
    try {
      const answer = await b.send(rows.map(({ id, version }) => ({ id, version })), rows.map((row) => `${row.id}.${row.version}`).join('-'));
      results.value = answer.map((one) => ({ ...one, name: names.get(one.id) ?? one.id }));
      chosen.clear();
      dialog.value?.close();
      await b.after();
    } catch (reason) {
      const problem = asProblem(reason);
      failure.value = [problem.message, problem.detail].filter(Boolean).join('：');
    } finally {
      busy.value = false;
    }
  }
  return { chosen, busy, failure, results, toggle, toggleAll, ask, run };
}
