// Prefilling in a real browser: the button and its marks on a phone, materials from the licence library, what the
// department sees; and the same with sources that are down: please enter, please upload, and on it goes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DESK, inspect, openPage, PHONE, signInApplicant, signInOfficer, startBrowser, startWorld } from './lib.mjs';
import { configure } from '../integration/lib/gateways.mjs';
import { uscc } from '../integration/lib/ids.mjs';
import { TWO } from '../integration/lib/world.mjs';

const CODE = uscc(17);
const TODAY = /\d{4}年\d{1,2}月\d{1,2}日/;

let world, browser;
before(async () => {
  world = await startWorld();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

/** A draft of a new applicant who is signed in on the page; gives the case's id and an API client of the same person. */
async function draft(page, number) {
  const who = await world.w.client().applicant(number, '示例张掌柜');
  const c = await world.w.create(who, TWO);
  await signInApplicant(page, number, '示例张掌柜');
  await page.goto(`/cases/${c.id}/form`);
  await page.locator('.tasks a').first().waitFor();
  return { who, id: c.id };
}
const hint = (page, code) => page.locator(`[id="f-${code}-hint"]`).innerText();

describe('the sources answer', () => {
  let phone, me;
  before(async () => {
    phone = await openPage(browser, world.base, PHONE);
    me = await draft(phone, '13800007001');
  });

  test('the button waits for a whole code, fetches, and says what came from where', async () => {
    await phone.locator('.tasks a').first().click();
    await phone.locator('#f-F_USCC').waitFor();
    const button = phone.getByRole('button', { name: '取来登记信息' });
    assert.ok(await button.isDisabled());
    await phone.fill('#f-F_LEGAL_NAME', '我自己写的');
    await phone.fill('#f-F_USCC', CODE);
    await button.click();
    await phone.getByText('从企业登记信息填好了').waitFor();
    assert.match(await phone.locator('.panel').innerText(), /由电子证照库取得1份材料/);
    assert.match(await phone.inputValue('#f-F_ENT_NAME'), /示例/);
    assert.equal(await phone.inputValue('#f-F_LEGAL_NAME'), '我自己写的');
    assert.match(await hint(phone, 'F_ENT_NAME'), /^已自动填好，来自企业登记信息，\d{4}年\d{1,2}月\d{1,2}日，请核对$/m);
    await phone.getByRole('button', { name: '再取一次' }).waitFor();
    await inspect(phone, 'prefill-section-360');
  });

  test('a changed value says so, and says no more when it is put back', async () => {
    const name = await phone.inputValue('#f-F_ENT_NAME');
    await phone.fill('#f-F_ENT_NAME', '（示例）改了的店名');
    await phone.getByText('您改过了（原来自企业登记信息').waitFor();
    await inspect(phone, 'prefill-changed-360');
    await phone.fill('#f-F_ENT_NAME', name);
    await phone.locator('[id="f-F_ENT_NAME-hint"]', { hasText: '请核对' }).waitFor();
    await phone.fill('#f-F_DOMICILE', '（示例）搬了家');
    await phone.locator('[id="f-F_DOMICILE-hint"]', { hasText: '您改过了' }).waitFor();
  });

  test('materials and check page show where things came from', async () => {
    await phone.goto(`/cases/${me.id}/materials`);
    await phone.getByText(/由电子证照库提供：营业执照，编号/).waitFor();
    assert.equal(await phone.locator('#m-M-YYZZ').count(), 0, 'no upload for it');
    await inspect(phone, 'prefill-materials-360');
    await phone.goto(`/cases/${me.id}/check`);
    await phone.locator('[id="f-F_ENT_NAME"]').waitFor();
    assert.match(await phone.locator('[id="f-F_ENT_NAME"]').innerText(), TODAY);
    assert.match(await phone.locator('[id="f-F_DOMICILE"]').innerText(), /您改过了/);
    assert.match(await phone.locator('[id="m-M-YYZZ"]').innerText(), /由电子证照库提供/);
    await inspect(phone, 'prefill-check-360');
  });

  test('the department sees source, day and change beside values and materials', async () => {
    const form = await world.w.fillForm(me.who, me.id);
    await world.w.attachAll(me.who, me.id, form);
    await world.w.submit(me.who, await me.who.get(`/api/v1/cases/${me.id}`));
    const c = await me.who.get(`/api/v1/cases/${me.id}`);
    const desk = await openPage(browser, world.base, DESK);
    await signInOfficer(desk, /部门审批人员[^]*海勃湾区市场监督管理局/);
    await desk.goto(`/office/items/${c.items.find((one) => one.department.code === 'D-HBW-SCJG').id}`);
    await desk.locator('.from').first().waitFor();
    const facts = (await desk.locator('.from').allInnerTexts()).join('\n');
    assert.match(facts, /^来自企业登记信息，\d{4}年/m);
    assert.match(facts, /^申请人改过（原来自企业登记信息/m);
    assert.match(await desk.locator('main').innerText(), /由电子证照库提供：营业执照，编号\w+，.*取得（证照标识 sample:/);
    await inspect(desk, 'prefill-item-1440');
    await desk.context().close();
  });

  test('the next application starts with what the last one said', async () => {
    const next = await world.w.create(me.who, TWO);
    await phone.goto(`/cases/${next.id}/form`);
    await phone.locator('.tasks a').first().click();
    await phone.locator('#f-F_USCC').waitFor();
    assert.equal(await phone.inputValue('#f-F_USCC'), CODE);
    assert.match(await hint(phone, 'F_ENT_NAME'), /来自以前的申请，\d{4}年/);
    await inspect(phone, 'prefill-again-360');
  });
});

describe('the sources are down', () => {
  let phone, desk, me;
  before(async () => {
    /* Nobody listens there. */
    configure(world.server.data, '[register]\nurl = http://127.0.0.1:9\ntimeout = 1\n[licences]\nurl = http://127.0.0.1:9\ntimeout = 1\n');
    await world.server.restart();
    world.base = world.server.base;
    phone = await openPage(browser, world.base, PHONE);
    me = await draft(phone, '13800007002');
  });

  test('please enter: a sentence, no dead end, the field can be typed', async () => {
    await phone.locator('.tasks a').first().click();
    await phone.locator('#f-F_USCC').waitFor();
    await phone.fill('#f-F_USCC', CODE);
    await phone.getByRole('button', { name: '取来登记信息' }).click();
    await phone.getByText('企业登记信息暂时取不到，请自己填写').waitFor();
    await phone.fill('#f-F_ENT_NAME', '（示例）自己填的店');
    await phone.getByText('已自动保存').waitFor();
    await inspect(phone, 'prefill-down-section-360');
  });

  test('please upload: the material stands among those to be handed in', async () => {
    await phone.goto(`/cases/${me.id}/materials`);
    const card = phone.locator('#m-M-YYZZ');
    await card.waitFor();
    assert.match(await card.innerText(), /电子证照库暂时取不到，请上传/);
    await phone.getByRole('button', { name: '再向电子证照库取一次' }).click();
    await phone.getByText('正在向电子证照库取').waitFor({ state: 'hidden' });
    await card.locator('.pickers input[type=file]').first().setInputFiles({ name: '营业执照.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n') });
    await card.locator('.files button', { hasText: '营业执照.pdf' }).first().waitFor();
    await inspect(phone, 'prefill-down-materials-360');
    desk = await openPage(browser, world.base, DESK);
    await signInApplicant(desk, '13800007002', '示例张掌柜');
    await desk.goto(`/cases/${me.id}/materials`);
    await desk.locator('#m-M-YYZZ').waitFor();
    await inspect(desk, 'prefill-down-materials-1440');
  });
});
