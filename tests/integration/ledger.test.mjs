// The log finds every edit made behind the server's back (R8.3), and outsiders can check it alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ENGINES, yizheng } from './lib/env.mjs';
import { createDatabase, databaseUrl, dropDatabase, sql } from './lib/database.mjs';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { canonical, headSigned, leafHash, licenceSigned, rootOf, treeRoot } from './lib/merkle.mjs';
import { TWO, World } from './lib/world.mjs';

/** The leaf that a row with another body would have: what a careful forger writes too. */
function forgedLeaf(place, seq, change) {
  const cols = ['seq', 'at', 'effective_on', 'actor_id', 'actor_kind', 'department', 'act', 'case_id', 'item_id', 'body'];
  const quote = place.db ? cols.map((c) => `'${c}', ${c}`) : cols.map((c) => `'${c}', ${c}`);
  const make = place.db ? 'json_build_object' : 'json_object';
  // Instants are below 2^53, ids are not: they come as text.
  const row = JSON.parse(sql(place, `SELECT ${make}(${quote.map((q) => q.replace(/, (\w+)$/, ', CAST($1 AS TEXT)')).join(', ')}) FROM ledger WHERE seq = ${seq}`));
  const changed = { ...row, ...change };
  return { row: changed, leaf: leafHash(canonical(changed)).toString('hex') };
}

const hex = (place, h) => (place.db ? `'\\x${h}'` : `x'${h}'`);
const n = (place) => Number(sql(place, 'SELECT COUNT(*) FROM ledger'));
const middle = (place) => Math.floor(n(place) / 2);
const COLS = 'at, effective_on, actor_id, actor_kind, department, act, case_id, item_id, body, leaf';

/** name, what is done to the database, what the report must say. */
const FORGERIES = [
  ['an altered body', (p) => sql(p, `UPDATE ledger SET body = '{"x":1}' WHERE seq = ${middle(p)}`), /第 \d+ 条：内容与其摘要不符/],
  ['an altered act', (p) => sql(p, `UPDATE ledger SET act = 'deny' WHERE seq = (SELECT MAX(seq) FROM ledger WHERE act = 'grant')`), /内容与其摘要不符/],
  ['an altered actor', (p) => sql(p, `UPDATE ledger SET actor_id = 42 WHERE seq = ${middle(p)}`), /内容与其摘要不符/],
  ['an altered effective date', (p) => sql(p, `UPDATE ledger SET effective_on = effective_on - 3 WHERE seq = ${middle(p)}`), /内容与其摘要不符/],
  ['an altered body with its leaf made to fit', (p) => {
    const seq = sql(p, "SELECT MAX(seq) FROM ledger WHERE act = 'accept'");
    const { leaf } = forgedLeaf(p, seq, { body: '{"note":"x","to":"accepted"}' });
    sql(p, `UPDATE ledger SET body = '{"note":"x","to":"accepted"}', leaf = ${hex(p, leaf)} WHERE seq = ${seq}`);
  }, /树头|头部/],
  ['a row removed in the middle', (p) => sql(p, `DELETE FROM ledger WHERE seq = ${middle(p)}`), /序号不连续/],
  ['the last row removed', (p) => sql(p, 'DELETE FROM ledger WHERE seq = (SELECT MAX(seq) FROM ledger)'), /被删除/],
  ['the last row removed and the others renumbered over the gap', (p) => {
    sql(p, `DELETE FROM ledger WHERE seq = ${middle(p)}`);
    sql(p, `UPDATE ledger SET seq = -seq WHERE seq > ${middle(p)}`);
    sql(p, 'UPDATE ledger SET seq = -seq - 1 WHERE seq < 0');
  }, /摘要不符|被删除/],
  ['a row inserted at the end', (p) => sql(p, `INSERT INTO ledger (seq, ${COLS}) SELECT seq + 1, ${COLS} FROM ledger WHERE seq = (SELECT MAX(seq) FROM ledger)`), /插入|摘要不符/],
  ['two rows swapped', (p) => sql(p, `UPDATE ledger SET seq = -1 WHERE seq = 5; UPDATE ledger SET seq = 5 WHERE seq = 6; UPDATE ledger SET seq = 6 WHERE seq = -1`), /摘要不符/],
  ['a back-dated record', (p) => sql(p, `UPDATE ledger SET at = at - 86400000 WHERE seq = (SELECT MAX(seq) FROM ledger)`), /倒填|摘要不符/],
  ['a changed item state', (p) => sql(p, `UPDATE item SET state = 'granted' WHERE id = (SELECT MAX(id) FROM item WHERE state = 'denied')`), /状态是“准予”，日志记载为“不予许可”/],
  ['a changed case state', (p) => sql(p, `UPDATE licensing_case SET state = 'issued' WHERE id = (SELECT MAX(id) FROM licensing_case WHERE state = 'in_progress')`), /办件 .* 的状态与其事项不符/],
  ['a deleted permit', (p) => sql(p, 'DELETE FROM permit WHERE id = (SELECT MAX(id) FROM permit)'), /已准予，却没有许可记录/],
  ['a changed permit number', (p) => sql(p, `UPDATE permit SET number = 'JY19999999999999' WHERE id = (SELECT MAX(id) FROM permit)`), /许可 JY19999999999999 与日志中的准予记录不符/],
  ['a permit\'s validity made longer', (p) => sql(p, 'UPDATE permit SET valid_until = valid_until + 3650 WHERE id = (SELECT MAX(id) FROM permit WHERE valid_until IS NOT NULL)'), /许可/],
  ['a permit given to another holder', (p) => sql(p, `UPDATE permit SET uscc = '91150302MA00000074' WHERE id = (SELECT MAX(id) FROM permit)`), /许可/],
  ['a changed licence text', (p) => sql(p, `UPDATE licence SET payload = payload || 'A' WHERE number = (SELECT MAX(number) FROM licence)`), /证照 .* 与日志中的颁发记录不符/],
  ['a licence\'s holder changed', (p) => sql(p, `UPDATE licence SET holder = '冒名' WHERE number = (SELECT MAX(number) FROM licence)`), /证照/],
  ['a licence\'s end made later', (p) => sql(p, `UPDATE licence SET expires_on = expires_on + 3650 WHERE number = (SELECT MAX(number) FROM licence WHERE expires_on IS NOT NULL)`), /证照/],
  ['a deleted licence', (p) => sql(p, 'DELETE FROM licence WHERE number = (SELECT MAX(number) FROM licence)'), /证照版本不在数据库中/],
  ['a deleted item', (p) => sql(p, 'DELETE FROM item WHERE id = (SELECT MAX(id) FROM item)'), /不在数据库中/],
  ['an item nobody submitted', (p) => sql(p, `INSERT INTO item (id, case_id, permit, department, region, state, version, received_on, seen_digest) SELECT id + 1, case_id, permit, department, region, 'received', 1, received_on, seen_digest FROM item WHERE id = (SELECT MAX(id) FROM item)`), /没有任何办理记录/],
  ['a smaller size in the head', (p) => sql(p, 'UPDATE ledger_head SET size = size - 1'), /头部/],
  ['a changed frontier', (p) => sql(p, `UPDATE ledger_head SET frontier = ${hex(p, '00'.repeat(40))}`), /头部/],
  ['a deleted head', (p) => sql(p, 'DELETE FROM ledger_head'), /日志头部缺失/],
  ['a changed signed tree head', (p) => sql(p, `UPDATE tree_head SET root = ${hex(p, 'ab'.repeat(32))} WHERE size = (SELECT MAX(size) FROM tree_head)`), /树头/],
  ['last row, its head and the signed heads removed together', (p) => {
    sql(p, 'DELETE FROM ledger WHERE seq = (SELECT MAX(seq) FROM ledger)');
    sql(p, 'DELETE FROM tree_head WHERE size > (SELECT COUNT(*) FROM ledger)');
    sql(p, 'UPDATE ledger_head SET size = size - 1');
  }, /头部/],
  ['the whole log emptied', (p) => sql(p, 'DELETE FROM ledger; DELETE FROM ledger_head; DELETE FROM tree_head'), /没有任何办理记录/],
];

for (const engine of ENGINES)
  describe(`ledger on ${engine}`, () => {
    let server, w, who, done;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      done = await w.licensed(who, TWO);
      const c = await w.submitted(who, TWO);
      await w.act(c.items[0], 'accept');
      await w.act(c.items[0], 'deny', { reason: '示例', basis: '示例' });
    });
    after(async () => {
      w.close();
      await server.stop();
    });

    test('an outsider checks an act: inclusion proof, signed head and key, with sm-crypto alone', async () => {
      const anybody = w.client();
      const key = (await anybody.get('/api/v1/keys')).items[0];
      const head = await anybody.get('/api/v1/ledger/head');
      assert.equal(head.key_id, key.key_id);
      assert.equal(headSigned(head, key.public_hex), true);
      assert.equal(headSigned({ ...head, size: head.size - 1 }, key.public_hex), false);
      const seq = done.licence.ledger_seq;
      const proof = await anybody.get(`/api/v1/ledger/proof?seq=${seq}&size=${head.size}`);
      assert.equal(rootOf(proof), head.root);
      assert.notEqual(rootOf({ ...proof, seq: seq - 1 }), head.root);
      assert.equal(proof.leaf, forgedLeaf(server, seq, {}).leaf, 'the leaf is the hash of this very act');
      assert.equal(licenceSigned(done.licence.qr_text, key.public_hex), true);
    });

    test('every leaf and many sizes: the tree is that of RFC 9162 over the rows', async () => {
      const rows = sql(server, `SELECT ${server.db ? "encode(leaf, 'hex')" : 'lower(hex(leaf))'} FROM ledger ORDER BY seq`).split('\n').map((h) => Buffer.from(h, 'hex'));
      const anybody = w.client();
      for (const size of [1, 2, 3, 7, 8, 255, 256, 257, 511, 513, rows.length].filter((s) => s <= rows.length)) {
        const root = treeRoot(rows.slice(0, size)).toString('hex');
        for (const seq of new Set([0, Math.floor(size / 2), size - 1])) {
          const p = await anybody.get(`/api/v1/ledger/proof?seq=${seq}&size=${size}`);
          assert.equal(p.root, root);
          assert.equal(rootOf(p), root, `seq ${seq} of ${size}`);
        }
      }
      assertProblem(await anybody.call('GET', `/api/v1/ledger/proof?seq=${rows.length + 5}`), 404, 'not_found');
      for (const q of ['', '?seq=-1', '?seq=x', '?seq=1&size=0', '?seq=99999999999999999999'])
        assertProblem(await anybody.call('GET', `/api/v1/ledger/proof${q}`), 422, 'invalid_input');
    });

    describe('edits behind the server\'s back', () => {
      before(() => server.down());
      after(() => server.up());
      const copy = () => {
        const data = mkdtempSync(join(tmpdir(), 'yizheng-forged-'));
        cpSync(server.data, data, { recursive: true });
        const database = server.db ? createDatabase(new URL(server.db).pathname.slice(1)) : null;
        return { data, db: database && databaseUrl(database), remove: () => (rmSync(data, { recursive: true, force: true }), database && dropDatabase(database)) };
      };
      const verify = (p) => yizheng(['log', 'verify', '--data', p.data, ...(p.db ? ['--db', p.db] : [])]);

      test('untouched: clean, exit 0', () => {
        const r = verify(server);
        assert.equal(r.code, 0, r.out + r.err);
        assert.match(r.out, /全部一致/);
      });
      for (const [name, forge, says] of FORGERIES)
        test(`finds ${name}`, () => {
          const p = copy();
          try {
            forge(p);
            const r = verify(p);
            assert.equal(r.code, 1, `exit ${r.code}: ${r.out.slice(0, 600)}${r.err.slice(0, 300)}`);
            assert.match(r.out, says);
            assert.match(r.out, /发现 \d+ 处不一致/);
          } finally {
            p.remove();
          }
        });
    });

    test('a server on a forged head stops writing and goes on reading', async () => {
      const head = sql(server, 'SELECT size FROM ledger_head');
      sql(server, 'UPDATE ledger_head SET size = size - 1');
      w.forget();
      const c = await w.prepare(who, TWO);
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: c.version, key: true }), 500, 'corrupt');
      assert.equal((await who.get(`/api/v1/cases/${c.id}`)).state, 'draft');
      sql(server, `UPDATE ledger_head SET size = ${head}`);
      assert.equal((await w.submit(who, c)).state, 'submitted');
      server.assertLogClean();
      assert.ok(readFileSync(join(server.data, 'keys', 'ledger.mac')).length > 0);
    });
  });
