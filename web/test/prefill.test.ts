// Where a value came from, in words; which sources have something to say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markNote, markText, tellings } from '../src/shared/prefill';

const mark = { kind: 'case' as const, source: '以前的申请', reference: '150302X', on: '2026-11-24', changed: false };

test('whoever fills the form is told to check; whoever reads it gets the number', () => {
  assert.equal(markText(mark), '已自动填好，来自以前的申请，2026年11月24日，请核对');
  assert.equal(markNote(mark), '来自以前的申请（150302X），2026年11月24日');
  assert.equal(markText({ ...mark, changed: true }), '您改过了（原来自以前的申请，2026年11月24日）');
  assert.equal(markNote({ ...mark, changed: true }), '申请人改过（原来自以前的申请（150302X），2026年11月24日）');
  assert.equal(markText({ ...mark, kind: 'guide', source: '情形引导', reference: null, on: null }), '已自动填好，来自情形引导，请核对');
});

test('a source that was not asked, or that merely had nothing, is not mentioned', () => {
  const one = (kind: 'register' | 'library' | 'permit' | 'case', status: 'ok' | 'not_found' | 'unavailable' | 'not_configured' | 'skipped', filled = 0) => ({ kind, source: '', status, text: '', filled });
  const all = [one('register', 'unavailable'), one('library', 'skipped'), one('permit', 'not_found'), one('case', 'ok', 3)];
  assert.deepEqual(tellings(all).map((it) => it.kind), ['register', 'case']);
  assert.deepEqual(tellings([one('register', 'not_found'), one('library', 'not_configured'), one('case', 'ok')]).map((it) => it.kind), ['register', 'library']);
});
