import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForm, sectionState, type FormField } from '../src/shared/form';

const today = '2026-11-23';
function field(code: string, type: string, more: Partial<FormField> = {}): FormField {
  return { code, label: code, group: 'g', type, required: true, shared: true, owner: null, permits: [], ...more };
}
function problems(fields: FormField[], values: Record<string, unknown>, complete = true) {
  return checkForm(fields, { values, answers: {} }, today, complete).map((one) => `${one.pointer} ${one.code}`);
}

test('missing is reported only when complete', () => {
  const fields = [field('A', 'text'), field('B', 'text', { required: false })];
  assert.deepEqual(problems(fields, {}), ['/values/A required']);
  assert.deepEqual(problems(fields, {}, false), []);
  assert.deepEqual(problems(fields, { A: '  ' }), ['/values/A required']);
});

test('hidden fields are ignored, conditional ones required', () => {
  const fields = [
    field('P', 'select', { options: [{ value: '01', label: '自有' }, { value: '02', label: '租赁' }] }),
    field('L', 'date', { required: false, required_if: { field: 'P', op: 'ne', value: '01' }, show_if: { field: 'P', op: 'filled' } }),
  ];
  assert.deepEqual(problems(fields, { P: '01', L: '' }), []);
  assert.deepEqual(problems(fields, { P: '02' }), ['/values/L required']);
  assert.deepEqual(problems(fields, { L: 'rubbish' }, false), []);
  assert.deepEqual(problems(fields, { P: '09' }, false), ['/values/P option']);
});

test('types and rules', () => {
  const area = field('F_AREA', 'number', { rules: [{ kind: 'min', limit: 1, message: '要大于0' }] });
  const use = field('F_USE_AREA', 'number', { rules: [{ kind: 'le_field', arg: 'F_AREA', message: '不能大于建筑面积' }] });
  assert.deepEqual(problems([area, use], { F_AREA: '0', F_USE_AREA: '10' }), ['/values/F_AREA min', '/values/F_USE_AREA le_field']);
  assert.deepEqual(problems([area, use], { F_AREA: '120.50', F_USE_AREA: '120.5' }), []);
  assert.deepEqual(problems([area], { F_AREA: '1.234' }), ['/values/F_AREA format']);
  const own = field('YCLS_DL', 'bool', { rules: [{ kind: 'equals', arg: 'true', message: '须为是' }] });
  assert.deepEqual(problems([own], { YCLS_DL: false }), ['/values/YCLS_DL equals']);
  const range = field('YPJY_FW', 'multiselect', {
    rules: [{ kind: 'only_if', arg: '01', test: { field: 'YPJY_LB', op: 'contains', value: '01' }, message: '不可以' }],
  });
  assert.deepEqual(problems([range], { YPJY_FW: ['01'], YPJY_LB: ['03'] }), ['/values/YPJY_FW only_if']);
  assert.deepEqual(problems([range], { YPJY_FW: ['02'], YPJY_LB: ['03'] }), []);
});

test('kinds of documents', () => {
  const kind = field('K', 'select', { options: [{ value: '01', label: '身份证' }, { value: '02', label: '护照' }] });
  const number = field('N', 'idcard', { id_type: { field: 'K', kinds: { '01': 'citizen', '02': 'passport' } } });
  assert.deepEqual(problems([kind, number], { K: '02', N: 'E12345678' }), []);
  assert.deepEqual(problems([kind, number], { K: '01', N: 'E12345678' }), ['/values/N idcard']);
  const share = field('S', 'person', { columns: [{ code: 'no', label: '证件号', type: 'idcard', required: true, any_document: true }] });
  assert.deepEqual(problems([share], { S: { no: '91150302MA00000074' } }), []);
  assert.deepEqual(problems([share], { S: { no: '91150302MA00000075' } }), ['/values/S/no idcard']);
});

test('computed quotients, and rules about a column', () => {
  const each = field('D', 'number', { rules: [{ kind: 'quotient', arg: 'M', by: 'Z', message: '不等于面积除以台数' }] });
  assert.deepEqual(problems([each], { M: '100', Z: '30', D: '3.33' }), []);
  assert.deepEqual(problems([each], { M: '100', Z: '30', D: '3.50' }), ['/values/D quotient']);
  const rows = field('T', 'table', {
    columns: [{ code: 'n', label: '面积', type: 'number', required: true }],
    rules: [{ kind: 'min', limit: 500, column: 'n', message: '太小' }],
  });
  assert.deepEqual(problems([rows], { T: [{ n: '6' }, { n: '4' }] }), ['/values/T/1/n min']);
});

test('tables and persons name the row and the column', () => {
  const columns = [
    { code: 'name', label: '姓名', type: 'text', required: true },
    { code: 'idno', label: '身份证号', type: 'idcard', required: false },
  ];
  const table = field('T', 'table', { columns, rules: [{ kind: 'min_rows', limit: 2, message: '至少两人' }] });
  assert.deepEqual(problems([table], { T: [{ name: '王' }, { idno: '1' }] }), ['/values/T/1/name required', '/values/T/1/idno idcard'].sort().reverse());
  assert.deepEqual(problems([table], { T: [{ name: '王' }] }), ['/values/T min_rows']);
  const person = field('P', 'person', { columns });
  assert.deepEqual(problems([person], { P: { idno: '150302199003070016' } }), ['/values/P/name required']);
});

test('state of a section', () => {
  const fields = [field('A', 'text'), field('B', 'phone')];
  const state = (values: Record<string, unknown>) => sectionState(fields, { values, answers: {} }, today);
  assert.equal(state({}), 'empty');
  assert.equal(state({ A: 'x' }), 'started');
  assert.equal(state({ A: 'x', B: '1' }), 'wrong');
  assert.equal(state({ A: 'x', B: '13800001234' }), 'done');
});
