/* generate: a large catalogue made by chance, plausible and without problems, for tests and the
 * benchmark. Regions, departments, windows, laws and shared fields are the shipped ones; permits,
 * materials, questions and conditions are drawn by a seed, so every run has the same.
 */
#ifndef YZ_TEST_GENERATE_H
#define YZ_TEST_GENERATE_H

#include "base/json.h"

struct generate { uint64_t seed; size_t industries, permits, materials; const json_t *shipped;
                  struct arena *arena; };

static uint64_t gen_next(struct generate *g)
{
    g->seed ^= g->seed << 13;
    g->seed ^= g->seed >> 7;
    g->seed ^= g->seed << 17;
    return g->seed;
}

/* 0 .. n-1 */
static size_t gen_pick(struct generate *g, size_t n)
{
    return (size_t)(gen_next(g) % n);
}

static bool gen_chance(struct generate *g, unsigned percent)
{
    return gen_pick(g, 100) < percent;
}

static const char *gen_name(struct generate *g, const char *fmt, size_t a)
{
    return arena_printf(g->arena, fmt, a);
}

static const char *gen_word(struct generate *g, const char *const *words, size_t n)
{
    return words[gen_pick(g, n)];
}

#define GEN_WORD(g, ...)                                                                         \
    gen_word(g, (const char *const[]){ __VA_ARGS__ },                                            \
             sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static const char *gen_sure(struct generate *g)
{
    return GEN_WORD(g, "确定", "较确定", "待核定");
}

static json_t *gen_material(struct generate *g, size_t i)
{
    json_t *m = json_pack("{s:s,s:s,s:s}", "code", gen_name(g, "GM-%03zu", i), "name",
                          gen_name(g, "示例材料%zu", i), "source",
                          GEN_WORD(g, "申请人自备", "政府部门核发", "中介机构出具"));
    if (gen_chance(g, 30))
        json_put_bool(m, "shareable", true);
    if (gen_chance(g, 20))
        json_put_bool(m, "exempt_by_share", true);
    if (gen_chance(g, 20))
        json_put_sv(m, "note", SV("请核对原件\n复印件逐页签字（示例）"));
    return m;
}

static json_t *gen_options(struct generate *g)
{
    json_t *list = json_array();
    for (size_t k = 0, n = 2 + gen_pick(g, 4); k < n; k++)
        json_push(list, json_pack("{s:s,s:s}", "value", gen_name(g, "%02zu", k + 1), "label",
                                  gen_name(g, "选项%zu", k + 1)));
    return list;
}

/* A condition on the field before, which is a choice, a yes-or-no or a number. */
static json_t *gen_cond(struct generate *g, const json_t *on)
{
    struct sv type = json_sv(on, "type");
    const char *code = json_sv(on, "code").p;
    json_t *c = json_pack("{s:s,s:s}", "field", code, "op", "filled");
    if (sv_is(type, "bool") || sv_is(type, "select")) {
        json_put_sv(c, "op", SV("eq"));
        json_put(c, "value", sv_is(type, "bool") ? json_true() : json_string("01"));
    } else if (sv_is(type, "number")) {
        json_put_sv(c, "op", SV("ge"));
        json_put_sv(c, "value", SV("12.5"));
    }
    if (gen_chance(g, 25))
        c = json_pack("{s:[o,{s:o}]}", "any", c, "not",
                      json_pack("{s:s,s:s}", "field", code, "op", "empty"));
    return c;
}

static json_t *gen_field(struct generate *g, size_t permit, size_t k, const json_t *before)
{
    const char *type = GEN_WORD(g, "text", "number", "select", "bool", "date", "table", "textarea");
    json_t *f = json_pack("{s:s,s:s,s:s,s:b}", "code",
                          arena_printf(g->arena, "G%03zu_%zu", permit, k), "label",
                          arena_printf(g->arena, "示例项%zu之%zu", permit, k), "type", type,
                          "required", (int)gen_chance(g, 60));
    struct sv t = sv_of(type);
    if (sv_is(t, "text") || sv_is(t, "textarea"))
        json_put_i64(f, "max_length", 100);
    if (sv_is(t, "number"))
        json_put(f, "rules", json_pack("[{s:s,s:i,s:s},{s:s,s:s,s:s}]", "kind", "min", "value", 0,
                                       "message", "不能为负", "kind", "max", "value", "20000.01",
                                       "message", "不能超过20000"));
    if (sv_is(t, "number"))
        json_put_i64(f, "max_length", 12);
    if (sv_is(t, "select"))
        json_put(f, "options", gen_options(g));
    if (sv_is(t, "select"))
        json_put_i64(f, "max_length", 20);
    if (sv_is(t, "table")) {
        json_put(f, "columns", json_pack("[{s:s,s:s,s:s,s:b},{s:s,s:s,s:s,s:o}]", "code", "name",
                                         "label", "名称", "type", "text", "required", 1, "code",
                                         "kind", "label", "种类", "type", "select", "options",
                                         gen_options(g)));
        json_put_i64(f, "max_length", 100);
    }
    if (before && gen_chance(g, 40))
        json_put(f, "show_if", gen_cond(g, before));
    return f;
}

static json_t *gen_fields(struct generate *g, size_t permit)
{
    json_t *list = json_array();
    for (size_t k = 0, n = 1 + gen_pick(g, 7); k < n; k++)
        json_push(list, gen_field(g, permit, k, k ? json_array_get(list, k - 1) : NULL));
    return list;
}

static json_t *gen_uses(struct generate *g, bool tolerance, const json_t *fields)
{
    json_t *list = json_array();
    size_t at = gen_pick(g, g->materials);
    for (size_t k = 0, n = 3 + gen_pick(g, 9); k < n; k++) {
        at += 1 + gen_pick(g, g->materials / 16);
        json_t *u = json_pack("{s:s,s:s,s:s,s:i}", "material",
                              gen_name(g, "GM-%03zu", at % g->materials), "necessity",
                              tolerance ? GEN_WORD(g, "必要", "容缺后补", "必要")
                                        : GEN_WORD(g, "必要", "必要", "非必要"),
                              "form", GEN_WORD(g, "原件", "复印件", "电子"), "copies",
                              (int)(1 + gen_pick(g, 3)));
        if (gen_chance(g, 25)) {
            json_put(u, "when", gen_cond(g, json_array_get(fields, 0)));
            json_put_sv(u, "when_text", SV("按填写的内容"));
        }
        json_push(list, u);
    }
    return list;
}

static json_t *gen_shared(struct generate *g)
{
    const json_t *all = json_object_get(g->shipped, "fields");
    json_t *list = json_array();
    for (size_t k = 0; k < json_array_size(all); k++)
        if (gen_chance(g, 35))
            json_push_sv(list, json_sv(json_array_get(all, k), "code"));
    return list;
}

static json_t *gen_checks(struct generate *g, size_t permit)
{
    json_t *list = json_array();
    for (size_t k = 0, n = gen_pick(g, 8); k < n; k++)
        json_push(list, json_pack("{s:s,s:s,s:b}", "item",
                                  arena_printf(g->arena, "核查内容%zu-%zu（示例）", permit, k),
                                  "method", "现场查看", "key_item", (int)gen_chance(g, 20)));
    return list;
}

static json_t *gen_permit(struct generate *g, size_t i)
{
    const json_t *shipped = json_object_get(g->shipped, "permits");
    const json_t *like = json_array_get(shipped, gen_pick(g, json_array_size(shipped)));
    bool tolerance = gen_chance(g, 60);
    json_t *fields = gen_fields(g, i);
    int days = (int)(5 + gen_pick(g, 40));
    json_t *p = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:O,s:O,s:[{s:s,s:s,s:s}],s:{s:i,s:s,s:s,s:i},s:{s:i,s:s,s:s},"
        "s:{s:b,s:s},s:{s:b,s:s,s:s},s:{s:s,s:s}}",
        "code", gen_name(g, "G-P%03zu", i), "name", gen_name(g, "示例许可%zu", i), "formal_name",
        gen_name(g, "示例许可事项%zu", i), "certificate_name", gen_name(g, "示例许可证%zu", i),
        "kind", GEN_WORD(g, "行政许可", "行政许可", "备案"), "deciders",
        json_object_get(like, "deciders"), "supervisors", json_object_get(like, "supervisors"),
        "bases", "law", json_sv(json_array_get(json_object_get(g->shipped, "laws"), 0), "code").p,
        "article", "条号待核定", "certainty", gen_sure(g), "limits", "statutory_days", days,
        "statutory_text", "示例", "certainty", gen_sure(g), "promised_days",
        (int)gen_pick(g, (size_t)days), "validity", "years", (int)gen_pick(g, 6), "text", "示例",
        "certainty", gen_sure(g), "inspection", "required", (int)gen_chance(g, 50), "certainty",
        gen_sure(g), "tolerance", "allowed", (int)tolerance, "reason", "示例", "certainty",
        gen_sure(g), "number", "template", "{region}{year}{serial:6}", "certainty", gen_sure(g));
    json_put(p, "conditions", json_pack("[s,s]", gen_name(g, "经营场所面积不少于%zu平方米", i % 90),
                                        "有相应的管理制度"));
    json_put(p, "materials", gen_uses(g, tolerance, fields));
    json_put(p, "shared_fields", gen_shared(g));
    json_put(p, "fields", fields);
    json_put(p, "checks", gen_checks(g, i));
    return p;
}

static json_t *gen_answer(const char *code, const char *label, const json_t *permit)
{
    json_t *o = json_pack("{s:s,s:s}", "code", code, "label", label);
    if (permit)
        json_put(o, "add", json_pack("[O]", permit));
    return o;
}

/* First permit always, two of a group by one question, each other by a question of its own. */
static json_t *gen_industry(struct generate *g, size_t i, const json_t *permits)
{
    size_t n = 2 + gen_pick(g, 9), at = gen_pick(g, g->permits);
    bool group = n > 3;
    json_t *list = json_array(), *questions = json_array(), *codes[16];
    const char *gc = gen_name(g, "N%03zu-A", i);
    for (size_t k = 0; k < n; k++) {
        codes[k] = json_object_get(json_array_get(permits, at % g->permits), "code");
        at += 1 + gen_pick(g, 40);
        bool one_of = group && (k == 1 || k == 2);
        json_t *row = json_pack("{s:O,s:s,s:s}", "permit", codes[k], "mode",
                                k == 0 ? "必办" : one_of ? "二选一" : "按需", "certainty",
                                gen_sure(g));
        if (one_of)
            json_put_sv(row, "group", sv_of(gc));
        json_push(list, row);
    }
    for (size_t k = 1; k < n; k++) {
        if (group && k == 2)
            continue;
        const char *code = arena_printf(g->arena, "N%03zu-Q%zu", i, k);
        bool choice = group && k == 1;
        json_t *q = json_pack("{s:s,s:s,s:[o,o]}", "code", code, "text",
                              gen_name(g, "您的店里有没有第%zu类活动？", k), "options",
                              gen_answer("A", "有", codes[k]),
                              gen_answer("B", "没有", choice ? codes[2] : NULL));
        if (!choice && gen_chance(g, 40))
            json_push(json_object_get(q, "options"), gen_answer("C", "还没有决定", NULL));
        if (k > 2 && gen_chance(g, 40))
            json_put(q, "show_if", json_pack("{s:s,s:s,s:s}", "answer",
                                             json_sv(json_array_get(questions, 0), "code").p, "op",
                                             "has", "value", "A"));
        json_push(questions, q);
    }
    json_t *ind = json_pack("{s:s,s:i,s:s,s:s,s:{s:s,s:s},s:o,s:o,s:[s]}", "code",
                            gen_name(g, "N%03zu", i), "seq", (int)i + 1, "name",
                            gen_name(g, "示例行业%zu", i), "batch", "B1", "lead", "role", "SCJG",
                            "certainty", gen_sure(g), "permits", list, "questions", questions,
                            "notes", "示例");
    if (group)
        json_put(ind, "groups", json_pack("[{s:s,s:[O,O],s:i,s:i}]", "code", gc, "permits",
                                          codes[1], codes[2], "min", 1, "max", 1));
    return ind;
}

/* New reference. shipped: the parsed shipped catalogue. */
static json_t *generate_catalog(const json_t *shipped, uint64_t seed, size_t industries,
                                size_t permits, struct arena *a)
{
    struct generate g = { seed * 2654435761u + 88172645463325252u, industries, permits, 240,
                          shipped, a };
    json_t *doc = json_copy((json_t *)(uintptr_t)shipped);
    json_t *materials = json_array(), *list = json_array(), *rows = json_array();
    json_put_sv(doc, "version", SV("generated-1"));
    for (size_t i = 0; i < g.materials; i++)
        json_push(materials, gen_material(&g, i));
    for (size_t i = 0; i < permits; i++)
        json_push(list, gen_permit(&g, i));
    for (size_t i = 0; i < industries; i++)
        json_push(rows, gen_industry(&g, i, list));
    json_put(doc, "materials", materials);
    json_put(doc, "permits", list);
    json_put(doc, "industries", rows);
    return doc;
}

#endif
