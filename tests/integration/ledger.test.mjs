// The log finds every edit made behind the server's back (R8.3), and outsiders can check it alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { ENGINES, until, yizheng } from './lib/env.mjs';
import { createDatabase, databaseUrl, dropDatabase, sql } from './lib/database.mjs';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { canonical, headSigned, leafHash, licenceSigned, rootOf, treeRoot } from './lib/merkle.mjs';
import { addDays, dateOf } from './lib/calendar.mjs';
import { jpeg } from './lib/files.mjs';
import { loginOf, SHOP, TWO, World } from './lib/world.mjs';

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
  ['a holder changed in the public register', (p) => sql(p, `UPDATE register_entry SET holder = '冒名' WHERE id = (SELECT MAX(id) FROM register_entry)`), /证照 .* 的公示登记与证照不符/],
  ['a permit added in the public register', (p) => sql(p, `UPDATE register_entry SET permits = replace(permits, '"valid"', '"revoked"') WHERE id = (SELECT MIN(id) FROM register_entry)`), /的公示登记与证照不符/],
  ['an entry that cannot be found any more', (p) => sql(p, `UPDATE register_gram SET grams = '=查不 =不到' WHERE id = (SELECT MIN(id) FROM register_gram)`), /的公示检索词与登记不符/],
  ['an entry taken out of the public register', (p) => sql(p, 'DELETE FROM register_entry WHERE id = (SELECT MAX(id) FROM register_entry)'), /公示登记有 \d+ 个证照，实际有 \d+ 个/],
  ['a deleted item', (p) => sql(p, 'DELETE FROM item WHERE id = (SELECT MAX(id) FROM item)'), /不在数据库中/],
  ['an item nobody submitted', (p) => sql(p, `INSERT INTO item (id, case_id, permit, department, region, state, version, received_on, seen_digest) SELECT id + 1, case_id, permit, department, region, 'received', 1, received_on, seen_digest FROM item WHERE id = (SELECT MAX(id) FROM item)`), /没有任何办理记录/],
  ['an item given to another department', (p) => sql(p, `UPDATE item SET department = 'D-WH-GA' WHERE id = (SELECT MAX(id) FROM item)`), /部门与提交记录不符/],
  ['a case number changed', (p) => sql(p, `UPDATE licensing_case SET number = number || '1' WHERE id = (SELECT MAX(id) FROM licensing_case WHERE submitted_at IS NOT NULL)`), /编号、行业或地区与提交记录不符/],
  ['a case put back to draft', (p) => sql(p, 'UPDATE licensing_case SET submitted_at = NULL WHERE id = (SELECT MAX(id) FROM licensing_case WHERE submitted_at IS NOT NULL)'), /日志中的办件 \d+ 不在数据库中/],
  ['an inspection stage made passed', (p) => sql(p, `UPDATE item SET inspection = 'passed' WHERE id = (SELECT MAX(id) FROM item WHERE inspection = 'required')`), /现场核查是“现场核查通过”，日志记载为“待现场核查”/],
  ['an inspection that is not needed any more', (p) => sql(p, `UPDATE item SET inspection = 'none' WHERE id = (SELECT MAX(id) FROM item WHERE inspection = 'required')`), /日志记载为“待现场核查”/],
  ['a catalogue version altered', (p) => sql(p, `UPDATE catalog_version SET body = replace(body, '超市', '大卖场')`), /目录版本 .* 的内容与其摘要不符/],
  ['a draft of the catalogue made approved', (p) => sql(p, `UPDATE catalog_draft SET state = 'approved'`), /目录草稿 \d+ 与日志中的最后一次办理不符/],
  ['a draft of the catalogue removed', (p) => sql(p, 'DELETE FROM catalog_draft'), /目录草稿 \d+ 不在数据库中/],
  ['a visit\'s state', (p) => sql(p, `UPDATE visit SET state = 'closed', closed_at = 1 WHERE id = (SELECT MAX(id) FROM visit WHERE state = 'cancelled')`), /现场核查 \d+ 的状态是“已完成”，日志记载为“已取消”/],
  ['a visit\'s date', (p) => sql(p, `UPDATE visit SET held_on = held_on - 1 WHERE id = (SELECT MIN(id) FROM visit WHERE state = 'closed')`), /现场核查 \d+ 的日期与日志中的提议不符/],
  ['a visit\'s place', (p) => sql(p, `UPDATE visit SET place = '别处' WHERE id = (SELECT MAX(id) FROM visit)`), /时间、地点或说明与日志中的提议不符/],
  ['a visit\'s round', (p) => sql(p, 'UPDATE visit SET round = round + 1 WHERE id = (SELECT MAX(id) FROM visit)'), /现场核查 \d+ 的办件或轮次与日志不符/],
  ['a visit announced that was not', (p) => sql(p, `UPDATE visit SET announced_at = 1 WHERE id = (SELECT MAX(id) FROM visit WHERE announced_at IS NULL)`), /登记为已通知，日志中没有通知记录/],
  ['a visit cancelled for another reason', (p) => sql(p, `UPDATE visit SET cancel_reason = '部门无人' WHERE id = (SELECT MAX(id) FROM visit WHERE state = 'cancelled')`), /取消理由与日志不符/],
  ['a deleted visit', (p) => sql(p, 'DELETE FROM visit WHERE id = (SELECT MIN(id) FROM visit)'), /现场核查 \d+ 不在数据库中/],
  ['a visit nobody proposed', (p) => sql(p, `INSERT INTO visit (id, case_id, round, state, version, held_on, held_time, place, note, proposed_by, proposed_at) SELECT id + 1, case_id, round + 1, 'proposed', 1, held_on, held_time, place, note, proposed_by, proposed_at FROM visit WHERE id = (SELECT MAX(id) FROM visit)`), /现场核查 \d+ 没有提议记录/],
  ['an agreement that nobody gave', (p) => sql(p, `UPDATE visit_part SET agreed_at = 1 WHERE id = (SELECT MAX(id) FROM visit_part WHERE agreed_at IS NULL)`), /的部门答复与日志不符/],
  ['a refusal\'s reason', (p) => sql(p, `UPDATE visit_part SET declined_reason = '无人' WHERE id = (SELECT MAX(id) FROM visit_part WHERE declined_reason IS NOT NULL)`), /的部门答复与日志不符/],
  ['another officer named', (p) => sql(p, `UPDATE visit_part SET officer_a = officer_b WHERE id = (SELECT MIN(id) FROM visit_part WHERE officer_a IS NOT NULL)`), /的核查人员与日志不符/],
  ['a site record\'s result', (p) => sql(p, `UPDATE visit_part SET result = 'fail' WHERE id = (SELECT MIN(id) FROM visit_part WHERE result = 'pass')`), /的核查记录与日志不符/],
  ['a site record\'s findings', (p) => sql(p, `UPDATE visit_part SET findings = '没有问题' WHERE id = (SELECT MIN(id) FROM visit_part WHERE result = 'rectify')`), /的核查记录与日志不符/],
  ['a day to rectify by', (p) => sql(p, `UPDATE visit_part SET rectify_by = rectify_by + 30 WHERE id = (SELECT MIN(id) FROM visit_part WHERE result = 'rectify')`), /的核查记录与日志不符/],
  ['a site record confirmed by somebody else', (p) => sql(p, `UPDATE visit_part SET confirmed_by = recorded_by WHERE id = (SELECT MIN(id) FROM visit_part WHERE confirmed_by IS NOT NULL)`), /的确认与日志不符/],
  ['a deleted site record', (p) => sql(p, 'DELETE FROM visit_part WHERE id = (SELECT MIN(id) FROM visit_part)'), /日志中现场核查 \d+ 的事项件 \d+ 不在数据库中/],
  ['a site record nobody planned', (p) => sql(p, `INSERT INTO visit_part (id, visit_id, case_id, item_id, version, department, checks, result, findings) SELECT id + 1, visit_id, case_id, item_id + 1, 1, department, '{}', 'none', '' FROM visit_part WHERE id = (SELECT MAX(id) FROM visit_part)`), /的部分没有提议记录/],
  ['a promise confirmed that was not', (p) => sql(p, `UPDATE commitment SET state = 'confirmed' WHERE id = (SELECT MAX(id) FROM commitment WHERE state = 'broken')`), /承诺 \d+（.*）的状态是“confirmed”，日志记载为“broken”/],
  ['a promise lapsed under a case that goes on', (p) => sql(p, `UPDATE commitment SET state = 'lapsed' WHERE id = (SELECT MAX(id) FROM commitment WHERE state = 'promised')`), /的状态是“lapsed”，日志记载为“promised”/],
  ['a promise\'s day made later', (p) => sql(p, `UPDATE commitment SET due_on = due_on + 30 WHERE id = (SELECT MAX(id) FROM commitment WHERE state = 'promised')`), /承诺 \d+（.*）的日期与日志不符/],
  ['a promise signed by somebody else', (p) => sql(p, `UPDATE commitment SET signed_by = '冒名' WHERE id = (SELECT MAX(id) FROM commitment)`), /的承诺人或承诺书与日志不符/],
  ['a promise confirmed on another day', (p) => sql(p, `UPDATE commitment SET confirmed_on = confirmed_on - 1 WHERE id = (SELECT MAX(id) FROM commitment WHERE state = 'confirmed')`), /承诺 \d+（.*）的确认与日志不符/],
  ['a deleted promise', (p) => sql(p, 'DELETE FROM commitment WHERE id = (SELECT MIN(id) FROM commitment)'), /日志中办件 \d+ 的承诺不在数据库中/],
  ['a promise nobody made', (p) => sql(p, `INSERT INTO commitment (id, case_id, material, state, due_on, signed_at, signed_by, digest) SELECT id + 1, case_id, 'M-YYZZ', 'promised', due_on, signed_at, signed_by, digest FROM commitment WHERE id = (SELECT MAX(id) FROM commitment)`), /承诺 \d+（M-YYZZ）没有承诺记录/],
  ['a joint extension taken back', (p) => sql(p, 'UPDATE licensing_case SET joint_extended = 0 WHERE joint_extended = 1'), /办件 .* 已延长联合办理期限，登记为没有延长/],
  ['a joint extension nobody approved', (p) => sql(p, `UPDATE licensing_case SET joint_extended = 1 WHERE id = (SELECT MIN(id) FROM licensing_case WHERE joint_extended = 0 AND submitted_at IS NOT NULL)`), /办件 .* 登记为已延长联合办理期限，日志中没有延长记录/],
  ['an item\'s extension taken back', (p) => sql(p, 'UPDATE item SET extended = 0 WHERE extended = 1'), /事项件 \d+ 已延长期限，登记为没有延长/],
  ['more days than were approved', (p) => sql(p, 'UPDATE extension SET days = days + 5 WHERE item_id IS NULL'), /延期记录 \d+ 的天数、期限、理由或批准人与日志不符/],
  ['an extension approved by somebody else', (p) => sql(p, `UPDATE extension SET approved_by = '冒名' WHERE item_id IS NOT NULL`), /批准人与日志不符/],
  ['an extension of another day', (p) => sql(p, 'UPDATE extension SET approved_on = approved_on - 1 WHERE item_id IS NULL'), /延期记录 \d+ 的办件或日期与日志不符/],
  ['a deleted extension', (p) => sql(p, 'DELETE FROM extension WHERE item_id IS NULL'), /日志中办件 \d+ 的延期记录不在数据库中/],
  ['an extension twice', (p) => sql(p, 'INSERT INTO extension (id, case_id, item_id, days, reason, approved_by, approved_on, due_on) SELECT id + 1, case_id, item_id, days, reason, approved_by, approved_on, due_on FROM extension WHERE item_id IS NULL'), /延期记录 \d+ 重复登记/],
  ['an item\'s day of delivery', (p) => sql(p, 'UPDATE item SET delivered_on = delivered_on - 5 WHERE id = (SELECT MAX(id) FROM item WHERE delivered_on IS NOT NULL)'), /事项件 \d+ 的送达日期与日志中的送达记录不符/],
  ['an item delivered that was not', (p) => sql(p, `UPDATE item SET delivered_on = received_on WHERE id = (SELECT MAX(id) FROM item WHERE state = 'denied')`), /事项件 \d+ 的送达日期与日志中的送达记录不符/],
  ['a licence not delivered any more', (p) => sql(p, 'UPDATE licensing_case SET licence_delivered_on = NULL WHERE licence_delivered_on IS NOT NULL'), /办件 .* 的证照送达日期与日志中的送达记录不符/],
  ['a delivery\'s receiver', (p) => sql(p, `UPDATE delivery SET receiver = '别人' WHERE id = (SELECT MAX(id) FROM delivery)`), /送达记录 \d+ 的方式、签收人或经办人与日志不符/],
  ['a delivery\'s method', (p) => sql(p, `UPDATE delivery SET method = 'post', tracking = '1' WHERE item_id IS NULL`), /送达记录 \d+ 的方式、签收人或经办人与日志不符/],
  ['a delivery\'s day', (p) => sql(p, 'UPDATE delivery SET delivered_on = delivered_on - 5 WHERE id = (SELECT MIN(id) FROM delivery)'), /送达记录 \d+ 的办件或日期与日志不符/],
  ['a deleted delivery', (p) => sql(p, 'DELETE FROM delivery WHERE id = (SELECT MIN(id) FROM delivery WHERE item_id IS NOT NULL)'), /日志中事项件 \d+ 的送达记录不在数据库中/],
  ['a deleted delivery of the licence', (p) => sql(p, 'DELETE FROM delivery WHERE item_id IS NULL'), /日志中办件 \d+ 的送达记录不在数据库中/],
  ['a delivery that nobody made', (p) => sql(p, `INSERT INTO delivery (id, case_id, item_id, at, delivered_on, method, receiver, relation, tracking, by_name) SELECT id + 1, case_id, (SELECT MAX(id) FROM item WHERE state = 'denied'), at, delivered_on, method, receiver, relation, tracking, by_name FROM delivery WHERE id = (SELECT MAX(id) FROM delivery)`), /送达记录 \d+ 没有办理记录/],
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

    const see = async (c, as = who) => as.get(`/api/v1/cases/${c.id}`);
    /** Answer or end a visit as one officer of a department. */
    const visitAct = async (visit, login, act, json) => {
      const one = await w.officer(login);
      return one.ok('POST', `/api/v1/visits/${visit.id}/acts/${act}`, { json, match: (await one.get(`/api/v1/visits/${visit.id}`)).version, key: true });
    };

    /** Visits that went every way: declined, proposed again, cancelled, ended before agreed, rectified. */
    const visits = async () => {
      const [c] = await w.promised(who, SHOP);
      const [item] = c.items;
      const bureau = await w.bureau();
      await w.act(item, 'accept');
      const on = await w.workday();
      const propose = async (match, more) => bureau.ok('POST', `/api/v1/cases/${c.id}/visits`, { json: { on, time: '上午9:30', place: '示例：经营场所', ...more }, key: true, ...(match ? { match } : {}) });
      const visit = await propose();
      const login = loginOf(item.department.code);
      await visitAct(visit, login, 'decline', { reason: '人员不足', counter_on: addDays(on, 3) });
      const again = await propose((await bureau.get(`/api/v1/visits/${visit.id}`)).version, { time: '下午2:30' });
      await w.agree(again, item.department.code);
      await visitAct(visit, login, 'cancel', { reason: '申请人改期' });
      const second = await w.planVisit(item);
      await w.record(second, second.parts[0], { result: 'rectify', findings: '示例：缺少标识', rectify_by: addDays(on, 7) });
      const [gone] = (await w.submitted(who, SHOP)).items;
      await w.act(gone, 'accept');
      await bureau.ok('POST', `/api/v1/cases/${gone.case_id}/visits`, { json: { on, time: '上午9:30', place: '示例' }, key: true });
      await w.act(gone, 'deny', { reason: '示例', basis: '示例' });
      const closed = await bureau.get(`/api/v1/cases/${gone.case_id}`);
      assert.equal(closed.visits[0].state, 'closed', 'nobody goes there any more');
      const [open] = (await w.submitted(who, SHOP)).items;
      await w.act(open, 'accept');
      const waits = await bureau.ok('POST', `/api/v1/cases/${open.case_id}/visits`, { json: { on, time: '上午9:30', place: '示例' }, key: true });
      await visitAct(waits, login, 'decline', { reason: '人员不足', counter_on: addDays(on, 3) });
    };

    /** Acts of every kind that the replay compares. */
    const live = async () => {
      const bureau = await w.bureau();
      await bureau.ok('POST', `/api/v1/cases/${done.case.id}/deliver`, { json: { method: 'pickup', receiver: '王掌柜', relation: '本人' }, match: (await see(done.case)).version, key: true });
      const [broken] = await w.promised(who, SHOP);
      const [kept, late] = await w.promised(who, SHOP);
      await w.act(broken.items[0], 'accept');
      await w.act(kept.items[0], 'accept');
      await (await w.reviewer(kept.items[0])).ok('POST', `/api/v1/items/${kept.items[0].id}/attachments?material=${late}&name=a.jpg`, { body: jpeg('现场收取'), headers: { 'Content-Type': 'application/octet-stream' } });
      await w.act(kept.items[0], 'confirm_commitment', { material: late, note: '原件相符' });
      const [lapsed] = await w.promised(who, SHOP);
      await who.ok('POST', `/api/v1/cases/${lapsed.id}/withdraw`, { json: { reason: '不办了' }, match: lapsed.version, key: true });
      const due = broken.commitments[0].due_on;
      while (dateOf(server.now()) <= due) server.advance({ days: 1 });
      await until('promises broken and lapsed', async () => (await see(broken)).commitments[0].state === 'broken' && (await see(lapsed)).commitments[0].state === 'lapsed');
      await visits();
      const longer = await w.submitted(who, TWO);
      await w.act(longer.items[0], 'accept');
      await w.act(longer.items[0], 'extend', { reason: '情况复杂' }, { by: loginOf(longer.items[0].department.code) });
      const head = await w.officer('hbw-zf');
      await head.ok('POST', `/api/v1/cases/${longer.id}/extend`, { json: { reason: '涉及多个部门' }, match: (await see(longer, head)).version, key: true });
    };
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
      done = await w.licensed(who, TWO);
      const c = await w.submitted(who, TWO);
      await w.act(c.items[0], 'accept');
      await w.act(c.items[0], 'deny', { reason: '示例', basis: '示例' });
      await (await w.officer('wh-spj')).post('/api/v1/catalog/drafts', { title: '示例草稿' }, { key: true });
      await live();
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
      // Each of them on SQLite; elsewhere, and where all is slow, some: what finds them is the same code.
      const step = process.env.SOAK ? 1 : process.env.YZ_SLOW ? 6 : engine === 'postgres' ? 5 : 1;
      for (const [name, forge, says] of FORGERIES.filter((_, k) => k % step === 0))
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
