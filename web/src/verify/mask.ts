// Names and numbers shown in part: enough to compare with the licence on the wall.

/** 王建国 → 王**; stars count as said, not as long as the name. */
export const maskPerson = (name: string): string => (name ? `${[...name][0] ?? ''}**` : '');

/** The first `head` and last `tail` characters, stars between; short texts keep about half. */
export function maskMiddle(value: string, head: number, tail: number): string {
  const letters = [...value];
  if (letters.length <= head + tail) return letters.map((letter, i) => (i < letters.length / 2 ? letter : '*')).join('');
  return letters.slice(0, head).join('') + '****' + letters.slice(letters.length - tail).join('');
}
