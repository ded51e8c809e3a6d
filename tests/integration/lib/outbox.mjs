// Notices going out by one engine's database: handed to an SMS gateway and an SMTP server. Each engine is a file of its
// own: what one of them waits for must not keep the other's gateway from answering.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sleep, until } from './env.mjs';
import { assertProblem } from './client.mjs';
import { sql } from './database.mjs';
import { configure, MailServer, readMail, SmsGateway } from './gateways.mjs';
import { demoPlace, Server } from './server.mjs';
import { TWO, World } from './world.mjs';

const TOKEN = 'geheim-0123456789';
let serial = 0;
export const phone = () => `1990000${String(++serial).padStart(4, '0')}`;
const PAUSES = [30, 120, 600, 3600, 21600];

/** Dispatches of their own, put in at once behind the server's back: their ids. */
export function tellAll(server, all) {
  const rows = all.map((one) => ({ channel: 'sms', title: '受理', body: '测试', user: 'NULL', item: 'NULL', ...one, id: 1000 + ++serial }));
  const message = rows.map((r) => `(${r.id}, ${r.user}, '${r.title}', '${r.body}', ${r.item}, ${server.now()}, 'assigned')`);
  const dispatch = rows.filter((r) => r.address).map((r) => `(${r.id}, ${r.id}, '${r.channel}', '${r.address}', 'queued', 1, ${server.now()})`);
  sql(server, `INSERT INTO message (id, user_id, title, body, item_id, created_at, template) VALUES ${message.join()};
    ${dispatch.length ? `INSERT INTO dispatch (id, message_id, channel, address, state, next_at, created_at) VALUES ${dispatch.join()};` : ''}`);
  return rows.map((r) => String(r.id));
}

export const tell = (server, one) => tellAll(server, [one])[0];

export const goingOut = (engine) => describe(`notices going out on ${engine}`, () => {
  let server, w, sms, mail, admin;
  before(async () => {
    sms = await new SmsGateway().up();
    mail = await new MailServer().up();
    const place = demoPlace(engine);
    configure(place.data, `[sms]\nurl = ${sms.url}\ntoken_file = sms-token\n[email]\nurl = smtp://127.0.0.1:${mail.port}\nfrom = notice@example.org\nfrom_name = 示例审批局\n`, { 'sms-token': TOKEN });
    server = await new Server(place, []).up();
    w = new World(server);
    admin = await w.officer('admin');
  });
  after(async () => {
    server.assertLogClean();
    w.close();
    await server.stop();
    await sms.down();
    await mail.down();
  });
  const dispatches = (state) => admin.get(`/api/v1/dispatches?state=${state}&limit=100`);
  const find = async (state, id) => (await dispatches(state)).items.find((d) => d.id === id);

  test('nothing of the demonstration data goes out to made-up people', async () => {
    await sleep(1500);
    assert.deepEqual(sms.got, []);
  });

  test('a one-time code: one SMS with its key and token; the code stands nowhere else', async () => {
    const to = phone();
    const sent = await w.client().post('/api/v1/codes', { phone: to });
    const [one] = await until('the SMS', () => sms.to(to).length && sms.to(to));
    assert.deepEqual([one.method, one.path, one.type, one.auth], ['POST', '/send', 'application/json', `Bearer ${TOKEN}`]);
    assert.equal(one.key, one.id);
    assert.match(one.id, /^\d+$/);
    assert.equal(one.template, 'sign_in_code');
    assert.equal(one.text, `登录验证码：您的验证码是 ${sent.demo_code}，5分钟内有效，请勿告诉他人。`);
    await until('the mark', () => sql(server, `SELECT state FROM dispatch WHERE id = ${one.id}`) === 'sent');
    await sleep(1200);
    assert.equal(sms.to(to).length, 1);
    for (const state of ['failed', 'queued', 'leased']) assert.ok(!JSON.stringify(await dispatches(state)).includes(sent.demo_code));
    assert.ok(!server.log.includes(sent.demo_code) && !server.log.includes(TOKEN) && !server.log.includes(to));
    assert.ok(!existsSync(join(server.data, 'outbox.jsonl')), 'nothing goes to the file beside the gateway');
  });

  test('a code that comes too late is not sent', async () => {
    const to = phone();
    sms.answer = () => 503;
    await w.client().post('/api/v1/codes', { phone: to });
    await until('the first try', () => sms.to(to).length === 1);
    sms.answer = () => 200;
    const id = sms.to(to)[0].id;
    // Noted before the clock moves: the pause counts from the note.
    await until('the note of it', async () => (await find('queued', id))?.last_error);
    server.advance({ seconds: 301 });
    const dead = await until('the dead letter', () => find('failed', id));
    assert.match(dead.last_error, /有效期/);
    assert.equal(sms.to(to).length, 1);
  });

  test('500: tried again after 30 s, 2 min, 10 min, 1 h, 6 h, under one id; then failed; revived by the administrator', async () => {
    const to = phone();
    sms.answer = (one) => (one.phone === to ? 500 : 200);
    const id = tell(server, { address: to, body: '要紧的事' });
    const tried = (n) => until(`try ${n}`, () => sms.to(to).length >= n);
    await tried(1);
    for (const [i, pause] of PAUSES.entries()) {
      const waiting = await until('the queue', () => find('queued', id));
      assert.deepEqual([waiting.attempts, waiting.last_error], [i + 1, '短信网关答复 500']);
      assert.equal(waiting.address, `${to.slice(0, 3)}****${to.slice(-4)}`);
      assert.ok(!JSON.stringify(waiting).includes('要紧'));
      const left = Date.parse(waiting.next_at) - server.now();
      assert.ok(left > (pause - 10) * 1000 && left <= (pause + 1) * 1000, `${left} ms for ${pause} s`);
      server.advance({ seconds: pause - 10 });
      await sleep(1300);
      assert.equal(sms.to(to).length, i + 1, 'not before its time');
      server.advance({ seconds: 10 });
      await tried(i + 2);
    }
    const dead = await until('the dead letter', () => find('failed', id));
    assert.deepEqual([dead.attempts, dead.next_at, dead.channel], [6, null, 'sms']);
    assert.deepEqual(new Set(sms.to(to).flatMap((one) => [one.id, one.key])), new Set([id]));
    const failed = Number(/yizheng_dispatches\{state="failed"\} (\d+)/.exec(String(await admin.get('/metrics')))[1]);
    const counted = (await dispatches('failed')).counts.filter((c) => c.state === 'failed').reduce((n, c) => n + c.n, 0);
    assert.ok(failed >= 1);
    assert.equal(failed, counted);
    sms.answer = () => 200;
    for (const login of ['hbw-spj', 'hbw-ck', 'hbw-scjg']) assertProblem(await (await w.officer(login)).call('POST', `/api/v1/dispatches/${id}/retry`), 403, 'forbidden');
    await admin.ok('POST', `/api/v1/dispatches/${id}/retry`);
    await tried(7);
    await until('sent', () => sql(server, `SELECT state FROM dispatch WHERE id = ${id}`) === 'sent');
    assertProblem(await admin.call('POST', `/api/v1/dispatches/${id}/retry`), 404, 'not_found');
    assert.equal(sms.to(to).length, 7);
    assert.ok((await dispatches('failed')).counts.some((c) => c.state === 'sent' && c.channel === 'sms' && c.n >= 1));
  });

  test('4xx is final at once, but 408 and 429 are not', async () => {
    const status = new Map([[phone(), 400], [phone(), 404], [phone(), 408], [phone(), 429]]);
    sms.answer = (one) => status.get(one.phone) ?? 200;
    const ids = new Map([...status.keys()].map((to) => [to, tell(server, { address: to })]));
    for (const [to, code] of status) {
      const state = code === 408 || code === 429 ? 'queued' : 'failed';
      const one = await until(`${code} is ${state}`, async () => {
        const d = await find(state, ids.get(to));
        return d?.last_error && d;
      });
      assert.deepEqual([one.attempts, one.last_error], [1, `短信网关答复 ${code}`]);
    }
    sms.answer = () => 200;
    server.advance({ seconds: 31 });
    for (const [to, code] of status) if (code === 408 || code === 429) await until(`${code} again`, () => sms.to(to).length === 2);
    assert.ok([...status].every(([to, code]) => code === 408 || code === 429 || sms.to(to).length === 1));
  });

  test('a gateway that does not answer holds up neither requests nor the clocks, and is given up after 10 s', async () => {
    const to = phone();
    const who = await w.applicant();
    sms.answer = (one) => (one.phone === to ? null : 200);
    const id = tell(server, { address: to });
    await until('the call', () => sms.to(to).length === 1);
    const signed = () => Number(sql(server, 'SELECT MAX(size) FROM tree_head'));
    const before = signed();
    await w.submitted(who, TWO);
    await until('a signed head of the new act', () => signed() > before, 5000);
    assert.equal(sql(server, `SELECT state FROM dispatch WHERE id = ${id}`), 'leased');
    const waiting = await until('giving up', () => find('queued', id), 20000);
    assert.match(waiting.last_error, /连接失败/);
    sms.answer = () => 200;
    server.advance({ seconds: 31 });
    await until('the second try', () => sms.to(to).length === 2);
  });

  test('e-mail: readable, one addressee, its id as Message-ID; 550 is final, 451 is not', async () => {
    mail.refuse = { 'gone@example.net': '550 no such mailbox', 'busy@example.net': '451 later' };
    const title = '有事项交给您办理：标题很长，长到一行放不下，所以要分成几段编码，一段也不能少，顺序也不能乱';
    const good = tell(server, { channel: 'email', address: 'officer@example.net', title, body: '第一行，\n.第二行' });
    const gone = tell(server, { channel: 'email', address: 'gone@example.net' });
    const busy = tell(server, { channel: 'email', address: 'busy@example.net' });
    const evil = tell(server, { channel: 'email', address: 'a@b.example\r\nRCPT TO:<x@example.net>' });
    const [one] = await until('the mail', () => mail.got.length && mail.got);
    assert.deepEqual([one.from, one.to], ['notice@example.org', ['officer@example.net']]);
    assert.ok(one.lines.every((l) => l.length <= 76), 'lines of a mail are short');
    const { headers, text } = readMail(one);
    assert.equal(headers.subject, title);
    assert.equal(headers.from, '示例审批局 <notice@example.org>');
    assert.equal(headers.to, '<officer@example.net>');
    assert.equal(headers['message-id'], `<dispatch-${good}@example.org>`);
    assert.match(headers.date, /^\w{3}, \d{1,2} \w{3} 20\d\d \d\d:\d\d:\d\d \+0800$/);
    assert.equal(text, '第一行，\n.第二行');
    assert.match((await until('550', () => find('failed', gone))).last_error, /550/);
    assert.match((await until('451', async () => (await find('queued', busy))?.last_error && find('queued', busy))).last_error, /451/);
    assert.match((await until('no address', () => find('failed', evil))).last_error, /邮箱写法不对/);
    assert.equal((await find('failed', gone)).address, 'go***@example.net');
    mail.refuse = {};
    server.advance({ seconds: 31 });
    await until('the second try', () => mail.got.length === 2);
    assert.deepEqual(mail.got.map((m) => m.to), [['officer@example.net'], ['busy@example.net']]);
  });

  test('kill -9 between the act and the sending: what was acknowledged is told, once', async () => {
    for (let i = 0; i < 4; i++) {
      const to = phone();
      const sent = await w.client().post('/api/v1/codes', { phone: to });
      await server.restart('SIGKILL');
      await until('the SMS', () => sms.to(to).length);
      await sleep(1200);
      const got = sms.to(to);
      assert.equal(new Set(got.map((one) => one.id)).size, 1);
      assert.ok(got.every((one) => one.text.includes(sent.demo_code)));
    }
  });

  test('kill -9 between the answer of the gateway and the mark: told again under the same id', async () => {
    for (const answered of [200, null, 500, 200]) {
      const to = phone();
      sms.answer = async (one) => {
        if (one.phone !== to || sms.to(to).length > 1) return 200;
        if (answered !== null) setImmediate(() => server.down('SIGKILL'));
        else await server.down('SIGKILL');
        return answered;
      };
      const id = tell(server, { address: to });
      await until('the end of the server', () => !server.alive());
      await server.up();
      await sleep(1300);
      const before = sms.to(to).length;
      const marked = sql(server, `SELECT state FROM dispatch WHERE id = ${id}`) === 'sent';
      server.advance({ seconds: 61 });
      if (!marked) await until('the lease to run out', () => sms.to(to).length > before);
      await until('the mark', () => sql(server, `SELECT state FROM dispatch WHERE id = ${id}`) === 'sent');
      server.advance({ seconds: 61 });
      await sleep(1300);
      assert.equal(sms.to(to).length, marked ? before : before + 1);
      assert.deepEqual(new Set(sms.to(to).flatMap((one) => [one.id, one.key])), new Set([id]));
    }
    sms.answer = () => 200;
  });

  test('many at once: each once', async () => {
    const all = Array.from({ length: 150 }, phone);
    const ids = tellAll(server, all.map((address) => ({ address })));
    await until('all of them', () => all.every((to) => sms.to(to).length), 60000);
    await sleep(1200);
    assert.deepEqual(all.map((to) => sms.to(to).map((one) => one.id)), ids.map((id) => [id]));
  });
});
