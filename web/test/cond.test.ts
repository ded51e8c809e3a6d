import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds, hundredths, isEmpty } from '../src/shared/cond';

const input = {
  values: { A: '120.50', B: '', C: ['XS1', 'CY1'], D: true, E: '2', F: '2026-11-23' },
  answers: { 'I01-Q1': ['A'] },
  context: { law_version: '2024' },
  fields: new Map([
    ['A', { type: 'number' }],
    ['H', { type: 'text', show_if: { field: 'B', op: 'filled' } }],
  ]),
};
const hidden = { ...input, values: { ...input.values, H: 'x' } };

test('decimals are compared exactly', () => {
  assert.equal(hundredths('120.5'), 12050);
  assert.equal(hundredths('-0.01'), -1);
  assert.equal(hundredths(7), 700);
  for (const bad of ['', 'x', '1.234', '1e3', null]) assert.equal(hundredths(bad), null);
});

test('operators', () => {
  const yes = [
    null,
    { field: 'A', op: 'eq', value: '120.50' },
    { field: 'A', op: 'gt', value: 120 },
    { field: 'A', op: 'le', value: '120.50' },
    { field: 'B', op: 'empty' },
    { field: 'C', op: 'contains', value: 'CY1' },
    { field: 'D', op: 'eq', value: true },
    { field: 'E', op: 'in', value: ['2', '3'] },
    { field: 'F', op: 'ge', value: '2026-11-22' },
    { answer: 'I01-Q1', op: 'has', value: 'A' },
    { context: 'law_version', op: 'eq', value: '2024' },
    { all: [{ field: 'A', op: 'filled' }, { not: { field: 'B', op: 'filled' } }] },
    { any: [{ field: 'B', op: 'filled' }, { field: 'D', op: 'filled' }] },
    { field: 'H', op: 'empty' },
  ];
  for (const cond of yes) assert.ok(holds(cond, hidden), JSON.stringify(cond));
  const no = [
    { field: 'nothing', op: 'eq', value: '1' },
    { field: 'nothing', op: 'ne', value: '1' },
    { field: 'nothing', op: 'lt', value: '1' },
    { field: 'E', op: 'contains', value: '2' },
    { field: 'E', op: 'in', value: ['3'] },
    { answer: 'I01-Q2', op: 'has', value: 'A' },
    { not: { field: 'A', op: 'filled' } },
    { all: [{ field: 'A', op: 'filled' }, { field: 'B', op: 'filled' }] },
  ];
  for (const cond of no) assert.ok(!holds(cond, input), JSON.stringify(cond));
});

test('emptiness', () => {
  for (const value of [undefined, null, '', '  ', [], {}, { name: '' }]) assert.ok(isEmpty(value));
  for (const value of [false, 0, '0', ['x'], { name: '王' }]) assert.ok(!isEmpty(value));
});
