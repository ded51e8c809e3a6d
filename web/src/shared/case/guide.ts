// State of the guide: region and answers live in the address, so that a page can be shared,
// bookmarked and gone back to; the result is asked for again whenever they change.
import { computed, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { api, get, type ApiProblem, type Schemas } from '../../api/client';
import { holds, type Answers } from '../cond';
import { asProblem } from '../problems';
import { OTHERS, readQuery, REGION, UNSURE, writeQuery } from './query';

/** Answers to questions that these answers make visible, and to no others. */
export function visibleAnswers(questions: Schemas['Question'][], answers: Answers): Answers {
  const map = new Map(questions.map((one) => [one.code, one]));
  const kept: Answers = {};
  for (const question of questions) {
    const given = answers[question.code];
    if (given?.length && holds(question.show_if, { values: {}, answers, questions: map })) kept[question.code] = given;
  }
  return kept;
}

/** Shops stand in districts: regions that contain no other region. */
function leaves(regions: Schemas['Region'][]): Schemas['Region'][] {
  const parents = new Set(regions.map((one) => one.parent));
  const found = regions.filter((one) => !parents.has(one.code));
  return found.length ? found : regions;
}

export function useGuide(code: () => string) {
  const route = useRoute();
  const router = useRouter();
  const industry = shallowRef<Schemas['IndustryDetail'] | null>(null);
  const regions = shallowRef<Schemas['Region'][]>([]);
  const result = shallowRef<Schemas['GuideResult'] | null>(null);
  const problem = shallowRef<ApiProblem | null>(null);
  const busy = ref(false);
  const state = computed(() => readQuery(route.query));
  const region = computed(() => state.value.region);
  const answers = computed(() => state.value.answers);
  let round = 0;

  const visible = computed(() => {
    const all = industry.value?.questions ?? [];
    const map = new Map(all.map((one) => [one.code, one]));
    return all.filter((one) => holds(one.show_if, { values: {}, answers: answers.value, questions: map }));
  });
  const complete = computed(() => !!region.value && visible.value.every((one) => answers.value[one.code]?.length && !answers.value[one.code]?.includes(UNSURE)));
  /** What the last answer changed, for people to see. */
  const changed = shallowRef<{ change: Schemas['GuideChange']; label: string } | null>(null);

  async function load() {
    problem.value = null;
    try {
      const [one, list] = await Promise.all([get(api.GET('/api/v1/industries/{code}', { params: { path: { code: code() } } })), get(api.GET('/api/v1/regions'))]);
      industry.value = one;
      regions.value = leaves(list.items);
      await run();
    } catch (reason) {
      problem.value = asProblem(reason);
    }
  }

  async function run() {
    if (!industry.value) return;
    const mine = ++round;
    busy.value = true;
    try {
      const body = { region: region.value || (regions.value[0]?.code ?? ''), answers: visibleAnswers(industry.value.questions, answers.value) };
      const answer = await get(api.POST('/api/v1/industries/{code}/guide', { params: { path: { code: code() } }, body }));
      if (mine === round) result.value = answer;
    } catch (reason) {
      if (mine === round) problem.value = asProblem(reason);
    } finally {
      if (mine === round) busy.value = false;
    }
  }

  async function put(nextRegion: string, next: Answers) {
    await router.replace({ query: { ...keepOthers(), ...writeQuery(nextRegion, next) } });
  }
  /** Members of the query that are not the guide's, such as the step. */
  function keepOthers() {
    return Object.fromEntries(Object.entries(route.query).filter(([name]) => name !== REGION && OTHERS.has(name)));
  }
  const setRegion = (next: string) => put(next, answers.value);
  function choose(question: Schemas['Question'], option: string, on: boolean) {
    const before = (answers.value[question.code] ?? []).filter((one) => one !== UNSURE);
    const change = result.value?.changes?.find((one) => one.question === question.code && one.option === option && one.on === on);
    changed.value = change ? { change, label: question.options.find((one) => one.code === option)?.label ?? '' } : null;
    if (option === UNSURE) return put(region.value, visibleAnswers(industry.value?.questions ?? [], { ...answers.value, [question.code]: on ? [UNSURE] : [] }));
    const chosen = question.multi ? question.options.map((one) => one.code).filter((one) => (one === option ? on : before.includes(one))) : [option];
    const alone = new Set(question.options.filter((one) => one.exclusive).map((one) => one.code));
    const kept = !on || !chosen.some((one) => alone.has(one)) ? chosen : alone.has(option) ? [option] : chosen.filter((one) => !alone.has(one));
    return put(region.value, visibleAnswers(industry.value?.questions ?? [], { ...answers.value, [question.code]: kept }));
  }

  watch(state, run);
  watch(code, () => {
    industry.value = null;
    result.value = null;
    changed.value = null;
    void load();
  });
  const link = (name: string) => ({ name, params: { industry: code() }, query: { ...keepOthers(), ...writeQuery(region.value, answers.value) } as Record<string, string> });
  return { industry, regions, region, answers, visible, complete, changed, result, problem, busy, load, setRegion, choose, link };
}

export type Guide = ReturnType<typeof useGuide>;
