// The inspection on the phone without page, device and network: merging, what is missing, what is
// sent and in which order, what an answer does to an entry, what differs after a conflict.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checksOf, draftTouched, emptyDraft, inspectBody, isWriting, keyFailed, mergeChecks, missingOf, ownParts, progressOf, stageOf, withoutPart, withRecord, type Draft, type Part, type Visit } from '../src/inspect/checks';
import { alreadyThere, differences } from '../src/inspect/conflict';
import { collecting, countersigning, signing } from '../src/inspect/entries';
import { fitted } from '../src/inspect/photo';
import { hurried, inOrder, mayTakeBack, meaningOf, nextEntry, nextTime, pauseAfter, recovered, resubmitted, settled, summary, type Entry } from '../src/inspect/queue';

const ME = '7';
const check = (code: string, common: string | null, key = false) => ({ code, item: `项目${code}`, method: '看现场', key, common });
const part = (item: string, checklist: Part['checklist'], more: Partial<Part> = {}): Part => ({
  id: `p${item}`, item_id: item, version: 3, permit: `许可${item}`, department: { code: 'D', name: '部门' }, mine: true, agreed: true, declined_reason: null, counter_on: null,
  officers: [{ id: ME, name: '甲' }, { id: '8', name: '乙' }], result: 'none', result_text: '未记录', recorded_at: null, confirmed_at: null, item_state: 'accepted',
  checks: {}, checklist, findings: '', rectify_by: null, photos: [], commitments: [], ...more,
});
const food = part('1', [check('F.1', 'C-DZ'), check('F.2', null, true), check('F.3', null)]);
const drug = part('2', [check('D.1', 'C-DZ', true), check('D.2', null)]);
const visit = { id: '50', holder_name: '示例店', parts: [food, drug, part('3', [check('X.1', null)], { mine: false, officers: [] }), part('4', [], { officers: [{ id: '9', name: '丙' }] })] } as unknown as Visit;
const full = (): Draft => ({
  visit: '50',
  answers: { 'C-DZ': { result: 'pass', note: '' }, 'F.2': { result: 'pass', note: ' 好 ' }, 'F.3': { result: 'na', note: '' }, 'D.2': { result: 'fail', note: '缺温度计' } },
  parts: { '1': { result: 'pass', findings: '', rectify_by: '', base: 3 }, '2': { result: 'rectify', findings: '补温度计', rectify_by: '2026-12-10', base: 2 } },
});
const TODAY = '2026-11-24';

test('own parts: of my department and with my name', () => {
  assert.deepEqual(ownParts(visit, ME).map((one) => one.item_id), ['1', '2']);
  assert.deepEqual(ownParts(visit, '9').map((one) => one.item_id), ['4']);
});

test('a check that two permits share is asked once, key if key for any, and sent under each code', () => {
  const merged = mergeChecks([food, drug]);
  assert.deepEqual(merged.map((one) => one.id), ['C-DZ', 'F.2', 'F.3', 'D.2']);
  assert.equal(merged[0]?.key, true);
  assert.equal(mergeChecks([food])[0]?.key, false, 'merging leaves the parts as they were');
  assert.deepEqual(merged[0]?.targets, [{ item_id: '1', code: 'F.1' }, { item_id: '2', code: 'D.1' }]);
  assert.deepEqual(checksOf(drug, full()), { 'D.1': { result: 'pass', note: '' }, 'D.2': { result: 'fail', note: '缺温度计' } });
  assert.equal(checksOf(food, full())['F.2']?.note, '好');
  assert.deepEqual(progressOf(merged, { ...full(), answers: { 'F.3': { result: 'na', note: '' } } }), { done: 1, all: 4 });
});

test('what is missing: every answer, a note for a failed one, conclusion, findings, a later day', () => {
  const at = (draft: Draft) => missingOf([food, drug], draft, TODAY).map((one) => one.at);
  assert.deepEqual(at(full()), []);
  assert.deepEqual(at(emptyDraft('50')), ['check-C-DZ', 'check-F.2', 'check-F.3', 'check-D.2', 'result-1', 'result-2']);
  const bare = full();
  bare.answers['D.2'] = { result: 'fail', note: '  ' };
  assert.deepEqual(at(bare), ['note-D.2']);
  const long = full();
  long.answers['F.3'] = { result: 'na', note: '长'.repeat(301) };
  assert.deepEqual(at(long), ['note-F.3']);
  const key = full();
  key.answers['F.2'] = { result: 'fail', note: '没有' };
  assert.ok(keyFailed(food, key) && !keyFailed(drug, key));
  assert.deepEqual(at(key), ['result-1']);
  const shared = full();
  shared.answers['C-DZ'] = { result: 'fail', note: '地址不符' };
  assert.ok(!keyFailed(food, shared) && keyFailed(drug, shared), 'key only where its permit says so');
  const day = full();
  day.parts['2'] = { result: 'rectify', findings: '', rectify_by: TODAY, base: 3 };
  assert.deepEqual(at(day), ['findings-2', 'rectify-2']);
});

test('the body sent: rectify_by only with rectify', () => {
  assert.deepEqual(inspectBody(drug, full(), 99), { checks: checksOf(drug, full()), result: 'rectify', findings: '补温度计', rectify_by: '2026-12-10', taken_at: 99 });
  const passed = full();
  passed.parts['1'] = { result: 'pass', findings: '', rectify_by: '2026-12-10', base: 3 };
  assert.ok(!('rectify_by' in inspectBody(food, passed, 99)));
});

test('where a part stands, and whether it is mine to write', () => {
  const recorded = { ...food, recorded_at: 'x', version: 4 };
  assert.equal(stageOf(food, ME), 'todo');
  assert.equal(stageOf({ ...recorded, recorded_by: ME }, ME), 'recorded');
  assert.equal(stageOf({ ...recorded, recorded_by: '8' }, ME), 'confirm');
  assert.equal(stageOf({ ...recorded, recorded_by: '8', confirmed_at: 'y' }, ME), 'confirmed');
  assert.equal(stageOf({ ...food, item_state: 'withdrawn' }, ME), 'closed');
  assert.ok(isWriting(food, emptyDraft('50'), ME));
  assert.ok(!isWriting({ ...recorded, recorded_by: ME }, full(), ME), 'a draft older than my own record is that record');
  assert.ok(isWriting({ ...recorded, recorded_by: ME }, withRecord(emptyDraft('50'), { ...recorded, recorded_by: ME }), ME), 'taken up again');
  assert.ok(isWriting({ ...recorded, recorded_by: '8' }, full(), ME), 'what I wrote is not hidden by the record of the other');
  assert.ok(!isWriting({ ...recorded, recorded_by: '8' }, emptyDraft('50'), ME));
  assert.deepEqual(withoutPart(full(), '1')?.parts, { '2': full().parts['2'] });
  assert.equal(withoutPart({ ...full(), parts: { '1': full().parts['1']! } }, '1'), null);
  assert.ok(draftTouched(full()) && !draftTouched(emptyDraft('50')) && !draftTouched(undefined));
});

const shot = { id: 's1', visit: '50', of: 'C-DZ', kind: 'check' as const, name: 'a.jpg', type: 'image/jpeg', size: 9, taken_at: 5, state: 'draft' as const };

test('signing: a photo for each permit that asks, then a record for each, on the version that was seen', () => {
  const made = signing(visit, [food, drug], full(), [shot, { ...shot, id: 's2', state: 'queued' }, { ...shot, id: 's3', visit: '51' }], 90, 100);
  assert.deepEqual(inOrder(made).map((one) => [one.kind, one.item, one.check ?? '', one.version]), [['photo', '1', 'F.1', 3], ['photo', '2', 'D.1', 3], ['inspect', '1', '', 3], ['inspect', '2', '', 3]]);
  const over = signing(visit, [{ ...drug, version: 5, recorded_at: 'x', recorded_by: '8' }], full(), [], 90, 100);
  assert.deepEqual(over.map((one) => one.version), [2], 'a record of the other is only replaced in the version that was seen');
  assert.equal(new Set(made.map((one) => one.key)).size, 4);
  assert.ok(made.every((one) => /^[0-9a-f]{32}$/.test(one.key)));
  assert.ok(made.every((one, i) => i === 0 || one.order > made[i - 1]!.order), 'the order rises within one millisecond');
});

const base: Entry = { id: 'e', kind: 'inspect', state: 'waiting', order: 1, visit: '50', item: '1', label: '', key: 'k', version: 3, tries: 0, next_at: 0 };

test('the order: photos, papers, records, confirmations; what belongs together waits', () => {
  const photo = { ...base, id: 'p', kind: 'photo' as const, order: 9 };
  const other = { ...base, id: 'o', item: '2', order: 3 };
  assert.equal(nextEntry([base, photo, other], 10)?.id, 'p');
  const later = { ...photo, next_at: 50 };
  assert.equal(nextEntry([base, later, other], 10)?.id, 'o', 'only its own record waits for a photo');
  assert.equal(nextEntry([base, later], 10), null);
  assert.equal(nextTime([base, later]), 50);
  assert.equal(nextEntry([base, { ...photo, state: 'stopped' }], 10)?.id, 'e', 'a refused photo holds nothing up');
  const [collect, confirm] = collecting(visit, food, 'M-1', '健康证', { ...shot, kind: 'material', of: 'M-1' }, 1);
  assert.equal(nextEntry([confirm!, collect!], 10)?.kind, 'collect');
  assert.equal(nextEntry([confirm!, { ...collect!, state: 'stopped' }], 10), null, 'nothing is confirmed that did not arrive');
  assert.equal(nextEntry([confirm!], 10)?.kind, 'confirm');
  assert.equal(nextEntry([countersigning(visit, food, 1)[0]!, base], 10)?.kind, 'inspect');
  assert.equal(nextTime([]), null);
  assert.equal(nextTime([{ ...base, state: 'stopped' }]), null);
});

test('an answer and an entry', () => {
  assert.equal(settled(base, { is: 'ok' }, 10), null);
  const again = settled({ ...base, state: 'sending' }, { is: 'retry' }, 10);
  assert.deepEqual([again?.state, again?.tries, again?.next_at, again?.key], ['waiting', 1, 1010, 'k']);
  assert.deepEqual([1, 2, 3, 20].map(pauseAfter), [1000, 2000, 4000, 300000]);
  const out = settled({ ...base, state: 'sending', tries: 2 }, { is: 'signin' }, 10);
  assert.deepEqual([out?.state, out?.tries], ['waiting', 2]);
  const refusal = { status: 412, code: 'changed_meanwhile', title: '有变化', detail: '', messages: [] };
  const stopped = settled(base, { is: 'refused', refusal, server: { ...food, version: 8 } }, 10)!;
  assert.equal(stopped.state, 'stopped');
  assert.equal(nextEntry([stopped], 1e9), null, 'a stopped entry is never sent by itself');
  const mine = resubmitted(stopped, 'k2');
  assert.deepEqual([mine.state, mine.key, mine.version, mine.refusal, mine.tries], ['waiting', 'k2', 8, undefined, 0]);
  assert.equal(resubmitted({ ...stopped, server: null }, 'k3').version, 3);
  assert.equal(recovered({ ...base, state: 'sending' }).state, 'waiting');
  assert.equal(recovered(stopped), stopped);
  assert.equal(hurried({ ...base, next_at: 99 }).next_at, 0);
  assert.equal(hurried(stopped), stopped);
  assert.deepEqual([base, { ...base, tries: 1 }, { ...base, state: 'sending' as const }].map(mayTakeBack), [true, false, false]);
  assert.deepEqual(summary([base, stopped, { ...base, state: 'sending' }]), { waiting: 2, stopped: 1, sending: true });
});

test('what a status means', () => {
  const meanings = [[0, 'network', 'retry'], [500, 'x', 'retry'], [503, 'x', 'retry'], [429, 'x', 'retry'], [408, 'x', 'retry'], [401, 'x', 'signin'], [403, 'csrf_failed', 'signin'], [403, 'forbidden', 'refused'], [409, 'x', 'refused'], [412, 'x', 'refused'], [422, 'x', 'refused'], [404, 'x', 'refused'], [413, 'x', 'refused']] as const;
  for (const [status, code, meaning] of meanings) assert.equal(meaningOf(status, code), meaning, `${status} ${code}`);
});

test('a conflict shows only what differs', () => {
  const mine = inspectBody(food, full(), 1);
  const theirs: Part = { ...food, recorded_at: 'x', recorded_by: '8', result: 'fail', findings: '没有证', checks: { ...mine.checks, 'F.3': { result: 'fail', note: '脏' } } };
  assert.deepEqual(differences(mine, theirs), [
    { label: '项目F.3', mine: '不适用', theirs: '不合格：脏' },
    { label: '结论', mine: '通过', theirs: '不通过' },
    { label: '发现的问题', mine: '', theirs: '没有证' },
  ]);
  const same: Part = { ...food, recorded_at: 'x', recorded_by: ME, result: 'pass', checks: mine.checks };
  assert.deepEqual(differences(mine, same), []);
  assert.ok(alreadyThere(mine, same, ME));
  assert.ok(!alreadyThere(mine, { ...same, recorded_by: '8' }, ME), 'the same words of the other officer are not my signature');
  assert.ok(!alreadyThere(mine, { ...same, recorded_at: null }, ME));
  assert.ok(!alreadyThere(mine, null, ME));
});

test('taking over what the server has', () => {
  const theirs: Part = { ...drug, version: 9, recorded_at: 'x', result: 'rectify', findings: '补', rectify_by: '2026-12-01', checks: { 'D.1': { result: 'na', note: 'n' }, 'D.2': { result: 'pass', note: '' } } };
  const draft = withRecord(full(), theirs);
  assert.deepEqual(draft.answers['C-DZ'], { result: 'na', note: 'n' });
  assert.deepEqual(draft.parts['2'], { result: 'rectify', findings: '补', rectify_by: '2026-12-01', base: 9 });
  assert.deepEqual(draft.parts['1'], full().parts['1']);
});

test('pictures fit into 1600 pixels', () => {
  assert.deepEqual(fitted(4000, 3000), [1600, 1200]);
  assert.deepEqual(fitted(3000, 4000), [1200, 1600]);
  assert.deepEqual(fitted(800, 600), [800, 600]);
  assert.deepEqual(fitted(10000, 1), [1600, 1]);
});
