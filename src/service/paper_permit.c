/* paper_permit: what a department did with a permit of its own accord (P24; 行政许可法第八、四十九、六十九、七十条).
 *
 * The department decides under its own document number; this is the notice of it to the holder, in the file of the
 * case that led to the permit.
 */
#include "service/paper_parts.h"
#include "service/permits.h"

static const struct { enum act act; const char *title, *verb, *ground; } CHANGES[] = {
    { ACT_AMEND_PERMIT, "许可变更告知书", "变更", "" },
    { ACT_WITHDRAW_PERMIT, "许可撤回告知书", "撤回",
      "行政许可所依据的法律、法规、规章修改或者废止，或者准予行政许可所依据的客观情况发生重大变化，为了公共利益的需要"
      "依法撤回的，由此给您（单位）造成财产损失的，依法给予补偿（行政许可法第八条第二款）。" },
    { ACT_REVOKE_PERMIT, "许可撤销告知书", "撤销", "" },
    { ACT_CANCEL_PERMIT, "许可注销告知书", "注销", "" },
    { ACT_FORFEIT_PERMIT, "许可证件吊销告知书", "吊销", "" },
};
enum { N_CHANGES = sizeof CHANGES / sizeof CHANGES[0] };

static size_t change_of(enum act act)
{
    size_t k = 0;
    while (k < N_CHANGES && CHANGES[k].act != act)
        k++;
    return k;
}

/* A grant, a case about it, the clock: they have papers of their own, or need none. */
bool paper_of_event(const struct permit_event_row *v)
{
    return change_of(v->act) < N_CHANGES && v->case_id == 0 && v->actor_id != 0;
}

static const struct permit_row *permit_of(const struct bundle *b, int64_t id)
{
    for (size_t k = 0; k < b->n_permits; k++)
        if (b->permits[k].id == id)
            return &b->permits[k];
    return NULL;
}

void paper_find_permit(const struct bundle *b, size_t row, struct arena *a, struct paper *out)
{
    const struct permit_event_row *v = &b->permit_events[row];
    const struct permit_row *p = permit_of(b, v->permit_id);
    size_t k = change_of(v->act);
    (void)a;
    if (!p || !paper_of_event(v))
        return;
    out->item_id = p->item_id;
    out->id = v->id;
    out->title = sv_of(CHANGES[k].title);
    out->date = date_of_ms(v->at);
    out->moment = v->at;
}

struct sv paper_permit_holder(const struct bundle *b, const struct paper *p)
{
    const struct permit_event_row *v = &b->permit_events[p->row];
    struct sv holder = SV("");
    for (size_t k = 0; k < p->row; k++)
        if (b->permit_events[k].permit_id == v->permit_id && b->permit_events[k].holder.n)
            holder = b->permit_events[k].holder;
    return holder;
}

/* What of the permit is another thing than before. */
static void what_changed(struct letter *l, const struct permit_event_row *v)
{
    const struct permit_event_row *before = NULL;
    struct letter_table t = letter_facts(l, 5);
    for (size_t k = 0; k < l->paper->row; k++)
        if (l->b->permit_events[k].permit_id == v->permit_id)
            before = &l->b->permit_events[k];
    letter_head(l, "变更后的内容");
    fact_add(&t, "持证人", v->holder);
    fact_add(&t, "法定代表人（负责人）", v->person);
    fact_add(&t, "经营场所", v->address);
    if (before && !sv_eq(before->number, v->number))
        fact_add(&t, "证号", v->number);
    if (before && before->valid_until != v->valid_until)
        fact_add(&t, "有效期至", sv_of(letter_date(l, v->valid_until)));
    table_done(&t);
}

/* The number it had until then. */
static struct sv number_before(const struct letter *l, const struct permit_event_row *v)
{
    struct sv number = v->number;
    for (size_t k = 0; k < l->paper->row; k++)
        if (l->b->permit_events[k].permit_id == v->permit_id)
            number = l->b->permit_events[k].number;
    return number;
}

int paper_write_permit(struct letter *l)
{
    const struct permit_event_row *v = &l->b->permit_events[l->paper->row];
    size_t k = change_of(v->act);
    letter_say(l, "您（单位）持有的%s（证号%s），本机关以%s依法予以%s，自%s起生效。",
               text_of(l->permit->certificate_name), text_of(number_before(l, v)),
               text_of(v->document), CHANGES[k].verb, letter_date(l, v->effective_on));
    if (v->act == ACT_AMEND_PERMIT)
        what_changed(l, v);
    if (v->reason.n)
        letter_head(l, "理由");
    letter_text(l, v->reason);
    if (v->basis.n)
        letter_head(l, "依据");
    letter_text(l, v->basis);
    letter_head(l, "证照");
    letter_say(l, "所在的行业综合许可证已同时换版或者失效，旧版二维码不再有效，请停止使用旧的打印件，并在“我的许可证”"
               "查看现状。");
    if (CHANGES[k].ground[0])
        letter_say(l, "%s", CHANGES[k].ground);
    letter_head(l, "救济途径");
    letter_remedies(l);
    return 0;
}
