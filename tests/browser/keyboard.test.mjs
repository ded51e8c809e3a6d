// The portal with the keyboard alone, and what a screen reader needs: order of the focus, a focus that is
// seen, Enter and Space, dialogs that close on Escape and give the focus back, landmarks, names, live regions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, openPage, pdf, PHONE, startBrowser, startWorld } from './lib.mjs';

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

async function open(path, viewport = DESK) {
  const page = await openPage(browser, server.base, viewport);
  await page.context().addCookies(cookies);
  await page.goto(path);
  await page.locator('main h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.waitForSelector('.skeleton', { state: 'detached' });
  return page;
}

const ROUTES = () => [
  '/',
  '/guide/I01?region=150302',
  '/notice/I01?region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D',
  '/signin',
  '/verify',
  '/help',
  '/register',
  '/cases',
  '/licences',
  '/messages',
  `/cases/${draft}/form`,
  `/cases/${draft}/materials`,
  `/cases/${draft}/check`,
  `/cases/${whole}`,
  `/cases/${whole}/done`,
  `/licences/${licence.number}`,
];

/** The element with the focus: what it is called, where it stands, whether its focus is seen. */
const focused = (page) =>
  page.evaluate(() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    const marked = (one) => {
      const style = getComputedStyle(one);
      return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
    };
    const holder = node.closest('.choice, label.button, label.link') ?? node;
    const box = (marked(node) && !node.classList.contains('hidden-text') ? node : holder).getBoundingClientRect();
    const all = [...document.querySelectorAll('*')];
    return { at: all.indexOf(node), name: `${node.tagName} ${(node.getAttribute('aria-label') ?? node.innerText ?? node.value ?? '').trim().slice(0, 30)} ${node.id}`, seen: marked(node) || marked(holder), width: box.width, height: box.height, top: box.top, bottom: box.bottom, high: innerHeight };
  });

/** What can be reached by Tab, as the page itself has it; of radio buttons of one name only one is in the order. */
const reachable = (page) =>
  page.evaluate(() => {
    const names = new Set();
    return [...document.querySelectorAll('a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary')].filter((node) => {
      if (!node.checkVisibility({ visibilityProperty: true }) || node.closest('dialog:not([open])')) return false;
      if (node.type === 'file' && node.tabIndex < 0) return false; // a button that is in the order opens it
      if (node.type !== 'radio') return true;
      if (names.has(node.name)) return false;
      names.add(node.name);
      return true;
    }).length;
  });

test('every page: all that can be used is reached by Tab, in order, and its focus is seen', async () => {
  for (const path of ROUTES()) {
    const page = await open(path);
    const all = await reachable(page);
    const seen = [];
    for (let i = 0; i < all + 5; i++) {
      await page.keyboard.press('Tab');
      const one = await focused(page);
      if (!one) break;
      assert.ok(one.seen, `${path}: the focus on “${one.name}” is not seen`);
      assert.ok(one.width > 1 && one.height > 1 && one.bottom > 0 && one.top < one.high, `${path}: “${one.name}” has the focus outside of the window ${JSON.stringify(one)}`);
      seen.push(one);
    }
    assert.match(seen[0].name, /跳到正文/, `${path}: first comes the way past the header`);
    assert.ok(seen.length >= all, `${path}: ${seen.length} of ${all} are reached; last ${seen.at(-1).name}`);
    assert.deepEqual(seen.map((one) => one.at), seen.map((one) => one.at).sort((a, b) => a - b), `${path}: the order is the one of the page`);
    await page.context().close();
  }
});

test('every page has its landmarks, one heading of the first level, and names for everything', async () => {
  for (const path of ROUTES().filter((one) => one !== '/verify')) { // the verifier is one page without a menu: verify.test.mjs
    const page = await open(path, PHONE);
    const found = await page.evaluate(() => {
      const levels = [...document.querySelectorAll('h1, h2, h3, h4')].filter((node) => node.checkVisibility()).map((node) => Number(node.tagName[1]));
      const named = (node) => [node.getAttribute('aria-label'), node.labels?.[0]?.textContent, node.textContent, node.getAttribute('aria-labelledby'), node.title].some((name) => name?.trim());
      return {
        banner: document.querySelectorAll('body header.top').length,
        nav: [...document.querySelectorAll('nav')].filter((node) => node.getAttribute('aria-label')).length,
        main: document.querySelectorAll('main').length,
        foot: document.querySelectorAll('footer').length,
        h1: levels.filter((level) => level === 1).length,
        jumps: levels.filter((level, i) => i > 0 && level > levels[i - 1] + 1).length,
        nameless: [...document.querySelectorAll('a[href], button, input, select, textarea')].filter((node) => !named(node)).map((node) => node.outerHTML.slice(0, 120)),
        current: document.querySelectorAll('nav [aria-current="page"]').length,
        title: document.title,
      };
    });
    assert.deepEqual({ ...found, title: '', current: 0 }, { banner: 1, nav: 1, main: 1, foot: 1, h1: 1, jumps: 0, nameless: [], current: 0, title: '' }, path);
    assert.match(found.title, /一业一证$/, path);
    await page.context().close();
  }
});

test('the way past the header, and the heading of a new page, get the focus', async () => {
  const page = await open('/');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.locator('nav a', { hasText: '帮助与窗口' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/help$/);
  await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  assert.match(await page.title(), /^帮助与窗口/);
  await page.locator('summary').first().focus();
  await page.keyboard.press('Space');
  assert.equal(await page.locator('details').first().getAttribute('open'), '');
  await page.context().close();
});

test('a whole guide with the keyboard: arrows, Space, Enter; the result is a live region', async () => {
  const page = await open('/guide/I01', PHONE);
  for (let step = 0; step < 12 && (await page.locator('#guide-step input').count()); step++) {
    const before = await page.locator('#guide-step').innerText();
    await page.locator('#guide-step').focus();
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.type), /radio|checkbox/);
    await page.keyboard.press('Space');
    await page.waitForFunction(() => !document.querySelector('#guide-step button.primary')?.disabled);
    const kind = await page.evaluate(() => document.activeElement.type);
    const inputs = await page.locator('#guide-step input').count();
    for (let i = 0; i < (kind === 'radio' ? 1 : inputs) && !(await page.evaluate(() => document.activeElement.matches('button.primary'))); i++) await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement.matches('button.primary')), 'the next button follows the answers');
    await page.keyboard.press('Enter');
    await page.waitForFunction((was) => document.querySelector('#guide-step')?.innerText !== was, before);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'guide-step', 'the next question has the focus');
  }
  assert.equal(await page.locator('.outcome').getAttribute('aria-live'), 'polite');
  await page.getByRole('link', { name: '看一次告知书' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/notice\//);
  await page.context().close();
});

test('signing in: problems are announced, and belong to their fields', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await page.goto('/signin');
  await page.locator('#phone').focus();
  await page.keyboard.type('123');
  await page.keyboard.press('Enter');
  await page.locator('#phone-error').waitFor();
  const state = () => page.evaluate(() => [document.activeElement.id, document.activeElement.getAttribute('aria-invalid'), document.activeElement.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.innerText ?? '?').join(' ')]);
  assert.deepEqual(await state(), ['phone', 'true', '11位，用来接收验证码和办理进度 请填写11位手机号']);
  await page.context().close();
});

test('errors of the form: the summary takes the focus, Enter on an entry leads to the field', async () => {
  const page = await open(`/cases/${draft}/form`, PHONE);
  await page.locator('.tasks a').first().focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.matches('main h1'));
  await page.locator('form.fields input').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('.summary').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.summary'));
  assert.equal(await page.locator('.summary').getAttribute('role'), 'alert');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const field = await page.evaluate(() => {
    const node = document.activeElement;
    const holder = node.closest('.field');
    return { bad: holder?.classList.contains('bad'), described: (node.getAttribute('aria-describedby') ?? holder?.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ') };
  });
  assert.equal(field.bad, true);
  assert.match(field.described, /请填写|请选择/);
  await page.context().close();
});

/** Opens a dialog from the element with the focus, and closes it with Escape. */
async function dialogFrom(page, opener, key = 'Enter') {
  await opener.focus();
  await page.keyboard.press(key);
  await page.locator('dialog[open]').waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.closest('dialog[open]') !== null), 'the focus is in the dialog');
  const name = await page.evaluate(() => document.getElementById(document.querySelector('dialog[open]').getAttribute('aria-labelledby'))?.innerText ?? '');
  assert.ok(name.trim(), 'the dialog has a name');
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog[open]') !== null), 'Tab stays in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.ok(await opener.evaluate((node) => node === document.activeElement), 'the focus is back where it was');
}

test('dialogs close on Escape and give the focus back', async () => {
  const page = await open(`/cases/${draft}/form`, PHONE);
  await dialogFrom(page, page.getByRole('button', { name: '删除这份草稿' }), 'Space');
  await page.goto(`/cases/${draft}/materials`);
  await page.locator('section.material').first().waitFor();
  await page.locator('section.material .pickers input[type=file]').first().setInputFiles({ name: '平面图.pdf', mimeType: 'application/pdf', buffer: pdf('plan') });
  await page.locator('.files button', { hasText: '查看' }).first().waitFor();
  await dialogFrom(page, page.locator('.files button', { hasText: '查看' }).first());
  await dialogFrom(page, page.locator('.files button', { hasText: '删除' }).first());
  await page.context().close();
});

test('without a network a page that is not there yet says so, and opens when the network is back', async () => {
  const page = await open('/');
  await page.context().setOffline(true);
  await page.locator('nav a', { hasText: '帮助与窗口' }).click();
  await page.getByRole('alert').filter({ hasText: '这一页没有打开' }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole('alert').getByRole('link', { name: '再试一次' }).click();
  await page.waitForURL(/\/help$/);
  await page.locator('main h1', { hasText: '帮助与窗口' }).waitFor();
  assert.equal(await page.getByText('这一页没有打开').count(), 0);
  await page.context().close();
});

test('a file is chosen with the keyboard', async () => {
  const page = await open(`/cases/${draft}/materials`);
  await page.locator('section.material').first().waitFor();
  const input = page.locator('section.material .pickers input[type=file]').first();
  await input.focus();
  assert.ok(await input.evaluate((node) => node === document.activeElement));
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Space')]);
  assert.equal(chooser.isMultiple(), true);
  await page.context().close();
});
