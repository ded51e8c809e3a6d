import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthBeside, monthOf, works, type Mark } from '../src/office/workdays';

const marks = new Map<string, Mark>([
  ['2026-10-01', { kind: 'off', name: '国庆节' }],
  ['2026-10-10', { kind: 'work', name: '调休' }],
]);

test('working days: the week, days off, make-up days', () => {
  assert.ok(works('2026-10-09', marks), 'a Friday');
  assert.ok(!works('2026-10-11', marks), 'a Sunday');
  assert.ok(!works('2026-10-01', marks), 'a Thursday off');
  assert.ok(works('2026-10-10', marks), 'a Saturday made up');
});

test('a month: whole weeks from Monday, only working days from today on are open', () => {
  const weeks = monthOf(2026, 10, marks, '2026-10-09');
  assert.ok(weeks.every((week) => week.length === 7));
  assert.deepEqual(weeks[0]?.slice(0, 4).map((day) => day?.n ?? null), [null, null, null, 1]);
  const days = weeks.flat().filter((day) => day !== null);
  assert.equal(days.length, 31);
  assert.deepEqual(days.filter((day) => day.open).slice(0, 3).map((day) => day.date), ['2026-10-09', '2026-10-10', '2026-10-12']);
  assert.ok(!days.find((day) => day.date === '2026-10-08')?.open, 'past');
  assert.equal(monthOf(2028, 2, new Map(), '2028-01-01').flat().filter(Boolean).length, 29);
});

test('the month beside', () => {
  assert.deepEqual(monthBeside(2026, 12, 1), [2027, 1]);
  assert.deepEqual(monthBeside(2027, 1, -1), [2026, 12]);
  assert.deepEqual(monthBeside(2026, 5, 1), [2026, 6]);
});
