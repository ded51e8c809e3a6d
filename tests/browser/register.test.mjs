// The public register as anybody meets it: search as one types, filters in the address, an entry whose proof is checked in the
// browser, a proof that was tampered with on the way; the bureau's list for publicity.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { DESK, heading, inspect, openPage, PHONE, signInOfficer, startBrowser, startServer } from './lib.mjs';

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

for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
  test(`search, entry, proof at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    await page.goto('/');
    await page.locator('nav.menu').getByText('公示查询').click();
    await page.getByText(/先显示20个，还有更多/).waitFor();
    await inspect(page, `register-all-${size}`);
    await page.getByRole('button', { name: '再显示一些' }).click();
    await page.getByText(/先显示40个/).waitFor();
    // As one types, without a button; the address keeps it.
    await page.getByLabel('查什么').fill('餐');
    await page.getByText('请再输入一个字').waitFor();
    await page.getByLabel('查什么').fill('餐厅');
    await page.waitForURL(/q=/);
    await page.getByText(/找到\d+个|先显示20个/).waitFor();
    await page.getByLabel('地区').selectOption('150302');
    await page.getByLabel('状态').selectOption('valid');
    await page.waitForURL(/region=150302.*state=valid|state=valid.*region=150302/);
    await page.waitForTimeout(500);
    for (const name of await page.locator('.entries .holder a').allInnerTexts()) assert.match(name, /餐厅|餐/);
    await inspect(page, `register-found-${size}`);
    const address = page.url();
    await page.reload();
    await page.locator('.entries .holder a').first().waitFor();
    assert.equal(page.url(), address);
    assert.equal(await page.getByLabel('查什么').inputValue(), '餐厅');
    // Nothing found: what to do next.
    await page.getByLabel('查什么').fill('并没有这样一家店铺');
    await page.getByText('没有查到。').waitFor();
    await inspect(page, `register-none-${size}`);
    await page.goto(address);
    const name = await page.locator('.entries .holder a').first().innerText();
    await page.locator('.entries .holder a').first().click();
    await page.getByText('登记证明已核对').waitFor();
    assert.equal(await heading(page), name);
    await page.getByText(/发证记录在市审批局公布的办理日志里/).waitFor();
    await inspect(page, `register-entry-${size}`);
    await page.getByText('看看是怎么核对的').click();
    await page.getByText('签名公钥').waitFor();
    await inspect(page, `register-proof-${size}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载证明' }).click()]);
    const proof = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.equal(proof.kind, 'inclusion');
    // Another look later agrees with the head that this browser saw.
    await page.reload();
    await page.getByText('和您上次看到的日志也对得上').waitFor();
    await page.getByRole('link', { name: '查验这张许可证' }).click();
    await page.waitForURL(/\/v\//);
    await page.getByText(name).first().waitFor();
    await page.context().close();
  });
}

test('a tampered entry, a lost network and a missing number are told as such', async () => {
  const page = await openPage(browser, server.base, PHONE);
  const { items } = await (await fetch(`${server.base}/api/v1/register?limit=3`)).json();
  const { number } = items.find((one) => one.version === 1);
  const spoil = async (change, words) => {
    await page.route(`**/api/v1/register/${number}`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: change(await answer.json()) });
    });
    await page.goto(`/register/${number}`);
    await page.getByText('登记证明没有通过核对').waitFor();
    await page.getByText(words).waitFor();
    await page.unroute(`**/api/v1/register/${number}`);
  };
  await spoil((one) => ({ ...one, proof: { ...one.proof, leaf: one.proof.root } }), '这条记录不在日志里');
  await spoil((one) => ({ ...one, proof: { ...one.proof, head: { ...one.proof.head, signature: one.proof.head.signature.replace(/^../, '00') } } }), '日志树头的签名不对');
  await spoil((one) => ({ ...one, version: 9 }), '证明对应的是另一条记录');
  await inspect(page, 'register-bad-360');
  // A log that does not begin as the one that was seen before.
  await page.goto('/register');
  await page.evaluate(() => localStorage.setItem('yz-log-seen', JSON.stringify({ size: 7, root: 'ab'.repeat(32) })));
  await page.goto(`/register/${number}`);
  await page.getByText('和您上次看到的日志对不上').waitFor();
  await page.goto('/register/WHZH0000000000');
  await page.getByText('公示登记中没有这个证号').waitFor();
  await inspect(page, 'register-missing-360');
  await page.context().close();
});

test('the bureau downloads what is to be published', async () => {
  for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
    const page = await openPage(browser, server.base, viewport);
    await signInOfficer(page, '审批服务管理局');
    await page.goto('/office/publicity');
    await page.getByText(/共\d+个决定/).waitFor();
    await inspect(page, `office-publicity-${size}`);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载 CSV' }).click()]);
    assert.match(download.suggestedFilename(), /^publicity-.*\.csv$/);
    await page.context().close();
  }
});
