// Shared by the browser tests: the real program on a free port with fresh data, Debian's
// Chromium, accessibility checks, screenshots, and filling in forms as a person would.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const program = process.env.YZ_PROGRAM ?? join(root, 'build', 'yizheng');
export const output = join(root, 'test-output');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** The program on fresh demonstration data; it may be killed and started again on the same port. */
class Server {
  constructor(data, port) {
    this.data = data;
    this.port = port;
    this.base = `http://127.0.0.1:${port}`;
    this.clockFile = join(data, 'test-clock');
    this.offset = 0;
    this.text = '';
  }

  async up() {
    const child = spawn(program, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--test-clock', this.clockFile], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    child.stderr.on('data', (chunk) => (this.text = (this.text + chunk).slice(-20000)));
    for (let i = 0; ; i++) {
      const up = await fetch(`${this.base}/readyz`).then((answer) => answer.ok).catch(() => false);
      if (up) return this;
      assert.ok(i < 100 && child.exitCode === null, `server did not start: ${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  down(signal = 'SIGTERM') {
    return new Promise((resolve) => {
      this.child.once('exit', resolve);
      this.child.kill(signal);
    });
  }

  async stop() {
    await this.down();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** Moves the server's clock to an offset from real time. */
  setOffset(ms) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(Math.round(ms)));
    writeFileSync(this.clockFile, bytes, { flag: 'r+' });
    this.offset = ms;
  }

  now() {
    return Date.now() + this.offset;
  }

  log() {
    return this.text;
  }
}

/** Starts the program, or uses the one that YZ_BASE names. */
export async function startServer() {
  if (process.env.YZ_BASE) return { base: process.env.YZ_BASE, stop: async () => {} };
  process.env.YZ_BIN ??= program;
  const { demoPlace } = await import('../integration/lib/server.mjs');
  return new Server(demoPlace().data, await freePort()).up();
}

/** The program with a clock that can be moved, on a working day, and everybody at their desks over HTTP:
 * what a test does not want to click through is done as tests/integration does it. */
export async function startWorld() {
  process.env.YZ_BIN ??= program;
  const { startServer: start } = await import('../integration/lib/server.mjs');
  const { World } = await import('../integration/lib/world.mjs');
  const server = await start();
  const w = new World(server);
  await w.workday();
  const stop = async () => {
    w.close();
    await server.stop();
  };
  return { base: server.base, server, w, stop };
}

/** Debian's Chromium, that talks to nobody; more: further switches. Its headless shell starts and draws in half the time;
 * whole: with what only the whole browser has, such as Background Sync. */
export function startBrowser(more = [], { whole = false } = {}) {
  mkdirSync(output, { recursive: true });
  return chromium.launch({
    executablePath: process.env.YZ_CHROMIUM ?? (whole ? '/usr/bin/chromium' : '/usr/bin/chromium-headless-shell'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more],
  });
}

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1440, height: 900 };

/** A page that fails the test on script errors and on anything the security policy blocks. */
export async function openPage(browser, base, viewport) {
  const context = await browser.newContext({ baseURL: base, viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', hasTouch: viewport.width < 500, isMobile: viewport.width < 500 });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
  });
  page.problems = errors;
  return page;
}

/** Screenshot, no sideways scrolling, and nothing serious for axe. */
export async function inspect(page, name) {
  await page.waitForLoadState('networkidle');
  await page.waitForSelector('.skeleton', { state: 'detached' });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(output, `${name}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: scrolls sideways by ${wide}px`);
  const words = await page.locator('body').innerText();
  assert.doesNotMatch(words, /undefined|\bnull\b|NaN|\[object/, `${name}: a value that is not there`);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
  const serious = found.violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.help} ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  assert.deepEqual(serious, [], `${name}: accessibility`);
  assert.deepEqual(page.problems, [], `${name}: script errors`);
}

export const heading = (page) => page.locator('main h1').first().innerText();

export async function signInApplicant(page, phone, name) {
  await page.goto('/signin');
  await page.fill('#phone', phone);
  await page.click('form button[type=button]');
  const shown = await page.locator('.note[role=status]').innerText();
  await page.fill('#code', /(\d{4,8})/.exec(shown)[1]);
  await page.fill('#name', name);
  await page.click('form button[type=submit]');
  await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
}

/** Answers the guide on a phone, one question a page: region, then [question, option] in order. */
export async function answerGuideOnPhone(page, region, options) {
  await page.locator('#guide-step label', { hasText: region }).click();
  await page.locator('#guide-step button.primary').click();
  for (const label of options) {
    await page.locator('#guide-step label', { hasText: label }).first().click();
    await page.locator('#guide-step button.primary').click();
  }
}

function valueFor(field, known, row) {
  if (known !== undefined) return known;
  switch (field.type) {
    case 'number':
      return '100';
    case 'integer':
      return '5';
    case 'date':
      return '2030-12-31';
    case 'phone':
      return '13900001111';
    case 'email':
      return 'shop@example.com';
    case 'idcard':
      return row % 2 ? '150302199003070024' : '150302199003070016';
    case 'uscc':
      return '91150302MA00000074';
    case 'lnglat':
      return '106.79,39.65';
    case 'bool':
      return true;
    case 'select':
    case 'radio':
    case 'region':
      return field.options[0].value;
    case 'multiselect':
      return [field.options[0].value];
    default:
      return `${field.label.slice(0, 20)}示例`;
  }
}

async function fillParts(page, prefix, columns) {
  for (const column of columns) {
    const input = page.locator(`[id="${prefix}-${column.code}"]`);
    const value = valueFor(column, undefined, 0);
    if (column.type === 'bool') await input.selectOption('true');
    else if (column.options?.length) await input.selectOption(value);
    else await input.fill(String(value));
  }
}

async function fillField(page, field, known) {
  const element = page.locator(`[id="f-${field.code}"]`);
  if (!(await element.count())) return;
  if (field.type === 'table') {
    await element.getByRole('button', { name: '添加一条' }).click();
    return fillParts(page, `f-${field.code}-0`, field.columns);
  }
  if (field.type === 'person') return fillParts(page, `f-${field.code}`, field.columns);
  const value = valueFor(field, known, 0);
  const tag = await element.evaluate((node) => node.tagName);
  if (tag === 'SELECT') return element.selectOption(value);
  if (tag !== 'FIELDSET') return element.fill(String(value));
  if (field.type === 'bool') return element.locator('label').nth(value ? 0 : 1).click();
  for (const one of [value].flat()) {
    const label = field.options.find((option) => option.value === one).label;
    const box = element.locator('label', { hasText: label }).first().locator('input');
    if (!(await box.isChecked())) await box.check({ force: true });
  }
}

/** Fills every section of the form, each on its own page, and ends on the materials page. */
export async function fillForm(page, caseId, known) {
  const form = await page.evaluate(async (id) => (await fetch(`/api/v1/cases/${id}/form`)).json(), caseId);
  const fields = new Map(form.definition.fields.map((field) => [field.code, field]));
  await page.locator('.tasks a').first().click();
  for (let guard = 0; guard < 30; guard++) {
    await page.waitForSelector('form.fields');
    const title = await heading(page);
    // Answers may show further fields, so look twice.
    const done = new Set();
    for (let round = 0; round < 3; round++) {
      const ids = await page.locator('form.fields > [id^="f-"], form.fields > .field [id^="f-"]').evaluateAll((list) => list.map((node) => node.id));
      for (const id of ids) {
        const code = id.slice(2);
        const field = fields.get(code);
        if (!field || done.has(code)) continue;
        done.add(code);
        await fillField(page, field, known[code]);
      }
    }
    await page.locator('form.fields button[type=submit]').click();
    await page.waitForFunction((before) => document.querySelector('main h1')?.textContent?.trim() !== before || document.querySelector('.summary'), title);
    const summary = await page.locator('.summary').allInnerTexts();
    assert.deepEqual(summary, [], `section ${title}`);
    if (page.url().endsWith('/materials')) return;
  }
  assert.fail('the form has no end');
}

/** A one-page PDF, different for each text. */
export function pdf(text) {
  const parts = ['%PDF-1.4\n'];
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>',
  ];
  const stream = `BT /F1 18 Tf 20 100 Td (${text}) Tj ET`;
  objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`);
  const offsets = [];
  objects.forEach((body, i) => {
    offsets.push(parts.join('').length);
    parts.push(`${i + 1} 0 obj\n${body}\nendobj\n`);
  });
  const start = parts.join('').length;
  parts.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}`);
  parts.push(`trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`);
  return Buffer.from(parts.join(''), 'latin1');
}

/** Uploads a file to every material that still wants one. */
export async function uploadAll(page) {
  await page.waitForSelector('section.material');
  const ids = await page.locator('section.material').evaluateAll((list) => list.filter((node) => node.querySelector('.tag.amber, .tag:not(.green)')).map((node) => node.id));
  for (const id of ids) {
    const card = page.locator(`[id="${id}"]`);
    const text = await card.innerText();
    if (/有就交|核查时交/.test(text.split('\n').slice(0, 2).join(' '))) continue;
    await card.locator('.pickers input[type=file]').first().setInputFiles({ name: `${id}.pdf`, mimeType: 'application/pdf', buffer: pdf(id) });
    await card.locator('.files button', { hasText: `${id}.pdf` }).first().waitFor();
  }
}

export async function signInOfficer(page, pattern) {
  await page.goto('/office');
  await page.waitForSelector('.account, main h1');
  await page.locator('.account', { hasText: pattern }).first().click();
  await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
}

export async function signOutOfficer(page) {
  await page.locator('header button', { hasText: '退出' }).click();
  await page.waitForSelector('.account');
}
