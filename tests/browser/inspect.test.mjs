// The inspector's phone: works without a network, loses nothing, shows nobody else's, sends each
// thing once, and shows what changed meanwhile. The real program, killed and started again in between.
import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { inspect, openPage, PHONE, startBrowser, startServer } from './lib.mjs';
import { FIRST, SECOND, SHOP, Visits } from './visits.mjs';

/** A small shop whose missing papers may be handed in later. */
const TOLERANT = { industry: 'I02', region: '150302', answers: { 'I02-Q1': ['A'], 'I02-Q2': ['C'], 'I02-Q3': ['B'], 'I02-Q4': ['B'] } };
const PASSWORD = 'yizheng-demo';

let server;
let browser;
let visits;
before(async () => {
  server = await startServer();
  browser = await startBrowser([], { whole: true });
  visits = new Visits(server);
});
after(async () => {
  visits?.close();
  await browser?.close();
  await server?.stop();
});

const mark = (page) => page.locator('header .mark');
const says = (page, pattern) => mark(page).filter({ hasText: pattern }).waitFor();

async function signIn(page, login) {
  await page.fill('#login', login);
  await page.fill('#password', PASSWORD);
  await page.click('form button[type=submit]');
  await page.locator('h1', { hasText: '我的核查' }).waitFor();
}
/** A phone with the page kept by its worker and the visits downloaded. */
async function phone(login, { background = false } = {}) {
  const page = await openPage(browser, server.base, PHONE);
  // Without this the worker sends what the page, cut off by the test, cannot.
  if (!background) await page.context().addInitScript(() => Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { get: () => undefined }));
  await page.goto('/inspect');
  await page.waitForSelector('#login');
  await signIn(page, login);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await says(page, '已同步');
  return page;
}
async function openVisit(page, visit) {
  await page.goto(`/inspect#/visits/${visit.id}`);
  await page.locator('main h1', { hasText: visit.holder_name }).waitFor();
}
const offline = (page, off) => page.context().setOffline(off);

/** A picture larger than what is kept, different for each number. */
async function picture(page, n) {
  const data = await page.evaluate((hue) => {
    const canvas = document.createElement('canvas');
    canvas.width = 2400;
    canvas.height = 1800;
    const paint = canvas.getContext('2d');
    paint.fillStyle = `hsl(${hue} 60% 60%)`;
    paint.fillRect(0, 0, 2400, 1800);
    paint.fillStyle = '#fff';
    paint.font = '400px sans-serif';
    paint.fillText(String(hue), 600, 1000);
    return canvas.toDataURL('image/jpeg', 0.9).split(',')[1];
  }, n * 37);
  return { name: `shot-${n}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(data, 'base64') };
}
const cards = (page) => page.locator('main section.card:has(fieldset[id^="check-"])');

/** All checks passed, photos at the first, conclusions passed. */
async function fillAll(page, photos = 0) {
  await cards(page).first().waitFor();
  const n = await cards(page).count();
  for (let i = 0; i < n; i++) await cards(page).nth(i).locator('.answer.pass').click();
  for (let i = 0; i < photos; i++) {
    await cards(page).first().locator('input[type=file]').setInputFiles(await picture(page, i + 1));
    await cards(page).first().locator('.shots img').nth(i).waitFor();
  }
  for (const one of await page.locator('fieldset[id^="result-"]').all()) await one.locator('label', { hasText: /^\s*通过/ }).click();
  return n;
}
async function sign(page) {
  await page.getByRole('button', { name: '核对并签名' }).click();
  await page.locator('dialog[open] button', { hasText: /^签名$/ }).click();
  await page.locator('dialog[open]').waitFor({ state: 'detached' }).catch(() => undefined);
}
/** What lies on the device for an account, read past the page. */
const stored = (page, account, store) =>
  page.evaluate(
    ([name, from]) =>
      new Promise((resolve, reject) => {
        const open = indexedDB.open(name);
        open.onerror = () => reject(open.error);
        open.onsuccess = () => {
          const get = open.result.transaction(from).objectStore(from).getAll();
          get.onsuccess = () => {
            open.result.close();
            resolve(get.result);
          };
        };
      }),
    [`yz-inspect-${account}`, store],
  );
const idOf = async (login) => (await visits.world.officer(login)).user.id;
const posts = (page) => {
  const sent = [];
  page.context().on('request', (request) => {
    if (request.method() === 'POST' && /\/(visits|items)\//.test(request.url())) sent.push(request.url());
  });
  return sent;
};

test('the page is small, installable, and allows nothing but itself', async () => {
  const page = await fetch(`${server.base}/inspect`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-security-policy'), /default-src 'self'/);
  const html = await page.text();
  let bytes = 0;
  for (const [, path] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const { body, encoding } = await new Promise((resolve, reject) => {
      import('node:http').then(({ get }) =>
        get(`${server.base}${path}`, { headers: { 'Accept-Encoding': 'gzip' } }, (answer) => {
          const parts = [];
          answer.on('data', (part) => parts.push(part));
          answer.on('end', () => resolve({ body: Buffer.concat(parts), encoding: answer.headers['content-encoding'] }));
        }).on('error', reject),
      );
    });
    if (encoding === 'gzip') assert.ok(gunzipSync(body).length > body.length);
    bytes += body.length;
  }
  assert.ok(bytes > 10_000 && bytes <= 80_000, `${bytes} bytes of script and style`);
  const manifest = await (await fetch(`${server.base}/manifest.webmanifest`)).json();
  assert.equal(manifest.start_url, '/inspect');
  assert.equal(manifest.scope, '/inspect');
  for (const icon of manifest.icons) {
    const answer = await fetch(server.base + icon.src);
    assert.equal(answer.headers.get('content-type'), icon.type);
    if (icon.type !== 'image/png') continue;
    const png = Buffer.from(await answer.arrayBuffer());
    assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, icon.sizes);
  }
  const worker = await fetch(`${server.base}/inspect-sw.js`);
  assert.match(worker.headers.get('content-type'), /^text\/javascript/);
});

test('without network: fill, photograph, sign; reopened; another account sees nothing; sent once; confirmed', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  const first = await idOf(FIRST);
  await inspect(page, 'inspect-list-360');
  await openVisit(page, visit);
  await offline(page, true);
  await server.down('SIGKILL'); // not only the browser believes it
  await page.reload();
  await page.locator('main h1', { hasText: visit.holder_name }).waitFor();
  await says(page, '没有网络');
  const n = await cards(page).count();
  const own = visit.parts.flatMap((part) => part.checklist ?? []);
  const seen = (await stored(page, first, 'visits')).find((one) => one.id === visit.id).visit;
  const all = seen.parts.flatMap((part) => part.checklist);
  assert.ok(own.length <= all.length && n < all.length, 'shared checks are asked once');
  assert.equal(n, new Set(all.map((one) => one.common ?? one.code)).size);

  // What is missing is said all at once; a failed check wants its note, a failed key check no "pass".
  await page.getByRole('button', { name: '核对并签名' }).click();
  await page.locator('#missing').waitFor();
  assert.equal(await page.locator('#missing li').count(), n + 2);
  await cards(page).first().locator('.answer.fail').click();
  await cards(page).first().locator('textarea').fill('门牌号与申请不一致');
  assert.ok(await page.locator('fieldset[id^="result-"] input[value=pass]').first().isDisabled());
  await inspect(page, 'inspect-missing-360');
  await page.reload();
  await cards(page).first().locator('textarea').waitFor();
  assert.equal(await cards(page).first().locator('textarea').inputValue(), '门牌号与申请不一致', 'every letter is kept at once');

  await fillAll(page, 2);
  const [shot] = await stored(page, first, 'bytes');
  const size = await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }));
    return [picture.width, picture.height];
  }, [...new Uint8Array(await page.evaluate(([name, id]) => new Promise((resolve) => { const open = indexedDB.open(name); open.onsuccess = () => { const get = open.result.transaction('bytes').objectStore('bytes').get(id); get.onsuccess = () => { open.result.close(); resolve([...new Uint8Array(get.result.bytes)]); }; }; }), [`yz-inspect-${first}`, shot.id]))]);
  assert.deepEqual(size, [1600, 1200], 'made smaller before it is kept');
  await inspect(page, 'inspect-sheet-360');
  await sign(page);
  await says(page, '待同步6项'); // 2 photos for 2 permits, 2 records
  await page.goto('/inspect#/queue');
  await inspect(page, 'inspect-queue-360');

  // Closed and opened again, still without a network.
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  again.problems = page.problems;
  again.setDefaultTimeout(15000);
  await again.goto('/inspect');
  await says(again, '待同步6项');
  await again.locator('.visit', { hasText: '已签名，待上传' }).first().waitFor();

  // Signing out warns; without the account nothing is shown, and the next one sees only his own.
  await again.locator('footer button', { hasText: '退出' }).click();
  await again.locator('dialog[open]', { hasText: '还有6项没有上传' }).waitFor();
  await inspect(again, 'inspect-leave-360');
  await again.locator('dialog[open] button', { hasText: /^退出$/ }).click();
  await again.waitForSelector('#login');
  await server.up();
  await offline(again, false);
  await again.reload();
  await again.waitForSelector('#login');
  await inspect(again, 'inspect-signin-360');
  await signIn(again, 'hbw-wjw');
  await says(again, '已同步');
  assert.equal(await again.locator('.visit', { hasText: visit.holder_name }).count(), 0);
  await again.goto('/inspect#/queue');
  await again.locator('.note', { hasText: '全部已同步' }).waitFor();
  await again.goto(`/inspect#/visits/${visit.id}`);
  await again.locator('main', { hasText: '不在这台手机上' }).waitFor();
  assert.equal((await stored(again, first, 'queue')).length, 6, 'kept for its owner');
  assert.equal(await visits.acts(c, 'inspect'), 0);

  // Its owner comes back: everything goes out by itself, once.
  await again.goto('/inspect');
  await again.locator('footer button', { hasText: '退出' }).click();
  await again.locator('dialog[open] button', { hasText: /^退出$/ }).click();
  await again.waitForSelector('#login');
  const sent = posts(again);
  await signIn(again, FIRST);
  await says(again, '已同步');
  assert.equal(new Set(sent).size, sent.length, 'nothing twice');
  assert.equal(await visits.acts(c, 'inspect'), 2);
  const there = await visits.see(visit);
  assert.deepEqual(there.parts.map((part) => [part.result, part.photos.length]), [['pass', 2], ['pass', 2]]);
  assert.deepEqual(await stored(again, first, 'bytes'), [], 'the device keeps no photo that the server has');
  await openVisit(again, visit);
  await again.locator('.note', { hasText: '等待另一位确认' }).first().waitFor();
  assert.deepEqual(again.problems, []);
  await context.close();

  // The second officer, on another phone, sees everything and confirms.
  const other = await phone(SECOND);
  await other.locator('.visit', { hasText: '待我确认' }).first().waitFor();
  await openVisit(other, visit);
  await other.locator('.confirm').first().locator('img').nth(1).waitFor();
  await inspect(other, 'inspect-confirm-360');
  for (let i = 0; i < 2; i++) {
    await other.locator('.confirm button.primary').first().click();
    await other.locator('dialog[open] button.primary').click();
    await says(other, '已同步');
    await other.locator('.note.green', { hasText: '已由两人确认' }).nth(i).waitFor();
  }
  assert.equal(await visits.acts(c, 'countersign'), 2);
  assert.equal((await visits.see(visit)).state, 'closed');
  await other.context().close();
});

test('recorded by the other meanwhile: shown beside mine, decided by me', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await offline(page, true);
  await fillAll(page);
  await page.locator('textarea[id^="findings-"]').first().fill('我写的：现场整洁');
  await sign(page);
  await says(page, '待同步2项');
  await visits.record(visit, 0, SECOND, '同事写的：已看过');
  await visits.record(visit, 1, SECOND, '同事写的：第二项');
  await offline(page, false);
  await says(page, '有冲突2项');
  await mark(page).click();
  const stopped = page.locator('article.card');
  await stopped.nth(1).waitFor();
  const text = await stopped.first().innerText();
  assert.match(text, /我写的：现场整洁/);
  assert.match(text, /同事写的：已看过/);
  await inspect(page, 'inspect-conflict-360');
  await page.reload();
  await stopped.nth(1).waitFor();
  assert.equal(await visits.acts(c, 'inspect'), 2, 'nothing is sent before I have decided');
  await stopped.first().getByRole('button', { name: '以我的为准重新提交' }).click();
  await says(page, '有冲突1项');
  await stopped.nth(1).waitFor({ state: 'detached' });
  await stopped.first().getByRole('button', { name: '采用对方的' }).click();
  await page.locator('dialog[open] button.danger').click();
  await says(page, '已同步');
  const parts = (await visits.see(visit)).parts;
  assert.deepEqual(parts.map((part) => part.findings), ['我写的：现场整洁', '同事写的：第二项']);
  assert.deepEqual(parts.map((part) => part.recorded_by), [await idOf(FIRST), await idOf(SECOND)]);
  assert.equal(await visits.acts(c, 'inspect'), 3);
  await openVisit(page, visit);
  // What I have written is the other's to confirm, and the reverse.
  await page.waitForFunction(() => document.querySelectorAll('.confirm').length === 1);
  await page.locator('.confirm', { hasText: '待我确认' }).waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('agreed anew meanwhile is no conflict; cancelled meanwhile is said, and only its owner throws it away', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await fillAll(page);
  await visits.move(visit);
  await mark(page).click();
  await page.getByRole('button', { name: '立即同步' }).click();
  await says(page, '已同步');
  await openVisit(page, visit);
  await page.locator('header p', { hasText: '下午14:30' }).waitFor();
  await offline(page, true);
  await sign(page);
  await says(page, '待同步2项');
  await offline(page, false);
  await says(page, '已同步');
  assert.equal(await visits.acts(c, 'inspect'), 2);

  const other = await visits.announced(SHOP);
  await mark(page).click();
  await page.getByRole('button', { name: '立即同步' }).click();
  await page.goto('/inspect#/');
  await page.locator('.visit', { hasText: other.visit.holder_name }).waitFor();
  await openVisit(page, other.visit);
  await offline(page, true);
  await fillAll(page);
  await sign(page);
  await says(page, '待同步2项');
  await visits.cancel(other.visit);
  await offline(page, false);
  await says(page, '有冲突2项');
  await mark(page).click();
  for (let i = 2; i > 0; i--) {
    await page.locator('article.card').first().getByRole('button', { name: '修改后重新签名' }).click();
    await page.locator('main h1', { hasText: other.visit.holder_name }).waitFor();
    if (i > 1) await mark(page).click();
  }
  await says(page, '已同步');
  await page.locator('.note', { hasText: '这次核查已取消' }).waitFor();
  await page.locator('.answer input:checked').first().waitFor({ state: 'attached' });
  await page.getByRole('button', { name: '删除手机上填的内容' }).click();
  await page.locator('dialog[open] button.danger').click();
  await page.locator('.answer input:checked').first().waitFor({ state: 'detached' });
  assert.deepEqual(await stored(page, await idOf(FIRST), 'drafts'), []);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test('every third request fails, before or after the server has heard it: all arrive, each once', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await offline(page, true);
  await fillAll(page, 5);
  await sign(page);
  await says(page, '待同步12项');
  let n = 0;
  let failed = 0;
  let lost = 0;
  await page.context().route('**/api/**', (route) => {
    n++;
    const firstRecord = lost === 0 && /acts\/inspect$/.test(route.request().url());
    if (n % 3 && !firstRecord) return route.continue();
    failed++;
    if (failed % 2 && !firstRecord) return route.abort();
    // The server does it, and its answer is lost.
    return route.fetch().then(() => {
      lost += /acts\/inspect$/.test(route.request().url()) ? 1 : 0;
      return route.abort();
    });
  });
  await offline(page, false);
  await mark(page).filter({ hasText: '已同步' }).waitFor({ timeout: 60000 });
  assert.ok(failed >= 3 && lost >= 1, `only ${failed} requests failed, ${lost} answers were lost`);
  assert.deepEqual((await visits.see(visit)).parts.map((part) => part.photos.length), [5, 5]);
  assert.equal(await visits.acts(c, 'inspect'), 2);
  await page.context().close();
});

test('two tabs and a server that dies in between: nothing is sent twice', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  const tab = await page.context().newPage();
  tab.setDefaultTimeout(15000);
  await tab.goto('/inspect');
  await says(tab, '已同步');
  await page.bringToFront();
  await openVisit(page, visit);
  await offline(page, true);
  await fillAll(page, 3);
  await server.down('SIGKILL');
  await sign(page);
  await says(page, '待同步8项');
  await says(tab, '待同步8项');
  await offline(page, false);
  await page.waitForTimeout(1500);
  await says(page, '待同步8项');
  const sent = posts(page);
  await server.up();
  await Promise.all([page, tab].map((one) => one.evaluate(() => window.dispatchEvent(new Event('online')))));
  await mark(page).filter({ hasText: '已同步' }).waitFor({ timeout: 60000 });
  await says(tab, '已同步');
  assert.equal(sent.length, 8);
  assert.equal(new Set(sent).size, 8);
  assert.equal(await visits.acts(c, 'inspect'), 2);
  await page.context().close();
});

test('Background Sync: the worker sends what waits when the page is closed', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST, { background: true });
  await openVisit(page, visit);
  await offline(page, true);
  await fillAll(page, 1);
  await sign(page);
  await says(page, '待同步4项');
  await page.goto('about:blank');
  await offline(page, false);
  for (let i = 0; (await visits.acts(c, 'inspect')) < 2; i++) {
    assert.ok(i < 150, 'the worker did not send');
    await page.waitForTimeout(100);
  }
  assert.deepEqual((await visits.see(visit)).parts.map((part) => part.photos.length), [1, 1]);
  await page.context().close();
});

test('session over: says so, keeps everything, goes on after signing in again', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await fillAll(page);
  await page.context().clearCookies();
  await sign(page);
  await page.locator('.note', { hasText: '登录已过期' }).waitFor();
  await says(page, '待同步2项');
  assert.equal(await visits.acts(c, 'inspect'), 0);
  await page.locator('.note a', { hasText: '重新登录' }).click();
  await page.waitForSelector('#login');
  await signIn(page, FIRST);
  await says(page, '已同步');
  assert.equal(await visits.acts(c, 'inspect'), 2);
  await page.context().close();
});

test('somebody else signs in at the workbench: the phone page shows nothing of the first, also without a network', async () => {
  const { c, visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await offline(page, true);
  await fillAll(page);
  await sign(page);
  await says(page, '待同步2项');
  await page.goto('about:blank');
  await offline(page, false);
  await page.goto('/office/signin');
  await page.fill('#login', SECOND);
  await page.fill('#password', PASSWORD);
  await page.click('form button[type=submit]');
  await page.waitForURL((url) => !url.pathname.endsWith('/signin'));
  await offline(page, true);
  await page.goto('/inspect');
  await page.waitForSelector('#login');
  assert.equal(await page.getByText(visit.holder_name).count(), 0);
  await offline(page, false);
  await page.reload();
  await page.locator('footer', { hasText: '审批2' }).waitFor();
  await says(page, '已同步');
  assert.equal(await visits.acts(c, 'inspect'), 0, 'never sent in the name of another');
  await page.context().close();
});

test('storage full: said, and what was kept stays', async () => {
  const { visit } = await visits.announced(SHOP);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await cards(page).first().locator('.answer.pass').click();
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    window.full = true;
    IDBObjectStore.prototype.put = function (...all) {
      if (window.full) throw new DOMException('full', 'QuotaExceededError');
      return put.apply(this, all);
    };
  });
  await cards(page).first().locator('input[type=file]').setInputFiles(await picture(page, 1));
  await cards(page).first().locator('.error-text', { hasText: '存储空间不足' }).waitFor();
  await cards(page).nth(1).locator('.answer.pass').click();
  await page.locator('.note.red', { hasText: '存储空间不足' }).waitFor();
  await page.evaluate(() => (window.full = false));
  await cards(page).nth(2).locator('.answer.pass').click();
  await page.locator('.note.red', { hasText: '存储空间不足' }).waitFor({ state: 'detached' });
  await page.reload();
  await cards(page).nth(2).locator('input:checked').waitFor({ state: 'attached' });
  assert.equal(await page.locator('.answer input:checked').count(), 3, 'also what could not be kept at first');
  await page.context().close();
});

test('promised papers are collected on site', async () => {
  const { c, visit } = await visits.announced(TOLERANT, { promise: true });
  assert.ok(c.later.length > 0);
  const page = await phone(FIRST);
  await openVisit(page, visit);
  await offline(page, true);
  await page.locator('label.camera input').first().setInputFiles(await picture(page, 3));
  await page.locator('dialog[open] img').waitFor();
  await inspect(page, 'inspect-collect-360');
  await page.locator('dialog[open] button.primary').click();
  await page.locator('.tag', { hasText: '已收取，待上传' }).waitFor();
  await offline(page, false);
  await says(page, '已同步');
  await page.locator('.tag.green', { hasText: '已收取' }).waitFor();
  const states = (await visits.see(visit)).parts[0].commitments.map((one) => one.state);
  assert.equal(states.filter((state) => state === 'confirmed').length, 1);
  assert.equal(await visits.acts(c, 'confirm_commitment'), 1);
  await page.context().close();
});
