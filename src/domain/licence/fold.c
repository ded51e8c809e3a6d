/* fold: see fold.h. */
#include "domain/licence/fold.h"

static struct licence_permit *find(struct licence_fold *f, int64_t id)
{
    for (size_t i = 0; i < f->n_permits; i++)
        if (f->permits[i].id == id)
            return &f->permits[i];
    return NULL;
}

/* Any row of the table: who acted and what was shown for it was asked when it was done. */
static bool step(struct licence_permit *p, enum act act)
{
    for (size_t i = 0; i < PERMIT_TABLE.n; i++)
        if (PERMIT_TABLE.rows[i].from == (int)p->state && PERMIT_TABLE.rows[i].act == act) {
            p->state = (enum permit_state)PERMIT_TABLE.rows[i].to;
            return true;
        }
    return false;
}

static void take_text(struct sv *to, struct sv from)
{
    if (from.n)
        *to = from;
}

static void take_facts(struct licence_permit *p, const struct permit_event *v, size_t at)
{
    take_text(&p->number, v->number);
    take_text(&p->holder, v->holder);
    take_text(&p->person, v->person);
    take_text(&p->address, v->address);
    if (v->valid_from != DATE_NONE)
        p->valid_from = v->valid_from;
    if (v->valid_until != DATE_NONE || v->no_end)
        p->valid_until = v->valid_until;
    p->since = v->on;
    p->last = at;
}

static int take(struct licence_fold *f, const struct permit_event *v, size_t at, struct err *e)
{
    struct licence_permit *p = find(f, v->permit);
    if (v->act == ACT_GRANT) {
        if (p)
            return err_set(e, ERR_REFUSED, "第 %zu 项：同一许可准予了两次", at + 1);
        p = &f->permits[f->n_permits++];
        *p = (struct licence_permit){ .id = v->permit, .state = PERMIT_VALID,
                                      .granted_on = v->on, .valid_from = DATE_NONE,
                                      .valid_until = DATE_NONE };
    } else if (!p) {
        return err_set(e, ERR_REFUSED, "第 %zu 项：该许可还没有准予", at + 1);
    } else if (v->on < p->since) {
        return err_set(e, ERR_REFUSED, "第 %zu 项：生效日早于该许可的上一事项", at + 1);
    } else if (!step(p, v->act)) {
        return err_set(e, ERR_REFUSED, "第 %zu 项：%s的许可不能%s", at + 1,
                       permit_state_text(p->state), act_text(v->act));
    }
    take_facts(p, v, at);
    return 0;
}

static bool same_facts(const struct licence_permit *p, const struct licence_fold *f)
{
    return sv_eq(p->holder, f->holder) && sv_eq(p->person, f->person) &&
           sv_eq(p->address, f->address);
}

/* The events that say whose permit it is are grants and amendments: of the valid permits, the one
 * that spoke last speaks for the licence. */
static void show_holder(struct licence_fold *f, const struct permit_event *events, size_t n)
{
    for (size_t i = n; i-- > 0 && f->holder.n == 0;) {
        const struct licence_permit *p = find(f, events[i].permit);
        bool speaks = events[i].holder.n || events[i].person.n || events[i].address.n;
        if (!speaks || !licence_lists(p))
            continue;
        f->holder = p->holder;
        f->person = p->person;
        f->address = p->address;
    }
}

int licence_fold(const struct permit_event *events, size_t n, struct arena *a,
                 struct licence_fold *out, struct err *e)
{
    *out = (struct licence_fold){ .permits = arena_array(a, n, sizeof *out->permits),
                                  .expires_on = INT32_MIN + 1 };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = take(out, &events[i], i, e);
    if (rc != 0)
        return rc;
    show_holder(out, events, n);
    for (size_t i = 0; i < out->n_permits; i++) {
        struct licence_permit *p = &out->permits[i];
        if (!licence_lists(p))
            continue;
        out->n_valid++;
        p->behind = !same_facts(p, out);
        if (p->valid_until == DATE_NONE || out->expires_on == DATE_NONE)
            out->expires_on = DATE_NONE;
        else if (p->valid_until > out->expires_on)
            out->expires_on = p->valid_until;
    }
    if (out->n_valid == 0)
        out->expires_on = DATE_NONE;
    return 0;
}
