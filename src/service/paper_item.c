/* paper_item: acceptance, decisions and endings of one item (P2, P3, P7, P8, P13, P14). */
#include "service/paper_parts.h"
#include "service/permits.h"

/* ---- acceptance ---- */

void paper_find_acceptance(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct item_row *i = &b->items[row];
    (void)a;
    out->item_id = out->id = i->id;
    out->date = i->accepted_on;
    out->moment = paper_event_at(b, i->id, "acceptance", i->id, i->accepted_on);
}

int paper_write_acceptance(struct letter *l)
{
    const struct item_row *i = l->item;
    const char *statutory = letter_limit(l, i->accepted_on, l->permit->statutory_days);
    letter_say(l, "您（单位）申请的%s（办件编号%s），经审查申请材料齐全、符合法定形式，根据行政许可法"
               "第三十二条，决定于%s予以受理。", letter_permit(l), text_of(l->b->row.number),
               letter_date(l, i->accepted_on));
    if (i->accept_deemed)
        letter_say(l, "因未在法定期限内告知补正，自收到申请材料之日起视为受理。");
    if (l->permit->statutory_days > 0)
        letter_say(l, "法定办理时限%s，承诺时限%s。", statutory,
                   letter_limit(l, i->accepted_on, l->permit->promised_days));
    letter_say(l, "听证、检验、检测、检疫、鉴定和专家评审所需时间不计入上述期限（行政许可法第四十五条），"
               "需要时另行书面告知。办理不收费。");
    return 0;
}

/* ---- decisions ---- */

static void refused(struct letter *l)
{
    letter_say(l, "您（单位）申请的%s（办件编号%s），根据行政许可法第三十二条，决定不予受理。",
               letter_permit(l), text_of(l->b->row.number));
    letter_head(l, "理由");
    letter_text(l, l->item->reason);
    letter_say(l, "请向下列机关申请：%s。", text_of(l->item->right_organ));
    letter_head(l, "救济途径");
    letter_remedies(l);
}

/* By what a case about a licence asks for. */
static const struct { const char *article, *what; } CHANGES[CASE_KINDS] = {
    [KIND_AMEND] = { "根据行政许可法第四十九条，", "变更行政许可" },
    [KIND_RENEW] = { "根据行政许可法第五十条第二款，", "延续行政许可的有效期" },
    [KIND_REPLACE] = { "", "补发许可证件，许可的内容和期限不变" },
    [KIND_CANCEL] = { "根据行政许可法第七十条，", "注销行政许可" },
};

static void changed(struct letter *l)
{
    const struct item_row *i = l->item;
    enum case_kind kind = l->b->row.kind;
    bool silent = kind == KIND_RENEW && sv_eq(i->reason, DEEMED_RENEWAL);
    letter_say(l, silent ? "您（单位）申请的%s（办件编号%s），本机关在有效期届满前未作出决定，%s视为准予延续。"
                         : "您（单位）申请的%s（办件编号%s），经审查符合法定条件、标准，%s决定准予%s。",
               letter_permit(l), text_of(l->b->row.number), CHANGES[kind].article,
               CHANGES[kind].what);
    if (kind == KIND_CANCEL)
        letter_say(l, "证号%s自%s起失效，请停止使用原许可证件。", text_of(i->number),
                   letter_date(l, i->closed_on));
    else
        letter_say(l, "证号：%s，有效期%s%s。", text_of(i->number),
                   i->valid_until == DATE_NONE ? "" : "至", letter_date(l, i->valid_until));
    letter_say(l, "所在的行业综合许可证同时免费换发，旧版二维码随即失效。");
    if (!silent)
        letter_text(l, i->reason);
    letter_say(l, "本决定由作出决定的部门负责。");
}

static void granted(struct letter *l)
{
    const struct item_row *i = l->item;
    bool filing = l->permit->kind == PERMIT_FILING;
    if (l->b->row.kind != KIND_NEW) {
        changed(l);
        return;
    }
    if (filing)
        letter_say(l, "您（单位）申请的%s（办件编号%s），材料齐全、符合法定形式，准予备案。",
                   letter_permit(l), text_of(l->b->row.number));
    else
        letter_say(l, "您（单位）申请的%s（办件编号%s），经审查符合法定条件、标准，根据行政许可法第三十八条"
                   "第一款，决定准予行政许可。", letter_permit(l), text_of(l->b->row.number));
    letter_say(l, "颁发%s，证号：%s，有效期%s%s%s。", text_of(l->permit->certificate_name),
               text_of(i->number), i->valid_until == DATE_NONE ? "" : "自",
               i->valid_until == DATE_NONE ? "" : letter_date(l, i->valid_from),
               i->valid_until == DATE_NONE
                   ? "长期"
                   : arena_printf(l->arena, "至%s", letter_date(l, i->valid_until)));
    letter_bases(l);
    letter_text(l, i->reason);
    letter_say(l, filing ? "本备案由作出备案的部门负责。"
                         : "本决定由作出决定的部门负责。证书自作出决定之日起10日内颁发、送达"
                           "（行政许可法第四十四条）。");
}

static const struct ban_row *ban_of(const struct bundle *b, int64_t item_id)
{
    for (size_t k = 0; k < b->n_bans; k++)
        if (b->bans[k].item_id == item_id)
            return &b->bans[k];
    return NULL;
}

/* Art. 78: a warning, and for what concerns public safety and health a ban of one year. */
static void false_material(struct letter *l)
{
    const struct ban_row *ban = ban_of(l->b, l->item->id);
    if (!l->item->false_material)
        return;
    letter_head(l, "隐瞒情况或者提供虚假材料的后果");
    letter_say(l, "您（单位）隐瞒有关情况或者提供虚假材料申请行政许可，根据行政许可法第七十八条，不予行政许可，"
               "并给予警告。");
    if (ban)
        letter_say(l, "该许可属于直接关系公共安全、人身健康、生命财产安全的事项，您（单位）自%s起至%s止"
                   "不得再次申请该行政许可（%s）。", letter_date(l, ban->from),
                   letter_date(l, ban->until), text_of(ban->article));
}

static void denied(struct letter *l)
{
    letter_say(l, "您（单位）申请的%s（办件编号%s），经审查不符合法定条件、标准，根据行政许可法第三十八条"
               "第二款，决定不予%s。", letter_permit(l), text_of(l->b->row.number),
               l->b->row.kind == KIND_NEW ? "行政许可" : case_kind_text(l->b->row.kind));
    letter_head(l, "理由");
    letter_text(l, l->item->reason);
    letter_head(l, "依据");
    letter_text(l, l->item->basis);
    false_material(l);
    letter_head(l, "救济途径");
    letter_remedies(l);
}

static const struct {
    enum item_state state;
    const char *title, *filing; /* filing: of a 备案 */
    const char *change;         /* of a case about a permit, with what it asks for */
    void (*write)(struct letter *);
} DECISIONS[] = {
    { ITEM_GRANTED, "准予许可决定书", "准予备案决定书", "准予%s决定书", granted },
    { ITEM_DENIED, "不予许可决定书", "不予备案决定书", "不予%s决定书", denied },
    { ITEM_REFUSED, "不予受理通知书", "不予受理通知书", NULL, refused },
};
enum { N_DECISIONS = sizeof DECISIONS / sizeof DECISIONS[0] };

void paper_find_decision(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct item_row *i = &b->items[row];
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    bool filing = p && p->kind == PERMIT_FILING;
    enum case_kind kind = b->row.kind;
    out->item_id = out->id = i->id;
    for (size_t k = 0; k < N_DECISIONS; k++)
        if (DECISIONS[k].state == i->state) {
            out->title = sv_of(filing ? DECISIONS[k].filing : DECISIONS[k].title);
            if (kind != KIND_NEW && DECISIONS[k].change)
                out->title = arena_printf_sv(a, DECISIONS[k].change, case_kind_text(kind));
            out->date = i->closed_on;
            out->moment = paper_event_at(b, i->id, "decision", i->id, i->closed_on);
        }
}

int paper_write_decision(struct letter *l)
{
    for (size_t k = 0; k < N_DECISIONS; k++)
        if (DECISIONS[k].state == l->item->state)
            DECISIONS[k].write(l);
    return 0;
}

/* ---- ended without a decision ---- */

void paper_find_ended(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct item_row *i = &b->items[row];
    (void)a;
    out->item_id = out->id = i->id;
    if (i->state != ITEM_WITHDRAWN && i->state != ITEM_ENDED)
        return;
    out->date = i->closed_on;
    out->moment = paper_event_at(b, i->id, "ended", i->id, i->closed_on);
}

static const struct correction_row *round_asked(const struct bundle *b, int64_t round)
{
    for (size_t k = 0; k < b->n_rounds; k++)
        if (b->rounds[k].row.round == round)
            return &b->rounds[k].row;
    return NULL;
}

static void lapsed(struct letter *l)
{
    const struct correction_row *r = round_asked(l->b, l->item->asked_round);
    letter_say(l, "您（单位）申请的%s（办件编号%s），本机关已于%s书面告知需要补正的全部内容（行政许可法第三十二条"
               "第一款第四项），补正期限至%s。期限届满，未收到补正材料，现终止办理本事项。",
               letter_permit(l), text_of(l->b->row.number),
               r ? letter_date(l, date_of_ms(r->issued_at)) : "此前",
               letter_date(l, l->item->closed_on));
    letter_say(l, "终止办理不影响您（单位）备齐材料后重新提出申请；同一办件的其他事项继续办理。");
    letter_head(l, "救济途径");
    letter_remedies(l);
}

int paper_write_ended(struct letter *l)
{
    if (l->item->state == ITEM_ENDED) {
        lapsed(l);
        return 0;
    }
    letter_say(l, "您（单位）申请的%s（办件编号%s），您（单位）于%s申请撤回，本机关尚未作出行政许可决定，"
               "现终止办理本事项。", letter_permit(l), text_of(l->b->row.number),
               letter_date(l, l->item->closed_on));
    if (l->item->reason.n)
        letter_say(l, "申请人写明的撤回理由：%s", text_of(l->item->reason));
    letter_say(l, "撤回不影响您（单位）重新提出申请；同一办件没有撤回的事项继续办理。");
    return 0;
}
