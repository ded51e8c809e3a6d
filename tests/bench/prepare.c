/* prepare: see prepare.h. */
#include "prepare.h"

#include <stdlib.h>

#include "domain/licence/number.h"
#include "service/draft.h"
#include "service/drive.h"
#include "service/ledger.h"
#include "service/sample.h"
#include "service/versions.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/ids.h"

static int insert_user(struct db_conn *c, void *ctx, struct err *e)
{
    return user_insert(c, ctx, e);
}

static int make_person(struct scene *s, struct person *p, struct sv role, struct sv department,
                       struct sv region, struct err *e)
{
    int64_t id = id_next();
    struct sv login = arena_printf_sv(s->arena, "b%lld", (long long)id);
    bool applicant = sv_is(role, "applicant");
    struct user_row u = { .id = id, .role = role, .name = SV("示例·压测"),
                          .login = applicant ? SV("") : login,
                          .phone = applicant ? SV("13804730000") : SV(""),
                          .department = department, .region = region,
                          .created_at = clock_now_ms() };
    int rc = db_write(s->app->db, insert_user, &u, e);
    if (rc == 0)
        rc = account_open_session(s->app, id, clock_now_ms(), p->token, e);
    account_csrf(s->app, sv_of(p->token), p->csrf);
    /* Copies: the catalogue that codes are borrowed from is closed before the load starts. */
    p->actor = (struct actor){ .id = id, .role = role_of(role), .name = u.name,
                               .phone = u.phone, .department = arena_sv(s->arena, department),
                               .region = arena_sv(s->arena, region) };
    return rc;
}

int scene_people(struct scene *s, struct err *e)
{
    const struct catalog *c = s->app->catalog;
    int rc = make_person(s, &s->applicant, SV("applicant"), SV(""), SV(""), e);
    if (rc == 0)
        rc = make_person(s, &s->bureau, SV("bureau"), SV("D-WH-SPJ"), SV("150300"), e);
    s->reviewers = arena_array(s->arena, 2 * c->n_departments + 1, sizeof *s->reviewers);
    for (size_t i = 0; rc == 0 && i < 2 * c->n_departments; i++)
        rc = make_person(s, &s->reviewers[s->n_reviewers++], SV("reviewer"),
                         c->departments[i / 2].code, c->departments[i / 2].region, e);
    return rc ? rc : make_person(s, &s->reviewers[s->n_reviewers++], SV("bureau"),
                                 SV("D-HBW-SPJ"), SV("150302"), e);
}

const struct person *scene_reviewer(const struct scene *s, struct sv department)
{
    for (size_t i = 0; i < s->n_reviewers; i++)
        if (sv_eq(s->reviewers[i].actor.department, department))
            return &s->reviewers[i];
    abort();
}

static json_t *answers_four(void)
{
    return json_pack("{s:[s],s:[s],s:[s],s:[s],s:[s],s:[s]}", "I01-Q1", "A", "I01-Q2", "B",
                     "I01-Q3", "A", "I01-Q4", "A", "I01-Q5", "A", "I01-Q6", "D");
}

static int write_file(struct app *app, struct new_file *f, struct err *e)
{
    static const char pdf[] = "%PDF-1.4\nbench\n%%EOF\n";
    bool existed;
    struct blob_writer *w = blob_begin(app->data_dir.p, 4096, e);
    if (!w || blob_add(w, sv_make(pdf, sizeof pdf - 1), e) != 0)
        return ERR_IO;
    f->media_type = "application/pdf";
    f->name = SV("bench.pdf");
    return blob_finish(w, &f->hash, &f->size, &existed, e);
}

struct draft_ctx { struct scene *s; struct case_row row; struct form_row form;
                   struct attachment_row *files; size_t n_files, from, to; };

/* Copies of one filled draft, row by row. */
static int copy_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct draft_ctx *x = ctx;
    int rc = 0;
    for (size_t i = x->from; rc == 0 && i < x->to; i++) {
        x->row.id = id_next();
        x->s->cases[i] = (struct bench_case){ .id = x->row.id, .version = x->row.version };
        rc = case_insert(c, &x->row, e);
        if (rc == 0)
            rc = form_put(c, x->row.id, &x->form, e);
        for (size_t k = 0; rc == 0 && k < x->n_files; k++) {
            x->files[k].id = id_next();
            x->files[k].case_id = x->row.id;
            rc = attachment_insert(c, &x->files[k], e);
        }
    }
    return rc;
}

static int first_draft(struct scene *s, struct bundle *b, struct err *e)
{
    struct command cmd = { .actor = &s->applicant.actor, .now = clock_now_ms() };
    struct new_case in = { .industry = SV("I01"), .region = SV("150302"),
                           .answers = answers_four() };
    struct sample_holder h;
    struct new_file f = { 0 };
    int64_t id = 0;
    int rc = draft_create(s->app, &cmd, &in, &id, e);
    json_decref(in.answers);
    if (rc == 0)
        rc = write_file(s->app, &f, e);
    if (rc == 0)
        rc = bundle_open(s->app, &s->applicant.actor, id, WITH_FORM, s->arena, b, e);
    if (rc == 0)
        rc = bundle_resolve(b, s->arena, e);
    if (rc != 0)
        return rc;
    sample_holder(1, SV("150302"), SV("超市"), s->arena, &h);
    json_t *values = sample_values(&b->form, &h, b->values, b->answers);
    cmd.if_match = b->row.version;
    rc = draft_save(s->app, &cmd, id, values, NULL, e);
    for (size_t i = 0; rc == 0 && i < b->form.n_materials; i++) {
        enum material_need need = form_material_need(&b->form, &b->form.materials[i], values,
                                                     b->answers);
        int64_t file;
        bool duplicate;
        f.material = b->form.materials[i].material->code;
        if (need == NEED_REQUIRED || need == NEED_TOLERABLE)
            rc = draft_attach(s->app, &cmd, id, &f, &file, &duplicate, e);
    }
    json_decref(values);
    bundle_done(b);
    return rc == 0 ? bundle_open(s->app, &s->applicant.actor, id, WITH_FORM | WITH_FILES, s->arena,
                                 b, e) : rc;
}

int scene_drafts(struct scene *s, size_t n, struct err *e)
{
    enum { BATCH = 500 };
    struct bundle b = { 0 };
    int rc = first_draft(s, &b, e);
    struct draft_ctx x = { .s = s, .row = b.row, .files = b.files, .n_files = b.n_files };
    if (rc != 0)
        return rc;
    x.form = (struct form_row){ json_dump(s->arena, b.values, true), SV("{}"), SV(""), SV("") };
    s->cases = arena_array(s->arena, n, sizeof *s->cases);
    s->n_cases = n;
    for (size_t i = 0; rc == 0 && i < n; i += BATCH) {
        x.from = i;
        x.to = i + BATCH < n ? i + BATCH : n;
        rc = db_write(s->app->db, copy_tx, &x, e);
    }
    bundle_done(&b);
    return rc;
}

/* ---- the visit ---- */

struct versions_ctx { struct bench_case *c; struct arena *arena; };

static int read_versions(struct db_conn *conn, void *ctx, struct err *e)
{
    struct versions_ctx *x = ctx;
    struct case_row row;
    struct item_row item;
    int rc = case_find(conn, x->c->id, x->arena, &row, e);
    for (size_t i = 0; rc == 1 && i < x->c->n_items; i++) {
        rc = item_find(conn, x->c->items[i], x->arena, &item, e);
        x->c->versions[i] = item.version;
    }
    x->c->version = row.version;
    return rc == 1 ? 0 : rc < 0 ? rc : err_set(e, ERR_NOT_FOUND, "没有这个办件");
}

int scene_visit(struct scene *s, struct bench_case *c, struct err *e)
{
    struct arena *a = arena_new();
    struct versions_ctx x = { c, a };
    struct actor *officers = arena_array(a, s->n_reviewers, sizeof *officers);
    for (size_t i = 0; i < s->n_reviewers; i++)
        officers[i] = s->reviewers[i].actor;
    struct drive crew = { s->app, officers, s->n_reviewers };
    int rc = drive_visit(&crew, c->id, clock_now_ms(), "pass", 0, e);
    if (rc >= 0)
        rc = db_read(s->app->db, read_versions, &x, e);
    arena_free(a);
    return rc;
}

/* ---- licences ---- */

struct fill_ctx { struct app *app; int64_t from, to; };

static int fill_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct fill_ctx *x = ctx;
    int rc = 0;
    char payload[601];
    memset(payload, 'A', 600);
    payload[600] = 0;
    for (int64_t i = x->from; rc == 0 && i < x->to; i++) {
        struct buf number, shorty;
        buf_init(&number, 64);
        buf_init(&shorty, 64);
        licence_number(&number, SV("150302"), 1 + i / 99999, 2025, 1 + i % 99999);
        buf_fmt(&shorty, "B%09lld", (long long)i);
        struct licence_row row = {
            .number = buf_sv(&number), .version = 1, .current = true, .state = SV("valid"),
            .case_id = i + 1, .short_id = buf_sv(&shorty), .uscc = SV("92150302MA000100XC"),
            .holder = SV("（示例）压测超市"), .person = SV("张三"),
            .address = SV("（示例）乌海市示例北街1号底商"), .industry = SV("I01"),
            .region = SV("150302"), .issuer = SV("海勃湾区行政审批和政务服务局"),
            .issued_on = 20700, .issued_at = 1788000000000 + i, .expires_on = 30000,
            .permits_valid = 4, .payload = sv_of(payload), .ended_note = SV(""),
            .ledger_seq = i, .ended_on = DATE_NONE };
        rc = status_index_draw(x->app, c, &row.status_index, e);
        if (rc == 0)
            rc = licence_insert(c, &row, e);
        buf_done(&number);
        buf_done(&shorty);
    }
    return rc;
}

int fill_licences(struct app *app, int64_t n, struct err *e)
{
    enum { BATCH = 20000 };
    int rc = 0;
    for (int64_t i = 0; rc == 0 && i < n; i += BATCH) {
        struct fill_ctx x = { app, i, i + BATCH < n ? i + BATCH : n };
        rc = db_write(app->db, fill_tx, &x, e);
    }
    return rc;
}

/* ---- raw rows ---- */

struct raw_ctx { struct app *app; struct arena *arena; struct item_row item; struct case_row row;
                 struct message_row message; struct dispatch_row dispatch; struct idem_row idem;
                 struct ledger_row leaf;
                 struct ledger_head_row head; size_t n; };

/* What one submission writes: case, four items, message with its dispatch, counter, idempotency
 * key, leaf, head. */
static int raw_tx(struct db_conn *c, void *ctx, struct err *e)
{
    struct raw_ctx *x = ctx;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < x->n; i++) {
        int64_t serial;
        char key[40];
        x->row.id = id_next();
        x->row.number = arena_printf_sv(x->arena, "raw%lld", (long long)x->row.id);
        rc = case_insert(c, &x->row, e);
        for (int k = 0; rc == 0 && k < 4; k++) {
            x->item.id = id_next();
            x->item.case_id = x->row.id;
            rc = item_insert(c, &x->item, e);
        }
        x->message.id = x->dispatch.message_id = x->dispatch.id = id_next();
        if (rc == 0 && message_insert(c, &x->message, e) < 0)
            rc = e->code;
        if (rc == 0)
            rc = dispatch_insert(c, &x->dispatch, e);
        if (rc == 0)
            rc = counter_next(c, SV("raw"), &serial, e);
        random_token(24, key);
        if (rc == 0)
            rc = idem_insert(c, SV("u1"), sv_of(key), &x->idem, 1, e);
        x->leaf.seq++;
        x->leaf.case_id = x->row.id;
        if (rc == 0)
            rc = ledger_insert(c, &x->leaf, e);
        x->head.size++;
        if (rc == 0)
            rc = ledger_head_put(c, &x->head, e);
    }
    return rc;
}

double raw_submissions(struct app *app, const char *path, size_t n, struct err *e)
{
    enum { BATCH = 100 };
    struct raw_ctx x = { .app = app, .arena = arena_new(), .n = BATCH };
    char body[900];
    memset(body, 'x', sizeof body);
    struct sv text = sv_make(body, sizeof body);
    x.row = (struct case_row){ .industry = SV("I01"), .region = SV("150302"),
        .catalog_version = SV("wuhai-2026.2"), .channel = SV("online"), .applicant_id = 1,
        .applicant_name = SV("示例"), .applicant_phone = SV("13804730000"), .hall = SV(""),
        .answers = sv_make(body, 120), .state = CASE_SUBMITTED, .version = 3,
        .holder_name = SV("（示例）压测超市"), .uscc = SV("92150302MA000100XC"),
        .person = SV("张三"), .address = SV("（示例）乌海市示例北街1号底商"), .n_items = 4,
        .n_open = 4, .created_at = 1, .updated_at = 1, .submitted_at = 1 };
    x.item = (struct item_row){ .permit = SV("P-SPJYXK"), .department = SV("D-HBW-SCJG"),
        .region = SV("150302"), .state = ITEM_RECEIVED, .version = 1, .received_on = 20000,
        .due_on = 20010, .yellow_on = 20008, .seen_digest = sv_make(body, 64) };
    x.message = (struct message_row){ .user_id = 1, .title = SV("申请已提交"),
        .body = sv_make(body, 90), .case_id = 1, .created_at = 1 };
    x.dispatch = (struct dispatch_row){ .channel = SV("sms"), .address = SV("13804730000"),
        .next_at = 1, .created_at = 1 };
    x.idem = (struct idem_row){ sv_make(body, 64), SV("150302202611230000011") };
    x.leaf = (struct ledger_row){ .at = 1, .effective_on = 20000, .actor_id = 1,
        .actor_kind = SV("applicant"), .act = SV("submit"), .body = text };
    x.head = (struct ledger_head_row){ .frontier = sv_make(body, 400) };
    double rate = 0;
    struct db *db = NULL;
    if (db_migrate(sv_of(path), e) == 0)
        db = db_open(sv_of(path), STORE_SETS, STORE_N_SETS, 1, e);
    if (db) {
        int64_t start = clock_monotonic_us();
        int rc = 0;
        for (size_t i = 0; rc == 0 && i < n; i += BATCH)
            rc = db_write(db, raw_tx, &x, e);
        int64_t us = clock_monotonic_us() - start;
        rate = rc == 0 ? (double)n * 1e6 / (double)us : 0;
    }
    db_close(db);
    arena_free(x.arena);
    return rate;
}
