// The state of editing one draft: the document, what was changed and not yet sent, undo, problems.
//
// A change shows at once and is sent a moment later, with what else changed meanwhile, guarded by
// the draft's version. What was not sent is kept in this browser until it was; when somebody else was
// faster, the latest document is read and the unsent changes are put on top of it.
import { computed, reactive, ref, shallowRef, type Ref } from 'vue';
import { actOnce, api, ApiProblem, csrfHeader, get, ifMatch, once, type Schemas } from '../../api/client';
import { asProblem } from '../../shared/problems';
import { apply, at, setting, type Operation } from './patch';
import { namesOf, type Shapes, type Thing } from './shape';

const PAUSE = 600;
const UNDO_MAX = 200;
const OPS_MAX = 150;
export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict' | 'refused';

const keyOf = (id: string) => `yz-catalog-draft:${id}`;
function recall(id: string): Operation[] {
  try {
    return JSON.parse(localStorage.getItem(keyOf(id)) ?? '[]') as Operation[];
  } catch {
    return [];
  }
}

export function useEditor(id: () => string) {
  const shapes = shallowRef<Shapes>({});
  const draft = shallowRef<Schemas['CatalogDraft'] | null>(null);
  const doc: Ref<Thing | null> = ref(null);
  const problem = shallowRef<ApiProblem | null>(null);
  const state = ref<SaveState>('saved');
  const refusal = ref('');
  const kept = shallowRef<Operation[]>([]);
  const undoStack = reactive<Operation[]>([]);
  let queue: Operation[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending: Promise<void> | null = null;

  const path = () => ({ id: id() });
  const canEdit = computed(() => draft.value?.allowed.includes('edit') ?? false);
  const names = computed(() => namesOf(doc.value ?? {}));

  function remember() {
    if (queue.length) localStorage.setItem(keyOf(id()), JSON.stringify(queue));
    else localStorage.removeItem(keyOf(id()));
  }

  async function read() {
    const [one, body] = await Promise.all([
      get(api.GET('/api/v1/catalog/drafts/{id}', { params: { path: path() } })),
      get(api.GET('/api/v1/catalog/drafts/{id}/body', { params: { path: path() } })),
    ]);
    draft.value = one;
    doc.value = body as Thing;
  }

  async function load() {
    problem.value = null;
    try {
      if (!Object.keys(shapes.value).length) shapes.value = (await get(api.GET('/api/v1/catalog/shape'))).shapes;
      await read();
      kept.value = canEdit.value ? recall(id()) : [];
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  function later() {
    clearTimeout(timer);
    state.value = 'unsaved';
    timer = setTimeout(() => void flush(), PAUSE);
  }

  function run(operation: Operation, undoable = true) {
    if (!doc.value || !canEdit.value) return;
    const back = apply(doc.value, operation);
    if (undoable) {
      undoStack.push(back);
      if (undoStack.length > UNDO_MAX) undoStack.shift();
    }
    queue.push(operation);
    remember();
    later();
  }

  function set(pointer: string, value: unknown) {
    const operation = doc.value && setting(doc.value, pointer, value);
    if (operation) run(operation);
  }
  function undo() {
    const back = undoStack.pop();
    if (back) run(back, false);
    return back?.path ?? null;
  }

  async function send() {
    const now = draft.value;
    const ops = queue.slice(0, OPS_MAX);
    if (!now || ops.length === 0) return;
    state.value = 'saving';
    try {
      draft.value = await actOnce(`catalog-patch:${now.id}:${now.version}`, (key) =>
        get(api.PATCH('/api/v1/catalog/drafts/{id}/body', { params: { path: path(), header: { ...csrfHeader(), ...once(key), ...ifMatch(now.version) } }, body: { ops } })),
      );
      queue = queue.slice(ops.length);
      state.value = queue.length ? 'unsaved' : 'saved';
      remember();
      if (queue.length) later();
    } catch (reason) {
      const found = asProblem(reason);
      state.value = found.status === 412 ? 'conflict' : found.status === 0 || found.status >= 500 ? 'failed' : 'refused';
      refusal.value = found.errors[0]?.message ?? found.detail ?? found.message;
      if (state.value === 'failed') timer = setTimeout(() => void flush(), 5000);
    }
  }

  /** Sends what waits; one call at a time. */
  async function flush(): Promise<void> {
    clearTimeout(timer);
    if (sending) await sending;
    if (queue.length === 0) return;
    sending = send().finally(() => (sending = null));
    await sending;
  }

  /** Reads the latest document and puts changes on it; those that no longer fit are left out. */
  async function putBack(changes: Operation[]) {
    queue = [];
    undoStack.length = 0;
    await read();
    for (const one of changes) {
      try {
        run(one);
      } catch {
        continue;
      }
    }
    kept.value = [];
    remember();
    if (queue.length === 0) state.value = 'saved';
    await flush();
  }
  const resolve = () => putBack([...queue]);
  const takeKept = () => putBack(kept.value);
  function dropKept() {
    kept.value = [];
    localStorage.removeItem(keyOf(id()));
  }

  const problemsAt = (pointer: string) => (draft.value?.problems ?? []).filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
  return {
    shapes, draft, doc, problem, state, refusal, kept, undoStack, canEdit, names,
    load, read, run, set, undo, flush, resolve, takeKept, dropKept, problemsAt,
    at: (pointer: string) => at(doc.value, pointer),
  };
}
export type Editor = ReturnType<typeof useEditor>;
