// The life of a licence over HTTP (R7.5, P23-P28): permits are amended, renewed, taken away, given up, added; each time
// the licence follows in the same moment, the old print leads to nothing, and the log alone gives the same bytes again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { addDays, dateOf } from './lib/calendar.mjs';
import { ENGINES, until, yizheng } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { loginOf, SHOP, TWO, World } from './lib/world.mjs';

for (const engine of ENGINES)
  describe(`life of a licence on ${engine}`, () => {
    let server, w, anybody;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      anybody = w.client();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    const licence = (who, number) => who.get(`/api/v1/licences/${number}`);
    const page = async (short) => String((await anybody.call('GET', `/v/${short}`)).body);
    const officerOf = (permit) => w.officer(loginOf(permit.department.code));
    const detail = async (l, k) => {
      const found = (await (await w.bureau(l.region.code)).get(`/api/v1/permits?q=${l.uscc}`)).items.find((p) => p.code === l.permits[k].code && p.licence === l.number);
      return (await officerOf(found)).get(`/api/v1/permits/${found.id}`);
    };
    const NOTICE = { document: '示例市监撤〔2026〕1号', reason: '以欺骗手段取得（示例）', basis: '行政许可法第六十九条第二款' };
    const tryPermit = async (p, act, json, { by, match } = {}) => (by ?? (await officerOf(p))).call('POST', `/api/v1/permits/${p.id}/acts/${act}`, { json, match: match ?? p.version, key: true });
    const onPermit = async (p, act, json) => {
      const a = await tryPermit(p, act, json);
      assert.equal(a.status, 200, String(a.body));
      return a.json;
    };
    /** A case about a licence, as its holder fills it; nothing has to be handed in again. */
    const about = async (who, l, kind, { set = {}, ...more } = {}) => {
      const c = await who.post(`/api/v1/licences/${l.number}/cases`, { kind, ...more }, { key: true });
      assert.equal(c.kind, kind);
      assert.equal(c.of_licence, l.number);
      const form = await who.get(`/api/v1/cases/${c.id}/form`);
      const saved = await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: { ...form.values, ...set } }, match: form.version });
      return { case: { ...c, version: saved.version }, form };
    };
    const submit = async (who, { case: c, form }) => {
      const now = await who.get(`/api/v1/cases/${c.id}/form`);
      const truth = form.definition.fields.find((f) => f.code === 'F_TRUTH') ? { F_TRUTH: true } : {};
      const saved = await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: { ...now.values, ...truth } }, match: now.version });
      return who.call('POST', `/api/v1/cases/${c.id}/submit`, { json: { truth: true }, match: saved.version, key: true });
    };
    /** The text of a paper, without breaks. */
    const words = async (pdf) => {
      const r = spawnSync('pdftotext', ['-raw', '-', '-'], { input: pdf });
      assert.equal(r.status, 0, String(r.stderr));
      return String(r.stdout).replace(/\s/g, '');
    };
    const verifyLog = () => {
      const r = yizheng(['log', 'verify', ...server.where]);
      assert.equal(r.code, 0, r.out + r.err);
      const [, versions, same] = r.out.match(/证照版本 (\d+)（重放一致 (\d+)）/);
      assert.equal(versions, same, r.out);
      return Number(versions);
    };

    test('P23, P24: a department revokes; licence, old print, holder and windows follow at once', async () => {
      const who = await w.applicant();
      const { licence: l } = await w.licensed(who, TWO);
      const [food, tobacco] = [await detail(l, 0), await detail(l, 1)];
      assert.deepEqual(food.allowed.sort(), ['amend_permit', 'cancel_permit', 'forfeit_permit', 'revoke_permit', 'withdraw_permit']);
      assert.deepEqual(food.events.map((v) => v.act), ['grant']);
      assert.match(await page(l.short_id), /有效[^]*海勃湾区/);
      // A bureau sees its own region's, in the list as alone; the city's sees all.
      for (const [region, sees] of [['150302', 1], ['150303', 0], ['150300', 1]]) {
        const b = await w.bureau(region);
        assert.equal((await b.get(`/api/v1/permits?q=${encodeURIComponent(food.number)}`)).items.length, sees, region);
        assert.equal((await b.call('GET', `/api/v1/permits/${food.id}`)).status, sees ? 200 : 404, region);
      }
      // P28: neither another department nor the bureau; and not without document, reason and basis.
      assert.equal((await tryPermit(food, 'revoke_permit', NOTICE, { by: await officerOf(tobacco) })).status, 404);
      assert.equal((await tryPermit(food, 'revoke_permit', NOTICE, { by: await w.bureau() })).status, 403);
      for (const left of ['document', 'reason', 'basis']) assertProblem(await tryPermit(food, 'revoke_permit', { ...NOTICE, [left]: '' }), 409, 'refused_by_rule', 'P24');
      assertPointer(await tryPermit(food, 'revoke_permit', { ...NOTICE, on: addDays(dateOf(server.now()), 1) }), '/on', 'out_of_range');
      assertProblem(await tryPermit(food, 'revoke_permit', { ...NOTICE, on: addDays(food.granted_on, -1) }), 409, 'refused_by_rule', 'P21');
      assertProblem(await tryPermit(food, 'revoke_permit', NOTICE, { match: food.version + 1 }), 412, 'changed_meanwhile');
      const gone = await onPermit(food, 'revoke_permit', NOTICE);
      assert.deepEqual([gone.state, gone.version, gone.allowed], ['revoked', food.version + 1, ['cancel_permit']]);
      const now = await licence(who, l.number);
      assert.deepEqual([now.version, now.state, now.permits.filter((p) => p.state === 'valid').length], [2, 'valid', 1]);
      assert.match(now.ended_note, /不再列明：.*已撤销/);
      assert.ok(now.short_id !== l.short_id && now.qr_text !== l.qr_text);
      const old = await page(l.short_id);
      assert.match(old, /已更新/);
      assert.ok(!old.includes(l.holder) && !old.includes(food.number) && !old.includes(now.short_id), 'an old print leads to nothing');
      assert.match(await page(now.short_id), new RegExp(tobacco.number));
      const told = (await who.get('/api/v1/messages')).items.find((m) => m.title.includes('撤销许可'));
      assert.match(told.text, /六十日内申请行政复议/);
      assert.ok((await (await w.officer('hbw-ck')).get('/api/v1/messages')).items.some((m) => m.title.includes('证照有变更') && m.subject?.kind === 'licence' && m.subject.id === l.number), 'the window is led to the licence');
      // The notice of it, for the holder and for the department that did it.
      const { paper } = gone.events.at(-1);
      const text = await words(await who.get(`/api/v1/cases/${paper.case_id}/papers/${paper.paper}`));
      assert.match(text, /许可撤销告知书[^]*示例市监撤〔2026〕1号[^]*以欺骗手段取得（示例）[^]*第六十九条第二款[^]*60日内/);
      assert.ok((await who.get(`/api/v1/cases/${paper.case_id}`)).papers.some((p) => p.paper === paper.paper));
      assert.equal((await (await officerOf(food)).call('GET', `/api/v1/cases/${paper.case_id}/papers/${paper.paper}`)).status, 200);
      assert.equal((await (await w.applicant()).call('GET', `/api/v1/cases/${paper.case_id}/papers/${paper.paper}`)).status, 404);
      const versions = (await who.get(`/api/v1/licences/${l.number}/versions`)).items;
      assert.deepEqual(versions.map((v) => [v.version, v.state, v.event?.act ?? null]), [[2, 'valid', 'revoke_permit'], [1, 'superseded', null]]);
      assert.equal((await anybody.get(`/api/v1/licences/${l.number}/status`)).version, 2);
      // P25: with the last one it is void; what is revoked is only struck off.
      await onPermit(tobacco, 'forfeit_permit', { ...NOTICE, reason: '吊销（示例）' });
      assert.deepEqual([(await licence(who, l.number)).state, (await licence(who, l.number)).version], ['void', 3]);
      assert.match(await page((await licence(who, l.number)).short_id), /已失效/);
      assert.equal((await onPermit(await detail(l, 0), 'cancel_permit', NOTICE)).state, 'cancelled');
      assertProblem(await tryPermit(await detail(l, 0), 'revoke_permit', NOTICE), 409, 'refused_by_rule', 'state');
      verifyLog();
    });

    test('P24, P27: the holder moves; only who is concerned is asked, nothing is handed in twice', async () => {
      const who = await w.applicant();
      const { licence: l } = await w.licensed(who, TWO);
      const plain = await about(who, l, 'amend');
      assertProblem(await submit(who, plain), 409, 'refused_by_rule', 'nothing_changed');
      assert.ok(Object.keys(plain.form.prefilled ?? {}).length >= 0);
      const check = await who.post(`/api/v1/cases/${plain.case.id}/check`, {});
      assert.deepEqual(check.problems.filter((p) => p.pointer.startsWith('/materials')), [], 'the files of before serve again');
      const drop = async (id) => who.ok('DELETE', `/api/v1/cases/${id}`, { match: (await who.get(`/api/v1/cases/${id}`)).version });
      await drop(plain.case.id);
      const draft = await about(who, l, 'amend', { set: { F_USCC: '91150302MA00000074' } });
      assertPointer(await submit(who, draft), '/values/F_USCC', 'fixed');
      const moved = '内蒙古自治区乌海市海勃湾区示例新街88号';
      const again = await who.get(`/api/v1/cases/${draft.case.id}/form`);
      await who.ok('PUT', `/api/v1/cases/${draft.case.id}/form`, { json: { values: { ...again.values, F_USCC: l.uscc, F_ADDR: moved } }, match: again.version });
      const a = await submit(who, draft);
      assert.equal(a.status, 200, String(a.body));
      assert.equal(a.json.items.length, 2, 'both permits name the place');
      assert.match((await w.item(a.json.items[0])).permit.name, /./);
      // Nobody starts a second case about a permit that is being changed.
      const second = await about(who, l, 'cancel');
      assertProblem(await submit(who, second), 409, 'refused_by_rule', 'P24');
      await w.grant(a.json.items[0]);
      const between = await licence(who, l.number);
      assert.deepEqual([between.version, between.address], [2, moved], 'each grant makes a version');
      assert.equal((await who.get(`/api/v1/cases/${a.json.id}`)).state, 'in_progress');
      await w.grant(a.json.items[1]);
      const done = await licence(who, l.number);
      assert.deepEqual([done.version, done.address, done.permits.length], [3, moved, 2]);
      assert.deepEqual(done.permits.map((p) => p.number), l.permits.map((p) => p.number));
      const c = await who.get(`/api/v1/cases/${a.json.id}`);
      assert.deepEqual([c.state, c.licence.number, c.licence.version], ['issued', l.number, 3]);
      assert.equal((await w.issue(c)).status, 409);
      // A name that only the form of the whole knows concerns everybody; a cancelled draft concerns nobody.
      await drop(second.case.id);
      verifyLog();
    });

    test('P26: renewed by the department; by silence at its legal moment; expired when asked for late', async () => {
      const who = await w.applicant();
      const lives = [];
      for (let i = 0; i < 3; i++) lives.push((await w.licensed(who, SHOP)).licence);
      const [first, silent, late] = lives;
      const end = first.permits[0].valid_until;
      assert.equal(first.permits[0].renew_by, addDays(end, -30));
      const days = Math.round((Date.parse(end) - Date.parse(dateOf(server.now()))) / 86400e3);
      server.advance({ days: days - 89 });
      await until('told 90 days ahead', async () => (await who.get('/api/v1/messages?limit=50')).items.filter((m) => /还有\d+天到期/.test(m.title)).length === 3);
      const renewal = await submit(who, await about(who, first, 'renew'));
      assert.equal(renewal.status, 200, String(renewal.body));
      const [item] = renewal.json.items;
      await w.grant(item);
      const renewed = await licence(who, first.number);
      assert.equal(renewed.version, 2);
      assert.equal(renewed.permits[0].valid_from, addDays(end, 1));
      assert.ok(renewed.permits[0].valid_until > end);
      // Asked for in time, and nobody decides; asked for too late, and nobody decides.
      server.advance({ days: 89 - 31 });
      const waiting = (await submit(who, await about(who, silent, 'renew'))).json;
      server.advance({ days: 10 });
      await w.workday();
      const tooLate = (await submit(who, await about(who, late, 'renew'))).json;
      await server.down();
      server.advance({ days: 30 });
      await server.up();
      await until('the clock has caught up', async () => (await licence(who, late.number)).state === 'void');
      await until('and renewed the other', async () => (await licence(who, silent.number)).version === 2);
      const kept = await licence(who, silent.number);
      assert.deepEqual([kept.state, kept.permits[0].state, kept.permits[0].valid_from], ['valid', 'valid', addDays(end, 1)]);
      const deemed = (await who.get(`/api/v1/cases/${waiting.id}`)).items[0];
      assert.equal(deemed.state, 'granted');
      const decision = async (c) => words(await who.get(`/api/v1/cases/${c}/papers/decision-${(await who.get(`/api/v1/cases/${c}`)).items[0].id}`));
      assert.match(await decision(waiting.id), /准予延续决定书[^]*未作出决定[^]*视为准予延续/);
      assert.match(await decision(renewal.json.id), /准予延续决定书[^]*第五十条第二款[^]*决定准予延续行政许可的有效期/);
      const [version] = (await who.get(`/api/v1/licences/${silent.number}/versions`)).items;
      assert.deepEqual([version.event.act, version.event.by_clock, version.event.effective_on], ['renew_permit', true, end], 'at its legal moment');
      const [gone] = (await who.get(`/api/v1/licences/${late.number}/versions`)).items;
      assert.deepEqual([gone.event.act, gone.event.effective_on, gone.state], ['expire_permit', addDays(end, 1), 'void']);
      await w.inspect(tooLate.items[0]);
      assertProblem(await w.tryAct(tooLate.items[0], 'grant'), 409, 'refused_by_rule', 'state');
      verifyLog();
    });

    test('P25, P27: replaced, re-issued, given up, and permits added to the same licence', async () => {
      const who = await w.applicant();
      const { licence: l } = await w.licensed(who, { ...TWO, answers: TWO.answers });
      const replaced = await submit(who, await about(who, l, 'replace', { permits: [l.permits[0].id] }));
      assert.equal(replaced.json.items.length, 1);
      await w.grant(replaced.json.items[0]);
      assert.equal((await licence(who, l.number)).version, 2);
      const stranger = await w.applicant();
      const reissue = (by, match) => by.call('POST', `/api/v1/licences/${l.number}/reissue`, { json: { reason: '证照遗失（示例）' }, match, key: true });
      assert.equal((await reissue(stranger, 2)).status, 403);
      assertProblem(await reissue(who, 1), 412, 'changed_meanwhile');
      const anew = await reissue(who, 2);
      assert.equal(anew.status, 200, String(anew.body));
      assert.deepEqual([anew.json.version, anew.json.permits.length], [3, 2]);
      assert.ok(anew.json.short_id !== l.short_id);
      assert.equal((await stranger.call('POST', `/api/v1/licences/${l.number}/cases`, { json: { kind: 'cancel' }, key: true })).status, 404);
      assertPointer(await who.call('POST', `/api/v1/licences/${l.number}/cases`, { json: { kind: 'lend' }, key: true }), '/kind', 'unknown_kind');
      const given = await submit(who, await about(who, l, 'cancel', { permits: [l.permits[1].id] }));
      assert.equal(given.status, 200, String(given.body));
      await w.grant(given.json.items[0]);
      const left = await licence(who, l.number);
      assert.deepEqual([left.version, left.permits.map((p) => p.state)], [4, ['valid', 'cancelled']]);
      // The same answers again: only what it has no more is asked for, under the same number.
      const add = await who.post(`/api/v1/licences/${l.number}/cases`, { kind: 'new', answers: TWO.answers }, { key: true });
      const form = await w.fillForm(who, add.id, { set: { F_USCC: l.uscc, F_ENT_NAME: l.holder, F_ADDR: l.address, F_LEGAL_NAME: l.person } });
      await w.attachAll(who, add.id, form);
      const added = await w.submit(who, await who.get(`/api/v1/cases/${add.id}`));
      assert.deepEqual(added.items.map((i) => i.permit.code), [l.permits[1].code]);
      await w.grantAll(added);
      const issued = await w.issue(added);
      assert.equal(issued.status, 200, String(issued.body));
      assert.deepEqual([issued.json.number, issued.json.version, issued.json.permits.filter((p) => p.state === 'valid').length], [l.number, 5, 2]);
      verifyLog();
    });
  });
