/* sample: see sample.h. */
#include "service/sample.h"

#include "domain/law/ids.h"

static const char *const NAMES[] = { "张晓明", "李桂兰", "王志强", "刘芳", "陈建国", "杨丽", "赵海燕",
                                     "黄磊", "周敏", "吴海龙", "徐静", "孙伟", "马兰", "朱红",
                                     "胡斌", "乌云", "巴特尔", "萨仁", "苏和", "其其格" };
static const char *const BRANDS[] = { "惠民", "悦来", "河畔", "金沙", "甘德尔", "滨河", "新桥",
                                      "草原红", "一品", "福满", "和顺", "阳光", "百佳", "家和",
                                      "兴旺", "晨光" };
static const char *const STREETS[] = { "示例北街", "示例东街", "示例新区街", "示例镇" };
enum { N_NAMES = sizeof NAMES / sizeof NAMES[0], N_BRANDS = sizeof BRANDS / sizeof BRANDS[0],
       N_STREETS = sizeof STREETS / sizeof STREETS[0] };

void sample_holder(int64_t n, struct sv region, struct sv industry, struct arena *a,
                   struct sample_holder *out)
{
    uint64_t u = (uint64_t)n;
    struct sv slash = industry;
    struct sv kind = sv_cut(&slash, '/');
    struct sv district = sv_is(region, "150300") ? SV("150302") : region;
    char *code = arena_printf(a, "92%.6sMA%07llu", district.p, (unsigned long long)(u % 10000000));
    code = arena_printf(a, "%.16s%c", code, ids_organisation_char(sv_make(code + 8, 8)));
    char *id = arena_printf(a, "%.6s19%02u%02u%02u%03u", district.p, (unsigned)(65 + u % 35),
                            (unsigned)(1 + u % 12), (unsigned)(1 + u % 28),
                            (unsigned)(u % 1000));
    *out = (struct sample_holder){
        .name = arena_printf_sv(a, "（示例）%s%.*s%llu号店", BRANDS[u % N_BRANDS], (int)kind.n, kind.p,
                                (unsigned long long)u),
        .uscc = arena_printf_sv(a, "%s%c", code, ids_uscc_char(sv_of(code))),
        .person = sv_of(NAMES[u * 7 % N_NAMES]),
        .id_number = arena_printf_sv(a, "%s%c", id, ids_citizen_char(sv_of(id))),
        .phone = arena_printf_sv(a, "1380473%04u", (unsigned)(u % 10000)),
        .street = sv_of(STREETS[u % N_STREETS]), .region = district,
        .address = arena_printf_sv(a, "（示例）乌海市%s%u号底商", STREETS[u % N_STREETS],
                                   (unsigned)(1 + u % 188)),
    };
}

/* ---- one value ---- */

static const struct rule *rule_of(const struct field *f, enum rule_kind kind)
{
    for (size_t i = 0; i < f->n_rules; i++)
        if (f->rules[i].kind == kind)
            return &f->rules[i];
    return NULL;
}

static json_t *text(const char *s)
{
    return json_string(s);
}

static json_t *text_sv(struct sv s)
{
    return json_stringn(s.p, s.n);
}

static struct sv first_option(const struct choice *options, size_t n, const struct field *f)
{
    /* Take one that no "only if" rule restricts. */
    for (size_t i = 0; i < n; i++) {
        bool limited = false;
        for (size_t k = 0; f && k < f->n_rules; k++)
            limited |= f->rules[k].kind == RULE_ONLY_IF && sv_eq(f->rules[k].arg,
                                                                 options[i].value);
        if (!limited)
            return options[i].value;
    }
    return n ? options[0].value : SV("");
}

static json_t *number(const struct field *f)
{
    const struct rule *equals = rule_of(f, RULE_EQUALS);
    const struct rule *min = rule_of(f, RULE_MIN);
    int64_t v = f->type == FIELD_INTEGER ? 8 : 80;
    struct buf b;
    if (equals)
        return f->type == FIELD_INTEGER ? json_integer(0) : text_sv(equals->arg);
    if (rule_of(f, RULE_QUOTIENT))
        v = 10;
    if (min && v * 100 < min->limit)
        v = min->limit / 100 + 1;
    if (f->type == FIELD_INTEGER)
        return json_integer(v);
    buf_init(&b, 32);
    buf_fmt(&b, "%lld", (long long)v);
    json_t *out = text_sv(buf_sv(&b));
    buf_done(&b);
    return out;
}

static json_t *column_value(const struct column *c, const struct sample_holder *h)
{
    switch (c->type) {
    case FIELD_IDCARD: return text_sv(h->id_number);
    case FIELD_PHONE: return text_sv(h->phone);
    case FIELD_INTEGER: return json_integer(8);
    case FIELD_NUMBER: return text("30");
    case FIELD_DATE: return text("2024-05-20");
    case FIELD_BOOL: return json_false();
    case FIELD_RADIO:
    case FIELD_SELECT: return text_sv(first_option(c->options, c->n_options, NULL));
    case FIELD_MULTISELECT:
        return json_pack("[o]", text_sv(first_option(c->options, c->n_options, NULL)));
    default: return sv_is(c->code, "name") ? text_sv(h->person) : text("示例内容");
    }
}

static json_t *record(const struct field *f, const struct sample_holder *h)
{
    json_t *row = json_object();
    for (size_t i = 0; i < f->n_columns; i++)
        json_put(row, f->columns[i].code.p, column_value(&f->columns[i], h));
    return row;
}

static json_t *bool_value(const struct field *f)
{
    const struct rule *equals = rule_of(f, RULE_EQUALS);
    return json_boolean(equals && sv_is(equals->arg, "true"));
}

static json_t *typed_value(const struct field *f, const struct sample_holder *h)
{
    switch (f->type) {
    case FIELD_NUMBER:
    case FIELD_INTEGER: return number(f);
    case FIELD_DATE: return text(rule_of(f, RULE_NOT_BEFORE_TODAY) ? "2031-12-31" : "2024-05-20");
    case FIELD_BOOL: return bool_value(f);
    case FIELD_RADIO:
    case FIELD_SELECT: return text_sv(first_option(f->options, f->n_options, f));
    case FIELD_MULTISELECT: return json_pack("[o]", text_sv(first_option(f->options,
                                                                         f->n_options, f)));
    case FIELD_TABLE: return json_pack("[o]", record(f, h));
    case FIELD_PERSON: return record(f, h);
    case FIELD_PHONE: return text_sv(h->phone);
    case FIELD_EMAIL: return text("sample@example.com");
    case FIELD_IDCARD: return text_sv(h->id_number);
    case FIELD_USCC: return text_sv(h->uscc);
    case FIELD_REGION: return text_sv(h->region);
    case FIELD_ADDRESS: return text_sv(h->address);
    case FIELD_LNGLAT: return text("106.79,39.65");
    default: return rule_of(f, RULE_PATTERN) ? text("示例惠民诊所") : text("示例内容");
    }
}

json_t *sample_values(const struct form *f, const struct sample_holder *h, const json_t *prefill,
                      const json_t *answers)
{
    json_t *v = prefill ? json_deep_copy(prefill) : json_object();
    const struct { const char *code; struct sv text; } own[] = {
        { F_ENT_NAME, h->name }, { F_LEGAL_NAME, h->person }, { "F_CONTACT", h->person },
        { "F_STREET", h->street }, { "F_AREA", SV("120") }, { "F_MODE", SV("01") },
        { "F_ENT_TYPE", SV("05") }, { "F_BIZ_SCOPE", SV("（示例）以营业执照登记的经营范围为准") },
        { "F_FLOOR", SV("地上1层") }, { "F_PREMISES", SV("02") },
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        json_put_sv(v, own[i].code, own[i].text);
    for (size_t i = 0; i < f->n_fields; i++) {
        const struct field *field = f->fields[i].field;
        if (json_object_get(v, field->code.p))
            continue;
        if (form_field_shown(f, &f->fields[i], v, answers) &&
            (field->required || field->required_if))
            json_put(v, field->code.p, typed_value(field, h));
    }
    return v;
}

json_t *sample_answers(const struct catalog *c, const struct industry *ind, int64_t variant)
{
    enum { TRIES = 24 };
    for (int64_t t = 0; t < TRIES; t++) {
        struct arena *a = arena_new();
        struct guide_result g = { 0 };
        struct err e;
        json_t *answers = json_object();
        int64_t seed = variant + t;
        err_init(&e, a);
        for (int step = 0; step < 40; step++) {
            json_decref(g.prefill);
            g = (struct guide_result){ 0 };
            if (guide_run(c, ind, answers, NULL, a, &g, &e) != 0 || g.n_missing == 0)
                break;
            const struct question *q = g.missing[0];
            size_t pick = (size_t)((uint64_t)(seed * 31 + step * 7) % q->n_options);
            if (variant == 0)
                pick = t < (int64_t)q->n_options ? (size_t)t : 0;
            json_put(answers, q->code.p, json_pack("[o]", text_sv(q->options[pick].code)));
        }
        bool good = e.code == 0 && g.complete && !g.blocked && g.n_permits > 0;
        json_decref(g.prefill);
        arena_free(a);
        if (good)
            return answers;
        json_decref(answers);
    }
    return NULL;
}
