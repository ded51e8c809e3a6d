/** Is somebody typing? Then single keys are letters, not commands. */
export function inField(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return !!target && (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable || !!target.closest('dialog'));
}
