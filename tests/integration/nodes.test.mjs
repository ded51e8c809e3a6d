// Several server processes on one PostgreSQL database (R10.2): they contradict each other never.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PG } from './lib/env.mjs';
import { Server, startServer } from './lib/server.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

describe('two nodes on one database', { skip: PG ? false : 'YZ_TEST_PG is not set: two nodes not tested' }, () => {
  let one, two, a, b, who;
  before(async () => {
    one = await startServer({ engine: 'postgres' });
    two = await new Server(one.place, []).up();
    a = new World(one);
    b = new World(two);
    who = await a.applicant();
  });
  after(async () => {
    one.assertLogClean();
    a.close();
    b.close();
    assert.equal(await two.down(), 0);
    await one.stop();
  });
  /** The same person at the other node: sessions are in the database. */
  const there = (client, world) => Object.assign(world.client(), { cookie: client.cookie, csrf: client.csrf, user: client.user });

  test('what one has written the other reads at once', async () => {
    const other = there(who, b);
    for (let i = 0; i < 10; i++) {
      const c = await a.create(who, TWO);
      assert.equal((await other.get(`/api/v1/cases/${c.id}`)).version, c.version);
    }
  });

  test('officers at both nodes race 60 times: one wins each time', async () => {
    for (let i = 0; i < 15; i++) {
      const c = await a.submitted(who, TWO);
      for (const act of ['accept', 'grant']) {
        if (act === 'grant') await a.inspect(c.items[0]);
        for (const item of c.items) {
          const here = await a.officer(loginOf(item.department.code));
          const remote = await b.officer(`${loginOf(item.department.code)}-2`);
          const { version } = await here.get(`/api/v1/items/${item.id}`);
          const both = await Promise.all([here, remote].map((o) => o.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json: {}, match: version, key: true })));
          assert.deepEqual(both.map((x) => x.status).sort(), [200, 412]);
        }
      }
      const now = await who.get(`/api/v1/cases/${c.id}`);
      const issued = await Promise.all([a, b].map((world) => world.issue(c, { match: now.version })));
      assert.equal(issued.filter((x) => x.status === 200).length, 1);
    }
  });

  test('one key at both nodes acts once; numbers are never given twice', async () => {
    const other = there(who, b);
    const ready = await Promise.all(Array.from({ length: 8 }, () => a.prepare(who, TWO)));
    const sent = await Promise.all(ready.flatMap((c) => [who, other].map((client) => client.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: c.version, key: `both-nodes-${c.id}` }))));
    for (const x of sent) assert.equal(x.status, 200, String(x.body));
    assert.equal(new Set(sent.map((x) => x.json.number)).size, ready.length);
  });

  test('the death of one leaves the other working', async () => {
    await two.down('SIGKILL');
    const c = await a.submitted(who, TWO);
    await a.grantAll(c);
    assert.equal((await a.issue(c)).status, 200);
    await two.up();
    const other = there(who, b);
    assert.equal((await other.get(`/api/v1/cases/${c.id}`)).state, 'issued');
  });
});
