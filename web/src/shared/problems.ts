// From the pointer of a problem to the element on the page.
import { ApiProblem } from '../api/client';
import type { FieldProblem } from './form';
import { failures } from './strings';

/** /values/F_A/0/name -> f-F_A-0-name; /materials/M-CSZM -> m-M-CSZM */
export function anchorOf(pointer: string): string {
  const [kind, ...rest] = pointer.split('/').slice(1);
  return `${kind === 'materials' ? 'm' : 'f'}-${rest.join('-')}`;
}

/** Puts the focus on the field that a problem is about; false when it is not on this page. */
export function goTo(pointer: string): boolean {
  const parts = anchorOf(pointer).split('-');
  for (let n = parts.length; n >= 2; n--) {
    const element = document.getElementById(parts.slice(0, n).join('-'));
    if (!element) continue;
    const input = element.matches('input, select, textarea, button') ? element : element.querySelector<HTMLElement>('input, select, textarea, button');
    (input ?? element).focus({ preventScroll: true });
    element.scrollIntoView({ block: 'center' });
    return true;
  }
  return false;
}

/** Code of the field or material that a pointer is about. */
export const codeOf = (pointer: string) => pointer.split('/')[2] ?? '';

export function messagesByPointer(problems: FieldProblem[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const one of problems) if (!map.has(one.pointer)) map.set(one.pointer, one.message);
  return map;
}

export function asProblem(reason: unknown): ApiProblem {
  if (reason instanceof ApiProblem) return reason;
  return new ApiProblem({ title: failures.client, status: 0, code: 'client' });
}
