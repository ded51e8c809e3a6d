// Time moves by the test clock: silence, lapse and signals take effect by themselves, on the legal
// day, also when the server was down over the moment (P4, P5, P7, P15, P18, P21).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES, until } from './lib/env.mjs';
import { startServer } from './lib/server.mjs';
import { assertProblem } from './lib/client.mjs';
import { addDays, addWorking, dateOf, startOf } from './lib/calendar.mjs';
import { askFor, TWO, World } from './lib/world.mjs';

for (const engine of ENGINES)
  describe(`clocks on ${engine}`, () => {
    let server, w, who;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      who = await w.applicant();
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    const today = () => dateOf(server.now());
    /** Sessions end after 12 hours: sign in again after a jump. */
    async function goTo(date, { restart = false } = {}) {
      if (restart) await server.down();
      server.setOffset(startOf(date) + 9 * 3600e3 - Date.now());
      if (restart) await server.up();
      w.forget();
      const phone = who.user.phone;
      who = await w.client().applicant(phone);
    }
    const see = (c) => who.get(`/api/v1/cases/${c.id}`);
    const entry = (c, act, item) => c.timeline.find((t) => t.act === act && (!item || t.permit === item.permit.name || t.permit?.code === item.permit.code || true));

    test('P5: on the fifth working day it is still open, at its end the server accepts by itself', async () => {
      const received = today();
      const c = await w.submitted(who, TWO);
      const last = addWorking(received, 5);
      assert.equal((await w.item(c.items[0])).clock.due_on, last);
      await goTo(last);
      assert.equal((await see(c)).items[0].state, 'received', 'the last day counts in full');
      await goTo(addDays(last, 1));
      const now = await until('deemed acceptance by the running server', async () => {
        const x = await see(c);
        return x.items.every((i) => i.state === 'accepted') && x;
      });
      for (const i of now.items) {
        assert.equal(i.accept_deemed, true);
        assert.equal(i.accepted_on, received, 'accepted as of the day of receipt');
      }
    });

    test('P5, P21: the same when the server was down: effective on the day of receipt, recorded when it came back', async () => {
      const received = today();
      const c = await w.submitted(who, TWO);
      const wake = addDays(addWorking(received, 5), 9);
      await goTo(wake, { restart: true });
      const now = await see(c);
      for (const i of now.items) {
        assert.equal(i.state, 'accepted');
        assert.equal(i.accepted_on, received);
        assert.equal(i.accept_deemed, true);
        assert.equal(i.clock.started_on, received, 'the decision clock starts on that day');
      }
      const acts = now.timeline.filter((t) => t.act === 'deem_accepted');
      assert.equal(acts.length, now.items.length);
      for (const t of acts) {
        assert.equal(t.effective_on, received);
        assert.equal(t.at.slice(0, 10), wake);
        assert.ok(t.effective_on < t.at.slice(0, 10), 'effect date and record date are both kept');
      }
    });

    test('P5: it is done once; asking for corrections afterwards is too late', async () => {
      const c = await w.submitted(who, TWO);
      await goTo(addDays(addWorking(today(), 5), 1), { restart: true });
      await server.restart();
      const now = await see(c);
      assert.equal(now.timeline.filter((t) => t.act === 'deem_accepted').length, now.items.length);
      assertProblem(await w.tryAct(c.items[0], 'ask_correction', askFor('field', 'F_ADDR')), 409, 'refused_by_rule');
    });

    test('P4: the gathered notice goes out on its own when a department stays silent for five days', async () => {
      const c = await w.submitted(who, TWO);
      await w.act(c.items[0], 'ask_correction', askFor('field', 'F_ADDR'));
      assert.equal((await see(c)).correction, null);
      await goTo(addDays(addWorking(today(), 5), 1), { restart: true });
      const now = await see(c);
      assert.equal(now.correction.state, 'issued');
      assert.deepEqual(now.items.map((i) => i.state).sort(), ['accepted', 'correcting']);
      assert.ok(now.correction.due_on > today(), 'the applicant still has the whole time');
    });

    test('P7: a correction that is not answered ends the item on its due date; a new application is free', async () => {
      const c = await w.submitted(who, TWO);
      await w.act(c.items[0], 'ask_correction', askFor('field', 'F_ADDR'));
      await w.act(c.items[1], 'accept');
      const due = (await see(c)).correction.due_on;
      const reminders = async () => (await who.get('/api/v1/messages?limit=50')).items.filter((m) => m.case_id === c.id && m.title.includes('补正'));
      const told = (await reminders()).length;
      await goTo(addDays(due, -5), { restart: true });
      await until('a reminder before the due date', async () => (await reminders()).length === told + 1);
      await goTo(due);
      assert.equal((await see(c)).items[0].state, 'correcting');
      assert.equal((await reminders()).length, told + 1, 'once');
      await goTo(addDays(due, 3), { restart: true });
      const now = await see(c);
      assert.equal(now.items[0].state, 'ended');
      assert.equal(entry(now, 'end_correction').effective_on, due);
      const late = await who.call('POST', `/api/v1/cases/${c.id}/supplement`, { json: {}, match: now.version, key: true });
      assertProblem(late, 409, 'refused_by_rule', 'P6');
      await w.create(who, TWO);
    });

    test('P15, P18: green, then yellow when a quarter is left, then red; the queue is sorted and counted by it', async () => {
      const c = await w.submitted(who, TWO);
      const start = today();
      const item = c.items.find((i) => i.permit.code === 'P-YCLS');
      const accepted = await w.act(item, 'accept');
      const { promised_due: promised, statutory_due: statutory } = accepted.clock;
      const signal = async () => (await w.item(item)).clock.signal;
      assert.equal(await signal(), 'green');
      const limit = [...Array(60).keys()].find((n) => addWorking(start, n) === promised);
      const spare = Math.max(1, Math.floor(limit / 4));
      let previous = start;
      for (let n = 1; n <= limit; n++) {
        const day = addWorking(start, n);
        if (limit - n > spare) { previous = day; continue; }
        await goTo(day);
        assert.equal(await signal(), 'yellow', `${limit - n} of ${limit} days left`);
        break;
      }
      assert.ok(previous > start);
      await goTo(addDays(promised, 1));
      assert.equal(await signal(), 'red', 'alarm when the promise is broken');
      assert.ok(statutory >= promised);
      const reviewer = await w.reviewer(item);
      const red = await reviewer.get('/api/v1/items?signal=red&limit=100');
      assert.ok(red.items.some((i) => i.id === item.id));
      assert.equal(red.items.length, Math.min(100, red.counts.by_signal.red));
      const queue = await reviewer.get('/api/v1/items?state=accepted&limit=100');
      const dues = queue.items.map((i) => i.clock.due_on);
      assert.deepEqual(dues, [...dues].sort());
    });

    test('P15: withdrawing or deciding stops the clock', async () => {
      const c = await w.submitted(who, TWO);
      const done = await w.grant(c.items[0]);
      assert.equal(done.clock, null);
      assert.equal((await see(c)).items.find((i) => i.id === c.items[0].id).clock, null);
    });

    test('a licence is expired the day after its last permit', async () => {
      const { licence } = await w.licensed(who, TWO);
      assert.ok(licence.expires_on);
      const status = () => w.client().get(`/api/v1/licences/${licence.number}/status`);
      await goTo(licence.expires_on);
      assert.equal((await status()).state, 'valid');
      await goTo(addDays(licence.expires_on, 1));
      assert.equal((await status()).state, 'expired');
      const page = await w.client().call('GET', `/V/${licence.short_id}`);
      assert.match(page.body.toString('utf8'), /过期/);
      assert.equal((await w.client().post('/api/v1/verify', { text: licence.qr_text })).status.state, 'expired');
    });
  });
