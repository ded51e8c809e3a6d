// Files on a bad network: every third request is lost, half of those after the server had it; a page is
// reloaded in the middle. Every file arrives, once. And pages are turned, replaced, looked at.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { heading, inspect, openPage, pdf, PHONE, signInApplicant, startBrowser, startWorld } from './lib.mjs';

let server;
let browser;
let phone;
let caseId;

before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  phone = await openPage(browser, server.base, PHONE);
  await signInApplicant(phone, '13800139901', '示例·上传');
  const made = await phone.evaluate(async () => {
    const session = await (await fetch('/api/v1/session')).json();
    const body = { industry: 'I03', region: '150302', answers: { 'I03-Q1': ['A', 'B'], 'I03-Q2': ['A'], 'I03-Q3': ['A'], 'I03-Q4': ['B'] } };
    const answer = await fetch('/api/v1/cases', { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf, 'Idempotency-Key': 'browser-uploads-1' }, body: JSON.stringify(body) });
    return answer.json();
  });
  caseId = made.id;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const files = () => phone.evaluate(async (id) => (await (await fetch(`/api/v1/cases/${id}/form`)).json()).attachments, caseId);
const big = (text, kb) => Buffer.concat([pdf(text).subarray(0, -6), Buffer.alloc(kb * 1024, text.charCodeAt(0)), Buffer.from('\n%%EOF\n')]);

test('a network that drops every third request, and a reload in the middle: all files arrive, once', async () => {
  await phone.goto(`/cases/${caseId}/materials`);
  await phone.waitForSelector('section.material');
  let n = 0;
  let lost = 0;
  await phone.context().route('**/api/v1/**', async (route) => {
    const request = route.request();
    if (request.method() === 'GET' && !/uploads/.test(request.url())) return route.continue();
    if (++n % 3 !== 0) return route.continue();
    lost++;
    if (n % 2 === 0) await route.fetch().catch(() => undefined); // the server has it, the answer is lost
    return route.abort('connectionreset');
  });
  const cards = phone.locator('section.material');
  const picked = [];
  for (let i = 0; i < 2; i++) {
    const list = [0, 1, 2].map((k) => ({ name: `材料${i}-${k}.pdf`, mimeType: 'application/pdf', buffer: big(`file ${i}-${k}`, 900) }));
    picked.push(...list.map((f) => f.name));
    await cards.nth(i).locator('.pickers input[type=file]').first().setInputFiles(list);
  }
  await phone.locator('progress').first().waitFor();
  await inspect(phone, 'uploads-under-way-360');
  await phone.reload();
  let have = [];
  for (let i = 0; i < 600 && have.length < picked.length; i++) {
    await phone.waitForTimeout(200);
    have = await files();
  }
  await phone.waitForFunction(() => document.querySelectorAll('progress').length === 0 && document.querySelectorAll('section.material .files li').length >= 6);
  assert.deepEqual(have.map((f) => f.name).sort(), picked.sort());
  assert.equal(new Set(have.map((f) => f.sm3)).size, 6);
  assert.ok(lost >= 5, `${lost} requests were lost`);
  await phone.context().unroute('**/api/v1/**');
  const kept = await phone.evaluate(async () => {
    const name = (await indexedDB.databases()).map((d) => d.name).find((d) => d.startsWith('yz-uploads-'));
    const db = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (e) => resolve(e.target.result)));
    return new Promise((resolve) => (db.transaction('files').objectStore('files').count().onsuccess = (e) => resolve(e.target.result)));
  });
  assert.equal(kept, 0, 'nothing is left behind in the browser');
});

test('the same file again is recognised; another takes its place and says so', async () => {
  const card = phone.locator('section.material').first();
  await card.locator('.pickers input[type=file]').first().setInputFiles({ name: '又一次.pdf', mimeType: 'application/pdf', buffer: big('file 0-0', 900) });
  await card.getByText('之前交过').waitFor();
  assert.equal((await files()).length, 6);
  await card.locator('.files li', { hasText: '材料0-0.pdf' }).locator('label.link input[type=file]').setInputFiles({ name: '更清楚.pdf', mimeType: 'application/pdf', buffer: big('clearer', 20) });
  await card.getByText('替换了“材料0-0.pdf”').waitFor();
  const have = await files();
  assert.equal(have.length, 6);
  assert.ok(!have.some((f) => f.name === '材料0-0.pdf'));
  await inspect(phone, 'uploads-replaced-360');
  await card.locator('.files li', { hasText: '更清楚.pdf' }).getByRole('button', { name: /查看/ }).click();
  await phone.locator('dialog canvas[data-drawn]').waitFor();
  await inspect(phone, 'uploads-pdf-page-360');
  await phone.getByRole('button', { name: '关闭' }).click();
});

test('what the browser can tell is refused before it is sent; a picture is turned and stays turned', async () => {
  const card = phone.locator('section.material').nth(1);
  await card.locator('.pickers input[type=file]').first().setInputFiles({ name: 'x.docx', mimeType: 'application/msword', buffer: Buffer.from('x') });
  await card.getByText('只支持').waitFor();
  const png = await phone.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 300, height: 120 });
    const c = canvas.getContext('2d');
    c.fillStyle = '#fff';
    c.fillRect(0, 0, 300, 120);
    c.fillStyle = '#246';
    c.font = '40px sans-serif';
    c.fillText('正面 ↑', 60, 75);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await card.locator('.pickers input[type=file]').first().setInputFiles({ name: '门头.png', mimeType: 'image/png', buffer: Buffer.from(png) });
  const row = card.locator('.files li', { hasText: '门头.png' });
  await row.getByRole('button', { name: /查看/ }).click();
  await phone.locator('dialog img').waitFor();
  await phone.getByRole('button', { name: '向右转' }).click();
  await phone.waitForFunction(async (id) => (await (await fetch(`/api/v1/cases/${id}/form`)).json()).attachments.some((f) => f.rotation === 90), caseId);
  await inspect(phone, 'uploads-turned-360');
  await phone.getByRole('button', { name: '关闭' }).click();
  assert.match(await heading(phone), /材料/);
});
