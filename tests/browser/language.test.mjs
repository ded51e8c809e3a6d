// A second language: the switch, what is translated, what stays Chinese, the note of a sample, and back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, startBrowser, startServer } from './lib.mjs';

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

const MONGOLIAN = /[\u1820-\u1842]/;
const langOf = (page, selector) => page.locator(selector).first().evaluate((node) => node.closest('[lang]').lang);

for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
  test(`the guide in another language and back at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    const loaded = [];
    page.on('request', (request) => /mn-Mong/.test(request.url()) && loaded.push(request.url()));
    await page.goto('/guide/I01?region=150302');
    await page.locator('main h1').waitFor();
    assert.deepEqual(loaded, [], 'Chinese users load no other language');
    assert.equal(await page.getByText('待校订').count(), 0);

    await page.locator('header button[lang="mn-Mong"]').click();
    await page.locator('.sample', { hasText: '示例译文，待校订' }).waitFor();
    assert.equal(loaded.length, 1);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'mn-Mong');
    await page.locator('.outcome h2').waitFor();
    assert.match(await page.locator('.outcome h2').innerText(), MONGOLIAN);
    assert.equal(await langOf(page, '.outcome h2'), 'mn-Mong');
    if (viewport === PHONE) assert.match(await page.locator('#guide-step button.primary').innerText(), MONGOLIAN);
    else assert.match(await page.locator('legend').first().innerText(), MONGOLIAN);
    // What has no translation, and what the catalogue says, is Chinese and says so.
    assert.match(await page.locator('main').innerText(), /复制这一页的网址/);
    assert.equal(await langOf(page, 'main h1'), 'zh-CN');
    assert.equal(await langOf(page, '.question legend'), 'zh-CN');
    assert.equal(await langOf(page, 'nav a'), 'zh-CN');
    await inspect(page, `language-guide-${size}`);

    await page.goto('/help');
    await page.locator('main h1').waitFor();
    assert.match(await page.locator('main h1').innerText(), /帮助与窗口/);
    assert.equal(await langOf(page, 'main h1'), 'zh-CN');
    await page.locator('.sample').waitFor();
    await page.getByRole('button', { name: '换回中文' }).click();
    await page.locator('.sample').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
    await page.goto('/guide/I01?region=150302');
    await page.locator('.outcome h2').waitFor();
    assert.doesNotMatch(await page.locator('main').innerText(), MONGOLIAN);
    assert.equal(loaded.length, 2, 'only while it was chosen');
    await page.context().close();
  });
}

test('a language that is gone leaves Chinese', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await page.goto('/');
  await page.evaluate(() => localStorage.setItem('yz-language', 'xx'));
  await page.reload();
  await page.locator('main h1').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await page.context().close();
});
