// Merging what several departments ask for, splitting days, and the diagram of the tables.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxesOf, edgesOf, sizeOf, type Row } from '../src/office/process-map';
import { dutyOf } from '../src/portal/case/duty';
import { askedBy, mergeEntries, type CorrectionEntry } from '../src/shared/correction';
import { average, daySplit, onTimeRate, plainValue } from '../src/shared/days';

let serial = 0;
const entry = (kind: CorrectionEntry['kind'], code: string | null, department: string): CorrectionEntry => ({
  id: String(++serial), item_id: department, permit: `${department}许可`, department, kind, code, label: code ?? null, what: '改', why: '因为',
});

test('the same field asked for by several departments is one entry with all of them', () => {
  const groups = mergeEntries([entry('field', 'F_ADDR', '甲'), entry('material', 'F_ADDR', '甲'), entry('field', 'F_ADDR', '乙'), entry('field', 'F_ADDR', '甲')]);
  assert.deepEqual(groups.map((group) => [group.key, group.entries.length]), [['field-F_ADDR', 3], ['material-F_ADDR', 1]]);
  assert.deepEqual(askedBy(groups[0]!), ['甲', '乙']);
});

test('what is no field or material is never merged, and the order of the notice stays', () => {
  const groups = mergeEntries([entry('other', null, '甲'), entry('field', 'F_A', '乙'), entry('other', null, '甲'), entry('other', 'F_A', '乙')]);
  assert.equal(groups.length, 4);
  assert.deepEqual(groups.map((group) => group.kind), ['other', 'field', 'other', 'other']);
  assert.deepEqual(mergeEntries([]), []);
});

test('the parts of a bar add up to 100 and leave out whose time it never was', () => {
  assert.deepEqual(daySplit({ ours: 0, applicant: 0, special: 0 }), []);
  assert.deepEqual(daySplit({ ours: 3, applicant: 0, special: 1 }), [{ holder: 'ours', days: 3, share: 75 }, { holder: 'special', days: 1, share: 25 }]);
  for (const days of [{ ours: 1, applicant: 1, special: 1 }, { ours: 2, applicant: 7, special: 5 }, { ours: 199, applicant: 1, special: 0 }])
    assert.equal(daySplit(days).reduce((sum, part) => sum + part.share, 0), 100);
});

test('rates and averages say nothing when nothing was decided, and never round a miss up to all', () => {
  assert.equal(onTimeRate({ decided: 0, on_time: 0 }), null);
  assert.equal(onTimeRate({ decided: 200, on_time: 199 }), 99);
  assert.equal(onTimeRate({ decided: 3, on_time: 3 }), 100);
  assert.equal(average(7, 0), null);
  assert.equal(average(7, 2), '3.5');
});

test('a value as it was before, in words', () => {
  const words = { yes: '是', no: '否', none: '未填写', rows: (n: number) => `${n}条` };
  assert.equal(plainValue(null, words), '未填写');
  assert.equal(plainValue(false, words), '否');
  assert.equal(plainValue(['甲', '乙'], words), '甲、乙');
  assert.equal(plainValue([{ name: '甲' }, { name: '乙' }], words), '2条');
  assert.equal(plainValue({ name: '甲', phone: '1' }, words), '甲，1');
});

const row = (from: string, act: string, to: string): Row => ({ from, from_text: from, act, act_text: act, who: '', kind: 'any', needs: [], to, to_text: to, effect: '', effect_text: '', rule: '', article: '' });

test('the diagram has every state and every row: as an edge, or inside its state', () => {
  const rows = [row('received', 'accept', 'accepted'), row('received', 'deem', 'accepted'), row('accepted', 'extend', 'accepted'), row('accepted', 'extend', 'accepted'), row('accepted', 'vanish', 'somewhere new')];
  const boxes = boxesOf('item', rows);
  const edges = edgesOf('item', rows, boxes);
  assert.deepEqual(boxes.map((box) => box.state), ['received', 'accepted', 'somewhere new']);
  assert.deepEqual(boxes.find((box) => box.state === 'accepted')?.loops, ['extend']);
  assert.deepEqual(edges.map((edge) => [edge.key, edge.acts]), [['received-accepted', ['accept', 'deem']], ['accepted-somewhere new', ['vanish']]]);
  const size = sizeOf(boxes, edges);
  for (const box of boxes) assert.ok(box.x + box.width < size.width && box.y + box.height < size.height);
});

test('what the applicant has to do is said in one sentence, and nothing when there is nothing', () => {
  const base = { state: 'in_progress' as const, next: { who: 'department' as const, text: '' }, commitments: [], attachments: [], items: [], process: { hearings: [] }, visits: [] };
  assert.equal(dutyOf(base, '2026-11-24'), undefined);
  const hearing = { ...base, process: { hearings: [{ stage: 'told' as const, ask_until: '2026-11-24' }] } };
  assert.match(dutyOf(hearing, '2026-11-24') ?? '', /听证/);
  assert.equal(dutyOf(hearing, '2026-11-25'), undefined, 'the right has lapsed');
  const rectify = { ...hearing, items: [{ state: 'accepted' as const, inspection: 'rectify' as const }] };
  assert.match(dutyOf(rectify, '2026-11-24') ?? '', /整改、.*听证/);
  assert.equal(dutyOf({ ...rectify, state: 'withdrawn' }, '2026-11-24'), undefined);
});
