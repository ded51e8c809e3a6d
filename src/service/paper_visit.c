/* paper_visit: the joint inspection and tolerated materials (P11, P12): notice of the visit, what
 * was found, and what the applicant promised. */
#include "service/paper_parts.h"
#include "service/tolerance.h"
#include "service/visits.h"

/* ---- the visit (art. 34) ---- */

void paper_find_visit(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct ledger_row *r = &b->timeline[row].row;
    (void)a;
    if (!sv_is(r->act, act_key(ACT_ANNOUNCE_VISIT)))
        return;
    json_t *told = json_parse(r->body, NULL);
    out->id = json_i64(told, "visit", 0);
    out->date = date_of_ms(r->at);
    out->moment = r->at;
    json_decref(told);
}

static void visit_parts(struct letter *l, const json_t *told)
{
    static const struct sv heads[] = { { "核查部门", 12 }, { "事项", 6 }, { "核查人员", 12 } };
    static const double widths[] = { 0.38, 0.36, 0.26 };
    json_t *visitors = json_object_get(told, "visitors");
    struct letter_table t = letter_table(l, heads, widths, 3, json_array_size(visitors));
    size_t k;
    json_t *one;
    json_array_foreach(visitors, k, one) {
        const struct item_row *i = paper_item(l->b, json_i64(one, "item", 0));
        const struct permit_type *type = i ? catalog_permit(l->b->catalog, i->permit) : NULL;
        if (!type)
            continue;
        struct sv cells[] = { sv_of(department_name(l->b, i->department)), type->name,
                              arena_sv(l->arena, json_sv(one, "officers")) };
        table_add(&t, cells);
    }
    table_done(&t);
}

/* Promised before the notice, and not handed in on an earlier day. */
static struct sv promised(struct letter *l)
{
    struct buf t;
    buf_init(&t, 8192);
    for (size_t k = 0; k < l->b->n_commitments; k++) {
        const struct commitment_row *c = &l->b->commitment_rows[k];
        const struct material *m = catalog_material(l->b->catalog, c->material);
        bool waits = c->confirmed_on == DATE_NONE || c->confirmed_on >= l->paper->date;
        if (c->signed_at < l->paper->moment && waits)
            buf_fmt(&t, "%s%s", t.n ? "、" : "", text_of(m ? m->name : c->material));
    }
    struct sv out = arena_sv(l->arena, buf_sv(&t));
    buf_done(&t);
    return out;
}

int paper_write_visit(struct letter *l)
{
    json_t *told = json_parse(l->b->timeline[l->paper->row].row.body, NULL);
    struct letter_table t = letter_facts(l, 4);
    struct sv later = promised(l);
    letter_say(l, "您（单位）申请的“%s”行业综合许可（办件编号%s），需要对申请材料的实质内容进行核实。根据行政许可法"
               "第三十四条第三款，各部门定于下列时间一次上门、一同核查：", text_of(l->b->industry->name),
               text_of(l->b->row.number));
    fact_add(&t, "日期", sv_of(letter_date(l, date_from_number(json_i64(told, "held_on", 0)))));
    fact_add(&t, "时间", arena_sv(l->arena, json_sv(told, "time")));
    fact_add(&t, "地点", arena_sv(l->arena, json_sv(told, "place")));
    fact_add(&t, "说明", arena_sv(l->arena, json_sv(told, "note")));
    table_done(&t);
    visit_parts(l, told);
    json_decref(told);
    letter_head(l, "请您准备");
    letter_say(l, "请安排负责人或者受委托的人员在场，备好申请材料的原件，保持场所、设施设备处于可以查看的状态。");
    if (later.n)
        letter_say(l, "您（单位）承诺后补的材料请在核查时提交：%s。", later.p);
    letter_head(l, "您的权利");
    letter_say(l, "核查由两名以上工作人员进行，您有权要求核查人员出示证件，核对是否为上表所列人员；不能出示的，可以拒绝"
               "核查并向本机关反映。核查不收取任何费用。如当日确有不便，请尽快联系办理窗口改期。");
    return 0;
}

/* ---- the record ---- */

void paper_find_inspection(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct part_row *p = &b->parts[row];
    (void)a;
    out->item_id = p->item_id;
    out->id = p->id;
    if (p->confirmed_at == 0)
        return;
    out->date = date_of_ms(p->confirmed_at);
    out->moment = p->confirmed_at;
}

static const char *check_text(struct sv result)
{
    return sv_is(result, "pass") ? "合格" : sv_is(result, "fail") ? "不合格" : "不适用";
}

static void inspection_checks(struct letter *l, const struct part_row *p)
{
    static const struct sv heads[] = { { "序号", 6 }, { "核查内容", 12 }, { "核查方法", 12 },
                                       { "结果", 6 }, { "说明", 6 } };
    static const double widths[] = { 0.08, 0.36, 0.2, 0.12, 0.24 };
    struct letter_table t = letter_table(l, heads, widths, 5, l->permit->n_checks);
    json_t *checks = json_parse(p->checks.n ? p->checks : SV("{}"), NULL);
    for (size_t n = 0; n < l->permit->n_checks; n++) {
        const struct check_item *c = &l->permit->checks[n];
        const json_t *got = json_object_get(checks, check_code(l->permit, n, l->arena).p);
        struct sv cells[] = { arena_printf_sv(l->arena, "%zu", n + 1),
                              arena_printf_sv(l->arena, "%s%s", text_of(c->item),
                                              c->key_item ? "（关键项）" : ""),
                              c->method, sv_of(check_text(json_sv(got, "result"))),
                              arena_sv(l->arena, json_sv(got, "note")) };
        table_add(&t, cells);
    }
    json_decref(checks);
    table_done(&t);
}

static struct sv officer_of(const struct part_row *p, int64_t id)
{
    return p->officer_a == id ? p->officer_a_name : p->officer_b_name;
}

/* Taken until the second officer confirmed. */
static int64_t photos_of(const struct bundle *b, const struct part_row *p)
{
    int64_t n = 0;
    for (size_t k = 0; k < b->n_photos; k++)
        n += b->photos[k].visit_id == p->visit_id && b->photos[k].item_id == p->item_id &&
             b->photos[k].created_at <= p->confirmed_at;
    return n;
}

static const struct visit_row *visit_of(const struct bundle *b, int64_t id)
{
    for (size_t k = 0; k < b->n_visits; k++)
        if (b->visits[k].id == id)
            return &b->visits[k];
    return NULL;
}

static void inspection_result(struct letter *l, const struct part_row *p)
{
    int64_t written = p->taken_at ? p->taken_at : p->recorded_at;
    struct letter_table t = letter_facts(l, 7);
    fact_add(&t, "核查结论", sv_of(visit_result_text(p->result)));
    fact_add(&t, "发现的问题", p->findings);
    if (p->result == RESULT_RECTIFY)
        fact_add(&t, "整改期限", arena_printf_sv(l->arena, "%s前整改完毕，并申请复查",
                                               letter_date(l, p->rectify_by)));
    fact_add(&t, "现场照片", arena_printf_sv(l->arena, "%lld张", (long long)photos_of(l->b, p)));
    fact_add(&t, "记录人", arena_printf_sv(l->arena, "%s　%s",
                                         text_of(officer_of(p, p->recorded_by)),
                                         letter_time(l, written)));
    fact_add(&t, "复核确认人", arena_printf_sv(l->arena, "%s　%s",
                                           text_of(officer_of(p, p->confirmed_by)),
                                           letter_time(l, p->confirmed_at)));
    table_done(&t);
}

int paper_write_inspection(struct letter *l)
{
    const struct part_row *p = &l->b->parts[l->paper->row];
    const struct visit_row *v = visit_of(l->b, p->visit_id);
    struct letter_table t = letter_facts(l, 4);
    letter_say(l, "根据行政许可法第三十四条第三款，对您（单位）申请的%s（办件编号%s）的实质内容进行现场核查，记录如下。",
               letter_permit(l), text_of(l->b->row.number));
    if (v) {
        fact_add(&t, "核查日期", sv_of(letter_date(l, v->held_on)));
        fact_add(&t, "核查地点", v->place);
    }
    fact_add(&t, "核查人员", arena_printf_sv(l->arena, "%s、%s", text_of(p->officer_a_name),
                                         text_of(p->officer_b_name)));
    table_done(&t);
    inspection_checks(l, p);
    inspection_result(l, p);
    letter_sign_line(l, "申请人（签名或者盖章）");
    return 0;
}

/* ---- the promise ---- */

void paper_find_commitment(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct commitment_row *c = &b->commitment_rows[row];
    (void)a;
    out->id = c->id;
    out->date = date_of_ms(c->signed_at);
    out->moment = c->signed_at;
}

int paper_write_commitment(struct letter *l)
{
    const struct commitment_row *c = &l->b->commitment_rows[l->paper->row];
    const struct material *m = catalog_material(l->b->catalog, c->material);
    const struct department *bureau = catalog_bureau(l->b->catalog, l->b->row.region);
    struct letter_table t = letter_facts(l, 5);
    l->doc.plain = true;
    l->doc.to = bureau ? bureau->name : SV("");
    letter_text(l, tolerance_text(l->b, m ? m->name : c->material, c->due_on, c->signed_by,
                                  l->arena));
    fact_add(&t, "承诺提交的材料", m ? m->name : c->material);
    fact_add(&t, "提交期限", arena_printf_sv(l->arena, "%s前", letter_date(l, c->due_on)));
    fact_add(&t, "承诺时间", sv_of(letter_time(l, c->signed_at)));
    fact_add(&t, "承诺内容的SM3摘要", c->digest);
    table_done(&t);
    letter_say(l, "以上承诺由承诺人在提交申请时在线确认；上列摘要由承诺正文计算，正文有任何改动，摘要即不相同。");
    return 0;
}
