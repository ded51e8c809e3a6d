// Messages: the word beside the bell, opening what one is about, ticking off; and notices that did not go out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../integration/lib/env.mjs';
import { DESK, inspect, openPage, PHONE, signInApplicant, signInOfficer, startServer, startBrowser } from './lib.mjs';

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

function sql(text) {
  const r = spawnSync('sqlite3', ['-batch', join(server.data, 'yizheng.db')], { input: `.timeout 5000\n${text}`, encoding: 'utf8' });
  assert.equal(r.status, 0, r.stderr);
  return r.stdout.trim();
}
const tell = (id, user, title, text, more = {}) =>
  sql(`INSERT INTO message (id, user_id, title, body, case_id, item_id, created_at, important) VALUES (${id}, ${user}, '${title}', '${text}', ${more.case ?? 'NULL'}, ${more.item ?? 'NULL'}, ${Date.now()}, ${more.important ? 1 : 0})`);
const own = async (page, path) => (await page.evaluate(async (p) => (await fetch(p)).json(), path));
const bell = (page) => page.locator('header').getByRole('link', { name: /^消息/ });

for (const [size, viewport] of [['1440', DESK], ['360', PHONE]])
  test(`an officer reads messages at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    await signInOfficer(page, size === '360' ? /hbw-scjg-2）/ : /hbw-scjg）/);
    const { user } = await own(page, '/api/v1/session');
    const item = (await own(page, '/api/v1/items')).items[0];
    sql(`DELETE FROM message WHERE user_id = ${user.id}`); // what the demonstration's clocks have told so far
    const base = Number(size) * 1000;
    tell(base + 1, user.id, '事项快到期', '办件 150302202611230000011 的食品经营许可还剩2个工作日（2026年11月26日前）。请尽快办理。', { case: item.case_id, item: item.id });
    tell(base + 2, user.id, '事项已超期', '办件 150302202611230000011 的食品经营许可应在2026年11月20日前办理，现已超期。请立即办理并说明原因。', { item: item.id, important: true });
    tell(base + 3, user.id, '没有链接的消息', '只是说一声。');
    await page.reload();
    await page.waitForFunction(() => document.querySelector('header').textContent.includes('消息（3条未读）'));
    await bell(page).click();
    await page.locator('.message').nth(2).waitFor();
    assert.deepEqual(await page.locator('.message h2').allTextContents(), ['没有链接的消息', '事项已超期', '事项快到期']);
    assert.equal(await page.locator('.message', { hasText: '事项已超期' }).getByText('重要').count(), 1);
    await inspect(page, `office-messages-${size}`);
    await page.getByRole('button', { name: '把“没有链接的消息”标为已读' }).click();
    await page.waitForFunction(() => document.querySelector('header').textContent.includes('消息（2条未读）'));
    await page.getByRole('link', { name: '事项已超期' }).click();
    await page.waitForURL(new RegExp(`/office/items/${item.id}$`));
    await page.waitForFunction(() => document.querySelector('header').textContent.includes('消息（1条未读）'));
    await page.goBack();
    await page.locator('.message').nth(2).waitFor(); // what comes after this is not on the page
    tell(base + 4, user.id, '刚来的', '没有看到过的不算已读。');
    await page.getByRole('button', { name: '全部标为已读' }).click();
    await page.waitForFunction(() => document.querySelector('header').textContent.includes('消息（1条未读）'));
    // The page shows it at once; the server has it a moment later.
    await until('all but the newest are read', () => sql(`SELECT COUNT(*) FROM message WHERE user_id = ${user.id} AND read_at IS NULL`) === '1', 5000);
    assert.equal(sql(`SELECT title FROM message WHERE user_id = ${user.id} AND read_at IS NULL`), '刚来的');
    await page.context().close();
  });

test('an applicant finds all messages from the list of cases', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await signInApplicant(page, '13911110009', '来看消息的');
  const { user } = await own(page, '/api/v1/session');
  for (let i = 1; i <= 23; i++) tell(5000000 + i, user.id, `第${i}条`, '您的办件有了进展。');
  await page.goto('/cases');
  await page.getByRole('link', { name: '查看全部消息（23条未读）' }).click();
  await page.waitForURL(/\/messages$/);
  await page.locator('.message').nth(19).waitFor();
  await inspect(page, 'messages-360');
  await page.getByRole('button', { name: '再显示一些' }).click();
  await page.locator('.message').nth(22).waitFor();
  assert.equal(await page.locator('.message h2').last().textContent(), '第1条');
  await page.context().close();
});

test('the administrator sees what did not go out, and tries it again', async () => {
  tell(6000001, 'NULL', '请补正申请材料', '不该在这里看到的正文');
  sql(`INSERT INTO dispatch (id, message_id, channel, address, state, attempts, next_at, last_error, created_at) VALUES (6000001, 6000001, 'sms', '13800001234', 'failed', 6, 0, '短信网关答复 500', ${Date.now()})`);
  const bureau = await openPage(browser, server.base, DESK);
  await signInOfficer(bureau, /hbw-spj）/);
  await bureau.locator('header').getByRole('link', { name: '通知发送' }).click();
  await bureau.getByText('请系统管理员重新发送').waitFor();
  assert.equal(await bureau.getByRole('button', { name: '重新发送' }).count(), 0);
  await bureau.context().close();
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, /admin）/);
  await page.waitForURL(/\/office\/dispatches$/);
  const row = page.locator('tbody tr', { hasText: '请补正申请材料' });
  await row.waitFor();
  assert.match(await row.textContent(), /短信 138\*\*\*\*1234.*6次.*短信网关答复 500/);
  assert.ok(!(await page.locator('main').textContent()).includes('正文'));
  await inspect(page, 'office-dispatches-1440');
  await row.getByRole('button', { name: '重新发送' }).click();
  await page.getByText('“请补正申请材料”已排队').waitFor();
  await page.getByText('没有发送失败的通知').waitFor();
  await page.context().close();
});
