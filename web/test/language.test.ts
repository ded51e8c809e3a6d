import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { languageOf } from '../build/languages';
import { text as portal } from '../src/portal/strings';
import { mergeText } from '../src/shared/language';
import { text as shared } from '../src/shared/strings';

/** A copy that may be changed; functions are kept. */
const copy = <T>(value: T): T => (Array.isArray(value) ? (value.map(copy) as T) : value && typeof value === 'object' ? (Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one)])) as T) : value);

test('a part goes over the texts in place, the rest stays', () => {
  const base = { next: '下一题', step: (n: number) => `第${n}题`, list: ['甲', '乙'], deep: { kept: '不变', changed: '旧' } };
  const { deep } = base;
  assert.deepEqual(mergeText(base, { next: 'Next', step: (n: number) => `No. ${n}`, list: ['a'], deep: { changed: 'new' } }), []);
  assert.equal(base.next, 'Next');
  assert.equal(base.step(3), 'No. 3');
  assert.deepEqual(base.list, ['a']);
  assert.equal(base.deep, deep, 'pages hold on to the objects');
  assert.deepEqual(deep, { kept: '不变', changed: 'new' });
});

test('what does not fit is named and left in Chinese', () => {
  const base = { plain: '甲', said: (n: number) => `${n}`, deep: { one: '乙' }, list: ['丙'] };
  const before = copy(base);
  const bad = mergeText(base, { plain: () => 'x', said: 'x', deep: 'x', list: { 0: 'x' }, unknown: 'x', toString: 'x', more: undefined });
  assert.deepEqual(bad.sort(), ['deep', 'list', 'plain', 'said', 'toString', 'unknown']);
  assert.deepEqual(base, before);
});

test('every language file fits the Chinese texts', async () => {
  const folder = join(process.cwd(), 'src/lang');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  assert.ok(files.length >= 1);
  for (const file of files) {
    const one = await languageOf(join(folder, file));
    assert.equal(`${one.tag}.ts`, file);
    assert.equal(Intl.getCanonicalLocales(one.tag)[0], one.tag);
    assert.ok(one.name.trim() && one.covers.length > 0, file);
    assert.ok(!one.sample || one.note, `${file}: a sample says so on the screen`);
    assert.deepEqual(mergeText(copy(shared), one.shared), [], file);
    assert.deepEqual(mergeText(copy(portal), one.portal), [], file);
  }
});

test('a file whose tag is not its name is refused', async () => {
  await assert.rejects(languageOf(join(process.cwd(), 'src/shared/language.ts')), /its tag is undefined/);
});
