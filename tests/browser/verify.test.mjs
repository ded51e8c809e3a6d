// The offline verifier: installed by opening it once, then in airplane mode: pictures, pasted texts and the
// addresses of QR codes get the right answer, and every answer says how old its list is. And the codes
// themselves: read by zbar and by jsQR at 25 mm and 300 dpi, and from a screenshot of the licence on the phone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DESK, inspect, openPage, output, PHONE, startBrowser, startWorld } from './lib.mjs';

const jsQR = createRequire(import.meta.url)('jsqr');
const CASES = JSON.parse(readFileSync(join(fileURLToPath(import.meta.url), '../../data/verify-cases.json'), 'utf8'));
const caseOf = (name) => CASES.cases.find((one) => one.name === name);
const json = (name, doc) => ({ name, mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(doc)) });

let server;
let browser;
let owner;
let licence;
let card; // screenshot of the licence on the phone
before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  owner = await server.w.applicant('韩店主');
  licence = (await server.w.licensed(owner)).licence;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The pixels of a PNG, by the browser. */
async function pixels(page, png) {
  const got = await page.evaluate(async (data) => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = document.createElement('canvas');
    canvas.width = picture.width;
    canvas.height = picture.height;
    const pen = canvas.getContext('2d');
    pen.drawImage(picture, 0, 0);
    const reader = new FileReader();
    await new Promise((done) => {
      reader.onload = done;
      reader.readAsDataURL(new Blob([pen.getImageData(0, 0, picture.width, picture.height).data]));
    });
    return { width: picture.width, height: picture.height, data: reader.result.split(',')[1] };
  }, png.toString('base64'));
  return { ...got, data: new Uint8ClampedArray(Buffer.from(got.data, 'base64')) };
}
const zbar = (path) => spawnSync('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', path], { encoding: 'utf8' }).stdout.trim();
const byJs = async (page, png) => {
  const image = await pixels(page, png);
  return jsQR(image.data, image.width, image.height)?.data;
};

test('the code is read by zbar and jsQR: 25 mm at 300 dpi, and the card on the phone', async () => {
  const blank = await (await browser.newContext()).newPage();
  const svg = await owner.get(`/api/v1/licences/${licence.number}/qr.svg`);
  const side = Math.round((25 / 25.4) * 300);
  await blank.setViewportSize({ width: side + 40, height: side + 40 });
  await blank.setContent(`<body style="margin:20px;background:#fff"><img width="${side}" height="${side}" src="data:image/svg+xml;base64,${svg.toString('base64')}">`);
  await blank.waitForFunction(() => document.images[0].complete);
  const path = join(output, 'verify-code-25mm.png');
  const png = await blank.screenshot({ path });
  assert.equal(zbar(path), licence.qr_text);
  assert.equal(await byJs(blank, png), licence.qr_text);

  const [name, value] = owner.cookie.split('=');
  const context = await browser.newContext({ baseURL: server.base, viewport: PHONE, deviceScaleFactor: 3, isMobile: true, hasTouch: true, locale: 'zh-CN' });
  await context.addCookies([{ name, value, url: server.base }]);
  const page = await context.newPage();
  await page.goto(`/licences/${licence.number}`);
  await page.locator('.licence img').waitFor();
  await page.waitForFunction(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0));
  await page.locator('.licence img').scrollIntoViewIfNeeded();
  card = await page.screenshot({ path: join(output, 'verify-card-phone.png') });
  assert.equal(await byJs(blank, card), licence.qr_text);
  assert.equal(zbar(join(output, 'verify-card-phone.png')), licence.qr_text);
  await context.close();
  await blank.context().close();
});

/** A phone that opened the page once while there was a network. */
async function phone(viewport = PHONE, at) {
  const page = await openPage(browser, server.base, viewport);
  if (at) await page.clock.setFixedTime(at);
  await page.goto('/verify');
  await page.locator('[data-list]', { hasText: '乌海市' }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).filter((one) => one.active).length === 3);
  return page;
}
const offline = (page, off = true) => page.context().setOffline(off);
const verdict = (page, code) => page.locator(`[data-verdict][data-code="${code}"]`).waitFor();
const shows = async (page, pattern) => assert.match(await page.locator('#answer').innerText(), pattern);
async function paste(page, text) {
  if (!(await page.locator('#typed').isVisible())) await page.locator('summary', { hasText: '输入证号或二维码内容' }).click();
  await page.fill('#typed', text);
  await page.getByRole('button', { name: '核验', exact: true }).click();
}
const withPicture = (page, buffer) => page.setInputFiles('[data-picture]', { name: 'card.png', mimeType: 'image/png', buffer });

test('in airplane mode: opens, reads a picture, says what is so and how old the list is', async () => {
  const page = await phone();
  await inspect(page, 'verify-home-360');
  await offline(page);
  await page.reload();
  await page.locator('h1', { hasText: '核验行业综合许可证' }).waitFor();
  await withPicture(page, card);
  await verdict(page, 'valid');
  await shows(page, /有效[^]*名单(更新于|刚刚)[^]*怎么证明的[^]*乌海市的密钥签发/);
  assert.doesNotMatch(await page.locator('#answer').innerText(), new RegExp(licence.person), 'the person is masked');
  await inspect(page, 'verify-valid-360');

  const bare = licence.qr_text.split('#')[1];
  const address = licence.qr_text.split('#')[0];
  await paste(page, `${bare.slice(0, -3)}${bare.slice(-3) === '000' ? '100' : '000'}`);
  await page.locator('[data-verdict].red').waitFor();
  await shows(page, /签名不符|签发密钥|无法识别/);
  await inspect(page, 'verify-forged-360');
  await paste(page, `${address.replace(/[^/]*$/, 'OTHER00000')}#${bare}`);
  await verdict(page, 'replayed');
  await paste(page, bare.slice(0, 200));
  await verdict(page, 'malformed');
  await paste(page, caseOf('imported city').text);
  await verdict(page, 'unknown_key');
  await paste(page, licence.number);
  await page.locator('#answer [role=alert]', { hasText: '按证号查询要联网' }).waitFor();
  await page.context().close();
});

test('without a network the address of the code opens the verifier, with one the page of the server', async () => {
  const page = await phone();
  const path = `${new URL(licence.qr_text).pathname}#${licence.qr_text.split('#')[1]}`;
  await page.goto(path);
  assert.match(await page.locator('body').innerText(), /本页由登记系统实时生成/);
  assert.match(await page.locator('body').innerText(), /没有网络也能核验/);
  await offline(page);
  await page.goto('/verify');
  await page.goto(path);
  await verdict(page, 'valid');
  await page.goto(`${path.split('#')[0].toLowerCase()}#${path.split('#')[1]}`);
  await verdict(page, 'valid');
  await page.goto('/V/D/ABCDEF');
  await page.locator('[role=alert]', { hasText: '核验文书要联网' }).waitFor();
  await page.context().close();
});

test('a list that is too old: a warning in words, never a bare tick', async () => {
  const page = await phone();
  await offline(page);
  await page.clock.setFixedTime(server.server.now() + 30 * 3600e3);
  await page.reload();
  await withPicture(page, card);
  await verdict(page, 'unconfirmed');
  await shows(page, /现状未确认[^]*名单更新于30小时前[^]*状态名单已过期/);
  await page.locator('[data-list] .amber', { hasText: '已过期' }).waitFor();
  await inspect(page, 'verify-old-list-360');
  await page.context().close();
});

test('another city: unknown, then imported with its fingerprint confirmed, then with its list', async () => {
  const now = caseOf('imported city').now_ms;
  const page = await phone(PHONE, now);
  await offline(page);
  await paste(page, caseOf('imported city').text);
  await verdict(page, 'unknown_key');
  await page.setInputFiles('[data-import]', json('other.json', CASES.refused.find((one) => one.kind === 'trust').doc));
  await page.locator('[role=status]', { hasText: '不能导入' }).waitFor();
  await page.setInputFiles('[data-import]', json('other.json', CASES.other_trust));
  const dialog = page.locator('dialog[open]');
  await dialog.waitFor();
  assert.match(await dialog.innerText(), new RegExp(`信任赤峰市[^]*1504[^]*${CASES.other_trust.proof.verificationMethod}`));
  await inspect(page, 'verify-import-360');
  await dialog.getByRole('button', { name: '核对无误' }).click();
  await page.locator('[role=status]', { hasText: '已导入赤峰市' }).waitFor();
  await paste(page, caseOf('imported city').text);
  await verdict(page, 'unconfirmed');
  await page.setInputFiles('[data-import]', json('list.json', CASES.lists.theirs));
  await page.locator('[role=status]', { hasText: '已导入赤峰市的状态名单' }).waitFor();
  await paste(page, caseOf('imported city').text);
  await verdict(page, 'valid');
  await paste(page, caseOf('imported city for our region').text);
  await verdict(page, 'other_region');
  await page.reload();
  await paste(page, caseOf('imported city').text);
  await verdict(page, 'valid');
  await page.context().close();
});

test('revoked and superseded: known offline after the list was updated', async () => {
  const { sql } = await import('../integration/lib/database.mjs');
  const { licence: other } = await server.w.licensed(await server.w.applicant('白店主'));
  const end = (statement) => sql(server.server, `${statement}; INSERT INTO counter (name, value) VALUES ('status_revision', 1) ON CONFLICT (name) DO UPDATE SET value = counter.value + 1`);
  const page = await phone();
  const update = async () => {
    await offline(page, false);
    await page.waitForTimeout(2200); // the server looks every two seconds
    await page.getByRole('button', { name: '更新名单' }).click();
    await page.getByText('名单已是最新').waitFor();
    await offline(page);
    await paste(page, other.qr_text);
  };
  await update();
  await verdict(page, 'valid');
  end(`UPDATE permit SET state = 'revoked' WHERE number = '${other.permits[0].number}'`);
  await paste(page, other.qr_text);
  await verdict(page, 'valid'); // this device has not heard of it
  await update();
  await verdict(page, 'partly_revoked');
  await page.locator('.permits .tag.red', { hasText: '已失效' }).waitFor();
  await inspect(page, 'verify-partly-360');
  end(`UPDATE licence SET state = 'superseded' WHERE number = '${other.number}'`);
  await update();
  await verdict(page, 'superseded');
  await inspect(page, 'verify-superseded-360');
  end(`UPDATE permit SET state = 'valid' WHERE number = '${other.permits[0].number}'; UPDATE licence SET state = 'valid' WHERE number = '${other.number}'`); // the log would tell
  await page.context().close();
});

test('on a desk, in large type; a number is asked of the register', async () => {
  const page = await phone(DESK);
  await paste(page, licence.number);
  await page.locator('[data-register]', { hasText: licence.holder }).waitFor();
  await inspect(page, 'verify-number-1440');
  await withPicture(page, card);
  await verdict(page, 'valid');
  await inspect(page, 'verify-valid-1440');
  await page.getByRole('button', { name: '长辈版' }).click();
  await page.setViewportSize(PHONE);
  await inspect(page, 'verify-valid-elder-360');
  await page.context().close();
});
