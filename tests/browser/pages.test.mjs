// Every page that can be opened without a case, and the workbench for each role, at phone and desk
// width: no sideways scrolling, nothing serious for axe, no script errors, nothing blocked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, fillForm, inspect, openPage, PHONE, signInApplicant, signInOfficer, startBrowser, startServer } from './lib.mjs';

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

const OPEN = [
  ['home', '/'],
  ['guide', '/guide/I01?region=150302&I01-Q1=A&I01-Q5=A'],
  ['guide-hotel', '/guide/I07?region=150303'],
  ['notice', '/notice/I01?region=150302&I01-Q1=A&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q5=A&I01-Q6=D'],
  ['signin', '/signin'],
  ['verify', '/verify'],
  ['help', '/help'],
  ['register', '/register?q=%E9%A4%90%E5%8E%85'],
  ['missing', '/no/such/page'],
  ['office-signin', '/office/signin'],
];

for (const [size, viewport] of [['360', PHONE], ['1440', DESK]]) {
  test(`open pages at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    for (const [name, path] of OPEN) {
      await page.goto(path);
      await page.locator('main h1').first().waitFor();
      await inspect(page, `page-${name}-${size}`);
    }
    await page.context().close();
  });

  test(`large type at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    await page.goto('/');
    await page.getByRole('button', { name: '长辈版' }).click();
    for (const path of ['/', OPEN[1][1], OPEN[3][1], '/signin']) {
      await page.goto(path);
      await page.locator('main h1').first().waitFor();
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '20px');
      await inspect(page, `large-${path.split(/[/?]/)[1] || 'home'}-${size}`);
    }
    await page.context().close();
  });

  test(`empty lists say what to do at ${size}`, async () => {
    const page = await openPage(browser, server.base, viewport);
    await signInApplicant(page, size === '360' ? '13911110001' : '13911110002', '新来的');
    for (const path of ['/cases', '/licences', '/messages']) {
      await page.goto(path);
      await page.locator('main .card').first().waitFor();
      await inspect(page, `empty${path.replace('/', '-')}-${size}`);
    }
    await page.context().close();
  });

  test(`workbench by role at ${size}`, async () => {
    const roles = [
      [/部门审批人员[^]*海勃湾区市场/, ['/office/queue', '/office/licences', '/office/supervision', '/office/supervised', '/office/process']],
      [/窗口服务专员 · 海勃湾/, ['/office/board', '/office/cases', '/office/new/', '/office/new/I03?region=150302', '/office/licences']],
      [/政府负责人 · 海勃湾/, ['/office/board', '/office/cases', '/office/queue']],
      [/审批服务管理局 ·/, ['/office/board', '/office/cases', '/office/queue', '/office/messages', '/office/dispatches']],
    ];
    for (const [i, [who, paths]] of roles.entries()) {
      const page = await openPage(browser, server.base, viewport);
      await signInOfficer(page, who);
      for (const path of paths) {
        await page.goto(path);
        await page.locator('main h1').first().waitFor();
        await inspect(page, `office-${i}${path.split('?')[0].replace(/\W/g, '-')}-${size}`);
      }
      await page.context().close();
    }
  });
}

test('a clerk starts a case for somebody at the counter', async () => {
  const page = await openPage(browser, server.base, DESK);
  await signInOfficer(page, /窗口服务专员 · 海勃湾/);
  await page.goto('/office/new/I01?region=150302&I01-Q1=B&I01-Q2=B&I01-Q3=C&I01-Q4=B&I01-Q6=D');
  await page.getByRole('button', { name: '建立办件，开始填写' }).click();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'applicant-name');
  await page.locator('fieldset.question', { hasText: '卖烟吗' }).locator('input').first().check();
  await page.fill('#applicant-name', '赵大爷');
  await page.fill('#applicant-phone', '13700002222');
  await page.fill('#applicant-auth', '本人到场');
  await inspect(page, 'office-new-case-1440');
  await page.getByRole('button', { name: '建立办件，开始填写' }).click();
  await page.waitForURL(/\/office\/cases\/\d+\/form$/);
  const id = /cases\/(\d+)/.exec(page.url())[1];
  await page.locator('.tasks a').first().waitFor();
  await fillForm(page, id, { F_ENT_NAME: '赵大爷超市', F_REGION: '150302', F_FOUND_DATE: '2024-05-01', F_USE_AREA: '60', F_PREMISES: '01', F_AGENT: false, F_MODE: '01', F_DELIVERY: '01', YCLS_DL: true, YCLS_CNO: true });
  await inspect(page, 'office-materials-1440');

  const owner = await openPage(browser, server.base, PHONE);
  await signInApplicant(owner, '13700002222', '赵大爷');
  await owner.goto(`/cases/${id}/form`);
  await owner.locator('.tasks a').first().waitFor();
  await inspect(owner, 'owner-resumes-360');
});
