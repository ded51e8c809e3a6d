// 长辈版 on every page of the portal: 20 px, contrast of at least 7, everything to touch at least 48 px high,
// nothing cut, a shorter menu; the choice is kept. The verification page, which has no switch, is as plain for everybody.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, startBrowser, startWorld } from './lib.mjs';

let server;
let browser;
let ids;
let cookies;

before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  const { w } = server;
  const owner = await w.applicant('韩店主');
  const draft = (await w.create(owner)).id;
  const { case: done, licence } = await w.licensed(owner);
  const [name, value] = owner.cookie.split('=');
  cookies = [{ name, value, url: server.base }];
  ids = { draft, done: done.id, licence };
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const ROUTES = () => [
  ['home', '/'],
  ['guide', '/guide/I01?region=150302'],
  ['unsure', '/guide/I01?region=150302&I01-Q1=?'],
  ['notice', '/notice/I01?region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D'],
  ['signin', '/signin'],
  ['verify', '/verify'],
  ['help', '/help'],
  ['register', '/register'],
  ['missing', '/no/such/page'],
  ['cases', '/cases'],
  ['licences', '/licences'],
  ['messages', '/messages'],
  ['form', `/cases/${ids.draft}/form`],
  ['section', `/cases/${ids.draft}/form/*`],
  ['materials', `/cases/${ids.draft}/materials`],
  ['check', `/cases/${ids.draft}/check`],
  ['case', `/cases/${ids.done}`],
  ['done', `/cases/${ids.done}/done`],
  ['licence', `/licences/${ids.licence.number}`],
];

/** What is too low to touch, and what is cut: text wider than its box, or outside of the window. Links inside a sentence may be as high as its lines. */
const faults = (page, least) =>
  page.evaluate((most) => {
    const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && !node.closest('.hidden-text, .skip, dialog:not([open])');
    const words = (node) => (node.innerText ?? node.value ?? '').trim().slice(0, 24);
    const inSentence = (node) => node.matches('a') && [...node.parentElement.childNodes].some((one) => one !== node && one.textContent.trim() && !one.matches?.('.hidden-text'));
    const target = (node) => (node.matches('input[type=radio], input[type=checkbox], input[type=file]') ? (node.closest('label') ?? node) : node);
    const low = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
      .filter((node) => seen(target(node)) && !inSentence(node))
      .map((node) => ({ node: target(node), height: target(node).getBoundingClientRect().height }))
      .filter((one) => most && one.height < most - 0.5)
      .map((one) => `${one.node.tagName}.${one.node.className} “${words(one.node)}” ${one.height.toFixed(0)}px`);
    const cut = [...document.querySelectorAll('body *')]
      .filter((node) => seen(node) && node.innerText && !node.closest('svg'))
      .filter((node) => {
        const box = node.getBoundingClientRect();
        const style = getComputedStyle(node);
        return style.clipPath === 'none' && (box.right > innerWidth + 1 || box.left < -1 || (style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis' && node.scrollWidth > node.clientWidth + 1));
      })
      .map((node) => `${node.tagName}.${node.className} “${words(node)}”`);
    return { low: [...new Set(low)], cut: [...new Set(cut)] };
  }, least);

/** Text whose contrast is below 7. */
const faint = (page) =>
  page.evaluate(async () => {
    const found = await window.axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast-enhanced'] }, rules: { 'color-contrast-enhanced': { enabled: true } } });
    return found.violations.flatMap((one) => one.nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.data?.contrastRatio}`));
  });

for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
  test(`large type on every page at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    await page.context().addCookies(cookies);
    await page.goto('/');
    await page.getByRole('button', { name: '长辈版' }).click();
    const wrong = [];
    for (const [name, path] of ROUTES()) {
      await page.goto(path.replace('/*', ''));
      if (path.endsWith('/*')) await page.locator('.tasks a').first().click();
      await page.locator('main h1').first().waitFor();
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '20px', `${name}: kept`);
      await inspect(page, `elder-${name}-${size}`);
      const narrow = await page.locator('.tasks a').evaluateAll((list) => list.filter((node) => node.offsetWidth < node.parentElement.clientWidth - 1).map((node) => node.innerText));
      assert.deepEqual(narrow, [], `${name}: a task is one line to touch`);
      const { low, cut } = await faults(page, 48);
      for (const one of [...low, ...cut.map((what) => `cut ${what}`), ...(await faint(page)).map((what) => `faint ${what}`)]) wrong.push(`${name}: ${one}`);
    }
    assert.deepEqual(wrong, []);
    assert.equal(await page.locator('nav.menu a').count(), 4, 'a shorter menu');
    await page.locator('footer a', { hasText: '查验许可证' }).click();
    await page.waitForURL(/\/verify$/);
    await page.getByRole('button', { name: '标准版' }).click();
    await page.reload();
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '16px');
    await page.context().close();
  });
}

test('the verification page: large, plain, nothing cut, contrast of 7', async () => {
  for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
    const page = await openPage(browser, server.base, viewport);
    await page.goto(`/v/${ids.licence.short_id}`);
    await inspect(page, `verification-${size}`);
    assert.deepEqual(await faint(page), []);
    assert.deepEqual((await faults(page, 0)).cut, []);
    await page.context().close();
  }
});

test('paper is black on white in both modes, with nothing folded and no buttons', async () => {
  const page = await openPage(browser, server.base, DESK);
  await page.goto(ROUTES()[3][1]);
  await page.locator('.notice').waitFor();
  for (const elder of [false, true]) {
    if (elder) await page.getByRole('button', { name: '长辈版' }).click();
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    const paper = await page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      size: getComputedStyle(document.body).fontSize,
      buttons: [...document.querySelectorAll('button, .button, header.top, nav, footer')].filter((node) => node.checkVisibility()).map((node) => node.outerHTML.slice(0, 80)),
      folded: [...document.querySelectorAll('.notice details:not([open])')].length,
    }));
    assert.deepEqual(paper, { ground: 'rgb(255, 255, 255)', size: elder ? '18.6667px' : '14.6667px', buttons: [], folded: 0 });
    await page.emulateMedia({ media: 'screen' });
  }
  await page.context().close();
});
