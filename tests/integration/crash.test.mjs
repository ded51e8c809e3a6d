// Nothing acknowledged is ever lost (R9.3): kill -9 under load, again and again; after each restart
// every answer that a client got is true, nothing is half done, and the log is whole.
import assert from 'node:assert/strict';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, sleep, until } from './lib/env.mjs';
import { sql } from './lib/database.mjs';
import { startServer } from './lib/server.mjs';
import { loginOf, TWO, World } from './lib/world.mjs';

const CRASHES = Number(process.env.SOAK ?? process.env.YZ_CRASHES ?? 15);
const CLIENTS = 3;

/** Works until the server is gone; notes what was acknowledged: case, item -> state. */
async function work(w, who, known, stop) {
  const seen = (kind, id, value) => known.set(`${kind} ${id}`, value);
  try {
    while (!stop.now) {
      const ready = await w.prepare(who, TWO);
      seen('files', ready.id, ready.attachments.map((a) => a.sm3).sort().join());
      const c = await w.submit(who, ready);
      seen('case', c.id, c.number);
      for (const item of c.items) {
        const accepted = await w.act(item, 'accept');
        seen('item', item.id, { rank: 1, state: accepted.state });
      }
      await w.inspect(c.items[0]);
      for (const item of c.items) {
        const granted = await w.act(item, 'grant');
        seen('item', item.id, { rank: 2, state: granted.state, number: granted.decision.number });
      }
      const issued = await w.issue(c);
      if (issued.status === 200) seen('licence', c.id, issued.json.number);
    }
  } catch (e) {
    // The connection breaks when the server is killed; anything else is a fault.
    if (!stop.now && e.code !== 'ECONNRESET' && e.code !== 'ECONNREFUSED' && e.code !== 'EPIPE') throw e;
    if (e.name === 'AssertionError') throw e;
  }
}

async function assertKept(w, who, known) {
  for (const [key, value] of known) {
    const [kind, id] = key.split(' ');
    if (kind === 'item') continue;
    const c = await who.get(`/api/v1/cases/${id}`);
    if (kind === 'case') {
      assert.equal(c.number, value);
      assert.equal(c.items.length, 2, 'all items or none');
      for (const i of c.items) {
        const k = known.get(`item ${i.id}`);
        if (!k) continue;
        const rank = { received: 0, accepted: 1, granted: 2 }[i.state];
        assert.ok(rank >= k.rank, `item ${i.id} was ${k.state}, is ${i.state}`);
        if (k.number) assert.equal(i.decision.number, k.number);
      }
    }
    if (kind === 'files') assert.deepEqual(c.attachments.map((a) => a.sm3).sort().join(), value);
    if (kind === 'licence') assert.equal(c.licence.number, value);
  }
  for (const [key] of known) known.delete(key);
}

for (const engine of ENGINES)
  describe(`kill -9 on ${engine}`, () => {
    let server, w, people;
    before(async () => {
      server = await startServer({ engine, args: ['--log-level', 'error'] });
      w = new World(server);
      people = [];
      for (let i = 0; i < CLIENTS; i++) people.push(await w.applicant());
      for (const d of ['D-HBW-SCJG', 'D-WH-YC']) await w.officer(loginOf(d));
      await w.bureau();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    test(`${CRASHES} kills under load`, async () => {
      let acknowledged = 0;
      for (let i = 0; i < CRASHES; i++) {
        const known = people.map(() => new Map());
        const stop = { now: false };
        const running = people.map((p, k) => work(w, p, known[k], stop));
        // Never a round without an answer, however slow the machine; then anywhere in the work.
        const answers = () => known.reduce((n, k) => n + k.size, 0);
        await until('first answers', () => answers() > i % 4, 60000);
        await sleep((i * 137) % 500);
        stop.now = true;
        assert.equal(await server.down('SIGKILL'), 'SIGKILL');
        await Promise.all(running);
        await server.up();
        acknowledged += answers();
        await Promise.all(people.map((p, k) => assertKept(w, p, known[k])));
        if (i % 5 === 4) server.assertLogClean();
      }
      assert.ok(acknowledged > CRASHES * 3, `only ${acknowledged} answers in ${CRASHES} rounds`);
    });

    test('uploads that a crash cut off are swept away after a day, younger ones are left alone', async () => {
      const blob = (name) => join(server.data, 'blobs', `incoming-${name}`);
      for (const name of ['old', 'young']) writeFileSync(blob(name), 'x');
      const yesterday = Date.now() / 1000 - 25 * 3600;
      utimesSync(blob('old'), yesterday, yesterday);
      await server.restart();
      assert.deepEqual(['old', 'young'].map((n) => existsSync(blob(n))), [false, true]);
    });

    test('nothing half done is in the database', () => {
      const zero = (query) => assert.equal(sql(server, query), '0', query);
      zero("SELECT COUNT(*) FROM licensing_case c WHERE state <> 'draft' AND n_items <> (SELECT COUNT(*) FROM item i WHERE i.case_id = c.id)");
      zero("SELECT COUNT(*) FROM item i JOIN licensing_case c ON c.id = i.case_id WHERE c.state = 'draft'");
      zero('SELECT COUNT(*) FROM licence l WHERE NOT EXISTS (SELECT 1 FROM licensing_case c WHERE c.id = l.case_id AND c.licence_number = l.number)');
      zero("SELECT COUNT(*) FROM item i WHERE state = 'granted' AND NOT EXISTS (SELECT 1 FROM permit p WHERE p.item_id = i.id)");
      zero('SELECT COUNT(*) - COUNT(DISTINCT number) FROM licensing_case WHERE number IS NOT NULL');
      assert.equal(sql(server, 'SELECT COUNT(*) FROM ledger'), sql(server, 'SELECT size FROM ledger_head'));
    });
  });
