// The desk: keys, preview, refusing and denying with what the law asks for, two officers at once,
// withdrawing with a confirmation. Works on the demonstration cases.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, signInApplicant, signInOfficer, startBrowser, startServer } from './lib.mjs';

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const FIRST = /hbw-scjg）/;
const SECOND = /hbw-scjg-2）/;

/** An item of this state in the department of whoever is signed in. */
async function anItem(page, state) {
  const list = await page.evaluate(async (wanted) => (await fetch(`/api/v1/items?state=${wanted}&limit=50`)).json(), state);
  const found = list.items.find((one) => one.allowed.length > 0);
  assert.ok(found, `no item in state ${state}`);
  return found;
}

test('the queue by keyboard: j, k, Enter, slash', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, FIRST);
  await page.locator('tbody tr').nth(2).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  assert.equal(await page.evaluate(() => [...document.querySelectorAll('tbody tr')].findIndex((row) => row.classList.contains('current'))), 1);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'queue-search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/items\/\d+/);
  await page.goBack();
  await page.selectOption('#queue-state', 'granted');
  await page.waitForURL(/state=granted/);
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr')].every((row) => row.textContent.includes('准予')));
  await page.context().close();
});

test('a material is previewed beside the list', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, FIRST);
  const item = await anItem(page, 'accepted');
  await page.goto(`/office/items/${item.id}`);
  await page.locator('.file').first().click();
  await page.locator('.pane iframe, .pane img').first().waitFor();
  assert.match(await page.locator('.pane iframe, .pane img').first().getAttribute('src'), /^blob:/);
  await inspect(page, 'office-item-preview-1440');
  await page.context().close();
});

test('two officers at once: the second is told what changed', async () => {
  const one = await openPage(browser, server.base, DESK);
  const two = await openPage(browser, server.base, DESK);
  await signInOfficer(one, FIRST);
  await signInOfficer(two, SECOND);
  const item = await anItem(one, 'received');
  await one.goto(`/office/items/${item.id}`);
  await two.goto(`/office/items/${item.id}`);
  await one.getByRole('button', { name: /^受理|^备案/ }).click();
  await two.getByRole('button', { name: /^受理|^备案/ }).click();
  await one.locator('.act button[type=submit]').click();
  await one.locator('.acts .note.green').waitFor();
  await two.locator('.act button[type=submit]').click();
  await two.locator('.acts .note.red', { hasText: '刚才有人处理过' }).waitFor();
  assert.ok((await two.locator('.acts .timeline li').count()) > 0);
  await inspect(two, 'office-changed-1440');
  await one.context().close();
  await two.context().close();
});

test('denying needs a reason and the law, and says the remedies', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, FIRST);
  const item = await anItem(page, 'accepted');
  await page.goto(`/office/items/${item.id}`);
  await page.locator('.acts .button').first().waitFor();
  await page.keyboard.press('d');
  await page.getByRole('button', { name: '确认不予许可' }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'act-reason');
  await inspect(page, 'office-deny-1440');
  await page.fill('#act-reason', '经营场所不符合许可条件');
  await page.fill('#act-basis', '《中华人民共和国食品安全法》第三十五条');
  await page.keyboard.press('Control+Enter');
  await page.locator('.acts .note.green').waitFor();
  assert.match(await page.locator('main').innerText(), /不予许可[^]*经营场所不符合许可条件/);
  await page.context().close();
});

test('refusing names the right organ', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await signInOfficer(page, FIRST);
  const item = await anItem(page, 'received');
  await page.goto(`/office/items/${item.id}`);
  await page.getByRole('button', { name: /^不予受理/ }).click();
  await page.fill('#act-organ', '乌海市市场监督管理局');
  await page.fill('#act-reason', '不属于本机关职权范围');
  await inspect(page, 'office-refuse-360');
  await page.getByRole('button', { name: '确认不予受理' }).click();
  await page.locator('.acts .note.green').waitFor();
  await page.context().close();
});

test('an applicant deletes a draft only after being asked', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await signInApplicant(page, '13622220001', '孙老板');
  await page.goto('/notice/I05?region=150302');
  const industry = await page.evaluate(async () => (await fetch('/api/v1/industries/I05')).json());
  const answers = industry.questions.map((one) => `${one.code}=${one.options[0].code}`).join('&');
  await page.goto(`/notice/I05?region=150302&${answers}`);
  await page.getByRole('button', { name: '开始办理' }).click();
  await page.waitForURL(/\/form$/);
  await page.getByRole('button', { name: '删除这份草稿' }).click();
  await inspect(page, 'delete-draft-360');
  await page.getByRole('button', { name: '先不做' }).click();
  await page.getByRole('button', { name: '删除这份草稿' }).click();
  await page.getByRole('button', { name: '确认删除' }).click();
  await page.waitForURL(/\/cases$/);
  await page.getByText('还没有办件').waitFor();
  await page.context().close();
});

test('who has looked: what a department saw in full is listed for the bureau', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, FIRST);
  const item = await anItem(page, 'accepted');
  await page.goto(`/office/items/${item.id}`);
  await page.locator('.file').first().click();
  await page.locator('.pane iframe, .pane img').first().waitFor();
  await page.context().close();
  for (const [name, size] of [['1440', DESK], ['360', PHONE]]) {
    const bureau = await openPage(browser, server.base, size);
    await signInOfficer(bureau, /hbw-spj）/);
    await bureau.goto(`/office/cases/${item.case_id}`);
    await bureau.getByText('谁查看过个人信息').click();
    await bureau.getByText(/办理本部门事项：.*(电话|手机|身份证|证件)/).first().waitFor();
    await bureau.getByText(/查看申请材料：/).first().waitFor();
    await bureau.getByText('谁查看过个人信息').scrollIntoViewIfNeeded();
    await inspect(bureau, `office-readings-${name}`);
    await bureau.context().close();
  }
});
