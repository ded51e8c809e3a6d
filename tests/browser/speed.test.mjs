// How much script and style a page of the portal needs when it is opened first: at most 120 KB on the
// wire, compressed. A fresh browser context for each, so that nothing is cached. And what belongs to the
// workbench, to another language or to the display of PDFs is not among it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { openPage, PHONE, startBrowser, startWorld } from './lib.mjs';

const MOST_KB = 120;
/** Words of the other parts, by which their texts would be found. */
const OTHERS = { office: '待办事项件', inspect: '删除手机上填的内容' };
let server;
let browser;
let draft;
let whole;
let licence;
let cookies;

before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  const { w } = server;
  const owner = await w.applicant('韩店主');
  draft = (await w.create(owner)).id;
  const done = await w.licensed(owner);
  whole = done.case.id;
  licence = done.licence;
  const [name, value] = owner.cookie.split('=');
  cookies = [{ name, value, url: server.base }];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const ANSWERS = 'region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D';
const ROUTES = () => [
  '/',
  '/guide/I01?region=150302',
  `/notice/I01?${ANSWERS}`,
  '/signin',
  '/verify',
  '/help',
  '/register',
  '/no/such/page',
  '/cases',
  '/licences',
  '/messages',
  `/cases/${draft}/form`,
  `/cases/${draft}/form/*`,
  `/cases/${draft}/materials`,
  `/cases/${draft}/check`,
  `/cases/${draft}/correct`,
  `/cases/${whole}`,
  `/cases/${whole}/done`,
  `/licences/${licence.number}`,
];

/** Opens an address with an empty cache; every script and style with its size on the wire. */
async function opened(path) {
  const page = await openPage(browser, server.base, PHONE);
  await page.context().addCookies(cookies);
  let target = path;
  if (path.endsWith('/*')) {
    await page.goto(path.slice(0, -2));
    target = await page.locator('.tasks a').first().getAttribute('href');
    await page.context().close();
    return opened(target);
  }
  const answers = [];
  page.on('response', (answer) => ['script', 'stylesheet'].includes(answer.request().resourceType()) && answers.push(answer));
  await page.goto(target);
  await page.locator('main h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  const files = [];
  for (const answer of answers) {
    const name = new URL(answer.url()).pathname;
    const { responseBodySize } = await answer.request().sizes();
    files.push({ name, size: responseBodySize, packed: (await answer.headerValue('content-encoding')) === 'gzip', text: /\.js$/.test(name) ? await answer.text() : '' });
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
  return files;
}

test('the words that are looked for are words of those parts', () => {
  for (const [part, word] of Object.entries(OTHERS)) assert.ok(readFileSync(new URL(`../../web/src/${part}/strings.ts`, import.meta.url), 'utf8').includes(word), part);
});

test(`every page needs at most ${MOST_KB} KB of script and style`, async (t) => {
  const heavy = [];
  for (const path of ROUTES()) {
    const files = await opened(path);
    assert.ok(files.length >= 2, `${path}: script and style are counted`);
    for (const file of files) if (file.size > 1400) assert.ok(file.packed, `${file.name} is not compressed`);
    const kb = files.reduce((sum, file) => sum + file.size, 0) / 1024;
    t.diagnostic(`${kb.toFixed(1)} KB in ${files.length} files: ${path}`);
    if (kb > MOST_KB) heavy.push(`${path}: ${kb.toFixed(1)} KB: ${files.map((file) => `${file.name} ${file.size}`).join(', ')}`);
    const all = files.map((file) => file.text).join('\n');
    for (const [part, word] of Object.entries(OTHERS)) assert.ok(!all.includes(word), `${path} loads the texts of ${part}`);
    assert.doesNotMatch(files.map((file) => file.name).join(), /pdf|mn-Mong/i, `${path} loads what is not needed yet`);
  }
  assert.deepEqual(heavy, []);
});
