// Papers and pictures from the catalogue (R2.3-R2.5): routes, effect, `yizheng docs`, and for each of the
// 14 industries that the files are sound, searchable, complete and the same twice.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { hasTool, ROOT, run, yizheng } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { World } from './lib/world.mjs';

const catalog = JSON.parse(readFileSync(join(ROOT, 'catalog', 'wuhai-2026.json'), 'utf8'));
const permits = new Map(catalog.permits.map((one) => [one.code, one]));
const materials = new Map(catalog.materials.map((one) => [one.code, one]));
const URL_OF_PORTAL = 'https://portal.example';
const listed = (industry) => industry.permits.map((one) => permits.get(one.permit)).filter((one) => one.status !== '已取消' && !one.retired);
const packed = (text) => text.replace(/\s+/g, '');
const plain = (svg) => svg.replace(/<(title|desc)[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, '').replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&').replace(/\s+/g, '');

let server, world, anybody, folder;
before(async () => {
  for (const tool of ['qpdf', 'pdftotext', 'pdffonts', 'pdftoppm', 'pdfinfo', 'zbarimg']) assert.ok(hasTool(tool), `${tool} is needed`);
  server = await startServer();
  world = new World(server);
  anybody = world.client();
  folder = mkdtempSync(join(tmpdir(), 'yizheng-docs-'));
  const r = yizheng(['docs', '--out', folder, '--base-url', URL_OF_PORTAL]);
  assert.equal(r.code, 0, r.err);
  assert.match(r.err, /70\/70/);
  assert.match(r.out, /70 份（14 个行业/);
});
after(async () => {
  server.assertLogClean();
  world.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function pdf(path) {
  const checked = run('qpdf', ['--check', path]);
  assert.equal(checked.code, 0, `${path}: ${checked.out}${checked.err}`);
  for (const line of run('pdffonts', [path]).out.trim().split('\n').slice(2)) assert.match(line, /yes yes yes/, `${path}: font not embedded, subset or searchable: ${line}`);
  const text = run('pdftotext', ['-raw', path, '-']).out;
  assert.ok(!/[\ufffd\u3013]/.test(text), `${path}: a character without a glyph`);
  const pages = Number(/Pages:\s+(\d+)/.exec(run('pdfinfo', [path]).out)[1]);
  return { text, packed: packed(text), pages };
}
function holds(paper, words, what) {
  for (const one of words) if (one) assert.ok(paper.packed.includes(packed(one)), `${what} lacks ${one}`);
}
const path = (industry, file) => join(folder, `${industry.code}-${file}`);
const scan = (file, dpi) => {
  const base = join(folder, 'scan');
  run('pdftoppm', ['-gray', '-r', String(dpi), '-singlefile', file, base]);
  return run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', `${base}.pgm`]).out.trim();
};

for (const industry of catalog.industries) {
  const own = listed(industry);
  test(`${industry.code} ${industry.name}: notice of all permits`, () => {
    const paper = pdf(path(industry, 'notice.pdf'));
    holds(paper, own.flatMap((one) => [one.name, one.deciders && '承诺时限']), 'notice');
    holds(paper, own.flatMap((one) => one.conditions ?? []), 'notice');
    holds(paper, own.flatMap((one) => one.materials.map((use) => materials.get(use.material).name)), 'notice');
    holds(paper, ['办理流程图', '一起办省多少', '行政复议', '不收费', catalog.disclaimer, `第${paper.pages}页 共${paper.pages}页`], 'notice');
  });
  test(`${industry.code} ${industry.name}: work specification`, () => {
    const paper = pdf(path(industry, 'specification.pdf'));
    const chapters = ['适用范围', '职责分工', '事项清单和情形引导', '各事项的要求和依据', '一张表：填写内容', '一套材料：申报材料和文书样本', '办理流程图', '办理时限', '一同核查：核查清单', '受理、补正、容缺和特别程序', '决定、出证和送达', '救济途径、监管和档案', '窗口', '改革成效：一起办省多少'];
    holds(paper, chapters, 'specification');
    holds(paper, own.flatMap((one) => [one.name, one.formal_name, one.certificate_name, ...(one.conditions ?? []), ...(one.checks ?? []).map((check) => check.item)]), 'specification');
    holds(paper, own.flatMap((one) => [...one.fields.map((field) => field.label), ...one.materials.map((use) => use.original_name), ...one.bases.map((basis) => basis.article)]), 'specification');
    holds(paper, industry.questions.flatMap((q) => [q.text, ...q.options.map((o) => o.label)]), 'specification');
    holds(paper, catalog.windows.map((one) => one.phone), 'specification');
    assert.ok(paper.packed.includes('待核定'), 'uncertain facts say so');
    assert.ok(!/F_[A-Z]|original_name|\^\[/.test(paper.text), 'codes of the catalogue are for its editors');
    // the contents name the page on which a chapter's heading stands
    const contents = run('pdftotext', ['-f', '2', '-l', '2', '-layout', path(industry, 'specification.pdf'), '-']).out;
    for (const line of contents.split('\n').filter((one) => /^\s*[一二三四五六七八九十]+、/.test(one))) {
      const [, heading, page] = /^\s*(\S+?)\s+.*?(\d+)\s*$/.exec(line);
      const there = packed(run('pdftotext', ['-f', page, '-l', page, '-raw', path(industry, 'specification.pdf'), '-']).out);
      assert.ok(there.includes(packed(heading)), `${heading} is not on page ${page}`);
    }
    assert.ok(contents.split('\n').filter((one) => /^\s*[一二三四五六七八九十]+、/.test(one)).length >= 14);
    assert.ok(paper.packed.includes(`第${paper.pages}页共${paper.pages}页`));
  });
  test(`${industry.code} ${industry.name}: poster with a code that scans`, () => {
    const paper = pdf(path(industry, 'poster.pdf'));
    assert.equal(paper.pages, 1);
    assert.match(run('pdfinfo', [path(industry, 'poster.pdf')]).out, /841\.89 x 1190\.5\d/);
    holds(paper, [`开办${industry.name}`, '怎么办', '带什么', '到哪里、问谁', '示例', catalog.windows[0].phone], 'poster');
    const handed = own.flatMap((one) => one.materials).filter((use) => !use.when && !use.on_site && use.necessity !== '非必要').map((use) => materials.get(use.material)).filter((one) => !one.generated && !one.exempt_by_share);
    holds(paper, handed.map((one) => one.name), 'poster');
    assert.equal(scan(path(industry, 'poster.pdf'), 72), `${URL_OF_PORTAL}/guide/${industry.code}`);
  });
  test(`${industry.code} ${industry.name}: flow charts`, () => {
    for (const file of ['flow.svg', 'flow-narrow.svg']) {
      const svg = readFileSync(path(industry, file), 'utf8');
      assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 [\d.]+ [\d.]+" role="img" aria-labelledby="chart-title chart-text"/);
      assert.ok(!/<script|<style|href|on\w+=/i.test(svg), 'nothing that runs or loads');
      const shown = plain(svg);
      for (const one of own) {
        assert.ok(shown.includes(packed(one.name)), `${file} lacks ${one.name}`);
        assert.ok(svg.includes(`<desc id="chart-text">`) && svg.includes(one.name));
      }
      if (own.some((one) => one.publicity?.hearing_required)) assert.match(shown, /听证/);
      if (own.some((one) => one.inspection.required)) assert.match(shown, /核查/);
      const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map((m) => Number(m[1]));
      const width = Number(/viewBox="0 0 ([\d.]+)/.exec(svg)[1]);
      const shownAt = file === 'flow-narrow.svg' ? 292 : 880; // in a card at 360 and 1200 px
      assert.ok((Math.min(...sizes) * shownAt) / width >= 12, `${file}: text of ${(Math.min(...sizes) * shownAt) / width} px`);
    }
  });
}

test('the same bytes again, and without an address no code', () => {
  const again = mkdtempSync(join(tmpdir(), 'yizheng-docs-'));
  try {
    assert.equal(yizheng(['docs', '--out', again, '--base-url', URL_OF_PORTAL, '--industry', 'I09']).code, 0);
    assert.deepEqual(readdirSync(again).sort(), ['I09-flow-narrow.svg', 'I09-flow.svg', 'I09-notice.pdf', 'I09-poster.pdf', 'I09-specification.pdf']);
    for (const file of readdirSync(again)) assert.deepEqual(readFileSync(join(again, file)), readFileSync(join(folder, file)), file);
    assert.equal(yizheng(['docs', '--out', again, '--industry', 'I09']).code, 0);
    assert.equal(scan(join(again, 'I09-poster.pdf'), 72), '');
    assert.notEqual(yizheng(['docs', '--out', again, '--industry', 'I99']).code, 0);
    assert.equal(yizheng(['docs']).code, 2);
    writeFileSync(join(again, 'bad.json'), '{}');
    const bad = yizheng(['docs', '--out', again, '--catalog', join(again, 'bad.json')]);
    assert.equal(bad.code, 1, bad.err);
    assert.equal(yizheng(['docs', '--out', again, '--industry', 'I03', '--catalog', join(ROOT, 'catalog', 'wuhai-2026.json')]).code, 0);
    assert.deepEqual(readFileSync(join(again, 'I03-flow.svg')), readFileSync(join(folder, 'I03-flow.svg')));
  } finally {
    rmSync(again, { recursive: true, force: true });
  }
});

const ANSWERS = 'region=150302&I03-Q1=A&I03-Q2=A';

test('flow chart and papers by address: cached by ETag, other answers another one', async () => {
  for (const [url, type] of [
    [`/api/v1/industries/I03/flow?${ANSWERS}`, 'image/svg+xml'],
    [`/api/v1/industries/I03/flow?${ANSWERS}&layout=narrow`, 'image/svg+xml'],
    [`/api/v1/industries/I03/papers/notice.pdf?${ANSWERS}`, 'application/pdf'],
    ['/api/v1/industries/I03/papers/specification.pdf', 'application/pdf'],
    ['/api/v1/industries/I03/papers/poster.pdf?region=150304', 'application/pdf'],
  ]) {
    const first = await anybody.call('GET', url);
    assert.equal(first.status, 200, url);
    assert.equal(first.headers['content-type'], type);
    assert.match(first.headers['cache-control'], /public/);
    assert.equal(first.headers['x-content-type-options'], 'nosniff');
    const second = await anybody.call('GET', url, { headers: { 'If-None-Match': first.headers.etag } });
    assert.equal(second.status, 304);
    assert.deepEqual((await anybody.call('GET', url)).body, first.body);
  }
  const tag = async (url) => (await anybody.call('GET', url)).headers.etag;
  assert.notEqual(await tag(`/api/v1/industries/I03/flow?${ANSWERS}`), await tag('/api/v1/industries/I03/flow?region=150302&I03-Q1=A&I03-Q2=B'));
});

test('the notice of answers says them, holds only their permits and leads back to them', async () => {
  const file = join(folder, 'answers.pdf');
  writeFileSync(file, (await anybody.call('GET', '/api/v1/industries/I03/papers/notice.pdf?region=150302&I03-Q1=A&I03-Q2=B')).body);
  const paper = pdf(file);
  holds(paper, ['要办1项许可', '店里卖烟吗？不卖', '海勃湾区', '食品经营许可证'], 'notice');
  assert.ok(!paper.packed.includes('烟草专卖局'));
  run('pdftoppm', ['-gray', '-r', '150', '-f', String(paper.pages), '-singlefile', file, join(folder, 'scan')]);
  const url = new URL(run('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', join(folder, 'scan.pgm')]).out.trim());
  assert.equal(url.pathname, '/notice/I03');
  assert.deepEqual(Object.fromEntries(url.searchParams), { region: '150302', 'I03-Q1': 'A', 'I03-Q2': 'B' });
});

test('a notice before everything is answered says what is still open', async () => {
  const file = join(folder, 'open.pdf');
  writeFileSync(file, (await anybody.call('GET', '/api/v1/industries/I03/papers/notice.pdf?region=150302&I03-Q1=A')).body);
  holds(pdf(file), ['还没有确定的问题', '店里卖烟吗？'], 'notice');
});

test('what is not there is refused in words', async () => {
  assertProblem(await anybody.call('GET', '/api/v1/industries/I77/flow'), 404, 'not_found');
  assertProblem(await anybody.call('GET', '/api/v1/industries/I03/papers/leaflet.pdf'), 404, 'not_found');
  assertProblem(await anybody.call('GET', '/api/v1/industries/I02/flow?region=150302&I02-Q1=D&I02-Q2=C&I02-Q3=B'), 404, 'not_found');
  assertPointer(await anybody.call('GET', '/api/v1/industries/I03/flow?region=999999'), '/region', 'unknown_region');
  assertPointer(await anybody.call('GET', '/api/v1/industries/I03/flow?layout=round'), '/layout', 'unknown_layout');
  assertPointer(await anybody.call('GET', '/api/v1/industries/I03/flow?I03-Q1=Z'), '/answers/I03-Q1/0', 'unknown_option');
});

test('the effect explains itself and is the same in guide and notice (R2.5)', async () => {
  const body = { region: '150302', answers: { 'I03-Q1': ['A'], 'I03-Q2': ['A'] } };
  const guide = await anybody.post('/api/v1/industries/I03/guide', body);
  const { notice } = await anybody.post('/api/v1/industries/I03/notice', body);
  assert.deepEqual(guide.effect, notice.effect);
  const by = new Map(guide.effect.figures.map((one) => [one.key, one]));
  assert.deepEqual([...by.keys()], ['materials', 'visits', 'steps', 'days', 'site_visits']);
  assert.deepEqual([by.get('days').before.total, by.get('days').after.total], [30, 8]);
  for (const one of by.values()) for (const side of [one.before, one.after]) {
    assert.equal(side.lines.filter((line) => line.counted).reduce((sum, line) => sum + line.amount, 0), side.total, one.key);
    for (const line of side.lines) assert.ok(line.source && line.certainty, `${one.key} ${line.label}`);
  }
  assert.match(by.get('materials').before.lines[0].certainty, /示例/);
  const none = await anybody.post('/api/v1/industries/I02/guide', { region: '150302', answers: { 'I02-Q1': ['D'], 'I02-Q2': ['C'] } });
  assert.equal(none.permits.length, 0);
  assert.equal(none.effect, null);
});

test('blank forms and filled examples: every one that the catalogue names is a sound, marked paper', async () => {
  const named = catalog.materials.filter((m) => m.template || m.sample);
  assert.ok(named.length >= 8);
  for (const m of named)
    for (const kind of ['template', 'sample']) {
      const a = await anybody.call('GET', `/api/v1/materials/${m.code}/papers/${kind}.pdf`);
      assert.equal(a.status, 200);
      assert.equal(a.headers['content-type'], 'application/pdf');
      const file = join(folder, `${m.code}-${kind}.pdf`);
      writeFileSync(file, a.body);
      assert.equal(run('qpdf', ['--check', file]).code, 0);
      const text = packed(run('pdftotext', ['-raw', file, '-']).out);
      for (const line of m[kind].filter((l) => !l.startsWith('|*')))
        for (const part of line.split('|').filter(Boolean)) assert.ok(text.includes(packed(part)), `${m.code} ${kind}: ${part}`);
      assert.ok(text.includes('示例'));
    }
  assertProblem(await anybody.call('GET', '/api/v1/materials/M-YYZZ/papers/template.pdf'), 404);
  assertProblem(await anybody.call('GET', '/api/v1/materials/M-WTS/papers/other.pdf'), 404);
});
