// Holiday arrangements as data: a year that is not published yet makes deadlines provisional; importing it
// moves them, without a restart, on every node, only where it counts, and never to the applicant's harm.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, PG, ROOT, sleep, until, yizheng } from './lib/env.mjs';
import { sql } from './lib/database.mjs';
import { Server, startServer } from './lib/server.mjs';
import { assertPointer, assertProblem } from './lib/client.mjs';
import { addDays, dateOf, startOf } from './lib/calendar.mjs';
import { askFor, TWO, World } from './lib/world.mjs';

const data = (name) => readFileSync(join(ROOT, 'tests', 'data', name));
const NOTICE = JSON.parse(data('calendar-2027.json').toString('utf8'));
const shipped = ['2025', '2026', '2027'].map((y) => JSON.parse(readFileSync(join(ROOT, 'catalog', 'calendar', `${y}.json`), 'utf8')));

/** Counting day by day from the given years, independently of the program. */
function counter(...years) {
  const marks = new Map(years.flatMap((y) => y.days.map((d) => [d.date, d.kind])));
  return (start, n) => {
    let d = start;
    for (let left = n; left > 0;) {
      d = addDays(d, 1);
      const day = new Date(`${d}T12:00:00Z`).getUTCDay();
      if (marks.has(d) ? marks.get(d) === 'work' : day !== 0 && day !== 6) left--;
    }
    return d;
  };
}
const before2027 = counter(...shipped);
const after2027 = counter(...shipped.slice(0, 2), NOTICE);
const post = (who, place, body, { source = '', type = 'application/json' } = {}) =>
  who.call('POST', `/api/v1/calendars/${place}${source ? `?source=${encodeURIComponent(source)}` : ''}`, { body: Buffer.from(body), headers: { 'Content-Type': type } });

for (const engine of ENGINES)
  describe(`calendars on ${engine}`, () => {
    let server, w, who, admin, anybody;
    before(async () => {
      server = await startServer({ engine });
      w = new World(server);
      await goTo('2027-01-28');
    });
    after(async () => {
      server.assertLogClean();
      w.close();
      await server.stop();
    });

    async function goTo(date) {
      server.setOffset(startOf(date) + 9 * 3600e3 - Date.now());
      w.forget();
      who = await w.applicant();
      admin = await w.officer('admin');
      anybody = w.client();
    }
    const today = () => dateOf(server.now());
    const see = (c) => who.get(`/api/v1/cases/${c.id}`);
    const dues = async (c) => (await see(c)).items.map((i) => i.clock.due_on);
    const stored = (item) => sql(server, `SELECT due_on, yellow_on, version FROM item WHERE id = ${item.id}`).split('|').map(Number);
    const dayNumber = (date) => Date.parse(`${date}T00:00:00Z`) / 86400e3;

    let hbw, hn, corrected, printed;
    test('a deadline in 2027 is provisional, and so is its year', async () => {
      hbw = await w.submitted(who, TWO);
      hn = await w.submitted(who, { ...TWO, region: '150303' });
      corrected = await w.submitted(who, TWO);
      for (const i of corrected.items) await w.act(i, 'ask_correction', askFor('field', 'F_ADDR'));
      printed = (await see(corrected)).correction.due_on;
      assert.equal(printed, before2027(today(), 30));
      for (const i of (await see(hbw)).items) {
        assert.equal(i.clock.provisional, true);
        assert.equal(i.clock.due_on, before2027(today(), 5));
      }
      const year = await anybody.get('/api/v1/calendars/nation/2027');
      assert.equal(year.certainty, 'provisional');
      assert.equal(year.imported_at, null);
      const list = (await anybody.get('/api/v1/calendars')).items;
      assert.deepEqual(list.map((y) => [y.region.code, y.year, y.certainty]), [['nation', 2025, 'published'], ['nation', 2026, 'published'], ['nation', 2027, 'provisional']]);
      for (const y of list) assert.ok(y.source.length > 5);
      assertProblem(await anybody.call('GET', '/api/v1/calendars/nation/2031'), 404, 'not_found');
      assertProblem(await anybody.call('GET', '/api/v1/calendars/150399/2026'), 404, 'not_found');
      assertProblem(await anybody.call('GET', '/api/v1/calendars/nation/x'), 404, 'not_found');
    });

    test('only the administrator imports', async () => {
      assertProblem(await post(anybody, 'nation/2027', JSON.stringify(NOTICE)), 401, 'unauthenticated');
      assertProblem(await post(who, 'nation/2027', JSON.stringify(NOTICE)), 403, 'forbidden');
      for (const login of ['hbw-spj', 'hbw-scjg', 'hbw-ck']) assertProblem(await post(await w.officer(login), 'nation/2027', JSON.stringify(NOTICE)), 403, 'forbidden');
      assertProblem(await admin.call('POST', '/api/v1/calendars/nation/2027', { json: NOTICE, headers: { 'X-CSRF-Token': 'x' } }), 403, 'csrf_failed');
    });

    test('a bad file names every problem, and changes nothing', async () => {
      const bad = structuredClone(NOTICE);
      bad.days.find((d) => d.date === '2027-09-15').date = '2027-09-31';
      bad.days.find((d) => d.date === '2027-06-09').kind = 'rest';
      bad.days.push({ date: '2026-12-31', kind: 'off', name: '元旦' }, { date: '2027-01-01', kind: 'off', name: '元旦' }, { date: '2027-03-03', kind: 'work', name: '调休' });
      bad.source = '';
      const a = await post(admin, 'nation/2027', JSON.stringify(bad));
      const at = (date) => bad.days.findLastIndex((d) => d.date === date);
      for (const [pointer, code] of [[`/days/${at('2027-09-31')}/date`, 'bad_date'], [`/days/${at('2027-06-09')}/kind`, 'bad_kind'], [`/days/${at('2026-12-31')}/date`, 'other_year'], [`/days/${at('2027-01-01')}/date`, 'duplicate_day'], [`/days/${at('2027-03-03')}/date`, 'works_anyway'], ['/source', 'required'], ['/days', 'holiday_missing'], ['/days', 'too_few_days']]) assertPointer(a, pointer, code);
      const csv = await post(admin, 'nation/2027', 'date,kind,name,statutory\n2027-01-01,off,元旦,1\n2027-13-01,off,元旦,1\n2027-01-04,work,调休,0\n', { type: 'text/csv' });
      for (const [pointer, code] of [['/rows/3', 'bad_date'], ['/rows/4', 'works_anyway'], ['/days', 'statutory_count'], ['/source', 'required']]) assertPointer(csv, pointer, code);
      assertPointer(await post(admin, 'nation/2028', JSON.stringify(NOTICE)), '/year', 'other_year');
      assertProblem(await post(admin, 'nation/2027', '{'), 400, 'malformed_request');
      assertProblem(await post(admin, 'nation/2027', ''), 400, 'malformed_request');
      assertProblem(await post(admin, 'nation/2027', Buffer.from('date,kind,name\n2027-01-01,off,\xd4\xff', 'latin1'), { type: 'text/csv' }), 400, 'malformed_request');
      assertProblem(await post(admin, 'nation/2027', JSON.stringify(NOTICE), { type: 'image/png' }), 415, 'unsupported_media_type');
      assertProblem(await post(admin, 'nation/1999', JSON.stringify(NOTICE)), 404, 'not_found');
      assertProblem(await post(admin, 'nation/2027', 'x'.repeat(300 * 1024)), 413, 'too_large');
      assert.equal(sql(server, 'SELECT (SELECT COUNT(*) FROM calendar_year), (SELECT COUNT(*) FROM calendar_day)'), '0|0');
      assert.equal((await see(hbw)).items[0].clock.provisional, true);
    });

    test('the notice moves open deadlines and clears provisional, without a restart and without a new version', async () => {
      const old = stored(hbw.items[0]);
      // Counted in the database: the signed head follows the log by up to two seconds.
      const entries = () => sql(server, 'SELECT COUNT(*) FROM ledger');
      // What the jump of the clock has set going in the demonstration data comes to its end first.
      let ledger;
      await until('a quiet log', async () => {
        ledger = entries();
        await sleep(2500);
        return entries() === ledger;
      }, 60000);
      const done = await post(admin, 'nation/2027', JSON.stringify(NOTICE));
      assert.equal(done.status, 200, String(done.body));
      assert.deepEqual([done.json.region.code, done.json.year, done.json.certainty, done.json.days], ['nation', 2027, 'published', NOTICE.days.length]);
      const due = after2027(today(), 5);
      assert.ok(due !== before2027(today(), 5), 'the sample really moves this date');
      for (const c of [hbw, hn]) {
        const now = await see(c);
        for (const i of now.items) {
          assert.equal(i.clock.due_on, due);
          assert.equal(i.clock.provisional, false);
        }
        assert.equal(now.version, c.version, 'nobody acted');
        for (const i of c.items) assert.equal(stored(i)[0], dayNumber(due));
      }
      const fresh = stored(hbw.items[0]);
      assert.ok(fresh[1] !== old[1], 'and with it the day of the yellow signal');
      assert.equal(fresh[2], old[2]);
      const correction = after2027(today(), 30);
      assert.ok(correction > printed);
      assert.equal((await see(corrected)).correction.due_on, correction);
      assert.ok(done.json.moved >= 5, `2 cases of 2 items and a correction, ${done.json.moved} moved`);
      assert.equal(entries(), ledger, 'no act of any case');
      const year = await anybody.get('/api/v1/calendars/nation/2027');
      assert.equal(year.source, NOTICE.source);
      assert.deepEqual(year.days.map(({ date, kind, name }) => ({ date, kind, name })), NOTICE.days);
      assert.deepEqual((await post(admin, 'nation/2027', JSON.stringify(NOTICE))).json.moved, 0, 'the same again moves nothing');
      assert.match(sql(server, "SELECT imported_by, digest FROM calendar_year WHERE year = 2027 AND region = ''"), /^admin\|[0-9a-f]{64}$/);
    });

    test('what is submitted from now on counts by it', async () => {
      const c = await w.submitted(who, TWO);
      assert.deepEqual(await dues(c), [after2027(today(), 5), after2027(today(), 5)]);
    });

    test('an extra day of a district moves only that district; of the city, all of them', async () => {
      const nation = await dues(hbw);
      const extra = 'date,kind,name\n2027-01-29,off,地方节日（示例）\n';
      const one = await post(admin, '150303/2027', extra, { type: 'text/csv', source: '示例：海南区通知' });
      assert.equal(one.status, 200, String(one.body));
      assert.ok(one.json.moved >= 2);
      assert.deepEqual(await dues(hbw), nation);
      const later = await dues(hn);
      for (const [i, due] of later.entries()) assert.ok(due > nation[i], `${due} after ${nation[i]}`);
      const shown = await anybody.get('/api/v1/calendars/150303/2027');
      assert.deepEqual(shown.days.find((d) => d.date === '2027-01-29').layer, { code: '150303', name: '海南区' });
      assert.equal(shown.days.find((d) => d.date === '2027-02-06').layer.code, 'nation');
      assert.equal((await anybody.get('/api/v1/calendars/150302/2027')).days.length, NOTICE.days.length);
      const city = await post(admin, '150300/2027', extra, { type: 'text/csv', source: '示例：乌海市通知' });
      assert.equal(city.status, 200);
      assert.deepEqual(await dues(hbw), later);
      assert.deepEqual(await dues(hn), later);
      assertPointer(await post(admin, '150303/2027', 'date,kind,name\n2027-02-06,work,上班\n', { type: 'text/csv', source: '示例' }), '/rows/2', 'holiday_kept');
    });

    test('taking days back moves open deadlines back, but no correction that was printed', async () => {
      const longer = (await see(corrected)).correction.due_on;
      for (const place of ['150300/2027', '150303/2027']) assert.equal((await post(admin, place, 'date,kind,name\n', { type: 'text/csv', source: '示例：撤销' })).status, 200);
      assert.deepEqual(await dues(hbw), [after2027(today(), 5), after2027(today(), 5)]);
      assert.deepEqual(await dues(hn), [after2027(today(), 5), after2027(today(), 5)]);
      assert.equal((await see(corrected)).correction.due_on, longer, 'the applicant relies on the later date');
    });

    test('reading goes on while calendars are put in each other\'s place', async () => {
      let going = true;
      let reads = 0;
      const allowed = [after2027(today(), 5), counter(...shipped.slice(0, 2), { days: [...NOTICE.days, { date: '2027-01-29', kind: 'off' }] })(today(), 5)];
      const reader = async (one) => {
        while (going) {
          for (const i of (await one.get(`/api/v1/cases/${hbw.id}`)).items) assert.ok(allowed.includes(i.clock.due_on), i.clock.due_on);
          await anybody.get('/api/v1/calendars/150302/2027');
          reads++;
        }
      };
      const readers = Promise.all(Array.from({ length: 6 }, () => reader(Object.assign(w.client(), { cookie: who.cookie, csrf: who.csrf }))));
      try {
        for (let i = 0; i < 10; i++) {
          const a = await post(admin, '150302/2027', `date,kind,name\n${i % 2 ? '' : '2027-01-29,off,示例\n'}`, { type: 'text/csv', source: '示例' });
          assert.equal(a.status, 200, String(a.body));
          assert.ok(a.json.moved >= 4, `each of them moves this region: ${a.json.moved}`);
        }
      } finally {
        going = false; // else the readers never end, nor does the run
        await readers;
      }
      assert.ok(reads > 10);
    });

    test('the command line, beside a running server and on a stopped one', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'yizheng-calendar-'));
      const extra = join(dir, 'extra.csv');
      const old = await dues(hbw);
      const cli = (args, input) => yizheng(['calendar', ...args.slice(0, 1), ...server.where, ...args.slice(1)], { input });
      try {
        writeFileSync(extra, 'date,kind,name\n2027-01-29,off,地方节日（示例）\n');
        let r = cli(['import', '--region', '150302', '--source', '示例：海勃湾区通知', extra]);
        assert.equal(r.code, 0, r.err);
        assert.match(r.out, /海勃湾区2027年.*1 天；\d+ 个/);
        await until('the running server notices', async () => (await see(hbw)).items[0].clock.due_on > old[0], 5000);
        await server.down();
        r = cli(['import', '--region', '150302', '--source', '示例：撤销', '--year', '2027', '-'], 'date,kind,name\n');
        assert.equal(r.code, 0, r.err);
        assert.equal(stored(hbw.items[0])[0], dayNumber(after2027('2027-01-28', 5)), 'counted by the command itself');
        await server.up();
        await goTo('2027-01-28');
        assert.equal((await w.item(hbw.items[0])).clock.due_on, after2027('2027-01-28', 5));
        r = cli(['list']);
        assert.equal(r.code, 0);
        assert.match(r.out, /2027 {2}全国 {2}已公布 .*示例：2027年/);
        r = cli(['show', '--region', '150303', '2027']);
        assert.equal(r.code, 0);
        assert.match(r.out, /2027-02-20 周六 班 调休上班（全国）/);
        assert.equal(r.out.trim().split('\n').length, NOTICE.days.length + 1);
        r = cli(['import', '--region', '150302', extra]);
        assert.equal(r.code, 1);
        assert.match(r.err, /\/source.*\(?required/);
        assert.equal(cli(['import', '--region', '999', extra]).code, 1);
        assert.equal(cli(['import', join(dir, 'absent')]).code, 3);
        assert.equal(cli(['import']).code, 2);
        assert.equal(cli(['list', 'x']).code, 2);
        assert.equal(cli(['show', '1999']).code, 2);
        for (const c of ['import', 'list', 'show']) assert.match(yizheng(['calendar', c, '--help']).out, new RegExp(`yizheng calendar ${c}`));
      } finally {
        rmSync(dir, { recursive: true });
      }
    });

    test('an import that was cut off before counting is made up for at the next start', async () => {
      await server.down();
      const due = stored(hbw.items[0])[0];
      sql(server, `UPDATE item SET due_on = due_on - 3 WHERE id = ${hbw.items[0].id}; UPDATE meta SET value = '0' WHERE key = 'calendar_settled'`);
      await server.up();
      assert.equal(stored(hbw.items[0])[0], due);
    });
  });

describe('two nodes on one database', { skip: PG ? false : 'YZ_TEST_PG is not set: two nodes not tested' }, () => {
  test('an import at one counts at the other within two seconds, and there as well from the next submission', async () => {
    const one = await startServer({ engine: 'postgres' });
    const two = await new Server(one.place, []).up();
    const a = new World(one);
    const b = new World(two);
    try {
      one.setOffset(startOf('2027-01-28') + 9 * 3600e3 - Date.now());
      two.offset = one.offset;
      const done = await post(await a.officer('admin'), 'nation/2027', JSON.stringify(NOTICE));
      assert.equal(done.status, 200, String(done.body));
      const other = b.client();
      await until('the other node notices', async () => (await other.get('/api/v1/calendars/nation/2027')).certainty === 'published', 2500);
      const who = await b.applicant();
      const c = await b.submitted(who, TWO);
      for (const i of c.items) {
        assert.equal(i.clock.due_on, after2027('2027-01-28', 5));
        assert.equal(i.clock.provisional, false);
      }
    } finally {
      one.assertLogClean();
      a.close();
      b.close();
      assert.equal(await two.down(), 0);
      await one.stop();
    }
  });
});
