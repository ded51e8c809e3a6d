// The law's process in the pages: corrections of three departments merged into one, special procedures, a
// hearing, a promised material, delivery, the joint extension, boards, bulk accept, the rules.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../integration/lib/env.mjs';
import { addWorking, dateOf } from '../integration/lib/calendar.mjs';
import { DESK, inspect, openPage, pdf, PHONE, signInApplicant, signInOfficer, startBrowser, startWorld } from './lib.mjs';

const TWO = { industry: 'I03', region: '150302', answers: { 'I03-Q1': ['A', 'B'], 'I03-Q2': ['A'], 'I03-Q3': ['A'], 'I03-Q4': ['B'] } };
const THREE = { industry: 'I07', region: '150302', answers: { 'I07-Q1': ['A'], 'I07-Q2': ['B'], 'I07-Q3': ['A'], 'I07-Q4': ['A'], 'I07-Q5': ['A'], 'I07-Q6': ['D'] } };
const STORE = { industry: 'I02', region: '150302', answers: { 'I02-Q1': ['A'], 'I02-Q2': ['C'], 'I02-Q3': ['B'], 'I02-Q4': ['B'] } };
const TOBACCO = 'P-YCLS';
const PHONE_NUMBER = '13877770001';

let place;
let w;
let browser;
let who;
let phone;
before(async () => {
  place = await startWorld();
  w = place.w;
  who = await w.client().applicant(PHONE_NUMBER, '周掌柜');
  browser = await startBrowser();
  phone = await openPage(browser, place.base, PHONE);
  await signInApplicant(phone, PHONE_NUMBER, '周掌柜');
});
after(async () => {
  await browser?.close();
  await place?.stop();
});

const by = (c, code) => c.items.find((item) => item.permit.code === code);
const today = () => dateOf(place.server.now());
const login = (item) => item.department.code.slice(2).toLowerCase();
/** A page at the desk of whoever has this login, at an address. */
async function deskOf(name, path, size = DESK) {
  const page = await openPage(browser, place.base, size);
  await signInOfficer(page, new RegExp(`${name}）`));
  await page.goto(path);
  await page.locator('main h1').first().waitFor();
  return page;
}
async function act(page, key, name) {
  await page.locator('.acts .button').first().waitFor();
  await page.keyboard.press(key);
  await page.getByRole('heading', { name, level: 3 }).waitFor();
}
async function confirm(page, name) {
  await page.getByRole('button', { name: `确认${name}` }).click();
  await page.locator('.acts .note.green').waitFor();
}
/** The same page at both widths. */
async function both(page, name) {
  await inspect(page, `${name}-1440`);
  await page.setViewportSize(PHONE);
  await inspect(page, `${name}-360`);
  await page.setViewportSize(DESK);
}

test('three departments correct, the applicant answers once on a phone, each sees what changed', async () => {
  const c = await w.submitted(who, THREE);
  const [one, two, three] = c.items;
  await w.act(two, 'ask_correction', { entries: [{ kind: 'field', code: 'F_ADDR', what: '地址写到门牌号', why: '与租赁合同不一致' }] });
  await w.act(three, 'ask_correction', { entries: [{ kind: 'field', code: 'F_ADDR', what: '请核对地址', why: '地图上找不到' }, { kind: 'other', what: '请到窗口核对原件', why: '复印件模糊' }] });
  const desk = await deskOf(login(one), `/office/items/${one.id}`);
  await act(desk, 'c', '要求补正');
  await desk.getByRole('button', { name: '确认要求补正' }).click();
  await desk.getByText('请至少选一条要补正的内容').waitFor();
  await desk.fill('#entry-search', '经营场所');
  await desk.locator('.picker .line input').first().check();
  await desk.fill('#why-0', '示例：写得不清楚');
  await confirm(desk, '要求补正');

  await phone.goto(`/cases/${c.id}/correct`);
  await phone.locator('.ask').first().waitFor();
  const merged = phone.locator('section.card', { hasText: '与租赁合同不一致' });
  assert.match(await merged.innerText(), /[23]个部门要求：/);
  assert.match(await merged.innerText(), /地图上找不到/);
  assert.equal(await merged.locator('textarea, input').count() > 0, true, 'answered in place');
  await inspect(phone, 'process-correct-360');
  await phone.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  assert.ok(await phone.locator('.due').evaluate((node) => node.getBoundingClientRect().top >= 0), 'the due date stays in sight');
  await phone.fill('#f-F_ADDR', '（示例）乌海市海勃湾区新华大街8号');
  for (const field of await phone.locator('section.card [id^="f-"]:not(#f-F_ADDR)').all()) if (await field.evaluate((node) => node.tagName === 'INPUT' && node.type === 'text' && !node.value)) await field.fill('示例');
  await phone.getByText('已自动保存').waitFor();

  const bureau = await deskOf('hbw-spj', `/office/cases/${c.id}`);
  await bureau.locator('.merged').first().waitFor();
  assert.match(await bureau.locator('.merged', { hasText: '地图上找不到' }).innerText(), /、/, 'all departments at the same field');
  await both(bureau, 'process-case-correcting');
  await bureau.context().close();

  await phone.getByRole('button', { name: '提交补正' }).click();
  await phone.getByRole('button', { name: '确认提交' }).click();
  await phone.waitForURL(new RegExp(`/cases/${c.id}$`));
  const again = await deskOf(login(two), `/office/items/${two.id}`);
  await again.locator('.changes', { hasText: '新华大街8号' }).waitFor();
  assert.ok((await again.locator('dl .changed').count()) > 0, 'and marked where it stands');
  await both(again, 'process-item-changed');
  await desk.context().close();
  await again.context().close();
});

test('a special procedure stops the clock and lets it go on, with reason and document', async () => {
  const c = await w.submitted(who, TWO);
  const item = by(c, TOBACCO);
  await w.act(item, 'accept');
  const desk = await deskOf(login(item), `/office/items/${item.id}`);
  await desk.keyboard.press('t');
  await desk.locator('.hand', { hasText: '经办：我' }).waitFor();
  await act(desk, 's', '启动特别程序');
  assert.equal(await desk.locator('#act-kind option', { hasText: '其他依法' }).count(), 0, 'offered only with the titles of the permit');
  await desk.keyboard.press('Control+Enter');
  await desk.getByText('请填写1到1000的整数').waitFor();
  assert.equal(await desk.evaluate(() => document.activeElement?.id), 'act-kind');
  await desk.selectOption('#act-kind', 'testing');
  await desk.fill('#act-reason', '抽检样品');
  await desk.fill('#act-days', '6');
  await inspect(desk, 'process-special-form-1440');
  await confirm(desk, '启动特别程序');
  await desk.getByText(/正在检测.*已告知需要6个工作日/).waitFor();
  await desk.getByText(/次开始和停止/).click();
  assert.match(await desk.locator('.events').innerText(), /停止计时，特别程序[^]*抽检样品[^]*查看文书/);
  await both(desk, 'process-special');
  await phone.goto(`/cases/${c.id}`);
  await phone.getByText(/正在检测，预计.*这段时间不计入办理期限/).waitFor();
  await inspect(phone, 'process-special-phone-360');
  await act(desk, 's', '结束特别程序');
  await desk.fill('#act-result', '检测合格');
  await confirm(desk, '结束特别程序');
  await desk.locator('.stages', { hasText: '检测合格' }).waitFor();
  await desk.getByRole('button', { name: '放回' }).click();
  await desk.locator('.hand', { hasText: '还没人接手' }).waitFor();
  await desk.context().close();
});

test('a head extends once, others are not offered it', async () => {
  const c = await w.submitted(who, TWO);
  const item = by(c, TOBACCO);
  await w.act(item, 'accept');
  const other = await deskOf(`${login(item)}-2`, `/office/items/${item.id}`);
  await other.locator('.acts .button').first().waitFor();
  assert.equal(await other.getByRole('button', { name: /^延长期限/ }).count(), 0);
  await other.context().close();
  const head = await deskOf(login(item), `/office/items/${item.id}`);
  await act(head, 'e', '延长期限');
  await head.fill('#act-reason', '示例：需要核对外地证明');
  await confirm(head, '延长期限');
  await head.getByText(/办理期限延长10个工作日/).waitFor();
  assert.equal(await head.getByRole('button', { name: /^延长期限/ }).count(), 0);
  await head.context().close();
});

test('a hearing is told at the desk, asked for on the phone, announced and waived by rule', async () => {
  const c = await w.submitted(who, TWO);
  const item = by(c, TOBACCO);
  await w.act(item, 'accept');
  const desk = await deskOf(login(item), `/office/items/${item.id}`);
  await act(desk, 'h', '告知听证权利');
  await desk.getByRole('button', { name: '确认告知听证权利' }).click();
  await desk.getByText('请填写“姓名或名称”').waitFor();
  await desk.fill('#act-reason', '零售点间距涉及邻店');
  await desk.fill('#act-parties-0-name', '示例邻店');
  await desk.fill('#act-parties-0-contact', '示例电话');
  await desk.fill('#act-parties-0-interest', '零售点间距');
  await both(desk, 'process-hearing-form');
  await confirm(desk, '告知听证权利');
  await phone.goto(`/cases/${c.id}`);
  await phone.getByRole('button', { name: '要求听证', exact: true }).waitFor();
  assert.equal(await phone.getByRole('button', { name: '放弃听证', exact: true }).count(), 0, 'others are concerned');
  await inspect(phone, 'process-hearing-told-360');
  await phone.getByRole('button', { name: '要求听证', exact: true }).click();
  await phone.getByRole('button', { name: '确认要求听证' }).click();
  await phone.getByText(/已收到听证要求/).waitFor();
  await desk.reload();
  await act(desk, 'h', '通知举行听证');
  await desk.fill('#act-on', addWorking(today(), 2));
  await desk.fill('#act-time', '上午9:00');
  await desk.fill('#act-place', '示例：听证室');
  await desk.fill('#act-chair', '示例·主持人');
  await desk.keyboard.press('Control+Enter');
  await desk.locator('.acts .note.red').waitFor();
  await desk.fill('#act-on', addWorking(today(), 9));
  await confirm(desk, '通知举行听证');
  await both(desk, 'process-hearing');
  await phone.reload();
  await phone.getByText('示例：听证室', { exact: true }).waitFor();
  await inspect(phone, 'process-hearing-noticed-360');
  await desk.context().close();

  const alone = await w.submitted(who, TWO);
  const second = by(alone, TOBACCO);
  await w.act(second, 'accept');
  await w.act(second, 'tell_hearing', { reason: '重大利益', applicant_only: true });
  await phone.goto(`/cases/${alone.id}`);
  await phone.getByRole('button', { name: '放弃听证', exact: true }).click();
  await phone.getByRole('button', { name: '确认放弃听证' }).click();
  await phone.getByRole('button', { name: '放弃听证', exact: true }).waitFor({ state: 'detached' });
});

test('a promised material: chosen with its text, handed in on the phone, confirmed at the desk', async () => {
  const draft = await w.create(who, STORE);
  const form = await w.fillForm(who, draft.id, { set: { F_MODE: '03' } });
  const late = Object.keys(form.needs).find((code) => form.needs[code] === 'tolerable');
  assert.ok(late);
  for (const [code, need] of Object.entries(form.needs)) if (['required', 'tolerable'].includes(need) && code !== late) await w.attach(who, draft.id, code);
  await phone.goto(`/cases/${draft.id}/materials`);
  const card = phone.locator(`[id="m-${late}"]`);
  await card.locator('.promise input').check();
  await card.getByText('已承诺后补').waitFor();
  assert.match(await card.innerText(), /15个工作日/);
  for (const required of Object.keys(form.needs).filter((code) => form.needs[code] === 'required')) assert.equal(await phone.locator(`[id="m-${required}"] .promise`).count(), 0);
  await inspect(phone, 'process-promise-360');
  // The page has asked the licence library; what it does not have of this shop is handed in like the rest.
  const asked = await who.get(`/api/v1/cases/${draft.id}/form`);
  for (const [code, need] of Object.entries(asked.needs)) if (need === 'required' && form.needs[code] !== 'required') await w.attach(who, draft.id, code);
  await until('the promise is kept', async () => (await who.get(`/api/v1/cases/${draft.id}/form`)).commitments?.[late] === true, 5000);
  const c = await w.submit(who, await who.get(`/api/v1/cases/${draft.id}`));
  assert.equal(c.commitments.length, 1);
  const [item] = c.items;
  await w.act(item, 'accept');
  await phone.goto(`/cases/${c.id}`);
  const mine = phone.locator(`[id="m-${late}"]`);
  await mine.getByText(/您承诺在/).waitFor();
  await inspect(phone, 'process-promised-360');
  await mine.locator('input[type=file]').first().setInputFiles({ name: '补交.pdf', mimeType: 'application/pdf', buffer: pdf('late') });
  await mine.getByText('已经上传，等部门核对确认').waitFor();
  const desk = await deskOf(login(item), `/office/items/${item.id}`);
  await act(desk, 'm', '收取承诺材料');
  await desk.locator('.act', { hasText: '补交.pdf' }).waitFor();
  await desk.locator('.act input[type=file]').setInputFiles({ name: '原件.pdf', mimeType: 'application/pdf', buffer: pdf('original') });
  await desk.locator('.act', { hasText: '原件.pdf' }).waitFor();
  await both(desk, 'process-commitment-form');
  await confirm(desk, '收取承诺材料');
  await desk.locator('.stages', { hasText: '已收取确认' }).waitFor();
  await desk.context().close();
});

test('denied for false material at the desk; the next filing is warned on the phone', async () => {
  const drug = { industry: 'I13', region: '150302', answers: { 'I13-Q1': ['A'], 'I13-Q2': ['A'], 'I13-Q3': ['C'], 'I13-Q4': ['C'] } };
  const c = await w.submitted(who, drug);
  const item = by(c, 'P-YPJY');
  await w.act(item, 'accept');
  const desk = await deskOf(login(item), `/office/items/${item.id}`);
  await act(desk, 's', '启动特别程序');
  await desk.selectOption('#act-kind', 'excluded');
  assert.deepEqual(await desk.locator('#act-title option').allInnerTexts(), ['企业整改时间'], 'what its own law leaves out');
  await desk.keyboard.press('Escape');
  await act(desk, 'd', '不予许可');
  await desk.fill('#act-reason', '示例：提供虚假材料');
  await desk.fill('#act-basis', '《中华人民共和国行政许可法》第七十八条');
  await desk.getByLabel('申请人隐瞒情况或者提供虚假材料').check();
  await confirm(desk, '不予许可');
  const next = await w.create(who, drug);
  await w.attachAll(who, next.id, await w.fillForm(who, next.id, { set: { F_USCC: (await who.get(`/api/v1/cases/${c.id}`)).uscc } }));
  await phone.goto(`/cases/${next.id}/check`);
  await phone.locator('.note.amber', { hasText: '提交前请知道' }).waitFor();
  assert.match(await phone.locator('.note.amber').first().innerText(), /一年|第七十八条/);
  await inspect(phone, 'process-check-warning-360');
  const again = await w.submit(who, await who.get(`/api/v1/cases/${next.id}`));
  await desk.goto(`/office/items/${by(again, 'P-YPJY').id}`);
  await desk.getByText(/前不得申请这一许可/).waitFor();
  await both(desk, 'process-ban');
  await desk.context().close();
});

test('decisions are delivered at the window, and confirmed on the phone', async () => {
  const c = await w.submitted(who, TWO);
  for (const item of c.items) {
    await w.act(item, 'accept');
    await w.act(item, 'deny', { reason: '示例：不符合条件', basis: '示例条款' });
  }
  const desk = await deskOf('hbw-spj', `/office/cases/${c.id}`);
  await desk.getByRole('button', { name: '登记送达' }).click();
  await desk.locator('.deliver label', { hasText: '邮寄' }).click();
  await desk.fill('#act-receiver', '');
  await desk.getByRole('button', { name: '确认送达' }).click();
  await desk.getByText('请填写“邮件号”').waitFor();
  await both(desk, 'process-deliver');
  await desk.fill('#act-receiver', '周掌柜');
  await desk.fill('#act-relation', '本人');
  await desk.fill('#act-tracking', '示例1234567890');
  await desk.getByRole('button', { name: '确认送达' }).click();
  await desk.getByText(/邮寄，周掌柜（本人）签收/).first().waitFor();
  assert.equal(await desk.locator('.deliver').count(), 0);
  await desk.context().close();

  const other = await w.submitted(who, TWO);
  for (const item of other.items) {
    await w.act(item, 'accept');
    await w.act(item, 'deny', { reason: '示例：不符合条件', basis: '示例条款' });
  }
  await phone.goto(`/cases/${other.id}`);
  await phone.getByRole('button', { name: '我已收到电子文书' }).click();
  await phone.getByRole('button', { name: '我已收到电子文书' }).waitFor({ state: 'detached' });
  assert.ok((await who.get(`/api/v1/cases/${other.id}`)).process.deliveries.every((row) => row.method === 'electronic'));
});

test('the head of government sees the board, reads cases and items, and extends the joint clock', async () => {
  const c = await w.submitted(who, TWO);
  for (const item of c.items) await w.act(item, 'accept');
  const page = await deskOf('hbw-zf', '/office/board');
  await page.locator('.tiles .tile').first().waitFor();
  await page.goto(`/office/items/${c.items[0].id}`);
  await page.getByText('您可以查看，办理由部门进行').waitFor();
  await inspect(page, 'process-item-readonly-1440');
  await page.goto(`/office/cases/${c.id}`);
  await page.getByRole('button', { name: '延长联合办理期限' }).click();
  await page.getByRole('button', { name: '确认延长15个工作日' }).click();
  await page.locator('dialog[open]').getByText('请填写“延长的理由”').waitFor();
  await page.fill('#extend-reason', '示例：涉及多个部门，情况复杂');
  await page.getByRole('button', { name: '确认延长15个工作日' }).click();
  await page.getByText(/联合办理期限延长15个工作日/).waitFor();
  await both(page, 'process-case-extended');
  await page.context().close();
});

test('boards of the region and the hall, at both widths, lead into queue and cases', async () => {
  for (const [name, title] of [['hbw-spj', '海勃湾区全部时限'], ['hbw-ck', '今天要做什么'], ['wh-zf', '全市全部时限']]) {
    const page = await deskOf(name, '/office/');
    await page.waitForURL(/\/office\/board/);
    await page.locator('.tiles .tile').first().waitFor();
    assert.match(await page.locator('main h1').innerText(), new RegExp(title));
    await both(page, `process-board-${name}`);
    if (name === 'hbw-spj') {
      await page.locator('.tile', { hasText: '正常' }).click();
      await page.waitForURL(/queue\?signal=green/);
    }
    await page.context().close();
  }
});

test('several are accepted at once by keyboard, each with its result', async () => {
  const cases = [await w.submitted(who, TWO), await w.submitted(who, TWO)];
  const name = login(by(cases[0], TOBACCO));
  const desk = await deskOf(name, '/office/queue?state=received&permit=P-YCLS&officer=none');
  await desk.locator('tbody tr').nth(1).waitFor();
  assert.equal(await desk.locator('.tab[aria-pressed="true"]', { hasText: '没人接手' }).count(), 1);
  const before = await desk.locator('tbody tr').count();
  await desk.locator('tbody tr a').first().focus();
  await desk.keyboard.press('x');
  await desk.keyboard.press('j');
  await desk.keyboard.press('x');
  await desk.getByText('已选2件').waitFor();
  await both(desk, 'process-queue-chosen');
  await desk.keyboard.press('a');
  await desk.getByRole('button', { name: '受理2件' }).click();
  await desk.locator('.results li').nth(1).waitFor();
  await both(desk, 'process-queue-results');
  const accepted = await desk.locator('.results .tag.green').count();
  assert.equal(await desk.locator('tbody tr').count(), before - accepted);
  await desk.keyboard.press('?');
  await desk.locator('dialog[open]', { hasText: '选中或取消' }).waitFor();
  await desk.keyboard.press('Escape');
  await desk.context().close();
});

test('the rules of the process are a picture and a table, filtered by act', async () => {
  const page = await deskOf('hbw-scjg', '/office/process');
  await page.locator('svg .state').first().waitFor();
  await both(page, 'process-rules');
  const all = await page.locator('tbody tr').count();
  await page.selectOption('#process-act', '准予许可');
  assert.ok((await page.locator('tbody tr').count()) < all);
  assert.match(await page.locator('tbody').innerText(), /第三十八条/);
  for (const [name, picture] of [['办件', 'case'], ['联合核查', 'visit'], ['许可（准予之后）', 'permit'], ['监管任务', 'supervision']]) {
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('svg .state').first().waitFor();
    await both(page, `process-rules-${picture}`);
  }
  await page.context().close();
});
