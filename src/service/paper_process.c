/* paper_process: what interrupts or prolongs the handling of an item, and delivery (P9, P10, P16,
 * P17; 行政许可法 art. 36, 42, 44-48). */
#include "domain/law/special.h"
#include "service/paper_parts.h"

/* ---- special procedures (art. 45) ---- */

void paper_find_special(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct special_row *s = &b->specials[row];
    (void)a;
    out->item_id = s->item_id;
    out->id = s->id;
    out->date = s->opened_on;
    out->moment = paper_event_at(b, s->item_id, "special", s->id, s->opened_on);
}

int paper_write_special(struct letter *l)
{
    const struct special_row *s = &l->b->specials[l->paper->row];
    bool hearing = sv_is(s->kind, special_key(SPECIAL_HEARING));
    struct letter_table t = letter_facts(l, 5);
    letter_say(l, "您（单位）申请的%s（办件编号%s），本机关依法作出决定前需要进行%s。根据行政许可法第四十五条，"
               "现将所需时间书面告知如下：", letter_permit(l), text_of(l->b->row.number),
               text_of(s->title));
    fact_add(&t, "程序", s->title);
    fact_add(&t, "原因", hearing ? arena_printf_sv(l->arena, "%s要求听证（行政许可法第四十七条）",
                                                  text_of(s->reason))
                                 : s->reason);
    fact_add(&t, "开始日期", sv_of(letter_date(l, s->opened_on)));
    fact_add(&t, "所需时间", arena_printf_sv(l->arena, "%lld个工作日", (long long)s->days));
    fact_add(&t, "预计完成", arena_printf_sv(l->arena, "%s前", letter_date(l, s->due_on)));
    table_done(&t);
    letter_say(l, "上述时间不计算在办理期限内，自%s起办理期限停止计算；程序结束后继续计算，并告知您（单位）结果。",
               letter_date(l, s->opened_on));
    return 0;
}

/* ---- extension (art. 42) ---- */

void paper_find_extension(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct extension_row *x = &b->extensions[row];
    (void)a;
    out->item_id = x->item_id;
    out->id = x->id;
    out->date = x->approved_on;
    out->moment = paper_event_at(b, x->item_id, "extension", x->id, x->approved_on);
}

/* The due date before: as many working days earlier as were added. */
static int32_t due_before(const struct letter *l, const struct extension_row *x)
{
    const struct calendar *c = app_calendar(l->app, l->b->row.region);
    int32_t day = x->due_on;
    for (int64_t left = x->days; left > 0;)
        left -= calendar_works(c, --day);
    return day;
}

int paper_write_extension(struct letter *l)
{
    const struct extension_row *x = &l->b->extensions[l->paper->row];
    struct letter_table t = letter_facts(l, 6);
    if (l->item)
        letter_say(l, "您（单位）申请的%s（办件编号%s），不能在规定期限内作出决定，经本行政机关负责人批准，"
                   "根据行政许可法第四十二条第一款延长办理期限，现将理由和新的期限告知如下：",
                   letter_permit(l), text_of(l->b->row.number));
    else
        letter_say(l, "您（单位）的“%s”行业综合许可（办件编号%s）由各部门统一、联合办理，不能在45个工作日内"
                   "办结，经本级人民政府负责人批准，根据行政许可法第四十二条第二款延长办理期限，现将理由和新的"
                   "期限告知如下：", text_of(l->b->industry->name), text_of(l->b->row.number));
    fact_add(&t, "延长理由", x->reason);
    fact_add(&t, "延长时间", arena_printf_sv(l->arena, "%lld个工作日", (long long)x->days));
    fact_add(&t, "原到期日", sv_of(letter_date(l, due_before(l, x))));
    fact_add(&t, "新到期日", sv_of(letter_date(l, x->due_on)));
    fact_add(&t, "批准", arena_printf_sv(l->arena, "%s%s", l->item ? "本行政机关负责人 "
                                                                  : "本级人民政府负责人 ",
                                         text_of(x->approved_by)));
    fact_add(&t, "批准日期", sv_of(letter_date(l, x->approved_on)));
    table_done(&t);
    letter_say(l, "新到期日按批准当日的办理情况计算；此后依法不计入期限的时间（补正、听证、检验检测等）另行顺延。");
    return 0;
}

/* ---- hearing (art. 36, 46-48): first the right, then, when asked for, the day ---- */

void paper_find_hearing(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    static const char *const acts[] = { "tell_hearing", "notify_hearing" };
    const struct hearing_row *h = &b->hearings[row / 2];
    bool noticed = row % 2 == 1;
    (void)a;
    out->item_id = out->id = h->item_id;
    out->date = noticed ? h->noticed_on : h->told_on;
    out->moment = out->date == DATE_NONE ? 0 : date_start_ms(out->date);
    if (noticed)
        out->title = SV("听证通知书");
    for (size_t k = 0; k < b->n_timeline; k++)
        if (b->timeline[k].row.item_id == h->item_id &&
            sv_is(b->timeline[k].row.act, acts[noticed]))
            out->moment = b->timeline[k].row.at;
}

/* Names alone, for the notice: what they are to it was told before. */
static struct sv parties_text(struct letter *l, const struct hearing_row *h)
{
    struct buf t;
    size_t k;
    json_t *party;
    json_t *parties = json_parse(h->parties.n ? h->parties : SV("[]"), NULL);
    buf_init(&t, 16000);
    json_array_foreach(parties, k, party)
        buf_fmt(&t, "%s%s", k ? "、" : "", text_of(json_sv(party, "name")));
    json_decref(parties);
    struct sv out = arena_sv(l->arena, buf_sv(&t));
    buf_done(&t);
    return out;
}

static void hearing_parties(struct letter *l, const struct hearing_row *h)
{
    static const struct sv heads[] = { { "利害关系人", 15 }, { "利害关系", 12 } };
    static const double widths[] = { 0.4, 0.6 };
    json_t *parties = json_parse(h->parties.n ? h->parties : SV("[]"), NULL);
    struct letter_table t = letter_table(l, heads, widths, 2, json_array_size(parties));
    size_t k;
    json_t *party;
    json_array_foreach(parties, k, party) {
        struct sv cells[] = { arena_sv(l->arena, json_sv(party, "name")),
                              arena_sv(l->arena, json_sv(party, "interest")) };
        table_add(&t, cells);
    }
    json_decref(parties);
    if (t.t->n_rows == 0)
        letter_say(l, "经审查，除申请人外没有其他重大利害关系人。");
    else
        letter_say(l, "本许可直接涉及申请人与下列利害关系人之间的重大利益关系，本告知同时送达他们：");
    table_done(&t);
}

static void hearing_rights(struct letter *l)
{
    letter_head(l, "听证中的权利");
    letter_say(l, "听证主持人由审查该行政许可申请的工作人员以外的人员担任；申请人、利害关系人认为主持人与该行政许可"
               "事项有直接利害关系的，有权申请回避。听证公开举行，可以提出证据，并进行申辩和质证；听证笔录交参加人"
               "确认无误后签字或者盖章，本机关根据听证笔录作出决定（行政许可法第四十八条）。");
    letter_say(l, "申请人、利害关系人不承担组织听证的费用（行政许可法第四十七条第二款）。");
}

static void hearing_told(struct letter *l, const struct hearing_row *h)
{
    letter_say(l, "您（单位）申请的%s（办件编号%s），依法应当告知听证权利（行政许可法第四十六条、第四十七条）。事由：%s",
               letter_permit(l), text_of(l->b->row.number), text_of(h->reason));
    hearing_parties(l, h);
    letter_head(l, "要求听证的权利");
    letter_say(l, "申请人、利害关系人有权要求听证，也有权陈述和申辩（行政许可法第三十六条）。要求听证的，请在被告知之日"
               "起五日内，即%s前向本机关提出；在此期间提出的，本机关在二十日内组织听证。逾期不提出的，视为放弃听证。",
               letter_date(l, h->ask_until));
    hearing_rights(l);
}

static void hearing_noticed(struct letter *l, const struct hearing_row *h)
{
    struct letter_table t = letter_facts(l, 6);
    letter_say(l, "您（单位）申请的%s（办件编号%s），%s于%s要求听证，本机关决定举行听证。根据行政许可法第四十八条，"
               "现将听证事项通知如下：", letter_permit(l), text_of(l->b->row.number),
               text_of(h->asked_by), letter_date(l, h->asked_on));
    fact_add(&t, "听证事由", h->reason);
    fact_add(&t, "时间", arena_printf_sv(l->arena, "%s %s", letter_date(l, h->held_on),
                                         text_of(h->held_time)));
    fact_add(&t, "地点", h->place);
    fact_add(&t, "主持人", h->chair);
    fact_add(&t, "利害关系人", parties_text(l, h));
    table_done(&t);
    letter_say(l, "听证所需时间不计算在办理期限内（行政许可法第四十五条）。请持有效身份证件到场；可以委托代理人参加，"
               "委托的请携带授权委托书。");
    hearing_rights(l);
}

int paper_write_hearing(struct letter *l)
{
    const struct hearing_row *h = &l->b->hearings[l->paper->row / 2];
    (l->paper->row % 2 ? hearing_noticed : hearing_told)(l, h);
    return 0;
}

/* ---- delivery (art. 44) ---- */

void paper_find_delivery(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct delivery_row *d = &b->deliveries[row];
    (void)a;
    out->item_id = d->item_id;
    out->id = d->id;
    out->date = d->delivered_on;
    out->moment = d->at;
}

static const char *method_text(struct sv method)
{
    static const struct { const char *key, *text; } methods[] = {
        { "pickup", "直接送达（到窗口领取）" }, { "post", "邮寄送达" }, { "electronic", "电子送达" },
    };
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (sv_is(method, methods[i].key))
            return methods[i].text;
    return text_of(method);
}

/* The decision and, when granted, the certificate; or the comprehensive licence. */
static struct sv what_was_delivered(struct letter *l)
{
    if (!l->item)
        return arena_printf_sv(l->arena, "行业综合许可证，证号 %s",
                               text_of(l->b->row.licence_number));
    struct sv decision = { 0 };
    for (size_t i = 0; i < l->b->n_items; i++)
        if (l->b->items[i].id == l->item->id) {
            struct paper p = { .title = SV("决定书"), .date = DATE_NONE };
            paper_find_decision(l->b, i, l->arena, &p);
            decision = p.title;
        }
    if (l->item->state != ITEM_GRANTED)
        return arena_printf_sv(l->arena, "%s（%s）", decision.p, letter_permit(l));
    return arena_printf_sv(l->arena, "%s（%s）；%s，证号 %s", decision.p, letter_permit(l),
                           text_of(l->permit->certificate_name), text_of(l->item->number));
}

int paper_write_delivery(struct letter *l)
{
    const struct delivery_row *d = &l->b->deliveries[l->paper->row];
    struct letter_table t = letter_facts(l, 9);
    letter_say(l, "根据行政许可法第四十四条，下列文书、证件已经送达，填发本回证存档备查。");
    fact_add(&t, "办件编号", l->b->row.number);
    fact_add(&t, "受送达人", l->doc.to);
    fact_add(&t, "送达文书、证件", what_was_delivered(l));
    fact_add(&t, "送达方式", sv_of(method_text(d->method)));
    fact_add(&t, "邮件号", d->tracking);
    fact_add(&t, "签收人", d->receiver);
    fact_add(&t, "与受送达人的关系", d->relation);
    fact_add(&t, "送达日期", sv_of(letter_date(l, d->delivered_on)));
    fact_add(&t, "送达人", d->by_name);
    table_done(&t);
    letter_sign_line(l, "签收人（签名或者盖章）");
    return 0;
}
