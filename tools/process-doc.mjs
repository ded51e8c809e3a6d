// Writes docs/process.md from the tables of the program itself (`yizheng process`), the rules below and the
// tests that carry their numbers, so that the page cannot say anything but what the program does.
// usage: node tools/process-doc.mjs PROGRAM [--check]     (--check: only say whether the page is current)
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [program, check] = process.argv.slice(2);
const target = join(root, 'docs', 'process.md');

/** Rule, article (行政许可法 unless another law is named), what it demands, where the code is. */
const RULES = [
  ['P1', '29, 31', 'all items start at the same moment; the receipt names every department; only what the catalogue asks for', 'src/service/submit.c src/service/draft.c'],
  ['P2', '32', 'acceptance with its paper and date', 'src/service/review.c src/service/papers.c'],
  ['P3', '32', 'refusal with reason and the right organ', 'src/service/review.c src/service/papers.c'],
  ['P4', '32', 'one correction notice for all departments, out at 17:00 of the first 5-day limit at the latest; a second request for what could have been named is refused', 'src/service/correction.c src/service/clocks.c'],
  ['P5', '32', 'five days of silence: deemed accepted as of receipt, whenever it is written', 'src/service/clocks.c'],
  ['P6', '32', 'only departments that asked look again; others are shown what changed, bound to the digest of what they saw', 'src/service/supplement.c src/service/bundle.c'],
  ['P7', '–', 'an unanswered correction ends the item without prejudice to a new application', 'src/service/clocks.c'],
  ['P8', '38; 行政复议法 20; 行政诉讼法 46', 'denial only with reason and basis, remedies told; who received may not decide', 'src/service/review.c src/service/papers.c'],
  ['P9', '36, 45-48', 'special procedures stop the clock with reason and document; hearing told, asked for in 5 days, announced 7 days ahead, held in 20, decided by its minutes', 'src/service/special.c src/service/hearing.c'],
  ['P10', '42', 'one extension of ten days by the head of the department, before the limit is over, its reason told', 'src/service/special.c'],
  ['P11', '34', 'one joint visit, two officers of each department, both confirm; no grant while an inspection is open or failed', 'src/service/visits.c src/service/inspect.c'],
  ['P12', '–', 'promised materials are collected and confirmed on site; overdue they block the grant', 'src/service/tolerance.c'],
  ['P13', '–', 'withdrawal before the decision', 'src/service/supplement.c'],
  ['P14', '–', 'a filing is done on acceptance', 'src/service/grant.c'],
  ['P15', '42', 'decision clock: promised days warn, statutory days bind', 'src/domain/law/clock.c src/domain/law/timer.c'],
  ['P16', '42', '45 days for the whole case, 15 more by the head of the government; the stricter clock shows', 'src/domain/law/timer.c src/service/delivery.c'],
  ['P17', '44', 'decisions and licence delivered within 10 days, with a record, once', 'src/service/delivery.c'],
  ['P18', '–', 'green, yellow at a quarter left (at least a day), red', 'src/domain/law/clock.c'],
  ['P19', '–', 'our time, the applicant\'s and that of special procedures are counted apart', 'src/domain/law/timer.c'],
  ['P20', '–', 'every stop and start of a clock is an event with reason and document', 'src/service/acts.c src/store/process_store.c'],
  ['P21', '–', 'effective date and record date both kept; nobody back-dates', 'src/service/ledger.c src/service/acts.c'],
  ['P22', '–', 'the licence once, when nothing is open and something is granted', 'src/domain/case/case.c src/service/issue.c'],
  ['P23', '–', 'the licence is a fold of permit events; each makes the next version in its own transaction, the old one leads to nothing', 'src/domain/licence/fold.c src/service/versions.c src/service/permits.c'],
  ['P24', '8, 49, 69, 70', 'only the granting department changes or takes a permit, in writing; the clock lets it expire', 'src/domain/case/permit.c src/service/permits.c'],
  ['P25', '–', 'no permit left: the licence is void', 'src/domain/licence/fold.c'],
  ['P26', '50', 'renewal asked for 30 days ahead and not decided before the end is granted by silence, at its legal moment', 'src/service/permit_clock.c'],
  ['P27', '–', 'the next version is free and automatic; holder, windows and supervising departments are told', 'src/service/tell_permit.c src/service/tell_supervise.c src/service/versions.c'],
  ['P28', '–', 'only the item\'s department acts on it', 'src/domain/case/transition.c src/service/review.c'],
  ['P29', '40; 发改办财金〔2018〕424号', 'decisions public: the register in the moment of the licence, only with what may be public; the list for 双公示 within 7 working days', 'src/service/register.c src/service/publicity.c'],
  ['P30', '61', 'every decision is a task of those who supervise, in its transaction, once; acknowledged in a promised time, reminded, escalated; findings and proposals, answered by who granted', 'src/domain/case/supervise.c src/service/supervise.c src/service/supervise_act.c src/service/supervise_clock.c'],
  ['P31', '国务院令第716号 12', 'a case is archived only as one complete package; what is missing is named all at once; after some days the clock does it', 'src/domain/archive/complete.c src/service/archive.c src/service/archive_verify.c'],
  ['P32', '–', 'a broken commitment is reminded of, blocks, and is reported after a grant', 'src/service/tolerance.c src/service/warn.c'],
  ['P33', '78', 'denied for false material where public security is concerned: barred for a year', 'src/service/review.c src/service/draft.c'],
];

const TABLES = [['item', 'An item 事项件'], ['case', 'A case 办件'], ['visit', 'A joint visit 联合核查'], ['permit', 'A permit 法定许可证'], ['supervision', 'A task of a supervising department 监管任务']];

/** Every test whose name carries the number of a rule. */
function testsByRule() {
  const found = new Map();
  for (const folder of ['tests/unit', 'tests/integration', 'tests/browser'])
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (!/^test_.*\.c$|\.test\.mjs$/.test(name)) continue;
      const text = readFileSync(join(root, folder, name), 'utf8');
      const titles = name.endsWith('.c') ? [...text.matchAll(/cmocka_unit_test\(test_(P\d+\w*)\)/g)].map((m) => [m[1], m[1]])
        : [...text.matchAll(/\btest\(\s*['"`]((?:[RP]\d+[.\d]*(?:, )?)+)/g)].map((m) => [m[1], m[1]]);
      for (const [title] of titles)
        for (const rule of title.match(/P\d+/g) ?? []) {
          const where = found.get(rule) ?? new Map();
          where.set(`${folder}/${name}`, [...(where.get(`${folder}/${name}`) ?? []), title.replace(/^P\d+_/, '')]);
          found.set(rule, where);
        }
    }
  return found;
}

const link = (path) => `[${path.split('/').at(-1)}](../${path})`;

function ruleRows(tests) {
  return RULES.map(([rule, article, what, code]) => {
    const files = code.split(' ');
    for (const file of files) if (!existsSync(join(root, file))) throw new Error(`${rule}: no file ${file}`);
    const where = tests.get(rule);
    if (!where) throw new Error(`${rule}: no test carries this number`);
    return `| ${rule} | ${article} | ${what} | ${files.map(link).join(', ')} | ${[...where.keys()].map(link).join(', ')} |`;
  });
}

/** A state diagram: one edge for each pair of states, with the acts that go along it. */
function diagram(rows) {
  const edges = new Map();
  for (const row of rows) {
    const key = `${row.from}>${row.to}`;
    edges.set(key, { row, acts: [...new Set([...(edges.get(key)?.acts ?? []), row.act_text])] });
  }
  const states = new Map(rows.flatMap((r) => [[r.from, r.from_text], [r.to, r.to_text]]));
  return ['```mermaid', 'stateDiagram-v2', ...[...states].map(([key, text]) => `  ${key} : ${text}`),
    ...[...edges.values()].map(({ row, acts }) => `  ${row.from} --> ${row.to} : ${acts.join('、')}`), '```'];
}

const KINDS = { any: '', filing: '（备案）', not_filing: '（非备案）' };

function tableRows(rows) {
  return ['| 状态 | 动作 | 谁 | 条件 | 变为 | 效力 | 规则 | 依据 |', '|---|---|---|---|---|---|---|---|',
    ...rows.map((r) => `| ${r.from_text}${KINDS[r.kind]} | ${r.act_text} \`${r.act}\` | ${r.who} | ${r.needs.map((n) => `\`${n.fact}\``).join(' ') || '–'} | ${r.to_text} | ${r.effect_text || '–'} | ${r.rule} | ${r.article || '–'} |`)];
}

function factRows(tables) {
  const facts = new Map(TABLES.flatMap(([key]) => tables[key].flatMap((r) => r.needs.map((n) => [n.fact, n.otherwise]))));
  return ['| 条件 | 不满足时的答复 |', '|---|---|', ...[...facts].sort().map(([fact, otherwise]) => `| \`${fact}\` | ${otherwise} |`)];
}

function page() {
  const tables = JSON.parse(execFileSync(program, ['process'], { encoding: 'utf8' }));
  return ['# Rules, articles, code, tests', '',
    'Made by `tools/process-doc.mjs` from the tables of the program (`yizheng process`) and from the tests; a test keeps it current. Law = 行政许可法 (2019).',
    'The same tables drive every act, the page `/office/process`, the exhaustive explorer and the mutation script. What the law calls a day is a working day ([calendar](calendar.md)).', '',
    '| rule | article | what | code | test |', '|---|---|---|---|---|', ...ruleRows(testsByRule()), '',
    '## Proven beyond single cases', '',
    `- ${link('tests/unit/test_explore.c')}: every interleaving of a case of several items and officers with the clock and crashes between any two steps, over these tables.`,
    `- ${link('tests/unit/test_process.c')}: 100 000 random acts against the real service; the invariants after each (\`YZ_ACTS\`, \`YZ_SEED\`).`,
    `- ${link('tools/mutate.mjs')}: each row and each condition taken away in turn; a test fails each time.`,
    `- ${link('tests/integration/races.test.mjs')}: two officers race on one item, a thousand times; ${link('tests/bench/simulate.c')}: a year of a city.`, '',
    '## Reading of two rules', '',
    '- P4: after a first notice, a department may only ask again for what that notice named and is still unmet, or about files handed in since. Anything else is refused with the article.',
    '- P15: where the facts give a filing no decision time (当场), the clock of one that was accepted by silence is due on the day of acceptance.', '',
    '- P30: a grant, a denial, and every act on a permit is a task; a denial is to know of only, without a limit. Refusing to accept (不予受理) decides nothing about a permit and is none ([supervision](supervision.md)).', '',
    ...TABLES.flatMap(([key, title]) => [`## ${title}`, '', ...diagram(tables[key]), '', ...tableRows(tables[key]), '']),
    '## Conditions', '', ...factRows(tables), ''].join('\n');
}

const made = page();
if (!check) writeFileSync(target, made);
else if (readFileSync(target, 'utf8') !== made) {
  console.error('docs/process.md 与程序中的规则表不一致：node tools/process-doc.mjs build/yizheng');
  process.exitCode = 1;
}
