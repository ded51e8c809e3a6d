#!/usr/bin/env node
// make-catalog: research facts (permits.json) -> the shipped catalogue and the calendar years.
//
//   node tools/make-catalog.mjs FACTS/permits.json [FACTS/holidays.csv]
//
// The facts hold conditions and rules as Chinese free text. The catalogue must hold them as
// something a machine can decide, so every such text stands in one of the tables below with
// its meaning. A text that no table knows is an ERROR: nothing is guessed and nothing is
// silently dropped. The original text stays beside the machine form as `note` or `when_text`.
// Nothing is invented here: law articles, phone numbers and addresses come from the facts only.

import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TEMPLATES } from './material-templates.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const VERSION = 'wuhai-2026.3';

const problems = [];
const fail = (where, what) => { problems.push(`${where}: ${what}`); return undefined; };

/* “经批准可延长5个工作日”: a permit's own law may give less than art. 42. */
const extensionDays = (text) => { const m = /经批准可延长(\d+)个工作日/.exec(text ?? ''); return m ? Number(m[1]) : undefined; };

// ---- conditions, written short ----
const all = (...c) => ({ all: c });
const any = (...c) => ({ any: c });
const not = (c) => ({ not: c });
const eq = (field, value) => ({ field, op: 'eq', value });
const isin = (field, ...value) => ({ field, op: 'in', value });
const has = (field, value) => ({ field, op: 'contains', value });
const hasAny = (field, ...values) => any(...values.map((v) => has(field, v)));
const filled = (field) => ({ field, op: 'filled' });
const law = (version) => ({ context: 'law_version', op: 'eq', value: version });
const chosen = (answer, value) => ({ answer, op: 'has', value });

const ONLY_CLASS_B_OTC = all(has('YPJY_LB', '03'), not(hasAny('YPJY_LB', '01', '02')));
const HAS_AGENT = eq('F_AGENT', true);

// ---- show_if: free text, or "CODE|text" where the same words mean another field ----
const SHOW_IF = {
  'SPJY_XM 含 XS1/XS2/CY2': hasAny('SPJY_XM', 'XS1', 'XS2', 'CY2'),
  '主体业态=2或3': isin('SPJY_ZTYT', '2', '3'),
  'SPJY_WL=是': eq('SPJY_WL', true),
  '标注含“利用自动设备”': has('SPJY_ZTBZ', '04'),
  'SPDJ_LB=Z': eq('SPDJ_LB', 'Z'),
  'SPDJ_LB≠Z': isin('SPDJ_LB', 'C', 'S'),
  'SPDJ_LB=C': eq('SPDJ_LB', 'C'),
  '标注含冷藏冷冻药品': hasAny('YPJY_FWBZ', '01', '03'),
  'YPJY_FS=C': eq('YPJY_FS', 'C'),
  'YLCS_LB=G': eq('YLCS_LB', 'G'),
  'YLCS_LB=Y': eq('YLCS_LB', 'Y'),
  'DYFY_LX=点播影院': eq('DYFY_LX', '03'),
  'ZSBA_LB=口腔诊所': eq('ZSBA_LB', '02'),
};

// ---- rules ----
const min = (value, message, more = {}) => ({ kind: 'min', value, message, ...more });
const max = (value, message, more = {}) => ({ kind: 'max', value, message, ...more });
const NOTE_ONLY = {}; // advice for people, nothing for a machine to decide

const OTC_SCOPE = { '01': '中药饮片', '04': '第二类精神药品', '05': '血液制品', '06': '细胞治疗类生物制品', '07': '其他生物制品' };
const otcRules = Object.entries(OTC_SCOPE).map(([arg, name]) => ({
  kind: 'only_if', value: arg, when: filled('YPJY_LB'), test: hasAny('YPJY_LB', '01', '02'),
  message: `只经营乙类非处方药的，经营范围限中成药、化学药，不能选“${name}”`,
}));

// Key: field code + "|" + text of the facts. Value: what it means for that field.
const RULES = {
  'F_ENT_NAME|与营业执照一致': NOTE_ONLY,
  'F_USCC|18位，GB 32100 校验；^[0-9A-HJ-NPQRTUWXY]{18}$': { type: 'uscc' },
  'F_LEGAL_IDNO|身份证18位 MOD 11-2 校验；敏感个人信息，脱敏展示': {
    id_type: { field: 'F_LEGAL_IDTYPE', kinds: { '01': 'citizen', '02': 'passport', '03': 'hk_macao', '04': 'taiwan', '05': 'foreign_resident' } },
  },
  'F_LEGAL_PHONE|手机号 ^1[3-9]\\d{9}$ 或区号-座机': NOTE_ONLY, // the type phone checks exactly this
  'F_AREA|>0，≤999999.99，两位小数': { rules: [min('0.01', '经营场所建筑面积应大于0'), max('999999.99', '经营场所建筑面积不能超过999999.99平方米')] },
  'F_USE_AREA|≤建筑面积': { rules: [min('0.01', '使用（营业）面积应大于0'), { kind: 'le_field', field: 'F_AREA', message: '使用（营业）面积不能大于经营场所建筑面积' }] },
  'F_FLOOR|如“地上1层”“地下1层”': NOTE_ONLY,
  'F_LEASE_END|场所权属≠自有时必填': {
    show_if: isin('F_PREMISES', '02', '03', '04'), required_if: isin('F_PREMISES', '02', '03', '04'),
    rules: [{ kind: 'not_before_today', message: '租赁（使用）到期日已经过了，请核对租赁合同或使用协议' }],
  },
  'F_STAFF|≥1': { rules: [min('1', '从业人员数至少为1')] },
  'F_AGENT_NAME|F_AGENT=是 时必填': { show_if: HAS_AGENT, required_if: HAS_AGENT },
  'F_AGENT_IDNO|F_AGENT=是 时必填': { show_if: HAS_AGENT, required_if: HAS_AGENT },
  'F_AGENT_PHONE|F_AGENT=是 时必填': { show_if: HAS_AGENT, required_if: HAS_AGENT },
  'F_AGENT_SCOPE|F_AGENT=是 时必填': { show_if: HAS_AGENT, required_if: HAS_AGENT },
  'F_MAIL_ADDR|F_DELIVERY=邮寄送达 时必填': { show_if: eq('F_DELIVERY', '02'), required_if: eq('F_DELIVERY', '02') },
  'F_TRUTH|必须勾选': { rules: [{ kind: 'equals', value: true, message: '请阅读并勾选材料真实性承诺' }] },

  'SPJY_ZTYT|单选，不可复选；决定许可证编号第1位': NOTE_ONLY,
  'SPJY_XM|可多选；CY4仅当标注含“中央厨房”': { rules: [{ kind: 'only_if', value: 'CY4', test: has('SPJY_ZTBZ', '02'), message: '选“半成品制售（仅限中央厨房）”的，主体业态标注必须含“中央厨房”' }] },
  'SPDJ_MJ|登记类别=小作坊时≤300': { rules: [max('300', '食品小作坊的生产经营面积（不含仓储）不能超过300平方米，超过的应办理食品生产许可', { when: eq('SPDJ_LB', 'Z') })] },
  'SPDJ_RS|登记类别=小作坊时≤10': { rules: [max('10', '食品小作坊的从业人员不能超过10人', { when: eq('SPDJ_LB', 'Z') })] },
  'YPJY_FS|决定证号分类代码第1位': NOTE_ONLY,
  'YPJY_FR|决定证号分类代码第2位': NOTE_ONLY,
  'YPJY_FW|仅乙类OTC时限中成药、化学药（设计建议）': { rules: otcRules },
  'YPJY_YS|经营类别含处方药/甲类OTC时≥1名': { rules: [{ kind: 'min_rows', value: 1, when: hasAny('YPJY_LB', '01', '02'), message: '经营处方药或甲类非处方药的，至少填写1名执业药师或药学技术人员' }] },
  'YCLS_DL|须为“是”': { rules: [{ kind: 'equals', value: true, message: '烟草制品零售的经营场所应与住所相独立，选“否”不符合条件' }] },
  'LGTZ_CW|≥客房数': { rules: [{ kind: 'ge_field', field: 'LGTZ_KF', message: '床位数不能少于客房数' }] },
  'LGTZ_JK|存储天数按公安机关规定（常见≥30日；反恐重点目标≥90日）': NOTE_ONLY,
  'YLCS_SYMJ|下限取系统参数（旧标准游艺≥200㎡，现行待核定）': NOTE_ONLY,
  'YLCS_HD|默认按使用面积÷人均标准（系统参数，旧标准1.5㎡/人）取整，由核查人员核定': NOTE_ONLY,
  'YLCS_DG|不得与境外曲库联接': NOTE_ONLY,
  'YLCS_JL|标准由自治区规定（待核定）': NOTE_ONLY,
  'YLCS_JK|≥30（条例第十五条）': { rules: [min('30', '视频监控录像应至少存储30天（《娱乐场所管理条例》第十五条）')] },
  'YLCS_SJ|每日2:00-8:00不得营业（条例第二十八条）': NOTE_ONLY,
  'WBAQ_RZ|≥60（条例第二十三条）': { rules: [min('60', '上网日志应至少留存60天（《互联网上网服务营业场所管理条例》第二十三条）')] },
  'WLWH_MJ|≥20': { rules: [min('20', '上网服务营业场所的营业面积不能少于20平方米')] },
  'WLWH_DJ|=营业面积/终端数，≥2，系统计算': {
    rules: [min('2', '单机面积不能少于2平方米'), { kind: 'quotient', field: 'WLWH_MJ', by: 'WLWH_ZD', message: '单机面积应等于营业面积除以计算机终端数，请核对这三项' }],
  },
  'WLWH_XX|>200': { rules: [min('200.01', '距最近中小学校园应大于200米')] },
  'WLWH_LZ|须为“否”': { rules: [{ kind: 'equals', value: false, message: '上网服务营业场所不得设在居民住宅楼（院）内' }] },
  'WLWH_SJ|8时至24时（条例第二十二条）': NOTE_ONLY,
  'ZSBA_MC|识别名称＋通用名称“诊所”': { rules: [{ kind: 'pattern', value: '.诊所$', message: '诊所名称应由识别名称加通用名称“诊所”组成，并以“诊所”结尾' }] },
  'ZSBA_ZFZR|注册后执业满5年': { rules: [min('5', '诊所主要负责人应当注册后执业满5年', { column: 'practice_years' })] },
  'ZSBA_MJ|≥诊所基本标准（数值待核定）': NOTE_ONLY,
  'ZSBA_CW|必须为0': { rules: [{ kind: 'equals', value: '0', message: '诊所备案不设住院病床，床位数（观察床除外）必须为0' }] },
  'FSZL_LB|诊所通常仅选4；含更高类别时转上级': NOTE_ONLY,
  'FSZL_JF|按GBZ 130（待核定）': NOTE_ONLY,
};

// Rules that follow from a label or note of the facts rather than from a `rule` text.
const EXTRA = {
  F_FOUND_DATE: { rules: [{ kind: 'not_after_today', message: '成立日期不能晚于今天，请核对营业执照' }] },
  F_MODE: { by_mode: true }, // "按各许可 commitment 设置过滤可选项"
  ZSBA_FS: { rules: [{ kind: 'equals', value: false, when: chosen('I12-Q2', 'B'), message: '情形引导中选择了“不用”拍片设备；使用放射设备的须一并办理放射诊疗许可，请返回修改答案' }] },
};

// ---- columns of tables and persons: label -> code, type, ... ----
const COL = (code, type = 'text', more = {}) => ({ code, type, ...more });
const COLUMNS = {
  姓名: COL('name'), 身份证号: COL('id_no', 'idcard', { required: true }), 电话: COL('phone', 'phone'),
  '姓名/名称': COL('name'), 证件号: COL('id_no', 'idcard', { any_document: true, required: true }),
  '岗位（总监/员）': COL('post', 'select', { options: ['食品安全总监', '食品安全员'] }), 岗位: COL('post'),
  培训考核情况: COL('training'), 地址: COL('address', 'address'), 面积: COL('area', 'number'),
  '类型（常温/冷藏/冷冻）': COL('storage', 'select', { options: ['常温', '冷藏', '冷冻'] }),
  数量: COL('count', 'integer'), 学历: COL('education'), 资格: COL('qualification'),
  从业年限: COL('work_years', 'integer'), 执业药师证号: COL('pharmacist_no'), 证书类型: COL('certificate_type'),
  注册证号: COL('registration_no'), 注册单位: COL('registered_at'), 专业: COL('major'), 职称: COL('title'),
  是否冷库: COL('cold', 'bool'), 是否委托贮存: COL('entrusted', 'bool'), 编号: COL('number'),
  是否透明门窗: COL('transparent', 'bool'), 有无内锁: COL('inner_lock', 'bool'), 名称: COL('name'), 型号: COL('model'),
  '类别（游戏/游艺）': COL('category', 'select', { options: ['游戏', '游艺'] }), 批准编号: COL('approval_no'),
  出资比例: COL('share'), 资格证明: COL('qualification'), 厅号: COL('hall_no'), 座位数: COL('seats', 'integer'),
  银幕尺寸: COL('screen'), 放映机型号: COL('projector'),
  '制式（2K/4K/激光/巨幕）': COL('format', 'select', { options: ['2K', '4K', '激光', '巨幕'] }), 还音: COL('sound'),
  '资格/培训证书': COL('certificate'), 执业证书编码: COL('practice_no'), 执业类别与范围: COL('practice_scope'),
  执业年限: COL('practice_years', 'integer', { required: true }),
  '类别（医师/护士/药师/技师）': COL('category', 'select', { options: ['医师', '护士', '药师', '技师'] }),
  资格证号: COL('qualification_no'), 执业证号: COL('practice_no'), 考核合格证书号: COL('assessment_no'),
  技术项目: COL('technique'), 培训证: COL('training_no'), 健康检查日期: COL('health_check_on', 'date'),
  剂量计编号: COL('dosimeter_no'), '装置名称（如口腔全景机、口腔CBCT、DR、牙片机）': COL('name', 'text', { label: '装置名称' }),
  生产厂家: COL('maker'), 出厂编号: COL('serial_no'), '额定kV/mA': COL('rating'), 用途: COL('purpose'),
  所在场所: COL('place'), 启用日期: COL('in_use_since', 'date'),
};
const PERSON_DEFAULT = '姓名、身份证号、电话';
const TABLE_WITHOUT_NOTE = { MYBJ_SB: '名称、型号、数量' }; // the facts name no columns

// ---- when a material is needed: permit-specific key first, then the bare text ----
const WHEN = {
  委托代理时: { when: HAS_AGENT },
  核查时查验: { on_site: true },
  含散装熟食销售: { when: has('SPJY_XMBZ', '01') },
  利用自动设备从事食品经营: { when: has('SPJY_ZTBZ', '04') },
  餐饮具委托集中消毒: { when: eq('SPJY_XD', '03') },
  '选择容缺/告知承诺': { when: isin('F_MODE', '02', '03') },
  选择告知承诺: { when: eq('F_MODE', '02') },
  仅乙类OTC告知承诺: { when: all(eq('F_MODE', '02'), ONLY_CLASS_B_OTC) },
  食品小作坊: { when: eq('SPDJ_LB', 'Z') },
  设置仓库: { when: filled('YPJY_CKDZ') },
  零售连锁门店: { when: eq('YPJY_FS', 'C') },
  'P-QX2|设置库房': { when: filled('QX2_CK') },
  'P-QX3|设置库房': { when: filled('QX3_CK') },
  'P-QX2|委托售后': { when: isin('QX2_SH', '02', '03') },
  'P-QX3|委托售后': { when: isin('QX3_SH', '02', '03') },
  使用集中空调通风系统: { when: eq('GGWS_KT', true) },
  游艺娱乐场所: { when: eq('YLCS_LB', 'Y') },
  '仅2022修订版；2024修订版不要': { when: law('2022') },
  加入院线: { when: filled('DYFY_YX') },
  '附设药房（柜）': { when: eq('ZSBA_YF', true) },
  法人或其他组织设置: { when: all(filled('F_ENT_TYPE'), not(eq('F_ENT_TYPE', '05'))) },
  // The applicant may add these; no value of the form decides.
  建筑安全存疑或地方要求: {},
  '2013版要求，2017修订后疑已取消（待核定）': {},
  '2022修订后不再作为申请材料，共享核验': {},
  开业前: { later: true },
  已取得的: {},
};
const TOLERANCE_TEXTS = new Set(['现场核查时确认并获取；最迟作出许可决定前', '告知承诺的，发证后2个月内由监督检查确认']);

// ---- permits ----
const MODES = { 一般程序: '01', 告知承诺: '02', 容缺受理: '03' };
const INSPECTION = {
  '必要时（新办原则上核查）': { required: true },
  必要时: { required: true },
  '必须（仅乙类OTC为事后）': { required: true, when: not(all(eq('F_MODE', '02'), ONLY_CLASS_B_OTC)) },
  事前不核查: { required: false },
  必须: { required: true },
  '告知承诺为事后，一般程序必要时': { required: true, when: isin('F_MODE', '01', '03') },
  不作为许可前置: { required: false },
  备案前不核查: { required: false },
};
// "部分": tolerated unless one of the high-risk items named in the reason is chosen.
const TOLERANCE_WHEN = {
  'P-SPJYXK': not(any(has('SPJY_XM', 'CY3'), has('SPJY_XM', 'CY4'), hasAny('SPJY_XMBZ', '02', '03'), hasAny('SPJY_ZTBZ', '02', '03', '05', '06'))),
};
// Templates for numbers; syntax in src/domain/licence/number.h.
const NUMBERS = {
  'P-SPJYXK': 'JY{field:SPJY_ZTYT}{region}{serial:6}{check:11,10}',
  'P-SPDJZ': '示例-{region}-{field:SPDJ_LB}-{serial:6}',
  'P-YPJY': '蒙{field:YPJY_FS}{field:YPJY_FR}4730{serial:5}',
  'P-QX2': '蒙乌药监械经营备案{year}{serial:4}号',
  'P-QX3': '蒙乌药监械经营许可{year}{serial:4}号',
  'P-YCLS': '{region}10{serial:4}',
  'P-GGWS': '乌海卫公证字〔{year}〕第{region}-{serial:5}号',
  'P-LGTZ': '公特（旅）字第{region}-{serial:4}号',
  'P-YLCS': '{region}16{serial:4}',
  'P-WBAQ': '乌公网安承〔{year}〕{serial:4}号',
  'P-WLWH': '{region}11{serial:4}',
  'P-DYFY': '蒙乌证放字第{serial:4}号',
  'P-ZSBA': '{region}-ZS-{serial:4}',
  'P-MYBJ': 'M{region}{serial:5}',
  'P-FSZL': '蒙卫放证字（{year}）第{region}-{serial:3}号',
};
const NUMBER_CERTAINTY = { 'P-YPJY': '较确定' }; // the 4th digit of the area code is unverified
const EXTERNAL_NUMBER = /系统赋号|平台赋号|编码规则赋号|公安系统赋号/;
const RETIRED = { '已调整（建议标为“停用/仅存量展示”）': true, 现行: false, '现行（2024修订后发证机关调整）': false };

// Answers of a multi question that exclude all others.
const EXCLUSIVE = new Set(['I01-Q6|D', 'I07-Q6|D', 'I13-Q3|C', 'I14-Q3|C']);

const MAX_LENGTH = { text: 100, textarea: 2000, address: 200, phone: 30, email: 100, idcard: 30, uscc: 18, lnglat: 40, number: 12, integer: 9 };
const SENSITIVE = new Set(['idcard', 'phone']);

// ---- small helpers ----
const drop = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && v.length === 0)));
const text = (v) => (v === null || v === undefined ? undefined : String(v));
const clause = (b) => drop({ law: b.law_code, article: b.article, summary: b.summary, certainty: b.certainty, verified_by: b.verified_by });

function splitColumns(list) { // "a、b（x、y）、c" without cutting inside brackets
  const out = [];
  let depth = 0, now = '';
  for (const ch of list) {
    if (ch === '（') depth++;
    if (ch === '）') depth--;
    if (ch === '、' && depth === 0) { out.push(now); now = ''; } else now += ch;
  }
  out.push(now);
  return out;
}

function makeColumns(f) {
  let source = TABLE_WITHOUT_NOTE[f.code];
  if (!source && f.note) source = f.note.replace(/^列：/, '');
  if (!source && f.type === 'person') source = PERSON_DEFAULT;
  if (!source) return fail(f.code, '表格没有列说明');
  return splitColumns(source).map((label, i) => {
    const c = COLUMNS[label];
    if (!c) return fail(f.code, `不认识的列“${label}”`);
    const required = c.required || i === 0 || (source === PERSON_DEFAULT);
    return drop({
      code: c.code, label: c.label ?? label.replace(/（.*）$/, ''), type: c.type, required,
      any_document: c.any_document, options: c.options?.map((o) => ({ value: o, label: o })),
    });
  });
}

function makeField(f) {
  const out = { code: f.code, label: f.label, type: f.type, required: f.required };
  if (f.group) out.group = f.group;
  let meaning = {};
  if (f.rule) {
    meaning = RULES[`${f.code}|${f.rule}`] ?? fail(f.code, `不认识的规则“${f.rule}”`) ?? {};
    usedRules.add(`${f.code}|${f.rule}`);
  }
  const extra = EXTRA[f.code] ?? {};
  if (f.show_if) out.show_if = SHOW_IF[f.show_if] ?? fail(f.code, `不认识的显示条件“${f.show_if}”`);
  const { rules = [], ...plain } = { ...meaning, ...extra, rules: [...(meaning.rules ?? []), ...(extra.rules ?? [])] };
  Object.assign(out, plain);
  if (f.code === 'F_REGION') {
    out.options = f.options.map((o) => {
      const m = /^(.+)\((\d{6})\)$/.exec(o.label) ?? fail(f.code, `不认识的区划“${o.label}”`) ?? [];
      return { value: m[2], label: m[1] };
    });
  } else if (f.options) out.options = f.options;
  if (out.type === 'table' || out.type === 'person') out.columns = makeColumns(f) ?? [];
  const numeric = out.type === 'number' || out.type === 'integer';
  if (numeric && !rules.some((r) => r.kind === 'min' && !r.when)) rules.unshift(min('0', `${f.label}不能小于0`));
  if (rules.length) out.rules = rules;
  if (MAX_LENGTH[out.type]) out.max_length = MAX_LENGTH[out.type];
  if (SENSITIVE.has(out.type) || out.columns?.some((c) => c && SENSITIVE.has(c.type))) out.sensitive = true;
  out.unit = f.unit;
  out.prefill_source = f.prefill_source;
  out.note = [f.rule, f.note].filter(Boolean).join('；');
  return drop(out);
}

function makeUse(p, m) {
  const key = `${p.code}|${m.when}`;
  const meaning = m.when ? (WHEN[key] ?? WHEN[m.when] ?? fail(`${p.code} ${m.code}`, `不认识的适用情形“${m.when}”`) ?? {}) : {};
  if (m.when) usedWhen.add(WHEN[key] ? key : m.when);
  if (m.tolerance && !TOLERANCE_TEXTS.has(m.tolerance)) fail(`${p.code} ${m.code}`, `不认识的容缺说明“${m.tolerance}”`);
  return drop({
    material: m.code, necessity: m.necessity, form: m.form, copies: m.copies,
    before: !(meaning.on_site || meaning.later || (!meaning.when && m.required_before === false)),
    on_site: meaning.on_site, when: meaning.when, when_text: m.when, original_name: m.original_name,
    annotate: m.annotate, tolerance: m.tolerance, note: m.necessity_note,
  });
}

function makePermit(p) {
  const s = p.sensitive, t = p.time_limits, v = p.validity, n = p.result.number;
  const inspection = INSPECTION[p.site_inspection.required] ?? fail(p.code, `不认识的核查要求“${p.site_inspection.required}”`) ?? {};
  if (!(p.status in RETIRED)) fail(p.code, `不认识的状态“${p.status}”`);
  if (!NUMBERS[p.code]) fail(p.code, '没有证号模板');
  const tolerant = s.categories.length === 0 && s.commitment_allowed !== false && p.allowed_modes.includes('容缺受理');
  if (tolerant && s.commitment_allowed === '部分' && !TOLERANCE_WHEN[p.code]) fail(p.code, '部分容缺但没有条件');
  const notes = [p.kind_note, p.level_note,
    p.implementing_department_after_2024 && '2024年修订后的《公共场所卫生管理条例》将发证机关调整为疾病预防控制部门，本地由卫生健康委还是疾病预防控制局承办待核定',
    ...(p.notes ?? [])].filter(Boolean);
  return drop({
    code: p.code, name: p.name, annex_names: p.annex_names, formal_name: p.formal_name, certificate_name: p.certificate_name,
    kind: p.kind, status: p.status, retired: RETIRED[p.status] || undefined, level: p.level, level_certainty: p.implementing_department_after_2024 ? '待核定' : p.level_certainty, scope: p.applicable,
    deciders: { role: p.implementing_department.role, by_region: p.implementing_department.by_region },
    supervisors: { role: p.supervising_department.role, by_region: p.supervising_department.by_region },
    co_supervisors: p.co_supervisors,
    bases: p.legal_basis.map(clause),
    limits: drop({
      statutory_days: t.statutory_working_days, statutory_text: t.statutory_text, certainty: t.certainty,
      promised_days: t.promised_working_days, promised_certainty: t.promised_certainty,
      promised_by_mode: Object.fromEntries(Object.entries(t.promised_by_mode).map(([k, d]) => [MODES[k] ?? fail(p.code, `不认识的方式“${k}”`), d])),
      excludes: t.excludes, extension_days: extensionDays(t.statutory_text), correction_days: 30, note: t.note,
    }),
    validity: drop({ years: v.years ?? 0, text: v.text, renewal: v.renewal, annual: v.annual, certainty: v.certainty }),
    inspection: drop({ required: inspection.required, when: inspection.when, phase: p.site_inspection.phase, text: [p.site_inspection.required, p.site_inspection.note].filter(Boolean).join('；'), certainty: p.site_inspection.certainty }),
    tolerance: drop({ allowed: tolerant, when: tolerant ? TOLERANCE_WHEN[p.code] : undefined, reason: s.reason, certainty: s.certainty }),
    sensitive: s.categories,
    modes: p.allowed_modes.map((m) => MODES[m]),
    publicity: drop({ days: p.publicity_hearing.publicity_days, hearing: p.publicity_hearing.hearing, hearing_required: p.publicity_hearing.hearing === '应当举行' ? true : undefined, basis: p.publicity_hearing.basis, certainty: p.publicity_hearing.certainty }),
    quantity_control: p.quantity_control ?? undefined,
    conditions: p.conditions, conditions_certainty: p.conditions_certainty,
    materials: p.materials.map((m) => makeUse(p, m)), materials_certainty: p.materials_certainty,
    shared_fields: p.shared_field_codes,
    fields: p.form_fields.map(makeField),
    dependencies: p.dependencies.map(drop),
    checks: p.inspection_items.map((i) => drop({ item: i.item, method: i.method, key_item: i.key_item, common: i.common_code })),
    number: drop({
      template: NUMBERS[p.code], text: n.format, regex: n.regex, example: n.example ?? n.placeholder_example,
      certainty: NUMBER_CERTAINTY[p.code] ?? n.certainty, external: EXTERNAL_NUMBER.test(`${n.format}${n.note ?? ''}`) || undefined, note: n.note,
    }),
    effect: { baseline_before: p.baseline_before, reform_target: p.reform_target },
    notes,
  });
}

function answerIs(where, s) { // "I04-Q1=A"
  const m = /^(I\d\d-Q\d+)=([A-Z])$/.exec(s);
  return m ? chosen(m[1], m[2]) : fail(where, `不认识的条件“${s}”`);
}

function makeOption(q, o) {
  const e = o.effects, known = new Set(['add', 'drop', 'related', 'prefill', 'block', 'warn', 'redirect_industries']);
  for (const k of Object.keys(e)) if (!known.has(k)) fail(q.code, `不认识的效果“${k}”`);
  return drop({
    code: o.code, label: o.label, note: o.note, add: e.add, drop: e.drop, related: e.related, redirects: e.redirect_industries,
    warn: e.warn, block: e.block, exclusive: EXCLUSIVE.has(`${q.code}|${o.code}`) || undefined, prefill: e.prefill,
  });
}

function makeIndustry(i) {
  return drop({
    code: i.code, seq: i.seq, name: i.name, batch: 'B1', annex_text: i.annex_text, annex_remark: i.annex_remark, scope: i.applicable_range,
    gbt4754: i.gbt4754_hint, lead: { role: i.lead_department.role, certainty: i.lead_department.certainty, note: i.lead_department.note },
    co_roles: i.co_departments,
    permits: i.permits.map((p) => drop({ permit: p.permit, mode: p.mode, group: p.group, mode_annex: p.mode_annex, mode_source: p.mode_source, certainty: p.certainty })),
    groups: i.alternative_groups.map((g) => drop({ code: g.code, permits: g.permits, min: g.min, max: g.max, unless: g.unless && answerIs(i.code, g.unless) })),
    questions: i.guide_questions.map((q) => drop({
      code: q.code, text: q.text, help: q.help, multi: q.type === 'multi' || undefined, show_if: q.show_if && answerIs(q.code, q.show_if),
      options: q.options.map((o) => makeOption(q, o)),
    })),
    system_rules: i.system_rules.map((r) => {
      const [[k, v], ...more] = Object.entries(r.when);
      if (k !== 'law_version' || more.length || r.effects.related?.length) fail(r.code, '不认识的系统规则');
      return drop({ code: r.code, when: law(v), add: r.effects.add, drop: r.effects.drop, note: r.note });
    }),
    notes: i.notes,
  });
}

const usedRules = new Set(), usedWhen = new Set();

function makeCatalog(f) {
  return {
    format: 'yizheng-catalog/1', version: VERSION, title: '乌海市“一业一证”改革行业目录（第一批）',
    disclaimer: f.meta.disclaimer, context: { law_version: '2024' }, tolerance_when: eq('F_MODE', '03'),
    regions: f.regions.map((r) => drop({ code: r.code, name: r.name, short_name: r.short, parent: r.parent, certainty: r.certainty, note: r.note })),
    departments: f.departments.map((d) => drop({ code: d.code, name: d.name, role: d.role, role_name: d.role_name, region: d.region, vertical: d.vertical, duty: d.duty, certainty: d.certainty, note: d.note })),
    windows: f.windows.map((w) => drop({
      code: w.code, name: w.name, type: w.type, region: w.region, center: w.center, department: w.managing_department, duty: w.duty,
      counter_no: w.counter_no, address: w.address, phone: w.phone, hours: w.hours, sample: w.is_placeholder,
    })),
    laws: f.laws.map((l) => drop({ code: l.code, title: l.title, doc_no: l.doc_no, version: l.version, certainty: l.certainty, note: l.note })),
    bases: f.meta.package_legal_basis.map(clause),
    materials: f.materials.map((m) => drop({
      code: m.code, name: m.name, source: m.source, issuer: text(m.issuer), kind: m.kind, formats: m.formats, shareable: m.shareable,
      exempt_by_share: m.exempt_by_share, generated: m.code === 'M-SQB' || undefined, e_cert_name: m.e_cert_name, validity_hint: m.validity_hint, note: m.note,
      ...TEMPLATES[m.code],
    })),
    fields: f.shared_fields.map(makeField),
    common_checks: f.common_check_items,
    related: f.related_matters.map((r) => drop({ code: r.code, name: r.name, department_role: r.department_role, kind: r.kind, relation: r.relation, note: r.note })),
    permits: f.permits.map(makePermit),
    batches: [{ code: 'B1', name: '第一批' }],
    industries: f.industries.map(makeIndustry),
  };
}

// By what a year was arranged; the facts know no number for the second.
const NOTICES = {
  2025: '国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）',
  2026: '国务院办公厅关于2026年部分节假日安排的通知（2025年11月4日）',
  2027: '全国年节及纪念日放假办法（只列法定放假日，2027年安排尚未载入）',
};

function writeCalendars(csv) {
  const [head, ...lines] = csv.trim().split(/\r?\n/);
  if (head !== 'date,kind,name,statutory,certainty') fail('holidays.csv', `不认识的表头“${head}”`);
  const years = new Map();
  for (const line of lines) {
    const [date, kind, name, , certainty] = line.split(',');
    const year = date.slice(0, 4);
    const state = { published: 'published', 'statutory-by-rule;arrangement-not-published': 'provisional' }[certainty];
    if (!state || !/^\d{4}-\d\d-\d\d$/.test(date) || !['off', 'work'].includes(kind)) fail('holidays.csv', `不认识的行“${line}”`);
    if (!years.has(year)) years.set(year, { year: Number(year), certainty: state, source: NOTICES[year] ?? fail('holidays.csv', `${year} 年没有依据`), days: [] });
    if (years.get(year).certainty !== state) fail('holidays.csv', `${year} 年确定性不一致`);
    years.get(year).days.push({ date, kind, name });
  }
  mkdirSync(join(ROOT, 'catalog/calendar'), { recursive: true });
  for (const [year, data] of years) writeFileSync(join(ROOT, `catalog/calendar/${year}.json`), stringify(data));
}

// JSON with one line per leaf object: readable, and diffs stay small.
function stringify(value, indent = '') {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || flat.length <= 100) return spaced(value) + (indent === '' ? '\n' : '');
  const inner = indent + '  ';
  const body = Array.isArray(value)
    ? value.map((v) => inner + stringify(v, inner)).join(',\n')
    : Object.entries(value).map(([k, v]) => `${inner}${JSON.stringify(k)}: ${stringify(v, inner)}`).join(',\n');
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${body}\n${indent}${close}${indent === '' ? '\n' : ''}`;
}
function spaced(value) {
  if (Array.isArray(value)) return value.length ? `[${value.map(spaced).join(', ')}]` : '[]';
  if (value && typeof value === 'object') return `{ ${Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${spaced(v)}`).join(', ')} }`;
  return JSON.stringify(value);
}

const [facts, holidays] = process.argv.slice(2);
if (!facts) {
  console.error('用法: node tools/make-catalog.mjs permits.json [holidays.csv]');
  process.exit(2);
}
const catalog = makeCatalog(JSON.parse(readFileSync(facts, 'utf8')));
for (const k of Object.keys(RULES)) if (!usedRules.has(k)) fail('规则表', `没有用到“${k}”`);
for (const k of Object.keys(WHEN)) if (!usedWhen.has(k)) fail('情形表', `没有用到“${k}”`);
if (holidays) writeCalendars(readFileSync(holidays, 'utf8'));
if (problems.length) {
  for (const p of problems) console.error(p);
  process.exit(1);
}
writeFileSync(join(ROOT, 'catalog/wuhai-2026.json'), stringify(catalog));
console.log(`${catalog.industries.length} 个行业，${catalog.permits.length} 个许可事项，${catalog.materials.length} 种材料`);
