// The papers of the process: each exists exactly when it should, is a sound PDF whose text can be
// copied, stays the same to the byte after later acts, and its QR code leads to a page that says so.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENGINES, hasTool, run } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { addDays, addWorking, dateOf, startOf } from './lib/calendar.mjs';
import { pdf } from './lib/files.mjs';
import { askFor, loginOf, THREE, TWO, World } from './lib/world.mjs';

const { sm3 } = createRequire(import.meta.url)('sm-crypto');
const chinese = (date) => date.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, '$1年$2月$3日');
const packed = (text) => text.replace(/\s/g, '');

for (const engine of ENGINES)
  describe(`papers on ${engine}`, () => {
    let server, w, who, dir;
    before(async () => {
      for (const tool of ['qpdf', 'pdftotext', 'pdffonts', 'pdftoppm', 'zbarimg']) assert.ok(hasTool(tool), `${tool} is needed`);
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant('示例申请人');
      dir = mkdtempSync(join(tmpdir(), 'yizheng-papers-'));
      await w.workday();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    const see = (c) => who.get(`/api/v1/cases/${c.id}`);
    const url = (c, paper) => `/api/v1/cases/${c.id}/papers/${paper}`;
    const fetch = (c, paper, by = who) => by.get(url(c, paper));
    const missing = async (c, paper, by = who) => assertProblem(await by.call('GET', url(c, paper)), 404, 'not_found');
    const listed = async (c, paper) => (await see(c)).papers.find((p) => p.paper === paper);
    const by = (c, permit) => c.items.find((i) => i.permit.code === permit);
    const today = () => dateOf(server.now());
    const kept = new Map();
    let serial = 0;

    function inspect(bytes) {
      const base = join(dir, `p${serial++}`);
      const tool = (name, ...args) => {
        const r = run(name, args);
        assert.equal(r.code, 0, `${name}: ${r.out}${r.err}`);
        return r.out;
      };
      writeFileSync(`${base}.pdf`, bytes);
      if (process.env.YZ_KEEP_PAPERS) writeFileSync(join(process.env.YZ_KEEP_PAPERS, `${engine}-${serial}.pdf`), bytes);
      tool('qpdf', '--check', `${base}.pdf`);
      const fonts = tool('pdffonts', `${base}.pdf`).trim().split('\n').slice(2);
      assert.ok(fonts.length > 0);
      for (const line of fonts) assert.match(line, /\s(yes)\s+(yes|no)\s+(yes|no)\s+\d+\s+\d+$/, `not embedded: ${line}`);
      const text = packed(tool('pdftotext', '-raw', `${base}.pdf`, '-'));
      return { base, text, tool };
    }

    function scan({ base, tool }) {
      const last = /Pages:\s+(\d+)/.exec(run('pdfinfo', [`${base}.pdf`]).out)[1];
      tool('pdftoppm', '-r', '150', '-gray', '-f', last, '-l', last, '-singlefile', `${base}.pdf`, base);
      return tool('zbarimg', '-q', '--raw', '-Sdisable', '-Sqrcode.enable', `${base}.pgm`).trim();
    }

    /** Everything that holds of any paper; text that it must have. Remembers its bytes. */
    async function good(c, paper, title, ...texts) {
      const entry = await listed(c, paper);
      assert.ok(entry, `${paper} is not listed`);
      assert.ok(entry.title.startsWith(title), entry.title);
      const bytes = await fetch(c, paper);
      assert.deepEqual(await fetch(c, paper), bytes, 'made twice');
      const sheet = inspect(bytes);
      for (const text of [title, entry.number, `编号：${c.number}`, ...(paper.startsWith('commitment') ? [] : [chinese(entry.date)]), ...texts])
        assert.ok(sheet.text.includes(packed(text)), `${paper} does not say ${text}: ${sheet.text}`);
      const link = scan(sheet);
      assert.match(link, /^HTTP:\/\/127\.0\.0\.1:\d+\/V\/D\/[0-9A-Z]{32}$/);
      const path = new URL(link).pathname;
      const page = (await who.raw('GET', path)).body.toString('utf8');
      for (const text of ['真实', entry.number, entry.title, chinese(entry.date), sm3([...bytes])]) assert.ok(page.includes(text), `${paper}: the page does not say ${text}`);
      assert.ok(!page.includes('<script'));
      kept.set(`${c.id} ${paper}`, { c, paper, bytes, path, number: entry.number });
      return { ...sheet, entry, path, page };
    }

    /** Papers made earlier are the same after all that was done since. */
    async function unchanged(c) {
      let n = 0;
      for (const k of kept.values()) {
        if (k.c.id !== c.id) continue;
        n++;
        assert.deepEqual(await fetch(c, k.paper), k.bytes, `${k.paper} changed`);
      }
      return n;
    }

    test('the process of one case: every paper when its act is done, and the same ever after', async () => {
      let c = await w.create(who, THREE);
      await missing(c, 'receipt');
      assert.deepEqual((await see(c)).papers, []);
      const form = await w.fillForm(who, c.id, { set: { F_MODE: '03', F_ENT_NAME: '示例旧名称旅馆' } });
      const promise = 'M-SPLC'; // of the food permit alone
      assert.equal(form.needs[promise], 'tolerable');
      for (const [material, need] of Object.entries(form.needs)) if (material !== promise && ['required', 'tolerable'].includes(need)) await w.attach(who, c.id, material);
      await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: form.values, commitments: { [promise]: true } }, match: (await see(c)).version });
      c = await w.submit(who, await see(c));
      const food = by(c, 'P-SPJYXK');
      const health = by(c, 'P-GGWS');
      const police = by(c, 'P-LGTZ');

      const receipt = await good(c, 'receipt', '收件回执', '示例旧名称旅馆', food.department.name, police.department.name, '第三十二条');
      assert.ok(receipt.page.includes('示***馆') && !receipt.page.includes('示例旧名称旅馆'), 'the addressee is masked');
      await good(c, 'notice', '一次告知书', '依据', '许可条件', '食品经营许可证', '不收费', '60日', '6个月', '同一材料只交一次');
      const committed = (await see(c)).papers.filter((p) => p.paper.startsWith('commitment-'));
      assert.equal(committed.length, 1);
      const promised = (await see(c)).commitments[0];
      await good(c, committed[0].paper, '容缺受理承诺书', promised.name ?? '承诺', '承诺人：示例旧名称旅馆', 'SM3摘要');

      // P3, P4: one refused, two ask for the same field: ONE row
      for (const paper of [`acceptance-${food.id}`, `decision-${police.id}`, 'correction', `ended-${food.id}`]) await missing(c, paper);
      await w.act(police, 'refuse', { reason: '不属于本机关职权范围', right_organ: '示例机关' });
      await good(c, `decision-${police.id}`, '不予受理通知书', '示例机关', '行政复议法第二十条', '行政诉讼法第四十六条');
      await w.act(food, 'ask_correction', { entries: [...askFor('field', 'F_ADDR', '地址写到门牌号').entries, ...askFor('other', null, '另附说明', '看不清楚').entries] });
      await missing(c, 'correction');
      await w.act(health, 'ask_correction', askFor('field', 'F_ADDR', '地址写到门牌号', '与平面图不一致'));
      const notice = await good(c, 'correction', '补正通知书', food.department.name, health.department.name, '第三十二条');
      assert.equal(notice.text.split('经营场所地址').length - 1 || notice.text.split('地址写到门牌号').length - 1, 1, 'the same field is one row');
      const extract = inspect(await fetch(c, 'correction', await w.reviewer(health)));
      assert.ok(extract.text.includes('节录') && !extract.text.includes('另附说明'), 'a department sees its own rows');
      await missing(c, 'correction', await w.reviewer(police));
      await w.fillForm(who, c.id, { set: { F_ENT_NAME: '示例新名称旅馆', F_ADDR: '（示例）乌海市新地址8号' } });
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: (await see(c)).version, key: true });
      assert.equal(await unchanged(c), 5, 'also the name of the holder is that of the day');

      // P2, P9, P10, P16
      server.advance({ days: 1 });
      await w.workday();
      await w.act(food, 'accept');
      await w.act(health, 'accept');
      await good(c, `acceptance-${food.id}`, '受理通知书', '示例新名称旅馆', `决定于${chinese(today())}予以受理`);
      await w.act(food, 'open_special', { kind: 'testing', reason: '现场用水需要检测', days: 3 });
      const special = (await w.item(food)).papers.find((p) => p.paper.startsWith('special-'));
      await good(c, special.paper, '特别程序告知书', '第四十五条', '3个工作日', `${chinese(addWorking(today(), 3))}前`, '现场用水需要检测');
      await w.act(food, 'close_special', { result: '检测合格' });
      await w.act(food, 'extend', { reason: '情况复杂' });
      const extension = (await w.item(food)).papers.find((p) => p.paper.startsWith('extension-'));
      await good(c, extension.paper, '延期通知书', '第四十二条第一款', '情况复杂', '本行政机关负责人', chinese(addWorking(today(), 10)), chinese(addWorking(today(), 15)));
      const government = await w.officer('hbw-zf');
      await government.post(`/api/v1/cases/${c.id}/extend`, { reason: '联合办理事项较多' }, { match: (await see(c)).version, key: true });
      const joint = (await see(c)).papers.find((p) => p.paper.startsWith('extension-') && p.item_id === null);
      await good(c, joint.paper, '延期通知书', '第四十二条第二款', '本级人民政府负责人', '联合办理事项较多');
      assert.ok((await fetch(c, joint.paper, government)).length > 1000, 'the government sees it');

      // P9: hearing
      await missing(c, `hearing-${food.id}`);
      await w.act(food, 'tell_hearing', { reason: '涉及相邻商户重大利益', parties: [{ name: '示例相邻商户', contact: '13900000001', interest: '共用通道' }] });
      const told = await good(c, `hearing-${food.id}`, '听证告知书', '第四十七条', '示例相邻商户', `${chinese(addWorking(today(), 5))}前`, '不承担组织听证的费用', '回避');
      assert.ok(!told.text.includes('13900000001'), 'no contact of third parties');
      await who.post(`/api/v1/cases/${c.id}/hearing`, { item: food.id, act: 'ask' }, { match: (await see(c)).version, key: true });
      await w.act(food, 'notify_hearing', { on: addWorking(today(), 9), time: '上午9:00', place: '示例听证室', chair: '示例主持人' });
      const held = addWorking(today(), 9);
      kept.delete(`${c.id} hearing-${food.id}`);
      await good(c, `hearing-${food.id}`, '听证通知书', '示例听证室', '示例主持人', `${chinese(held)}上午9:00`, '第四十八条', '不承担组织听证的费用');
      const first = await good(c, `hearing-${food.id}-1`, '听证告知书');
      assert.equal(first.path, told.path, 'the first notice is still what it was');
      server.setOffset(startOf(held) + 9 * 3600e3 - Date.now());
      await w.act(food, 'hold_hearing', { minutes: '双方无异议。' });

      // P11, P12
      let visit = await w.planVisit(food);
      const earlier = await good(c, `visit-${visit.id}`, '现场核查通知书', chinese(visit.on));
      // Another day: another notice. The first one stays what it was, and says that it no longer counts.
      const bureau = await w.bureau();
      const again = addWorking(visit.on, 1);
      visit = await bureau.post(`/api/v1/cases/${c.id}/visits`, { on: again, time: '下午3:00', place: '示例：经营场所', reason: '申请人当日不便' }, { match: visit.version, key: true });
      for (const code of new Set(visit.parts.map((p) => p.department.code))) visit = await w.agree(visit, code);
      assert.equal(visit.on, again);
      kept.delete(`${c.id} visit-${visit.id}`);
      const before = await good(c, `visit-${visit.id}-1`, '现场核查通知书');
      assert.equal(before.path, earlier.path);
      assert.ok(before.page.includes('已被替代'));
      server.setOffset(startOf(again) + 9 * 3600e3 - Date.now());
      await good(c, `visit-${visit.id}`, '现场核查通知书', '下午3:00', '第三十四条', food.department.name, health.department.name, chinese(visit.on), '出示证件', '承诺后补的材料');
      const part = visit.parts.find((p) => p.item_id === food.id);
      await missing(c, `inspection-${part.id}`);
      const officer = await w.reviewer(food);
      const mine = (await officer.get(`/api/v1/visits/${visit.id}`)).parts.find((p) => p.id === part.id);
      const checks = w.checks(mine);
      checks[mine.checklist.find((k) => !k.key).code] = { result: 'fail', note: '更衣柜尚未安装' };
      await officer.ok('POST', `/api/v1/items/${food.id}/acts/inspect`, { json: { checks, result: 'pass', findings: '更衣柜待装' }, match: mine.version, key: true });
      await missing(c, `inspection-${part.id}`);
      await (await w.officer(`${loginOf(food.department.code)}-2`)).ok('POST', `/api/v1/items/${food.id}/acts/countersign`, { json: {}, match: mine.version + 1, key: true });
      const record = await good(c, `inspection-${part.id}`, '现场核查记录表', '更衣柜尚未安装', '更衣柜待装', '现场照片0张', '通过', '申请人（签名或者盖章）', mine.checklist[0].item);
      for (const person of mine.officers ?? visit.parts.find((p) => p.id === part.id).officers) assert.ok(record.text.includes(person.name));
      await w.record(visit, visit.parts.find((p) => p.item_id === health.id));
      await officer.ok('POST', `/api/v1/items/${food.id}/attachments?material=${promise}&name=a.pdf`, { body: pdf('collected'), headers: { 'Content-Type': 'application/octet-stream' } });
      await w.act(food, 'confirm_commitment', { material: promise });

      // P8, P17, P33
      await missing(c, `decision-${food.id}`);
      const grant = await w.act(food, 'grant');
      await good(c, `decision-${food.id}`, '准予许可决定书', grant.decision.number, '第三十八条第一款', '第四十四条');
      await w.act(health, 'deny', { reason: '提供虚假检测报告', basis: '《公共场所卫生管理条例》', false_material: true });
      const denial = await good(c, `decision-${health.id}`, '不予许可决定书', '第三十八条第二款', '第七十八条', '提供虚假检测报告', '60日', '6个月');
      assert.ok(!denial.text.includes('不得再次申请'), 'no ban: this permit is not about public safety');
      const issued = await w.issue(await see(c));
      assert.equal(issued.status, 200, String(issued.body));
      assert.ok(!(await see(c)).papers.some((p) => p.paper.startsWith('delivery-')));
      await (await w.bureau()).post(`/api/v1/cases/${c.id}/deliver`, { method: 'post', receiver: '示例签收人', relation: '本人', tracking: 'EMS123456' }, { match: (await see(c)).version, key: true });
      const deliveries = (await see(c)).papers.filter((p) => p.paper.startsWith('delivery-'));
      assert.deepEqual(deliveries.map((p) => p.item_id).sort(), [food.id, health.id, null].sort());
      for (const d of deliveries) await good(c, d.paper, '送达回证', 'EMS123456', '示例签收人', '邮寄送达', d.item_id === null ? '行业综合许可证' : '决定书');

      const all = (await see(c)).papers;
      for (const p of all) if (!kept.has(`${c.id} ${p.paper}`)) await good(c, p.paper, p.title.split('（')[0]);
      assert.equal(await unchanged(c), all.length, 'every paper was looked at, and none changed');
      const numbers = all.map((p) => p.number);
      assert.equal(new Set(numbers).size, numbers.length, 'numbers are unique in the case');
      for (const n of numbers) assert.match(n, /^[0-9A-Z]+(-[A-Z0-9]+)?-[\u4e00-\u9fff]\d\d(-\d+)?$/);

      // whose
      const list = async (item) => (await w.item(item)).papers.map((p) => p.paper);
      const foods = await list(food);
      for (const paper of foods) assert.ok((await fetch(c, paper, officer)).length > 1000, paper);
      assert.ok(foods.includes('receipt') && foods.includes('correction') && foods.includes(`visit-${visit.id}`) && foods.includes(committed[0].paper));
      const others = all.map((p) => p.paper).filter((p) => !foods.includes(p));
      assert.ok(others.includes('notice') && others.includes(`decision-${health.id}`) && others.includes(joint.paper));
      for (const paper of others) await missing(c, paper, officer);
      assert.deepEqual(await list(police), ['receipt', `decision-${police.id}`]);
      const stranger = await w.applicant('示例路人');
      await missing(c, 'receipt', stranger);
    });

    test('P7, P13: ended by the applicant or for want of an answer', async () => {
      let c = await w.submitted(who, TWO);
      const [gone, waits] = c.items;
      await missing(c, `ended-${gone.id}`);
      await who.post(`/api/v1/cases/${c.id}/withdraw`, { reason: '示例：改在他处开店', items: [gone.id] }, { match: c.version, key: true });
      await good(c, `ended-${gone.id}`, '终止办理通知书', '改在他处开店', '撤回', gone.department.name);
      await missing(c, `ended-${waits.id}`);
      await w.act(waits, 'ask_correction', askFor('field', 'F_ADDR'));
      c = await see(c);
      server.setOffset(startOf(addDays(c.correction.due_on, 1)) + 9 * 3600e3 - Date.now());
      for (let n = 0; n < 100 && !(await listed(c, `ended-${waits.id}`)); n++) await new Promise((done) => setTimeout(done, 100));
      const ended = await good(c, `ended-${waits.id}`, '终止办理通知书', '第三十二条', chinese(c.correction.due_on), '重新提出申请', '行政复议');
      assert.equal(ended.entry.date, c.correction.due_on);
    });

    test('P14: what is decided for a filing is that it is filed', async () => {
      await w.workday();
      const answers = { 'I14-Q1': ['B'], 'I14-Q2': ['A'], 'I14-Q3': ['C'] };
      const guide = await who.post('/api/v1/industries/I14/guide', { region: '150302', answers });
      for (const q of guide.missing) answers[q] = ['A'];
      const c = await w.submitted(who, { industry: 'I14', region: '150302', answers });
      const filing = c.items.find((i) => i.permit.kind === 'filing');
      await missing(c, `decision-${filing.id}`);
      const done = await w.act(filing, 'accept');
      const sheet = await good(c, `decision-${filing.id}`, '准予备案决定书', done.decision.number, '准予备案', filing.department.name);
      assert.ok(!sheet.text.includes('第三十八条'), 'a filing is no permit');
    });

    test('P4: a second round is a paper of its own, and the first stays', async () => {
      await w.workday();
      const c = await w.submitted(who, TWO);
      const [a, b] = c.items;
      await w.act(b, 'accept');
      await w.act(a, 'ask_correction', askFor('field', 'F_ADDR', '第一轮的要求'));
      const first = await good(c, 'correction', '补正通知书', '第一轮的要求', '补01');
      await w.fillForm(who, c.id, { set: { F_ADDR: '（示例）乌海市新地址9号' } });
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: (await see(c)).version, key: true });
      await w.act(a, 'ask_correction', askFor('field', 'F_ADDR', '第二轮的要求'));
      kept.delete(`${c.id} correction`);
      const second = await good(c, 'correction', '补正通知书', '第二轮的要求', '补02');
      const again = await good(c, 'correction-1', '补正通知书', '第一轮的要求', '补01');
      assert.equal(again.path, first.path);
      assert.notEqual(second.path, first.path);
      assert.ok(!second.text.includes('第一轮的要求'));
    });

    test('a code that is not ours: not found, whatever is tried', async () => {
      const some = [...kept.values()][0];
      const code = some.path.split('/').pop();
      const page = async (x) => who.call('GET', `/v/d/${x}`);
      assert.equal((await page(code.toLowerCase())).status, 200, 'typed in small letters');
      const other = (at) => code.slice(0, at) + (code[at] === '7' ? '8' : '7') + code.slice(at + 1);
      for (const forged of [...Array.from({ length: 32 }, (_, at) => other(at)), code.slice(1), `${code}0`, 'U'.repeat(32), '0'.repeat(32), '%E2%9C%94'.repeat(8)]) {
        const a = await page(forged);
        assert.equal(a.status, 404, forged);
        assert.match(a.body.toString('utf8'), /没有查到/);
      }
      const a = await page(code);
      assert.match(a.headers['content-security-policy'], /default-src 'none'/);
    });
  });
