/* shape: the table. See shape.h. Order here is the canonical order and that of the columns. */
#include "domain/catalog/shape.h"

#include "domain/catalog/load.h"

static const char *const SENSITIVE[] = { "国家安全", "公共安全", "生态安全", "产业政策" };

/* In the order of the enums field_type and rule_kind. */
static const char *const SAYS_FIELD[] = { "文字", "多行文字", "数字", "整数", "日期", "是否", "单选",
                                          "下拉单选", "多选", "表格", "人员", "电话", "邮箱", "证件号",
                                          "信用代码", "地址", "区划", "经纬度" };
static const char *const SAYS_RULE[] = { "符合格式", "不小于", "不大于", "不大于另一字段", "不小于另一字段",
                                         "等于", "不早于今天", "不晚于今天", "至少行数",
                                         "条件成立才可选", "等于两字段之商" };

#define M(name, label, kind, required) { name, label, kind, required, NULL, NULL, NULL, 0, NULL }
#define TEXT_(name, label, required) M(name, label, SHAPE_TEXT, required)
#define REF_(name, label, required, ref) { name, label, SHAPE_REF, required, ref, NULL, NULL, 0, NULL }
#define REFS_(name, label, ref) { name, label, SHAPE_REFS, false, ref, NULL, NULL, 0, NULL }
#define WORD_(name, label, required, words) \
    { name, label, SHAPE_WORD, required, NULL, words, NULL, COUNT(words), NULL }
#define SAID_(name, label, words, says) \
    { name, label, SHAPE_WORD, true, NULL, words, says, COUNT(words), NULL }
#define SURE(name, label, required) WORD_(name, label, required, WORDS_CERTAINTY)
#define MAP_(name, label, required, ref) { name, label, SHAPE_MAP, required, ref, NULL, NULL, 0, NULL }
#define OBJECT_(name, label, required, of) \
    { name, label, SHAPE_OBJECT, required, NULL, NULL, NULL, 0, &of }
#define LIST_(name, label, required, of) \
    { name, label, SHAPE_LIST, required, NULL, NULL, NULL, 0, &of }
#define SHAPE_OF(var, list, key, label, sheet, id, title) \
    static const struct shape var = { key, label, sheet, id, title, list, COUNT(list) }
#define SHAPE_(var, key, label, sheet, id, title) \
    SHAPE_OF(var, var##_MEMBERS, key, label, sheet, id, title)

static const struct shape_member REGION_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true),
    TEXT_("short_name", "简称", false), TEXT_("parent", "上级区划", false),
    TEXT_("note", "说明", false), SURE("certainty", "确定程度", false),
};
SHAPE_(REGION, "region", "区划", "区划", "code", "name");

static const struct shape_member DEPARTMENT_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true), TEXT_("role", "职能", true),
    TEXT_("role_name", "职能名称", false), REF_("region", "区划", true, "region"),
    M("vertical", "垂直管理", SHAPE_BOOL, false), TEXT_("duty", "职责", false),
    TEXT_("note", "说明", false), SURE("certainty", "确定程度", true),
};
SHAPE_(DEPARTMENT, "department", "部门", "部门", "code", "name");

static const struct shape_member WINDOW_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true), TEXT_("type", "类型", true),
    REF_("region", "区划", true, "region"), TEXT_("center", "大厅", false),
    REF_("department", "部门", true, "department"), TEXT_("duty", "职责", false),
    TEXT_("counter_no", "窗口号", false), TEXT_("address", "地址", true),
    TEXT_("phone", "电话", true), TEXT_("hours", "办公时间", true),
    M("sample", "示例", SHAPE_BOOL, false),
};
SHAPE_(WINDOW, "window", "窗口", "窗口", "code", "name");

static const struct shape_member LAW_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("title", "名称", true),
    TEXT_("doc_no", "文号", false), TEXT_("version", "版本", false), TEXT_("note", "说明", false),
    SURE("certainty", "确定程度", true),
};
SHAPE_(LAW, "law", "法规", "法规", "code", "title");

static const struct shape_member BASIS_MEMBERS[] = {
    REF_("law", "法规", true, "law"), TEXT_("article", "条款", true),
    TEXT_("summary", "内容摘要", false), TEXT_("verified_by", "核对方式", false),
    SURE("certainty", "确定程度", true),
};
SHAPE_OF(COMMON_BASIS, BASIS_MEMBERS, "basis", "统一办理依据", "统一办理依据", NULL, "article");
SHAPE_(BASIS, "permit_basis", "许可依据", "许可依据", NULL, "article");

static const struct shape_member MATERIAL_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true), TEXT_("source", "来源", true),
    TEXT_("issuer", "出具单位", false), TEXT_("kind", "类别", false),
    M("formats", "文件格式", SHAPE_TEXTS, false), M("shareable", "可共享", SHAPE_BOOL, false),
    M("exempt_by_share", "共享免提交", SHAPE_BOOL, false),
    M("generated", "系统生成", SHAPE_BOOL, false), TEXT_("e_cert_name", "电子证照名称", false),
    TEXT_("validity_hint", "有效期提示", false), TEXT_("note", "说明", false),
    M("template", "空白模板", SHAPE_TEXTS, false), M("sample", "填写样例", SHAPE_TEXTS, false),
};
SHAPE_(MATERIAL, "material", "材料", "材料", "code", "name");

static const struct shape_member COLUMN_MEMBERS[] = {
    M("code", "列代码", SHAPE_CODE, true), TEXT_("label", "列名称", true),
    SAID_("type", "列类型", WORDS_FIELD, SAYS_FIELD), M("required", "必填", SHAPE_BOOL, false),
    M("any_document", "可用其他证件", SHAPE_BOOL, false),
    M("options", "选项", SHAPE_CHOICES, false),
};
SHAPE_(COLUMN, "column", "字段的列", "共用字段的列", "code", "label");
SHAPE_OF(PERMIT_COLUMN, COLUMN_MEMBERS, "permit_column", "许可字段的列", "许可字段的列", "code", "label");

static const struct shape_member RULE_MEMBERS[] = {
    SAID_("kind", "规则", WORDS_RULE, SAYS_RULE), M("value", "值", SHAPE_VALUE, false),
    REF_("field", "比较字段", false, "field"), REF_("by", "除数字段", false, "field"),
    TEXT_("column", "针对的列", false), M("when", "适用条件", SHAPE_COND, false),
    M("test", "须成立的条件", SHAPE_COND, false), TEXT_("message", "不符时的提示", true),
};
SHAPE_(RULE, "rule", "字段规则", "共用字段规则", NULL, "message");
SHAPE_OF(PERMIT_RULE, RULE_MEMBERS, "permit_rule", "许可字段规则", "许可字段规则", NULL, "message");

static const struct shape_member ID_TYPE_MEMBERS[] = {
    REF_("field", "证件类型字段", true, "field"), M("kinds", "选项与证件", SHAPE_MAP, true),
};
SHAPE_(ID_TYPE, "id_type", "证件类型", NULL, NULL, NULL);

#define FIELD_COMMON                                                                            \
    M("code", "代码", SHAPE_CODE, true), TEXT_("label", "名称", true),                          \
    TEXT_("group", "分组", false), SAID_("type", "类型", WORDS_FIELD, SAYS_FIELD),                    \
    M("required", "必填", SHAPE_BOOL, false), M("sensitive", "个人信息", SHAPE_BOOL, false),    \
    M("by_mode", "按办理方式", SHAPE_BOOL, false), M("max_length", "最多字数", SHAPE_INT, false), \
    M("show_if", "显示条件", SHAPE_COND, false), M("required_if", "必填条件", SHAPE_COND, false), \
    M("options", "选项", SHAPE_CHOICES, false)
#define FIELD_TAIL                                                                              \
    OBJECT_("id_type", "证件", false, ID_TYPE), TEXT_("unit", "单位", false),                   \
    TEXT_("note", "说明", false), TEXT_("prefill_source", "预填来源", false)

static const struct shape_member FIELD_MEMBERS[] = {
    FIELD_COMMON, LIST_("columns", "列", false, COLUMN), LIST_("rules", "规则", false, RULE),
    FIELD_TAIL,
};
SHAPE_(FIELD, "field", "共用字段", "共用字段", "code", "label");

static const struct shape_member PERMIT_FIELD_MEMBERS[] = {
    FIELD_COMMON, LIST_("columns", "列", false, PERMIT_COLUMN),
    LIST_("rules", "规则", false, PERMIT_RULE), FIELD_TAIL,
};
SHAPE_(PERMIT_FIELD, "permit_field", "许可字段", "许可字段", "code", "label");

static const struct shape_member COMMON_CHECK_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("item", "核查内容", true),
    TEXT_("method", "核查方法", false),
};
SHAPE_(COMMON_CHECK, "common_check", "共用核查项", "共用核查项", "code", "item");

static const struct shape_member RELATED_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true),
    TEXT_("department_role", "部门职能", true), TEXT_("kind", "类别", false),
    TEXT_("relation", "与许可的关系", true), TEXT_("note", "说明", false),
};
SHAPE_(RELATED, "related", "关联事项", "关联事项", "code", "name");

static const struct shape_member SEAT_MEMBERS[] = {
    REF_("role", "职能", true, "role"), MAP_("by_region", "各区部门", true, "department"),
};
SHAPE_(SEAT, "seat", "部门", NULL, NULL, NULL);

static const struct shape_member LIMITS_MEMBERS[] = {
    M("statutory_days", "法定工作日", SHAPE_INT, true), TEXT_("statutory_text", "法定时限说明", true),
    SURE("certainty", "确定程度", true), M("promised_days", "承诺工作日", SHAPE_INT, true),
    TEXT_("promised_certainty", "承诺依据", false),
    M("promised_by_mode", "各方式承诺工作日", SHAPE_JSON, false),
    M("excludes", "不计入时限", SHAPE_TEXTS, false),
    M("extension_days", "可延长工作日", SHAPE_INT, false),
    M("correction_days", "补正工作日", SHAPE_INT, false), TEXT_("note", "说明", false),
};
SHAPE_(LIMITS, "limits", "时限", NULL, NULL, NULL);

static const struct shape_member VALIDITY_MEMBERS[] = {
    M("years", "年数", SHAPE_INT, true), TEXT_("text", "说明", true),
    TEXT_("renewal", "延续", false), TEXT_("annual", "年检与变更", false),
    SURE("certainty", "确定程度", true),
};
SHAPE_(VALIDITY, "validity", "有效期", NULL, NULL, NULL);

static const struct shape_member INSPECTION_MEMBERS[] = {
    M("required", "需要", SHAPE_BOOL, true), M("when", "条件", SHAPE_COND, false),
    TEXT_("phase", "环节", false), TEXT_("text", "说明", false),
    SURE("certainty", "确定程度", true),
};
SHAPE_(INSPECTION, "inspection", "现场核查", NULL, NULL, NULL);

static const struct shape_member TOLERANCE_MEMBERS[] = {
    M("allowed", "允许", SHAPE_BOOL, true), M("when", "条件", SHAPE_COND, false),
    TEXT_("reason", "理由", true), M("days", "补交工作日", SHAPE_INT, false),
    SURE("certainty", "确定程度", true),
};
SHAPE_(TOLERANCE, "tolerance", "容缺", NULL, NULL, NULL);

static const struct shape_member PUBLICITY_MEMBERS[] = {
    M("days", "天数", SHAPE_INT, false), TEXT_("hearing", "听证", false),
    M("hearing_required", "须听证", SHAPE_BOOL, false), TEXT_("basis", "依据", false),
    SURE("certainty", "确定程度", false),
};
SHAPE_(PUBLICITY, "publicity", "公示", NULL, NULL, NULL);

static const struct shape_member NUMBER_MEMBERS[] = {
    TEXT_("template", "模板", true), TEXT_("text", "说明", false), TEXT_("regex", "格式", false),
    TEXT_("example", "样例", false), SURE("certainty", "确定程度", true),
    M("external", "部门系统给号", SHAPE_BOOL, false), TEXT_("note", "备注", false),
};
SHAPE_(NUMBER, "number", "证号", NULL, NULL, NULL);

static const struct shape_member USE_MEMBERS[] = {
    REF_("material", "材料", true, "material"), WORD_("necessity", "必要性", true, WORDS_NECESSITY),
    WORD_("form", "形式", true, WORDS_FORM), M("copies", "份数", SHAPE_INT, false),
    M("before", "受理前须有", SHAPE_BOOL, false), M("on_site", "核查时查验", SHAPE_BOOL, false),
    M("when", "需要的条件", SHAPE_COND, false), TEXT_("when_text", "条件说明", false),
    TEXT_("original_name", "原名称", false), TEXT_("annotate", "标注要求", false),
    TEXT_("tolerance", "容缺说明", false), TEXT_("note", "说明", false),
};
SHAPE_(USE, "material_use", "许可材料", "许可材料", "material", NULL);

static const struct shape_member DEPENDENCY_MEMBERS[] = {
    TEXT_("type", "类型", true), TEXT_("on", "对象", true), TEXT_("note", "说明", false),
};
SHAPE_(DEPENDENCY, "dependency", "许可衔接", "许可衔接", NULL, "on");

static const struct shape_member CHECK_MEMBERS[] = {
    TEXT_("item", "核查内容", true), TEXT_("method", "核查方法", false),
    M("key_item", "关键项", SHAPE_BOOL, false), REF_("common", "共用核查项", false, "common_check"),
};
SHAPE_(CHECK, "check", "核查项", "核查清单", "item", "item");

static const struct shape_member PERMIT_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true),
    M("annex_names", "附件中的名称", SHAPE_TEXTS, false), TEXT_("formal_name", "规范名称", true),
    TEXT_("certificate_name", "证件名称", true), WORD_("kind", "性质", true, WORDS_KIND),
    TEXT_("status", "现状", false), M("retired", "已取消", SHAPE_BOOL, false),
    TEXT_("level", "层级", false), SURE("level_certainty", "层级确定程度", false),
    TEXT_("scope", "适用范围", false), OBJECT_("deciders", "决定部门", true, SEAT),
    OBJECT_("supervisors", "监管部门", true, SEAT),
    M("co_supervisors", "协同监管职能", SHAPE_TEXTS, false), LIST_("bases", "依据", true, BASIS),
    OBJECT_("limits", "时限", true, LIMITS), OBJECT_("validity", "有效期", true, VALIDITY),
    OBJECT_("inspection", "现场核查", true, INSPECTION),
    OBJECT_("tolerance", "容缺", true, TOLERANCE),
    { "sensitive", "涉及", SHAPE_TEXTS, false, NULL, SENSITIVE, NULL, COUNT(SENSITIVE),
      NULL },
    M("modes", "办理方式", SHAPE_TEXTS, false), OBJECT_("publicity", "公示", false, PUBLICITY),
    M("quantity_control", "数量控制", SHAPE_JSON, false),
    M("conditions", "许可条件", SHAPE_TEXTS, false),
    SURE("conditions_certainty", "条件确定程度", false), LIST_("materials", "材料", true, USE),
    SURE("materials_certainty", "材料确定程度", false),
    { "shared_fields", "共用字段", SHAPE_REFS, true, "field", NULL, NULL, 0, NULL },
    LIST_("fields", "字段", true, PERMIT_FIELD),
    LIST_("dependencies", "衔接", false, DEPENDENCY), LIST_("checks", "核查清单", false, CHECK),
    OBJECT_("number", "证号", true, NUMBER), M("effect", "四减数据", SHAPE_JSON, false),
    M("notes", "备注", SHAPE_TEXTS, false),
};
SHAPE_(PERMIT, "permit", "许可事项", "许可事项", "code", "name");

static const struct shape_member BATCH_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), TEXT_("name", "名称", true),
    M("published_on", "公布日期", SHAPE_DATE, false),
};
SHAPE_(BATCH, "batch", "批次", "批次", "code", "name");

static const struct shape_member OPTION_MEMBERS[] = {
    M("code", "选项代码", SHAPE_CODE, true), TEXT_("label", "选项", true),
    TEXT_("note", "说明", false), REFS_("add", "增加许可", "permit"),
    REFS_("drop", "减去许可", "permit"), REFS_("related", "关联事项", "related"),
    REFS_("redirects", "转到行业", "industry"), M("warn", "提醒", SHAPE_BOOL, false),
    M("block", "不能开办", SHAPE_BOOL, false), M("exclusive", "排斥其他选项", SHAPE_BOOL, false),
    M("prefill", "预填", SHAPE_JSON, false),
};
SHAPE_(OPTION, "option", "问题选项", "问题选项", "code", "label");

static const struct shape_member QUESTION_MEMBERS[] = {
    M("code", "问题代码", SHAPE_CODE, true), TEXT_("text", "问题", true),
    TEXT_("help", "帮助", false), M("multi", "可多选", SHAPE_BOOL, false),
    M("show_if", "显示条件", SHAPE_COND, false), LIST_("options", "选项", true, OPTION),
};
SHAPE_(QUESTION, "question", "引导问题", "引导问题", "code", "text");

static const struct shape_member GROUP_MEMBERS[] = {
    M("code", "组代码", SHAPE_CODE, true),
    { "permits", "许可", SHAPE_REFS, true, "permit", NULL, NULL, 0, NULL },
    M("min", "最少", SHAPE_INT, true), M("max", "最多", SHAPE_INT, true),
    M("unless", "除非", SHAPE_COND, false),
};
SHAPE_(GROUP, "group", "二选一组", "二选一组", "code", NULL);

static const struct shape_member SYSTEM_RULE_MEMBERS[] = {
    M("code", "规则代码", SHAPE_CODE, true), M("when", "条件", SHAPE_COND, true),
    REFS_("add", "增加许可", "permit"), REFS_("drop", "减去许可", "permit"),
    TEXT_("note", "说明", true),
};
SHAPE_(SYSTEM_RULE, "system_rule", "系统规则", "系统规则", "code", "note");

static const struct shape_member LISTING_MEMBERS[] = {
    REF_("permit", "许可", true, "permit"), WORD_("mode", "要求", true, WORDS_MODE),
    REF_("group", "组", false, "group"), TEXT_("mode_annex", "附件要求", false),
    TEXT_("mode_source", "依据", false), SURE("certainty", "确定程度", true),
};
SHAPE_(LISTING, "industry_permit", "行业事项", "行业事项", "permit", NULL);

static const struct shape_member LEAD_MEMBERS[] = {
    REF_("role", "职能", true, "role"), SURE("certainty", "确定程度", false),
    TEXT_("note", "说明", false),
};
SHAPE_(LEAD, "lead", "牵头部门", NULL, NULL, NULL);

static const struct shape_member INDUSTRY_MEMBERS[] = {
    M("code", "代码", SHAPE_CODE, true), M("seq", "序号", SHAPE_INT, true),
    TEXT_("name", "名称", true), REF_("batch", "批次", true, "batch"),
    TEXT_("annex_text", "附件原文", false), TEXT_("annex_remark", "附件备注", false),
    TEXT_("scope", "适用范围", false), TEXT_("gbt4754", "行业分类", false),
    OBJECT_("lead", "牵头部门", true, LEAD), REFS_("co_roles", "协同职能", "role"),
    M("retired", "已退出", SHAPE_BOOL, false), M("retired_on", "退出日期", SHAPE_DATE, false),
    TEXT_("retired_reason", "退出理由", false), LIST_("permits", "事项", true, LISTING),
    LIST_("groups", "二选一组", false, GROUP), LIST_("questions", "问题", false, QUESTION),
    LIST_("system_rules", "系统规则", false, SYSTEM_RULE), M("notes", "备注", SHAPE_TEXTS, false),
};
SHAPE_(INDUSTRY, "industry", "行业", "行业", "code", "name");

static const struct shape_member CATALOG_MEMBERS[] = {
    TEXT_("$schema", "格式文件", false), TEXT_("format", "格式", true),
    TEXT_("version", "版本", true), TEXT_("title", "标题", true),
    TEXT_("disclaimer", "声明", false), M("context", "情况", SHAPE_JSON, false),
    M("tolerance_when", "容缺的情形", SHAPE_COND, true), LIST_("regions", "区划", true, REGION),
    LIST_("departments", "部门", true, DEPARTMENT), LIST_("windows", "窗口", true, WINDOW),
    LIST_("laws", "法规", true, LAW), LIST_("bases", "统一办理依据", true, COMMON_BASIS),
    LIST_("materials", "材料", true, MATERIAL), LIST_("fields", "共用字段", true, FIELD),
    LIST_("common_checks", "共用核查项", false, COMMON_CHECK),
    LIST_("related", "关联事项", false, RELATED), LIST_("permits", "许可事项", true, PERMIT),
    LIST_("batches", "批次", true, BATCH), LIST_("industries", "行业", true, INDUSTRY),
};
const struct shape CATALOG_SHAPE = { "catalog", "目录", "目录", NULL, "title", CATALOG_MEMBERS,
                                     COUNT(CATALOG_MEMBERS) };

const struct shape_member *shape_member(const struct shape *s, struct sv name)
{
    for (size_t i = 0; i < s->n; i++)
        if (sv_is(name, s->members[i].name))
            return &s->members[i];
    return NULL;
}

const char *shape_kind_key(enum shape_kind k)
{
    static const char *const KEYS[] = { "code", "text", "date", "int", "bool", "word", "ref",
                                        "texts", "refs", "choices", "map", "cond", "json",
                                        "value", "object", "list" };
    return KEYS[k];
}

const char *shape_field_type(unsigned type)
{
    return SAYS_FIELD[type];
}
