// The diagram of a table of acts: states at fixed places, edges grouped from the rows. A pair of states
// without a way of its own here gets a straight line, so that a new row is never left out.
import type { Schemas } from '../api/client';

export type Row = Schemas['Transition'];
export type TableName = keyof Schemas['ProcessTables'];
type Point = [number, number];
interface Place {
  x: number;
  y: number;
  width: number;
}
export interface StateBox extends Place {
  state: string;
  text: string;
  loops: string[]; // acts that leave the state as it is
  height: number;
}
export interface Edge {
  key: string;
  points: Point[];
  label: Point;
  acts: string[];
}

const LINE = 20;
const HEAD = 36;
const PLACES: Record<TableName, Record<string, Place>> = {
  item: {
    none: { x: 10, y: 250, width: 100 },
    received: { x: 230, y: 240, width: 130 },
    correcting: { x: 230, y: 470, width: 130 },
    accepted: { x: 520, y: 140, width: 160 },
    granted: { x: 850, y: 150, width: 140 },
    denied: { x: 850, y: 290, width: 140 },
    refused: { x: 850, y: 10, width: 140 },
    withdrawn: { x: 850, y: 490, width: 140 },
    ended: { x: 850, y: 560, width: 140 },
  },
  case: {
    submitted: { x: 10, y: 20, width: 170 },
    in_progress: { x: 240, y: 20, width: 170 },
    decided: { x: 470, y: 20, width: 170 },
    issued: { x: 850, y: 20, width: 190 },
    archived: { x: 850, y: 260, width: 190 },
    withdrawn: { x: 470, y: 340, width: 130 },
    ended: { x: 470, y: 420, width: 130 },
  },
  visit: {
    none: { x: 10, y: 50, width: 100 },
    proposed: { x: 270, y: 40, width: 150 },
    announced: { x: 600, y: 50, width: 120 },
    closed: { x: 900, y: 50, width: 120 },
    cancelled: { x: 600, y: 230, width: 120 },
  },
  permit: {
    valid: { x: 10, y: 140, width: 170 },
    expired: { x: 480, y: 10, width: 130 },
    withdrawn: { x: 480, y: 110, width: 130 },
    revoked: { x: 480, y: 210, width: 130 },
    forfeited: { x: 480, y: 310, width: 130 },
    cancelled: { x: 850, y: 160, width: 130 },
  },
  supervision: {
    none: { x: 10, y: 60, width: 110 },
    pending: { x: 260, y: 60, width: 120 },
    acknowledged: { x: 500, y: 60, width: 130 },
    finding: { x: 820, y: 60, width: 220 },
    proposed: { x: 1200, y: 60, width: 140 },
    closed: { x: 820, y: 300, width: 220 },
  },
};
const WAYS: Record<TableName, Record<string, { points: Point[]; label: Point }>> = {
  item: {
    'received-refused': { points: [[260, 240], [260, 30], [850, 30]], label: [520, 30] },
    'received-granted': { points: [[320, 240], [320, 90], [920, 90], [920, 150]], label: [520, 90] },
    'received-correcting': { points: [[260, 300], [260, 470]], label: [228, 385] },
    'correcting-received': { points: [[330, 470], [330, 300]], label: [352, 385] },
    'received-withdrawn': { points: [[360, 285], [410, 285], [410, 508], [850, 508]], label: [500, 508] },
    'correcting-withdrawn': { points: [[360, 521], [850, 521]], label: [640, 521] },
    // starts under the box, which is drawn over it: its height follows from its acts
    'accepted-withdrawn': { points: [[600, 160], [600, 495], [850, 495]], label: [765, 495] },
    'correcting-ended': { points: [[295, 526], [295, 580], [850, 580]], label: [600, 580] },
    'accepted-granted': { points: [[680, 170], [850, 170]], label: [765, 170] },
    'accepted-denied': { points: [[680, 310], [850, 310]], label: [765, 310] },
    'received-accepted': { points: [[360, 262], [520, 262]], label: [440, 262] },
  },
  case: {
    'issued-archived': { points: [[945, 100], [945, 260]], label: [945, 195] },
    'decided-archived': { points: [[555, 60], [555, 280], [850, 280]], label: [700, 280] },
    'withdrawn-archived': { points: [[600, 358], [800, 358], [800, 304], [850, 304]], label: [700, 358] },
    'ended-archived': { points: [[600, 438], [945, 438], [945, 322]], label: [700, 438] },
  },
  visit: {
    'proposed-announced': { points: [[420, 60], [600, 60]], label: [510, 60] },
    'announced-proposed': { points: [[600, 84], [420, 84]], label: [510, 100] },
    'proposed-cancelled': { points: [[345, 136], [345, 248], [600, 248]], label: [460, 248] },
    'announced-cancelled': { points: [[660, 86], [660, 230]], label: [660, 160] },
  },
  permit: {
    'valid-expired': { points: [[180, 190], [300, 190], [300, 28], [480, 28]], label: [390, 28] },
    'valid-withdrawn': { points: [[180, 190], [300, 190], [300, 128], [480, 128]], label: [390, 128] },
    'valid-revoked': { points: [[180, 190], [300, 190], [300, 228], [480, 228]], label: [390, 228] },
    'valid-forfeited': { points: [[180, 190], [300, 190], [300, 328], [480, 328]], label: [390, 328] },
    'valid-cancelled': { points: [[95, 160], [95, 400], [915, 400], [915, 196]], label: [545, 400] },
    'expired-cancelled': { points: [[610, 28], [760, 28], [760, 178], [850, 178]], label: [685, 28] },
    'withdrawn-cancelled': { points: [[610, 128], [760, 128], [760, 178], [850, 178]], label: [685, 128] },
    'revoked-cancelled': { points: [[610, 228], [760, 228], [760, 178], [850, 178]], label: [685, 228] },
    'forfeited-cancelled': { points: [[610, 328], [760, 328], [760, 178], [850, 178]], label: [685, 328] },
  },
  supervision: {
    'acknowledged-finding': { points: [[630, 78], [820, 78]], label: [725, 78] },
    'acknowledged-closed': { points: [[565, 96], [565, 330], [820, 330]], label: [620, 190] },
    'finding-closed': { points: [[870, 80], [870, 300]], label: [850, 240] },
    'closed-finding': { points: [[990, 310], [990, 122]], label: [990, 165] },
    'finding-proposed': { points: [[1040, 68], [1200, 68]], label: [1120, 68] },
    'proposed-finding': { points: [[1200, 92], [1040, 92]], label: [1120, 104] },
    'proposed-closed': { points: [[1270, 96], [1270, 330], [1040, 330]], label: [1155, 330] },
  },
};

/** Every state of the rows with what loops on it. */
export function boxesOf(table: TableName, rows: Row[]): StateBox[] {
  const texts = new Map<string, string>();
  for (const row of rows) texts.set(row.from, row.from_text).set(row.to, row.to_text);
  return [...texts].map(([state, text], i) => {
    const place = PLACES[table][state] ?? { x: 10 + i * 160, y: 620, width: 130 };
    const loops = [...new Set(rows.filter((row) => row.from === state && row.to === state).map((row) => row.act_text))];
    return { ...place, state, text, loops, height: HEAD + loops.length * LINE + (loops.length ? 6 : 0) };
  });
}

function straight(from: StateBox, to: StateBox): { points: Point[]; label: Point } {
  const right = from.x < to.x;
  const y = Math.max(from.y, to.y) + HEAD / 2;
  const start: Point = [right ? from.x + from.width : from.x, y];
  const end: Point = [right ? to.x : to.x + to.width, y];
  return { points: [start, end], label: [(start[0] + end[0]) / 2, y] };
}

/** One edge for each pair of different states, with all its acts. */
export function edgesOf(table: TableName, rows: Row[], boxes: StateBox[]): Edge[] {
  const edges = new Map<string, Edge>();
  const at = new Map(boxes.map((box) => [box.state, box]));
  for (const row of rows) {
    if (row.from === row.to) continue;
    const key = `${row.from}-${row.to}`;
    const [from, to] = [at.get(row.from), at.get(row.to)];
    if (!from || !to) continue;
    const edge = edges.get(key) ?? { key, acts: [], ...(WAYS[table][key] ?? straight(from, to)) };
    if (!edge.acts.includes(row.act_text)) edge.acts.push(row.act_text);
    edges.set(key, edge);
  }
  return [...edges.values()];
}

export function sizeOf(boxes: StateBox[], edges: Edge[]): { width: number; height: number } {
  const points = edges.flatMap((edge) => edge.points);
  return {
    width: Math.max(...boxes.map((box) => box.x + box.width), ...points.map((point) => point[0])) + 20,
    height: Math.max(...boxes.map((box) => box.y + box.height), ...points.map((point) => point[1])) + 20,
  };
}
