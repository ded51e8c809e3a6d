// 审管联动 at the desk: several acknowledged by keyboard, a finding, a proposal, the granting department follows it; what is
// supervised and its export; bureau and phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, heading, inspect, openPage, PHONE, signInOfficer, startBrowser, startWorld } from './lib.mjs';

const DEVICE = { industry: 'I14', region: '150302', answers: { 'I14-Q1': ['B'], 'I14-Q2': ['A'], 'I14-Q3': ['C'], 'I14-Q4': ['A'] } };
let world;
let browser;
before(async () => {
  world = await startWorld();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const SUPERVISOR = /hbw-scjg）/;
const GRANTOR = /wh-scjg）/;
const BUREAU = /wh-spj）/;

test('P30: tasks by keyboard, several acknowledged at once', async () => {
  const { w } = world;
  for (let i = 0; i < 3; i++) await w.licensed(await w.applicant(), DEVICE);
  const page = await openPage(browser, world.base, DESK);
  await signInOfficer(page, SUPERVISOR);
  await page.getByRole('link', { name: '监管', exact: true }).click();
  await page.locator('tbody tr').nth(2).waitFor();
  await inspect(page, 'office-supervision-1440');
  await page.selectOption('#supervise-industry', 'I14');
  await page.waitForURL(/industry=I14/);
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr')].every((row) => row.textContent.includes('医疗器械')));
  const before = await page.locator('tbody tr').count();
  await page.locator('main h1').click();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.keyboard.press('a');
  await page.getByRole('button', { name: '签收2项' }).click();
  await page.getByText('已签收2项，共选2项').waitFor();
  await page.waitForFunction((n) => document.querySelectorAll('tbody tr').length === n - 2, before);
  await page.context().close();
});

test('P30, P24: a finding, a proposal, and the granting department follows it', async () => {
  const { w } = world;
  const { licence } = await w.licensed(await w.applicant(), DEVICE);
  const page = await openPage(browser, world.base, DESK);
  await signInOfficer(page, SUPERVISOR);
  await page.goto(`/office/supervision?q=${encodeURIComponent(licence.holder)}`);
  await page.locator('tbody tr a').first().click();
  await page.waitForURL(/supervision\/\d+/);
  const id = /supervision\/(\d+)/.exec(page.url())[1];
  assert.ok((await heading(page)).includes(licence.holder));
  await page.getByRole('button', { name: '签收', exact: true }).click();
  await page.locator('.note.green').waitFor();
  await page.getByRole('button', { name: '反馈：发现问题' }).click();
  await page.getByRole('button', { name: '提交监管结果' }).click();
  await page.locator('#act-reason-error').waitFor();
  await page.selectOption('#act-result', 'rectify');
  await page.fill('#act-rectify_by', '2030-01-15');
  await page.fill('#act-reason', '示例：仓储条件不符合要求');
  await page.getByRole('button', { name: '提交监管结果' }).click();
  await page.getByText('监管结果已记录').waitFor();
  await page.getByRole('button', { name: '函告审批部门' }).click();
  await page.selectOption('#act-wants', 'revoke_permit');
  assert.match(await page.inputValue('#act-basis'), /第六十九条/);
  await page.fill('#act-reason', '示例：提交虚假材料取得备案');
  await page.fill('#act-document', '示例海市监函〔2026〕3号');
  await inspect(page, 'office-supervision-propose-1440');
  await page.getByRole('button', { name: '发出函告' }).click();
  await page.getByText('函告已送审批部门').waitFor();
  await inspect(page, 'office-supervision-task-1440');
  await page.context().close();

  const other = await openPage(browser, world.base, DESK);
  await signInOfficer(other, GRANTOR);
  await other.goto('/office/supervision?scope=granted&state=proposed');
  await other.getByRole('link', { name: licence.holder }).first().click();
  await other.getByRole('link', { name: '去撤销许可' }).click();
  await other.waitForURL(/permits\/\d+\?proposal=/);
  await other.locator('#act-document').waitFor();
  assert.equal(await other.inputValue('#act-reason'), '示例：提交虚假材料取得备案');
  await inspect(other, 'office-permit-proposal-1440');
  await other.fill('#act-document', '示例市监撤〔2026〕9号');
  await other.getByRole('button', { name: '确认撤销' }).click();
  await other.getByText('已撤销，综合许可证已同步更新').waitFor();
  await other.getByText('终止监管').waitFor();
  await other.goto(`/office/supervision/${id}`);
  await other.getByText('结果：撤销许可').waitFor();
  await other.context().close();
});

test('P30: what is supervised, exported; the bureau and the phone', async () => {
  const page = await openPage(browser, world.base, DESK);
  await signInOfficer(page, SUPERVISOR);
  await page.goto('/office/supervised?industry=I14');
  await page.locator('tbody tr').first().waitFor();
  await inspect(page, 'office-supervised-1440');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 CSV' }).click()]);
  assert.equal(file.suggestedFilename(), 'supervised.csv');
  await page.context().close();

  const bureau = await openPage(browser, world.base, DESK);
  await signInOfficer(bureau, BUREAU);
  await bureau.getByRole('heading', { name: '审管联动' }).waitFor();
  await inspect(bureau, 'office-board-supervision-1440');
  await bureau.locator('section', { hasText: '审管联动' }).getByText('已超期').click();
  await bureau.waitForURL(/supervision\?signal=red/);
  await bureau.context().close();

  const phone = await openPage(browser, world.base, PHONE);
  await signInOfficer(phone, SUPERVISOR);
  await phone.goto('/office/supervision');
  await phone.locator('tbody tr').first().waitFor();
  await inspect(phone, 'office-supervision-360');
  await phone.goto('/office/supervision?state=closed');
  await phone.locator('tbody tr a').first().click();
  await phone.locator('#task-acts').waitFor();
  await inspect(phone, 'office-supervision-task-360');
  await phone.goto('/office/supervised');
  await phone.locator('tbody tr').first().waitFor();
  await inspect(phone, 'office-supervised-360');
  await phone.context().close();
});
