// The catalogue editor's rules without page: steps and what undoes them, conditions read aloud, new elements.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCond } from '../src/office/catalog/cond-words';
import { apply, at, setting, type Operation } from '../src/office/catalog/patch';
import { blank, choicesOf, namesOf, ownerOf, shapeAt, type Shapes } from '../src/office/catalog/shape';

const sample = () => ({ title: '甲', permits: [{ code: 'P1', name: '一', limits: { days: 3 } }, { code: 'P2', name: '二' }], 'a/b': { '~': 1 } });

test('every step can be undone, in reverse order', () => {
  const doc = sample();
  const steps: Operation[] = [
    { op: 'add', path: '/title', value: '乙' },
    { op: 'add', path: '/permits/-', value: { code: 'P3' } },
    { op: 'add', path: '/permits/0', value: { code: 'P0' } },
    { op: 'replace', path: '/permits/1', value: { code: 'PX' } },
    { op: 'move', from: '/permits/0', path: '/permits/2' },
    { op: 'remove', path: '/permits/1' },
    { op: 'add', path: '/a~1b/~0', value: [1, { x: 2 }] },
    { op: 'remove', path: '/a~1b' },
    { op: 'add', path: '/new', value: true },
  ];
  const back = steps.map((one) => apply(doc, one)).reverse();
  assert.deepEqual(doc.permits.map((one) => one.code), ['PX', 'P0', 'P3']);
  back.forEach((one) => apply(doc, one));
  assert.deepEqual(doc, sample());
  assert.throws(() => apply(doc, { op: 'add', path: '/nowhere/x', value: 1 }));
});

test('a value that is put in does not change with what was given', () => {
  const doc = sample();
  const value = { code: 'P3' };
  apply(doc, { op: 'add', path: '/permits/-', value });
  value.code = 'changed';
  assert.equal(at(doc, '/permits/2/code'), 'P3');
});

test('setting makes the objects on the way, removes, and does nothing without need', () => {
  const doc = sample();
  assert.deepEqual(setting(doc, '/permits/1/limits/days', 5), { op: 'add', path: '/permits/1/limits', value: { days: 5 } });
  assert.deepEqual(setting(doc, '/permits/0/limits/days', undefined), { op: 'remove', path: '/permits/0/limits/days' });
  assert.equal(setting(doc, '/permits/1/limits/days', undefined), null);
  assert.equal(setting(doc, '/title', '甲'), null);
  assert.deepEqual(setting(doc, '/permits/0', { code: 'Q' }), { op: 'replace', path: '/permits/0', value: { code: 'Q' } });
});

const doc = {
  fields: [{ code: 'F_MODE', label: '办理方式', options: [{ value: '03', label: '告知承诺' }] }],
  permits: [{ code: 'P1', name: '许可一', fields: [{ code: 'X', label: '面积' }] }],
  industries: [{ code: 'I1', questions: [{ code: 'I1-Q1', text: '卖酒吗？', options: [{ code: 'A', label: '卖' }] }] }],
  departments: [{ code: 'D1', role: 'SPJ', role_name: '审批局', name: 'x' }, { code: 'D2', role: 'SPJ', name: 'y' }],
};

test('conditions are read aloud', () => {
  const names = namesOf(doc);
  assert.equal(readCond({ field: 'F_MODE', op: 'eq', value: '03' }, names), '“办理方式”是“告知承诺”');
  assert.equal(readCond({ answer: 'I1-Q1', op: 'has', value: 'A' }, names), '问题“卖酒吗？”选了“卖”');
  assert.equal(readCond({ field: 'X', op: 'filled' }, names), '“面积”已填写');
  const two = { all: [{ field: 'X', op: 'gt', value: '200' }, { not: { any: [{ field: 'F_MODE', op: 'in', value: ['03', '04'] }, { context: 'law', op: 'ne', value: true }] } }] };
  assert.equal(readCond(two, names), '“面积”大于“200”，并且并非（“办理方式”是以下之一“告知承诺、04”，或者情况“law”不是“是”）');
});

test('references and places', () => {
  assert.deepEqual(choicesOf(doc, 'role'), [{ code: 'SPJ', name: '审批局' }]);
  assert.deepEqual(choicesOf(doc, 'field').map((one) => one.code), ['F_MODE', 'X']);
  assert.equal(ownerOf(doc, '/permits/0/fields/0/label'), '/permits/0');
  assert.equal(ownerOf(doc, '/permits/7/name'), '');
  assert.equal(ownerOf(doc, '/title'), '');
});

test('a new element has what must be there', () => {
  const member = (name: string, kind: string, more = {}) => ({ name, label: name, kind, required: true, ...more });
  const shapes = {
    catalog: { label: '', id: null, title: null, members: [member('permits', 'list', { of: 'permit' })] },
    permit: { label: '', id: 'code', title: 'name', members: [member('code', 'code'), member('limits', 'object', { of: 'limits' }), member('fields', 'list', { of: 'x' }), { ...member('note', 'text'), required: false }] },
    limits: { label: '', id: null, title: null, members: [member('days', 'int'), member('sure', 'word', { words: ['确定'] })] },
  } as unknown as Shapes;
  assert.deepEqual(blank(shapes, 'permit'), { code: '', limits: { days: 0, sure: '确定' }, fields: [] });
  assert.equal(shapeAt(shapes, '/permits/3'), 'permit');
  assert.equal(shapeAt(shapes, ''), 'catalog');
});
