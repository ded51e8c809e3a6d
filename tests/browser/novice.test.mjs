// Somebody who knows nothing gets a supermarket's case through on a phone, led only by what the page shows: the
// main button, the errors, the hints. Fields are found by their labels, never by their codes. After every step
// there is a visible way on, nothing scrolls sideways, nothing went wrong behind the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inspect, openPage, pdf, PHONE, startBrowser, startServer } from './lib.mjs';

let server;
let browser;
let page;
const noise = [];

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  page = await openPage(browser, server.base, PHONE);
  page.on('console', (message) => message.type() === 'error' && noise.push(message.text()));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What may be pressed or followed in the page itself: not the menu. */
const waysOn = () =>
  page.evaluate(() =>
    [...document.querySelectorAll('main a[href], main button:not([disabled]), dialog[open] button, main input[type=file]')]
      .filter((node) => (node.type === 'file' ? node.closest('label').checkVisibility() : node.checkVisibility()))
      .map((node) => (node.innerText || node.getAttribute('aria-label') || '').trim()),
  );

/** No dead end, no error behind the page, nothing cut. A failed call is noise only where the network was cut on purpose. */
async function fine(where, { offline = false } = {}) {
  await page.waitForSelector('.skeleton', { state: 'detached' });
  const ways = await waysOn();
  assert.ok(ways.length > 0, `${where}: no way on`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${where}: scrolls sideways by ${wide}px`);
  const words = await page.locator('main').innerText();
  assert.doesNotMatch(words, /undefined|\bnull\b|NaN|\[object/, `${where}: a value that is not there`);
  const bad = noise.splice(0).filter((text) => !(offline && /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|Failed to load resource/.test(text)));
  assert.deepEqual(bad, [], `${where}: errors in the console`);
  assert.deepEqual(page.problems, [], `${where}: script errors`);
  return ways;
}

/** The one button that stands out, as the page has it now. */
const primary = () => page.locator('main .button.primary:visible').first();

test('choosing: what the shop is, by search', async () => {
  await page.goto('/');
  await fine('home');
  await page.getByLabel('搜索行业').fill('宇宙飞船');
  await page.getByText('没有找到这样的行业').waitFor();
  assert.ok((await fine('nothing found')).includes('看看窗口在哪里'), 'nothing found says where to ask');
  await page.getByLabel('搜索行业').fill('超市');
  await page.locator('main .tile', { hasText: '超市' }).first().click();
  await page.locator('#guide-step').waitFor();
  await fine('first question');
});

test('the guide: the main button waits for an answer; 说不准 shows every way, and one is taken', async () => {
  let unsure = false;
  for (let step = 0; step < 12 && (await page.locator('#guide-step input').count()); step++) {
    const before = await page.locator('#guide-step').innerText();
    assert.equal(await primary().isDisabled(), true, `step ${step}: nothing is answered yet`);
    if (step === 2 && !unsure) {
      unsure = true;
      await page.locator('#guide-step label', { hasText: '说不准' }).click();
      await page.locator('.paths').waitFor();
      const ways = await fine('unsure');
      assert.match(await page.locator('.paths').innerText(), /拿不准可以问/);
      assert.ok(ways.some((way) => way.startsWith('按这种情况继续')), 'a way is offered');
      await page.locator('.paths li', { hasText: /如果是“.*没有/ }).getByRole('button', { name: /按这种情况继续/ }).first().click();
      await page.locator('.paths').waitFor({ state: 'detached' });
    } else {
      // Region and first question: the first answer; then whatever says that it is not sold or not there.
      const labels = page.locator('#guide-step label.choice');
      const texts = await labels.allInnerTexts();
      const plain = texts.findIndex((text) => /^(没有|不|都没有|否)/.test(text));
      await labels.nth(step >= 2 && plain >= 0 ? plain : 0).click();
    }
    await page.waitForFunction(() => !document.querySelector('#guide-step button.primary')?.disabled);
    await fine(`guide, step ${step}`);
    await primary().click();
    await page.waitForFunction((was) => document.querySelector('#guide-step')?.innerText !== was, before);
  }
  assert.equal(unsure, true);
  await fine('all answered');
  await inspect(page, 'novice-guide-360');
  await primary().click();
  await page.waitForURL(/\/notice\//);
  await fine('notice');
});

test('signing in: wrong first, then what the page says', async () => {
  await primary().click();
  await page.waitForURL(/\/signin/);
  await fine('sign in');
  await page.getByLabel('手机号', { exact: true }).fill('12345');
  await primary().click();
  await page.locator('#phone-error').waitFor();
  await fine('wrong phone');
  await page.getByLabel('手机号', { exact: true }).fill('13812340099');
  await primary().click();
  const code = /(\d{4,8})/.exec(await page.locator('.note[role=status]').innerText())[1];
  await page.getByLabel('验证码', { exact: true }).fill(code === '000000' ? '111111' : '000000');
  await page.getByLabel('您的姓名').fill('钱新手');
  await primary().click();
  await page.getByRole('alert').waitFor();
  noise.length = 0; // the refused code is an answer of 4xx, which the browser notes
  await fine('wrong code');
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await primary().click();
  await page.waitForURL(/\/cases\/\d+\/form$/);
  await page.locator('.tasks a').first().waitFor();
  await fine('task list');
});

/** Plausible values by what the label and the hint say, as somebody would who has the papers at hand. */
const BY_LABEL = [
  [/统一社会信用代码/, '91150302MA00000074'],
  [/(证件|身份证)号/, '150302199003070016'],
  [/邮箱/, 'shop@example.com'],
  [/邮政编码|邮编/, '016000'],
  [/经纬|坐标/, '106.79,39.65'],
  [/传真|电话|手机/, '13900001111'],
  [/日期|成立|期限|有效期/, '2024-05-01'],
  [/面积/, '80'],
  [/人数|数量|资本|资金|层数|个数|距离/, '5'],
  [/姓名|法定代表人|负责人|联系人|经办人/, '钱新手'],
  [/地址|住所|场所/, '乌海市海勃湾区示例街1号'],
  [/名称|字号/, '钱新手超市'],
];
const ID_KIND = /证件类型/;

/** Fills one input with a label; the label alone decides. */
async function fillInput(input) {
  const seen = await input.evaluate((node) => ({ tag: node.tagName, type: node.type, mode: node.inputMode, value: node.value, label: node.labels?.[0]?.innerText ?? '', hint: [...(node.getAttribute('aria-describedby') ?? '').split(' ')].map((id) => document.getElementById(id)?.innerText ?? '').join(' '), holder: node.closest('fieldset')?.querySelector('legend')?.innerText ?? '' }));
  assert.ok(seen.label.trim(), 'an input without a label');
  if (seen.tag === 'SELECT') {
    const options = await input.locator('option').allInnerTexts();
    const wanted = ID_KIND.test(seen.label) ? options.findIndex((one) => /居民身份证/.test(one)) : options.findIndex((one) => /海勃湾/.test(one));
    if (!seen.value) await input.selectOption({ index: Math.max(1, wanted) });
    return;
  }
  if (seen.value && !(await input.evaluate((node) => node.getAttribute('aria-invalid') === 'true'))) return;
  const known = BY_LABEL.find(([pattern]) => pattern.test(seen.label));
  if (seen.type === 'date') return input.fill('2024-05-01');
  if (seen.mode === 'decimal' || seen.mode === 'numeric') return input.fill(/面积/.test(seen.label) ? '80' : '5');
  return input.fill(known?.[1] ?? `${seen.label.replace(/（.*?）/g, '').slice(0, 12)}示例`);
}

/** One problem of the summary: follow its link, mend what has the focus. */
async function mend(link) {
  const message = await link.innerText();
  await link.click();
  const field = page.locator('.field:has(:focus), fieldset:focus, .card:focus').last();
  assert.equal(await field.count(), 1, `“${message}” leads to its field`);
  assert.match(await field.innerText(), /请填写|请选择|不正确|不是|要|应|至少|最多/, `the field says what is wrong: ${message}`);
  const add = field.getByRole('button', { name: '添加一条' });
  if (await add.count()) {
    await add.click();
    for (const input of await field.locator('.parts').last().locator('input, select').all()) await fillInput(input);
    return;
  }
  const parts = field.locator('.parts input, .parts select');
  if (await parts.count()) {
    for (const input of await parts.all()) await fillInput(input);
    return;
  }
  const choices = field.locator('label.choice');
  if (await choices.count()) {
    const no = choices.filter({ hasText: /^(否|没有|无)$/ });
    await ((await no.count()) ? no.first() : choices.first()).click();
    return;
  }
  await fillInput(field.locator('input, select, textarea').first());
}

test('the form: each task opened, left empty, and mended by its errors', async () => {
  await page.locator('.tasks a').first().click();
  let wrongOnce = false;
  let mended = 0;
  for (let section = 0; section < 30 && !page.url().endsWith('/materials'); section++) {
    await page.locator('form.fields').waitFor();
    const title = await page.locator('main h1').innerText();
    await fine(`section ${title}`);
    for (let round = 0; ; round++) {
      assert.ok(round < 8, `section ${title} has no end: ${(await page.locator('.summary li').allInnerTexts()).join('；')}`);
      const where = page.url();
      await primary().click();
      await page.waitForFunction((was) => location.href !== was || document.querySelector('.summary'), where);
      if (page.url() !== where) break;
      await fine(`errors of ${title}`);
      if (section === 0 && round === 0) await inspect(page, 'novice-errors-360');
      const problems = await page.locator('.summary li a').allInnerTexts();
      for (const problem of problems) {
        const link = page.locator('.summary li a', { hasText: problem }).first();
        if (!(await link.count())) continue;
        if (!wrongOnce && /统一社会信用代码/.test(problem)) {
          wrongOnce = true;
          await link.click();
          await page.locator('input:focus').fill('91150302MA00000075');
          await page.locator('h1').first().click();
          await page.locator('.field.bad', { hasText: '不正确' }).waitFor();
        }
        await mend(link);
        mended++;
      }
    }
  }
  assert.ok(page.url().endsWith('/materials'), 'the form ends at the materials');
  assert.ok(wrongOnce && mended > 20, `only ${mended} problems were mended`);
  await fine('materials');
});

test('the materials: a wrong kind of file is refused in words, then each is given', async () => {
  const first = page.locator('section.material').first();
  await first.locator('.pickers input[type=file]').first().setInputFiles({ name: '照片.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') });
  await first.getByText('只支持 PDF、JPG、PNG、OFD 文件').waitFor();
  await fine('wrong file');
  // Going on too early: the check names what is missing and leads back.
  await page.getByRole('link', { name: '材料好了，去核对' }).click();
  await page.locator('#truth').waitFor();
  await fine('check, too early');
  await page.getByLabel('我保证填写的内容').check();
  await primary().click();
  await page.locator('.summary').waitFor();
  noise.length = 0;
  await fine('missing materials');
  await page.locator('.summary li a').first().click();
  const shown = await page.evaluate(() => document.activeElement?.id ?? '');
  assert.match(shown, /^m-/, 'the error leads to the material');
  await page.goBack();
  if (!page.url().endsWith('/materials')) await page.goto(page.url().replace(/\/[a-z]+$/, '/materials'));
  await page.locator('section.material').first().waitFor();
  for (let guard = 0; guard < 40; guard++) {
    const missing = page.locator('section.material', { has: page.locator('.top .tag', { hasText: '还没交' }) }).first();
    if (!(await missing.count())) break;
    const name = await missing.locator('h3').innerText();
    const id = await missing.getAttribute('id');
    await missing.locator('.pickers input[type=file]').first().setInputFiles({ name: `${name.slice(0, 8)}.pdf`, mimeType: 'application/pdf', buffer: pdf(`page ${guard}`) });
    await page.locator(`[id="${id}"] .top .tag.green`).waitFor();
    await fine(`given: ${name}`);
  }
  await page.getByText('需要的材料都齐了').waitFor();
  await inspect(page, 'novice-materials-360');
});

let caseId;
test('checking and submitting: without the promise, without a network, again, and reloaded', async () => {
  await page.getByRole('link', { name: '材料好了，去核对' }).click();
  await page.locator('#truth').waitFor();
  caseId = /cases\/(\d+)/.exec(page.url())[1];
  await fine('check');
  await primary().click();
  await page.getByText('请先勾选真实性承诺').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'truth');
  await fine('promise missing');
  await page.getByLabel('我保证填写的内容').check();

  // The network goes while the application is on its way: it has arrived, the answer has not.
  let reached = 0;
  await page.route('**/submit', async (route) => {
    reached++;
    if (reached === 1) await route.fetch();
    await page.context().setOffline(true);
    await route.abort('internetdisconnected');
  });
  await primary().click();
  await page.getByText('您的申请不会重复提交').waitFor({ timeout: 40000 });
  assert.ok(reached >= 1);
  await fine('network gone', { offline: true });
  await inspect(page, 'novice-offline-360');
  await page.unroute('**/submit');
  await page.context().setOffline(false);
  await primary().click();
  await page.waitForURL(/\/done$/);
  await page.locator('.banner .big').waitFor();
  noise.length = 0; // calls that failed while the network was away
  const number = await page.locator('.banner .big').innerText();
  await fine('receipt');
  await page.reload();
  await page.locator('.banner .big').waitFor();
  assert.equal(await page.locator('.banner .big').innerText(), number, 'one application, one number');
  await fine('receipt, reloaded');
  await inspect(page, 'novice-done-360');
});

test('afterwards: the case says who has it, and is found again from the first page', async () => {
  await primary().click();
  await page.waitForURL(new RegExp(`/cases/${caseId}$`));
  await page.locator('.standing').waitFor();
  assert.match(await page.locator('.standing').innerText(), /现在在谁手里[^]*在审批部门[^]*到哪天/);
  await fine('case');
  await inspect(page, 'novice-case-360');
  await page.goto(`/cases/${caseId}/check`);
  await page.waitForURL(new RegExp(`/cases/${caseId}$`));
  await page.locator('.standing').waitFor();
  await fine('the check of a case that was submitted');
  await page.goto('/');
  await page.locator('nav a', { hasText: '我的办件' }).click();
  await page.locator('main .card a', { hasText: '钱新手超市' }).first().waitFor();
  const all = await page.locator('main li.card').count();
  assert.equal(all, 1, 'one case, not two');
  await fine('my cases');
});
