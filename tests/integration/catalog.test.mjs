// The catalogue office (R1.3, R1.4): drafts, the second person, publishing by day and batch, retiring,
// Excel and JSON, contradictions, rehearsal; on both engines and on two nodes.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, PG, ROOT, until, yizheng } from './lib/env.mjs';
import { Server, startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { addDays, dateOf, startOf } from './lib/calendar.mjs';
import { zip } from './lib/files.mjs';
import { TWO, World } from './lib/world.mjs';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const shipped = JSON.parse(readFileSync(join(ROOT, 'catalog', 'wuhai-2026.json'), 'utf8'));
const at = (list, code) => list.findIndex((x) => x.code === code);

/** One office: an editor, another person, and what they do. */
class Office {
  constructor(world) {
    this.w = world;
  }

  async open() {
    this.editor = await this.w.officer('wh-spj');
    this.second = await this.w.officer('wh-spj-2');
    return this;
  }

  create(title = '示例修改', from) {
    return this.editor.post('/api/v1/catalog/drafts', { title, ...(from ? { from } : {}) }, { key: true });
  }

  read(d, who = this.editor) {
    return who.get(`/api/v1/catalog/drafts/${d.id}`);
  }

  body(d) {
    return this.editor.get(`/api/v1/catalog/drafts/${d.id}/body`);
  }

  patch(d, ops, who = this.editor) {
    return who.ok('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops }, match: d.version, key: true });
  }

  try(d, act, json = {}, who = this.editor) {
    return who.call('POST', `/api/v1/catalog/drafts/${d.id}/acts/${act}`, { json, match: d.version, key: true });
  }

  async act(d, act, json = {}, who = this.editor) {
    const a = await this.try(d, act, json, who);
    assert.equal(a.status, 200, `${act}: ${a.body}`);
    return a.json;
  }

  /** Submitted by one, approved by the other. */
  async approved(d) {
    return this.act(await this.act(d, 'submit'), 'approve', {}, this.second);
  }

  async publish(d, json = {}) {
    return this.act(await this.approved(d), 'publish', json);
  }

  current() {
    return this.editor.get('/api/v1/catalog/versions').then((v) => v.items.find((x) => x.current));
  }
}

for (const engine of ENGINES)
  describe(`the catalogue office on ${engine}`, () => {
    let server, w, office;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      office = await new Office(w).open();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });
    const today = () => dateOf(server.now());

    test('who may see and who may change', async () => {
      const d = await office.create();
      assert.equal(d.state, 'editing');
      assert.deepEqual(d.problems, []);
      assert.notEqual((await office.body(d)).version, shipped.version);
      for (const login of ['hbw-scjg', 'admin', 'wh-spj-2']) assert.equal((await office.read(d, await w.officer(login))).id, d.id);
      for (const [login, edits] of [['hbw-spj', false], ['wh-spj', true]]) {
        const seen = await (await w.officer(login)).get('/api/v1/catalog/versions');
        assert.equal(seen.may_edit, edits);
      }
      const district = await w.officer('hbw-spj');
      assert.deepEqual((await office.read(d, district)).allowed, []);
      assertProblem(await office.try(d, 'abandon', {}, district), 403, 'forbidden');
      const clerk = await w.officer('hbw-ck');
      assertProblem(await clerk.call('GET', '/api/v1/catalog/drafts'), 403, 'forbidden');
      assertProblem(await w.client().call('GET', '/api/v1/catalog/versions'), 401, 'unauthenticated');
      assertProblem(await office.editor.call('POST', '/api/v1/catalog/drafts', { json: { title: 'x', from: 'none' }, key: true }), 422, 'invalid_input');
      assert.equal((await office.act(d, 'abandon')).state, 'abandoned');
    });

    test('editing: problems come at once, If-Match and keys guard, refusals name the place', async () => {
      let d = await office.create();
      const key = `patch-${engine}-0001`;
      const send = (match, ops) => office.editor.call('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops }, match, key });
      const ops = [{ op: 'replace', path: '/permits/0/limits/promised_days', value: -1 }];
      const began = Date.now();
      const one = await send(d.version, ops);
      assert.ok(Date.now() - began < 3000);
      assert.equal(one.status, 200);
      assert.deepEqual(one.json.problems.map((p) => p.pointer), ['/permits/0/limits/promised_days']);
      assert.match(one.json.problems[0].message, /应在0到/);
      assert.equal((await send(d.version, ops)).json.version, one.json.version, 'the same command once');
      assertProblem(await office.editor.call('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops }, match: d.version, key: true }), 412, 'changed_meanwhile');
      assertProblem(await office.editor.call('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops }, key: true }), 428);
      d = one.json;
      assertPointer(await office.editor.call('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops: [{ op: 'remove', path: '/nothing' }] }, match: d.version, key: true }), '/ops/0/path', 'no_such_place');
      assertProblem(await office.try(d, 'submit'), 409, 'refused_by_rule', 'R1.3');
      const preview = await office.editor.call('POST', `/api/v1/catalog/drafts/${d.id}/preview`, { json: { industry: 'I03', region: '150302', answers: {} } });
      assertPointer(preview, '/permits/0/limits/promised_days');
      d = await office.patch(d, [{ op: 'replace', path: '/permits/0/limits/promised_days', value: 5 }]);
      assert.deepEqual(d.problems, []);
      assert.equal(d.differs, false, 'it is again what it was');
      assertProblem(await office.try(d, 'submit'), 409, 'refused_by_rule', 'R1.3');
      await office.act(d, 'abandon');
    });

    test('compare, preview, a second person, publish; an old case keeps its version, a new one gets the new', async () => {
      const who = await w.applicant();
      const old = await w.create(who, TWO);
      let d = await office.create('缩短承诺时限');
      const i = at(shipped.permits, 'P-YCLS');
      d = await office.patch(d, [{ op: 'replace', path: `/permits/${i}/limits/promised_days`, value: 2 }]);
      const version = (await office.body(d)).version;
      const diff = await office.editor.get(`/api/v1/catalog/diff?from=v:${d.base_version}&to=d:${d.id}`);
      assert.equal(diff.changed, 2, 'the name of the version and the permit');
      const change = diff.items.find((x) => x.code === 'P-YCLS').members;
      assert.equal(change.length, 1);
      assert.equal(change[0].after, 2);
      assert.match(change[0].sentence, /承诺工作日：由“\d+”改为“2”/);
      const seen = await office.second.post(`/api/v1/catalog/drafts/${d.id}/preview`, TWO);
      assert.equal(seen.guide.catalog_version, version);
      assert.equal(seen.notice.permits.find((p) => p.code === 'P-YCLS').limits.promised_days, 2);
      assert.equal(seen.industry.questions.length, 4);

      d = await office.act(d, 'submit');
      assert.equal(d.state, 'submitted');
      assertProblem(await office.try(d, 'approve'), 409, 'refused_by_rule', 'R1.3');
      assertProblem(await office.editor.call('PATCH', `/api/v1/catalog/drafts/${d.id}/body`, { json: { ops: [{ op: 'replace', path: '/title', value: 'x' }] }, match: d.version, key: true }), 409, 'refused_by_rule');
      assertProblem(await office.try(d, 'return', {}, office.second), 409, 'refused_by_rule');
      d = await office.act(d, 'return', { reason: '请写明依据' }, office.second);
      assert.equal(d.state, 'editing');
      assert.equal(d.note, '请写明依据');
      d = await office.act(d, 'submit');
      assert.ok((await office.read(d, office.second)).allowed.includes('approve'));
      assert.ok(!(await office.read(d)).allowed.includes('approve'));
      d = await office.act(d, 'approve', {}, office.second);
      const told = async (who, about) => (await who.get('/api/v1/messages?limit=50')).items.filter((m) => m.subject?.kind === 'draft' && m.subject.id === about.id).map((m) => m.title.split('：')[0]);
      assert.deepEqual(await told(office.second, d), ['目录草稿等您审定', '目录草稿等您审定']);
      assert.deepEqual(await told(office.editor, d), ['目录草稿已审定', '目录草稿已退回'], 'the writer hears what became of it, not of the own doing');
      assertProblem(await office.try({ ...d, version: d.version - 1 }, 'publish'), 412);
      d = await office.act(d, 'publish');
      assert.equal(d.state, 'published');
      assert.equal(d.publish_on, today());
      assert.deepEqual(d.allowed, []);
      const current = await office.current();
      assert.equal(current.version, version);
      assert.equal(current.origin, 'office');
      assert.equal((await w.client().get('/api/v1/industries')).catalog_version, version);
      assert.equal((await who.get(`/api/v1/cases/${old.id}`)).catalog_version, shipped.version);
      assert.equal((await w.create(who, TWO)).catalog_version, version);
      await who.get(`/api/v1/cases/${old.id}/form`);
      assert.deepEqual(await office.editor.get(`/api/v1/catalog/versions/${version}`), await office.body(d));
    });

    test('two drafts of one base: the second would undo the first, and is refused', async () => {
      const title = (d, value) => office.patch(d, [{ op: 'replace', path: '/title', value }]);
      const one = await title(await office.create(), '示例标题一');
      let two = await title(await office.create(), '示例标题二');
      two = await office.act(two, 'submit');
      two = await office.act(two, 'approve', {}, office.second);
      await office.publish(one);
      const refused = assertProblem(await office.try(two, 'publish'), 409, 'refused_by_rule', 'R1.3');
      assert.match(refused.detail, /现行版本/);
      assert.equal((await office.read(two)).base_in_force, false);
      two = await office.act(two, 'return', { reason: '合并后再审' }, office.second);
      two = await office.patch(two, [{ op: 'replace', path: '/permits/0/limits/promised_days', value: 1 }]);
      assert.ok(two.allowed.includes('rebase') && !two.allowed.includes('submit'));
      two = await office.act(two, 'rebase');
      assert.equal(two.base_version, (await office.current()).version);
      assert.match(two.note, /有1处两边都改过.*标题/);
      const merged = await office.body(two);
      assert.deepEqual([merged.title, merged.permits[0].limits.promised_days], ['示例标题二', 1]);
      assertProblem(await office.try(two, 'rebase'), 409, 'refused_by_rule');
      assert.equal((await office.act(two, 'submit')).state, 'submitted');
    });

    test('published on a day by batch, also when the server was down; industries are offered from that day', async () => {
      let d = await office.create('第二批');
      const doc = await office.body(d);
      const industry = { ...doc.industries[at(doc.industries, 'I03')], code: 'I99', seq: 99, name: '示例新行业', batch: 'B2' };
      industry.questions = industry.questions.map((q) => ({ ...q, code: q.code.replace('I03', 'I99') }));
      const text = JSON.parse(JSON.stringify(industry).replaceAll('"I03-', '"I99-'));
      d = await office.patch(d, [{ op: 'add', path: '/batches/-', value: { code: 'B2', name: '第二批' } }, { op: 'add', path: '/industries/-', value: text }]);
      assert.deepEqual(d.problems, []);
      d = await office.approved(d);
      assertPointer(await office.try(d, 'publish', { on: addDays(today(), -1) }), '/on', 'out_of_range');
      assertPointer(await office.try(d, 'publish', { on: addDays(today(), 3), batch: 'B9' }), '/batch', 'unknown_batch');
      const day = addDays(today(), 3);
      d = await office.act(d, 'publish', { on: day, batch: 'B2' });
      assert.equal(d.state, 'scheduled');
      assert.deepEqual([d.publish_on, d.batch], [day, 'B2']);
      assertProblem(await w.client().call('GET', '/api/v1/industries/I99'), 404);
      server.setOffset(startOf(addDays(day, -1)) + 20 * 3600e3 - Date.now());
      w.forget();
      await office.open();
      assert.equal((await office.read(d)).state, 'scheduled', 'not a day early');
      await server.down();
      server.setOffset(startOf(addDays(day, 2)) + 9 * 3600e3 - Date.now());
      await server.up();
      w.forget();
      await office.open();
      const done = await until('publication after the server was down', async () => {
        const x = await office.read(d);
        return x.state === 'published' && x;
      });
      assert.equal(done.publish_on, day);
      const fresh = await until('the new version in use', async () => {
        const x = await w.client().call('GET', '/api/v1/industries/I99');
        return x.status === 200 && x.json;
      });
      assert.deepEqual([fresh.offered, fresh.batch.published_on], [true, day]);
      const answers = Object.fromEntries(Object.entries(TWO.answers).map(([k, v]) => [k.replace('I03', 'I99'), v]));
      const who = await w.applicant();
      assert.equal((await w.create(who, { industry: 'I99', region: TWO.region, answers })).industry.name, '示例新行业');
    });

    test('retired: figures, no new case, no filing of drafts; open cases go on', async () => {
      const who = await w.applicant();
      const open = await w.submitted(who, TWO);
      const unsent = await w.prepare(who, TWO);
      const figures = await office.editor.get('/api/v1/catalog/figures');
      const own = figures.items.find((x) => x.code === TWO.industry);
      assert.ok(own.cases > 0 && own.open > 0 && own.licences > 0);
      const rare = figures.items.find((x) => x.code === 'I99');
      assert.equal(rare.proposed, true);
      assert.match(rare.why[0], /近12个月只有0件申请/);

      let d = await office.create('退出一个行业');
      const doc = await office.body(d);
      const i = at(doc.industries, TWO.industry);
      d = await office.patch(d, [{ op: 'add', path: `/industries/${i}/retired`, value: true }]);
      assert.deepEqual(d.problems.map((p) => p.pointer), [`/industries/${i}/retired_reason`]);
      d = await office.patch(d, [{ op: 'add', path: `/industries/${i}/retired_reason`, value: '示例：办件很少' }]);
      await office.publish(d);
      const seen = await w.client().get(`/api/v1/industries/${TWO.industry}`);
      assert.equal(seen.offered, false);
      assert.match(seen.offer_text, /已退出.*示例：办件很少/);
      assert.ok(!(await w.client().get('/api/v1/industries')).items.some((x) => x.code === TWO.industry));
      const tried = await who.call('POST', '/api/v1/cases', { json: { industry: TWO.industry, region: TWO.region, answers: TWO.answers }, key: true });
      assert.match(assertPointer(tried, '/industry', 'not_offered').message, /已退出/);
      const now = await who.get(`/api/v1/cases/${unsent.id}`);
      assertProblem(await who.call('POST', `/api/v1/cases/${unsent.id}/submit`, { json: { truth: true }, match: now.version, key: true }), 409, 'refused_by_rule', 'R1.3');
      assert.equal((await w.act(open.items[0], 'accept')).state, 'accepted');
      d = await office.create('恢复');
      d = await office.patch(d, [{ op: 'remove', path: `/industries/${i}/retired` }, { op: 'remove', path: `/industries/${i}/retired_reason` }]);
      await office.publish(d);
      assert.equal((await w.submit(who, now)).state, 'submitted');
    });

    test('Excel and JSON: there and back to the byte; what is wrong is named by sheet, row and column', async () => {
      let d = await office.create('经由表格');
      const path = `/api/v1/catalog/drafts/${d.id}/body`;
      const raw = async (format) => (await office.editor.call('GET', `${path}?format=${format}`)).body;
      const put = (body, type, match = d.version) => office.editor.call('PUT', path, { body, headers: { 'Content-Type': type }, match, key: true });
      const json = await raw('json');
      const xlsx = await raw('xlsx');
      assert.equal(xlsx.subarray(0, 2).toString('latin1'), 'PK');
      for (const [body, type] of [[xlsx, XLSX], [json, 'application/json']]) {
        const a = await put(body, type);
        assert.equal(a.status, 200, String(a.body).slice(0, 500));
        d = a.json;
        assert.ok((await raw('json')).equals(json), 'not one byte differs');
        assert.equal(d.differs, false);
      }
      const shippedBack = await put(Buffer.from(JSON.stringify(shipped)), 'application/json');
      assert.equal(shippedBack.status, 200);
      d = shippedBack.json;
      assert.ok(d.version_free, 'a published name is replaced by the draft\'s own');
      assertProblem(await put(json, 'text/csv'), 415);
      assertPointer(await put(Buffer.from('{"format":"x"}'), 'application/json'), '/format', 'unknown_format');
      assertProblem(await put(Buffer.from('{'), 'application/json'), 400);
      for (const bad of [Buffer.from('not a workbook'), xlsx.subarray(0, 5000), zip({ 'a.txt': Buffer.from('x') })]) assertPointer(await put(bad, XLSX), 'file', 'unreadable');
      const book = (sheet) => zip({
        'xl/workbook.xml': Buffer.from('<workbook xmlns:r="r"><sheets><sheet name="目录" r:id="rId1"/></sheets></workbook>'),
        'xl/_rels/workbook.xml.rels': Buffer.from('<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'),
        'xl/worksheets/sheet1.xml': Buffer.from(sheet),
      });
      const small = assertProblem(await put(book('<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>格式</t></is></c></row></sheetData></worksheet>'), XLSX), 422, 'invalid_input');
      assert.ok(small.errors.some((e) => e.pointer === '许可事项' && e.code === 'missing_sheet'));
      assert.ok(small.errors.some((e) => e.pointer === '目录!1' && e.code === 'missing_column'));
      const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(50)}">${Array.from({ length: 8 }, (_, k) => `<!ENTITY b${k} "${(k ? `&b${k - 1};` : '&b;').repeat(50)}">`).join('')}]><worksheet><sheetData><row><c t="str"><v>&b7;</v></c></row></sheetData></worksheet>`;
      assertPointer(await put(book(laughs), XLSX), '目录', 'unreadable');
      const outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>';
      assertPointer(await put(book(outside), XLSX), '目录', 'unreadable');
      const bomb = zip({ 'xl/workbook.xml': Buffer.alloc(70 << 20, 32) }, { deflate: true });
      assert.ok(bomb.length < 1 << 20);
      assertProblem(await put(bomb, XLSX), 413, 'too_large');
      await office.act(d, 'abandon');
    });

    test('contradictions: a new one must be explained before submitting', async () => {
      let d = await office.create('新的条件');
      const known = d.contradictions.length;
      assert.ok(known > 0 && d.contradictions.every((x) => x.known) && d.unexplained === 0);
      const doc = await office.body(d);
      const [a, b] = ['P-SPJYXK', 'P-YCLS'].map((code) => at(doc.permits, code));
      d = await office.patch(d, [
        { op: 'add', path: `/permits/${a}/conditions/-`, value: '经营面积不少于20平方米' },
        { op: 'add', path: `/permits/${b}/conditions/-`, value: '经营面积不少于35平方米' },
      ]);
      assert.equal(d.contradictions.length, known + 1);
      assert.equal(d.unexplained, 1);
      const fresh = d.contradictions.find((x) => !x.known);
      assert.equal(fresh.kind, 'condition_numbers');
      assert.match(fresh.sentence, /20平方米.*35平方米/);
      const n = doc.permits[a].conditions.length;
      assert.ok(fresh.places.some((p) => p.pointer === `/permits/${a}/conditions/${n}`));
      assertProblem(await office.try(d, 'submit'), 409, 'refused_by_rule', 'R1.3');
      assertProblem(await office.try(d, 'explain', { key: fresh.key }), 409, 'refused_by_rule');
      assertPointer(await office.try(d, 'explain', { key: 'none', reason: 'x' }), '/key', 'unknown_contradiction');
      d = await office.act(d, 'explain', { key: fresh.key, reason: '示例：两种经营方式' });
      assert.equal(d.unexplained, 0);
      assert.equal(d.contradictions.find((x) => x.key === fresh.key).explained.reason, '示例：两种经营方式');
      const changed = await office.patch(d, [{ op: 'replace', path: `/permits/${b}/conditions/${doc.permits[b].conditions.length}`, value: '经营面积不少于36平方米' }]);
      assert.equal(changed.unexplained, 1, 'an explanation is of what it explained');
      d = await office.patch(changed, [{ op: 'replace', path: `/permits/${b}/conditions/${doc.permits[b].conditions.length}`, value: '经营面积不少于35平方米' }]);
      assert.equal((await office.act(d, 'submit')).state, 'submitted');
    });

    test('rehearsal: past cases under the draft, page by page, with what would change', async () => {
      let d = await office.create('试算');
      const path = `/api/v1/catalog/drafts/${d.id}/rehearsal`;
      const doc = await office.body(d);
      const same = await office.editor.get(`${path}?limit=100&industry=${TWO.industry}`);
      assert.ok(same.tried >= 2);
      const use = { material: 'M-GSYJ', necessity: '必要', form: '原件', copies: 1 };
      const i = at(doc.permits, 'P-YCLS');
      const material = { code: 'M-GSYJ', name: '示例新增材料', source: '示例' };
      d = await office.patch(d, [
        { op: 'add', path: '/materials/-', value: material },
        { op: 'add', path: `/permits/${i}/materials/-`, value: use },
        { op: 'replace', path: `/permits/${i}/limits/promised_days`, value: doc.permits[i].limits.statutory_days },
      ]);
      assert.deepEqual(d.problems, []);
      const first = await office.editor.get(`${path}?limit=1&industry=${TWO.industry}`);
      assert.deepEqual([first.tried, first.items.length], [1, 1]);
      const one = first.items[0];
      assert.deepEqual(one.added.materials, [{ code: 'M-GSYJ', name: '示例新增材料' }]);
      assert.deepEqual(one.removed, { permits: [], materials: [] });
      assert.equal(one.days_after, doc.permits[i].limits.statutory_days);
      const second = await office.editor.get(`${path}?limit=100&industry=${TWO.industry}&cursor=${first.next_cursor}`);
      assert.equal(first.tried + second.tried, same.tried);
      assert.ok(second.items.every((x) => x.case_id !== one.case_id));
      d = await office.patch(d, [{ op: 'remove', path: `/industries/${at(doc.industries, TWO.industry)}` }]);
      const gone = await office.editor.get(`${path}?limit=2&industry=${TWO.industry}`);
      assert.deepEqual([gone.hindered, gone.items[0].hindrance], [2, '草稿里没有这个行业']);
      assertPointer(await office.editor.call('GET', `${path}?limit=0`), '/limit', 'out_of_range');
      await office.act(d, 'abandon');
    });

    test('every act of it stands in the log, and the log holds', async () => {
      assert.ok((await office.editor.get('/api/v1/catalog/drafts?limit=2')).next_cursor);
      assert.ok(Object.keys((await office.editor.get('/api/v1/catalog/shape')).shapes).includes('permit'));
      // A name that stands before the shipped one: a program that went by names alone would replace it.
      const early = await office.patch(await office.create('靠前的版本号'), [{ op: 'replace', path: '/version', value: `a-${engine}` }, { op: 'replace', path: '/title', value: '示例标题十' }]);
      await office.publish(early);
      await server.down();
      const r = yizheng(['log', 'verify', '--data', server.place.data, ...(server.place.db ? ['--db', server.place.db] : [])]);
      assert.equal(r.code, 0, r.out + r.err);
      await server.up();
      w.forget();
      await office.open();
      assert.equal((await office.current()).version, `a-${engine}`, 'what the program ships does not take its place');
      assert.equal((await w.client().get('/api/v1/industries')).catalog_version, `a-${engine}`);
    });
  });

describe('two nodes', { skip: PG ? false : 'YZ_TEST_PG is not set: two nodes not tested' }, () => {
  test('what one publishes the other uses within a second, without being asked', async () => {
    const one = await startServer({ engine: 'postgres' });
    const two = await new Server(one.place, []).up();
    const [a, b] = [new World(one), new World(two)];
    try {
      const office = await new Office(a).open();
      const d = await office.patch(await office.create(), [{ op: 'replace', path: '/title', value: '示例标题' }]);
      const { version } = await office.body(await office.publish(d));
      await until('the other node follows', async () => (await b.client().get('/api/v1/industries')).catalog_version === version, 5000);
      const who = await b.applicant();
      assert.equal((await b.create(who, TWO)).catalog_version, version);
      one.assertLogClean();
    } finally {
      a.close();
      b.close();
      await two.down();
      await one.stop();
    }
  });
});

test('the command line: export, import, diff', async () => {
  const server = await startServer({});
  await server.down();
  try {
    const run = (...args) => yizheng(['catalog', ...args]);
    const data = ['--data', server.place.data];
    const [xlsx, json, changed] = ['a.xlsx', 'a.json', 'b.json'].map((name) => join(server.place.data, name));
    assert.equal(run('export', ...data, '--out', xlsx).code, 0);
    assert.equal(run('export', ...data, '--out', json).code, 0);
    assert.deepEqual(JSON.parse(readFileSync(json, 'utf8')), shipped);
    const back = run('import', xlsx);
    assert.equal(back.code, 0, back.err);
    assert.equal(back.out, readFileSync(json, 'utf8'));
    assert.deepEqual([run('diff', json, xlsx).code, run('diff', json, xlsx).out], [0, '没有差别\n']);
    writeFileSync(changed, JSON.stringify({ ...shipped, title: '示例标题' }));
    const diff = run('diff', json, changed);
    assert.equal(diff.code, 1);
    assert.match(diff.out, /标题：由“.*”改为“示例标题”/);
    writeFileSync(changed, JSON.stringify({ ...shipped, batches: [] }));
    const bad = run('import', changed);
    assert.equal(bad.code, 1);
    assert.match(bad.err, /\/industries\/0\/batch/);
    assert.equal(run('import').code, 2);
    writeFileSync(changed, JSON.stringify({ ...shipped, title: '示例标题' }));
    const made = run('import', ...data, '--login', 'wh-spj', '--title', '由命令行导入', changed);
    assert.equal(made.code, 0, made.err);
    const [id] = /\d+/.exec(made.out);
    const drafted = run('diff', ...data, `v:${shipped.version}`, `d:${id}`);
    assert.equal(drafted.code, 1);
    assert.match(drafted.out, /标题：由“.*”改为“示例标题”/);
    assert.equal(run('import', ...data, '--login', 'nobody', changed).code, 3);
    assert.equal(run('import', ...data, '--login', 'hbw-spj', changed).code, 4, 'a district does not edit');
    assert.equal(run('export', ...data, '--version', 'none').code, 3);
  } finally {
    await server.stop();
  }
});
