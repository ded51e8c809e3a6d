import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateTime, fileSize, longDate, monthDay, shanghaiDate, timeLeft, workingDays } from '../src/shared/format';

test('dates', () => {
  assert.equal(longDate('2026-11-23'), '2026年11月23日（周一）');
  assert.equal(longDate('2026-11-23T00:30:00+08:00'), '2026年11月23日（周一）');
  assert.equal(dateTime('2026-11-22T23:30:00Z'), '2026年11月23日 07:30');
  assert.equal(monthDay('2026-11-06'), '11月6日');
  assert.equal(shanghaiDate(new Date('2026-11-22T16:00:00Z')), '2026-11-23');
  assert.equal(longDate(null), '');
});

test('time limits', () => {
  assert.equal(timeLeft(3, '2026-11-26'), '还剩3个工作日（11月26日前）');
  assert.equal(timeLeft(0, '2026-11-26'), '今天到期（11月26日）');
  assert.equal(timeLeft(-2, '2026-11-26'), '已超过2个工作日（应在11月26日前）');
  assert.equal(timeLeft(3, '2027-01-06', true), '还剩3个工作日（约1月6日前）');
  assert.equal(timeLeft(null, null), '');
  assert.equal(workingDays(0), '当场办结');
  assert.equal(fileSize(2048), '2 KB');
});
