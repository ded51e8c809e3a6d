// Cases with an inspection, driven by calls: submitted, accepted, the visit proposed for the next
// working day of the server's clock and agreed; and what the server has in the end.
import assert from 'node:assert/strict';
import { addDays, dateOf, startOf, works } from '../integration/lib/calendar.mjs';
import { World } from '../integration/lib/world.mjs';

/** A supermarket with a workshop: two permits of one department that share checks. */
export const SHOP = { industry: 'I01', region: '150302', answers: { 'I01-Q1': ['A'], 'I01-Q2': ['A'], 'I01-Q3': ['C'], 'I01-Q4': ['B'], 'I01-Q5': ['B'], 'I01-Q6': ['D'] } };
export const FIRST = 'hbw-scjg';
export const SECOND = 'hbw-scjg-2';

export class Visits {
  constructor(server) {
    this.server = server;
    this.world = new World(server);
  }

  close() {
    this.world.close();
  }

  /** The clock on a working day, at ten in the morning of it when it must move. */
  onWorkingDay() {
    let day = dateOf(this.server.now());
    if (works(day)) return day;
    while (!works(day)) day = addDays(day, 1);
    this.server.setOffset(startOf(day) + 10 * 3600e3 - Date.now());
    return day;
  }

  /** Submitted and accepted by all; promise: leave out what may be handed in later. */
  async accepted(what, { promise = false } = {}) {
    const w = this.world;
    const who = await w.applicant();
    const draft = await w.create(who, what);
    const form = await w.fillForm(who, draft.id, { set: promise ? { F_MODE: '03' } : {} });
    const later = promise ? Object.entries(form.needs).filter(([, need]) => need === 'tolerable').map(([code]) => code) : [];
    if (later.length) {
      const now = await who.get(`/api/v1/cases/${draft.id}/form`);
      await who.ok('PUT', `/api/v1/cases/${draft.id}/form`, { json: { values: now.values, commitments: Object.fromEntries(later.map((code) => [code, true])) }, match: now.version });
    }
    for (const [code, need] of Object.entries(form.needs)) if (need === 'required' || (need === 'tolerable' && !later.includes(code))) await w.attach(who, draft.id, code);
    const ready = await who.get(`/api/v1/cases/${draft.id}`);
    const c = await w.submit(who, ready);
    for (const item of c.items) await w.act(item, 'accept');
    return { ...c, who, later };
  }

  async propose(c, on, by = 'hbw-spj') {
    const officer = await this.world.officer(by);
    return officer.post(`/api/v1/cases/${c.id}/visits`, { on, time: '上午9:30', place: '（示例）乌海市海勃湾区示例街1号' }, { key: true });
  }

  /** The same day once more, or off: what a bureau does meanwhile. */
  async move(visit) {
    const bureau = await this.world.officer('hbw-spj');
    const now = await bureau.get(`/api/v1/visits/${visit.id}`);
    const again = await bureau.post(`/api/v1/cases/${visit.case_id}/visits`, { on: now.on, time: '下午14:30', place: now.place, reason: '换个时间' }, { key: true, match: now.version });
    return this.agree(again);
  }

  async cancel(visit) {
    const bureau = await this.world.officer('hbw-spj');
    const now = await bureau.get(`/api/v1/visits/${visit.id}`);
    return bureau.post(`/api/v1/visits/${visit.id}/acts/cancel`, { reason: '申请人请求另约' }, { key: true, match: now.version });
  }

  /** Every department agrees with its first two officers. */
  async agree(visit) {
    let now = visit;
    for (const login of [...new Set(visit.parts.map((part) => part.department.code.slice(2).toLowerCase()))]) {
      const one = await this.world.officer(login);
      const two = await this.world.officer(`${login}-2`);
      now = await one.post(`/api/v1/visits/${visit.id}/acts/agree`, { officer_a: one.user.id, officer_b: two.user.id }, { key: true, match: now.version });
    }
    assert.equal(now.state, 'announced');
    return now;
  }

  /** An announced visit of today, and its case. */
  async announced(what = SHOP, options = {}) {
    const c = await this.accepted(what, options);
    const visit = await this.agree(await this.propose(c, this.onWorkingDay()));
    return { c, visit };
  }

  async see(visit, login = FIRST) {
    return (await this.world.officer(login)).get(`/api/v1/visits/${visit.id}`);
  }

  /** Everything passed, by call: what the other officer did meanwhile. */
  async record(visit, index, login, findings = '') {
    const part = (await this.see(visit, login)).parts[index];
    const checks = Object.fromEntries(part.checklist.map((one) => [one.code, { result: 'pass', note: '' }]));
    const officer = await this.world.officer(login);
    await officer.post(`/api/v1/items/${part.item_id}/acts/inspect`, { checks, result: 'pass', findings, taken_at: this.server.now() }, { key: true, match: part.version });
  }

  /** The whole visit of today: every department records "passed", its second officer confirms. */
  async passed(c) {
    const visit = await this.agree(await this.propose(c, this.onWorkingDay()));
    for (const [index, part] of visit.parts.entries()) {
      const login = part.department.code.slice(2).toLowerCase();
      await this.record(visit, index, login);
      const second = await this.world.officer(`${login}-2`);
      const { version } = (await this.see(visit, `${login}-2`)).parts[index];
      await second.post(`/api/v1/items/${part.item_id}/acts/countersign`, {}, { key: true, match: version });
    }
    return this.see(visit, 'hbw-spj');
  }

  /** How often an act stands in the ledger of a case. */
  async acts(c, act) {
    const seen = await c.who.get(`/api/v1/cases/${c.id}`);
    return seen.timeline.filter((entry) => entry.act === act).length;
  }
}
