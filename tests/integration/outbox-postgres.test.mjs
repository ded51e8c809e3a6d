// What outbox.test.mjs asks of SQLite, on PostgreSQL, and two nodes on one database.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PG, sleep, until } from './lib/env.mjs';
import { sql } from './lib/database.mjs';
import { configure, SmsGateway } from './lib/gateways.mjs';
import { goingOut, phone, tell, tellAll } from './lib/outbox.mjs';
import { demoPlace, Server } from './lib/server.mjs';

if (PG) goingOut('postgres');

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
    tellAll(one, all.map((address) => ({ address, title: '多', body: '节点' })));
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
