// What the applicant has to do while the departments work, in one sentence; undefined: what the server says.
import type { Schemas } from '../../api/client';
import { text } from '../strings';

type Seen = Pick<Schemas['Case'], 'state' | 'next' | 'commitments' | 'attachments'> & {
  items: Pick<Schemas['Item'], 'state' | 'inspection'>[];
  process: { hearings: Pick<Schemas['Hearing'], 'stage' | 'ask_until'>[] };
  visits: Pick<Schemas['Visit'], 'state'>[];
};

export function dutyOf(one: Seen, today: string): string | undefined {
  const t = text.now.duty;
  if (one.state !== 'submitted' && one.state !== 'in_progress') return undefined;
  const given = (code: string) => one.attachments.some((file) => file.material === code);
  const duties = [
    one.next.action === 'correct' && t.correct,
    one.items.some((item) => item.state === 'accepted' && item.inspection === 'rectify') && t.rectify,
    one.visits.some((visit) => visit.state === 'announced') && t.visit,
    one.process.hearings.some((row) => row.stage === 'told' && row.ask_until >= today) && t.hearing,
    one.process.hearings.some((row) => row.stage === 'noticed') && t.attend,
    one.commitments.some((row) => row.state !== 'confirmed' && !given(row.material)) && t.promise,
  ].filter((duty) => !!duty);
  return duties.length ? t.all(duties) : undefined;
}
