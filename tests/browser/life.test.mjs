// A licence's life as people meet it: issued, shown, verified with a network and without, food permit renewed, tobacco
// permit revoked, address changed for all, at last given up. After each step the old print fails and the new one verifies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addDays } from '../integration/lib/calendar.mjs';
import { loginOf, TWO } from '../integration/lib/world.mjs';
import { DESK, inspect, openPage, PHONE, startBrowser, startWorld } from './lib.mjs';

let server;
let browser;
let w;
let owner;
let licence; // as it is now
let prints; // the code of every version, in order
before(async () => {
  server = await startWorld();
  w = server.w;
  browser = await startBrowser();
  owner = await w.applicant('秦店主');
  licence = (await w.licensed(owner, TWO)).licence;
  prints = [licence.qr_text];
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** A page on which this caller is signed in already. */
async function pageOf(client, viewport) {
  const page = await openPage(browser, server.base, viewport);
  await client.get('/api/v1/messages'); // signs in anew when the clock has gone past its session
  const [name, value] = client.cookie.split('=');
  await page.context().addCookies([{ name, value, url: server.base }]);
  return page;
}
const pathOf = (text) => {
  const url = new URL(text);
  return `${url.pathname}${url.hash}`;
};

/** What the page of the server says of a print. */
async function online(text) {
  const page = await openPage(browser, server.base, PHONE);
  await page.goto(pathOf(text));
  const words = await page.locator('body').innerText();
  await page.context().close();
  return words;
}

/** What a phone says that fetched the lists a moment ago and then lost its network. */
async function offlineVerdicts(texts) {
  const page = await openPage(browser, server.base, PHONE);
  await page.clock.setFixedTime(server.server.now());
  await page.waitForTimeout(2200); // the lists are at most two seconds old
  await page.goto('/verify');
  await page.locator('[data-list]', { hasText: '乌海市' }).waitFor();
  await page.getByRole('button', { name: '更新名单' }).click();
  await page.getByText('名单已是最新').waitFor();
  await page.context().setOffline(true);
  await page.locator('summary', { hasText: '输入证号或二维码内容' }).click();
  const out = [];
  for (const text of texts) {
    await page.fill('#typed', text);
    await page.getByRole('button', { name: '核验', exact: true }).click();
    await page.locator('[data-verdict]').waitFor();
    out.push(await page.locator('[data-verdict]').getAttribute('data-code'));
  }
  await page.context().close();
  return out;
}

/** The licence has a new version: its print verifies, every older one fails, with a network and without. */
async function moved(state = 'valid') {
  const before = licence;
  licence = await owner.get(`/api/v1/licences/${licence.number}`);
  assert.ok(licence.version > before.version, 'a new version');
  assert.equal(licence.state, state);
  prints.push(licence.qr_text);
  for (const old of prints.slice(0, -1)) {
    const words = await online(old);
    assert.match(words, /已更新/);
    assert.ok(!words.includes(licence.holder) && !words.includes(licence.permits[0].number), 'an old print leads to nothing');
  }
  assert.match(await online(licence.qr_text), state === 'valid' ? /有效[^]*海勃湾/ : /已失效/);
  const verdicts = await offlineVerdicts(prints);
  assert.equal(verdicts.at(-1), state === 'valid' ? 'valid' : 'superseded'); // 已更新或失效
  for (const verdict of verdicts.slice(0, -1)) assert.notEqual(verdict, 'valid');
}

/** The holder opens what can be done about the licence, and submits what the case then asks. */
async function start(kind, name, choose = async () => {}) {
  const page = await pageOf(owner, PHONE);
  await page.goto(`/licences/${licence.number}`);
  await page.locator('.doing', { hasText: kind }).first().click();
  await page.locator('#life-panel').waitFor();
  await inspect(page, `life-${name}-360`);
  await choose(page.locator('#life-panel'));
  await page.locator('#life-panel button[type=submit]').click();
  return page;
}
async function submit(page, name) {
  await page.waitForURL(/\/check$/);
  await page.locator('#truth').waitFor();
  await inspect(page, `life-${name}-check-360`);
  await page.locator('#truth').check();
  await page.getByRole('button', { name: '提交', exact: false }).last().click();
  await page.waitForURL(/\/done$/);
  await inspect(page, `life-${name}-done-360`);
  const c = await owner.get(`/api/v1/cases/${/cases\/(\d+)/.exec(page.url())[1]}`);
  await page.context().close();
  return c;
}

test('issued and shown: it verifies with a network and without', async () => {
  assert.match(await online(licence.qr_text), /有效/);
  assert.deepEqual(await offlineVerdicts(prints), ['valid']);
  const page = await pageOf(owner, PHONE);
  await page.goto(`/licences/${licence.number}`);
  await page.locator('#licence-history').waitFor();
  await page.getByText('首次颁发').waitFor();
  await inspect(page, 'life-issued-360');
  await page.setViewportSize(DESK);
  await inspect(page, 'life-issued-1440');
  await page.context().close();
});

test('the food permit is renewed in time', async () => {
  const end = licence.permits[0].valid_until;
  server.server.setOffset(Date.parse(`${addDays(end, -60)}T09:00:00+08:00`) - Date.now());
  await w.workday();
  const page = await start('延续', 'renew', async (panel) => panel.locator('label', { hasText: '烟草' }).locator('input').uncheck());
  const c = await submit(page, 'renew');
  assert.deepEqual([c.kind, c.items.map((one) => one.permit.code)], ['renew', [licence.permits[0].code]]);
  await w.grant(c.items[0]);
  await moved();
  assert.equal(licence.permits[0].valid_from, addDays(end, 1));
});

test('the tobacco permit is revoked by its department', async () => {
  const [food, tobacco] = licence.permits;
  const all = (await (await w.bureau(licence.region.code)).get(`/api/v1/permits?q=${licence.uscc}`)).items;
  const officer = await w.officer(loginOf(all.find((one) => one.number === tobacco.number).department.code));
  const page = await pageOf(officer, DESK);
  await page.goto('/office/permits');
  await page.fill('#permit-search', licence.uscc);
  await page.locator('tbody tr', { hasText: tobacco.number }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await inspect(page, 'life-permits-1440');
  await page.locator('tbody a').first().click();
  await page.getByRole('button', { name: '撤销', exact: true }).click();
  await page.getByRole('button', { name: '撤销', exact: false }).last().click();
  assert.ok((await page.locator('[role=alert], .error-text').count()) >= 2, 'each missing thing is named');
  await page.fill('#act-document', '示例烟撤〔2026〕1号');
  await page.fill('#act-reason', '以欺骗手段取得许可（示例）');
  await inspect(page, 'life-revoke-1440');
  await page.locator('form button[type=submit]').click();
  await page.locator('.note.green').waitFor();
  await inspect(page, 'life-revoked-1440');
  await page.setViewportSize(PHONE);
  await inspect(page, 'life-revoked-360');
  await page.context().close();
  await moved();
  assert.deepEqual(licence.permits.filter((one) => one.state === 'valid').map((one) => one.code), [food.code]);
});

test('the shop moves: the address changes for all', async () => {
  const place = '内蒙古自治区乌海市海勃湾区示例新街88号';
  const page = await start('变更', 'amend');
  await page.waitForURL(/\/form$/);
  await inspect(page, 'life-amend-form-360');
  const id = /cases\/(\d+)/.exec(page.url())[1];
  await page.locator('.tasks a', { hasText: '场所' }).click();
  await page.fill('[id="f-F_ADDR"]', place);
  await page.locator('form.fields button[type=submit]').click();
  await page.waitForFunction(() => !document.querySelector('[id="f-F_ADDR"]'));
  await page.goto(`/cases/${id}/check`);
  const c = await submit(page, 'amend');
  await w.grantAll(c);
  await moved();
  assert.equal(licence.address, place);
});

test('and is given up: nothing verifies any more', async () => {
  const c = await submit(await start('注销', 'cancel'), 'cancel');
  await w.grantAll(c);
  await moved('void');
  const page = await pageOf(owner, PHONE);
  await page.goto(`/licences/${licence.number}`);
  await page.locator('#licence-history').waitFor();
  assert.equal(await page.locator('#licence-life').count(), 0, 'nothing can be done about it any more');
  await inspect(page, 'life-void-360');
  await page.context().close();
});
