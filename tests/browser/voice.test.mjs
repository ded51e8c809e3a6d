// Asking the hall and being answered; what is public about an industry; rating a finished case: a phone
// and two desks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DESK, heading, inspect, openPage, PHONE, signInApplicant, signInOfficer, signOutOfficer, startBrowser, startWorld } from './lib.mjs';

const TWO = { industry: 'I03', region: '150302', answers: { 'I03-Q1': ['A', 'B'], 'I03-Q2': ['A'], 'I03-Q3': ['A'], 'I03-Q4': ['B'] } };

let server;
let browser;
let phone;
let desk;
before(async () => {
  server = await startWorld();
  browser = await startBrowser();
  phone = await openPage(browser, server.base, PHONE);
  desk = await openPage(browser, server.base, DESK);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('what is public about an industry: every permit, papers, chart, on a phone and at a desk', async () => {
  for (const [page, name] of [[phone, 360], [desk, 1440]]) {
    await page.goto('/industry/I01');
    await page.getByRole('link', { name: '工作规范' }).waitFor();
    await page.locator('svg text').first().waitFor();
    await inspect(page, `publicity-${name}`);
    assert.match(await heading(page), /超市：办事公开/);
    const text = await page.locator('main').innerText();
    for (const permit of ['食品经营许可证', '药品经营许可证', '烟草专卖证']) assert.ok(text.includes(permit), permit);
  }
  const pdf = await phone.evaluate(async () => {
    const answer = await fetch(document.querySelector('a[href*="poster.pdf"]').href);
    return [answer.status, answer.headers.get('content-type')];
  });
  assert.deepEqual(pdf, [200, 'application/pdf']);
  await phone.selectOption('#publicity-region', '150303');
  await phone.waitForURL(/region=150303/);
});

test('a question is asked on a phone, answered at the desk, made public, and read by anybody', async () => {
  await phone.goto('/ask?industry=I02');
  await phone.getByText('登录后才能提问').waitFor();
  await inspect(phone, 'ask-signed-out-360');
  await signInApplicant(phone, '13800139902', '示例·咨询人');
  await phone.goto('/ask?industry=I02');
  await phone.getByRole('button', { name: '提交问题' }).click();
  await phone.getByText('请选择区域').waitFor();
  await phone.selectOption('#ask-region', '150302');
  await phone.fill('#ask-question', '便利店卖关东煮要办什么证？');
  await phone.getByRole('button', { name: '提交问题' }).click();
  await phone.getByText('问题已送到窗口').waitFor();
  await inspect(phone, 'ask-sent-360');
  await signInOfficer(desk, /窗口服务专员|窗口/);
  await desk.goto('/office/questions');
  await desk.getByRole('heading', { name: '便利店卖关东煮要办什么证？' }).waitFor();
  await inspect(desk, 'questions-1440');
  await desk.getByRole('button', { name: /去答复/ }).first().click();
  await desk.locator('form textarea').first().fill('现制现售热食要办食品生产经营登记证（示例答复）。');
  await desk.getByText('公开这个问答').click();
  await inspect(desk, 'questions-answering-1440');
  await desk.getByRole('button', { name: '答复', exact: true }).click();
  await desk.getByText('没有等待答复的咨询').waitFor();
  await phone.goto('/ask?industry=I02');
  await phone.getByText('已答复').waitFor();
  await inspect(phone, 'ask-answered-360');
  assert.equal(await phone.getByText('现制现售热食要办食品生产经营登记证（示例答复）。').count(), 2, 'public and own');
  await desk.getByRole('button', { name: '登记咨询' }).click();
  await desk.fill('#note-name', '王女士');
  await desk.fill('#note-question', '几点开门？');
  await desk.fill('#note-answer', '工作日9点（示例）。');
  await desk.getByRole('button', { name: '登记', exact: true }).click();
  await desk.getByText('已登记。').waitFor();
  await inspect(desk, 'questions-noted-1440');
  await signOutOfficer(desk);
});

test('a finished case is rated low; the bureau replies; the applicant reads it', async () => {
  const who = await server.w.client().applicant('13800139903', '示例·评价人');
  const { case: c } = await server.w.licensed(who, TWO);
  const page = await openPage(browser, server.base, PHONE);
  await signInApplicant(page, '13800139903', '示例·评价人');
  await page.goto(`/cases/${c.id}`);
  await page.getByText('评价这次办事').waitFor();
  await page.locator('label.choice', { hasText: '不满意' }).nth(0).click();
  await page.locator('label.choice', { hasText: '办得慢' }).click();
  await page.fill('#rating-note', '等得久（示例）');
  await inspect(page, 'rating-form-360');
  await page.getByRole('button', { name: '提交评价' }).click();
  await page.getByText('审批局会了解情况并答复您').waitFor();
  await signInOfficer(desk, /审批服务管理局 · 海勃湾区/);
  await desk.goto('/office/ratings');
  await desk.getByText('等得久（示例）').waitFor();
  await inspect(desk, 'ratings-1440');
  await desk.getByRole('button', { name: /去答复/ }).first().click();
  await desk.locator('form textarea').fill('已增加人手（示例）。');
  await desk.getByRole('button', { name: '答复', exact: true }).click();
  await desk.getByText('没有等待答复的差评').waitFor();
  await page.reload();
  await page.getByText('答复：已增加人手（示例）。').waitFor();
  await inspect(page, 'rating-replied-360');
});
