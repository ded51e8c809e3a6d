/* facts: what holds of an item for somebody on a day. The one place where rows become the facts
 * that the tables ask for; what comes with an act itself is added by the act's own file. */
#include "service/acts.h"

bool item_filing(const struct bundle *b, const struct item_row *i)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    return p && p->kind == PERMIT_FILING;
}

unsigned actor_kinds(const struct actor *actor)
{
    static const unsigned kinds[ROLES] = {
        [ROLE_APPLICANT] = BY_APPLICANT, [ROLE_CLERK] = BY_APPLICANT | BY_WINDOW,
        [ROLE_REVIEWER] = BY_DEPARTMENT, [ROLE_BUREAU] = BY_BUREAU,
        [ROLE_GOVERNMENT] = BY_GOVERNMENT,
    };
    if (!actor)
        return BY_CLOCK;
    return kinds[actor->role] | (actor->head ? (unsigned)BY_HEAD : 0);
}

static bool owns(const struct bundle *b, const struct item_row *i, const struct actor *actor)
{
    if (!actor)
        return false;
    if (actor->role == ROLE_REVIEWER)
        return sv_eq(actor->department, i->department);
    return case_owned(actor, &b->row);
}

/* Told, and the 5 days to ask are over without anybody having asked; or held; or waived. */
static bool hearing_settled(const struct item_row *i, int32_t today)
{
    return i->hearing == HEARING_NONE || i->hearing == HEARING_HELD ||
           i->hearing == HEARING_WAIVED || (i->hearing == HEARING_TOLD && today > i->hearing_until);
}

static uint64_t hearing_facts(const struct bundle *b, const struct item_row *i, int32_t today)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    const struct hearing_row *h = bundle_hearing(b, i->id);
    bool noticed = i->hearing == HEARING_NOTICED && h;
    return fact_if(hearing_settled(i, today), FACT_HEARING_SETTLED) |
           fact_if(!p || !p->hearing_required || i->hearing == HEARING_HELD,
                   FACT_HEARING_IF_DUE) |
           fact_if(i->hearing == HEARING_NONE, FACT_HEARING_NEW) |
           fact_if(i->hearing == HEARING_TOLD, FACT_HEARING_TOLD) |
           fact_if(today <= i->hearing_until, FACT_ASK_IN_TIME) |
           fact_if(h && h->parties.n <= 2, FACT_SOLE_PARTY) |
           fact_if(i->hearing == HEARING_ASKED, FACT_HEARING_ASKED) |
           fact_if(noticed && today >= h->held_on, FACT_HEARING_DAY);
}

/* No promise is overdue that this permit relies on (P12). */
static uint64_t commitment_facts(const struct bundle *b, const struct item_row *i, int32_t today)
{
    const struct permit_type *p = catalog_permit(b->catalog, i->permit);
    bool kept = true;
    bool open = false;
    for (size_t k = 0; p && k < b->n_commitments; k++) {
        const struct commitment_row *x = &b->commitment_rows[k];
        if (!form_asks(p, x->material) || sv_is(x->state, "confirmed"))
            continue;
        open = true;
        kept = kept && sv_is(x->state, "promised") && today <= x->due_on;
    }
    return fact_if(kept, FACT_COMMITMENTS_KEPT) | fact_if(open, FACT_COMMITMENT_OPEN);
}

/* The visit that is on, and who was named for it. */
static uint64_t visit_facts(const struct bundle *b, const struct item_row *i,
                            const struct actor *actor, int32_t today)
{
    const struct visit_row *v = bundle_visit(b);
    const struct part_row *p = v ? bundle_part(b, v->id, i->id) : NULL;
    bool named = p && actor && (p->officer_a == actor->id || p->officer_b == actor->id);
    return fact_if(named, FACT_NAMED_OFFICER) |
           fact_if(v && v->state == VISIT_ANNOUNCED && today >= v->held_on, FACT_VISIT_DAY) |
           fact_if(p && p->confirmed_at == 0, FACT_NOT_CONFIRMED) |
           fact_if(p && p->recorded_at != 0 && p->confirmed_at == 0, FACT_INSPECTED) |
           fact_if(p && actor && p->recorded_by != actor->id, FACT_OTHER_OFFICER) |
           fact_if(i->inspection == INSPECTION_NONE || i->inspection == INSPECTION_PASSED,
                   FACT_INSPECTION_PASSED);
}

static uint64_t clock_facts(const struct bundle *b, const struct item_row *i, int32_t today)
{
    const struct special_row *special = bundle_special(b, i->special_id);
    bool sent = b->has_correction && sv_is(b->correction.state, "issued");
    bool overdue = sent && today > b->correction.due_on;
    return fact_if(i->state == ITEM_RECEIVED && i->due_on != DATE_NONE && today > i->due_on,
                   FACT_SILENCE_PASSED) |
           fact_if(sent, FACT_NOTICE_SENT) | fact_if(!sent, FACT_NO_NOTICE_OUT) | fact_if(overdue, FACT_ANSWER_OVERDUE) |
           fact_if(!overdue, FACT_ANSWER_IN_TIME) |
           fact_if(i->special_id == 0, FACT_CLOCK_RUNNING) |
           fact_if(i->special_id != 0, FACT_SPECIAL_OPEN) |
           fact_if(!special || !sv_is(special->kind, "hearing"), FACT_NOT_A_HEARING) |
           fact_if(!i->extended, FACT_NOT_EXTENDED);
}

uint64_t item_facts_of(const struct bundle *b, const struct item_row *i,
                       const struct actor *actor, int32_t today)
{
    return fact_if(owns(b, i, actor), FACT_OWN) |
           fact_if(!actor || b->row.clerk_id != actor->id, FACT_NOT_RECEIVER) |
           fact_if(!bundle_ban(b, i->permit, today), FACT_NOT_BANNED) |
           fact_if(i->delivered_on == DATE_NONE, FACT_NOT_DELIVERED) | clock_facts(b, i, today) |
           hearing_facts(b, i, today) | commitment_facts(b, i, today) |
           visit_facts(b, i, actor, today);
}
