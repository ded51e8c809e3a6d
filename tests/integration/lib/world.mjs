// What people do with the platform, step by step over HTTP: open, fill, attach, submit, decide, issue.
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { addWorking, dateOf, works } from './calendar.mjs';
import { fill } from './form.mjs';
import { pdf } from './files.mjs';
import { phone } from './ids.mjs';

/** "D-HBW-SCJG" -> "hbw-scjg", as init --demo names its officers. */
export const loginOf = (department) => department.slice(2).toLowerCase();

let serial = process.pid % 500000;

/** Two permits of two departments (food: district market bureau; tobacco: city). */
export const TWO = { industry: 'I03', region: '150302', answers: { 'I03-Q1': ['A', 'B'], 'I03-Q2': ['A'], 'I03-Q3': ['A'], 'I03-Q4': ['B'] } };
/** A convenience store: food registration alone, which tolerates missing materials. */
export const SHOP = { industry: 'I02', region: '150302', answers: { 'I02-Q1': ['A'], 'I02-Q2': ['C'], 'I02-Q3': ['B'], 'I02-Q4': ['B'] } };
/** Three permits of three departments; food shares documents with the others. */
export const THREE = { industry: 'I07', region: '150302', answers: { 'I07-Q1': ['A'], 'I07-Q2': ['B'], 'I07-Q3': ['A'], 'I07-Q4': ['A'], 'I07-Q5': ['A'], 'I07-Q6': ['D'] } };

export class World {
  constructor(server) {
    this.server = server;
    this.officers = new Map();
    this.clients = [];
  }

  client(options) {
    const c = new Client(this.server, options);
    c.lasting = true;
    this.clients.push(c);
    return c;
  }

  close() {
    for (const c of this.clients) c.close();
  }

  applicant(name) {
    return this.client().applicant(phone(), name);
  }

  /** A signed-in officer, one session per login. */
  async officer(login) {
    if (!this.officers.has(login)) this.officers.set(login, this.client().officer(login));
    return this.officers.get(login);
  }

  forget() {
    this.officers.clear();
  }

  reviewer(item) {
    return this.officer(loginOf(item.department.code));
  }

  bureau(region = '150302') {
    return this.officer({ 150300: 'wh-spj', 150302: 'hbw-spj', 150303: 'hn-spj', 150304: 'wd-spj' }[region]);
  }

  /** A draft, not filled. */
  create(who, what = TWO, more = {}) {
    return who.post('/api/v1/cases', { industry: what.industry, region: what.region, answers: what.answers, ...more }, { key: true });
  }

  /** Fill the form; gives the saved form with its definition. */
  async fillForm(who, id, { set = {}, optional = true } = {}) {
    const form = await who.get(`/api/v1/cases/${id}/form`);
    const c = await who.get(`/api/v1/cases/${id}`);
    const values = fill(form.definition, { values: form.values, answers: c.answers, region: c.region.code, serial: ++serial, optional, set, now: this.server.now() });
    const saved = await who.ok('PUT', `/api/v1/cases/${id}/form`, { json: { values }, match: form.version });
    assert.deepEqual(saved.problems, [], 'the filler made values that the server refuses');
    return { ...saved, definition: form.definition };
  }

  attach(who, id, material, bytes = pdf(`${material} ${serial}`), name = `${material}.pdf`) {
    return who.ok('POST', `/api/v1/cases/${id}/attachments?material=${material}&name=${encodeURIComponent(name)}`, { body: bytes, headers: { 'Content-Type': 'application/octet-stream' } });
  }

  async attachAll(who, id, form) {
    const wanted = Object.entries(form.needs).filter(([, need]) => need === 'required' || need === 'tolerable');
    for (const [material] of wanted) await this.attach(who, id, material);
    return wanted.map(([material]) => material);
  }

  /** A submitted case with one material promised instead of handed in, and that material's code. */
  async promised(who, what) {
    const c = await this.create(who, what);
    const form = await this.fillForm(who, c.id, { set: { F_MODE: '03' } });
    const [late] = Object.entries(form.needs).filter(([, need]) => need === 'tolerable').map(([material]) => material);
    assert.ok(late, 'something may be promised');
    for (const [material, need] of Object.entries(form.needs)) if ((need === 'required' || need === 'tolerable') && material !== late) await this.attach(who, c.id, material);
    const saved = await who.get(`/api/v1/cases/${c.id}/form`);
    await who.ok('PUT', `/api/v1/cases/${c.id}/form`, { json: { values: saved.values, commitments: { [late]: true } }, match: saved.version });
    return [await this.submit(who, await who.get(`/api/v1/cases/${c.id}`)), late];
  }

  /** A case ready to be submitted. */
  async prepare(who, what = TWO, more = {}) {
    const c = await this.create(who, what, more);
    const form = await this.fillForm(who, c.id);
    await this.attachAll(who, c.id, form);
    const check = await who.post(`/api/v1/cases/${c.id}/check`, {});
    assert.deepEqual(check.problems, []);
    return who.get(`/api/v1/cases/${c.id}`);
  }

  async submit(who, c, options = {}) {
    return who.post(`/api/v1/cases/${c.id}/submit`, { truth: true }, { match: c.version, key: true, ...options });
  }

  async submitted(who, what = TWO, more = {}) {
    return this.submit(who, await this.prepare(who, what, more));
  }

  /** An act as the item's department would do it; gives the raw answer. */
  async tryAct(item, act, body = {}, { by, match, key = true } = {}) {
    const officer = by ? await this.officer(by) : await this.reviewer(item);
    const version = match ?? (await this.item(item)).version;
    return officer.call('POST', `/api/v1/items/${item.id}/acts/${act}`, { json: body, match: version, key });
  }

  async act(item, act, body, options) {
    const a = await this.tryAct(item, act, body, options);
    assert.equal(a.status, 200, `${act}: ${a.body}`);
    return a.json;
  }

  /** The item as its department sees it. */
  async item(item) {
    return (await this.reviewer(item)).get(`/api/v1/items/${item.id}`);
  }

  /** Accept and grant; a filing is done on acceptance. What must be inspected or heard before is. */
  async grant(item, body = {}) {
    let now = await this.item(item);
    if (now.state === 'received') now = await this.act(item, 'accept', now.permit.kind === 'filing' ? body : {});
    if (now.state === 'accepted') {
      if (now.hearing_required && now.hearing !== 'held') await this.hear(item);
      if (['required', 'rectify'].includes(now.inspection)) await this.inspect(item);
      now = await this.act(item, 'grant', body);
    }
    assert.equal(now.state, 'granted');
    return now;
  }

  async grantAll(c) {
    const out = [];
    for (const item of c.items) out.push(await this.grant(item));
    return out;
  }

  /** The case as its bureau sees it. */
  async seen(item) {
    const region = item.region.code;
    return (await this.bureau(region)).get(`/api/v1/cases/${item.case_id}`);
  }

  /** Today, or the next working day: then the server's clock is moved there. */
  async workday() {
    const today = dateOf(this.server.now());
    const day = works(today) ? today : addWorking(today, 1);
    while (dateOf(this.server.now()) < day) this.server.advance({ days: 1 });
    return day;
  }

  /** Propose a visit for the case of an item and let every department agree to it. */
  async planVisit(item, more = {}) {
    let c = await this.seen(item);
    for (const one of c.items) if (one.state === 'received' && one.inspection !== 'none') await this.act(one, 'accept');
    const bureau = await this.bureau(item.region.code);
    const on = more.on ?? (await this.workday());
    let visit = await bureau.post(`/api/v1/cases/${item.case_id}/visits`, { time: '上午9:30', place: '示例：经营场所', ...more, on }, { key: true });
    const departments = new Set(visit.parts.map((p) => p.department.code));
    for (const code of departments) visit = await this.agree(visit, code);
    return visit;
  }

  /** Two officers of a department agree. */
  async agree(visit, code) {
    const login = loginOf(code);
    const one = await this.officer(login);
    const names = (await one.get('/api/v1/colleagues')).items;
    return one.ok('POST', `/api/v1/visits/${visit.id}/acts/agree`, { json: { officer_a: names[0].id, officer_b: names[1].id }, match: (await one.get(`/api/v1/visits/${visit.id}`)).version, key: true });
  }

  /** What an officer writes down, all alike. */
  checks(part, result = 'pass') {
    return Object.fromEntries(part.checklist.map((k) => [k.code, { result, note: result === 'fail' ? '示例：不符合' : '' }]));
  }

  /** One officer writes down, the other confirms. */
  async record(visit, part, body = {}) {
    const login = loginOf(part.department.code);
    const one = await this.officer(login);
    const mine = (await one.get(`/api/v1/visits/${visit.id}`)).parts.find((p) => p.item_id === part.item_id);
    const post = (who, act, json, match) => who.ok('POST', `/api/v1/items/${part.item_id}/acts/${act}`, { json, match, key: true });
    await post(one, 'inspect', { checks: this.checks(mine), result: 'pass', ...body }, mine.version);
    return post(await this.officer(`${login}-2`), 'countersign', {}, mine.version + 1);
  }

  /** The whole joint inspection of the item's case. */
  async inspect(item, body = {}) {
    const visit = await this.planVisit(item);
    for (const part of visit.parts) await this.record(visit, part, body);
    return visit;
  }

  /** The hearing that a permit must have, announced and held in time. */
  async hear(item) {
    const chair = '示例·听证主持人';
    await this.act(item, 'tell_hearing', { reason: '依法应当举行听证', applicant_only: true });
    await this.act(item, 'ask_hearing', { asked_by: '依职权' });
    const on = addWorking(dateOf(this.server.now()), 8);
    await this.act(item, 'notify_hearing', { on, time: '上午9:00', place: '示例：听证室', chair });
    while (dateOf(this.server.now()) < on) this.server.advance({ days: 1 });
    return this.act(item, 'hold_hearing', { minutes: '各方到场，没有异议。' });
  }

  async issue(c, { by, key = true, match } = {}) {
    const bureau = by ?? (await this.bureau(c.region.code));
    const now = await bureau.get(`/api/v1/cases/${c.id}`);
    return bureau.call('POST', `/api/v1/cases/${c.id}/issue`, { json: {}, match: match ?? now.version, key });
  }

  /** A whole case from nothing to licence. */
  async licensed(who, what = TWO) {
    const c = await this.submitted(who, what);
    await this.grantAll(c);
    const a = await this.issue(c);
    assert.equal(a.status, 200, String(a.body));
    return { case: await who.get(`/api/v1/cases/${c.id}`), licence: a.json };
  }
}

/** What a department writes when it asks for one thing. */
export const askFor = (kind, code, what = '请补正这一项', why = '与其他材料不一致，无法核对') => ({ entries: [{ kind, ...(code ? { code } : {}), what, why }] });
