// The material list of a case as the pages show it.
import type { Schemas } from '../api/client';

export interface MaterialRow {
  code: string;
  name: string;
  note: string;
  permits: { code: string; name: string; note: string }[];
  need: string;
  /** There is a blank form, a filled example. */
  template: boolean;
  sample: boolean;
  files: Schemas['Attachment'][];
  committed: boolean;
  /** The licence library may have it. */
  inLibrary: boolean;
  /** What the licence library gave, or why it did not. */
  certificate?: Schemas['Certificate'];
}

export function materialRows(definition: Schemas['Form'], form: Schemas['CaseForm'], commitments: Record<string, boolean>): MaterialRow[] {
  return definition.materials
    .map((material) => ({
      code: material.code,
      name: material.name,
      note: material.note ?? '',
      permits: material.permits.map((use) => ({
        code: use.code,
        name: use.name,
        note: [use.original_name && use.original_name !== material.name ? `“${use.original_name}”` : '', use.annotate, use.when_text].filter(Boolean).join('；'),
      })),
      need: form.needs[material.code] ?? 'none',
      template: material.template,
      sample: material.sample,
      files: form.attachments.filter((file) => file.material === material.code),
      committed: !!commitments[material.code],
      inLibrary: material.exempt_by_share && !!material.e_cert_name,
      certificate: form.certificates.find((one) => one.material === material.code),
    }))
    .filter((row) => row.need !== 'none' || row.files.length > 0);
}

export const templateUrl = (code: string, kind: 'template' | 'sample') => `/api/v1/materials/${encodeURIComponent(code)}/papers/${kind}.pdf`;

export const MAX_FILE = 50 * 1024 * 1024;
const ENDINGS = /\.(pdf|jpe?g|png|ofd)$/i;

/** What the browser can already tell about a file; the server looks at its content. */
export function fileProblem(file: File): 'too_big' | 'bad_type' | null {
  if (file.size > MAX_FILE) return 'too_big';
  const typed = /^(application\/pdf|image\/(jpeg|png))$/.test(file.type);
  return typed || ENDINGS.test(file.name) ? null : 'bad_type';
}

/** Names of the permits of a form, in its order. */
export function permitNames(definition: Schemas['Form']): string[] {
  const names = new Map(definition.materials.flatMap((material) => material.permits.map((use) => [use.code, use.name] as const)));
  for (const group of definition.groups) if (group.permit) names.set(group.permit, group.name);
  return definition.permits.map((code) => names.get(code) ?? code);
}
