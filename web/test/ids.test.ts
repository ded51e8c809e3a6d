import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateValid, emailValid, idcardValid, mobileValid, phoneValid, usccValid } from '../src/shared/ids';

const good = `91110000802100433B 91110108551385082Q 914403001922038216 91330100799655058B 9144030071526726XG
91440300708461136T 91110000101623741K 911101066976941872 91350100M000100Y43 11100000000013338W 11100000MB03271699
11110000000021135M 12441500196720244T 91320404MA22FHG7XX 91150302MA00000074 11150300MA0000007F 91150300MA0NABCD58`.split(/\s+/);

test('GB 32100: every known code passes', () => {
  for (const code of good) assert.ok(usccValid(code), code);
  assert.ok(usccValid(' 91150302ma00000074 '), 'lower case and spaces are forgiven');
});

test('GB 32100: any single changed character fails', () => {
  for (const code of good) {
    for (let i = 0; i < 18; i++) {
      const other = code[i] === '1' ? '2' : '1';
      assert.ok(!usccValid(code.slice(0, i) + other + code.slice(i + 1)), `${code} at ${i}`);
    }
  }
  for (const bad of ['91350100M000100Y4Z', '91350211M0000XUF46', '', '9115030', '91150302MI00000074']) assert.ok(!usccValid(bad), bad);
});

test('GB 11643', () => {
  const today = '2026-11-23';
  for (const id of ['11010519491231002X', '11010519491231002x']) assert.ok(idcardValid(id, today), id);
  assert.ok(!idcardValid('440524188001010014', today), 'the check digit is right, but born before 1900');
  for (const id of ['150302199003070016', '150302199003070024', '150302199003070032']) assert.ok(idcardValid(id, today), id);
  for (const bad of ['150302199003070017', '150302199002300016', '15030219900307001', '000302199003070016']) assert.ok(!idcardValid(bad, today), bad);
  assert.ok(!idcardValid('150302199003070016', '1990-03-06'), 'born after today');
});

test('phones, mail, dates', () => {
  assert.ok(mobileValid('13800001234'));
  assert.ok(!mobileValid('12800001234'));
  assert.ok(phoneValid('0473-2012345'));
  assert.ok(phoneValid('04732012345'));
  assert.ok(!phoneValid('2012345'));
  assert.ok(emailValid('a.b@c.cn'));
  assert.ok(!emailValid('a@b'));
  assert.ok(dateValid('2024-02-29'));
  assert.ok(!dateValid('2026-02-29'));
  assert.ok(!dateValid('2026-13-01'));
});
