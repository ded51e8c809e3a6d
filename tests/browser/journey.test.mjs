// A supermarket from the first question to the licence on the wall: the applicant on a phone, the
// departments and the bureau at their desks, everybody in a real browser against the real program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { answerGuideOnPhone, DESK, fillForm, heading, inspect, openPage, PHONE, signInOfficer, signOutOfficer, startBrowser, startWorld, uploadAll, pdf } from './lib.mjs';

let server;
let browser;
let phone;
let desk;
let caseId;
let licence;

before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  phone = await openPage(browser, server.base, PHONE);
  desk = await openPage(browser, server.base, DESK);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const REVIEWER = /部门审批人员[^]*海勃湾区市场监督管理局/;
const TOBACCO = /部门审批人员[^]*烟草专卖局/;
const BUREAU = /审批服务管理局 · 海勃湾区/;

const SHOP = {
  F_ENT_NAME: '乌海市好邻居超市',
  F_USCC: '91150302MA00000074',
  F_REGION: '150302',
  F_FOUND_DATE: '2024-05-01',
  F_LEGAL_IDTYPE: '01',
  F_AREA: '120.50',
  F_USE_AREA: '80',
  F_PREMISES: '02',
  F_AGENT: false,
  F_MODE: '01',
  F_DELIVERY: '01',
  F_SMS: ['01'],
  SPJY_ZTYT: '1',
  SPJY_XM: ['XS2'],
  SPJY_XMBZ: [],
  SPJY_ZTBZ: [],
  SPJY_WL: false,
  YCLS_YT: '03',
  YCLS_DL: true,
  YCLS_CNO: true,
};

const api = (page, path) => page.evaluate(async (url) => (await fetch(url)).json(), path);

test('guide on a phone leads to the notice, and the notice into a case', async () => {
  await phone.goto('/');
  await phone.getByRole('link', { name: /超市/ }).first().click();
  await answerGuideOnPhone(phone, '海勃湾区', ['有散装食品', '没有', '不卖药', '不卖或只卖', '卖', '都没有']);
  await phone.getByRole('link', { name: '看一次告知书' }).waitFor();
  const permits = await phone.locator('.outcome .permit h3').allInnerTexts();
  assert.equal(permits.length, 2);
  assert.match(permits.join(), /食品经营许可证.*烟草专卖/);
  await inspect(phone, 'journey-guide-360');

  const shared = phone.url();
  await desk.goto(shared);
  await desk.locator('.outcome .permit').first().waitFor();
  assert.equal(await desk.locator('.outcome .permit').count(), 2, 'the address carries the answers');

  await phone.getByRole('link', { name: '看一次告知书' }).click();
  await phone.locator('.notice').waitFor();
  await inspect(phone, 'journey-notice-360');
  await phone.getByRole('button', { name: '开始办理' }).click();
  await phone.waitForURL(/\/signin/);
  await phone.fill('#phone', '13800001234');
  await phone.click('form button[type=button]');
  const code = /(\d{4,8})/.exec(await phone.locator('.note[role=status]').innerText())[1];
  await phone.fill('#code', code);
  await phone.fill('#name', '王掌柜');
  await inspect(phone, 'journey-signin-360');
  await phone.click('form button[type=submit]');
  await phone.waitForURL(/\/cases\/\d+\/form$/);
  caseId = /cases\/(\d+)/.exec(phone.url())[1];
  await phone.locator('.tasks a').first().waitFor();
  await inspect(phone, 'journey-tasks-360');
});

test('missing answers are named at the top and at the field', async () => {
  await phone.locator('.tasks a').first().click();
  await phone.locator('form.fields button[type=submit]').click();
  await phone.locator('.summary').waitFor();
  assert.ok((await phone.locator('.summary li').count()) > 3);
  await phone.locator('.summary a', { hasText: '统一社会信用代码' }).click();
  assert.equal(await phone.evaluate(() => document.activeElement?.id), 'f-F_USCC');
  await phone.fill('#f-F_USCC', '91150302MA00000075');
  await phone.locator('#f-F_ENT_NAME').focus();
  await phone.locator('.field.bad', { hasText: '不正确' }).waitFor();
  await inspect(phone, 'journey-errors-360');
});

test('what was typed is saved, and survives a reload', async () => {
  await phone.fill('#f-F_ENT_NAME', SHOP.F_ENT_NAME);
  await phone.getByText('已自动保存').waitFor();
  await phone.reload();
  await phone.locator('#f-F_ENT_NAME').waitFor();
  assert.equal(await phone.inputValue('#f-F_ENT_NAME'), SHOP.F_ENT_NAME);
});

test('two devices: the later save keeps what the other has written', async () => {
  const other = await phone.context().newPage();
  await other.goto(phone.url());
  await other.locator('#f-F_DOMICILE').fill('另一台设备填的住所');
  await other.getByText('已自动保存').waitFor();
  await other.close();
  await phone.fill('#f-F_BIZ_SCOPE', '食品、日用品零售');
  await phone.getByText('已合并').waitFor();
  assert.equal(await phone.inputValue('#f-F_DOMICILE'), '另一台设备填的住所');
});

test('the form, the materials, the check, the receipt', async () => {
  await phone.goto(`/cases/${caseId}/form`);
  await phone.locator('.tasks a').first().waitFor();
  await fillForm(phone, caseId, SHOP);
  await inspect(phone, 'journey-materials-360');
  await uploadAll(phone);
  await inspect(phone, 'journey-uploaded-360');
  await phone.locator('section.material button', { hasText: '查看' }).first().click();
  await phone.locator('dialog[open]').waitFor();
  await phone.keyboard.press('Escape');
  await phone.getByRole('link', { name: '材料好了，去核对' }).click();
  await phone.locator('#truth').waitFor();
  await inspect(phone, 'journey-check-360');
  await phone.getByRole('button', { name: '提交申请' }).click();
  await phone.getByText('请先勾选真实性承诺').waitFor();
  await phone.check('#truth');
  await phone.getByRole('button', { name: '提交申请' }).click();
  await phone.waitForURL(/\/done$/);
  await phone.locator('.banner .big').waitFor();
  assert.match(await phone.locator('.banner .big').innerText(), /^150302\d+[0-9A-Z]$/);
  assert.equal(await phone.locator('.departments li').count(), 2);
  await inspect(phone, 'journey-done-360');
  await phone.goto(`/cases/${caseId}`);
  await phone.locator('.standing').waitFor();
  await inspect(phone, 'journey-case-360');
});

test('a reviewer asks for a correction by keyboard', async () => {
  await signInOfficer(desk, REVIEWER);
  await desk.locator('tbody a', { hasText: SHOP.F_ENT_NAME }).waitFor();
  await inspect(desk, 'journey-queue-1440');
  await desk.locator('tbody a', { hasText: SHOP.F_ENT_NAME }).click();
  await desk.locator('.acts').waitFor();
  await inspect(desk, 'journey-item-1440');
  await desk.keyboard.press('c');
  await desk.fill('#entry-search', '平面');
  await desk.locator('.picker .line input').first().check();
  await desk.fill('#entry-search', '楼层');
  await desk.locator('.picker .line input').first().check();
  await desk.fill('#why-0', '看不清食品处理区');
  await desk.fill('#why-1', '与租赁合同不一致');
  await inspect(desk, 'journey-correction-1440');
  await desk.getByRole('button', { name: '确认要求补正' }).click();
  await desk.locator('.acts .note.green').waitFor();
  await signOutOfficer(desk);
});

test('the other department accepts; the merged correction goes out', async () => {
  await signInOfficer(desk, TOBACCO);
  await desk.locator('tbody a', { hasText: SHOP.F_ENT_NAME }).click();
  await desk.locator('.acts').waitFor();
  await desk.keyboard.press('a');
  await desk.getByRole('button', { name: '确认受理' }).click();
  await desk.locator('.acts .note.green').waitFor();
  await signOutOfficer(desk);
});

test('the correction is answered on a phone', async () => {
  await phone.goto(`/cases/${caseId}`);
  await phone.getByRole('link', { name: '去补正' }).click();
  await phone.locator('.ask').first().waitFor();
  await inspect(phone, 'journey-correct-360');
  await phone.fill('#f-F_FLOOR', '地上1层');
  await phone.locator('section.material .pickers input[type=file]').first().setInputFiles({ name: '新平面图.pdf', mimeType: 'application/pdf', buffer: pdf('plan two') });
  await phone.locator('.files button', { hasText: '新平面图' }).first().waitFor();
  await phone.getByRole('button', { name: '提交补正' }).click();
  await phone.getByRole('button', { name: '确认提交' }).click();
  await phone.waitForURL(new RegExp(`/cases/${caseId}$`));
  await phone.locator('.standing').waitFor();
  assert.match(await phone.locator('.standing').innerText(), /在审批部门/);
});

test('nothing is granted before the departments have been there together', async () => {
  const { w } = server;
  const whole = await (await w.bureau()).get(`/api/v1/cases/${caseId}`);
  for (const item of whole.items) if (item.state === 'received') await w.act(item, 'accept');
  await signInOfficer(desk, REVIEWER);
  await desk.locator('tbody a', { hasText: SHOP.F_ENT_NAME }).click();
  await desk.locator('.stages', { hasText: '还没有安排核查日期' }).waitFor();
  await desk.getByText('现在还不能准予：现场核查还没有通过').waitFor();
  assert.equal(await desk.getByRole('button', { name: /^准予许可/ }).count(), 0);
  const visit = await w.planVisit(whole.items[0]);
  await phone.goto(`/cases/${caseId}`);
  await phone.locator('.visit', { hasText: '上门核查' }).waitFor();
  await inspect(phone, 'journey-visit-announced-360');
  for (const part of visit.parts) await w.record(visit, part);
  await desk.reload();
  await desk.locator('.stages .tag.green').first().waitFor();
  await signOutOfficer(desk);
});

test('both departments grant', async () => {
  for (const who of [REVIEWER, TOBACCO]) {
    await signInOfficer(desk, who);
    await desk.locator('tbody a', { hasText: SHOP.F_ENT_NAME }).click();
    await desk.locator('.acts .button').first().waitFor();
    await desk.keyboard.press('g');
    await desk.locator('#act-number').waitFor();
    if (!(await desk.getByText('由系统按编号规则自动生成').count())) await desk.fill('#act-number', 'ZH-2026-0001');
    await desk.getByRole('button', { name: '确认准予许可' }).click();
    await desk.locator('.acts .note.green').waitFor();
    await signOutOfficer(desk);
  }
});

test('the bureau issues the licence', async () => {
  await signInOfficer(desk, BUREAU);
  await desk.goto('/office/board');
  await inspect(desk, 'journey-board-1440');
  await desk.goto(`/office/cases/${caseId}`);
  await desk.getByRole('button', { name: '颁发行业综合许可证' }).click();
  await desk.getByRole('button', { name: '确认颁发' }).click();
  await desk.waitForURL(/\/licences\/WHZH/);
  await desk.locator('.licence').waitFor();
  licence = /licences\/(WHZH\w+)/.exec(desk.url())[1];
  await inspect(desk, 'journey-licence-1440');
});

test('the licence is shown on the phone, and checked by anybody', async () => {
  await phone.goto('/licences');
  await phone.getByRole('link', { name: /亮证/ }).click();
  await phone.locator('.licence').waitFor();
  await phone.waitForFunction(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0));
  assert.equal(await phone.locator('.permits li').count(), 2);
  await inspect(phone, 'journey-licence-360');

  const one = await api(phone, `/api/v1/licences/${licence}`);
  const anybody = await openPage(browser, server.base, PHONE);
  await anybody.goto('/verify');
  await anybody.locator('summary', { hasText: '输入证号' }).click();
  const check = async (text) => {
    await anybody.fill('#typed', text);
    await anybody.getByRole('button', { name: '核验', exact: true }).click();
  };
  await check(licence);
  await anybody.locator('[data-register]', { hasText: '好邻居超市' }).waitFor();
  assert.match(await anybody.locator('[data-register]').innerText(), /有效[^]*登记系统/);
  await check(one.qr_text);
  await anybody.locator('[data-verdict][data-code=valid]').waitFor();
  await inspect(anybody, 'journey-verify-360');
  await check(one.qr_text.slice(0, -8) + [...one.qr_text.slice(-8)].reverse().join(''));
  await anybody.locator('[data-verdict].red').waitFor();
  await anybody.goto(`/v/${one.short_id}`);
  assert.match(await anybody.locator('body').innerText(), /有效/);
  await inspect(anybody, 'journey-verification-page-360');
  await anybody.context().close();
});

test('the papers of the case open', async () => {
  const whole = await api(phone, `/api/v1/cases/${caseId}`);
  assert.ok(whole.papers.length >= 3);
  for (const paper of whole.papers) {
    const head = await phone.evaluate(async (url) => {
      const answer = await fetch(url);
      return [answer.status, (await answer.text()).slice(0, 5)];
    }, `/api/v1/cases/${caseId}/papers/${paper.paper}`);
    assert.deepEqual(head, [200, '%PDF-'], paper.title);
  }
  assert.match(await heading(phone), /行业综合许可证/);
});
