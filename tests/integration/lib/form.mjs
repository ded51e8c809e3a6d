// Fills any form from its definition alone: values of every type that keep every rule, also for
// forms that nobody has thought of yet.
import { citizenId, uscc } from './ids.mjs';

const number = (v) => Number(v);
const same = (a, b) => (typeof a === 'boolean' || typeof b === 'boolean' ? a === b : String(a) === String(b) || (!Number.isNaN(number(a)) && number(a) === number(b)));
const filled = (v) => v !== undefined && v !== null && (typeof v === 'string' ? v.trim() !== '' : Array.isArray(v) ? v.length > 0 : typeof v === 'object' ? Object.values(v).some(filled) : true);

/** Conditions as docs/catalog-format.md defines them. env: {values, answers, context, fields}. */
export function holds(cond, env) {
  if (!cond) return true;
  if (cond.all) return cond.all.every((c) => holds(c, env));
  if (cond.any) return cond.any.some((c) => holds(c, env));
  if (cond.not) return !holds(cond.not, env);
  let v = cond.context !== undefined ? env.context[cond.context] : cond.answer !== undefined ? env.answers[cond.answer] : env.values[cond.field];
  const field = env.fields.get(cond.field);
  if (field && !holds(field.show_if, env)) v = undefined;
  const x = cond.value;
  switch (cond.op) {
    case 'filled': return filled(v);
    case 'empty': return !filled(v);
    case 'eq': return filled(v) && same(v, x);
    case 'ne': return filled(v) && !same(v, x);
    case 'in': return filled(v) && x.some((one) => same(v, one));
    case 'contains': case 'has': return [v ?? []].flat().includes(x);
    case 'lt': return filled(v) && (field?.type === 'date' ? v < x : number(v) < number(x));
    case 'le': return filled(v) && (field?.type === 'date' ? v <= x : number(v) <= number(x));
    case 'gt': return filled(v) && (field?.type === 'date' ? v > x : number(v) > number(x));
    case 'ge': return filled(v) && (field?.type === 'date' ? v >= x : number(v) >= number(x));
    default: throw new Error(`unknown condition ${JSON.stringify(cond)}`);
  }
}

const TEXTS = ['示例惠民诊所', '（示例）惠民', 'A1', '1', 'ABC-123'];

function textValue(f) {
  const patterns = (f.rules ?? []).filter((r) => r.kind === 'pattern').map((r) => new RegExp(r.arg, 'u'));
  const hit = TEXTS.find((t) => patterns.every((p) => p.test(t)) && t.length <= (f.max_length ?? 999));
  if (!hit) throw new Error(`no sample text for ${f.code}: ${patterns}`);
  return hit;
}

function numberValue(f, env) {
  const rules = (f.rules ?? []).filter((r) => holds(r.when, env) && !r.column);
  const of = (kind) => rules.filter((r) => r.kind === kind);
  const exact = of('equals')[0];
  if (exact) return exact.arg;
  const q = of('quotient')[0];
  if (q) return env.values[q.arg] && env.values[q.by] ? (number(env.values[q.arg]) / number(env.values[q.by])).toFixed(2) : undefined;
  const ref = (r) => number(env.values[r.arg]);
  const low = Math.max(1, ...of('min').map((r) => r.limit / 100), ...of('ge_field').map(ref).filter((n) => !Number.isNaN(n)));
  const high = Math.min(1e6, ...of('max').map((r) => r.limit / 100), ...of('le_field').map(ref).filter((n) => !Number.isNaN(n)));
  const v = Math.max(Math.ceil(low), Math.min(Math.floor(high), f.type === 'integer' ? 8 : 80));
  return f.type === 'integer' ? v : String(v);
}

function option(f, env) {
  const limited = (o) => (f.rules ?? []).some((r) => r.kind === 'only_if' && r.arg === o.value && !holds(r.test, env));
  return (f.options.find((o) => !limited(o)) ?? f.options[0]).value;
}

function date(f, env) {
  const kinds = (f.rules ?? []).map((r) => r.kind);
  return kinds.includes('not_before_today') ? `${env.year + 4}-12-31` : `${env.year - 2}-05-20`;
}

function value(f, env) {
  const n = env.serial;
  const row = () => Object.fromEntries(f.columns.map((c) => [c.code, value(c, env)]));
  switch (f.type) {
    case 'number': case 'integer': return numberValue(f, env);
    case 'date': return date(f, env);
    case 'bool': return (f.rules ?? []).some((r) => r.kind === 'equals' && r.arg === 'true');
    case 'radio': case 'select': return option(f, env);
    case 'region': return f.options.some((o) => o.value === env.region) ? env.region : f.options[0].value;
    case 'multiselect': return [option(f, env)];
    case 'table': return [row()];
    case 'person': return row();
    case 'phone': return `1390473${String(n % 10000).padStart(4, '0')}`;
    case 'email': return `shop${n}@example.com`;
    case 'idcard': return citizenId(n);
    case 'uscc': return uscc(n);
    case 'lnglat': return '106.79,39.65';
    case 'address': return `（示例）乌海市示例街${1 + (n % 188)}号底商`;
    default: return textValue(f);
  }
}

/** Values for a form definition. values: what is there already (kept). */
export function fill(definition, { values = {}, answers = {}, region, serial = 1, optional = true, now = Date.now(), set = {} } = {}) {
  const env = {
    values: { ...values }, answers, context: definition.context, region, serial,
    year: new Date(now).getFullYear(), fields: new Map(definition.fields.map((f) => [f.code, f])),
  };
  Object.assign(env.values, set);
  for (let round = 0; round < 6; round++) {
    for (const f of definition.fields) {
      if (filled(env.values[f.code]) && !(env.values[f.code] === false && f.type === 'bool' && round === 0)) continue;
      if (!holds(f.show_if, env)) continue;
      if (!optional && !f.required && !(f.required_if && holds(f.required_if, env))) continue;
      const v = f.code === 'F_ENT_NAME' ? `（示例）惠民${serial}号店` : value(f, env);
      if (v !== undefined) env.values[f.code] = v;
    }
  }
  return env.values;
}
