// Planning a joint inspection at the desk: proposed from the case, agreed with two officers or
// declined with another day, moved, announced, confirmed by the second officer, cancelled.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addDays, dateOf, works } from '../integration/lib/calendar.mjs';
import { jpeg } from '../integration/lib/files.mjs';
import { TWO } from '../integration/lib/world.mjs';
import { DESK, inspect, openPage, PHONE, startBrowser, startServer } from './lib.mjs';
import { FIRST, SECOND, Visits } from './visits.mjs';

let server;
let browser;
let visits;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
  visits = new Visits(server);
});
after(async () => {
  visits?.close();
  await browser?.close();
  await server?.stop();
});

async function desk(login, viewport = DESK) {
  const page = await openPage(browser, server.base, viewport);
  await page.goto('/office/signin');
  await page.fill('#login', login);
  await page.fill('#password', 'yizheng-demo');
  await page.click('form button[type=submit]');
  await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
  return page;
}
/** The n-th working day after today. */
function workingDay(n) {
  let day = dateOf(server.now());
  for (let left = n; left > 0; ) {
    day = addDays(day, 1);
    if (works(day)) left--;
  }
  return day;
}
async function pickDay(page, day) {
  while (!(await page.locator(`.picker [data-day="${day}"]`).count())) await page.getByRole('button', { name: '下个月' }).click();
  await page.locator(`.picker [data-day="${day}"]`).click();
}

test('proposed, declined with another day, moved there, agreed by all, announced', async () => {
  visits.onWorkingDay();
  const c = await visits.accepted(TWO);
  const bureau = await desk('hbw-spj');
  await bureau.goto(`/office/cases/${c.id}`);
  await bureau.locator('summary', { hasText: '安排现场核查' }).click();
  assert.notEqual(await bureau.inputValue('#visit-place'), '', 'the address is there already');
  await bureau.getByRole('button', { name: '提出', exact: true }).click();
  await bureau.locator('.error-text', { hasText: '请选一个工作日' }).waitFor();
  let rest = workingDay(1);
  while (works(rest)) rest = addDays(rest, 1);
  while (!(await bureau.locator(`[data-day="${rest}"]`).count())) await bureau.getByRole('button', { name: '下个月' }).click();
  assert.ok(await bureau.locator(`[data-day="${rest}"]`).isDisabled(), 'a day off cannot be picked');
  await pickDay(bureau, workingDay(2));
  await bureau.fill('#visit-time', '上午9:30');
  await inspect(bureau, 'planner-propose-1440');
  await bureau.getByRole('button', { name: '提出', exact: true }).click();
  await bureau.waitForURL(/\/visits\/\d+/);
  const id = /visits\/(\d+)/.exec(bureau.url())[1];

  const food = await desk(FIRST);
  await food.goto('/office/visits');
  await food.locator('tr', { hasText: '待本部门答复' }).first().waitFor();
  await inspect(food, 'planner-list-1440');
  await food.goto(`/office/visits/${id}`);
  await food.getByRole('button', { name: '同意并指派人员' }).click();
  await food.locator('.side form button[type=submit]').click();
  await food.locator('.error-text', { hasText: '两名' }).waitFor();
  await food.selectOption('#officer-a', { index: 1 });
  await food.selectOption('#officer-b', { index: 2 });
  await food.locator('.side form button[type=submit]').click();
  await food.locator('.note.green', { hasText: '已同意' }).waitFor();

  const tobacco = await desk('wh-yc');
  await tobacco.goto(`/office/visits/${id}`);
  await tobacco.getByRole('button', { name: '不同意', exact: true }).click();
  await tobacco.locator('.side form button[type=submit]').click();
  await tobacco.locator('.error-text', { hasText: '请写明理由' }).waitFor();
  await tobacco.fill('#decline-reason', '当天人员已有其他核查');
  await pickDay(tobacco, workingDay(3));
  await tobacco.locator('.side form button[type=submit]').click();
  await tobacco.locator('.note.green', { hasText: '已提交意见' }).waitFor();

  // The bureau still has the old page: it is told, sees why, and takes the day that was offered.
  await bureau.getByRole('button', { name: '改期', exact: true }).click();
  await pickDay(bureau, workingDay(4));
  await bureau.getByRole('button', { name: '提出', exact: true }).click();
  await bureau.locator('.note.red').waitFor();
  await bureau.locator('.part', { hasText: '当天人员已有其他核查' }).waitFor();
  await bureau.getByRole('button', { name: '取消', exact: true }).click();
  await inspect(bureau, 'planner-declined-1440');
  await bureau.getByRole('button', { name: '改到这一天' }).click();
  await bureau.getByRole('button', { name: '提出', exact: true }).click();
  await bureau.locator('.note.green', { hasText: '已提出新的日子' }).waitFor();
  for (const page of [food, tobacco]) {
    await page.reload();
    await page.getByRole('button', { name: '同意并指派人员' }).click();
    await page.locator('#officer-b option').nth(2).waitFor({ state: 'attached' });
    await page.selectOption('#officer-a', { index: 1 });
    await page.selectOption('#officer-b', { index: 2 });
    await page.locator('.side form button[type=submit]').click();
    await page.locator('.note.green', { hasText: '已同意' }).waitFor();
  }
  await tobacco.locator('header .tag', { hasText: '已通知' }).waitFor();
  const now = await visits.see({ id });
  assert.deepEqual([now.state, now.on], ['announced', workingDay(3)]);
  assert.equal(await visits.acts(c, 'announce_visit'), 1);

  // Announced: another day needs a reason; cancelling says why.
  await bureau.reload();
  await bureau.getByRole('button', { name: '改期', exact: true }).click();
  await bureau.locator('#visit-reason').waitFor();
  await bureau.getByRole('button', { name: '取消', exact: true }).click();
  await bureau.getByRole('button', { name: '取消核查' }).click();
  await bureau.locator('dialog[open] button.danger').click();
  await bureau.locator('dialog[open] .error-text').waitFor();
  await bureau.fill('#cancel-reason', '申请人请求另约');
  await bureau.locator('dialog[open] button.danger').click();
  await bureau.locator('header .tag', { hasText: '已取消' }).waitFor();
  for (const page of [bureau, food, tobacco]) {
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
});

test('results with photos; the second officer confirms at the desk and on a narrow screen', async () => {
  const { c, visit } = await visits.announced(TWO);
  await visits.record(visit, 0, FIRST, '（示例）整洁');
  const part = (await visits.see(visit)).parts[0];
  const first = await visits.world.officer(FIRST);
  await first.ok('POST', `/api/v1/visits/${visit.id}/photos?item=${part.item_id}&check=${part.checklist[0].code}&name=a.jpg`, { body: jpeg(), headers: { 'Content-Type': 'application/octet-stream' } });
  const bureau = await desk('hbw-spj');
  await bureau.goto(`/office/visits/${visit.id}`);
  await bureau.locator('article', { hasText: '整洁' }).waitFor();
  assert.equal(await bureau.getByRole('button', { name: '属实，我确认' }).count(), 0);
  await bureau.context().close();

  const page = await desk(SECOND);
  await page.goto('/office/visits?mine=1');
  await page.locator('tr', { hasText: '待我确认' }).first().waitFor();
  await page.goto(`/office/visits/${visit.id}`);
  await page.locator('article img').first().waitFor();
  await inspect(page, 'planner-visit-1440');
  await page.setViewportSize(PHONE);
  await inspect(page, 'planner-visit-360');
  await page.goto('/office/visits');
  await page.locator('tbody tr').first().waitFor();
  await inspect(page, 'planner-list-360');
  await page.goto(`/office/visits/${visit.id}`);
  await page.getByRole('button', { name: '属实，我确认' }).click();
  await page.locator('dialog[open] button.primary').click();
  await page.locator('.note.green', { hasText: '已确认' }).waitFor();
  assert.equal(await visits.acts(c, 'countersign'), 1);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('a reviewer proposes from the item', async () => {
  visits.onWorkingDay();
  const c = await visits.accepted(TWO);
  const page = await desk(FIRST);
  await page.goto(`/office/items/${c.items.find((one) => one.department.code === 'D-HBW-SCJG').id}`);
  await page.getByRole('link', { name: '安排现场核查' }).click();
  await page.locator('#visit-place').waitFor();
  assert.notEqual(await page.inputValue('#visit-place'), '');
  await pickDay(page, workingDay(1));
  await page.fill('#visit-time', '下午14:30');
  await page.setViewportSize(PHONE);
  await inspect(page, 'planner-propose-360');
  await page.getByRole('button', { name: '提出', exact: true }).click();
  await page.waitForURL(/\/visits\/\d+/);
  assert.equal(await visits.acts(c, 'propose_visit'), 1);
  await page.context().close();
});
