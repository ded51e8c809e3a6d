// The archive on the pages: what is missing in plain words, mended on the same page, archived, downloaded; the page of all of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, signInOfficer, startBrowser, startServer } from './lib.mjs';

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

const BUREAU = /hbw-spj）/;
const list = (page, state) => page.evaluate(async (s) => (await fetch(`/api/v1/archives?limit=100&state=${s}`)).json(), state);

test('P31 what is missing is said, mended here, and the case is archived', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, BUREAU);
  const waiting = (await list(page, 'waiting')).items;
  const one = waiting.find((c) => c.state === 'issued' && c.problems.length > 1 && c.problems.every((p) => p.code === 'delivery_missing'));
  assert.ok(one, 'a case that only waits for delivery');
  await page.goto(`/office/cases/${one.case_id}`);
  const panel = page.locator('section', { has: page.getByRole('heading', { name: '归档', exact: true }) });
  await panel.getByText(`还差${one.problems.length}项`).waitFor();
  assert.equal(await panel.getByRole('button', { name: '归档' }).count(), 0, 'nothing to press before it can work');
  await inspect(page, 'archive-missing-1440');
  await page.getByRole('button', { name: /送达/ }).first().click();
  await page.locator('form button[type=submit]').last().click();
  await panel.getByText('案卷齐全，可以归档').waitFor();
  await panel.locator('summary').click();
  await panel.getByRole('button', { name: '归档' }).click();
  await page.getByRole('button', { name: '确认归档' }).click();
  await panel.getByText(/已于.+归档/).waitFor();
  await page.locator('h1').locator('..').getByText('已归档').waitFor();
  assert.match(await page.locator('.standing').innerText(), /现在在谁手里[^]*已办完/);
  await inspect(page, 'archive-done-1440');
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('link', { name: /下载档案包/ }).click()]);
  assert.equal(download.suggestedFilename(), `${one.number}.zip`);
  assert.equal(readFileSync(await download.path()).subarray(0, 2).toString(), 'PK');
  await page.setViewportSize(PHONE);
  await inspect(page, 'archive-done-360');
  await page.context().close();
});

test('P31 the page of archives: what waits, what is missing, what is done', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, BUREAU);
  await page.getByRole('link', { name: '档案', exact: true }).click();
  await page.locator('main li.card').first().waitFor();
  await inspect(page, 'archives-1440');
  const { total } = await list(page, 'archived');
  await page.selectOption('#archives-which', 'archived');
  await page.getByText(`共${total}件`).waitFor();
  await page.fill('#archives-words', 'nobody-has-this');
  await page.getByText('还没有归档的办件').waitFor();
  await page.fill('#archives-words', '');
  await page.locator('main li.card').first().waitFor();
  await page.setViewportSize(PHONE);
  await inspect(page, 'archives-archived-360');
  await page.selectOption('#archives-which', 'waiting');
  await page.locator('main li.card .problems').first().waitFor();
  await inspect(page, 'archives-360');
  await page.context().close();
});
