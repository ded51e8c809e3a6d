/* grant: a department grants; its statutory permit is recorded with number and dates (P8, P14). */
#include <regex.h>

#include "domain/licence/number.h"
#include "service/permits.h"
#include "service/review.h"
#include "service/supervise.h"
#include "service/versions.h"
#include "sys/ids.h"

static const struct permit_type *type_of(const struct review_ctx *x)
{
    return x->seen->types[x->seen_index];
}

/* Catalogue patterns use \d, which POSIX does not know. */
static struct sv posix_pattern(struct arena *a, struct sv re)
{
    char *out = arena_alloc(a, re.n * 5 + 1);
    size_t n = 0;
    for (size_t i = 0; i < re.n; i++) {
        bool digit = re.p[i] == '\\' && i + 1 < re.n && re.p[i + 1] == 'd';
        memcpy(out + n, digit ? "[0-9]" : re.p + i, digit ? 5 : 1);
        n += digit ? 5 : 1;
        i += digit;
    }
    return sv_make(out, n);
}

static bool number_fits(const struct review_ctx *x, const struct permit_type *p)
{
    regex_t re;
    if (p->number_regex.n == 0)
        return true;
    if (regcomp(&re, posix_pattern(x->arena, p->number_regex).p, REG_EXTENDED | REG_NOSUB) != 0)
        return true;
    bool fits = regexec(&re, arena_dup(x->arena, x->in->number), 0, NULL, 0) == 0;
    regfree(&re);
    return fits;
}

/* A grant about a permit that exists: only renewing gives new dates, and only amending a number. */
static int check_change(const struct review_ctx *x, const struct permit_type *p, struct err *e)
{
    const struct act_input *in = x->in;
    enum case_kind kind = x->seen->row.kind;
    if (in->number.n && kind != KIND_AMEND && kind != KIND_RENEW)
        err_problem(e, SV("/number"), "not_allowed", "%s不改变证号", case_kind_text(kind));
    else if (in->number.n && !number_fits(x, p))
        err_problem(e, SV("/number"), "bad_number", "证号格式不对，应像 %.*s",
                    (int)p->number_example.n, p->number_example.p);
    if (in->valid_from != DATE_NONE || (in->valid_until != DATE_NONE && kind != KIND_RENEW))
        err_problem(e, SV("/valid_until"), "not_allowed", "%s不在这里填写有效期",
                    case_kind_text(kind));
    return e->code;
}

int grant_check(struct review_ctx *x, struct err *e)
{
    const struct permit_type *p = type_of(x);
    int32_t today = date_of_ms(x->cmd->now);
    int32_t from = x->in->valid_from == DATE_NONE ? today : x->in->valid_from;
    int32_t until = x->in->valid_until;
    if (x->act == ACT_ACCEPT && p->kind != PERMIT_FILING)
        return 0;
    if (x->seen->row.kind != KIND_NEW)
        return check_change(x, p, e);
    if (x->in->number.n && !number_fits(x, p))
        err_problem(e, SV("/number"), "bad_number", "证号格式不对，应像 %.*s",
                    (int)p->number_example.n, p->number_example.p);
    if (x->in->number.n == 0 && p->number_format.n == 0)
        err_problem(e, SV("/number"), "required", "该证由部门系统赋号，请填写证号");
    if (from < today || from > today + 366)
        err_problem(e, SV("/valid_from"), "out_of_range", "有效期起始日应在今天起一年以内");
    if (until != DATE_NONE && until <= from)
        err_problem(e, SV("/valid_until"), "out_of_range", "有效期截止日应晚于起始日");
    if (until != DATE_NONE && p->validity_years > 0 &&
        until >= date_add_years(from, (int)p->validity_years))
        err_problem(e, SV("/valid_until"), "out_of_range", "有效期不能超过规定的%lld年",
                    (long long)p->validity_years);
    return e->code;
}

static struct sv form_value(void *ctx, struct sv code)
{
    const struct review_ctx *x = ctx;
    /* The code lies inside the template, without a NUL behind it. */
    return bundle_value(x->seen, arena_dup(x->arena, code));
}

/* Next free number by the catalogue's template. */
static int draw_number(struct db_conn *c, struct review_ctx *x, struct sv *out, struct err *e)
{
    const struct permit_type *p = type_of(x);
    struct sv region = x->now.row.region;
    int year = date_civil(date_of_ms(x->cmd->now)).year;
    struct buf text;
    struct sv before = { NULL, 0 };
    int taken = 1;
    int rc = 0;
    buf_init(&text, 200);
    while (rc >= 0 && taken == 1) {
        int64_t serial;
        struct sv name = arena_printf_sv(x->arena, "permit:%.*s:%.*s:%d", (int)p->code.n,
                                         p->code.p, (int)region.n, region.p, year);
        rc = counter_next(c, name, &serial, e);
        buf_clear(&text);
        if (rc >= 0 && (!permit_number(&text, p->number_format, region, year, serial, form_value,
                                       x) || !buf_ok(&text)))
            rc = err_set(e, ERR_CONFIG, "目录中 %.*s 的证号格式有误", (int)p->code.n, p->code.p);
        /* A template without a serial gives the same number for ever. */
        if (rc >= 0 && sv_eq(before, buf_sv(&text)))
            rc = err_set(e, ERR_CONFIG, "目录中 %.*s 的证号格式没有顺序号", (int)p->code.n,
                         p->code.p);
        before = arena_sv(x->arena, buf_sv(&text));
        if (rc >= 0)
            taken = rc = permit_number_taken(c, p->code, buf_sv(&text), e);
    }
    *out = arena_sv(x->arena, buf_sv(&text));
    buf_done(&text);
    return rc < 0 ? rc : 0;
}

static int take_number(struct db_conn *c, struct review_ctx *x, struct sv *out, struct err *e)
{
    if (x->in->number.n == 0)
        return draw_number(c, x, out, e);
    *out = x->in->number;
    int taken = permit_number_taken(c, type_of(x)->code, *out, e);
    if (taken == 1) {
        err_problem(e, SV("/number"), "number_taken", "这个证号已经使用过");
        return ERR_INVALID;
    }
    return taken;
}

/* What the item shows of the permit that is to be changed; the change itself comes with
 * grant_finish. */
static int prepare_change(struct db_conn *c, struct review_ctx *x, struct item_row *i,
                          struct err *e)
{
    int taken = 0;
    int rc = permit_find(c, i->permit_id, x->arena, &x->permit, e);
    if (rc == 1)
        rc = permit_catch_up(x->app, c, &x->permit, x->cmd->now, x->arena, e);
    if (rc < 0)
        return rc;
    i->number = x->in->number.n ? x->in->number : x->permit.number;
    if (!sv_eq(i->number, x->permit.number))
        taken = permit_number_taken(c, x->permit.permit_type, i->number, e);
    if (taken == 1)
        err_problem(e, SV("/number"), "number_taken", "这个证号已经使用过");
    i->valid_from = x->permit.valid_from;
    i->valid_until = x->permit.valid_until;
    if (x->now.row.kind == KIND_RENEW && i->valid_until != DATE_NONE) {
        struct grant_dates d = grant_suggest(type_of(x), i->valid_until + 1);
        i->valid_from = d.valid_from;
        i->valid_until = x->in->valid_until != DATE_NONE ? x->in->valid_until : d.valid_until;
        if (i->valid_until != DATE_NONE && i->valid_until <= x->permit.valid_until)
            err_problem(e, SV("/valid_until"), "out_of_range", "延续后的截止日应晚于原截止日");
    }
    return taken < 0 ? taken : e->code;
}

static int make_permit(struct db_conn *c, struct review_ctx *x, struct item_row *i, json_t *body,
                       struct err *e)
{
    const struct permit_type *p = type_of(x);
    int32_t today = date_of_ms(x->cmd->now);
    struct grant_dates d = grant_suggest(p, x->in->valid_from == DATE_NONE ? today
                                                                          : x->in->valid_from);
    const struct department *dept = catalog_department(x->now.catalog, i->department);
    const struct case_row *k = &x->now.row;
    i->valid_from = d.valid_from;
    i->valid_until = x->in->valid_until != DATE_NONE ? x->in->valid_until : d.valid_until;
    x->permit = (struct permit_row){
        .id = id_next(), .item_id = i->id, .case_id = i->case_id, .permit_type = p->code,
        .name = p->certificate_name, .number = i->number, .department = i->department,
        .department_name = dept ? dept->name : i->department, .region = i->region,
        .uscc = k->uscc, .granted_on = today, .valid_from = i->valid_from,
        .valid_until = i->valid_until, .state = SV("valid"), .version = 1,
        .holder = k->holder_name, .person = k->person, .address = k->address,
    };
    json_put_sv(body, "number", i->number);
    json_put_sv(body, "uscc", k->uscc);
    json_put_i64(body, "valid_from", date_to_number(i->valid_from));
    json_put_i64(body, "valid_until", date_to_number(i->valid_until));
    json_put_i64(body, "permit_id", x->permit.id);
    json_put_sv(body, "holder", k->holder_name);
    json_put_sv(body, "person", k->person);
    json_put_sv(body, "address", k->address);
    int rc = status_index_draw(x->app, c, &x->permit.status_index, e);
    return rc == 0 ? permit_insert(c, &x->permit, e) : rc;
}

int grant_permit(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct item_row *i = &x->now.items[x->at];
    s->paper = arena_printf_sv(x->arena, "decision-%lld", (long long)i->id);
    if (i->accepted_on == DATE_NONE)
        i->accepted_on = date_of_ms(x->cmd->now);
    if (i->permit_id)
        return prepare_change(c, x, i, e);
    int rc = take_number(c, x, &i->number, e);
    return rc == 0 ? make_permit(c, x, i, s->body, e) : rc;
}

/* By what right a case about a permit changes it. */
static struct sv basis_of(enum case_kind kind)
{
    static const char *const basis[CASE_KINDS] = {
        [KIND_NEW] = "", [KIND_AMEND] = "行政许可法第四十九条", [KIND_RENEW] = "行政许可法第五十条",
        [KIND_REPLACE] = "遗失、损毁补发", [KIND_CANCEL] = "行政许可法第七十条",
    };
    return sv_of(basis[kind]);
}

int grant_finish(struct db_conn *c, struct review_ctx *x, const struct step *s, struct err *e)
{
    const struct item_row *i = review_item(x);
    const struct case_row *k = &x->now.row;
    bool renews = k->kind == KIND_RENEW;
    bool amends = k->kind == KIND_AMEND;
    if (!i->permit_id)
        return permit_granted(x->app, c, &x->permit, x->cmd->actor, x->cmd->now, s->seq, e);
    struct permit_change change = {
        .act = case_kind_act(k->kind), .actor = x->cmd->actor, .now = x->cmd->now, .on = s->on,
        .document = arena_printf_sv(x->arena, "办件%.*s", (int)k->number.n, k->number.p),
        .reason = arena_printf_sv(x->arena, "持证人申请%s", case_kind_text(k->kind)),
        .basis = x->in->basis.n ? x->in->basis : basis_of(k->kind), .number = x->in->number,
        .valid_from = renews ? i->valid_from : DATE_NONE,
        .valid_until = !renews ? DATE_NONE : i->valid_until == DATE_NONE ? INT32_MAX
                                                                        : i->valid_until,
        .holder = amends ? k->holder_name : SV(""), .person = amends ? k->person : SV(""),
        .address = amends ? k->address : SV(""), .case_id = k->id, .item_id = i->id,
    };
    return permit_change(x->app, c, &x->permit, &change, x->arena, e);
}

/* ---- denial ---- */

enum { BAN_YEARS = 1 };

/* P33: art. 78 bans for a year where the permit concerns public security and the like. */
int grant_deny(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    const struct permit_type *p = type_of(x);
    struct item_row *i = review_item(x);
    s->paper = arena_printf_sv(x->arena, "decision-%lld", (long long)i->id);
    i->false_material = x->in->false_material;
    if (!i->false_material)
        return 0;
    json_put_bool(s->body, "false_material", true);
    if (p->n_sensitive == 0)
        return 0;
    struct ban_row row = {
        .id = id_next(), .case_id = i->case_id, .item_id = i->id, .uscc = x->now.row.uscc,
        .holder = x->now.row.holder_name, .permit = i->permit,
        .article = SV("行政许可法第七十八条"), .reason = x->in->reason, .from = s->on,
        .until = date_add_years(s->on, BAN_YEARS),
    };
    json_put_i64(s->body, "ban_until", date_to_number(row.until));
    return ban_insert(c, &row, e);
}

/* Those who would supervise it know that it was not granted (P30). */
int grant_denied(struct db_conn *c, struct review_ctx *x, const struct step *s, struct err *e)
{
    const struct item_row *i = review_item(x);
    const struct case_row *k = &x->now.row;
    struct supervise_decision d = {
        .act = ACT_DENY, .permit_id = i->permit_id, .case_id = k->id, .item_id = i->id,
        .event_seq = s->seq, .permit_type = i->permit, .grantor = i->department,
        .region = i->region, .holder = k->holder_name, .name = type_of(x)->name,
        .number = SV(""), .now = x->cmd->now,
    };
    return supervise_decided(x->app, c, &d, e);
}
