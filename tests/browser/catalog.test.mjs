// The catalogue office by hand: a draft is edited with live checks, compared, rehearsed, previewed,
// approved by another person and published; two editors at once; what was not sent is kept.
import assert from 'node:assert/strict';
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

const EDITOR = /wh-spj）/;
const SECOND = /wh-spj-2）/;

async function newDraft(page, title) {
  await page.goto('/office/catalog');
  await page.fill('#draft-title', title);
  await page.getByRole('button', { name: '起草修改' }).click();
  await page.waitForURL(/\/catalog\/\d+/);
  await page.locator('.tree').waitFor();
}
const saved = (page) => page.locator('[role=status]', { hasText: '已保存' }).waitFor();
const tab = (page, name) => page.locator('.tabs').first().getByRole('button', { name }).click();
async function openEntity(page, word, name) {
  await page.fill('#catalog-search', word);
  await page.locator('.tree .leaf', { hasText: name }).first().click();
}

test('the list: drafts, versions, comparing, figures', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, EDITOR);
  await page.getByRole('link', { name: '目录管理' }).click();
  await page.getByRole('button', { name: '行业办件量' }).click();
  await page.locator('tbody tr').nth(5).waitFor();
  await inspect(page, 'catalog-figures-1440');
  await page.getByRole('button', { name: '版本', exact: true }).click();
  await page.getByText('现行', { exact: true }).waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Excel' }).click();
  assert.match((await download).suggestedFilename(), /\.xlsx$/);
  await inspect(page, 'catalog-versions-1440');
  await page.context().close();
});

test('from a draft to the version in force', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, EDITOR);
  await newDraft(page, '缩短烟草许可承诺时限');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'catalog-search');
  await openEntity(page, 'P-YCLS', '烟草');
  const days = page.locator('[data-path$="/limits/promised_days"] input');
  const before = await days.inputValue();
  await days.fill('-4');
  await days.blur();
  await page.locator('aside .problem').first().waitFor();
  await page.locator('.member.bad .error-text').first().waitFor();
  await inspect(page, 'catalog-edit-problem-1440');
  await page.locator('.tree .root').click();
  await page.locator('aside .problem').first().click();
  await page.waitForFunction(() => document.activeElement?.closest('[data-path]')?.getAttribute('data-path')?.endsWith('/limits/promised_days'));
  await page.getByRole('button', { name: /撤销/ }).click();
  await saved(page);
  assert.equal(await days.inputValue(), before);
  await days.fill('2');
  await days.blur();
  await saved(page);

  // a condition by boxes, read aloud
  const when = page.locator('[data-path$="/tolerance/when"]');
  await when.getByRole('button', { name: '设条件' }).click();
  await when.locator('input').first().fill('F_MODE');
  await when.locator('input').first().blur();
  await when.locator('.op').selectOption('eq');
  await when.locator('input').nth(1).fill('01');
  await when.locator('input').nth(1).blur();
  await when.locator('.reading', { hasText: '是“' }).waitFor();
  await saved(page);
  await when.scrollIntoViewIfNeeded();
  await inspect(page, 'catalog-edit-condition-1440');
  await when.getByRole('button', { name: '去掉条件' }).click();
  await saved(page);

  await tab(page, '差异');
  await page.getByText('承诺工作日：由').waitFor();
  await inspect(page, 'catalog-diff-1440');
  await tab(page, '矛盾');
  await page.getByText('底稿里就有的').waitFor();
  await inspect(page, 'catalog-contradictions-1440');
  await tab(page, '试算');
  await page.getByRole('button', { name: '试算最近的办件' }).click();
  await page.getByText(/已试算\d+件/).waitFor();
  await inspect(page, 'catalog-rehearsal-1440');
  await tab(page, '预览');
  await page.locator('.notice').waitFor();
  await page.locator('.question input').first().click();
  await inspect(page, 'catalog-preview-1440');
  await page.getByRole('button', { name: '申请表' }).click();
  await page.locator('.two h3').first().waitFor();
  // The form is the applicant's: it can be filled in, shows what depends on it, and is checked by the draft's rules.
  await page.getByRole('button', { name: '检查整张表' }).click();
  const problems = page.locator('.summary li');
  await problems.first().waitFor();
  const many = await problems.count();
  assert.ok(many > 3, `${many} problems of an empty form`);
  const code = page.locator('#f-F_USCC');
  await code.fill('123');
  await code.blur();
  await page.locator('#f-F_USCC-error', { hasText: '统一社会信用代码' }).waitFor();
  assert.equal(await problems.count(), many - 1);
  await inspect(page, 'catalog-preview-form-1440');
  await page.getByRole('button', { name: '清空' }).click();
  assert.equal(await code.inputValue(), '');
  assert.equal(await problems.count(), 0);
  await tab(page, '审批公布');
  await page.getByRole('button', { name: '提交审核' }).click();
  await page.locator('.note.amber', { hasText: '由另一个人审核' }).waitFor();
  const url = page.url();

  const other = await openPage(browser, server.base, DESK);
  await signInOfficer(other, SECOND);
  await other.goto(url);
  await other.getByRole('button', { name: '审核通过' }).click();
  await other.getByLabel('公布日期').waitFor();
  await inspect(other, 'catalog-publish-1440');
  await other.getByRole('button', { name: '公布', exact: true }).click();
  await other.locator('.note.green', { hasText: '已公布' }).waitFor();
  const now = await other.evaluate(async () => (await fetch('/api/v1/industries')).json());
  assert.match(now.catalog_version, /-\d+$/);
  await page.context().close();
  await other.context().close();
});

test('two editors at once, and what was not sent is kept', async () => {
  const one = await openPage(browser, server.base, DESK);
  await signInOfficer(one, EDITOR);
  await newDraft(one, '两个人同时修改');
  const url = one.url();
  const two = await openPage(browser, server.base, DESK);
  await signInOfficer(two, SECOND);
  await two.goto(url);
  await two.locator('.tree').waitFor();
  const change = async (page, name, text) => {
    const input = page.locator(`[data-path="/${name}"]`).locator('input, textarea').first();
    await input.fill(text);
    await input.blur();
  };
  await change(one, 'title', '示例标题一');
  await saved(one);
  await change(two, 'disclaimer', '示例声明二');
  await two.locator('.note.red', { hasText: '刚才有人改过' }).waitFor();
  await inspect(two, 'catalog-conflict-1440');
  await two.getByRole('button', { name: /放回我的修改/ }).click();
  await saved(two);
  const body = await two.evaluate(async (id) => (await fetch(`/api/v1/catalog/drafts/${id}/body`)).json(), url.split('/').pop());
  assert.deepEqual([body.title, body.disclaimer], ['示例标题一', '示例声明二'], 'both changes are there');

  await two.context().setOffline(true);
  await change(two, 'title', '示例标题三');
  await two.getByText('没有保存上').waitFor();
  await two.context().setOffline(false);
  await two.reload();
  await two.getByText(/没保存的1处修改/).waitFor();
  await two.getByRole('button', { name: '放回草稿' }).click();
  await two.waitForFunction(() => document.querySelector('[data-path="/title"] input, [data-path="/title"] textarea')?.value === '示例标题三');
  await saved(two);
  assert.equal(await two.evaluate(async (id) => (await (await fetch(`/api/v1/catalog/drafts/${id}/body`)).json()).title, url.split('/').pop()), '示例标题三');
  await one.context().close();
  await two.context().close();
});

test('a file that is wrong changes nothing and says where', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, EDITOR);
  await newDraft(page, '导入');
  await page.getByRole('button', { name: '导入文件替换' }).click();
  await page.setInputFiles('#catalog-file', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{"format":"yizheng-catalog/1","version":"x"}') });
  await page.getByText(/文件有\d+处问题/).waitFor();
  await inspect(page, 'catalog-import-1440');
  const body = await page.evaluate(async (id) => JSON.stringify(await (await fetch(`/api/v1/catalog/drafts/${id}/body`)).json()), page.url().split('/').pop());
  await page.setInputFiles('#catalog-file', { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(body) });
  await page.getByText('已经替换').waitFor();
  await page.context().close();
});

test('on a phone it can be read and approved', async () => {
  const page = await openPage(browser, server.base, PHONE);
  await signInOfficer(page, SECOND);
  await page.goto('/office/catalog');
  await page.locator('tbody tr').first().waitFor();
  await inspect(page, 'catalog-list-360');
  await page.locator('tbody a').first().click();
  await page.locator('.tree').waitFor();
  await openEntity(page, 'I03', '便利店').catch(() => page.locator('.tree .leaf').first().click());
  await inspect(page, 'catalog-edit-360');
  await tab(page, '审批公布');
  await page.getByText('办理经过').waitFor();
  await inspect(page, 'catalog-publish-360');
  await page.context().close();
});
