// The notice's effect and flow chart (R2.3, R2.5): figures that explain themselves, one column on a phone
// with text that can be read, the same in words, papers to download; the guide leads to the chart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, startBrowser, startServer } from './lib.mjs';

const QUERY = 'region=150302&I09-Q1=A&I09-Q2=A&I09-Q3=A&I09-Q4=A&I09-Q5=A';
let server, browser;
before(async () => {
  server = await startServer();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Smallest text of the chart as it stands on the screen, and the chart's own width. */
const chart = (page) =>
  page.locator('#flow svg').evaluate((svg) => ({
    units: svg.viewBox.baseVal.width,
    smallest: Math.min(...[...svg.querySelectorAll('text')].map((one) => Number(one.getAttribute('font-size')) * one.getScreenCTM().a)),
    label: svg.querySelector('title').textContent,
  }));

test('phone: one column, text of 12 px at least, the same in words', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await page.goto(`/notice/I09?${QUERY}`);
  await page.locator('#flow svg').waitFor();
  const seen = await chart(page);
  assert.equal(seen.units, 336);
  assert.ok(seen.smallest >= 12, `${seen.smallest} px`);
  assert.match(seen.label, /歌舞娱乐场所\/KTV办理流程图/);
  await page.getByText('用文字看流程').click();
  const steps = await page.locator('#flow ol li').allTextContents();
  assert.ok(steps.some((one) => one.includes('一同核查')) && steps.some((one) => one.includes('听证')), steps.join('\n'));
  assert.ok(steps.every((one) => !/^\d/.test(one)));
  await inspect(page, 'flow-360');
  await page.context().close();
});

test('desk: departments side by side, and every figure opens to its lines', async () => {
  const page = await openPage(browser, server.base, DESK);
  await page.goto(`/notice/I09?${QUERY}`);
  await page.locator('#flow svg').waitFor();
  assert.equal((await chart(page)).units, 800);
  const effect = page.locator('.effect').first();
  assert.equal(await effect.locator('.figures li').count(), 4);
  for (const name of ['材料', '跑动', '环节', '时间', '上门核查']) {
    await effect.getByText(`${name}：怎么算的`).click();
    assert.ok((await effect.locator('details[open] li:visible').count()) > 0, name);
  }
  assert.match(await effect.innerText(), /“并联”审批/);
  assert.match(await effect.innerText(), /示例（上线前以本地真实办件数据替换）/);
  await inspect(page, 'flow-1440');
  for (const file of ['notice.pdf', 'specification.pdf', 'poster.pdf']) {
    const href = await page.locator(`a[href*="papers/${file}"]`).last().getAttribute('href');
    const answer = await page.request.get(server.base + href);
    assert.equal(answer.status(), 200, href);
    assert.equal(answer.headers()['content-type'], 'application/pdf');
  }
  // turned to a phone's width, the chart follows
  await page.setViewportSize({ width: 700, height: 800 });
  await page.waitForFunction(() => document.querySelector('#flow svg')?.viewBox.baseVal.width === 336);
  await page.context().close();
});

test('the guide shows the effect and leads to the chart', async () => {
  const page = await openPage(browser, server.base, DESK);
  await page.goto(`/guide/I09?${QUERY}`);
  await page.locator('.effect .figures').waitFor();
  await page.getByRole('link', { name: '看办理流程图' }).click();
  await page.locator('#flow svg').waitFor();
  assert.match(page.url(), /\/notice\/I09\?.*I09-Q1=A.*#flow$/);
  await page.waitForFunction(() => document.querySelector('#flow').getBoundingClientRect().top < innerHeight);
  await page.context().close();
});
