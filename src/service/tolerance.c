/* tolerance: see tolerance.h. */
#include "service/tolerance.h"

#include "service/draft.h"
#include "service/review.h"
#include "service/tell.h"
#include "sys/ids.h"

/* ---- promise ---- */

struct sv tolerance_text(const struct bundle *b, struct sv material_name, int32_t due_on,
                         struct sv signer, struct arena *a)
{
    char due[32];
    return arena_printf_sv(
        a, "本人（单位）申请办理“%s”行业综合许可，办件编号%s。申请时暂缺“%.*s”，承诺：已经具备或者将在%s前"
           "具备该材料所证明的条件；在现场核查时或者上述日期前提交该材料；逾期未提交或者与承诺不符的，"
           "愿意承担不予许可、撤销许可等法律后果。承诺人：%.*s。",
        b->industry->name.p, b->row.number.p, (int)material_name.n, material_name.p,
        date_chinese(due_on, due), (int)signer.n, signer.p);
}

/* The shortest time that any asking permit gives. */
static int64_t promise_days(const struct bundle *b, struct sv material)
{
    int64_t days = COMMITMENT_DAYS;
    for (size_t i = 0; i < b->n_types; i++)
        if (form_asks(b->types[i], material) && b->types[i]->tolerance_days > 0 &&
            b->types[i]->tolerance_days < days)
            days = b->types[i]->tolerance_days;
    return days;
}

static bool known(const struct bundle *b, struct sv material)
{
    for (size_t k = 0; k < b->n_commitments; k++)
        if (sv_eq(b->commitment_rows[k].material, material))
            return true;
    return false;
}

static bool handed_in(const struct bundle *b, struct sv material)
{
    for (size_t k = 0; k < b->n_files; k++)
        if (sv_eq(b->files[k].material, material))
            return true;
    return false;
}

static int promise_one(struct app *app, struct db_conn *c, struct bundle *b,
                       const struct material *m, const struct command *cmd, json_t *list,
                       struct err *e)
{
    char hex[65];
    struct sm3_hash h;
    struct arena *a = arena_new();
    struct sv signer = b->row.holder_name.n ? b->row.holder_name : b->row.applicant_name;
    struct commitment_row row = {
        .id = id_next(), .case_id = b->row.id, .material = m->code, .state = SV("promised"),
        .due_on = calendar_add(app_calendar(app, b->row.region), date_of_ms(cmd->now),
                               promise_days(b, m->code)),
        .signed_at = cmd->now, .signed_by = signer,
    };
    sm3(tolerance_text(b, m->name, row.due_on, signer, a), &h);
    sm3_hex(&h, hex);
    row.digest = sv_of(hex);
    json_t *promised = json_object();
    json_put_i64(promised, "id", row.id);
    json_put_sv(promised, "material", row.material);
    json_put_i64(promised, "due_on", date_to_number(row.due_on));
    json_put_sv(promised, "signed_by", row.signed_by);
    json_put_sv(promised, "digest", row.digest);
    json_push(list, promised);
    int rc = commitment_insert(c, &row, e);
    arena_free(a);
    return rc;
}

int tolerance_promise(struct app *app, struct db_conn *c, struct bundle *b,
                      const struct command *cmd, json_t *list, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < b->form.n_materials; i++) {
        const struct form_material *m = &b->form.materials[i];
        struct sv code = m->material->code;
        if (json_bool(b->commitments, code.p, false) && !handed_in(b, code) && !known(b, code) &&
            form_material_need(&b->form, m, b->values, b->answers) == NEED_TOLERABLE)
            rc = promise_one(app, c, b, m->material, cmd, list, e);
    }
    return rc;
}

/* ---- collecting and confirming (P12) ---- */

bool tolerance_open(const struct bundle *b, struct sv material)
{
    for (size_t k = 0; k < b->n_commitments; k++)
        if (sv_eq(b->commitment_rows[k].material, material))
            return !sv_is(b->commitment_rows[k].state, "confirmed");
    return false;
}

int tolerance_check(struct review_ctx *x, struct err *e)
{
    const struct permit_type *p = x->seen->types[x->seen_index];
    if (!form_asks(p, x->in->material))
        err_problem(e, SV("/material"), "unknown_material", "本事项没有要求这份材料");
    return e->code;
}

/* Of this material: promised, and by now in the file. */
uint64_t tolerance_facts(const struct review_ctx *x)
{
    return fact_if(handed_in(x->seen, x->in->material), FACT_COLLECTED);
}

int tolerance_apply_confirm(struct db_conn *c, struct review_ctx *x, struct step *s, struct err *e)
{
    struct bundle *b = &x->now;
    for (size_t k = 0; k < b->n_commitments; k++) {
        struct commitment_row *row = &b->commitment_rows[k];
        if (!sv_eq(row->material, x->in->material) || sv_is(row->state, "confirmed"))
            continue;
        row->state = SV("confirmed");
        row->confirmed_on = s->on;
        row->confirmed_by = x->cmd->actor->name;
        row->item_id = x->item_id;
        row->note = x->in->note;
        json_put_sv(s->body, "material", row->material);
        json_put_sv(s->body, "by_name", row->confirmed_by);
        return commitment_update(c, row, e);
    }
    return err_refuse(e, "P12", "这份材料没有承诺，或已经确认");
}

struct collect_ctx { struct app *app; const struct command *cmd; struct arena *arena;
                     struct bundle *b; size_t at; struct attachment_row row; int64_t id; };

static int collect_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct collect_ctx *x = ctx;
    struct attachment_row *list;
    size_t n;
    int rc = attachment_list(c, x->b->row.id, x->arena, &list, &n, e);
    for (size_t k = 0; rc == 0 && k < n; k++)
        if (sv_eq(list[k].material, x->row.material) && sv_eq(list[k].sm3, x->row.sm3)) {
            x->id = list[k].id;
            return 0;
        }
    x->id = x->row.id;
    if (rc == 0)
        rc = attachment_insert(c, &x->row, e);
    return rc == 0 ? case_touch_files(c, x->b->row.id, e) : rc;
}

/* The item's department, and a promise of this material that is still open. */
static int open_for_collecting(struct collect_ctx *x, int64_t item_id, struct sv material,
                               struct err *e)
{
    int rc = item_open_for(x->app, x->cmd->actor, item_id, WITH_FORM | WITH_COMMITMENTS, x->arena,
                           x->b, &x->at, e);
    if (rc == 0)
        rc = bundle_resolve(x->b, x->arena, e);
    if (rc == 0 && (!form_asks(x->b->types[x->at], material) || !tolerance_open(x->b, material)))
        rc = err_refuse(e, "P12", "%s", fact_text(FACT_COMMITMENT_OPEN));
    return rc;
}

int tolerance_collect_allowed(struct app *app, const struct command *cmd, int64_t item_id,
                              struct sv material, struct err *e)
{
    struct bundle b = { 0 };
    struct collect_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .b = &b };
    int rc = open_for_collecting(&x, item_id, material, e);
    bundle_done(&b);
    arena_free(x.arena);
    return rc;
}

int tolerance_collect(struct app *app, const struct command *cmd, int64_t item_id,
                      const struct new_file *f, int64_t *id, struct err *e)
{
    char hex[65];
    struct bundle b = { 0 };
    struct collect_ctx x = { .app = app, .cmd = cmd, .arena = arena_new(), .b = &b };
    int rc = open_for_collecting(&x, item_id, f->material, e);
    if (rc == 0) {
        sm3_hex(&f->hash, hex);
        x.row = (struct attachment_row){
            .id = id_next(), .case_id = b.row.id, .material = f->material, .name = f->name,
            .media_type = sv_of(f->media_type), .sm3 = sv_of(hex), .size = f->size,
            .created_at = cmd->now, .created_by = cmd->actor->id,
        };
        rc = db_write(app->db, collect_tx, &x, e);
    }
    *id = x.id;
    bundle_done(&b);
    arena_free(x.arena);
    return rc;
}

/* ---- the clock (P32) ---- */

static int break_promise(struct app *app, struct db_conn *c, struct bundle *b,
                         struct commitment_row *row, int64_t now, struct err *e)
{
    /* What the case is now: the same turn of the clock may have ended it. */
    struct case_facts f = bundle_facts(b);
    const struct transition *t =
        transition_find(&CASE_TABLE, (int)case_derive(&f), ACT_BREAK_COMMITMENT, BY_CLOCK, false,
                        NEED(COMMITMENT_OPEN), NULL);
    /* Withdrawn or ended: nothing rests on the promise any more. */
    row->state = t ? SV("broken") : SV("lapsed");
    int rc = commitment_update(c, row, e);
    if (rc != 0 || !t)
        return rc;
    json_t *body = json_object();
    json_put_sv(body, "material", row->material);
    json_put_i64(body, "due_on", date_to_number(row->due_on));
    rc = acts_log(app, c, b, -1, ACT_BREAK_COMMITMENT, NULL, row->due_on, body, now, e);
    return rc == 0 ? tell_commitment(&(struct tell){ app, c, b, now }, row, true, e) : rc;
}

int tolerance_tick(struct app *app, struct db_conn *c, struct bundle *b, int64_t now, int *done,
                   struct err *e)
{
    int32_t today = date_of_ms(now);
    int32_t soon = calendar_add(app_calendar(app, b->row.region), today, COMMITMENT_WARN_DAYS);
    int rc = 0;
    for (size_t k = 0; rc == 0 && k < b->n_commitments; k++) {
        struct commitment_row *row = &b->commitment_rows[k];
        bool broken = today > row->due_on;
        if (!sv_is(row->state, "promised") || (!broken && (row->warned_at || row->due_on > soon)))
            continue;
        if (broken) {
            rc = break_promise(app, c, b, row, now, e);
        } else {
            row->warned_at = now;
            rc = commitment_update(c, row, e);
            if (rc == 0)
                rc = tell_commitment(&(struct tell){ app, c, b, now }, row, false, e);
        }
        *done = 1;
    }
    return rc;
}
