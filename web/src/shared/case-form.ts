// The one form of a case while somebody fills it: values, autosave under If-Match, merging after
// somebody else's change, and a copy in this browser until the server has it.
import { computed, reactive, shallowRef, ref } from 'vue';
import { api, ApiProblem, csrfHeader, get, ifMatch, type Schemas } from '../api/client';
import type { Answers, CondInput, Values } from './cond';
import { checkForm, fieldShown, type FieldProblem, type FormField } from './form';
import { asProblem } from './problems';
import { session } from './session';

export type SaveState = 'idle' | 'saving' | 'saved' | 'failed' | 'signed_out' | 'merged';
export interface Section {
  key: string;
  title: string;
  own: boolean;
  fields: FormField[];
}

/** The declaration of truth is asked for once, when submitting. */
export const TRUTH_FIELD = 'F_TRUTH';
/** The unified social credit code, by which the enterprise register is asked. */
export const CODE_FIELD = 'F_USCC';

/** Sections of the form: shared fields by group, then one section per permit. */
export function sectionsOf(form: Schemas['Form']): Section[] {
  const sections = new Map<string, Section>();
  for (const field of form.fields) {
    if (field.code === TRUTH_FIELD) continue;
    const key = field.owner ?? field.group;
    let section = sections.get(key);
    if (!section) {
      section = { key, own: !!field.owner, title: field.group, fields: [] };
      sections.set(key, section);
    }
    section.fields.push(field);
  }
  return [...sections.values()];
}

const SAVE_DELAY = 900;
const RETRY_DELAY = 5000;

export function createCaseForm(id: string) {
  const whole = shallowRef<Schemas['Case'] | null>(null);
  const form = shallowRef<Schemas['CaseForm'] | null>(null);
  const definition = shallowRef<Schemas['Form'] | null>(null);
  const values = reactive<Values>({});
  const commitments = reactive<Record<string, boolean>>({});
  const problem = shallowRef<ApiProblem | null>(null);
  const state = ref<SaveState>('idle');
  const dirty = new Set<string>();
  const backup = `yz-draft:${session.user?.id ?? ''}:${id}`;
  let version = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> | null = null;

  const input = computed<CondInput>(() => ({
    values,
    answers: (whole.value?.answers ?? {}) as Answers,
    context: definition.value?.context,
    fields: new Map((definition.value?.fields ?? []).map((field) => [field.code, field])),
  }));
  const sections = computed(() => (definition.value ? sectionsOf(definition.value) : []));
  const shownFields = computed(() => (definition.value?.fields ?? []).filter((field) => fieldShown(field, input.value)));

  function keepCopy() {
    if (!dirty.size) return sessionStorage.removeItem(backup);
    const mine: Values = {};
    for (const code of dirty) mine[code] = values[code];
    sessionStorage.setItem(backup, JSON.stringify(mine));
  }

  function adopt(answer: Schemas['CaseForm']) {
    version = answer.version;
    form.value = answer;
    if (answer.definition) definition.value = answer.definition;
    for (const code of Object.keys(values)) if (!dirty.has(code) && !(code in answer.values)) delete values[code];
    for (const [code, value] of Object.entries(answer.values)) if (!dirty.has(code)) values[code] = value;
    for (const code of Object.keys(commitments)) if (!(code in answer.commitments)) delete commitments[code];
    Object.assign(commitments, answer.commitments);
  }

  async function load() {
    problem.value = null;
    try {
      const path = { params: { path: { id } } };
      const [one, answer] = await Promise.all([get(api.GET('/api/v1/cases/{id}', path)), get(api.GET('/api/v1/cases/{id}/form', path))]);
      whole.value = one;
      const copy = sessionStorage.getItem(backup);
      if (copy && answer.editable) {
        const mine = JSON.parse(copy) as Values;
        Object.assign(values, mine);
        Object.keys(mine).forEach((code) => dirty.add(code));
      }
      adopt(answer);
      if (dirty.size) schedule(0);
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  async function put(): Promise<void> {
    const sent = new Map([...dirty].map((code) => [code, JSON.stringify(values[code])]));
    const body = { values: { ...values }, commitments: { ...commitments } };
    const answer = await get(api.PUT('/api/v1/cases/{id}/form', { params: { path: { id }, header: { ...csrfHeader(), ...ifMatch(version) } }, body }));
    for (const [code, text] of sent) if (JSON.stringify(values[code]) === text) dirty.delete(code);
    adopt(answer);
    keepCopy();
  }

  async function saveNow(): Promise<void> {
    state.value = 'saving';
    try {
      try {
        await put();
        state.value = 'saved';
      } catch (reason) {
        if (!(reason instanceof ApiProblem) || reason.status !== 412) throw reason;
        adopt(await get(api.GET('/api/v1/cases/{id}/form', { params: { path: { id } } })));
        await put();
        state.value = 'merged';
      }
    } catch (reason) {
      const failure = asProblem(reason);
      problem.value = failure;
      state.value = failure.status === 401 ? 'signed_out' : 'failed';
      if (failure.status === 0 || failure.status >= 500) schedule(RETRY_DELAY);
    }
  }

  function schedule(delay = SAVE_DELAY) {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), delay);
  }

  /** Saves what is not saved yet; true when everything is on the server. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer);
    while (running) await running;
    if (!dirty.size) return true;
    running = saveNow().finally(() => {
      running = null;
    });
    await running;
    if (dirty.size && (state.value === 'saved' || state.value === 'merged')) return flush();
    return dirty.size === 0;
  }

  function set(code: string, value: unknown) {
    values[code] = value;
    dirty.add(code);
    keepCopy();
    schedule();
  }

  function commit(material: string, on: boolean) {
    if (on) commitments[material] = true;
    else delete commitments[material];
    dirty.add('');
    schedule(0);
  }

  /** Ask the sources; throws an ApiProblem. What is typed meanwhile stays. */
  async function prefill(body: Schemas['Prefill'] = {}): Promise<Schemas['PrefillSource'][]> {
    const ask = () => get(api.POST('/api/v1/cases/{id}/prefill', { params: { path: { id }, header: { ...csrfHeader(), ...ifMatch(version) } }, body }));
    await flush();
    try {
      const answer = await ask();
      adopt(answer);
      return answer.sources ?? [];
    } catch (reason) {
      if (!(reason instanceof ApiProblem) || reason.status !== 412) throw reason;
      await refresh();
      const answer = await ask();
      adopt(answer);
      return answer.sources ?? [];
    }
  }

  async function refresh() {
    adopt(await get(api.GET('/api/v1/cases/{id}/form', { params: { path: { id } } })));
  }

  const problemsOf = (fields: FormField[], complete: boolean): FieldProblem[] => checkForm(fields, input.value, session.today, complete);
  const currentVersion = () => version;

  return { id, whole, form, definition, values, commitments, problem, state, input, sections, shownFields, load, flush, set, commit, refresh, prefill, problemsOf, currentVersion };
}

export type CaseFormState = ReturnType<typeof createCaseForm>;

let current: { user: string; form: CaseFormState } | null = null;
/** The form of a case, kept while the same person moves between its pages. */
export function caseForm(id: string): CaseFormState {
  const user = session.user?.id ?? '';
  if (current?.form.id !== id || current.user !== user) current = { user, form: createCaseForm(id) };
  return current.form;
}

/** The form's definition changed behind it (other answers): read it anew next time. */
export function forgetCaseForm(): void {
  current = null;
}

// Leaving the page, switching to another app or locking the phone: save at once.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void current?.form.flush();
});
