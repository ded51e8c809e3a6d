// Prefilling and materials by data sharing (R3.2): from whom, for whom, marked, never over what was typed, and no
// source that is down, slow or mad holds up a case.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { BIN, ENGINES, sleep, until } from './lib/env.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { sql } from './lib/database.mjs';
import { configure, ShareSource } from './lib/gateways.mjs';
import { uscc, phone, citizenId } from './lib/ids.mjs';
import { demoPlace, Server, startServer } from './lib/server.mjs';
import { askFor, THREE, TWO, World } from './lib/world.mjs';

const PLAIN = uscc(17);
const UNKNOWN = uscc(29);
const WITHOUT = uscc(38);
const SECRETS = ['F_LEGAL_IDNO', 'F_LEGAL_PHONE', 'F_STREET', 'F_AREA', 'SPJY_AQY'];

const formOf = (who, id) => who.get(`/api/v1/cases/${id}/form`);
const tryPrefill = async (who, id, body = {}) => who.call('POST', `/api/v1/cases/${id}/prefill`, { json: body, match: (await formOf(who, id)).version });
async function prefill(who, id, body = {}) {
  const a = await tryPrefill(who, id, body);
  assert.equal(a.status, 200, String(a.body));
  return a.json;
}
async function save(who, id, set) {
  const form = await formOf(who, id);
  return who.ok('PUT', `/api/v1/cases/${id}/form`, { json: { values: { ...form.values, ...set } }, match: form.version });
}
const source = (answer, kind) => answer.sources.find((one) => one.kind === kind);
const certificate = (form, material = 'M-YYZZ') => form.certificates.find((one) => one.material === material);
const kinds = (form, kind) => Object.entries(form.prefilled).filter(([, mark]) => mark.kind === kind).map(([code]) => code).sort();
const dateIn = (server) => new Date(server.now() + 8 * 3600e3).toISOString().slice(0, 10);

for (const engine of ENGINES)
  describe(`prefilling on ${engine}`, () => {
    let server, w;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    test('the register: empty fields filled and marked, what was typed stays, once is enough', async () => {
      const who = await w.applicant('示例甲');
      const c = await w.create(who);
      await save(who, c.id, { F_LEGAL_NAME: '我自己写的' });
      const before = await formOf(who, c.id);
      const filled = await prefill(who, c.id, { uscc: PLAIN });
      assert.deepEqual(kinds(filled, 'register'), ['F_BIZ_SCOPE', 'F_DOMICILE', 'F_ENT_NAME', 'F_ENT_TYPE']);
      assert.equal(filled.values.F_USCC, PLAIN);
      assert.ok(!filled.prefilled.F_USCC, 'the code is the applicant\'s own');
      assert.equal(filled.values.F_ENT_TYPE, '05', 'an option by its label');
      assert.match(filled.values.F_ENT_NAME, /示例/);
      assert.equal(filled.values.F_LEGAL_NAME, '我自己写的');
      assert.deepEqual(filled.prefilled.F_ENT_NAME, { kind: 'register', source: '企业登记信息', reference: null, on: dateIn(server), changed: false });
      assert.equal(filled.version, before.version + 1);
      assert.deepEqual([source(filled, 'register').status, source(filled, 'register').filled], ['ok', 4]);
      assert.match(source(filled, 'register').text, /填好了4项/);
      assert.equal((await who.get(`/api/v1/cases/${c.id}`)).holder_name, filled.values.F_ENT_NAME);
      const again = await prefill(who, c.id, { uscc: PLAIN });
      assert.equal(again.version, filled.version, 'nothing new, nothing written');
      assert.deepEqual([again.values, again.prefilled, source(again, 'register').filled], [filled.values, filled.prefilled, 0]);
      const edited = await save(who, c.id, { F_ENT_NAME: '（示例）另一个名字' });
      assert.equal(edited.prefilled.F_ENT_NAME.changed, true);
      assert.equal(edited.prefilled.F_DOMICILE.changed, false);
      assert.equal((await prefill(who, c.id)).values.F_ENT_NAME, '（示例）另一个名字');
      assert.equal((await save(who, c.id, { F_ENT_NAME: filled.values.F_ENT_NAME })).prefilled.F_ENT_NAME.changed, false);
    });

    test('input: a wrong code, another code than in the form, no version, an old one, a stranger', async () => {
      const who = await w.applicant('示例乙');
      const c = await w.create(who);
      assertPointer(await tryPrefill(who, c.id, { uscc: PLAIN.slice(0, 17) + '0' }), '/uscc', 'bad_uscc');
      assert.ok(!(await formOf(who, c.id)).values.F_USCC);
      await save(who, c.id, { F_USCC: PLAIN });
      assertPointer(await tryPrefill(who, c.id, { uscc: WITHOUT }), '/uscc', 'other_uscc');
      assertPointer(await tryPrefill(who, c.id, { company: 'x' }), '/company');
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/prefill`, { json: {} }), 428);
      assertProblem(await who.call('POST', `/api/v1/cases/${c.id}/prefill`, { json: {}, match: 1 }), 412);
      assertProblem(await (await w.applicant('示例丙')).call('POST', `/api/v1/cases/${c.id}/prefill`, { json: {}, match: 2 }), 404);
      await save(who, c.id, { F_USCC: '92' });
      const half = await prefill(who, c.id);
      assert.equal(source(half, 'register').status, 'skipped', 'nobody is asked about half a code');
      assert.equal(half.values.F_USCC, '92');
    });

    test('unknown to the register: please enter; no certificate: the material is uploaded and the case goes on', async () => {
      for (const [code, register] of [[UNKNOWN, 'not_found'], [WITHOUT, 'ok']]) {
        const who = await w.applicant('示例丁');
        const c = await w.create(who);
        const form = await w.fillForm(who, c.id, { set: { F_USCC: code } });
        assert.equal(form.needs['M-YYZZ'], 'exempt', 'presumed, before anybody has asked');
        await w.attachAll(who, c.id, form);
        const asked = await prefill(who, c.id);
        assert.equal(source(asked, 'register').status, register);
        assert.equal(source(asked, 'library').status, 'not_found');
        assert.match(source(asked, 'library').text, /上传/);
        assert.deepEqual([asked.needs['M-YYZZ'], certificate(asked).state, certificate(asked).number], ['required', 'not_found', null]);
        const check = await who.post(`/api/v1/cases/${c.id}/check`, {});
        assert.deepEqual(check.problems.map((p) => p.pointer), ['/materials/M-YYZZ']);
        await w.attach(who, c.id, 'M-YYZZ');
        assert.equal((await w.submit(who, await who.get(`/api/v1/cases/${c.id}`))).state, 'submitted');
      }
    });

    test('a certificate of the library stands for one holder only', async () => {
      const who = await w.applicant('示例戊');
      const c = await w.create(who);
      const got = await prefill(who, c.id, { uscc: PLAIN });
      assert.equal(got.needs['M-YYZZ'], 'exempt');
      const one = certificate(got);
      assert.deepEqual([one.state, one.name, one.number], ['obtained', '营业执照', PLAIN]);
      assert.match(one.text, /^由电子证照库提供：营业执照，编号92150302MA\w+，.*\d{4}年\d{1,2}月\d{1,2}日取得$/);
      assert.match(one.digest, /^[0-9a-f]{64}$/);
      const other = await save(who, c.id, { F_USCC: WITHOUT });
      assert.deepEqual(other.certificates, []);
      const asked = await prefill(who, c.id);
      assert.deepEqual([asked.needs['M-YYZZ'], certificate(asked).state], ['required', 'not_found']);
    });

    test('the materials alone: fields stay empty', async () => {
      const who = await w.applicant('示例丑');
      const c = await w.create(who);
      await save(who, c.id, { F_USCC: PLAIN });
      const got = await prefill(who, c.id, { materials_only: true });
      assert.equal(certificate(got).state, 'obtained');
      assert.ok(!got.values.F_ENT_NAME);
      assert.deepEqual(got.sources.map((one) => [one.kind, one.status]), [['register', 'skipped'], ['library', 'ok'], ['permit', 'skipped'], ['case', 'skipped']]);
    });

    test('departments see source, day and change beside values and materials, through submitting and correction', async () => {
      const who = await w.applicant('示例己');
      const c = await w.create(who);
      const got = await prefill(who, c.id, { uscc: uscc(27) });
      const form = await w.fillForm(who, c.id);
      await w.attachAll(who, c.id, form);
      await save(who, c.id, { F_DOMICILE: '（示例）搬家了1号' });
      const sent = await w.submit(who, await who.get(`/api/v1/cases/${c.id}`));
      const item = await w.item(sent.items[0]);
      const field = (one, code) => one.fields.find((f) => f.code === code);
      assert.deepEqual(field(item, 'F_ENT_NAME').prefilled, got.prefilled.F_ENT_NAME);
      assert.deepEqual(field(item, 'F_DOMICILE').prefilled, { ...got.prefilled.F_DOMICILE, changed: true });
      assert.equal(field(item, 'F_AREA').prefilled, null);
      assert.deepEqual(item.certificates, got.certificates);
      const asking = await w.act(sent.items[0], 'ask_correction', askFor('field', 'F_ENT_NAME'));
      assert.equal(asking.state, 'correcting');
      for (const other of sent.items.slice(1)) await w.act(other, 'accept');
      await until('the notice', async () => (await who.get(`/api/v1/cases/${c.id}`)).correction);
      const correcting = await save(who, c.id, { F_ENT_NAME: '（示例）改过的名字', F_DOMICILE: '' });
      assert.equal(correcting.prefilled.F_ENT_NAME.changed, true);
      const again = await prefill(who, c.id);
      assert.equal(again.values.F_DOMICILE, got.values.F_DOMICILE, 'filled in again where it was cleared');
      assert.equal(source(again, 'library').status, 'skipped', 'what was handed in stays as it is');
      const meanwhile = await w.item(sent.items[0]);
      assert.equal(field(meanwhile, 'F_ENT_NAME').prefilled.changed, false, 'not sent yet');
      const now = await who.get(`/api/v1/cases/${c.id}`);
      await who.post(`/api/v1/cases/${c.id}/supplement`, {}, { match: now.version, key: true });
      const answered = await w.item(sent.items[0]);
      assert.equal(field(answered, 'F_ENT_NAME').prefilled.changed, true);
      assert.equal(field(answered, 'F_DOMICILE').prefilled.changed, false);
      assert.deepEqual(answered.certificates, got.certificates);
      assertProblem(await tryPrefill(who, c.id), 409, 'refused_by_rule');
    });

    test('earlier applications: to the own account only, marked; premises only in the same region', async () => {
      const who = await w.applicant('示例庚');
      const done = await w.licensed(who, TWO);
      const old = (await formOf(who, done.case.id)).values;
      const next = await w.create(who, TWO);
      const form = await formOf(who, next.id);
      for (const code of [...SECRETS, 'F_USCC', 'F_ENT_NAME']) assert.deepEqual(form.values[code], old[code], code);
      assert.deepEqual(kinds(form, 'permit'), ['F_ADDR', 'F_ENT_NAME', 'F_LEGAL_NAME', 'F_USCC'], 'the licence is believed before the application');
      assert.equal(form.prefilled.F_ENT_NAME.reference, done.licence.number);
      assert.equal(form.prefilled.F_AREA.reference, done.case.number);
      assert.equal(form.prefilled.F_AREA.on, done.case.submitted_at.slice(0, 10));
      for (const code of ['F_TRUTH', 'F_MODE', 'F_DELIVERY', 'F_AGENT', 'F_OPEN_DATE']) assert.ok(!(code in form.values), code);
      assert.deepEqual(form.problems, []);
      const away = await formOf(who, (await w.create(who, { ...TWO, region: '150303' })).id);
      assert.equal(away.values.F_LEGAL_IDNO, old.F_LEGAL_IDNO);
      for (const code of ['F_ADDR', 'F_STREET', 'F_AREA', 'SPJY_AQY']) assert.ok(!(code in away.values), code);
      assert.equal(away.values.F_REGION, '150303');
      const stranger = await w.applicant('示例辛');
      const theirs = await w.create(stranger, TWO);
      const asked = await prefill(stranger, theirs.id, { uscc: old.F_USCC });
      assert.deepEqual([source(asked, 'case').status, source(asked, 'permit').status], ['not_found', 'not_found']);
      const shown = JSON.stringify(asked);
      for (const code of SECRETS) assert.ok(!(code in asked.values), code);
      for (const secret of [old.F_LEGAL_IDNO, old.F_LEGAL_PHONE, done.case.number, done.licence.number]) assert.ok(!shown.includes(secret), secret);
    });

    test('one account, several enterprises: nothing before the code says which', async () => {
      const who = await w.applicant('示例壬');
      const [first, second] = [uscc(41), uscc(42)];
      for (const code of [first, second]) {
        const c = await w.create(who, TWO);
        await w.attachAll(who, c.id, await w.fillForm(who, c.id, { set: { F_USCC: code, F_LEGAL_IDNO: citizenId(code === first ? 141 : 142) } }));
        await w.submit(who, await who.get(`/api/v1/cases/${c.id}`));
      }
      const c = await w.create(who, TWO);
      const blank = await formOf(who, c.id);
      assert.ok(!blank.values.F_USCC && !blank.values.F_LEGAL_IDNO);
      const unsure = await prefill(who, c.id);
      assert.equal(source(unsure, 'case').status, 'skipped');
      const sure = await prefill(who, c.id, { uscc: first });
      assert.equal(sure.values.F_LEGAL_IDNO, citizenId(141));
      assert.equal(sure.prefilled.F_LEGAL_IDNO.kind, 'case');
      assert.equal(sure.prefilled.F_ENT_NAME.kind, 'register', 'the register is believed before the application');
    });

    test('a clerk: for the account whose authorisation is on record, and its named enterprise', async () => {
      const clerk = await w.officer('hbw-ck');
      const mine = phone();
      const code = uscc(51);
      const open = (number) => w.create(clerk, TWO, { applicant: { name: '示例癸', phone: number }, authorisation: '本人到场（示例）' });
      const first = await open(mine);
      await w.attachAll(clerk, first.id, await w.fillForm(clerk, first.id, { set: { F_USCC: code, F_LEGAL_IDNO: citizenId(151) } }));
      await w.submit(clerk, await clerk.get(`/api/v1/cases/${first.id}`));
      const second = await open(mine);
      assert.ok(!(await formOf(clerk, second.id)).values.F_LEGAL_IDNO, 'no enterprise is named yet');
      assert.equal(source(await prefill(clerk, second.id), 'case').filled, 0);
      const other = await open(mine);
      const wrong = await prefill(clerk, other.id, { uscc: uscc(52) });
      assert.ok(!wrong.values.F_LEGAL_IDNO && source(wrong, 'case').filled === 0, 'another enterprise');
      const named = await prefill(clerk, second.id, { uscc: code });
      assert.equal(named.values.F_LEGAL_IDNO, citizenId(151));
      const third = await open(phone());
      const theirs = await prefill(clerk, third.id, { uscc: code });
      assert.ok(!theirs.values.F_LEGAL_IDNO, 'another person\'s account');
      assert.equal(theirs.prefilled.F_ENT_NAME.kind, 'register');
    });

    test('a draft takes its marks with it; an account asks a limited number of times an hour', async () => {
      const who = await w.applicant('示例子');
      const c = await w.create(who, THREE);
      let form = await prefill(who, c.id, { uscc: PLAIN });
      const kept = () => sql(server, `SELECT COUNT(*) FROM case_prefill WHERE case_id = ${c.id}`);
      assert.equal(kept(), '1');
      let a;
      for (let i = 0; i < 60; i++) {
        a = await who.call('POST', `/api/v1/cases/${c.id}/prefill`, { json: {}, match: form.version });
        if (a.status !== 200) break;
        form = a.json;
      }
      assertProblem(a, 429, 'too_many_requests');
      assert.equal((await save(who, c.id, {})).values.F_USCC, PLAIN, 'everything else goes on');
      await who.ok('DELETE', `/api/v1/cases/${c.id}`, { match: (await formOf(who, c.id)).version });
      assert.equal(kept(), '0');
    });
  });

describe('sources over HTTP', () => {
  const TOKEN = 'zutritt-987654321';
  let server, w, register, library, who;
  before(async () => {
    register = await new ShareSource().up();
    library = await new ShareSource().up();
    const place = demoPlace();
    configure(place.data, `[register]\nurl = ${register.url}/\ntoken_file = register-token\ntimeout = 1\npause = 3\n[licences]\nurl = ${library.url}\ntimeout = 1\npause = 3\n`, { 'register-token': TOKEN });
    server = await new Server(place, []).up();
    w = new World(server);
    who = await w.applicant('示例源');
  });
  after(async () => {
    assert.ok(!server.log.includes(TOKEN));
    w.close();
    await register.down();
    await library.down();
    await server.stop();
  });
  const good = (code) => ({ uscc: code, name: '（示例）远方的店', type: '个体工商户', legal_person: '（示例）赵', address: '（示例）远方1号', scope: '（示例）', established_on: '2020-02-02', as_of: '2026-01-31', status: '存续', more: 'ignored' });
  const paper = (code, more = {}) => ({ name: '营业执照', holder: code, number: 'N-1', issuer: '（示例）局', issued_on: '2020-02-02', reference: 'ref-1', digest: 'ab'.repeat(32), ...more });
  const well = () => {
    register.ill = library.ill = null;
    register.got.length = library.got.length = 0;
  };
  /** Both sources have just answered well: no failure is counted. */
  const trusted = async () => {
    well();
    assert.ok((await prefill(who, (await w.create(who)).id, { uscc: uscc(66) })).sources.every((one) => one.status !== 'unavailable'));
  };

  test('what is asked and what is made of the answer', async () => {
    const code = uscc(61);
    well();
    register.enterprises[code] = good(code);
    library.certificates[code] = [paper(code, { valid_until: '2099-12-31' })];
    const c = await w.create(who);
    const got = await prefill(who, c.id, { uscc: code });
    assert.deepEqual(register.got, [{ path: `/share/enterprises/${code}`, names: null, holder: null, auth: `Bearer ${TOKEN}`, purpose: `comprehensive-licence case ${c.id}` }]);
    assert.deepEqual(library.got, [{ path: '/share/certificates', names: '营业执照', holder: code, auth: undefined, purpose: `comprehensive-licence case ${c.id}` }]);
    assert.deepEqual([got.values.F_ENT_NAME, got.prefilled.F_ENT_NAME.on], ['（示例）远方的店', '2026-01-31']);
    assert.match(certificate(got).text, /编号N-1，（示例）局发，有效期至2099年12月31日/);
    const lines = server.log.split('\n').filter((one) => one.includes('shared_data_read') && one.includes(`"case":${c.id},`));
    assert.deepEqual(lines.map((one) => [JSON.parse(one).source, JSON.parse(one).outcome]), [['register', 'ok'], ['library', 'ok']]);
    assert.ok(!server.log.includes(code) && !server.log.includes('远方'));
    await prefill(who, c.id);
    assert.equal(library.got.length, 1, 'what was obtained is not asked for again');
  });

  test('a deregistered enterprise and an expired certificate are said to be so', async () => {
    const code = uscc(62);
    well();
    register.enterprises[code] = { ...good(code), status: '注销' };
    library.certificates[code] = [paper(code, { valid_until: '2021-12-31' })];
    const got = await prefill(who, (await w.create(who)).id, { uscc: code });
    assert.match(source(got, 'register').text, /登记状态是“注销”/);
    assert.deepEqual([got.needs['M-YYZZ'], certificate(got).state], ['required', 'expired']);
  });

  const ILL = {
    'an error': (rq, rs) => rs.writeHead(500).end('{}'),
    'refused': (rq, rs) => rs.writeHead(403).end('{}'),
    'a redirect': (rq, rs) => rs.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(),
    'no JSON': (rq, rs) => rs.writeHead(200).end('<html>登录</html>'),
    'a list': (rq, rs) => rs.writeHead(200).end('[]'),
    'half an answer': (rq, rs) => { rs.writeHead(200, { 'Content-Length': 100 }); rs.write('{"uscc":'); rs.destroy(); },
    'a flood': (rq, rs) => rs.writeHead(200).end(JSON.stringify({ name: 'x'.repeat(400000) })),
    'somebody else': (rq, rs, one) => rs.writeHead(200).end(JSON.stringify(one.holder ? { items: [paper(PLAIN)] } : good(PLAIN))),
    'no name': (rq, rs, one) => rs.writeHead(200).end(JSON.stringify(one.holder ? { items: [paper(one.holder, { name: '别的证' })] } : { ...good(one.path.split('/').pop()), name: '' })),
    'a bad digest': (rq, rs, one) => rs.writeHead(200).end(JSON.stringify(one.holder ? { items: [paper(one.holder, { digest: 'xyz' })] } : { ...good(one.path.split('/').pop()), as_of: '2999-01-01' })),
    'a hung up line': (rq) => rq.socket.destroy(),
    'silence': () => undefined,
    'a drip': (rq, rs) => { rs.writeHead(200); const t = setInterval(() => rs.write(' '), 100); rs.on('close', () => clearInterval(t)); },
  };
  for (const [name, ill] of Object.entries(ILL))
    test(`${name}: not available, please enter; in time, and nothing is lost`, async () => {
      const code = uscc(63);
      await trusted();
      const c = await w.create(who);
      await save(who, c.id, { F_ENT_NAME: '（示例）自己写', F_USCC: code });
      register.ill = library.ill = ill;
      const from = Date.now();
      const got = await prefill(who, c.id);
      assert.ok(Date.now() - from < 2700, `${Date.now() - from} ms for two sources with one second each`);
      for (const kind of ['register', 'library']) assert.equal(source(got, kind).status, 'unavailable', kind);
      assert.equal(source(got, 'register').text, '企业登记信息暂时取不到，请自己填写');
      assert.deepEqual([got.needs['M-YYZZ'], certificate(got).state, got.values.F_ENT_NAME], ['required', 'unavailable', '（示例）自己写']);
      assert.deepEqual(kinds(got, 'register'), []);
    });

  for (const name of ['silence', 'an error', 'somebody else'])
    test(`${name}, twice in a row: nobody waits any more; back: asked again after the pause`, async () => {
      const code = uscc(64);
      await trusted();
      register.enterprises[code] = good(code);
      library.certificates[code] = [paper(code)];
      const c = await w.create(who);
      await save(who, c.id, { F_USCC: code });
      await prefill(who, c.id);
      await save(who, c.id, { F_USCC: uscc(65), F_ENT_NAME: '' });
      register.ill = library.ill = ILL[name];
      await prefill(who, c.id);
      await prefill(who, c.id);
      const asked = register.got.length;
      const from = Date.now();
      const paused = await prefill(who, c.id);
      assert.ok(Date.now() - from < 500, `${Date.now() - from} ms`);
      assert.equal(register.got.length, asked, 'nobody asks during the pause');
      assert.equal(source(paused, 'register').status, 'unavailable');
      well();
      await sleep(3100);
      await save(who, c.id, { F_USCC: code, F_ENT_NAME: '' });
      const back = await prefill(who, c.id);
      assert.equal(back.values.F_ENT_NAME, '（示例）远方的店');
      assert.equal(certificate(back).state, 'obtained');
    });

  test('many people at once while it hangs: at most a few wait, all are answered in time', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => w.applicant('示例众')));
    const cases = [];
    for (const one of people) cases.push(await w.create(one));
    await trusted();
    register.got.length = 0;
    register.ill = library.ill = () => undefined;
    const from = Date.now();
    const all = await Promise.all(people.map((one, i) => prefill(one, cases[i].id, { uscc: uscc(70 + i) })));
    assert.ok(Date.now() - from < 3500, `${Date.now() - from} ms`);
    assert.ok(all.every((one) => source(one, 'register').status === 'unavailable'));
    assert.ok(register.got.length <= 8, `${register.got.length} waited`);
  });
});

describe('the sample source as a program, and no source at all', () => {
  const start = async (args) => {
    const child = spawn(BIN, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let out = '';
    child.stdout.on('data', (d) => (out += d));
    const url = await until('start', () => /http:\/\/[\d.]+:\d+/.exec(out)?.[0]);
    const stop = (signal = 'SIGTERM') => new Promise((done) => { child.once('exit', done); child.kill(signal); });
    return { url, stop };
  };

  test('the adapter and the sample source speak the same protocol; its faults are faults', async () => {
    const well = await start(['sample-source', '--listen', '127.0.0.1:0']);
    const place = demoPlace();
    const faults = await Promise.all(['error', 'garbage', 'slow'].map((f) => start(['sample-source', '--listen', '127.0.0.1:0', '--fault', f])));
    const set = (url) => configure(place.data, `[register]\nurl = ${url}\ntimeout = 1\n[licences]\nurl = ${url}\ntimeout = 1\n`);
    set(well.url);
    const server = await new Server(place, []).up();
    const w = new World(server);
    try {
      const who = await w.applicant('示例源');
      const c = await w.create(who);
      const got = await prefill(who, c.id, { uscc: PLAIN });
      assert.equal(source(got, 'register').status, 'ok');
      assert.equal(certificate(got).number, PLAIN);
      assert.equal(source(await prefill(who, (await w.create(who)).id, { uscc: UNKNOWN }), 'register').status, 'not_found');
      for (const one of faults) {
        set(one.url);
        await server.restart();
        assert.equal(source(await prefill(who, (await w.create(who)).id, { uscc: PLAIN }), 'register').status, 'unavailable');
      }
      /* Not demonstration data any more: then there is no built-in source either. */
      configure(place.data, '');
      await server.down();
      sql(place, `UPDATE meta SET value = '0' WHERE key = 'demo'`);
      const real = await start(['serve', '--data', place.data, '--listen', '127.0.0.1:0']);
      server.port = Number(real.url.split(':').pop());
      const none = await prefill(who, c.id);
      await real.stop();
      assert.equal(source(none, 'register').status, 'not_configured');
      assert.match(source(none, 'register').text, /请自己填写/);
    } finally {
      w.close();
      await server.down('SIGKILL');
      place.remove();
      await well.stop();
      await Promise.all(faults.map((one) => one.stop('SIGKILL'))); // the slow one is still about to answer
    }
  });
});
