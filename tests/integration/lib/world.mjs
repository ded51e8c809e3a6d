// What people do with the platform, step by step over HTTP: open, fill, attach, submit, decide, issue.
import assert from 'node:assert/strict';
import { Client } from './client.mjs';
import { fill } from './form.mjs';
import { pdf } from './files.mjs';
import { phone } from './ids.mjs';

/** "D-HBW-SCJG" -> "hbw-scjg", as init --demo names its officers. */
export const loginOf = (department) => department.slice(2).toLowerCase();

let serial = process.pid % 500000;

/** Two permits of two departments (food: district market bureau; tobacco: city). */
export const TWO = { industry: 'I03', region: '150302', answers: { 'I03-Q1': ['A', 'B'], 'I03-Q2': ['A'], 'I03-Q3': ['A'], 'I03-Q4': ['B'] } };
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

  /** Accept and grant; a filing is done on acceptance. */
  async grant(item, body = {}) {
    let now = await this.item(item);
    if (now.state === 'received') now = await this.act(item, 'accept', now.allowed.includes('grant') ? {} : body);
    if (now.state === 'accepted') now = await this.act(item, 'grant', body);
    assert.equal(now.state, 'granted');
    return now;
  }

  async grantAll(c) {
    const out = [];
    for (const item of c.items) out.push(await this.grant(item));
    return out;
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
