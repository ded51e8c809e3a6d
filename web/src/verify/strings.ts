// Everything that people read in the verifier.
import type { Why } from './documents';
import type { Fault } from './payload';
import type { ListState, PermitState, Verdict } from './verdict';

export type Tone = 'green' | 'amber' | 'red';
export const VERDICTS: Record<Verdict, { word: string; tone: Tone; advice: string }> = {
  valid: { word: '有效', tone: 'green', advice: '请核对下面的内容与现场是否一致。' },
  unconfirmed: { word: '真实，现状未确认', tone: 'amber', advice: '证照确实由发证机关签发，也在有效期内；但没有最新的状态名单，是否已变更或失效还不知道。请联网后再核验。' },
  partly_revoked: { word: '部分许可已失效', tone: 'amber', advice: '其中有的许可已经失效，见下面的清单。' },
  revoked: { word: '已失效', tone: 'red', advice: '所载许可均已失效，不能作为许可凭证。' },
  superseded: { word: '已更新或失效', tone: 'red', advice: '这一版已被新版本替代，或者已经失效。请持证人出示最新的证照。' },
  expired: { word: '已过期', tone: 'red', advice: '所载许可均已过有效期。' },
  future: { word: '日期不对', tone: 'amber', advice: '颁发时间在现在之后，请检查本设备的日期和时间。' },
  replayed: { word: '地址与内容不符', tone: 'red', advice: '二维码的网址属于另一张证照，内容是从别处搬来的，请谨防假冒。' },
  other_region: { word: '不是该地区签发', tone: 'red', advice: '签名的机关无权为这个地区颁证，请谨防假冒。' },
  key_revoked: { word: '签发密钥无效', tone: 'red', advice: '签名所用的密钥已经停用，或者当时还不能使用，不能证明真实。' },
  unknown_key: { word: '不认识的签发机关', tone: 'red', advice: '不在信任名单里。如果是其他城市的证照，请先导入该城市的信任名单；否则请谨防假冒。' },
  forged: { word: '签名不符', tone: 'red', advice: '内容被改动过，或者不是所称的机关签发，请谨防假冒。' },
  malformed: { word: '无法识别', tone: 'red', advice: '不是综合许可证的二维码，或者内容不完整。' },
};
export const PERMITS: Record<PermitState, { word: string; tone: Tone }> = {
  valid: { word: '有效', tone: 'green' },
  unconfirmed: { word: '在有效期内，现状未确认', tone: 'amber' },
  expired: { word: '已过期', tone: 'red' },
  revoked: { word: '已失效', tone: 'red' },
};
export const REGISTER: Record<string, Tone> = { valid: 'green', expired: 'red', superseded: 'amber', void: 'red' };

/** How long ago, as a sentence about the list. */
const age = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return '名单刚刚更新';
  if (minutes < 60) return `名单更新于${minutes}分钟前`;
  return minutes < 48 * 60 ? `名单更新于${Math.floor(minutes / 60)}小时前` : `名单更新于${Math.floor(minutes / 1440)}天前`;
};

const whyNot: Record<Why, string> = {
  kind: '不是信任名单或状态名单',
  form: '内容不符合格式',
  trust: '信任名单中的机关或公钥不正确',
  overlap: '信任名单中两个机关的区划重叠',
  signer: '不是受信任的机关用现行密钥签名的',
  signature: '签名不符，内容被改动过，或者密钥已停用',
  own: '本市的新名单要用已知的密钥签名，而且不能比现有的旧',
};

export const text = {
  faults: {
    shape: '内容不完整，或者被改动过。',
    long: '内容过长。',
    format: '不是本平台的证照二维码，或者版本不受支持。',
    short: '内容不完整。',
  } as Record<Fault, string>,

  name: '证照核验',
  home: '一业一证首页',
  skip: '跳到正文',
  elderOn: '长辈版',
  elderOff: '标准版',
  title: '核验行业综合许可证',
  intro: '扫证照上的二维码，看它是不是真的、现在有没有效。没有网络也能用。',
  scan: '扫一扫',
  stop: '停止扫描',
  scanning: '请把二维码放进框里',
  camera: '不能使用摄像头：请在浏览器里允许，或者改用图片。',
  picture: '选择图片',
  notFound: '图片里没有找到二维码。请拍得近一点、清楚一点，再试一次。',
  badPicture: '这个文件不是能打开的图片。',
  typed: '输入证号或二维码内容',
  typedHint: '证号以 WHZH 开头，要联网查询；二维码内容不用联网。',
  submit: '核验',
  empty: '请输入证号或二维码内容',
  numberOffline: '按证号查询要联网。没有网络时，请扫证照上的二维码。',
  noTrust: '这台设备还没有取到信任名单，请先联网打开一次本页。',
  paperOffline: '核验文书要联网，请在有网络时再扫。没有网络时可以核验综合许可证。',
  register: '按证号在登记系统中查到',
  noRegister: '登记中没有这个证号',
  asOf: (at: string) => `查询时间 ${at}`,
  again: '核验下一张',

  holder: '市场主体',
  number: '证号',
  version: (n: number) => `第${n}版`,
  uscc: '统一社会信用代码',
  person: '负责人',
  address: '经营场所',
  industry: '行业',
  issuer: '颁发部门',
  permits: (n: number) => `所载许可 ${n} 项`,
  until: '有效期至',
  longTerm: '长期',
  masked: '名称、代码等只显示一部分，够用来和现场的证照对照。',

  how: '怎么证明的',
  signature: (name: string, id: string) => `签名由${name}的密钥签发（公钥编号 ${id}）`,
  dates: (day: string) => `有效期按本设备的日期 ${day} 判断`,
  list: { none: '没有可用的状态名单，没有核对是否已变更或失效', old: '状态名单已过期，只能作参考', fresh: '核对过状态名单' } as Record<ListState, string>,
  age,
  here: '以上都在这台设备上核对，没有把内容发给任何人。',

  lists: '随身名单',
  noLists: '还没有名单。联网打开本页时会自动取来。',
  stale: '已过期，请联网更新',
  listOf: (name: string) => `${name}的状态名单`,
  update: '更新名单',
  updating: '正在更新…',
  updated: '名单已是最新',
  failed: '没有更新成功，请检查网络后再试。已有的名单还可以用。',
  trusted: '信任的机关',
  region: (code: string) => `区划 ${code}`,
  importedHere: '本机导入',
  forget: '不再信任',
  file: '导入名单文件',
  fileHint: '其他城市的信任名单，或用优盘带来的状态名单（JSON 文件）。',
  notTaken: (why: Why) => `不能导入：${whyNot[why]}`,
  tookList: (name: string) => `已导入${name}的状态名单`,
  tookTrust: (name: string) => `已导入${name}`,
  askTitle: (name: string) => `信任${name}？`,
  ask: '导入后，这个机关为它自己的区划签发的证照会被认作真实。请先用电话等别的途径，向该机关核对公钥编号：',
  askDo: '核对无误，导入',

  keepTitle: '放到手机桌面',
  keep: '在浏览器菜单里选“添加到主屏幕”或“安装应用”，以后没有网络也能打开。',
  install: '安装到桌面',
} as const;
