// Notices to people: handed to an SMS gateway, an SMTP server or a file; once each, whatever dies meanwhile;
// tried again with growing pauses, then a dead letter that somebody can revive.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, PG, sleep, until, yizheng } from './lib/env.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { sql } from './lib/database.mjs';
import { configure, MailServer, readMail, SmsGateway } from './lib/gateways.mjs';
import { demoPlace, Server, startServer } from './lib/server.mjs';
import { TWO, World } from './lib/world.mjs';

const TOKEN = 'geheim-0123456789';
let serial = 0;
const phone = () => `1990000${String(++serial).padStart(4, '0')}`;
const PAUSES = [30, 120, 600, 3600, 21600];

/** A dispatch of its own, put in behind the server's back: there is nobody yet who writes mail to officers. */
function tell(server, { channel = 'sms', address, title = '受理', body = '测试', user = 'NULL', item = 'NULL' }) {
  const id = 1000 + ++serial;
  sql(server, `INSERT INTO message (id, user_id, title, body, item_id, created_at, template) VALUES (${id}, ${user}, '${title}', '${body}', ${item}, ${server.now()}, 'assigned');
    ${address ? `INSERT INTO dispatch (id, message_id, channel, address, state, next_at, created_at) VALUES (${id}, ${id}, '${channel}', '${address}', 'queued', 1, ${server.now()});` : ''}`);
  return String(id);
}

// Most of this is waiting: both engines wait at the same time.
describe('notices going out', { concurrency: true }, () => {
  for (const engine of ENGINES)
    describe(`on ${engine}`, { concurrency: 1 }, () => {
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
        const stop = all.map((to) => tell(server, { address: to }));
        await until('all of them', () => all.every((to) => sms.to(to).length), 60000);
        await sleep(1200);
        assert.ok(all.every((to, i) => sms.to(to).length === 1 && sms.to(to)[0].id === stop[i]));
      });
    });
});

describe('what people read', () => {
  let server, w;
  before(async () => {
    server = await startServer();
    w = new World(server);
  });
  after(async () => {
    w.close();
    await server.stop();
  });

  test('officers see theirs and nobody else’s; reading is kept; what came later stays unread', async () => {
    const one = await w.officer('hbw-scjg');
    const other = await w.officer('hbw-wjw');
    const item = (await one.get('/api/v1/items')).items[0];
    // What the demonstration data has told them is no part of this.
    sql(server, `DELETE FROM message WHERE user_id IN (${one.user.id}, ${other.user.id})`);
    assert.deepEqual(await one.get('/api/v1/messages'), { items: [], unread: 0, next_cursor: null });
    const ids = [1, 2, 3].map((n) => tell(server, { title: `第${n}条`, user: one.user.id, item: item.id }));
    const list = await one.get('/api/v1/messages?limit=2');
    assert.deepEqual(list.items.map((m) => m.id), [ids[2], ids[1]]);
    assert.equal(list.unread, 3);
    assert.deepEqual([list.items[0].item_id, list.items[0].read_at, list.items[0].important], [item.id, null, false]);
    assert.deepEqual((await one.get(`/api/v1/messages?limit=2&cursor=${list.next_cursor}`)).items.map((m) => m.id), [ids[0]]);
    assert.equal((await other.get('/api/v1/messages')).unread, 0);
    assert.deepEqual((await one.get('/api/v1/messages?case=1')).items, [], 'about another case');
    assertPointer(await one.call('GET', '/api/v1/messages?case=x'), '/case', 'bad_id');
    assertProblem(await other.call('POST', `/api/v1/messages/${ids[0]}/read`), 404, 'not_found');
    assertProblem(await one.call('POST', '/api/v1/messages/999/read'), 404, 'not_found');
    assertProblem(await one.call('POST', `/api/v1/messages/${ids[0]}/read`, { headers: { 'X-CSRF-Token': 'x' } }), 403, 'csrf_failed');
    for (let i = 0; i < 2; i++) await one.ok('POST', `/api/v1/messages/${ids[0]}/read`);
    assert.equal((await one.get('/api/v1/messages')).unread, 2);
    await one.post('/api/v1/messages/read-all', { up_to: ids[1] });
    const now = await one.get('/api/v1/messages');
    assert.deepEqual(now.items.map((m) => m.read_at !== null), [false, true, true]);
    assert.equal(now.unread, 1);
    assertProblem(await one.call('POST', '/api/v1/messages/read-all', { json: { up_to: 'x' } }), 422, 'invalid_input');
    await one.ok('POST', '/api/v1/messages/read-all');
    assert.equal((await one.get('/api/v1/messages')).unread, 0);
    assertProblem(await w.client().call('GET', '/api/v1/messages'), 401, 'unauthenticated');
  });

  test('who may look at the dispatches', async () => {
    const who = await w.applicant();
    for (const client of [who, await w.officer('hbw-ck'), await w.officer('hbw-scjg')]) assertProblem(await client.call('GET', '/api/v1/dispatches'), 403, 'forbidden');
    for (const login of ['hbw-spj', 'wh-spj', 'admin']) assert.deepEqual((await (await w.officer(login)).get('/api/v1/dispatches')).items, []);
    assertProblem(await (await w.officer('admin')).call('GET', '/api/v1/dispatches?state=sent'), 422, 'invalid_input');
  });

  test('without a gateway everything goes to the file, readable by the service only', async () => {
    const to = phone();
    const sent = await w.client().post('/api/v1/codes', { phone: to });
    const file = join(server.data, 'outbox.jsonl');
    const line = await until('the line', () => existsSync(file) && readFileSync(file, 'utf8').split('\n').find((l) => l.includes(to)));
    const one = JSON.parse(line);
    assert.deepEqual([one.channel, one.to, one.template, one.title], ['sms', to, 'sign_in_code', '登录验证码']);
    assert.ok(one.text.includes(sent.demo_code));
    assert.match(one.at, /\+08:00$/);
    await until('the mark', () => sql(server, `SELECT channel FROM dispatch WHERE id = ${BigInt(/"id":(\d+)/.exec(line)[1])} AND state = 'sent'`) === 'file');
  });

  test('a wrong notices.ini keeps the server from starting, and says everything that is wrong', () => {
    const place = demoPlace();
    configure(place.data, '[sms]\nurl = example.org\nsecret = x\n[email]\nurl = smtp://127.0.0.1\ntoken_file = none\n');
    const r = yizheng(['serve', '--data', place.data, '--listen', '127.0.0.1:0']);
    assert.equal(r.code, 3, r.err);
    for (const what of ['notices.ini [sms] url：应为http', 'notices.ini [sms] secret：没有这个设置', 'notices.ini [email] token_file：', 'notices.ini [email] from：没有写']) assert.ok(r.err.includes(what), `${what} in ${r.err}`);
    place.remove();
  });
});

describe('two nodes, one database', { skip: PG ? false : 'YZ_TEST_PG is not set: two nodes not tested' }, () => {
  let sms, place, one, two;
  before(async () => {
    sms = await new SmsGateway().up();
    place = demoPlace('postgres');
    configure(place.data, `[sms]\nurl = ${sms.url}\n`);
    one = await new Server(place, []).up();
    two = await new Server(place, []).up();
  });
  after(async () => {
    await one.down();
    assert.equal(await two.down(), 0);
    place.remove();
    await sms.down();
  });

  test('each notice goes out once, whichever node takes it', async () => {
    sms.answer = async () => {
      await sleep(30);
      return 200;
    };
    const all = Array.from({ length: 400 }, phone);
    const rows = all.map((to, i) => [2000000 + i, to]);
    sql(one, `INSERT INTO message (id, title, body, created_at) VALUES ${rows.map(([id]) => `(${id}, '多', '节点', ${one.now()})`).join()};
      INSERT INTO dispatch (id, message_id, channel, address, state, next_at, created_at) VALUES ${rows.map(([id, to]) => `(${id}, ${id}, 'sms', '${to}', 'queued', 1, 1)`).join()};`);
    await until('all sent', () => sql(one, "SELECT COUNT(*) FROM dispatch WHERE state <> 'sent'") === '0', 60000);
    const got = sms.got.filter((o) => all.includes(o.phone));
    assert.equal(got.length, all.length);
    assert.equal(new Set(got.map((o) => o.id)).size, all.length);
  });

  test('a dead node holds nothing for ever', async () => {
    const to = phone();
    sms.answer = (o) => (o.phone === to && sms.to(to).length === 1 ? null : 200);
    const id = tell(one, { address: to });
    await until('the call', () => sms.to(to).length === 1);
    await one.down('SIGKILL');
    // Whoever held it: the lease of the dead node runs out, or the living one gives up after 10 s and tries again.
    let offset = 0;
    await until('the second try', () => {
      two.setOffset((offset += 500));
      return sms.to(to).length === 2;
    }, 40000);
    await until('the mark', () => sql(two, `SELECT state FROM dispatch WHERE id = ${id}`) === 'sent');
    assert.deepEqual(sms.to(to).map((o) => o.id), [id, id]);
  });
});
