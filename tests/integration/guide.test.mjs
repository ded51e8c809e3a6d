// The guide (R2.1): 32 worked examples, the annex's table, and no dead end for any answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { World } from './lib/world.mjs';

// Typed from the annex of the city's plan (附件：“一业一证”改革行业目录), column by column, not from code.
const ANNEX = [
  [1, '超市', '食品经营许可证、食品生产经营登记证、药品经营许可证、第二类医疗器械经营备案凭证、烟草专卖证', ''],
  [2, '便利店', '食品生产经营登记证、药品经营许可证、第二类医疗器械经营备案凭证', '按需办理'],
  [3, '餐厅/饭店', '食品经营许可证、烟草专卖证', '按需办理'],
  [4, '小餐饮', '食品经营许可证（食品生产经营登记证）', '按需办理'],
  [5, '老年人就餐中心', '食品经营许可证', '按需办理'],
  [6, '烘焙坊/面包房/蛋糕店', '食品生产经营登记证（食品经营许可证）', '按需办理'],
  [7, '宾馆/旅馆/酒店', '卫生许可证、食品经营许可证、特种行业许可证', '按需办理'],
  [8, '游艺娱乐场所/电玩城', '卫生许可证、娱乐场所经营许可证、食品经营许可证', '按需办理'],
  [9, '歌舞娱乐场所/KTV', '卫生许可证、娱乐场所经营许可证、食品经营许可证', '按需办理'],
  [10, '网吧/网咖', '互联网上网服务营业场所安全审核批准书、食品经营许可证、网络文化经营许可证', ''],
  [11, '电影院', '卫生许可证、电影放映经营许可证、食品经营许可证', ''],
  [12, '诊所', '医疗机构许可证备案、母婴保健机构执业许可证、放射诊疗许可证', ''],
  [13, '零售药店', '药品经营许可证、第二类医疗器械经营备案凭证、第三类医疗器械经营许可证、食品经营许可证', ''],
  [14, '医疗器械销售', '第二类医疗器械经营备案凭证、第三类医疗器械经营许可证', ''],
];
/** How the platform's permits stand for the annex's words (names differ, certificates do not). */
const NAMES = {
  食品经营许可证: 'P-SPJYXK', 食品生产经营登记证: 'P-SPDJZ', 药品经营许可证: 'P-YPJY', 第二类医疗器械经营备案凭证: 'P-QX2',
  第三类医疗器械经营许可证: 'P-QX3', 烟草专卖证: 'P-YCLS', 卫生许可证: 'P-GGWS', 特种行业许可证: 'P-LGTZ', 娱乐场所经营许可证: 'P-YLCS',
  互联网上网服务营业场所安全审核批准书: 'P-WBAQ', 网络文化经营许可证: 'P-WLWH', 电影放映经营许可证: 'P-DYFY',
  医疗机构许可证备案: 'P-ZSBA', 母婴保健机构执业许可证: 'P-MYBJ', 放射诊疗许可证: 'P-FSZL',
};
const scenarios = JSON.parse(readFileSync(join(ROOT, 'tests', 'data', 'scenarios.json'), 'utf8'));

let server, world, anybody;
before(async () => {
  server = await startServer();
  world = new World(server);
  anybody = world.client();
});
after(async () => {
  world.close();
  await server.stop();
});

test('the 14 industries and their permits are exactly those of the annex', async () => {
  const list = await anybody.get('/api/v1/industries');
  const shown = [...list.items].sort((a, b) => a.seq - b.seq);
  assert.deepEqual(shown.map((i) => [i.seq, i.name, i.annex_text, i.annex_remark]), ANNEX);
  for (const [seq, , text] of ANNEX) {
    const words = text.split(/[、（）]/).filter(Boolean);
    const permits = shown[seq - 1].permits;
    assert.deepEqual(permits.map((p) => p.code).sort(), words.map((w) => NAMES[w]).sort(), `industry ${seq}`);
  }
});

test('two industries let one of two food permits do (二选一), as the annex writes in brackets', async () => {
  for (const code of ['I04', 'I06']) {
    const { permits } = await anybody.get(`/api/v1/industries/${code}`);
    assert.deepEqual(permits.map((p) => p.mode), ['one_of', 'one_of'], code);
  }
});

assert.equal(scenarios.length, 32);
// Which revision of the internet café rules applies is a fact of the catalogue, not an answer.
const revisions = new Set(scenarios.map((s) => s.context?.law_version).filter(Boolean));
const inForce = scenarios.filter((s) => !s.context || s.context.law_version === [...revisions].sort().at(-1));
for (const s of inForce)
  test(`scenario ${s.industry} ${s.name}`, async () => {
    const g = await anybody.post(`/api/v1/industries/${s.industry}/guide`, { region: '150302', answers: s.answers });
    assert.deepEqual(g.permits.map((p) => p.code).sort(), [...s.permits].sort());
    for (const r of s.related ?? []) assert.ok(g.related.some((x) => x.code === r), `lacks ${r}`);
    assert.equal(g.complete, true);
    for (const p of g.permits) {
      assert.ok(p.why.length > 0, `${p.code} does not say why`);
      assert.ok(p.department, `${p.code} has no department`);
    }
  });

/** All sets of choices that a question allows: single options, or subsets with exclusive ones alone. */
function choices(q) {
  if (!q.multi) return q.options.map((o) => [o.code]);
  const free = q.options.filter((o) => !o.exclusive).map((o) => o.code);
  const subsets = Array.from({ length: 2 ** free.length - 1 }, (_, i) => free.filter((_, k) => (i + 1) & (1 << k)));
  return [...subsets, ...q.options.filter((o) => o.exclusive).map((o) => [o.code])];
}

/** Walk every path that the guide itself opens. */
async function walk(industry, questions, answers, out) {
  const g = await anybody.post(`/api/v1/industries/${industry}/guide`, { region: '150303', answers });
  if (g.missing.length === 0) {
    out.n++;
    assert.equal(g.complete, true);
    const says = g.permits.length || g.blocked || g.related.length || g.redirects.length || g.notes.length;
    assert.ok(says, `dead end at ${JSON.stringify(answers)}`);
    for (const p of g.permits) assert.ok(p.department, `${p.code} has nobody to decide it`);
    return;
  }
  assert.equal(g.complete, false);
  const q = questions.get(g.missing[0]);
  assert.ok(q, `asks for unknown ${g.missing[0]}`);
  for (const c of choices(q)) await walk(industry, questions, { ...answers, [q.code]: c }, out);
}

for (const code of ['I04', 'I06', 'I12', 'I14'])
  test(`every combination of answers of ${code} leads somewhere`, async () => {
    const industry = await anybody.get(`/api/v1/industries/${code}`);
    const out = { n: 0 };
    await walk(code, new Map(industry.questions.map((q) => [q.code, q])), {}, out);
    assert.ok(out.n > 1, `${out.n} combinations`);
  });

test('answers that the catalogue does not know are refused one by one', async () => {
  const ask = (answers, region = '150302') => anybody.call('POST', '/api/v1/industries/I04/guide', { json: { region, answers } });
  assertPointer(await ask({ 'I04-Q1': ['Z'] }), '/answers/I04-Q1/0', 'unknown_option');
  assertPointer(await ask({ 'I99-Q1': ['A'] }), '/answers/I99-Q1');
  assertPointer(await ask({ 'I04-Q1': ['A', 'B'] }), '/answers/I04-Q1');
  assertPointer(await ask({ 'I04-Q1': 'A' }), '/answers/I04-Q1');
  assertPointer(await ask({}, '999999'), '/region');
  assertProblem(await anybody.call('POST', '/api/v1/industries/I77/guide', { json: { region: '150302', answers: {} } }), 404, 'not_found');
});

test('regions and windows: every district and the city has its hall, address, hours and phone', async () => {
  const regions = await anybody.get('/api/v1/regions');
  assert.deepEqual(regions.items.map((r) => r.code).sort().slice(-4), ['150300', '150302', '150303', '150304']);
  for (const r of ['150300', '150302', '150303', '150304']) {
    const w = await anybody.get(`/api/v1/windows?region=${r}`);
    assert.ok(w.items.length > 0, r);
    for (const one of w.items) for (const k of ['address', 'hours', 'phone']) assert.ok(one[k], `${r} ${k}`);
  }
});

test('every other answer says what it would change, and giving it does just that', async () => {
  const run = (answers) => anybody.post('/api/v1/industries/I01/guide', { region: '150302', answers });
  const answers = { 'I01-Q1': ['A'], 'I01-Q2': ['B'] };
  const now = await run(answers);
  const codes = (r) => r.permits.map((p) => p.code).sort();
  assert.ok(now.changes.length > 5);
  for (const change of now.changes.filter((c) => c.question === 'I01-Q1')) {
    const then = await run({ ...answers, [change.question]: [change.option] });
    assert.deepEqual(codes(then).filter((c) => !codes(now).includes(c)), change.permits_added.map((p) => p.code).sort());
    assert.deepEqual(codes(now).filter((c) => !codes(then).includes(c)), change.permits_removed.map((p) => p.code).sort());
  }
  assert.ok(now.changes.some((c) => c.permits_added.some((p) => p.code === 'P-YCLS')));
  assert.ok(now.changes.some((c) => c.materials_added.length > 0));
  assert.ok(now.permits.every((p) => p.bases.length && p.bases.every((b) => b.law && b.article)), 'every permit names its clauses');
});

test('"I do not know": every way it may turn out, whom to ask, and no case before it is settled', async () => {
  const answers = { 'I01-Q1': ['?'] };
  const open = await anybody.post('/api/v1/industries/I01/guide', { region: '150302', answers });
  assert.deepEqual([open.complete, open.unsure], [false, ['I01-Q1']]);
  assert.ok(!open.missing.includes('I01-Q1'));
  assert.ok(open.paths.length >= 2 && open.paths.every((p) => p.question === 'I01-Q1'));
  const food = open.permits.find((p) => p.code === 'P-SPJYXK');
  assert.equal(food.maybe, true);
  assert.ok(food.why.some((r) => r.text.includes('如果')));
  assert.equal(open.ask.region, '150302');
  assert.match(open.ask.phone, /示例/);
  const full = { 'I01-Q1': ['?'] };
  for (const q of open.missing) full[q] = ['?'];
  const who = await world.applicant();
  const refused = await who.call('POST', '/api/v1/cases', { json: { industry: 'I01', region: '150302', answers: full }, key: true });
  assertPointer(refused, '/answers/I01-Q1', 'unsure');
  assertPointer(await anybody.call('POST', '/api/v1/industries/I01/guide', { json: { region: '150302', answers: { 'I01-Q1': ['?', 'A'] } } }), '/answers/I01-Q1/0', 'unknown_option');
});
