// The administrator's calendar: months with marks in words, a bad file explained row by row, a good one
// loaded after asking, and how many deadlines moved. On a phone and at a desk.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, signInOfficer, startBrowser, startServer } from './lib.mjs';

const data = (name) => join(fileURLToPath(new URL('../data/', import.meta.url)), name);
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

async function open(viewport) {
  const page = await openPage(browser, server.base, viewport);
  await signInOfficer(page, /系统管理员/);
  await page.goto('/office/calendar');
  await page.locator('.month').nth(11).waitFor();
  return page;
}

async function load(page, { region = 'nation', year = '2027', source = '', file }) {
  await page.selectOption('#calendar-in-region', region);
  await page.fill('#calendar-in-year', year);
  await page.fill('#calendar-in-source', source);
  await page.setInputFiles('#calendar-in-file', file);
  await page.getByRole('button', { name: '检查并载入' }).click();
  await page.getByRole('button', { name: '确认载入' }).click();
}

test('at a phone: years, months, and a file with mistakes', async () => {
  const page = await open(PHONE);
  await page.selectOption('#calendar-year', '2026');
  await page.locator('.month').nth(9).locator('td.off').nth(6).waitFor();
  assert.match(await page.locator('.month').nth(9).innerText(), /1\s*休/);
  assert.match(await page.locator('.month').nth(9).innerText(), /10\s*班/);
  await inspect(page, 'office-calendar-360');
  const bad = { name: 'bad.csv', mimeType: 'text/csv', buffer: Buffer.from('date,kind,name\n2027-02-30,off,春节\n2027-03-03,work,调休\n') };
  await load(page, { file: bad });
  await page.locator('.problems li').nth(3).waitFor();
  const words = await page.locator('.note.red').innerText();
  for (const part of [/第2行：日期/, /第3行：2027年3月3日本来就要上班/, /依据/, /缺少国庆节/]) assert.match(words, part);
  await inspect(page, 'office-calendar-problems-360');
  await page.context().close();
});

test('at a desk: a good file, then a district with a day of its own', async () => {
  const page = await open(DESK);
  await page.selectOption('#calendar-year', '2027');
  await page.locator('.note.amber').waitFor();
  await load(page, { file: data('calendar-2027.json') });
  await page.locator('.note.green').waitFor();
  assert.match(await page.locator('.note.green').innerText(), /已载入全国2027年的安排，共33天。.*期限/s);
  await page.locator('.note.amber').waitFor({ state: 'detached' });
  assert.match(await page.locator('tbody tr', { hasText: '全国2027年' }).first().innerText(), /已公布/);
  await load(page, { region: '150303', source: '示例：海南区通知', file: data('calendar-150303-2027.csv') });
  await page.locator('.note.green', { hasText: '海南区' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.month')[2]?.querySelectorAll('td.off').length === 2);
  assert.equal(await page.locator('.month').nth(2).locator('td.work').count(), 1);
  assert.match(await page.locator('.month').nth(2).locator('td.off').first().getAttribute('title'), /海南区增加/);
  await inspect(page, 'office-calendar-1440');
  await page.context().close();
});
